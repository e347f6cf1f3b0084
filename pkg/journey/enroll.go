package journey

import (
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// enroll starts another play for records. A record that must wait for its turn there holds the step up.
func (w *walker) enroll(ctx context.Context, s *step) (on bool, err error) {
	into := w.passes[s.Play]
	if into == nil {
		w.waits(s, Held, "play "+s.Play+" is not part of this run", time.Time{})
		return false, nil
	}
	all, err := w.related(ctx, s)
	if unknown, err := unknownWaits(err); unknown != "" || err != nil {
		return w.heldByUnknown(s, unknown), err
	}
	if w.past() {
		for _, r := range all {
			w.turn.enrolls = append(w.turn.enrolls, enrollment{into: into, row: r.row, at: w.clock, by: Ref{w.turn.now.Key, w.laneKey(), s.ID}})
		}
		w.advance(s, state.StepDone{Outcome: done})
		return true, nil
	}
	w.rebase()
	outcome, entering := done, w.track.Reached
	for _, r := range all {
		key := w.record(r).Key
		if slices.Contains(w.track.Reached, key) {
			continue // it entered in an earlier run
		}
		took, why, err := into.enrolled(ctx, enrollment{into, r.row, w.clock, Ref{w.turn.now.Key, w.laneKey(), s.ID}, true})
		switch {
		case err != nil:
			return false, err
		case took == mustWait:
			w.enteredSome(s, entering)
			w.waits(s, Held, "play "+s.Play+": "+why, time.Time{})
			return false, nil
		case took == turnedAway:
			outcome = why
		default:
			entering = append(slices.Clone(entering), key)
		}
	}
	w.advance(s, state.StepDone{Outcome: outcome, Records: w.keysOf(all)})
	return true, nil
}

// enteredSome keeps who has entered while others must wait.
func (w *walker) enteredSome(s *step, keys []string) {
	if len(keys) > len(w.track.Reached) {
		w.track.Reached = sortedKeys(keys)
		*w.moves = append(*w.moves, Move{Step: s.ID, To: w.track, Stays: true})
	}
}

func (w *walker) keysOf(list []reach) []string {
	var keys []string
	for _, r := range list {
		keys = append(keys, w.record(r).Key)
	}
	return sortedKeys(keys)
}

// enrollment is one record that a step of another play enrolls.
type enrollment struct {
	into *pass
	row  int
	at   time.Time
	by   Ref
	// moves says that the enrolling step is a move of this run, without which the record does not enter.
	moves bool
}

// enrolled lets a record in that another play enrolls: through the funnel as everybody, at most once in a run.
func (t *pass) enrolled(ctx context.Context, e enrollment) (admission, string, error) {
	switch {
	case t.paused():
		return mustWait, "it is paused", nil
	case t.p.Status == playbook.Draining:
		return turnedAway, "it lets nobody in any more", nil
	}
	c, err := t.candidate(ctx, e.row, state.ByPlay)
	if err != nil {
		return turnedAway, "", err
	}
	c.at, c.from, c.moves = e.at, &e.by, e.moves
	if t.entered[state.TruthKey(c.key, c.per)] > 0 {
		return turnedAway, "entered in this run already", nil
	}
	t.about.Funnel.Enrolled++
	return t.admit(ctx, c)
}
