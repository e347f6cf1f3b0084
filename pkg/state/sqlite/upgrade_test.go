package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
)

// version1 gives a store whose file the playctl of form 1 wrote (commit 9b02754), and what that read from it.
func version1(t *testing.T) (*Store, *state.Snapshot) { return version(t, 1) }

// version gives a store whose file the playctl of an older form wrote (form 2: commit 5426ea3), and what that read from it.
func version(t *testing.T, form int64) (*Store, *state.Snapshot) {
	t.Helper()
	s := Open(t.TempDir(), "", clock)
	file, err := os.ReadFile(fmt.Sprintf("testdata/version%d.db", form))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(fmt.Sprintf("testdata/version%d.json", form))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.file(""), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, s.Path(), file)
	var want state.Snapshot
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	want.Meta.Version = state.Version
	return s, &want
}

// wantState checks what a store holds, and in which form its file is.
func wantState(t *testing.T, s *Store, want *state.Snapshot, form int64) {
	t.Helper()
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	if got := formOf(t, s.Path()); got != form {
		t.Errorf("%s is of form %d, want %d", s.Path(), got, form)
	}
}

func formOf(t *testing.T, path string) int64 {
	t.Helper()
	c, err := connect(t.Context(), path, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c.form
}

// olderForms runs a test for each of them.
func olderForms(t *testing.T, test func(t *testing.T, form int64)) {
	for form := int64(oldest); form < state.Version; form++ {
		t.Run(fmt.Sprint("form ", form), func(t *testing.T) { test(t, form) })
	}
}

func TestRead_olderFormAsItIs(t *testing.T) {
	olderForms(t, func(t *testing.T, form int64) { readOlder(t, form) })
}

func readOlder(t *testing.T, form int64) {
	s, want := version(t, form)
	before, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, s, want, form)
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := session.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the session's Read (-want +got):\n%s", diff)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(s.Path())
	if err != nil || string(before) != string(after) {
		t.Errorf("looking at a state of an older form changed its file (%v)", err)
	}
	if got := serials(t, s); len(got) != 0 {
		t.Errorf("looking at a state made backups %v", got)
	}
}

func TestCommit_upgradesAnOlderForm(t *testing.T) {
	olderForms(t, func(t *testing.T, form int64) { upgradeOlder(t, form) })
}

func upgradeOlder(t *testing.T, form int64) {
	s, want := version(t, form)
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	task := state.Task{Key: "task", Status: state.TaskOpen}
	if err := session.Commit(t.Context(), &state.Changes{Tasks: []state.Task{task}}); err != nil {
		t.Fatal(err)
	}
	backup := s.file(fmt.Sprintf("backups/state-%d.db", want.Meta.Serial))
	if got := formOf(t, backup); got != form {
		t.Errorf("the backup before the upgrade is of form %d, want %d", got, form)
	}
	kept, err := readFile(t.Context(), backup)
	if diff := cmp.Diff(want, kept, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("the backup before the upgrade, %v (-want +got):\n%s", err, diff)
	}
	want.Tasks = append(want.Tasks, task)
	slices.SortFunc(want.Tasks, func(a, b state.Task) int { return strings.Compare(a.Key, b.Key) })
	wantState(t, s, want, state.Version)
	checkSchema(t, s)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := s.Lock(t.Context(), state.Holder{Who: "ada"}) // which checks every row against its index
	if err != nil {
		t.Fatal(err)
	}
	defer again.Unlock()
}

// The members of an upgraded file lie in the order in which they came, as before.
func TestUpgrade_keepsTheOrderOfRows(t *testing.T) {
	s, _ := version1(t)
	c, err := connect(t.Context(), s.Path(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	before, err := members1.rows(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.upgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := members.rows(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" || len(after) < 30 {
		t.Errorf("%d members (-before +after):\n%s", len(after), diff)
	}
}

// A damaged state of an older form is refused as any other, and not upgraded.
func TestCommit_doesNotUpgradeADamagedState(t *testing.T) {
	s, _ := version1(t)
	c, err := connect(t.Context(), s.Path(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.exec(t.Context(), "UPDATE members SET step = 'other'"), c.close()); err != nil {
		t.Fatal(err)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	var damaged *state.DamagedError
	if err := session.Commit(t.Context(), &state.Changes{PlaysGone: []string{"p"}}); !errors.As(err, &damaged) {
		t.Errorf("Commit: %v, want a DamagedError", err)
	}
	if got := formOf(t, s.Path()); got != 1 {
		t.Errorf("the damaged state is of form %d now", got)
	}
}
