package journey

import (
	"context"
	"errors"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

const leftSegment = "left the segment"

// settle decides whether a member leaves: goal, exit rules in their order, leaving the segment. Goal beats exit. Only a known answer
// settles; an unknown one does not hold and is counted.
func (t *pass) settle(ctx context.Context, m *state.Member, row int) (state.Outcome, string, error) {
	at := expr.Row(t.p.Of, row)
	at.Member = t.view(m)
	if t.p.goal != nil {
		met, err := t.holds(ctx, t.p.goal, at, "goal is unknown")
		if err != nil {
			return "", "", err
		}
		if met {
			return state.Converted, "", nil
		}
	}
	if leaves, reason, err := t.exits(ctx, at); err != nil || leaves {
		return state.Exited, reason, err
	}
	if t.p.OnLeave == playbook.Leave && !t.seg.True.Has(row) && !t.seg.Unknown.Has(row) {
		return state.Exited, leftSegment, nil
	}
	return "", "", nil
}

// exits tells whether an exit rule holds, and the first one's reason.
func (t *pass) exits(ctx context.Context, at expr.At) (bool, string, error) {
	for i, x := range t.p.exits {
		holds, err := t.holds(ctx, x, at, "exit rule is unknown")
		if err != nil || holds {
			return holds, t.p.Exits[i].Reason, err
		}
	}
	return false, "", nil
}

// holds evaluates a condition; unknown does not hold and is counted under a word.
func (t *pass) holds(ctx context.Context, p *expr.Program, at expr.At, word string) (bool, error) {
	ok, err := p.Bool(ctx, t.data, at)
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		t.about.Unknowns[word+": "+unknown.What]++
		return false, nil
	}
	return ok, err
}

// view is a member as its play's expressions see it.
func (t *pass) view(m *state.Member) *expr.Member {
	v := &expr.Member{Data: t.data, EnteredAt: m.EnteredAt, StepAt: m.StepAt, Event: m.Event, Steps: map[string]*expr.Step{}}
	for _, d := range m.Done {
		s := &expr.Step{Data: t.data, Outcome: d.Outcome, Records: d.Records, Entity: t.p.Of}
		for _, mine := range t.p.steps {
			if mine.ID == d.ID && len(mine.targets) > 0 {
				s.Entity = mine.targets[0].entity
			}
		}
		v.Steps[d.ID] = s
	}
	return v
}
