package lineage

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/diag"
)

// folder gives one with a lineage file of this content; with "-" it has none.
func folder(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	if content != "-" {
		if err := os.WriteFile(filepath.Join(dir, File), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	const file = "# comment\n\ndefault abc # note\n  prod\tdef  \nétat x-1"
	for _, test := range []struct {
		content, environment, id string
		ok                       bool
	}{
		{"-", "", "", false},
		{"", "", "", false},
		{"# only a comment", "", "", false},
		{file, "", "abc", true},
		{file, "prod", "def", true},
		{file, "état", "x-1", true},
		{file, "staging", "", false},
		{file, "abc", "", false},
		{"\ufeffdefault abc\r\nprod def\r\n", "", "abc", true},
		{"\ufeffdefault abc\r\nprod def\r\n", "prod", "def", true},
	} {
		id, ok, err := Read(folder(t, test.content), test.environment)
		if id != test.id || ok != test.ok || err != nil {
			t.Errorf("Read(%q, %q) = %q, %v, %v, want %q, %v", test.content, test.environment, id, ok, err, test.id, test.ok)
		}
	}
}

func TestRead_malformedNamesTheLine(t *testing.T) {
	for content, want := range map[string]diag.Problem{
		"default abc\n\nprod\n": {At: diag.Position{Line: 3}, Line: "prod",
			Message: "a line is an environment and a lineage, and this has 1 words", Hint: "restore the file from Git"},
		"# x\nprod a b # c\r\n": {At: diag.Position{Line: 2}, Line: "prod a b # c",
			Message: "a line is an environment and a lineage, and this has 3 words", Hint: "restore the file from Git"},
		"default a\nprod b\ndefault c\n": {At: diag.Position{Line: 3}, Line: "default c",
			Message: `environment "default" stands here again, first in line 1`,
			Hint:    "keep the line whose lineage is that of the state in use"},
		"<<<<<<< HEAD\ndefault a\n=======\ndefault b\n>>>>>>> branch\n": {At: diag.Position{Line: 1}, Line: "<<<<<<< HEAD",
			Message: "a merge of Git was left unfinished here",
			Hint:    "two branches created a state each: keep the line of the one in use, and nothing of what Git wrote"},
	} {
		dir := folder(t, content)
		want.At.File = filepath.Join(dir, File)
		_, _, readErr := Read(dir, "staging")
		writeErr := Write(dir, "staging", "id")
		for _, err := range []error{readErr, writeErr} {
			var got diag.Problem
			if !errors.As(err, &got) {
				t.Errorf("%q: %v, want a problem", content, err)
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", content, diff)
			}
		}
		if now, err := os.ReadFile(want.At.File); err != nil || string(now) != content {
			t.Errorf("%q became %q, %v", content, now, err)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, test := range []struct{ name, content, environment, want string }{
		{"no file", "-", "", preface + "default NEW\n"},
		{"empty file", "", "prod", preface + "prod NEW\n"},
		{"another environment", "# mine\ndefault abc # note\n\n# end\n", "prod", "# mine\ndefault abc # note\n\n# end\nprod NEW\n"},
		{"no last line break", "default abc", "prod", "default abc\nprod NEW\n"},
		{"the same environment", "# a\n  default\tdefault  # default\r\nprod def\n", "", "# a\n  default\tNEW  # default\r\nprod def\n"},
		{"a part of another's name", "prod2 prod\nprod p\n", "prod", "prod2 prod\nprod NEW\n"},
		{"id within the name", "prod p\n", "prod", "prod NEW\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, test.content)
			if err := Write(dir, test.environment, "NEW"); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(dir, File))
			if err != nil || string(got) != test.want {
				t.Errorf("wrote %q, %v, want %q", got, err, test.want)
			}
			if id, ok, err := Read(dir, test.environment); id != "NEW" || !ok || err != nil {
				t.Errorf("Read afterwards: %q, %v, %v", id, ok, err)
			}
			info, err := os.Stat(filepath.Join(dir, File))
			if err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("left %v, %v", entries, err)
			}
		})
	}
}

func TestNames_refused(t *testing.T) {
	dir := folder(t, "-")
	for _, environment := range []string{"default", "a b", "#x", "a#b", " ", "\n", "x\n"} {
		if _, _, err := Read(dir, environment); err == nil {
			t.Errorf("Read takes environment %q", environment)
		}
		if Write(dir, environment, "id") == nil {
			t.Errorf("Write takes environment %q", environment)
		}
	}
	for _, id := range []string{"", "a b", "a#", "a\n"} {
		if Write(dir, "", id) == nil {
			t.Errorf("Write takes lineage %q", id)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestWrite_failureNamesTheFile(t *testing.T) {
	dir := filepath.Join(folder(t, "-"), "nowhere")
	if err := Write(dir, "", "id"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Write: %v, want ErrNotExist", err)
	}
}

func TestWrite_noTwoEnvironmentsHaveOneState(t *testing.T) {
	content := "default abc\nprod def\n"
	dir := folder(t, content)
	for environment, id := range map[string]string{"": "def", "prod": "abc", "sandbox": "abc"} {
		err := Write(dir, environment, id)
		if err == nil || !strings.Contains(err.Error(), "can't be that of") {
			t.Errorf("%q %s: %v", environment, id, err)
		}
	}
	if now, err := os.ReadFile(filepath.Join(dir, File)); err != nil || string(now) != content {
		t.Errorf("the file became %q, %v", now, err)
	}
	if err := Write(dir, "prod", "def"); err != nil {
		t.Error(err)
	}
}
