//go:build real

package real

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// secrets must be in nothing that playctl prints or keeps.
var secrets = []string{mailmanPassword, redmineKey, samsKey, badKey}

// badKey is no key of Redmine's, and no password of Mailman's.
const badKey = "planted-bad-key-c0ffee"

// book is a playbook in a folder of its own, with the manifests and the plug-in of examples/real.
type book struct {
	t    *testing.T
	dir  string
	env  map[string]string
	said strings.Builder // all that was printed, which is shown if the test fails
}

// newBook writes a playbook.
func newBook(t *testing.T, files map[string]string) *book {
	t.Helper()
	b := &book{t: t, dir: t.TempDir(), env: map[string]string{
		"PATH": filepath.Dir(machine.env["REAL_PYTHON"]) + ":/usr/bin:/bin", "HOME": t.TempDir(), "NO_COLOR": "1",
		"MAILMAN_URL": machine.mailman.url, "MAILMAN_PASSWORD": mailmanPassword, "REDMINE_URL": machine.redmine.url, "REDMINE_KEY": redmineKey,
		"SMTP_URL": machine.exim.url(), "MAIL_LOG": filepath.Join(machine.dir, "logs", "exim-main.log"),
	}}
	if err := os.CopyFS(b.dir, examples{os.DirFS(filepath.Join(root, "examples", "real")), len(files) > 0}); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		b.write(name, text)
	}
	t.Cleanup(func() {
		b.holdsNoSecret()
		if t.Failed() {
			t.Log(b.said.String())
		}
	})
	return b
}

// write puts a file into the playbook's folder.
func (b *book) write(name, text string) {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		b.t.Fatal(err)
	}
}

// read gives a file of the playbook's folder; "" if there is none.
func (b *book) read(name string) string {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		b.t.Fatal(err)
	}
	return string(text)
}

// play runs playctl, wants a code of it, and gives what it printed.
func (b *book) play(code int, args ...string) string {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), playctl, append(args, "-C", b.dir)...)
	for name, value := range b.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	fmt.Fprintf(&b.said, "$ playctl %s\n%s\n", strings.Join(args, " "), out.String())
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		b.t.Fatalf("playctl %s: code %d, want %d", strings.Join(args, " "), got, code)
	}
	for _, secret := range secrets {
		if strings.Contains(out.String(), secret) {
			b.t.Fatalf("playctl %s prints a secret", strings.Join(args, " "))
		}
	}
	return out.String()
}

// holdsNoSecret looks through all that playctl left behind.
func (b *book) holdsNoSecret() {
	err := filepath.WalkDir(b.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				b.t.Errorf("%s holds a secret", path)
			}
		}
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
}

// says fails the test unless a text has all of the parts.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q", part)
		}
	}
}

// saysNot fails the test if a text has one of the parts.
func saysNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("it says %q", part)
		}
	}
}
