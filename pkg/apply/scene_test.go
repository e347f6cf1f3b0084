package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

// scene is a desk and a state, for which tests write by hand what a journey would want, and which plans and applies it.
type scene struct {
	*testing.T
	desk  *memory.System
	open  connector.Connector // what stands for desk
	store state.Store
	wrap  func(state.Session) state.Session
	now   time.Time
	runs  int
	plan  *plan.Plan // the last one
	book  *playbook.Book
}

// newScene makes a scene with empty lists A, B and C.
func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, desk: &memory.System{}, store: statememory.New(), now: now, book: &playbook.Book{Name: "scene"}}
	for _, name := range []string{"p", "q", "r"} {
		p := &playbook.Play{Name: name}
		for _, id := range []string{"s1", "s2", "s3", "each", "l1", "l2", "s4"} {
			p.Steps = append(p.Steps, &playbook.Step{ID: id})
		}
		s.book.Plays = append(s.book.Plays, p)
	}
	for _, name := range []string{"A", "B", "C"} {
		s.desk.Put(list(name))
	}
	s.open = s.desk
	session := s.lock()
	if err := session.Create(t.Context(), state.Meta{Lineage: "l", Salt: "salt"}); err != nil {
		t.Fatal(err)
	}
	s.unlock(session)
	return s
}

func list(name string) connector.Collection { return connector.Collection{Kind: "list", Name: name} }

func (s *scene) lock() state.Session {
	s.Helper()
	session, err := s.store.Lock(context.Background(), state.Holder{})
	if err != nil {
		s.Fatal(err)
	}
	return session
}

func (s *scene) unlock(session state.Session) {
	s.Helper()
	if err := session.Unlock(); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) state() *state.Snapshot {
	s.Helper()
	out, err := s.store.Read(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// journeyer is what a test has for a journey: what is wanted in a state.
type journeyer func(*state.Snapshot) *script

// build plans what a journey wants.
func (s *scene) build(j journeyer) *plan.Plan {
	s.Helper()
	p, err := s.tryBuild(s.state(), j)
	if err != nil {
		s.Fatal(err)
	}
	return p
}

func (s *scene) tryBuild(st *state.Snapshot, j journeyer) (*plan.Plan, error) {
	s.Helper()
	open := observe.Connectors{"desk": s.open}
	found, _ := observe.Doubts(context.Background(), st, open, time.Time{})
	wanted := j(st)
	settle(&wanted.Result, st, found)
	st = relocated(st, wanted.Transitions.Held)
	facts, err := observe.Read(context.Background(), wanted.Wants, st.Held, open)
	if err != nil {
		s.Fatal(err)
	}
	identify := func(_ string, r state.Record) (string, bool) { return r.Key, true }
	return plan.Build(&plan.Input{Book: s.book, State: st, Journey: &wanted.Result, Facts: facts, Connectors: open, Identify: identify, At: s.now})
}

// relocated gives a state that speaks of holdings by new names, as that of a journey does.
func relocated(st *state.Snapshot, changed []state.Held) *state.Snapshot {
	out := *st
	out.Held = slices.Clone(st.Held)
	for _, h := range changed {
		at, known := slices.BinarySearchFunc(out.Held, h, func(a, b state.Held) int { return state.CompareHeld(&a, &b) })
		if !known {
			panic("nothing is held as " + h.Token)
		}
		out.Held[at] = h
	}
	return &out
}

// settle does as a journey does with what was found out about effects in doubt.
func settle(r *journey.Result, st *state.Snapshot, found map[string]journey.Finding) {
	for _, e := range st.Effects {
		f, ok := found[e.Key]
		if !ok {
			continue
		}
		if e.Status, e.Receipt = state.Refused, f.Receipt; f.Happened {
			e.Status = state.Happened
		}
		r.Transitions.Effects = append(r.Transitions.Effects, e)
	}
}

// attempt plans and applies what a journey wants.
func (s *scene) attempt(j journeyer) *apply.Result {
	s.Helper()
	session := s.lock()
	defer s.unlock(session)
	st, err := session.Read(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	if s.plan, err = s.tryBuild(st, j); err != nil {
		s.Fatal(err)
	}
	return s.carryOut(s.plan, session, st)
}

func (s *scene) carryOut(p *plan.Plan, session state.Session, st *state.Snapshot) *apply.Result {
	if s.wrap != nil {
		session = s.wrap(session)
	}
	s.runs++
	return apply.Run(context.Background(), &apply.Input{Plan: p, Session: session, State: st, Connectors: map[string]connector.Connector{"desk": s.open},
		Run: state.Run{ID: "run"}, Now: func() time.Time { return s.now }})
}

// apply does what must succeed.
func (s *scene) apply(j journeyer) {
	s.Helper()
	if r := s.attempt(j); !r.Complete() {
		s.Fatalf("apply: %v %+v", r.Err, r.Outcomes)
	}
}

// mustBeSettled holds that a journey wants nothing more.
func (s *scene) mustBeSettled(j journeyer) {
	s.Helper()
	if p := s.build(j); !p.Empty() {
		s.Errorf("there is more to do: %+v, members %+v", p.Summary(), p.Members)
	}
}

// member gives a member of the state by key, nil if there is none.
func (s *scene) member(key string) *state.Member {
	s.Helper()
	return memberOf(s.state(), key)
}

func memberOf(st *state.Snapshot, key string) *state.Member {
	for i := range st.Members {
		if st.Members[i].Key == key {
			return &st.Members[i]
		}
	}
	return nil
}

// done tells the steps done of a track with their outcomes: s1=done s2=skipped.
func done(t state.Track) string {
	var out []string
	for _, d := range t.Done {
		out = append(out, d.ID+"="+d.Outcome)
	}
	return strings.Join(out, " ")
}

// in holds who is in a list.
func (s *scene) in(name string, want ...string) {
	s.Helper()
	got, err := s.desk.Members(context.Background(), list(name))
	if err != nil {
		s.Fatal(err)
	}
	if !slices.Equal(got, want) {
		s.Errorf("in list %s are %v, want %v", name, got, want)
	}
}

// operations words a plan's operations.
func operations(p *plan.Plan) []string {
	var out []string
	for i := range p.Operations {
		o := &p.Operations[i]
		text := o.Verb.String() + " " + o.Label() + " " + o.ID
		for _, mark := range []struct {
			on   bool
			word string
		}{{o.Any, "any"}, {o.Stranger, "stranger"}, {o.Withdraw, "withdrawn"}, {o.Certainty == plan.Assumed, "assumed"}, {o.Attached, "attached"}} {
			if mark.on {
				text += " (" + mark.word + ")"
			}
		}
		out = append(out, text)
	}
	return out
}

func (s *scene) operations(want ...string) {
	s.Helper()
	if got := operations(s.plan); !slices.Equal(got, want) {
		s.Errorf("operations\n %s, want\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
	}
}

// script is a journey's result that is being written.
type script struct {
	journey.Result
	at time.Time
}

func newScript() *script {
	return &script{Result: journey.Result{Frozen: map[state.Keeper]bool{}, Unaddressed: map[state.Keeper][]state.Record{}}, at: now}
}

// person gives the record of a key.
func person(key string) state.Record { return state.Record{Entity: "person", Key: key} }

// enters makes a member that enters: "m-a" is record a of play p.
func enters(key string) *journey.Moving {
	_, record, _ := strings.Cut(key, "-")
	m := state.Member{Key: key, Play: "p", Record: person(record), Number: 1, By: state.ByEdge, EnteredAt: now, Track: state.Track{Step: "s1", StepAt: now}}
	return &journey.Moving{After: m, Enters: true, Record: true}
}

// goesOn has a member go on that is in the state, or else enter.
func (j *script) goesOn(st *state.Snapshot, key string) *journey.Moving {
	m := enters(key)
	if before := memberOf(st, key); before != nil {
		m = &journey.Moving{Before: before, After: *before}
	}
	j.Members = append(j.Members, m)
	return m
}

// move makes a move to a step, which takes what it wants.
func (j *script) move(step, to string, wants ...journey.Want) journey.Move {
	m := journey.Move{Step: step, Done: state.StepDone{ID: step, Outcome: "done", At: j.at.Add(-time.Hour)}, To: state.Track{Step: to, StepAt: j.at.Add(-time.Hour)}}
	for _, w := range wants {
		if w.Step == "" {
			w.Step = step
		}
		m.Wants = append(m.Wants, len(j.Wants))
		j.Wants = append(j.Wants, w)
	}
	return m
}

// wants adds a want that no move waits for.
func (j *script) wants(w journey.Want) { j.Wants = append(j.Wants, w) }

// of makes a want of a member for its record, which desk knows by its key.
func of(member string, w journey.Want) journey.Want {
	_, record, _ := strings.Cut(member, "-")
	w.Member, w.Connector, w.Play = member, "desk", "p"
	if w.Record.Key == "" {
		w.Record = person(record)
	}
	if w.ID == "" {
		w.ID = w.Record.Key
	}
	return w
}

func sends(member, step string) journey.Want {
	w := of(member, journey.Want{Verb: connector.Send, Step: step, Target: connector.Collection{Kind: "message"}})
	w.Key = state.EffectKey(member, step, w.Record)
	return w
}

func keeps(member, name string) journey.Want {
	return of(member, journey.Want{Verb: connector.Add, Keep: true, Target: list(name), Overwrite: true})
}
