package secret

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// connector reads one connector's settings.
func connector(t *testing.T, settings string) *playbook.Connector {
	t.Helper()
	file, problems := document.Parse("playbook.yaml", []byte("connectors:\n  crm: {uses: files, "+settings+"}\n"))
	book, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if problems = append(problems, more...); problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	return book.Connector("crm")
}

func source(dir string) Source {
	env := map[string]string{"TOKEN": "s3cret", "HOST": "crm.example"}
	return Source{Dir: dir, Getenv: func(name string) string { return env[name] }, Exec: func(_ context.Context, command []string) (string, error) {
		if command[0] == "op" {
			return "from " + strings.Join(command[1:], " ") + "\n", nil
		}
		return "leaked s3cret", errors.New("exit status 1")
	}}
}

func TestSettings_fromEveryPlace(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("in a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := connector(t, `dir: ./crm, token: "${env.TOKEN}", url: "https://${env.HOST}/api", key: {file: token}, id: {command: [op, read, item]}`)
	got, problems := source(dir).Settings(t.Context(), "connector "+c.Name, c.Settings)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	for name, want := range map[string]string{"dir": "./crm", "token": "s3cret", "url": "https://crm.example/api", "key": "in a file", "id": "from read item"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestSettings_problemsNameTheSourceNeverTheValue: what can't be resolved is told by place and source.
func TestSettings_problemsNameTheSourceNeverTheValue(t *testing.T) {
	for settings, want := range map[string]string{
		`token: "x${env.TOKEN}${env.MISSING}"`: "the environment variable MISSING is not set",
		`token: {file: nowhere}`:               "reading the secret",
		`token: {command: [vault, read]}`:      "running vault",
		`token: {command: []}`:                 "the command is empty",
	} {
		_, problems := source(t.TempDir()).Settings(t.Context(), "connector crm", connector(t, settings).Settings)
		if len(problems) != 1 || !strings.Contains(problems[0].Message, want) || problems[0].At.Line != 2 {
			t.Errorf("%s: got %v, want %q", settings, problems, want)
		}
		if strings.Contains(problems.Error(), "s3cret") {
			t.Errorf("%s: the problem holds the secret: %s", settings, problems.Error())
		}
	}
}

// TestSettings_insideListsAndMappings: values are resolved wherever they stand, and $${ is text.
func TestSettings_insideListsAndMappings(t *testing.T) {
	c := connector(t, `headers: {Authorization: "Bearer ${env.TOKEN}", list: ["${env.HOST}", {command: [op, x]}], n: 3}, text: "$${env.TOKEN} $5 {{x}}", on: true`)
	got, problems := source(t.TempDir()).Settings(t.Context(), "connector "+c.Name, c.Settings)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	want := map[string]any{"headers": map[string]any{"Authorization": "Bearer s3cret", "list": []any{"crm.example", "from x"}, "n": int64(3)},
		"text": "${env.TOKEN} $5 {{x}}", "on": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSettings_valuesAreNoTemplates: what comes from outside is never looked into again.
func TestSettings_valuesAreNoTemplates(t *testing.T) {
	s := source(t.TempDir())
	s.Getenv = func(string) string { return "${env.TOKEN} $${x}" }
	got, problems := s.Settings(t.Context(), "connector crm", connector(t, `token: "${env.ANY}"`).Settings)
	if problems.Err() != nil || got["token"] != "${env.TOKEN} $${x}" {
		t.Errorf("got %v, %v", got, problems)
	}
}

// TestSettings_everyProblem: empty secrets and forms that are almost right are told, all in one go and in the order of names.
func TestSettings_everyProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := source(dir)
	s.Exec = func(context.Context, []string) (string, error) { return "\n", nil }
	c := connector(t, `e: "${env.A} ${env.B}", b: {file: empty}, c: {command: [op]}, a: {command: op read}, d: {file: [x]}`)
	_, problems := s.Settings(t.Context(), "connector "+c.Name, c.Settings)
	want := []string{"a: expected a list", "b: the file", "c: op printed nothing", "d: expected the path", "e: the environment variables A, B are not set"}
	if len(problems) != len(want) {
		t.Fatalf("got %v", problems)
	}
	for i, p := range problems {
		if !strings.Contains(p.Message, want[i]) || p.Hint == "" {
			t.Errorf("got %q, want %q", p.Message, want[i])
		}
	}
}
