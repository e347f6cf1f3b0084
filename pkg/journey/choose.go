package journey

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// choose goes the way of the first branch that holds. One that is unknown holds up who is in the play: whether it comes first can't be told.
func (w *walker) choose(ctx context.Context, s *step) (bool, error) {
	for i := range s.branches {
		b := &s.branches[i]
		if b.when != nil {
			holds, err := w.columns.holds(ctx, b.when, &w.here)
			unknown, err := unknownWaits(err)
			if err != nil {
				return false, err
			}
			if unknown != "" && !s.follows() { // who is leaving has nothing left that could make it known
				w.about.Unknowns["step "+s.ID+": branch "+b.Name+" is unknown: "+unknown]++
				w.waits(s, Held, "branch "+b.Name+" is unknown: "+unknown, time.Time{})
				return false, nil
			}
			if !holds {
				continue
			}
		}
		w.rebase()
		w.branch(s, b)
		return true, nil
	}
	w.rebase()
	w.advance(s, state.StepDone{Outcome: "none"})
	return true, nil
}

// branch goes into a branch, or past the step where the branch is empty.
func (w *walker) branch(s *step, b *branch) {
	next := b.then.first()
	if next == nil {
		next = s.next()
	}
	w.to(s, next, state.StepDone{Outcome: b.Name})
}

// split goes the way that a hash of play, step and record says, so that the same record always goes the same way.
func (w *walker) split(s *step) (bool, error) {
	total := 0
	for i := range s.branches {
		total += s.branches[i].Weight
	}
	r := w.turn.now.Record
	if w.lane != nil {
		r = w.lane.Record
	}
	at := int(fraction("split", w.p.Name, s.ID, r.Entity, r.Key) * float64(total))
	for i := range s.branches {
		b := &s.branches[i]
		if at -= b.Weight; at < 0 || i == len(s.branches)-1 {
			w.rebase()
			w.branch(s, b)
			break
		}
	}
	return true, nil
}

// fraction is a hash of its parts as a number from 0 to below 1.
func fraction(parts ...string) float64 {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return float64(binary.BigEndian.Uint64(h.Sum(nil)[:8])>>11) / (1 << 53)
}
