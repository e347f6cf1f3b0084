package journey

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// candidate is a record that could enter now.
type candidate struct {
	row   int
	key   string
	per   string
	by    state.Entry
	event state.Event
	at    time.Time // of the event
	marks []string  // its edges, spent when it enters or is turned away for good
	rank  any       // of the play's order; nil if unknown
}

// launch lets records enter: those whose edge, event, batch or manual launch has come, through the funnel. In a paused play everything
// waits; in a draining one what comes is spent, so that nobody rushes in when it is active again.
func (t *pass) launch(ctx context.Context) error {
	if t.p.Status != playbook.Running && t.launched() {
		t.out.Warnings = append(t.out.Warnings, "play "+t.p.Name+" is paused or draining, so that nobody enters it")
	}
	if t.p.Status == playbook.Paused {
		return nil
	}
	found, err := t.candidates(ctx)
	if err != nil {
		return err
	}
	if t.p.Status == playbook.Draining {
		for _, c := range found {
			t.spend(c)
		}
		return nil
	}
	t.about.Funnel.Matched = len(found)
	if err := t.rank(ctx, found); err != nil {
		return err
	}
	entered := 0
	for _, c := range found {
		took, err := t.admit(ctx, c, entered)
		if err != nil {
			return err
		}
		if took {
			entered++
		}
	}
	return nil
}

// rank puts the candidates in the play's order: ascending by its expression, unknown last, then by key.
func (t *pass) rank(ctx context.Context, found []candidate) error {
	if t.p.order != nil {
		for i := range found {
			v, err := t.p.order.Value(ctx, t.data, expr.Row(t.p.Of, found[i].row))
			var unknown *expr.Unknown
			if err != nil && !errors.As(err, &unknown) {
				return err
			}
			found[i].rank = v
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if d := compareRanks(a.rank, b.rank); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
	return nil
}

// admit takes one candidate through the funnel. An edge that is turned away for good is spent; one that only has to wait stays pending
// while the record qualifies.
func (t *pass) admit(ctx context.Context, c candidate, entered int) (bool, error) {
	f := &t.about.Funnel
	e := t.ledger.entries[entryKey{t.p.Name, c.key, c.per}]
	if e.active {
		f.AlreadyIn++
		t.spend(c)
		return false, nil
	}
	if !t.eligible(c, e) {
		f.NotReeligible++
		t.spend(c)
		return false, nil
	}
	m := state.Member{Play: t.p.Name, Record: state.Record{Entity: t.p.Of, Key: c.key}, Per: c.per, Number: e.number + 1, By: c.by,
		EnteredAt: t.in.Now, Event: c.event, Track: state.Track{Step: t.p.steps[0].ID, StepAt: t.in.Now}}
	m.Key = state.EnrollmentKey(m.Play, m.Record, m.Per, m.Number)
	at := expr.Row(t.p.Of, c.row)
	at.Member = t.view(&m)
	if t.p.goal != nil {
		met, err := t.holds(ctx, t.p.goal, at, "goal is unknown")
		if err != nil {
			return false, err
		}
		if met {
			f.GoalMet++
			t.spend(c)
			return false, nil
		}
	}
	if leaves, _, err := t.exits(ctx, at); err != nil {
		return false, err
	} else if leaves {
		f.ExitHolds++
		t.spend(c)
		return false, nil
	}
	if !t.addressable(ctx, c.row) {
		f.NotAddressable++
		t.wait(c)
		return false, nil
	}
	if t.p.Limit > 0 && entered >= t.p.Limit {
		f.Limited++
		t.wait(c)
		return false, nil
	}
	t.spend(c)
	return true, t.enter(ctx, c, m)
}

// wait leaves a candidate's edge pending.
func (t *pass) wait(c candidate) {
	if !c.at.IsZero() && (t.pending.IsZero() || c.at.Before(t.pending)) {
		t.pending = c.at
	}
}

func (t *pass) enter(ctx context.Context, c candidate, m state.Member) error {
	moving := &Moving{After: m, Enters: true, Record: true}
	t.out.Members = append(t.out.Members, moving)
	if t.p.Holdout > 0 && heldOut(t.p.Name, m.Record, t.p.Holdout) {
		moving.After.HeldOut = true
		t.about.Funnel.HeldOut++
		return nil
	}
	t.about.Funnel.Enters++
	why := Reason{Key: c.key}
	if t.wanted(t.about.Enters) {
		why.Because = t.because(ctx, t.p, c.row, true)
	}
	t.told(&t.about.Enters, why)
	return t.step(ctx, moving, c.row)
}

// eligible reports whether the play's re-entry rule lets a record enter (again).
func (t *pass) eligible(c candidate, e entries) bool {
	rule := t.p.Reentry
	if rule.Max > 0 && t.ledger.entries[entryKey{play: t.p.Name, key: c.key}].count >= rule.Max {
		return false
	}
	if e.count == 0 {
		return rule.Mode != playbook.Per || c.per != "" // an unknown value can't tell one entry from the next
	}
	switch rule.Mode {
	case playbook.Always:
		return true
	case playbook.After:
		return !t.in.Now.Before(e.last.Add(rule.After))
	}
	return false // never; or per, and this value had its entry
}

// addressable reports whether any step can reach the record: a step with `for` may, others need an identity.
func (t *pass) addressable(ctx context.Context, row int) bool {
	for _, s := range t.p.steps {
		for _, target := range s.targets {
			if target.rows != nil {
				return true
			}
			if _, ok := t.identity(ctx, s.Connector, target.entity, row); ok {
				return true
			}
		}
	}
	return false
}

// heldOut chooses by a hash of play and record, so that the same record always falls the same way.
func heldOut(play string, r state.Record, share float64) bool {
	h := sha256.Sum256([]byte("holdout\x00" + play + "\x00" + r.Entity + "\x00" + r.Key))
	return float64(binary.BigEndian.Uint64(h[:8])>>11)/(1<<53) < share
}
