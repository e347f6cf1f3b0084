package secret

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	got, problems := source(dir).Settings(t.Context(), c)
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
		_, problems := source(t.TempDir()).Settings(t.Context(), connector(t, settings))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, want) || problems[0].At.Line != 2 {
			t.Errorf("%s: got %v, want %q", settings, problems, want)
		}
		if strings.Contains(problems.Error(), "s3cret") {
			t.Errorf("%s: the problem holds the secret: %s", settings, problems.Error())
		}
	}
}
