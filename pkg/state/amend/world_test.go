package amend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
	"github.com/playctl/playctl/pkg/state/memory"
	"pgregory.net/rapid"
)

var began = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// world is a state as a playbook of two plays leaves it: accounts in the one, which fans out to people and has lanes of them, people in the other,
// who may have the keys of accounts.
type world struct {
	t *rapid.T
	w state.Whole
}

var (
	accounts = []state.Record{{Entity: "account", Key: "k-1"}, {Entity: "account", Key: "a-22"}, {Entity: "account", Key: "a-333"}}
	people   = []state.Record{{Entity: "person", Key: "k-1"}, {Entity: "person", Key: "p-22"}, {Entity: "person", Key: "p-333"}}
	everyone = slices.Concat(accounts, people)
)

// of is what the playbook says: the play "gone" is not in it any more.
func of(s *state.Snapshot) amend.PlayOf {
	return amend.Entities(s, map[string]string{"wide": "account", "small": "person"})
}

// bookOf is a playbook that has every play of the world but "gone", of which the state knows.
func bookOf(of amend.PlayOf) *amend.Playbook {
	return &amend.Playbook{Of: of, Entities: []string{"account", "person"}, Plays: []string{"wide", "small", "third", "x"}}
}

func drawWorld(t *rapid.T, lineage string) *state.Whole {
	w := &world{t: t}
	w.w.Meta = state.Meta{Version: state.Version, Lineage: lineage, Salt: "5a17" + lineage, Playbook: "book", Serial: 1, Created: began}
	w.w.Runs = []state.Run{{ID: "run-1", Serial: 1, Operation: "apply", Status: state.Succeeded, Started: began, Finished: began, Message: "for account k-1, p-22"}}
	for _, play := range []string{"wide", "small", "gone"} {
		w.w.Plays = append(w.w.Plays, state.Play{Name: play, FirstAt: began, Definition: `{"keys":{"of":"` + map[string]string{"wide": "account"}[play] + `"}}`})
	}
	for _, r := range accounts {
		w.enter("wide", r)
	}
	for _, r := range people {
		w.enter("small", r)
		w.enter("gone", r)
	}
	w.seen()
	kept, err := memory.Load(&w.w) // sorted as a store has it
	if err != nil {
		t.Fatal(err)
	}
	whole, err := kept.Whole(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

func (w *world) some(label string) bool { return rapid.Bool().Draw(w.t, label) }

// enter lets a record into a play, where steps reach people, and lanes.
func (w *world) enter(play string, r state.Record) {
	if !w.some("enters " + play) {
		return
	}
	m := state.Member{Key: state.EnrollmentKey(play, r, "", 1), Play: play, Record: r, Number: 1, By: state.ByEdge, EnteredAt: began, Run: "run-1",
		Track: state.Track{Step: "wait", StepAt: began}}
	if w.some("has left") {
		m.EndedAt, m.Outcome = began, state.Exited
	}
	w.w.Truths = append(w.w.Truths, state.Truth{Play: play, Key: r.Key}, state.Truth{Play: play, Key: state.TruthKey(r.Key, "2026")})
	done := state.StepDone{ID: "tell", Outcome: "done", At: began}
	for _, p := range people {
		if play == "wide" && w.some("reaches") {
			done.Records = append(done.Records, p.Key)
			w.effect(&m, "tell", state.EffectKey(m.Key, "tell", p), p)
			w.hold(&m, "keep", "", p)
		}
		if play == "wide" && w.some("has a lane") {
			l := state.Lane{Of: "people", Record: p, Since: began, Track: state.Track{Step: "call", StepAt: began, Reached: []string{p.Key}}}
			m.Lanes = append(m.Lanes, l)
			w.task(&m, &l, w.effect(&m, "call", state.EffectKey(m.Key, "call", p), p))
			w.effect(&m, "note", state.LaneEffectKey(m.Key, l.Key(), "note", r), r)
			w.hold(&m, "call", l.Key(), r)
		}
	}
	slices.Sort(done.Records)
	if m.Done = []state.StepDone{done}; play != "wide" {
		m.Done[0].Records = []string{r.Key}
		w.effect(&m, "tell", state.EffectKey(m.Key, "tell", r), r)
		w.hold(&m, "keep", "", r)
	}
	w.w.Members = append(w.w.Members, m)
}

func (w *world) effect(m *state.Member, step, key string, r state.Record) string {
	w.w.Effects = append(w.w.Effects, state.Effect{Key: key, Member: m.Key, Play: m.Play, Step: step, Connector: "desk", Action: "message", Record: r,
		Status:   rapid.SampledFrom([]state.EffectStatus{state.Happened, state.Refused}).Draw(w.t, "status"),
		Attempts: rapid.IntRange(1, 3).Draw(w.t, "attempts"), At: began, Run: "run-1", Reason: "said of " + r.Key})
	return key
}

func (w *world) task(m *state.Member, l *state.Lane, effect string) {
	w.w.Tasks = append(w.w.Tasks, state.Task{Key: effect, Member: m.Key, Play: m.Play, Step: "call", Lane: l.Key(), Connector: "desk", Kind: "task", Record: l.Record,
		Status: state.TaskOpen, Assigned: began, Answers: state.Answers{"who": l.Record.Key}})
}

// hold has something kept for a record, beside whoever keeps it already.
func (w *world) hold(m *state.Member, step, lane string, r state.Record) {
	token := w.w.Meta.Token(r.Entity + " " + r.Key)
	keeper := state.Keeper{Member: m.Key, Step: step, Lane: lane}
	for i := range w.w.Held {
		if h := &w.w.Held[i]; h.Token == token {
			if !slices.Contains(h.Keepers, keeper) {
				h.Keepers = append(h.Keepers, keeper)
				slices.SortFunc(h.Keepers, func(a, b state.Keeper) int {
					return strings.Compare(a.Member+" "+a.Step+" "+a.Lane, b.Member+" "+b.Step+" "+b.Lane)
				})
			}
			return
		}
	}
	w.w.Held = append(w.w.Held, state.Held{Connector: "desk", Kind: "audience", Name: "A", Token: token, Record: r, Ours: w.some("ours"), Added: w.some("added"),
		Since: began, Keepers: []state.Keeper{keeper}})
}

// seen notes what was seen and refused, and writes the run's journal.
func (w *world) seen() {
	var lines []state.Line
	for _, r := range everyone {
		if w.some("is seen") {
			w.w.Seen = append(w.w.Seen, state.Seen{Record: r, Field: "f", Value: "v"})
			w.w.Changes = append(w.w.Changes, state.Change{Record: r, Field: "f", From: "u", To: "v", At: began})
		}
		if w.some("is refused") {
			w.w.Failures = append(w.w.Failures, state.Failure{Key: "op " + r.String(), Verb: "keep", Connector: "desk", Kind: "audience", Name: "A", Record: r,
				Attempts: 1, Reason: "no " + r.Key, First: began, Last: began, Run: "run-1"})
		}
		if w.some("is in the journal") {
			lines = append(lines, state.Line{Key: "op " + r.String(), Verb: "set", Connector: "desk", Kind: "field", Record: r, Play: "small",
				Reason: "of " + r.Key + ", as p-22 is", Receipt: "msg-a-333"})
		}
	}
	w.w.Journal, w.w.Runs[0].Planned = amend.Journal("run-1", began, lines)
	w.w.Runs[0].Counts = map[string]int{"done": len(lines)}
	if len(lines) == 0 {
		w.w.Runs[0].Planned, w.w.Runs[0].Counts = nil, nil
	}
}

// after gives the state once changes were committed, by a run of a command.
func after(t *rapid.T, w *state.Whole, c state.Changes, operation string) *state.Whole {
	store, err := memory.Load(w)
	if err != nil {
		t.Fatal(err)
	}
	session, err := store.Lock(t.Context(), state.Holder{ID: "after"})
	if err != nil {
		t.Fatal(err)
	}
	serial := w.Meta.Serial + 1
	c.Run = &state.Run{ID: operation, Serial: serial, Operation: state.Operation(operation), Status: state.Succeeded, Started: began, Finished: began}
	if err := session.Commit(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	out, err := store.Whole(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sound fails where a state does not hold against itself.
func sound(t *rapid.T, what string, w *state.Whole) {
	for _, f := range audit.Whole(w) {
		t.Errorf("%s: %s: %s", what, f.Kind, f.Text)
	}
}

// TestWorlds_areSound holds that the worlds that the laws are about are such as could be.
func TestWorlds_areSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sound(t, "as drawn", drawWorld(t, "one")) })
}
