package secret

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeep_replacesAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "refresh")
	if err := os.WriteFile(path, []byte("old\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	c := connector(t, "token: {file: refresh}")
	s := source(dir)
	if err := s.Keep(c.Settings["token"], "new"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if info, _ := os.Stat(path); err != nil || string(text) != "new\n" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, %v, %v", text, info.Mode(), err)
	}
	values, problems := s.Settings(t.Context(), "connector crm", c.Settings)
	if problems.Errors() > 0 || values["token"] != "new" {
		t.Errorf("%v, %v", values, problems)
	}
}

func TestKeep_saysWhatCantBeWrittenBack(t *testing.T) {
	for settings, want := range map[string]string{
		"token: x":                         "it has to come from a file",
		"token: {command: [op]}":           "it has to come from a file",
		"token: {file: none/here/refresh}": "writing",
	} {
		c := connector(t, settings)
		if err := source(t.TempDir()).Keep(c.Settings["token"], "new"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", settings, err, want)
		}
	}
}
