package statetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
)

// pages holds the journal of a store against what it should be.
func pages(t *testing.T, s state.Store, run string, want []state.Page) {
	t.Helper()
	got, err := s.Journal(t.Context(), run)
	if err != nil {
		t.Fatalf("Journal(%q): %v", run, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Journal(%q) (-want +got):\n%s", run, diff)
	}
}

func testJournal(t *testing.T, s state.Store) {
	if _, err := s.Journal(t.Context(), ""); !errors.Is(err, state.ErrNone) {
		t.Errorf("Journal without a state: %v, want ErrNone", err)
	}
	session := begin(t, s)
	pages(t, s, "", nil)
	all := fullPages()
	commit(t, session, state.Changes{Pages: all[:2]})
	commit(t, session, state.Changes{Pages: all[2:], Truths: []state.Truth{{Play: "p", Key: "k"}}})
	other := state.Page{Run: "r0", Seq: 0, At: at(1), Kind: state.PlannedPage}
	commit(t, session, state.Changes{Pages: []state.Page{other}})
	pages(t, s, "r1", all)
	pages(t, s, "", append([]state.Page{other}, all...))
	pages(t, s, "never", nil)
	replaced := all[2]
	replaced.Lines = []state.Line{{N: 3, Status: "done"}}
	commit(t, session, state.Changes{Pages: []state.Page{replaced}})
	pages(t, s, "r1", []state.Page{all[0], all[1], replaced})
}

// testWhole holds what is read with its journal against what is read in two.
func testWhole(t *testing.T, s state.Store) {
	if _, err := s.Whole(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Whole without a state: %v, want ErrNone", err)
	}
	session := begin(t, s)
	for _, c := range []state.Changes{full(), zero(), {Truths: []state.Truth{{Play: "p", Key: "more"}}}} {
		commit(t, session, c)
		want := state.Whole{Snapshot: *read(t, s)}
		var err error
		if want.Journal, err = s.Journal(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		got, err := s.Whole(t.Context())
		if err != nil {
			t.Fatalf("Whole: %v", err)
		}
		if diff := cmp.Diff(&want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Whole (-want +got):\n%s", diff)
		}
	}
}

func testJournalLong(t *testing.T, s state.Store) {
	session := begin(t, s)
	var want []state.Page
	for seq := range 30 {
		p := state.Page{Run: "r", Seq: seq, At: at(seq), Kind: state.EndedPage}
		for n := range 1000 {
			p.Lines = append(p.Lines, state.Line{N: n, Status: "done", Receipt: string(rune('a'+n%26)) + odd, Reason: string(rune('一' + (n*7919+seq)%20000))})
		}
		want = append(want, p)
		commit(t, session, state.Changes{Pages: []state.Page{p}})
	}
	pages(t, s, "r", want)
	same(t, &state.Snapshot{Meta: newMeta()}, s, session)
}

func testMoved(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	there := "s3://bucket/" + odd
	commit(t, session, state.Changes{MovedTo: &there})
	if got := read(t, s).Meta.MovedTo; got != there {
		t.Errorf("MovedTo is %q, want %q", got, there)
	}
	back := ""
	commit(t, session, state.Changes{MovedTo: &back})
	same(t, snapshotOf(full()), s, session)
}

// testReplaced puts a state in the place of another one, and of none.
func testReplaced(t *testing.T, s state.Store) {
	session := lock(t, s)
	first, second := wholeOf(newMeta(), full()), wholeOf(newMeta(), zero())
	second.Meta.Lineage, second.Meta.Serial = "another", 99
	for _, w := range []*state.Whole{first, second} {
		if err := session.Replace(t.Context(), w); err != nil {
			t.Fatalf("Replace: %v", err)
		}
		same(t, &w.Snapshot, s, session)
		pages(t, s, "", w.Journal)
	}
	commit(t, session, state.Changes{Truths: []state.Truth{{Play: "p", Key: "k"}}})
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	list, err := s.Backups(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("Backups: %v, %v; want what was replaced", list, err)
	}
	for _, b := range list {
		w, err := s.Backup(t.Context(), b.Name)
		if err != nil || w.Meta.Serial != b.Serial {
			t.Fatalf("Backup(%q): %v, %v; want serial %d", b.Name, w, err, b.Serial)
		}
		if w.Meta.Lineage != first.Meta.Lineage {
			continue
		}
		if diff := difference(&first.Snapshot, &w.Snapshot); diff != "" {
			t.Errorf("the backup of what was replaced (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(first.Journal, w.Journal, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the journal in the backup (-want +got):\n%s", diff)
		}
		return
	}
	t.Errorf("none of %v is of lineage %s", list, first.Meta.Lineage)
}

func testNoBackup(t *testing.T, s state.Store) {
	if w, err := s.Backup(t.Context(), "state-404.db"); err == nil {
		t.Errorf("Backup of a name that there is not gave %v", w)
	}
	if missing := s.Missing(t.Context()); missing.Where == "" || missing.What == "" || missing.Hint == "" {
		t.Errorf("Missing() = %+v, want a place, what is wrong, and a remedy", missing)
	}
}

// wholeOf gives a state with its journal.
func wholeOf(m state.Meta, c state.Changes) *state.Whole {
	model := newModel(m)
	model.apply(&c)
	return &state.Whole{Snapshot: *model.snapshot(), Journal: model.journal()}
}
