package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/statetest"
)

var testTime = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func clock() time.Time { return testTime }

func TestStore(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store { return Open(t.TempDir(), "", clock) })
}

// A path may have any characters, and be relative.
func TestStore_oddPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"a b", "100%25 #1?mode=memory&x=y", "é日本", "it's", "c:d", "."} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s := Open(dir, "", clock)
		session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(session.Create(t.Context(), state.Meta{Lineage: dir}), session.Commit(t.Context(), crowd(1)), session.Unlock())
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Read(t.Context())
		if err != nil || got.Meta.Lineage != dir || len(got.Members) != 1 {
			t.Errorf("in %q: %+v, %v", dir, got, err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".playctl", "state.db")); err != nil {
			t.Error(err)
		}
	}
}

func TestOpen_environments(t *testing.T) {
	dir := t.TempDir()
	for _, environment := range []string{"", "prod", "backups", "état"} {
		s := Open(dir, environment, clock)
		if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
			t.Errorf("%q before: %v, want ErrNone", environment, err)
		}
		session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(session.Create(t.Context(), state.Meta{Lineage: "l-" + environment}), session.Unlock()); err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dir, ".playctl", environment, "state.db"); s.Path() != want {
			t.Errorf("%q is at %s, want %s", environment, s.Path(), want)
		}
	}
	for _, environment := range []string{"", "prod", "backups", "état"} {
		got, err := Open(dir, environment, clock).Read(t.Context())
		if err != nil || got.Meta.Lineage != "l-"+environment {
			t.Errorf("%q after: %+v, %v", environment, got, err)
		}
	}
	for _, environment := range []string{"..", ".", "a/b", `a\b`, "/etc", "../x"} {
		s := Open(dir, environment, clock)
		_, readErr := s.Read(t.Context())
		_, lockErr := s.Lock(t.Context(), state.Holder{})
		_, listErr := s.Backups(t.Context())
		for _, err := range []error{readErr, lockErr, listErr} {
			if err == nil || errors.Is(err, state.ErrNone) {
				t.Errorf("environment %q: %v, want a refusal", environment, err)
			}
		}
	}
}

// Looking makes nothing, not even a folder.
func TestRead_writesNothing(t *testing.T) {
	s := Open(t.TempDir(), "prod", clock)
	if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Read: %v, want ErrNone", err)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("Read left %v, %v", entries, err)
	}
}

func TestLock_makesNoPlaybookFolder(t *testing.T) {
	s := Open(filepath.Join(t.TempDir(), "nowhere"), "", clock)
	if _, err := s.Lock(t.Context(), state.Holder{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Lock: %v, want ErrNotExist", err)
	}
}

func TestRead_cancelled(t *testing.T) {
	s, _ := locked(t, crowd(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v, want context.Canceled", err)
	}
	if _, err := s.Lock(ctx, state.Holder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock: %v, want context.Canceled", err)
	}
}

// A state of more than parallelFrom bytes is read over several connections.
func TestRead_large(t *testing.T) {
	all := crowd(2500)
	s, session := locked(t, all)
	if len(helpers(t.Context(), s.Path())) == 0 {
		t.Error("no helper reads along")
	}
	got, err := session.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(all.Members, got.Members) || len(got.Held) != len(all.Held) {
		t.Errorf("%d members and %d held were read, and not as they were written", len(got.Members), len(got.Held))
	}
}

// A full disk, as SQLite sees it.
func TestCommit_full(t *testing.T) {
	s, opened := locked(t, crowd(1))
	before, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.(*session).db.cell(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	err = opened.Commit(t.Context(), crowd(1000))
	want := &state.UnwritableError{}
	if !errors.As(err, &want) || want.Where != s.Path() ||
		want.Hint != "free some space on its disk and run again: what was recorded before is kept" {
		t.Errorf("Commit: %v, %+v", err, want)
	}
	after, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("after a failed commit (-want +got):\n%s", diff)
	}
	if err := opened.Commit(t.Context(), &state.Changes{Truths: []state.Truth{{Play: "p", Key: "k"}}}); err != nil {
		t.Errorf("a commit that fits: %v", err)
	}
}

// A commit that has returned survives a crash of the machine: FULL would not sync the folder from which the journal was removed.
func TestSession_isDurable(t *testing.T) {
	_, opened := locked(t)
	for pragma, want := range map[string]driver.Value{"synchronous": int64(3), "journal_mode": "delete"} {
		if got, err := opened.(*session).db.cell(t.Context(), "PRAGMA "+pragma); got != want || err != nil {
			t.Errorf("%s is %v, %v, want %v", pragma, got, err, want)
		}
	}
}

// The tables of the schema are those of tables.go, column by column.
func TestSchema_agreesWithTables(t *testing.T) {
	s, _ := locked(t)
	checkSchema(t, s)
}

func checkSchema(t *testing.T, s *Store) {
	t.Helper()
	db, err := connect(t.Context(), s.Path(), readOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	for _, table := range []struct {
		name    string
		columns []string
	}{
		{metas.name, metas.columns()}, {plays.name, plays.columns()}, {members.name, members.columns()}, {truths.name, truths.columns()},
		{held.name, held.columns()}, {effects.name, effects.columns()}, {tasks.name, tasks.columns()}, {seen.name, seen.columns()}, {changes.name, changes.columns()},
		{runs.name, runs.columns()},
	} {
		var got []string
		err := db.query(t.Context(), "SELECT name FROM pragma_table_info('"+table.name+"')", func(cells []driver.Value) error {
			got = append(got, cells[0].(string))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(table.columns, got); diff != "" {
			t.Errorf("table %s (-tables.go +schema.go):\n%s", table.name, diff)
		}
	}
}

// A person may mend a row with any SQLite shell, by setting crc to NULL.
func TestRead_rowMendedByHand(t *testing.T) {
	s, opened := locked(t, crowd(1))
	mend := "UPDATE members SET step = 'mended', done = '[[\"a\",\"done\",1]]', crc = NULL"
	if err := opened.(*session).db.exec(t.Context(), mend); err != nil {
		t.Fatal(err)
	}
	got, err := s.Read(t.Context())
	if err != nil || got.Members[0].Step != "mended" || got.Members[0].Done[0].At != time.UnixMicro(1).UTC() {
		t.Errorf("Read: %+v, %v", got, err)
	}
}

func TestCreate_leavesNothingHalf(t *testing.T) {
	s := Open(t.TempDir(), "", clock)
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	put(t, s.Path()+".new", []byte("a creation that was killed"))
	put(t, journal(s.Path()), []byte("of a state that was deleted"))
	if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Read: %v, want ErrNone", err)
	}
	if err := session.Create(t.Context(), state.Meta{Lineage: "l"}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read(t.Context()); err != nil || got.Meta.Lineage != "l" {
		t.Errorf("Read: %+v, %v", got, err)
	}
}
