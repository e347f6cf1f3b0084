package journey

import (
	"cmp"
	"context"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// seats counts who has a seat in a group, by the record that it counts by.
func (t *pass) seat(row int) string { return t.keyOf(t.p.Of, row, cmp.Or(t.group().Of, t.p.Of)) }

func (t *pass) group() *playbook.Group {
	if g := t.plays.book.Group(t.p.Group); g != nil {
		return g
	}
	return &playbook.Group{}
}

// seated has a member take its seat in the play's group.
func (t *pass) seated(m *state.Member, row int) {
	if t.p.Group != "" && m.Active() && !m.Leaving() && !m.HeldOut {
		t.seats[[2]string{t.p.Group, t.seat(row)}]++
	}
}

// unseat frees the seat of a member that leaves by its steps in this run.
func (t *pass) unseat(m *turn) {
	if t.p.Group == "" || m.now.Outcome != "" || m.now.HeldOut {
		return
	}
	key := [2]string{t.p.Group, t.seat(m.row)}
	t.seats[key]--
	if by := m.lastMove(); by != nil {
		t.freed[key] = append(t.freed[key], by)
	}
}

// freedBy gives the move that frees the seat that a record takes; nil where one was free before.
func (t *pass) freedBy(row int) *Ref {
	key := [2]string{t.p.Group, t.seat(row)}
	list := t.freed[key]
	if len(list) == 0 {
		return nil
	}
	t.freed[key] = list[1:]
	return list[0]
}

// fillSeats lets in who waited for a seat that was freed since.
func (t *pass) fillSeats(ctx context.Context) (filled bool, err error) {
	waiting := t.grouped
	t.grouped = nil
	for _, c := range waiting {
		if t.crowded(c) {
			t.grouped = append(t.grouped, c)
			continue
		}
		t.about.Funnel.Grouped--
		took, _, err := t.admit(ctx, c)
		if err != nil {
			return filled, err
		}
		filled = filled || took == entered
	}
	return filled, nil
}

// crowded reports whether the group has no seat left for a candidate. The seat of a member that enrolls it counts for both.
func (t *pass) crowded(c candidate) bool {
	if t.p.Group == "" {
		return false
	}
	taken := t.seats[[2]string{t.p.Group, t.seat(c.row)}]
	if c.from != nil && t.sharesSeat(c) {
		taken--
	}
	return taken >= max(1, t.group().AtMost)
}

// sharesSeat reports whether the member that enrolls a candidate sits on the seat that it would take.
func (t *pass) sharesSeat(c candidate) bool {
	m := t.members[c.from.Member]
	from := t.passes[m.Play]
	if from == nil || from.p.Group != t.p.Group || !m.Active() || m.Leaving() || m.HeldOut {
		return false
	}
	row, ok := from.table.Row(m.Record.Key)
	return ok && from.seat(row) == t.seat(c.row)
}
