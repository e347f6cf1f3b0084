package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// worn gives a store whose state has seen a lot: trees of several levels, rows that are longer than a page, holes where rows were, free pages,
// and lists that need escapes.
func worn(t *testing.T) *Store {
	t.Helper()
	all := crowd(210)
	long := &state.Changes{Run: &state.Run{ID: "r2", Serial: 2, Message: strings.Repeat("a long story. ", 3000)}}
	gone := &state.Changes{}
	for i := range all.Members {
		m := &all.Members[i]
		switch i % 7 {
		case 0:
			gone.MembersGone = append(gone.MembersGone, m.Key)
		case 1:
			m.Done[0].ID, m.Reason = `quo"ted`, `a],["b`
		case 2:
			m.Done = append(m.Done, state.StepDone{ID: "form", Outcome: "done", At: testTime, Answers: state.Answers{"a": "b"}}, state.StepDone{ID: "x"})
			m.Reached = []string{"p-1", `p"2`}
		case 3:
			m.Lanes = []state.Lane{{Of: "each", Record: m.Record, Track: state.Track{Step: "call", StepAt: testTime}, Since: testTime}}
			m.Event = state.Event{"type": "visit"}
		}
		long.Effects = append(long.Effects, state.Effect{Key: fmt.Sprintf("e-%d", i*7919%210), Member: m.Key, Record: m.Record, Status: state.Happened, Attempts: i, Reason: strings.Repeat("r", i)})
		long.Truths = append(long.Truths, state.Truth{Play: "p", Key: m.Key})
		long.Seen = append(long.Seen, state.Seen{Record: m.Record, Field: "tier", Value: "x"})
		long.Changes = append(long.Changes, state.Change{Record: m.Record, Field: "tier", From: "a", To: "b", At: testTime})
		long.Tasks = append(long.Tasks, state.Task{Key: fmt.Sprint("t-", i), Member: m.Key, Record: m.Record, Status: state.TaskOpen, Answers: state.Answers{"n": "1"}})
	}
	for i := range all.Held {
		h := &all.Held[i]
		h.Keepers = append(h.Keepers, state.Keeper{Member: "m", Step: `a],["b`, Lane: "person:p-1"}, state.Keeper{Member: "n", Step: `"`})
		if i%3 == 0 {
			h.Keepers = nil
			gone.HeldGone = append(gone.HeldGone, *h)
		}
	}
	gone.Plays = []state.Play{{Name: "p", FirstAt: testTime, Definition: strings.Repeat("{}", 5000)}}
	s, session := locked(t, all, long, gone)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	return s
}

// bySQL reads and checks a state by SQLite alone.
func bySQL(ctx context.Context, path string) (*state.Snapshot, error) {
	return over(ctx, path, func(c *conn) (*state.Snapshot, error) { return readAll(ctx, []*conn{c}) })
}

// byPages reads a state from its pages, or gives an error where there is a doubt.
func byPages(ctx context.Context, path string, then func(*conn)) (*state.Snapshot, error) {
	return over(ctx, path, func(c *conn) (*state.Snapshot, error) {
		defer then(c)
		return readImage(ctx, c)
	})
}

// over reads a state over one connection, as of one moment.
func over(ctx context.Context, path string, read func(*conn) (*state.Snapshot, error)) (*state.Snapshot, error) {
	c, err := connect(ctx, path, readOnly)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.exec(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	if err := c.identify(ctx); err != nil {
		return nil, err
	}
	return read(c)
}

func TestReadImage_readsWhatSQLiteReads(t *testing.T) {
	s := worn(t)
	want, err := bySQL(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	got, err := byPages(t.Context(), s.Path(), func(c *conn) {
		if !c.isGood(t.Context(), thorough) {
			t.Error("there is a doubt about a good file")
		}
	})
	if err != nil {
		t.Fatalf("reading the pages: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-SQLite +pages):\n%s", diff)
	}
	if len(got.Members) != 180 || len(got.Runs) != 2 {
		t.Errorf("%d members, %d runs", len(got.Members), len(got.Runs))
	}
}

// Any bytes of the file may be others. Then either there is a doubt, or everything is read as it was written and SQLite finds no fault either.
func TestReadImage_doubtsWhatSQLiteRefuses(t *testing.T) {
	s := worn(t)
	good, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "state.db")
	random := rand.New(rand.NewPCG(4, 2))
	accepted := 0
	for n := range 300 {
		bad := append([]byte(nil), good...)
		at := random.IntN(len(bad))
		switch page := at / 4096 * 4096; {
		case n%3 == 0: // headers, and where the cells are
			at = page + random.IntN(64)
		case n%100 == 1: // a page instead of another
			copy(bad[page:page+4096], bad[random.IntN(len(bad)/4096)*4096:])
		}
		bad[at] ^= byte(1 + random.IntN(255))
		put(t, path, bad)
		var structure, order error
		got, err := byPages(t.Context(), path, func(c *conn) {
			if c.isGood(t.Context(), thorough) {
				structure, order = c.check(t.Context(), quick), c.check(t.Context(), thorough)
			}
		})
		if structure != nil || order != nil {
			t.Errorf("byte %d, %#02x instead of %#02x, is good, and SQLite says: %v, %v", at, bad[at], good[at], structure, order)
		}
		if err != nil {
			continue
		}
		if accepted++; !reflect.DeepEqual(want, got) {
			t.Errorf("byte %d, %#02x instead of %#02x, was read:\n%s", at, bad[at], good[at], cmp.Diff(want, got))
		}
	}
	if accepted == 0 || accepted > 150 { // the rest is free space, and what only SQLite knows the meaning of
		t.Errorf("%d damaged files were read", accepted)
	}
}

// A table whose name is damaged is not one that has no rows.
func TestReadImage_doubtsANameThatIsNone(t *testing.T) {
	s := worn(t)
	good, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "state.db")
	for _, name := range []string{"meta", "plays", "members", "truths", "held", "effects", "tasks", "seen", "changes", "runs", "failures", "erased", "journal"} {
		row := []byte("table" + name + name) // type, name and table of its row in sqlite_schema
		if !bytes.Contains(good, row) {
			t.Fatalf("the file has no table %s", name)
		}
		for i := range name {
			damaged := bytes.Clone(row)
			damaged[len("table")+i] ^= 1
			put(t, path, bytes.ReplaceAll(good, row, damaged)) // also where it stood before its page was split
			if got, err := byPages(t.Context(), path, func(*conn) {}); err == nil {
				t.Fatalf("table %s, byte %d of its name damaged: read with %d members", name, i, len(got.Members))
			}
		}
	}
}

func FuzzPlainList(f *testing.F) {
	for _, seed := range []string{`[["m","s"]]`, `[["m","s","l"],["a","b"]]`, `[["call","done",1795341600000000],["mail","failed",null,["p-1","p-2"]]]`,
		`[["call","done",null,[],{"a":1}]]`, `[["a\u00e9","b",-1]]`, `[["a],[\"b","c"]]`, `[]`, `[[`, ``, `[["a","b",1e3]]`, `[["a","b" ]]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, other := newDecoder(), newDecoder()
		if keepers, ok := plain.quickKeepers([]byte(text)); ok {
			other.begin([]cell{{text: []byte(text), kind: textCell}, {}})
			if want := other.keepersOf(other.list()); !reflect.DeepEqual(want, keepers) || other.err != nil {
				t.Errorf("keepers of %q: %v, JSON says %v %v", text, keepers, want, other.err)
			}
		}
		if done, ok := plain.quickDone([]byte(text)); ok {
			other.begin([]cell{{text: []byte(text), kind: textCell}, {}})
			if want := other.doneOf(other.list()); !reflect.DeepEqual(want, done) || other.err != nil {
				t.Errorf("done of %q: %v, JSON says %v %v", text, done, want, other.err)
			}
		}
	})
}
