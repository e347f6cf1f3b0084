package statetest

import (
	"flag"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
	"pgregory.net/rapid"
)

// testRandom applies up to 50 random changes to a store and to a model of it: after each of them both must hold the same.
func testRandom(t *testing.T, open func(*testing.T) state.Store) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // a hundred take long where every commit is a disk's or a network's
		_ = f.Value.Set("20")
		defer func() { _ = f.Value.Set(f.DefValue) }()
	}
	rapid.Check(t, func(r *rapid.T) {
		store, model := open(t), newModel(newMeta())
		session, err := store.Lock(t.Context(), holder)
		if err != nil {
			r.Fatalf("Lock: %v", err)
		}
		defer session.Unlock()
		if err := session.Create(t.Context(), newMeta()); err != nil {
			r.Fatalf("Create: %v", err)
		}
		for _, c := range rapid.SliceOfN(rapid.Custom(drawChanges), 5, 50).Draw(r, "changes") {
			if err := session.Commit(t.Context(), &c); err != nil {
				r.Fatalf("Commit: %v", err)
			}
			model.apply(&c)
			got, err := store.Read(t.Context())
			if err != nil {
				r.Fatalf("Read: %v", err)
			}
			if diff := difference(model.snapshot(), got); diff != "" {
				r.Fatalf("Read (-want +got):\n%s", diff)
			}
			pages, err := store.Journal(t.Context(), "")
			if err != nil {
				r.Fatalf("Journal: %v", err)
			}
			if diff := cmp.Diff(model.journal(), pages, cmpopts.EquateEmpty()); diff != "" {
				r.Fatalf("Journal (-want +got):\n%s", diff)
			}
		}
	})
}

// Few identities, so that values are often replaced and removed.
var (
	names   = rapid.SampledFrom([]string{"", "a", "b", "C", "é", "日本", "a'b\"\\"})
	texts   = rapid.OneOf(names, rapid.String())
	records = rapid.Custom(func(t *rapid.T) state.Record {
		return state.Record{Entity: rapid.SampledFrom([]string{"account", "person"}).Draw(t, "entity"), Key: names.Draw(t, "key")}
	})
	times = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "zero") {
			return time.Time{}
		}
		return time.UnixMicro(rapid.Int64Range(-6.2e16, 1e17).Draw(t, "µs")).UTC() // from the year 5: state.Encode is JSON, which knows none before 0
	})
	durations = rapid.Custom(func(t *rapid.T) time.Duration { return time.Duration(rapid.Int64Range(-1, 1e15).Draw(t, "ns")) })
	few       = rapid.Custom(func(t *rapid.T) time.Time { return at(rapid.IntRange(0, 3).Draw(t, "µs")) })
)

func drawChanges(t *rapid.T) state.Changes {
	c := state.Changes{
		Plays:        some(t, "plays", drawPlay),
		PlaysGone:    rapid.SliceOfN(names, 0, 2).Draw(t, "plays gone"),
		Members:      some(t, "members", drawMember),
		Truths:       some(t, "truths", drawTruth),
		MembersGone:  rapid.SliceOfN(names, 0, 2).Draw(t, "members gone"),
		TruthsGone:   some(t, "truths gone", drawTruth),
		Held:         some(t, "held", drawHeld),
		HeldGone:     some(t, "held gone", drawHeld),
		Effects:      some(t, "effects", drawEffect),
		EffectsGone:  rapid.SliceOfN(names, 0, 2).Draw(t, "effects gone"),
		Tasks:        some(t, "tasks", drawTask),
		TasksGone:    rapid.SliceOfN(names, 0, 2).Draw(t, "tasks gone"),
		Seen:         some(t, "seen", drawSeen),
		SeenGone:     some(t, "seen gone", drawSeen),
		Changes:      some(t, "changes", drawChange),
		ChangesGone:  some(t, "changes gone", drawChange),
		Failures:     some(t, "failures", drawFailure),
		FailuresGone: rapid.SliceOfN(names, 0, 2).Draw(t, "failures gone"),
		Erased:       some(t, "erased", drawErasure),
		ErasedGone:   rapid.SliceOfN(names, 0, 2).Draw(t, "erased gone"),
		Pages:        some(t, "pages", drawPage),
	}
	if rapid.Bool().Draw(t, "with a run") {
		run := drawRun(t)
		c.Run = &run
	}
	return c
}

func some[T any](t *rapid.T, label string, draw func(*rapid.T) T) []T {
	return rapid.SliceOfN(rapid.Custom(draw), 0, 3).Draw(t, label)
}

func drawPlay(t *rapid.T) state.Play {
	return state.Play{Name: names.Draw(t, "name"), FirstAt: times.Draw(t, "first"), BatchAt: times.Draw(t, "batch"),
		EventsTo: times.Draw(t, "events"), PausedAt: times.Draw(t, "paused"), Definition: texts.Draw(t, "definition")}
}

func drawMember(t *rapid.T) state.Member {
	return state.Member{
		Key: names.Draw(t, "key"), Play: names.Draw(t, "play"), Record: records.Draw(t, "record"), Per: names.Draw(t, "per"),
		Number: rapid.IntRange(1, 3).Draw(t, "number"), By: state.ByEdge, EnteredAt: times.Draw(t, "entered"), From: names.Draw(t, "from"),
		HeldOut: rapid.Bool().Draw(t, "held out"), Track: drawTrack(t), Lanes: some(t, "lanes", drawLane),
		Event: drawEvent(t), Frozen: durations.Draw(t, "frozen"), ResumedAt: times.Draw(t, "resumed"),
		MissingSince: times.Draw(t, "missing"), EndedAt: times.Draw(t, "ended"),
		Outcome: rapid.SampledFrom([]state.Outcome{"", state.Completed, state.Exited}).Draw(t, "outcome"), Reason: texts.Draw(t, "reason"), Run: texts.Draw(t, "run"),
	}
}

func drawTrack(t *rapid.T) state.Track {
	return state.Track{Step: names.Draw(t, "step"), StepAt: times.Draw(t, "step at"), Due: times.Draw(t, "due"),
		Reached: rapid.SliceOfN(texts, 0, 3).Draw(t, "reached"), Done: some(t, "done", func(t *rapid.T) state.StepDone {
			return state.StepDone{ID: texts.Draw(t, "id"), Outcome: names.Draw(t, "outcome"), At: times.Draw(t, "at"),
				Records: rapid.SliceOfN(texts, 0, 3).Draw(t, "records"), Event: drawEvent(t),
				Answers: rapid.MapOfN(names, texts, 0, 2).Draw(t, "answers")}
		})}
}

func drawLane(t *rapid.T) state.Lane {
	return state.Lane{Of: names.Draw(t, "of"), Record: records.Draw(t, "record"), Track: drawTrack(t), Since: times.Draw(t, "since"),
		EndedAt: times.Draw(t, "ended"), Outcome: rapid.SampledFrom([]state.Outcome{"", state.Removed}).Draw(t, "outcome"),
		Reason: texts.Draw(t, "reason")}
}

func drawEvent(t *rapid.T) state.Event {
	return rapid.MapOfN(names, rapid.Custom(func(t *rapid.T) any {
		return rapid.SampledFrom([]any{"text", "日本", 1.5, true, nil}).Draw(t, "value")
	}), 0, 2).Draw(t, "event")
}

func drawTruth(t *rapid.T) state.Truth {
	return state.Truth{Play: names.Draw(t, "play"), Key: names.Draw(t, "key")}
}

func drawHeld(t *rapid.T) state.Held {
	return state.Held{
		Connector: "c", Kind: "k", Name: names.Draw(t, "name"), Token: names.Draw(t, "token"), Record: records.Draw(t, "record"),
		Ours: rapid.Bool().Draw(t, "ours"), Added: rapid.Bool().Draw(t, "added"), Since: times.Draw(t, "since"),
		Keepers: some(t, "keepers", func(t *rapid.T) state.Keeper {
			return state.Keeper{Member: texts.Draw(t, "member"), Step: names.Draw(t, "step"), Lane: names.Draw(t, "lane")}
		}),
	}
}

func drawEffect(t *rapid.T) state.Effect {
	return state.Effect{
		Key: names.Draw(t, "key"), Member: names.Draw(t, "member"), Play: names.Draw(t, "play"), Step: names.Draw(t, "step"),
		Connector: names.Draw(t, "connector"), Action: names.Draw(t, "action"), Record: records.Draw(t, "record"),
		Status:  rapid.SampledFrom([]state.EffectStatus{state.Intended, state.Happened, state.Refused, state.InDoubt}).Draw(t, "status"),
		Receipt: texts.Draw(t, "receipt"), Reason: texts.Draw(t, "reason"), Attempts: rapid.IntRange(0, 9).Draw(t, "attempts"),
		At: times.Draw(t, "at"), Run: names.Draw(t, "run"),
	}
}

func drawTask(t *rapid.T) state.Task {
	return state.Task{
		Key: names.Draw(t, "key"), Member: names.Draw(t, "member"), Play: names.Draw(t, "play"), Step: names.Draw(t, "step"),
		Lane: names.Draw(t, "lane"), Connector: names.Draw(t, "connector"), Kind: names.Draw(t, "kind"), Record: records.Draw(t, "record"),
		Role: names.Draw(t, "role"), Assignee: texts.Draw(t, "assignee"), Receipt: texts.Draw(t, "receipt"),
		Status:  rapid.SampledFrom([]state.TaskStatus{state.TaskOpen, state.TaskDone, state.TaskCancelled}).Draw(t, "status"),
		Outcome: texts.Draw(t, "outcome"), Answers: rapid.MapOfN(names, texts, 0, 2).Draw(t, "answers"), Assigned: times.Draw(t, "assigned"), DueAt: times.Draw(t, "due"), SLAAt: times.Draw(t, "sla"),
		TimeoutAt: times.Draw(t, "timeout"), TouchedAt: times.Draw(t, "touched"), DoneAt: times.Draw(t, "done"),
		Breached: times.Draw(t, "breached"), Took: durations.Draw(t, "took"), TookWorking: durations.Draw(t, "took working"),
	}
}

func drawSeen(t *rapid.T) state.Seen {
	return state.Seen{Record: records.Draw(t, "record"), Field: names.Draw(t, "field"), Value: texts.Draw(t, "value")}
}

func drawChange(t *rapid.T) state.Change {
	return state.Change{Record: records.Draw(t, "record"), Field: names.Draw(t, "field"), From: texts.Draw(t, "from"), To: texts.Draw(t, "to"),
		At: few.Draw(t, "at")}
}

func drawRun(t *rapid.T) state.Run {
	return state.Run{
		ID: names.Draw(t, "id"), Serial: rapid.Int64Range(0, 9).Draw(t, "serial"), Started: times.Draw(t, "started"),
		Finished: times.Draw(t, "finished"), Status: state.Running, By: names.Draw(t, "by"), Plan: names.Draw(t, "plan"),
		Playbook: rapid.MapOfN(names, texts, 0, 2).Draw(t, "playbook"), Counts: rapid.MapOfN(names, rapid.Int(), 0, 2).Draw(t, "counts"),
		Message: texts.Draw(t, "message"), Operation: state.Operation(names.Draw(t, "operation")), Environment: names.Draw(t, "environment"), Digest: names.Draw(t, "digest"),
		Approved: texts.Draw(t, "approved"), Overrides: rapid.SliceOfN(texts, 0, 2).Draw(t, "overrides"), Limits: rapid.SliceOfN(texts, 0, 2).Draw(t, "limits"),
		Revision: names.Draw(t, "revision"), Planned: rapid.MapOfN(names, rapid.Int(), 0, 2).Draw(t, "planned"), Read: rapid.MapOfN(names, rapid.Int(), 0, 2).Draw(t, "read"),
	}
}

func drawFailure(t *rapid.T) state.Failure {
	return state.Failure{
		Key: names.Draw(t, "key"), Verb: names.Draw(t, "verb"), Connector: names.Draw(t, "connector"), Kind: names.Draw(t, "kind"), Name: names.Draw(t, "name"),
		Record: records.Draw(t, "record"), Play: names.Draw(t, "play"), Step: names.Draw(t, "step"), Lane: names.Draw(t, "lane"), Member: names.Draw(t, "member"),
		Reason: texts.Draw(t, "reason"), Attempts: rapid.IntRange(0, 9).Draw(t, "attempts"), First: times.Draw(t, "first"), Last: times.Draw(t, "last"),
		NotBefore: times.Draw(t, "not before"), Run: names.Draw(t, "run"),
	}
}

func drawErasure(t *rapid.T) state.Erasure {
	return state.Erasure{Mark: names.Draw(t, "mark"), At: times.Draw(t, "at"), Run: names.Draw(t, "run")}
}

func drawPage(t *rapid.T) state.Page {
	return state.Page{Run: names.Draw(t, "run"), Seq: rapid.IntRange(0, 3).Draw(t, "seq"), At: few.Draw(t, "at"), Kind: state.EndedPage,
		Lines: some(t, "lines", func(t *rapid.T) state.Line {
			return state.Line{N: rapid.IntRange(0, 9).Draw(t, "n"), Key: texts.Draw(t, "key"), Record: records.Draw(t, "record"), Status: names.Draw(t, "status"), Reason: texts.Draw(t, "reason")}
		})}
}
