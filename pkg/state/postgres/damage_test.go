package postgres

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
)

func TestRead_findsDamageAndABackupPutsItRight(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	for i, c := range []struct{ sql, what string }{
		{"UPDATE playctl.members SET step = 'other' WHERE key = 'k000001'", "checksum"},
		{"UPDATE playctl.members SET done = NULL WHERE key = 'k000001'", "checksum"},
		{"UPDATE playctl.meta SET salt = 'ff'", "checksum"},
		{"DELETE FROM playctl.effects WHERE key = 'k000002'", "2 rows instead of 3"},
		{"DELETE FROM playctl.truths", "0 rows instead of 3"},
		{"INSERT INTO playctl.truths SELECT play, 'more', crc FROM playctl.truths LIMIT 1", "checksum"},
		{"UPDATE playctl.sums SET crc = crc + 1 WHERE name = 'members'", "not have the rows that were written"},
		{"DELETE FROM playctl.sums", "sums"},
		{"DROP TABLE playctl.tasks", "tasks"},
		{"DROP TABLE playctl.sums", "sums"},
		{"ALTER TABLE playctl.tasks DROP COLUMN role", "role"},
		{"DELETE FROM playctl.meta", "0 rows instead of one"},
		{"UPDATE playctl.meta SET version = 1", "form 1"},
	} {
		s := openAt(t, dsn, fmt.Sprint(i))
		session := begin(t, s)
		commit(t, session, crowd(3))
		if err := session.Unlock(); err != nil {
			t.Fatal(err)
		}
		run(t, dsn, strings.ReplaceAll(c.sql, "playctl.", fmt.Sprintf("playctl_%d.", i)))
		_, err := s.Read(t.Context())
		var bad *state.DamagedError
		if !errors.As(err, &bad) || !strings.Contains(bad.What, c.what) || bad.Backup == nil || bad.Backup.Name != "backup-1" {
			t.Errorf("%s: %v (%+v)", c.sql, err, bad)
		}
		session = lock(t, s, "run-2")
		if err := session.Commit(t.Context(), truth("later")); !errors.As(err, &bad) {
			t.Errorf("%s: Commit: %v", c.sql, err)
		}
		w, err := s.Backup(t.Context(), "backup-1")
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Replace(t.Context(), w); err != nil {
			t.Fatalf("%s: Replace: %v", c.sql, err)
		}
		if got, err := s.Read(t.Context()); err != nil || len(got.Members) != 3 {
			t.Errorf("%s: after the backup was put in its place: %v", c.sql, err)
		}
	}
}

// Somebody put old tables back, and left the backups.
func TestRead_refusesAStateThatIsOlderThanItsBackup(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	commit(t, session, crowd(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "CREATE TABLE old AS SELECT * FROM playctl.meta")
	session = lock(t, s, "run-2")
	commit(t, session, &state.Changes{Truths: []state.Truth{{Play: "p", Key: "new"}}, Run: &state.Run{ID: "r2", Serial: 2}})
	commit(t, session, &state.Changes{TruthsGone: []state.Truth{{Play: "p", Key: "new"}}})
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "DELETE FROM playctl.meta; INSERT INTO playctl.meta SELECT * FROM old")
	_, err := s.Read(t.Context())
	var bad *state.DamagedError
	if !errors.As(err, &bad) || !strings.Contains(bad.What, "serial 1, the newest backup has 2") || bad.Backup == nil || bad.Backup.Name != "backup-2" {
		t.Errorf("it gives %v (%+v)", err, bad)
	}
}

func TestRead_refusesANewerForm(t *testing.T) {
	dsn, s := database(t)
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "UPDATE playctl.meta SET version = 4; ALTER TABLE playctl.members ADD COLUMN later text")
	session := lock(t, s, "run-2")
	_, readErr := s.Read(t.Context())
	for _, err := range []error{readErr, session.Commit(t.Context(), truth("later"))} {
		var bad *state.DamagedError
		if !errors.As(err, &bad) || !strings.Contains(bad.What, "newer playctl: it has form 4") || !strings.Contains(bad.Hint, "nothing was changed") {
			t.Errorf("it gives %v", err)
		}
	}
	w, err := s.Backup(t.Context(), "backup-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Replace(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "SELECT later FROM playctl.damaged_members")
	commit(t, session, truth("later"))
	wantTruths(t, s, "later")
}

func TestJournal_findsDamage(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	commit(t, session, &state.Changes{Pages: []state.Page{{Run: "r", Seq: 0, Kind: state.PlannedPage}, {Run: "r", Seq: 1, Kind: state.EndedPage}}})
	run(t, dsn, "DELETE FROM playctl.journal WHERE seq = 1")
	if _, err := s.Journal(t.Context(), ""); !errors.As(err, new(*state.DamagedError)) {
		t.Errorf("a lost page: %v", err)
	}
	run(t, dsn, "UPDATE playctl.journal SET body = 'x'")
	if _, err := s.Journal(t.Context(), "r"); !errors.As(err, new(*state.DamagedError)) {
		t.Errorf("a changed page: %v", err)
	}
}

// Twelve sessions leave ten backups; when all but one of those were damaged, that one stays until there are ten good ones again.
func TestBackups_tenGoodOnesStay(t *testing.T) {
	dsn, s := database(t)
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	again := func(from, to int) {
		t.Helper()
		for serial := from; serial <= to; serial++ {
			session := lock(t, s, "run")
			c := truth(fmt.Sprintf("%03d", serial))
			c.Run = &state.Run{ID: "r", Serial: int64(serial)}
			commit(t, session, c)
			if err := session.Unlock(); err != nil {
				t.Fatal(err)
			}
		}
	}
	good := func() (serials []int64) {
		t.Helper()
		list, err := s.Backups(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range list {
			if w, err := s.Backup(t.Context(), b.Name); err == nil {
				serials = append(serials, w.Meta.Serial)
			}
		}
		return serials
	}
	again(1, 11)
	if got := good(); len(got) != 10 || got[0] != 11 || got[9] != 2 {
		t.Errorf("serials of the backups are %v", got)
	}
	run(t, dsn, `UPDATE playctl.backups SET packed = '\x00' WHERE serial <> 2`)
	again(12, 20)
	if got := good(); len(got) != 10 || got[9] != 2 {
		t.Errorf("after nine were damaged and nine made, the serials of good ones are %v", got)
	}
	again(21, 21)
	if list, err := s.Backups(t.Context()); err != nil || len(list) != 10 {
		t.Errorf("once there are ten good ones the others go: %v, %v", list, err)
	}
}

// A session that kept only the record of a run makes no backup, and the next one needs none.
func TestUnlock_makesNoBackupOfARunAlone(t *testing.T) {
	_, s := database(t)
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := range int64(3) {
		session := lock(t, s, "run")
		commit(t, session, &state.Changes{Run: &state.Run{ID: "r", Serial: serial + 1}})
		if err := session.Unlock(); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Backups(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("there are %v, %v", list, err)
	}
}

func TestMissing_namesTheNewestGoodBackup(t *testing.T) {
	dsn, s := database(t)
	if list, err := s.Backups(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Backups before there is anything: %v, %v", list, err)
	}
	if missing := s.Missing(t.Context()); !strings.Contains(missing.Hint, "no good backup") {
		t.Errorf("Missing() without backups = %+v", missing)
	}
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "DROP TABLE playctl.meta")
	if there, err := s.Exists(t.Context()); there || err != nil {
		t.Errorf("Exists without meta: %v, %v", there, err)
	}
	if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Read without meta: %v", err)
	}
	if missing := s.Missing(t.Context()); missing.Backup == nil || missing.Backup.Name != "backup-1" {
		t.Errorf("Missing() = %+v", missing)
	}
}
