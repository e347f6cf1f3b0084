package journey

import (
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// stand repeats the wants of done steps that hold on: keeps, whose records and names are live, and removes, which stand against other
// plays' keeps. Where they are not known now, what is held stays.
func (t *pass) stand(ctx context.Context, m *turn) error {
	if m.now.Leaving() {
		return nil
	}
	if err := t.standing(ctx, t.own(m)); err != nil {
		return err
	}
	for i := range m.now.Lanes {
		l := &m.now.Lanes[i]
		if l.Outcome == state.Removed || !t.laneMatches(ctx, m, l) || !t.isThere(l) {
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
		w := t.own(m)
		defer t.back(w)
		list, err := w.related(ctx, s)
		if err != nil {
			return true
		}
		now := map[state.Record]bool{}
		for _, r := range list {
			now[w.record(r)] = true
		}
		m.matches(l.Of, now)
	}
	return m.matching[l.Of][l.Record]
}

// standing repeats the wants of one way, and gives its walker back.
func (t *pass) standing(ctx context.Context, w *walker) error {
	defer t.back(w)
	for _, s := range t.repeated() {
		if !w.tookIt(s.ID) {
			continue
		}
		from := len(t.out.Wants)
		unknown, err := unknownWaits(w.repeat(ctx, s))
		if err != nil {
			return err
		}
		if unknown != "" {
			t.out.Wants = t.out.Wants[:from]
			w.freezeStep(s)
			t.about.Unknowns["step "+s.ID+": "+unknown]++
			continue
		}
		for i := range t.out.Wants[from:] {
			t.out.Wants[from+i].Standing = true
		}
	}
	return nil
}

// repeated gives the steps whose wants are repeated once they are done.
func (t *pass) repeated() []*step {
	if !t.in.Again {
		return t.p.stands
	}
	out := slices.Clone(t.p.stands)
	for _, s := range t.p.inOrder {
		if s.Verb == playbook.Set {
			out = append(out, s)
		}
	}
	return out
}

// repeat makes the wants of a done step again: without those who are suppressed since.
func (w *walker) repeat(ctx context.Context, s *step) error {
	all, err := w.reached(ctx, s)
	if err != nil {
		return err
	}
	if len(w.blocked) > 0 {
		all = slices.DeleteFunc(all, func(r reach) bool {
			by := w.suppressedBy(s.Verb, r.target.entity, r.row)
			if by != "" {
				w.about.Unknowns["step "+s.ID+": suppressed by "+by]++
			}
			return by != ""
		})
	}
	w.out.Wants, err = w.ready(ctx, s, all, w.out.Wants)
	return err
}
