package apply_test

import (
	"maps"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// sets makes a want that the member's membership of a list has a field.
func sets(member, name, value string) journey.Want {
	return of(member, journey.Want{Verb: connector.Set, Target: list(name), Overwrite: true, Fields: map[string]any{"status": value}})
}

// fields holds the fields of a membership at desk.
func (s *scene) fields(name, id string, want map[string]string) {
	s.Helper()
	got, err := s.desk.MembershipFields(s.Context(), list(name), []string{id}, []string{"status", "wave"})
	if err != nil || !maps.Equal(got[id], want) {
		s.Errorf("%s in %s has %v, %v; want %v", id, name, got[id], err, want)
	}
}

func moves(wants ...journey.Want) journeyer {
	return func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-a")
		for i, w := range wants {
			from := []string{"s1", "s2", "s3"}
			if m.After.Step == from[i] || len(m.Moves) > 0 {
				m.Moves = append(m.Moves, j.move(from[i], append(from, "s4")[i+1], w))
			}
		}
		return j
	}
}

func TestMembership_fieldsAreWrittenWithIt(t *testing.T) {
	s := newScene(t)
	add := keeps("m-a", "A")
	add.Keep, add.Fields = false, map[string]any{"status": "invited", "wave": int64(2)}
	s.apply(moves(add, sets("m-a", "A", "accepted"), sets("m-a", "A", "accepted")))
	s.fields("A", "a", map[string]string{"status": "accepted", "wave": "2"})
}

func TestMembership_whatItWasMadeWithIsNotEmpty(t *testing.T) {
	s := newScene(t)
	add, other := keeps("m-a", "A"), sets("m-a", "A", "other")
	add.Fields, other.Overwrite = map[string]any{"status": "invited"}, false
	s.apply(moves(add, other, sets("m-a", "A", "invited")))
	s.operations(`add desk.list "A" a`)
	s.fields("A", "a", map[string]string{"status": "invited"})
}

func TestMembership_fieldsOfWhoIsInAreLeftAlone(t *testing.T) {
	s := newScene(t)
	s.desk.Put(list("A"), "a")
	add := keeps("m-a", "A")
	add.Fields = map[string]any{"status": "invited"}
	s.apply(moves(add))
	s.fields("A", "a", map[string]string{})
}

func TestMembership_setWhatIsEqualIsANoOp(t *testing.T) {
	s := newScene(t)
	s.desk.Put(list("A"), "a")
	s.apply(moves(sets("m-a", "A", "new")))
	s.operations(`set desk.list "A" a`)
	s.apply(moves(sets("m-a", "A", "new")))
	s.operations()
	empty := sets("m-a", "A", "other")
	empty.Overwrite, empty.Member = false, "m-b"
	s.apply(moves(empty))
	s.operations()
	s.fields("A", "a", map[string]string{"status": "new"})
}

func TestMembership_ofWhoIsNotInWaits(t *testing.T) {
	s := newScene(t)
	s.apply(moves(sets("m-a", "A", "new"), sends("m-a", "s2")))
	if len(s.plan.Operations) > 0 || len(s.plan.Blocked) != 1 || s.plan.Blocked[0].Why != `it is not in desk.list "A"` || s.member("m-a").Step != "s1" {
		t.Errorf("operations %v, blocked %+v", operations(s.plan), s.plan.Blocked)
	}
	s.desk.Put(list("A"), "a")
	s.apply(moves(sets("m-a", "A", "new"), sends("m-a", "s2")))
	s.fields("A", "a", map[string]string{"status": "new"})
}

// TestMembership_ofADeskThatCantReadFieldsIsAssumed sets what it can't read back.
func TestMembership_ofADeskThatCantReadFieldsIsAssumed(t *testing.T) {
	s := newScene(t)
	s.desk.Put(list("A"), "a")
	s.open = struct {
		connector.Connector
		connector.Writer
		connector.MemberReader
	}{s.desk, s.desk, s.desk}
	s.apply(moves(sets("m-a", "A", "new")))
	s.operations(`set desk.list "A" a (assumed)`)
	empty := sets("m-b", "A", "other")
	empty.Overwrite = false
	s.apply(func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-b")
		m.Moves = []journey.Move{j.move("s1", "s2", empty)}
		return j
	})
	if len(s.plan.Blocked) != 1 || len(s.plan.Operations) > 0 {
		t.Errorf("operations %v, blocked %+v", operations(s.plan), s.plan.Blocked)
	}
}

func TestMembership_ofAListThatDoesNotExist(t *testing.T) {
	s := newScene(t)
	if _, err := s.tryBuild(s.state(), moves(sets("m-a", "Z", "new"))); err == nil {
		t.Error("it is planned")
	}
	add := keeps("m-a", "Z")
	add.Create = true
	s.apply(moves(add, sets("m-a", "Z", "new")))
	s.fields("Z", "a", map[string]string{"status": "new"})
}
