package flow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
)

// allowAtMost is what a canary may do.
func allowAtMost(n int) flow.Options {
	o := allowAll
	o.Limit = n
	return o
}

// within holds that a plan does nothing that another does not: no other operation, no other entry, exit or move.
func (h *house) within(part, whole *plan.Plan) {
	h.Helper()
	operations, members := map[string]string{}, map[string]*plan.Member{}
	for _, o := range whole.Operations {
		operations[o.Key] = o.Digest
	}
	for i := range whole.Members {
		members[whole.Members[i].After.Key] = &whole.Members[i]
	}
	for _, o := range part.Operations {
		if digest, known := operations[o.Key]; !known || digest != o.Digest {
			h.Errorf("not planned: %s %s for %s", o.Verb, o.Place().Title(), o.Record)
		}
	}
	for i := range part.Members {
		m, of := &part.Members[i], members[part.Members[i].After.Key]
		if of == nil || m.Enters != of.Enters || m.Leaves != of.Leaves || cmp.Diff(m.After, of.After) != "" || len(m.Moves) > len(of.Moves) {
			h.Errorf("not planned so: %s in %s", m.After.Record, m.After.Play)
		}
	}
}

// TestLimit_doesNothingThatWasNotPlanned holds, over random books and worlds, that a plan for a few does a part of what the whole plan would
// do, for so many at most; and that one such run after another comes to where there is nothing left to do.
func TestLimit_doesNothingThatWasNotPlanned(t *testing.T) {
	machines(t, machineKind{steady: true}, func(m *machine) {
		for range 1 + m.upTo(3) {
			n := 1 + m.upTo(3)
			for left := 40; ; left-- {
				whole, part := m.house.plan(allowAll).Plan, m.house.plan(allowAtMost(n)).Plan
				m.within(part, whole)
				if len(part.Members) > n {
					m.Errorf("%d members of at most %d", len(part.Members), n)
				}
				if l := part.Limited; l != nil && (l.Members > n || l.Of <= n) {
					m.Errorf("limited to %d of %d by %d", l.Members, l.Of, n)
				}
				if whole.Empty() {
					break
				}
				if left == 0 || part.Empty() {
					m.Fatalf("%d at a time it never comes to an end:\n%s\nof\n%s", n, words(part), words(whole))
				}
				m.attempt(allowAtMost(n), "")
			}
			m.drift()
			m.work()
			m.pass()
		}
	})
}

// TestRestrict_doesNothingThatWasNotPlanned holds that a saved plan, of which a part was struck out, has done nothing but what is left of it.
func TestRestrict_doesNothingThatWasNotPlanned(t *testing.T) {
	machines(t, machineKind{steady: true}, func(m *machine) {
		for range 1 + m.upTo(3) {
			saved := plan.Save(m.house.plan(allowAll).Plan, plan.SaveOptions{ID: "x"})
			saved.Operations = slices.DeleteFunc(saved.Operations, func(plan.SavedOperation) bool { return m.oneIn(4) })
			saved.Members = slices.DeleteFunc(saved.Members, func(plan.SavedMember) bool { return m.oneIn(4) })
			whole, part := m.house.plan(allowAll).Plan, m.house.plan(allowAll).Plan
			saved.Restrict(part)
			m.within(part, whole)
			for _, o := range part.Operations {
				if !slices.ContainsFunc(saved.Operations, func(s plan.SavedOperation) bool { return s.Key == o.Key && s.Digest == o.Digest }) {
					m.Errorf("not approved: %s %s for %s", o.Verb, o.Place().Title(), o.Record)
				}
			}
			for i := range part.Members {
				x := &part.Members[i]
				approved := slices.ContainsFunc(saved.Members, func(s plan.SavedMember) bool { return s.Member == x.After.Key })
				if (x.Enters || x.Leaves) && !approved {
					m.Errorf("not approved: %s in %s", x.After.Record, x.After.Play)
				}
			}
			m.attempt(allowAll, "")
			m.drift()
			m.work()
			m.pass()
		}
	})
}

func TestLimit_theFirstByKeyAndTheRestNextTime(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", `{send: desk.message, text: "hi ${account.name}"}`))
	h.unsettled = true
	h.accounts("id tier name\n d gold D\n a gold A\n c gold C\n b gold B\n e tin E")
	p := h.apply(flow.Options{Limit: 2}).Plan
	if p.Limited == nil || *p.Limited != (plan.Limited{Members: 2, Of: 4}) || p.Plays[0].Funnel.Enters != 2 || p.Plays[0].Funnel.Limited != 2 || len(p.Plays[0].Enters) != 2 {
		t.Errorf("%+v of %+v", p.Limited, p.Plays[0])
	}
	h.in("list A", "a", "b")
	h.sent("a hi A", "b hi B")
	h.apply(flow.Options{Limit: 1})
	h.in("list A", "a", "b", "c")
	if p := h.apply(flow.Options{Limit: 1}).Plan; p.Limited != nil {
		t.Errorf("limited to all: %+v", p.Limited)
	}
	h.in("list A", "a", "b", "c", "d")
	h.sent("a hi A", "b hi B", "c hi C", "d hi D")
	if !h.plan().Plan.Empty() {
		t.Error("there is something left")
	}
}

func TestLimit_exitsAndMendingCountToo(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.unsettled = true
	h.accounts("id tier\n a gold\n b gold\n c gold\n d gold")
	h.apply()
	h.take("list A", "d") // to be mended
	h.accounts("id tier\n a tin\n b gold\n c tin\n d gold\n e gold")
	if p := h.apply(flow.Options{Limit: 1}).Plan; p.Limited == nil || p.Limited.Of != 4 {
		t.Errorf("%+v", p.Limited)
	}
	h.in("list A", "b", "c")
	h.apply(flow.Options{Limit: 2})
	h.in("list A", "b", "d")
	h.apply(flow.Options{Limit: 2})
	h.in("list A", "b", "d", "e")
}
