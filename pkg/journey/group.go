package journey

import (
	"cmp"

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

// crowded reports whether the group has no seat left for a record.
func (t *pass) crowded(row int) bool {
	return t.p.Group != "" && t.seats[[2]string{t.p.Group, t.seat(row)}] >= max(1, t.group().AtMost)
}
