package amend_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
	"pgregory.net/rapid"
)

// TestRemove_nothingNamesItAfterwards holds that no row and no edge is left of a record, that what is left holds, and that another record with the
// same key keeps all that is its own.
func TestRemove_nothingNamesItAfterwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, "one")
		r := rapid.SampledFrom(everyone).Draw(t, "record")
		left := after(t, w, amend.Remove(&w.Snapshot, amend.Subject{Record: r}, of(&w.Snapshot)), "state rm")
		sound(t, "removed", left)
		if slices.Contains(amend.Records(&left.Snapshot), r) {
			t.Errorf("%s is named still", r)
		}
		entity := of(&w.Snapshot)
		mine := func(x state.Truth) bool { return x.Owner() == r.Key && entity(x.Play) == r.Entity }
		if slices.ContainsFunc(left.Truths, mine) {
			t.Errorf("an edge of %s is left: %v", r, left.Truths)
		}
		if want := slices.DeleteFunc(slices.Clone(w.Truths), mine); !slices.Equal(want, left.Truths) {
			t.Errorf("edges of others are gone: %v of %v are left", left.Truths, want)
		}
	})
}

// TestRemove_aPlayGoesWhole holds that nothing is left of a play that is forgotten.
func TestRemove_aPlayGoesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, "one")
		left := after(t, w, amend.Remove(&w.Snapshot, amend.Subject{Play: "wide"}, of(&w.Snapshot)), "state rm")
		sound(t, "removed", left)
		if slices.Contains(amend.Plays(&left.Snapshot), "wide") {
			t.Error("the play is known still")
		}
	})
}

// TestRename_thereAndBackChangesNothing holds it of a play's name.
func TestRename_thereAndBackChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, "one")
		there := after(t, w, amend.Rename(&w.Snapshot, "wide", "broad"), "state mv")
		sound(t, "renamed", there)
		if got := text(t, there); strings.Contains(got, `"play":"wide"`) || strings.Contains(got, `"name":"wide"`) {
			t.Errorf("it goes by its old name still:\n%s", got)
		}
		back := after(t, there, amend.Rename(&there.Snapshot, "broad", "wide"), "back")
		same(t, w, back)
	})
}

// TestRekey_thereAndBackChangesNothing holds it of a record's key, but for what was refused, which is tried anew.
func TestRekey_thereAndBackChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, "one")
		r := rapid.SampledFrom(everyone).Draw(t, "record")
		if !slices.Contains(amend.Records(&w.Snapshot), r) {
			return
		}
		changes, err := amend.Rekey(&w.Snapshot, r, "new", of(&w.Snapshot))
		if err != nil {
			t.Fatal(err)
		}
		there := after(t, w, changes, "state mv")
		sound(t, "rekeyed", there)
		if slices.Contains(amend.Records(&there.Snapshot), r) {
			t.Errorf("%s is known by its old key still", r)
		}
		changes, err = amend.Rekey(&there.Snapshot, state.Record{Entity: r.Entity, Key: "new"}, r.Key, of(&there.Snapshot))
		if err != nil {
			t.Fatal(err)
		}
		back := after(t, there, changes, "back")
		before := *w
		before.Failures = slices.DeleteFunc(slices.Clone(w.Failures), func(f state.Failure) bool { return f.Record == r })
		same(t, &before, back)
	})
}

// same fails where two states differ in more than their runs.
func same(t *rapid.T, want, got *state.Whole) {
	w, g := *want, *got
	w.Runs, g.Runs, g.Meta.Serial = nil, nil, w.Meta.Serial
	if diff := cmp.Diff(&w, &g, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("there and back (-before +after):\n%s", diff)
	}
}

// TestRekey_refusesWhatCanNotBe holds its refusals: of a key that is taken, of one that was forgotten, and of an effect in doubt.
func TestRekey_refusesWhatCanNotBe(t *testing.T) {
	a, b := state.Record{Entity: "account", Key: "a"}, state.Record{Entity: "account", Key: "b"}
	s := &state.Snapshot{Meta: state.Meta{Salt: "5a"}, Seen: []state.Seen{{Record: a}, {Record: b}},
		Effects: []state.Effect{{Key: state.EffectKey("m", "s", a), Member: "m", Step: "s", Record: a, Status: state.InDoubt}}}
	s.Erased = []state.Erasure{{Mark: s.Meta.Mark(state.Record{Entity: "account", Key: "c"})}}
	var taken *amend.TakenError
	var doubt *amend.DoubtError
	if _, err := amend.Rekey(s, a, "b", of(s)); !errors.As(err, &taken) || taken.Erased {
		t.Error(err)
	}
	if _, err := amend.Rekey(s, a, "c", of(s)); !errors.As(err, &taken) || !taken.Erased {
		t.Error(err)
	}
	if _, err := amend.Rekey(s, a, "d", of(s)); !errors.As(err, &doubt) || doubt.Effect.Key != s.Effects[0].Key {
		t.Error(err)
	}
}

// TestScrub_nothingSaysTheKey holds that a key stands nowhere in what is scrubbed, that it is scrubbed at once, that what is left holds, and that
// what was given is not changed.
func TestScrub_nothingSaysTheKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, "one")
		before := text(t, w)
		r := rapid.SampledFrom([]state.Record{accounts[1], accounts[2], people[1], people[2]}).Draw(t, "record") // whose keys nobody else has
		clean, _ := amend.Scrub(w, r, of(&w.Snapshot))
		if got := text(t, clean); strings.Contains(got, `"`+r.Key) || strings.Contains(got, " "+r.Key) || strings.Contains(got, ":"+r.Key) {
			t.Errorf("%s is named:\n%s", r, got)
		}
		if _, more := amend.Scrub(clean, r, of(&clean.Snapshot)); more.Total() > 0 {
			t.Errorf("scrubbed again: %v", more)
		}
		if text(t, w) != before {
			t.Error("the state that was given is another one now")
		}
		clean.Runs = append(clean.Runs, state.Run{ID: "forget", Serial: 1, Operation: "forget", Status: state.Succeeded})
		sound(t, "scrubbed", clean)
	})
}

func text(t interface{ Fatal(...any) }, w *state.Whole) string {
	out, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestCarry_nothingThatHappenedIsUnlearned holds that a state which takes another's place knows of each effect what either knew, and of whom playctl
// put somewhere; that it names nobody who was forgotten, of whichever lineage it is; and that it holds against itself.
func TestCarry_nothingThatHappenedIsUnlearned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		present, older := drawWorld(t, "one"), drawWorld(t, rapid.SampledFrom([]string{"one", "two"}).Draw(t, "lineage"))
		gone := rapid.SliceOfDistinct(rapid.SampledFrom([]state.Record{accounts[1], people[1], people[2]}), func(r state.Record) string { return r.Key }).Draw(t, "forgotten")
		for _, r := range gone {
			present, _ = amend.Scrub(present, r, of(&present.Snapshot))
			present.Erased = append(present.Erased, state.Erasure{Mark: present.Meta.Mark(r), At: began, Run: "forget"})
		}
		before := text(t, older)
		got, told, err := amend.Carry(present, older, bookOf(of(&older.Snapshot)))
		if err != nil {
			t.Fatal(err)
		}
		if text(t, older) != before {
			t.Error("the state that was given is another one now")
		}
		got.Runs = append(slices.Clone(got.Runs), state.Run{ID: "restore", Serial: 1, Operation: "state restore", Status: state.Succeeded})
		sound(t, "carried", got)
		for _, r := range gone {
			if said := text(t, got); strings.Contains(said, `"`+r.Key) || strings.Contains(said, " "+r.Key) || strings.Contains(said, ":"+r.Key) {
				t.Errorf("%s, who was forgotten, is named:\n%s", r, said)
			}
		}
		known := len(got.Erased) + told.Lost
		if known != len(gone) {
			t.Errorf("%d of %d marks are taken over, %d are told as lost", len(got.Erased), len(gone), told.Lost)
		}
		if present.Meta.Lineage == older.Meta.Lineage {
			carried(t, present, got)
		}
	})
}

// carried fails where a state knows less than another one did of what happened.
func carried(t *rapid.T, present, got *state.Whole) {
	for i := range present.Effects {
		e := &present.Effects[i]
		switch now := got.Effect(e.Key); {
		case now == nil:
			t.Errorf("effect %s, which %s, is not known", e.Key, e.Status)
		case e.Status == state.Happened && now.Status != state.Happened:
			t.Errorf("effect %s happened, and is %s", e.Key, now.Status)
		}
	}
	for i := range present.Held {
		h := &present.Held[i]
		at := slices.IndexFunc(got.Held, func(x state.Held) bool { return state.CompareHeld(&x, h) == 0 })
		if at < 0 || got.Held[at].Ours != h.Ours || got.Held[at].Added != h.Added {
			t.Errorf("what is held of %s is something else now", h.Record)
		}
	}
	for i := range present.Members {
		m := &present.Members[i]
		if at := slices.IndexFunc(got.Members, func(x state.Member) bool { return x.Key == m.Key }); at < 0 || !cmp.Equal(*m, got.Members[at], cmpopts.EquateEmpty()) {
			t.Errorf("the membership of %s is another one now", m.Record)
		}
	}
	for i := range present.Tasks {
		if x := got.Task(present.Tasks[i].Key); x == nil || x.Status != present.Tasks[i].Status {
			t.Errorf("task %s is unlearned", present.Tasks[i].Key)
		}
	}
}

// TestEntities_edgesOfAPlayThatIsGoneAreItsRecords holds that where the playbook does not have a play, what it was when it was last applied, or its
// members, say whose edges are whose.
func TestEntities_edgesOfAPlayThatIsGoneAreItsRecords(t *testing.T) {
	account, person := state.Record{Entity: "account", Key: "k"}, state.Record{Entity: "person", Key: "k"}
	s := &state.Snapshot{
		Plays:   []state.Play{{Name: "defined", Definition: `{"keys":{"of":"account"}}`}, {Name: "old", Definition: "text"}},
		Members: []state.Member{{Key: "m", Play: "old", Record: account}},
		Truths:  []state.Truth{{Play: "defined", Key: "k"}, {Play: "old", Key: "k"}, {Play: "unknown", Key: "k"}},
	}
	if c := amend.Remove(s, amend.Subject{Record: person}, amend.Entities(s, nil)); len(c.TruthsGone) != 1 || c.TruthsGone[0].Play != "unknown" {
		t.Errorf("the person's edges: %v", c.TruthsGone)
	}
	if c := amend.Remove(s, amend.Subject{Record: account}, amend.Entities(s, nil)); len(c.TruthsGone) != 3 {
		t.Errorf("the account's edges: %v", c.TruthsGone)
	}
	clean, _ := amend.Scrub(&state.Whole{Snapshot: *s}, person, amend.Entities(s, nil))
	if len(clean.Truths) != 2 {
		t.Errorf("scrubbed of the person: %v", clean.Truths)
	}
}

// TestJournal_isAsARunWritesIt holds that what a command did is accounted for as what an apply did.
func TestJournal_isAsARunWritesIt(t *testing.T) {
	for _, n := range []int{1, 1000, 2001} {
		lines := make([]state.Line, n)
		for i := range lines {
			lines[i] = state.Line{Verb: "retry", Reason: "r", Receipt: "id"}
		}
		pages, verbs := amend.Journal("run-1", began, lines)
		run := &state.Run{ID: "run-1", Status: state.Succeeded, Planned: verbs, Counts: map[string]int{"done": n}}
		if r := audit.Run(run, pages, &state.Snapshot{Runs: []state.Run{*run}}, false); len(r.Findings) > 0 || r.Operations != n {
			t.Errorf("%d lines: %d operations, %v", n, r.Operations, r.Findings)
		}
	}
}

// TestUnwanted_saysWhoHasLeft holds that an effect is wanted while its member, or its lane, is on its way.
func TestUnwanted_saysWhoHasLeft(t *testing.T) {
	r, p := state.Record{Entity: "account", Key: "a"}, state.Record{Entity: "person", Key: "p"}
	lane := state.Lane{Of: "people", Record: p, EndedAt: began, Outcome: state.Removed, Track: state.Track{Step: "call"}}
	s := &state.Snapshot{Members: []state.Member{{Key: "in", Play: "x", Record: r, Lanes: []state.Lane{lane}}, {Key: "out", Play: "x", Record: r, EndedAt: began, Outcome: state.Reverted}}}
	for want, e := range map[string]state.Effect{
		"":                                     {Member: "in", Step: "tell", Record: r},
		"account a has left play x (reverted)": {Member: "out", Step: "tell", Record: r},
		"its member is not known any more":     {Member: "nobody"},
		"person p is past step people of play x (removed)": {Member: "in", Step: "call", Record: p},
	} {
		if got := amend.Unwanted(s, &e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	e := state.Effect{Key: state.LaneEffectKey("in", lane.Key(), "note", r), Member: "in", Step: "note", Record: r}
	if got := amend.Unwanted(s, &e); !strings.Contains(got, "past step people") {
		t.Errorf("an effect of a lane that has ended: %q", got)
	}
}

// TestCarry_aForgottenKeyComesBackNowhere holds that of whoever was forgotten nothing comes back, wherever the other state names them.
func TestCarry_aForgottenKeyComesBackNowhere(t *testing.T) {
	meta := state.Meta{Lineage: "l", Salt: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}
	p, a := state.Record{Entity: "person", Key: "p-0001"}, state.Record{Entity: "account", Key: "a-1"}
	of := func(string) string { return "account" }
	for name, w := range map[string]*state.Whole{
		"event":   {Snapshot: state.Snapshot{Meta: meta, Members: []state.Member{{Key: "m", Play: "x", Record: a, Event: state.Event{"person_id": "p-0001"}}}}},
		"answers": {Snapshot: state.Snapshot{Meta: meta, Tasks: []state.Task{{Key: "t", Record: a, Answers: state.Answers{"who": "p-0001"}}}}},
		"reason":  {Snapshot: state.Snapshot{Meta: meta, Effects: []state.Effect{{Key: "e", Record: a, Status: state.Refused, Reason: "no address of p-0001"}}}},
		"journal": {Snapshot: state.Snapshot{Meta: meta}, Journal: []state.Page{{Run: "r", Lines: []state.Line{{Record: a, Reason: "no address of p-0001"}}}}},
		"reached": {Snapshot: state.Snapshot{Meta: meta, Members: []state.Member{{Key: "m", Play: "x", Record: a, Track: state.Track{Step: "s", Reached: []string{"p-0001"}}}}}},
	} {
		w.Snapshot.Held = append(w.Snapshot.Held, state.Held{Token: "t", Record: state.Record{Entity: "person", Key: "p-0002"}})
		if name == "reached" {
			w.Snapshot.Held = nil
		}
		scrubbed, _ := amend.Scrub(w, p, of)
		if said := text(t, scrubbed); strings.Contains(said, "p-0001") {
			t.Fatalf("%s: Scrub leaves it: %s", name, said)
		}
		for _, serial := range []int64{0, 9} { // older than the state that is there, and newer
			w.Meta.Serial = serial
			present := &state.Whole{Snapshot: state.Snapshot{Meta: meta, Erased: []state.Erasure{{Mark: meta.Mark(p)}}}}
			out, told, err := amend.Carry(present, w, bookOf(of))
			if err != nil {
				t.Fatal(err)
			}
			if said := text(t, out); strings.Contains(said, "p-0001") {
				t.Errorf("%s, serial %d: %+v: it comes back: %s", name, serial, told, said)
			}
		}
	}
}
