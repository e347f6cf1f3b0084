package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// act does a step at an outside system: for as many of its records as can be now.
func (w *walker) act(ctx context.Context, s *step) (on bool, err error) {
	if w.past() {
		w.advance(s, state.StepDone{Outcome: overtaken})
		return true, nil
	}
	if w.heldBack(s) {
		return false, nil
	}
	all, err := w.reached(ctx, s)
	if unknown, err := unknownWaits(err); unknown != "" || err != nil {
		return w.heldByUnknown(s, unknown), err
	}
	ready, deferred, hold := w.contactable(ctx, s, all)
	if hold != nil && hold.notKnown && s.Continue {
		w.rebase()
		w.advance(s, state.StepDone{Outcome: failed})
		return true, nil
	}
	wants, err := w.ready(ctx, s, ready, nil)
	var nobody *nobodyError
	if errors.As(err, &nobody) {
		w.problem(s, nobody.why)
		return w.heldByUnknown(s, nobody.why), nil
	}
	if unknown, err := unknownWaits(err); unknown != "" || err != nil {
		return w.heldByUnknown(s, unknown), err
	}
	w.nobody(s, all)
	if hold != nil {
		w.partly(s, wants, append(recordKeys(wants), deferred...), hold)
		return false, nil
	}
	w.rebase()
	w.advance(s, state.StepDone{Outcome: done, Records: sortedKeys(recordKeys(wants))}, w.emit(wants)...)
	return true, nil
}

// recordKeys gives the keys of the records that wants are about.
func recordKeys(wants []Want) []string {
	keys := make([]string, len(wants))
	for i := range wants {
		keys[i] = wants[i].Record.Key
	}
	return keys
}

// hold is why a step is not done with.
type hold struct {
	kind     WaitKind
	why      string
	due      time.Time
	notKnown bool // the step's connector does not know its own record
}

// nobody counts a step that reaches no record.
func (w *walker) nobody(s *step, all []reach) {
	if len(s.For) > 0 && len(all) == 0 {
		w.about.Unknowns["step "+s.ID+" reaches nobody"]++
	}
}

func (w *walker) heldByUnknown(s *step, unknown string) bool {
	if unknown != "" {
		w.freezeStep(s)
		w.waits(s, Held, unknown, time.Time{})
	}
	return false
}

// freezeStep leaves what an earlier try took hold of.
func (w *walker) freezeStep(s *step) { w.out.Frozen[w.keeper(s)] = true }

func (w *walker) keeper(s *step) state.Keeper {
	return state.Keeper{Member: w.turn.now.Key, Step: s.ID, Lane: w.laneKey()}
}

// heldBack has an effect wait that is too late, or whose hours have not come.
func (w *walker) heldBack(s *step) bool {
	if s.Verb.Effect() && !w.in.Late {
		if late := w.lateness(); late > w.plays.book.MaxLateness {
			w.setDue(w.track.StepAt)
			w.waits(s, Held, fmt.Sprintf("%s late: --allow lateness does it", inDays(late)), time.Time{})
			return true
		}
	}
	if s.window != nil && !s.window.IsOpen(w.in.Now) {
		w.waits(s, ForTime, "outside its hours", s.window.NextOpen(w.in.Now))
		return true
	}
	return false
}

// lateness is how much later than its time a run came to the step: this one, or the earlier one that found it held back.
func (w *walker) lateness() time.Duration {
	if w.arrived {
		return w.in.Now.Sub(w.clock)
	}
	if at, ok := w.firstRun(); ok && !w.foundLate() {
		return at.Sub(w.track.StepAt)
	}
	return w.in.Now.Sub(w.track.StepAt)
}

// foundLate reports whether the run with which the walker came to the step found it too late: its Due says so, which is else later than StepAt.
func (w *walker) foundLate() bool { return !w.track.Due.IsZero() && w.track.Due.Equal(w.track.StepAt) }

func inDays(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// partly does a step for those for whom it can be done now, and has the walker wait for the others.
func (w *walker) partly(s *step, wants []Want, keys []string, h *hold) {
	to := w.track
	to.Reached = sortedKeys(append(keys, w.track.Reached...))
	wants = slices.DeleteFunc(wants, func(x Want) bool { return w.certain(x.Key) })
	if len(wants) > 0 {
		*w.moves = append(*w.moves, Move{Step: s.ID, Continue: s.Continue, Wants: w.emit(wants), To: to, Stays: true})
	}
	w.freezeStep(s)
	w.waits(s, h.kind, h.why, h.due)
}

// emit makes wants part of the result, and gives where they stand.
func (t *pass) emit(wants []Want) []int {
	var out []int
	for _, x := range wants {
		out = append(out, len(t.out.Wants))
		t.out.Wants = append(t.out.Wants, x)
	}
	return out
}

func sortedKeys(keys []string) []string {
	out := slices.Clone(keys)
	slices.Sort(out)
	return slices.Compact(out)
}

// reach is one record that a step acts on.
type reach struct {
	target *target
	row    int
}

func (w *walker) record(r reach) state.Record {
	return state.Record{Entity: r.target.entity, Key: w.data.Frame.Table(r.target.entity).Key(r.row)}
}

// there is the place of one of the records that a step acts on.
func (w *walker) there(r reach) expr.At {
	if r.target.rows == nil {
		return w.here.at()
	}
	return w.here.at().With(r.target.entity, r.row)
}

// ready adds to some wants those of a step for the records with which it can go on.
func (w *walker) ready(ctx context.Context, s *step, list []reach, wants []Want) ([]Want, error) {
	for _, r := range list {
		before := len(wants)
		var err error
		if wants, err = w.want(ctx, s, r, wants); err != nil {
			return wants, err
		}
		if len(wants) == before || s.Verb != playbook.Send {
			continue
		}
		if err = w.addressed(ctx, s, r, &wants[before]); err != nil {
			return wants, err
		}
	}
	return wants, nil
}

// want adds a step's wants for one record: none if its connector can't know the record now, which is counted; what is held for it stays.
func (w *walker) want(ctx context.Context, s *step, r reach, wants []Want) ([]Want, error) {
	record := w.record(r)
	id, why, ok := w.address(ctx, s, r.target, r.row, true)
	if !ok && !s.anonymous() && (why == "" || !s.Verb.Effect() || !w.certain(w.effectKey(s, record))) {
		w.passesBy(s, record, why)
		return wants, nil
	}
	from := len(wants)
	wants = append(wants, Want{Member: w.turn.now.Key, Play: w.p.Name, Step: s.ID, Lane: w.laneKey(), Priority: w.p.Priority, Connector: s.Connector,
		Target: connector.Collection{Kind: s.Object}, Any: s.Allow, Record: record, ID: id, Overwrite: s.Overwrite, Create: s.Create,
		Keep: s.Verb == playbook.Keep, Verb: verbs[s.Verb]})
	x := &wants[from]
	if err := w.fields(ctx, s, r, x); err != nil {
		return wants[:from], err
	}
	if s.Verb.Effect() {
		x.Key = w.effectKey(s, record)
	}
	if r.target.name == nil {
		return wants, nil
	}
	names := r.target.names
	if names == nil {
		var err error
		if names, err = r.target.name.Names(ctx, w.data, w.there(r)); err != nil {
			return wants[:from], err
		}
	}
	return named(wants, names), nil
}

// named makes of the last of some wants one for each of the names of collections.
func named(wants []Want, names []string) []Want {
	last := len(wants) - 1
	if len(names) == 0 {
		return wants[:last]
	}
	for range names[1:] {
		wants = append(wants, wants[last])
	}
	for i, name := range names {
		wants[last+i].Target.Name = name
	}
	return wants
}

func (w *walker) fields(ctx context.Context, s *step, r reach, x *Want) error {
	if len(r.target.fields) > 0 || s.Verb.Effect() {
		x.Fields = make(map[string]any, len(r.target.fields))
	}
	for _, f := range r.target.fields {
		v, err := f.value.Value(ctx, w.data, w.there(r))
		if err != nil {
			return err
		}
		x.Fields[f.name] = v
	}
	return nil
}

// effectKey names an effect of the walker for a record. A step that goes by another name since keeps the key under which it was begun.
func (w *walker) effectKey(s *step, r state.Record) string {
	key := func(step string) string {
		if w.lane != nil && r != w.lane.Record {
			return state.LaneEffectKey(w.turn.now.Key, w.laneKey(), step, r)
		}
		return state.EffectKey(w.turn.now.Key, step, r)
	}
	for _, before := range w.formerNames(s) {
		if w.effect(key(before)) != nil {
			return key(before)
		}
	}
	return key(s.ID)
}

var verbs = map[playbook.Verb]connector.Verb{playbook.Keep: connector.Add, playbook.Add: connector.Add, playbook.Remove: connector.Remove,
	playbook.RemoveAny: connector.Remove, playbook.Set: connector.Set, playbook.Send: connector.Send, playbook.Task: connector.Task}
