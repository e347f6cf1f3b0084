package journey

import (
	"context"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// stand repeats the wants of done steps that hold on: keeps, whose records and names are live, and removes, which stand against other
// plays' keeps. Where they are not known now, what is held stays.
func (t *pass) stand(ctx context.Context, m *turn) error {
	if m.After.Leaving() {
		return nil
	}
	if err := t.standing(ctx, t.own(m)); err != nil {
		return err
	}
	for i := range m.After.Lanes {
		l := &m.After.Lanes[i]
		if l.Outcome == state.Removed || !t.laneMatches(ctx, m, l) {
			continue
		}
		if _, ok := t.laneAt(m, l); !ok {
			continue
		}
		if err := t.standing(ctx, t.lane(m, l, nil)); err != nil {
			return err
		}
	}
	return nil
}

// laneMatches reports whether a lane's record is still one of its step's. Where that is not known, it is.
func (t *pass) laneMatches(ctx context.Context, m *turn, l *state.Lane) bool {
	s := t.p.steps[l.Of]
	if s == nil {
		return false
	}
	if m.matching[l.Of] == nil {
		list, err := t.own(m).related(ctx, s)
		if err != nil {
			return true
		}
		m.matching[l.Of] = map[state.Record]bool{}
		for _, r := range list {
			m.matching[l.Of][t.own(m).record(r)] = true
		}
	}
	return m.matching[l.Of][l.Record]
}

// standing repeats the wants of one way.
func (t *pass) standing(ctx context.Context, w *walker) error {
	for _, s := range t.p.inOrder {
		if !w.tookIt(s.ID) || s.Verb != playbook.Keep && s.Verb != playbook.Remove && s.Verb != playbook.RemoveAny {
			continue
		}
		wants, err := w.held(ctx, s)
		unknown, err := unknownWaits(err)
		if err != nil {
			return err
		}
		if unknown != "" {
			w.freezeStep(s)
			t.about.Unknowns["step "+s.ID+": "+unknown]++
			continue
		}
		for _, x := range wants {
			x.Standing = true
			t.out.Wants = append(t.out.Wants, x)
		}
	}
	return nil
}

// held makes the wants of a done step again: without those who are suppressed since.
func (w *walker) held(ctx context.Context, s *step) ([]Want, error) {
	all, err := w.reached(ctx, s)
	if err != nil {
		return nil, err
	}
	var list []reach
	for _, r := range all {
		if by := w.suppressedBy(s.Verb, r.target.entity, r.row); by != "" {
			w.about.Unknowns["step "+s.ID+": suppressed by "+by]++
			continue
		}
		list = append(list, r)
	}
	wants, _, err := w.ready(ctx, s, list)
	return wants, err
}
