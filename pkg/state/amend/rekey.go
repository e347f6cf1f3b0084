package amend

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// Rekey gives the changes by which a record has another key. *[TakenError], *[FixedError] and *[DoubtError] say why it can't.
func Rekey(s *state.Snapshot, from state.Record, key string, of PlayOf) (state.Changes, error) {
	to := state.Record{Entity: from.Entity, Key: key}
	mark := s.Meta.Mark(to)
	switch {
	case slices.Contains(Records(s), to):
		return state.Changes{}, &TakenError{Record: to}
	case slices.ContainsFunc(s.Erased, func(e state.Erasure) bool { return e.Mark == mark }):
		return state.Changes{}, &TakenError{Record: to, Erased: true}
	}
	r := &rekeying{s: s, of: of, from: from, to: to, effects: map[string]string{}}
	err := r.rekey()
	return r.changes, err
}

// TakenError says that a state knows a record by a key already, or has forgotten one.
type TakenError struct {
	Record state.Record
	Erased bool
}

// Error says which.
func (e *TakenError) Error() string {
	if e.Erased {
		return e.Record.String() + " was forgotten, and is not taken up again"
	}
	return "the state knows " + e.Record.String() + " already"
}

// FixedError says that an effect can't be told by another key: it is of a lane that is no more.
type FixedError struct{ Effect state.Effect }

// Error says which.
func (e *FixedError) Error() string {
	return fmt.Sprintf("effect %s of %s can't be told by another key", e.Effect.Key, e.Effect.Record)
}

// DoubtError says that an effect is in doubt, which its system knows by its old key only.
type DoubtError struct{ Effect state.Effect }

// Error says which.
func (e *DoubtError) Error() string {
	return fmt.Sprintf("effect %s of %s is in doubt, and its system knows it by its old key only", e.Effect.Key, e.Effect.Record)
}

// rekeying gives a record another key in every row.
type rekeying struct {
	s        *state.Snapshot
	of       PlayOf
	from, to state.Record
	changes  state.Changes
	effects  map[string]string // new keys by old ones
}

// lane gives a lane's key as it is now.
func (r *rekeying) lane(key string) string {
	if key == LaneOf(r.from) {
		return LaneOf(r.to)
	}
	return key
}

// record gives a record as it is now, and reports whether that is another one.
func (r *rekeying) record(of *state.Record) bool {
	if *of != r.from {
		return false
	}
	*of = r.to
	return true
}

func (r *rekeying) rekey() error {
	if err := r.rekeyEffects(); err != nil {
		return err
	}
	r.rekeyMembers()
	r.rekeyTasks()
	r.rekeyHeld()
	r.rekeySeen()
	for i := range r.s.Failures { // operations' keys have the record's in them
		if f := &r.s.Failures[i]; f.Record == r.from || f.Lane != r.lane(f.Lane) {
			r.changes.FailuresGone = append(r.changes.FailuresGone, f.Key)
		}
	}
	return nil
}

// rekeyEffects gives effects the keys by which the next plan asks for them: else what happened would happen again.
func (r *rekeying) rekeyEffects() error {
	lanes := map[string][]state.Lane{}
	for i := range r.s.Members {
		lanes[r.s.Members[i].Key] = r.s.Members[i].Lanes
	}
	for _, e := range r.s.Effects {
		key := e.Key
		touched := r.record(&e.Record)
		switch {
		case touched && key == state.EffectKey(e.Member, e.Step, r.from):
			e.Key = state.EffectKey(e.Member, e.Step, r.to)
		case !r.rekeyInLane(&e, lanes[e.Member]) && touched:
			e.Record = r.from
			return &FixedError{Effect: e}
		case e.Key == key:
			continue
		}
		if InDoubt(&e) {
			e.Key, e.Record = key, r.from
			return &DoubtError{Effect: e}
		}
		r.effects[key] = e.Key
		r.changes.EffectsGone, r.changes.Effects = append(r.changes.EffectsGone, key), append(r.changes.Effects, e)
	}
	return nil
}

// rekeyInLane gives an effect of a lane its key, if it is one of a lane's. e has the new record already.
func (r *rekeying) rekeyInLane(e *state.Effect, lanes []state.Lane) bool {
	old := e.Record
	if old == r.to {
		old = r.from
	}
	for i := range lanes {
		if lane := lanes[i].Key(); e.Key == state.LaneEffectKey(e.Member, lane, e.Step, old) {
			e.Key = state.LaneEffectKey(e.Member, r.lane(lane), e.Step, e.Record)
			return true
		}
	}
	return false
}

// rekeyMembers renames who is in plays, and whom their steps reached. An enrollment keeps its key: that names what happened.
func (r *rekeying) rekeyMembers() {
	reached := r.reached()
	for _, m := range r.s.Members {
		own := r.record(&m.Record)
		changed := r.rekeyTrack(&m.Track, reached[m.Key], own) || own
		m.Lanes = slices.Clone(m.Lanes)
		for i := range m.Lanes {
			l := &m.Lanes[i]
			own := r.record(&l.Record)
			changed = r.rekeyTrack(&l.Track, reached[m.Key], own) || own || changed
		}
		if changed {
			r.changes.Members = append(r.changes.Members, m)
		}
	}
}

// reach is which records of a key a step is known to have reached: the one that is renamed, or one of another entity.
type reach struct{ ours, others bool }

// reached gives that for the steps of each member, by what they did and hold.
func (r *rekeying) reached() map[string]map[string]reach {
	out := map[string]map[string]reach{}
	note := func(member, step string, of state.Record) {
		if of.Key != r.from.Key {
			return
		}
		if out[member] == nil {
			out[member] = map[string]reach{}
		}
		x := out[member][step]
		x.ours, x.others = x.ours || of == r.from, x.others || of != r.from
		out[member][step] = x
	}
	for i := range r.s.Effects {
		note(r.s.Effects[i].Member, r.s.Effects[i].Step, r.s.Effects[i].Record)
	}
	for i := range r.s.Held {
		for _, k := range r.s.Held[i].Keepers {
			note(k.Member, k.Step, r.s.Held[i].Record)
		}
	}
	return out
}

// rekeyTrack renames the record among those that steps have reached. own says that the track is the record's own.
func (r *rekeying) rekeyTrack(t *state.Track, reached map[string]reach, own bool) bool {
	changed := false
	rename := func(step string, keys []string) []string {
		x := reached[step]
		at := slices.Index(keys, r.from.Key)
		if at < 0 || !x.ours && (!own || x.others) {
			return keys
		}
		changed = true
		keys = slices.Clone(keys)
		keys[at] = r.to.Key
		slices.Sort(keys)
		return keys
	}
	t.Reached = rename(t.Step, t.Reached)
	t.Done = slices.Clone(t.Done)
	for i := range t.Done {
		t.Done[i].Records = rename(t.Done[i].ID, t.Done[i].Records)
	}
	return changed
}

func (r *rekeying) rekeyTasks() {
	for _, t := range r.s.Tasks {
		key, changed := t.Key, r.record(&t.Record)
		if now, ok := r.effects[key]; ok {
			t.Key, changed = now, true
			r.changes.TasksGone = append(r.changes.TasksGone, key)
		}
		if lane := r.lane(t.Lane); lane != t.Lane {
			t.Lane, changed = lane, true
		}
		if changed {
			r.changes.Tasks = append(r.changes.Tasks, t)
		}
	}
}

// rekeyHeld renames for whom something is held. Where a system knows records by their keys, it knows this one by its new key: so does the token.
func (r *rekeying) rekeyHeld() {
	hasher := r.s.Meta.Hasher()
	for _, h := range r.s.Held {
		changed := r.record(&h.Record)
		if changed && h.Token == hasher.Token(r.from.Key) {
			r.changes.HeldGone = append(r.changes.HeldGone, h)
			h.Token = hasher.Token(r.to.Key)
		}
		h.Keepers = slices.Clone(h.Keepers)
		for i := range h.Keepers {
			if lane := r.lane(h.Keepers[i].Lane); lane != h.Keepers[i].Lane {
				h.Keepers[i].Lane, changed = lane, true
			}
		}
		if changed {
			r.changes.Held = append(r.changes.Held, h)
		}
	}
}

// rekeySeen renames the edges that the record has spent, and what was seen of it.
func (r *rekeying) rekeySeen() {
	for _, t := range r.s.Truths {
		if r.of.owns(r.from, &t) {
			r.changes.TruthsGone = append(r.changes.TruthsGone, t)
			t.Key = state.TruthKey(r.to.Key, t.Of())
			r.changes.Truths = append(r.changes.Truths, t)
		}
	}
	for _, x := range r.s.Seen {
		if gone := x; r.record(&x.Record) {
			r.changes.SeenGone, r.changes.Seen = append(r.changes.SeenGone, gone), append(r.changes.Seen, x)
		}
	}
	for _, x := range r.s.Changes {
		if gone := x; r.record(&x.Record) {
			r.changes.ChangesGone, r.changes.Changes = append(r.changes.ChangesGone, gone), append(r.changes.Changes, x)
		}
	}
}
