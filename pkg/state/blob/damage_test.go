package blob_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// lived gives a bucket with a state of so many steps, a session each but for the last two, which are in the log, since their process was killed.
func lived(t *testing.T, s *blob.Store, end func(), steps int) {
	t.Helper()
	for n := 1; n < steps; n++ {
		session := must(s.Lock(t.Context(), ada))(t)
		if n == 1 {
			check(t, session.Create(t.Context(), meta))
		}
		check(t, session.Commit(t.Context(), step(n)))
		if n == steps-1 {
			check(t, session.Commit(t.Context(), step(n+1)))
			end()
			return
		}
		check(t, session.Unlock())
	}
}

// damages are what becomes of an object, and what is said of it.
var damages = map[string]struct {
	make func([]byte) []byte
	says string
}{
	"missing":     {func([]byte) []byte { return nil }, "is missing"},
	"empty":       {func([]byte) []byte { return []byte{} }, "is empty (0 bytes)"},
	"cut":         {func(data []byte) []byte { return data[:len(data)/2] }, "is cut short"},
	"cut by one":  {func(data []byte) []byte { return data[:len(data)-1] }, "is cut short"},
	"cut at ten":  {func(data []byte) []byte { return data[:10] }, "is no object of playctl"},
	"garbage":     {func(data []byte) []byte { return bytes.Repeat([]byte("x"), len(data)) }, "is no object of playctl"},
	"one bit":     {func(data []byte) []byte { data[len(data)-20] ^= 4; return data }, "its checksum is wrong"},
	"of a future": {func(data []byte) []byte { return bytes.Replace(data, []byte(" 1 "), []byte(" 9 "), 1) }, "was written by a newer playctl"},
}

// Whatever happens to whichever object: the state is refused with what is wrong and where, and the command that the remedy names puts it right.
func TestRead_ofADamagedStateNamesTheRemedy(t *testing.T) {
	for _, of := range []string{"head", "log/", "backups/"} {
		for how, damage := range damages {
			b := newBucket()
			c := &client{bucket: b}
			lived(t, store(c), func() { c.end(true) }, 4)
			b.old("lock", 1e12)
			names := b.names(of)
			slices.Sort(names)
			name := names[len(names)-1]
			spoilt := damage.make(b.get(name))
			b.set(name, spoilt)
			_, err := store(b).Read(t.Context())
			var damaged *state.DamagedError
			if !errors.As(err, &damaged) || !strings.Contains(damaged.What, damage.says) || damaged.Where != "mem://"+name {
				t.Errorf("%s of %s: %v, want %q", how, name, err, damage.says)
				continue
			}
			if there, err := store(b).Exists(t.Context()); err != nil || !there {
				t.Errorf("%s of %s: Exists: %v, %v", how, name, there, err)
			}
			serial := restored(t, b, how+" of "+name, damaged)
			aside := func(copied string) bool {
				return strings.HasSuffix(copied, "/"+name) && bytes.Equal(b.get(copied), spoilt)
			}
			if serial != 0 && spoilt != nil && !slices.ContainsFunc(b.names("damaged/"), aside) {
				t.Errorf("%s of %s: it was not set aside: %v", how, name, b.names("damaged/"))
			}
			if want := map[string]int{"head": 4, "log/": 3, "backups/": 1}[of]; serial != want && serial != 0 {
				t.Errorf("%s of %s: serial %d was restored, want %d", how, name, serial, want)
			}
		}
	}
}

// restored does what a remedy says, and goes on from there. It gives the serial that was restored; 0: none was to be.
func restored(t *testing.T, b *bucket, what string, said *state.DamagedError) int {
	t.Helper()
	if said.Foreign && said.Hint == "install the newer playctl" {
		return 0
	}
	if said.Backup == nil {
		t.Fatalf("%s: the remedy is %+v", what, said)
	}
	backup := said.Backup.Name
	list := must(store(b).Backups(t.Context()))(t)
	w, err := store(b).Backup(t.Context(), backup)
	if err != nil || !slices.ContainsFunc(list, func(b state.Backup) bool { return b.Name == backup && b.Serial == w.Meta.Serial }) {
		t.Fatalf("%s: the backup that the hint names: %v, listed are %v", what, err, list)
	}
	session, err := store(b).Lock(t.Context(), bob)
	if err != nil {
		t.Fatalf("%s: Lock: %v", what, err)
	}
	var damaged *state.DamagedError
	if _, err := session.Read(t.Context()); !errors.As(err, &damaged) {
		t.Errorf("%s: Read of the session: %v, want a DamagedError", what, err)
	}
	if err := session.Commit(t.Context(), step(9)); !errors.As(err, &damaged) {
		t.Errorf("%s: Commit: %v, want a DamagedError", what, err)
	}
	if err := session.Replace(t.Context(), w); err != nil {
		t.Fatalf("%s: Replace: %v", what, err)
	}
	next := int(w.Meta.Serial) + 1
	check(t, session.Commit(t.Context(), step(next)))
	check(t, session.Unlock())
	want := stateAfter(t, next)
	if strings.HasPrefix(backup, "rebuilt-") && strings.HasSuffix(what, "head") {
		want.Members = append(step(next-2).Members, want.Members...) // of the last commit nobody knows whether it was kept
	}
	holds(t, b, want)
	return next - 1
}

// An old copy of the head, or of everything, that somebody put back is older than what was written since.
func TestRead_ofAnOldHeadIsRefused(t *testing.T) {
	b := newBucket()
	s := store(b)
	session := must(s.Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	old := b.get("head")
	check(t, session.Commit(t.Context(), step(2)))
	check(t, session.Commit(t.Context(), step(3)))
	check(t, session.Unlock())
	b.set("head", old)
	var damaged *state.DamagedError
	if _, err := s.Read(t.Context()); !errors.As(err, &damaged) || !strings.Contains(damaged.What, "somebody put an old one back") {
		t.Fatalf("Read: %v, want it refused as too old", err)
	}
	restored(t, b, "an old head", damaged)
}

// A place without a good backup is no dead end: it is said what to look at, and what it costs to begin again.
func TestRead_withoutAGoodBackupSaysSo(t *testing.T) {
	b := newBucket()
	lived(t, store(b), func() {}, 2)
	for _, name := range append(b.names("backups/"), "head") {
		b.set(name, []byte("garbage"))
	}
	var damaged *state.DamagedError
	if _, err := store(b).Read(t.Context()); !errors.As(err, &damaged) || !strings.Contains(damaged.Hint, "there is no good backup") {
		t.Errorf("Read: %v", err)
	}
}

// Ten good copies are kept, the newest first; the log is put away with each.
func TestBackups_areTheLastTenGoodOnes(t *testing.T) {
	b := newBucket()
	for n := range 15 {
		session := must(store(b).Lock(t.Context(), ada))(t)
		if n == 0 {
			check(t, session.Create(t.Context(), meta))
		}
		check(t, session.Commit(t.Context(), step(n+1)))
		check(t, session.Unlock())
		list := must(store(b).Backups(t.Context()))(t)
		if want := min(n+1, 10); len(list) != want || len(b.names("backups/")) != want || list[0].Serial != int64(n+1) {
			t.Fatalf("after session %d there are %v", n+1, list)
		}
		if left := b.names("log/"); len(left) > 0 {
			t.Fatalf("after session %d the log is %v", n+1, left)
		}
	}
	for i, backup := range must(store(b).Backups(t.Context()))(t) {
		w := must(store(b).Backup(t.Context(), backup.Name))(t)
		if w.Meta.Serial != int64(15-i) || w.Meta.Serial != backup.Serial {
			t.Errorf("backup %d is of serial %d, and says %d", i, w.Meta.Serial, backup.Serial)
		}
	}
}

// Sessions that only keep records of runs make no backups, so that the last ten are of ten changes; their log is put away once it is long.
func TestBackups_areNotOfRunsThatChangedNothing(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	check(t, session.Unlock())
	made := len(must(store(b).Backups(t.Context()))(t))
	for n := range 3 {
		session := must(store(b).Lock(t.Context(), ada))(t)
		check(t, session.Commit(t.Context(), &state.Changes{Run: &state.Run{ID: fmt.Sprint("idle", n), Serial: int64(n + 2), Started: begun}}))
		check(t, session.Unlock())
	}
	if got := len(must(store(b).Backups(t.Context()))(t)); got != made {
		t.Errorf("there are %d backups, want %d", got, made)
	}
	if got := must(store(b).Read(t.Context()))(t); len(got.Runs) != 4 {
		t.Errorf("there are %d runs, want 4", len(got.Runs))
	}
}

// What is written grows with what is changed and not with what is there, and a head stays small.
func TestCommit_costsWhatItChanges(t *testing.T) {
	written := map[int]int{}
	for _, commits := range []int{300, 600} {
		b := newBucket()
		session := must(store(b).Lock(t.Context(), ada))(t)
		check(t, session.Create(t.Context(), meta))
		largest := 0
		for n := 1; n <= commits; n++ {
			check(t, session.Commit(t.Context(), step(n)))
			largest = max(largest, len(b.get("head")))
		}
		written[commits] = b.bytes
		holds(t, b, stateAfter(t, commits))
		t.Logf("%d commits: %d bytes, %d a commit, the head at most %d", commits, b.bytes, b.bytes/commits, largest)
		if largest > 16_000 {
			t.Errorf("the head grows to %d bytes", largest)
		}
		check(t, session.Unlock())
		holds(t, b, stateAfter(t, commits))
	}
	if ratio := float64(written[600]) / float64(written[300]); ratio > 2.2 {
		t.Errorf("300 commits write %d bytes, 600 write %d: %.2f times as many", written[300], written[600], ratio)
	}
}

// What was put together is in the log twice for as long as the session goes on: rebuilt from it the state is the same all the same.
func TestBackup_rebuiltOfALongLogIsTheWholeState(t *testing.T) {
	b := newBucket()
	c := &client{bucket: b}
	session := must(store(c).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	for n := 1; n <= 150; n++ {
		check(t, session.Commit(t.Context(), step(n)))
	}
	c.end(true)
	b.old("lock", 1e12)
	b.set("head", nil)
	var damaged *state.DamagedError
	if _, err := store(b).Read(t.Context()); !errors.As(err, &damaged) {
		t.Fatalf("Read: %v, want a DamagedError", err)
	}
	if got := restored(t, b, "no head", damaged); got != 150 {
		t.Errorf("serial %d was restored, want 150", got)
	}
}

// A commit that was written to the log and that no head ever named was not kept: what is rebuilt does not forget what it would have taken out, and a
// commit of who had lost the lock is no part of what came after it.
func TestBackup_rebuiltForgetsNothingThatWasNotCommittedAway(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	check(t, session.Unlock())
	armed := false
	c := &client{bucket: b, fault: func(name string, _ int) fault {
		if armed && name == "head" {
			return killed
		}
		return none
	}}
	session = must(store(c).Lock(t.Context(), ada))(t)
	check(t, session.Commit(t.Context(), step(2)))
	armed = true
	rm := &state.Changes{EffectsGone: []string{"e1"}, Run: &state.Run{ID: "rm", Serial: 3, Started: begun, Status: state.Succeeded}}
	if err := session.Commit(t.Context(), rm); err == nil {
		t.Fatal("it was kept")
	}
	has := func(key string) bool {
		list := must(store(b).Backups(t.Context()))(t)
		w := must(store(b).Backup(t.Context(), list[0].Name))(t)
		return slices.ContainsFunc(w.Effects, func(e state.Effect) bool { return e.Key == key })
	}
	good := b.get("head")
	b.set("head", []byte("garbage"))
	if !has("e1") || !has("e2") {
		t.Error("what is rebuilt does not know an effect that happened, and that a commit which was never kept would have taken out")
	}
	b.set("head", good)
	b.old("lock", 1e12)
	end := &client{bucket: b}
	session = must(store(end).Lock(t.Context(), bob))(t)
	check(t, session.Commit(t.Context(), step(3)))
	check(t, session.Commit(t.Context(), step(4)))
	end.end(true)
	b.set("head", []byte("garbage"))
	for _, key := range []string{"e1", "e2", "e3", "e4"} {
		if !has(key) {
			t.Errorf("what is rebuilt does not know %s", key)
		}
	}
}

// A purge that is killed once the state is replaced has taken away what was set aside: run again there may seem to be nothing left to do.
func TestPurge_takesWhatWasSetAsideFirst(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	check(t, session.Unlock())
	good := must(store(b).Backup(t.Context(), must(store(b).Backups(t.Context()))(t)[0].Name))(t)
	b.set("head", []byte("garbage"))
	session = must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Replace(t.Context(), good))
	check(t, session.Unlock())
	if len(b.names("damaged/")) == 0 {
		t.Fatal("nothing was set aside")
	}
	purging := false
	c := &client{bucket: b, fault: func(name string, _ int) fault {
		if purging && name == "head" {
			return died
		}
		return none
	}}
	session = must(store(c).Lock(t.Context(), ada))(t)
	purging = true
	if err := session.Purge(t.Context(), good, func(*state.Whole) bool { return true }); err == nil {
		t.Fatal("it was not killed")
	}
	if left := b.names("damaged/"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
