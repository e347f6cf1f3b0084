package http_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/http"
	"github.com/playctl/playctl/pkg/state/http/fake"
)

// Whatever becomes of the document, it is refused with what is wrong, and the command that the remedy names puts it right.
func TestRead_ofADamagedStateNamesTheRemedy(t *testing.T) {
	for how, damage := range map[string]struct {
		make func([]byte) []byte
		says string
	}{
		"empty":   {func([]byte) []byte { return []byte{} }, "is empty (0 bytes)"},
		"cut":     {func(data []byte) []byte { return data[:len(data)/2] }, "is cut short"},
		"garbage": {func([]byte) []byte { return []byte("<html>") }, "is no state of playctl"},
		"other":   {func([]byte) []byte { return []byte("{}") }, "is no state of playctl"},
		"edited": {func(data []byte) []byte {
			return bytes.Replace(data, []byte(`"lineage":"lineage"`), []byte(`"lineage":"another"`), 1)
		}, "says that it is of lineage another"},
		"one byte":  {changed, "damaged"},
		"terraform": {func([]byte) []byte { return []byte(`{"version":4,"serial":3,"lineage":"x","resources":[]}`) }, "is a state of Terraform"},
		"newer":     {func(data []byte) []byte { return bytes.Replace(data, []byte(`"form":1`), []byte(`"form":9`), 1) }, "was written by a newer playctl"},
	} {
		for _, gitlab := range kinds {
			server, dir := fake.New(t), t.TempDir()
			s, path := openIn(t, dir, server.Settings("s", gitlab)), map[bool]string{false: "/s", true: "/api/v4/projects/4711/terraform/state/s"}[gitlab]
			check(t, begun(t, s, 2).Unlock())
			server.Set(path, damage.make(bytes.Clone(server.Get(path))))
			_, err := s.Read(t.Context())
			var damaged *state.DamagedError
			if !errors.As(err, &damaged) || !strings.Contains(damaged.What, damage.says) || damaged.Where != server.URL+path {
				t.Errorf("%s: %v, want %q", how, err, damage.says)
				continue
			}
			if damaged.Backup == nil || damaged.Foreign {
				if damaged.Hint == "" {
					t.Errorf("%s: there is no hint", how)
				}
				continue
			}
			session := must(s.Lock(t.Context(), bob))(t)
			if err := session.Commit(t.Context(), step(9)); !errors.As(err, &damaged) {
				t.Errorf("%s: Commit: %v, want a DamagedError", how, err)
			}
			check(t, session.Replace(t.Context(), must(s.Backup(t.Context(), damaged.Backup.Name))(t)))
			check(t, session.Commit(t.Context(), step(3)))
			check(t, session.Unlock())
			holds(t, s, stateAfter(t, 3))
			if copies, err := filepath.Glob(filepath.Join(dir, ".playctl", "http", "damaged-*")); err != nil || len(copies) != 1 {
				t.Errorf("%s: what was damaged is not set aside: %v, %v", how, copies, err)
			}
		}
	}
}

// changed changes a letter in the middle of what is packed.
func changed(data []byte) []byte {
	at := bytes.Index(data, []byte(`"state":"`)) + 200
	if data[at] == 'A' {
		data[at] = 'B'
	} else {
		data[at] = 'A'
	}
	return data
}

// An old version that somebody put back is older than the copy that this machine made later.
func TestRead_ofAnOldDocumentIsRefused(t *testing.T) {
	server := fake.New(t)
	s := open(t, server.Settings("s", false))
	session := begun(t, s, 1)
	old := server.Get("/s")
	check(t, session.Commit(t.Context(), step(2)))
	check(t, session.Unlock())
	server.Set("/s", old)
	var damaged *state.DamagedError
	if _, err := s.Read(t.Context()); !errors.As(err, &damaged) || !strings.Contains(damaged.What, "is older than its own backup") || damaged.Backup == nil {
		t.Errorf("Read: %v", err)
	}
}

// Ten good copies are kept on this machine, for their owner alone.
func TestBackups_areTheLastTen(t *testing.T) {
	server, dir := fake.New(t), t.TempDir()
	s, err := http.Open(state.Options{Dir: dir, Environment: "prod", Settings: server.Settings("{environment}", false), Now: now, Transport: nethttp.DefaultTransport})
	check(t, err)
	check(t, begun(t, s, 1).Unlock())
	for n := 2; n <= 12; n++ {
		session := must(s.Lock(t.Context(), ada))(t)
		check(t, session.Commit(t.Context(), step(n)))
		check(t, session.Unlock())
	}
	list := must(s.Backups(t.Context()))(t)
	if len(list) != 10 || list[0].Serial != 12 || list[9].Serial != 3 {
		t.Errorf("Backups: %v", list)
	}
	if server.Get("/prod") == nil || s.Where() != server.URL+"/prod" {
		t.Errorf("the state is not at %s", s.Where())
	}
	check(t, filepath.WalkDir(filepath.Join(dir, ".playctl", "prod", "http"), func(path string, d fs.DirEntry, err error) error {
		if info, infoErr := d.Info(); infoErr != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), infoErr)
		}
		return err
	}))
}

// What is encrypted is on the server and in the backups in no other form.
func TestDocument_isSealed(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	check(t, err)
	server, dir := fake.New(t), t.TempDir()
	settings := server.Settings("s", false)
	settings["encrypt"] = map[string]any{"identity": id.String()}
	s, err := http.Open(state.Options{Dir: dir, Settings: settings, Now: now, Transport: nethttp.DefaultTransport})
	check(t, err)
	check(t, begun(t, s, 2).Unlock())
	holds(t, s, stateAfter(t, 2))
	all := [][]byte{server.Get("/s")}
	list := must(s.Backups(t.Context()))(t)
	for _, b := range list {
		all = append(all, must(os.ReadFile(b.Where))(t))
	}
	for _, data := range all {
		if len(all) < 2 || bytes.Contains(data, []byte("planted")) {
			t.Errorf("%.100q says what it should hide", data)
		}
	}
	_, err = open(t, server.Settings("s", false)).Read(t.Context())
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) || !strings.Contains(damaged.What, "is encrypted") || !strings.Contains(damaged.Hint, "identity") {
		t.Errorf("Read without the identity: %v", err)
	}
}

// No error, and no name of the place, says a password or what may be one in a query.
func TestErrors_sayNoSecret(t *testing.T) {
	server := fake.New(t)
	settings := server.Settings("s?token=token-planted", false)
	settings["headers"] = map[string]any{"PRIVATE-TOKEN": "header-planted"}
	s := open(t, settings)
	var errs []error
	for _, f := range []fake.Fault{fake.Stranger, fake.Before, fake.Broken} {
		server.Fail(func(string, string, int) fake.Fault { return f })
		_, lockErr := s.Lock(t.Context(), ada)
		_, readErr := s.Read(t.Context())
		_, holderErr := s.Holder(t.Context())
		errs = append(errs, lockErr, readErr, holderErr)
	}
	for _, bad := range []map[string]any{
		{"address": "https://ada:password-planted@host/x"}, {"address": "ftp://host/?token-planted"}, {"address": 3}, {},
		{"address": "https://host/x", "headers": map[string]any{"x": []any{"header-planted"}}}, {"address": "https://host/x", "encrypt": "planted"},
	} {
		_, err := http.Open(state.Options{Settings: bad, Now: now})
		errs = append(errs, err)
	}
	for i, err := range errs {
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %s", err, err, s.Where()), "planted") {
			t.Errorf("error %d: %v", i, err)
		}
	}
	if !strings.Contains(errs[0].Error(), "401") || !strings.Contains(errs[0].Error(), "password:") {
		t.Errorf("a stranger is told %v", errs[0])
	}
}
