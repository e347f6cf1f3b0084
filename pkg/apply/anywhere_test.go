package apply_test

import (
	"context"
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// anyList makes a want that the member's record is in no list that matches.
func anyList(member string, patterns ...string) journey.Want {
	return of(member, journey.Want{Verb: connector.Remove, Target: connector.Collection{Kind: "list"}, Any: patterns})
}

// takes is a play that takes its member out of every list that matches, and stands by it.
func takes(priority int, patterns []string, others ...journey.Want) journeyer {
	return func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-a")
		any := anyList("m-a", patterns...)
		any.Priority = priority
		if m.After.Step == "s1" {
			m.Moves = []journey.Move{j.move("s1", "s2", any)}
		} else {
			any.Step, any.Standing = "s1", true
			j.Members = nil
			j.wants(any)
		}
		for _, w := range others {
			w.Standing = true
			j.wants(w)
		}
		return j
	}
}

// powers are desk with fewer powers, by how it can tell where somebody is.
func powers(m *memory.System) map[string]connector.Connector {
	return map[string]connector.Connector{
		"memberships": m,
		"lists": struct {
			connector.Connector
			connector.Writer
			connector.MemberReader
			connector.Lister
			connector.Normalizer
		}{m, m, m, m, m},
	}
}

func TestAny_takesOutOfWhateverMatches(t *testing.T) {
	for name := range powers(nil) {
		s := newScene(t)
		s.open = powers(s.desk)[name]
		for _, l := range []string{"Nurture 1", "Nurture 2", "nurture 3", "Old Nurture 4", "Nurture 5"} {
			s.desk.Put(list(l), "a", "other")
		}
		s.take("Nurture 5", "a")
		j := takes(0, []string{"Nurture *"})
		s.apply(j)
		s.operations(`remove desk.list "Nurture 1" a (any) (stranger)`, `remove desk.list "Nurture 2" a (any) (stranger)`)
		if sum := s.plan.Summary(); sum.Remove != 2 {
			t.Errorf("%s: %+v", name, sum)
		}
		for l, want := range map[string][]string{"Nurture 1": {"other"}, "nurture 3": {"a", "other"}, "Old Nurture 4": {"a", "other"}} {
			s.in(l, want...)
		}
		s.mustBeSettled(j)
		s.desk.Put(list("Nurture 1"), "a") // by somebody else, after the step: it only stands
		s.mustBeSettled(j)
	}
}

func (s *scene) take(name, id string) {
	s.Helper()
	if _, err := s.desk.Write(context.Background(), connector.Batch{Verb: connector.Remove, Target: list(name), Items: []connector.Item{{ID: id}}}); err != nil {
		s.Fatal(err)
	}
}

func TestAny_isANoOpWhereItIsInNone(t *testing.T) {
	s := newScene(t)
	j := takes(0, []string{"*"})
	s.apply(j)
	s.operations()
	if s.plan.NoOps != 1 || done(s.member("m-a").Track) != "s1=done" {
		t.Errorf("%d no-ops, %+v", s.plan.NoOps, s.member("m-a"))
	}
	s.mustBeSettled(j)
}

// TestAny_sparesWhatItsMemberKeepsOrAdds: taken now, standing, held in the ledger, or added before.
func TestAny_sparesWhatItsMemberKeepsOrAdds(t *testing.T) {
	s := newScene(t)
	for _, l := range []string{"A", "B", "C"} {
		s.desk.Put(list(l), "a")
	}
	kept := keeps("m-a", "A")
	kept.Step = "s3"
	j := takes(0, []string{"*"}, kept)
	s.apply(j)
	s.operations(`remove desk.list "B" a (any) (stranger)`, `remove desk.list "C" a (any) (stranger)`)
	s.in("A", "a")
	s.mustBeSettled(j)
}

func TestAny_sparesWhatIsHeldForItsMember(t *testing.T) {
	s := newScene(t)
	s.apply(func(st *state.Snapshot) *script { // held by a step that is not known now
		j := newScript()
		m := j.goesOn(st, "m-a")
		add := keeps("m-a", "B")
		add.Keep = false
		m.Moves = []journey.Move{j.move("s2", "s3", keeps("m-a", "A")), j.move("s3", "s1", add)}
		return j
	})
	s.book.Plays[0].Steps[2].Verb, s.book.Plays[0].Steps[2].Connector, s.book.Plays[0].Steps[2].Object = playbook.Add, "desk", "list"
	s.book.Plays[0].Steps[2].Name = &playbook.Template{Parts: []playbook.Part{{Literal: "B"}}}
	s.desk.Put(list("C"), "a")
	unknown := func(st *state.Snapshot) *script {
		j := takes(0, []string{"*"})(st)
		j.Frozen[state.Keeper{Member: "m-a", Step: "s2"}] = true
		return j
	}
	s.apply(unknown)
	s.operations(`remove desk.list "C" a (any) (stranger)`)
	s.in("A", "a")
	s.in("B", "a")
	s.mustBeSettled(unknown)
}

// TestAny_standsAgainstKeepsOfLowerPriority and yields to those of higher.
func TestAny_standsAgainstKeepsOfLowerPriority(t *testing.T) {
	for _, c := range []struct {
		priority int
		want     []string
	}{{5, nil}, {-5, []string{"a"}}} {
		s := newScene(t)
		other := keeps("n-a", "A")
		other.Play, other.Step = "q", "s1"
		s.apply(func(*state.Snapshot) *script {
			j := newScript()
			other := other
			other.Standing = true
			j.wants(other)
			return j
		})
		s.in("A", "a")
		j := takes(c.priority, []string{"A"}, other)
		s.apply(j)
		s.in("A", c.want...)
		if len(s.plan.Conflicts) != 1 || s.plan.Conflicts[0].Count != 1 {
			t.Errorf("conflicts %+v", s.plan.Conflicts)
		}
		s.mustBeSettled(j)
	}
}

// TestAny_ofADeskThatCantBeReadIsAssumed takes out what playctl itself knows to have put in.
func TestAny_ofADeskThatCantBeReadIsAssumed(t *testing.T) {
	s := newScene(t)
	s.open = s.desk.WriteOnly()
	add := keeps("n-a", "A")
	add.Keep, add.Play = false, "q"
	s.apply(func(st *state.Snapshot) *script {
		j := newScript()
		add.Step, add.Standing = "s1", true
		j.wants(add)
		return j
	})
	s.in("A", "a")
	s.desk.Put(list("B"), "a")
	j := takes(0, []string{"*"})
	s.apply(j)
	s.operations(`remove desk.list "A" a (any) (assumed)`)
	s.in("A")
	s.in("B", "a") // nobody can know
	s.mustBeSettled(j)
	keep := keeps("o-a", "C") // where it is not, as far as playctl knows
	keep.Play, keep.Step = "r", "s1"
	s.plan = s.build(func(st *state.Snapshot) *script {
		j := newScript()
		m := enters("m-x")
		any := anyList("m-x", "*")
		any.Priority, any.ID, any.Record = 5, "a", person("a")
		m.Moves = []journey.Move{j.move("s1", "s2", any)}
		j.Members = append(j.Members, m)
		keep.Standing = true
		j.wants(keep)
		return j
	})
	s.operations()
}

// deaf is a desk that can't tell where somebody is, for now.
type deaf struct{ *memory.System }

func (deaf) MembershipsOf(context.Context, string, []string) (map[string][]string, error) {
	return nil, errors.New("out of order")
}

func TestAny_waitsWhileItCantBeTold(t *testing.T) {
	s := newScene(t)
	s.desk.Put(list("A"), "a")
	s.open = deaf{s.desk}
	j := takes(5, []string{"*"})
	s.apply(j)
	if len(s.plan.Operations) > 0 || len(s.plan.Blocked) != 1 || s.plan.Blocked[0].Why != "out of order" || s.member("m-a").Step != "s1" {
		t.Errorf("blocked %+v", s.plan.Blocked)
	}
	s.open = s.desk
	s.apply(j)
	s.in("A")
	s.open = deaf{s.desk}
	keep := keeps("n-a", "A") // which it stands against even so
	keep.Play, keep.Step = "q", "s1"
	s.apply(takes(5, []string{"*"}, keep))
	s.in("A")
}
