package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Unasked gives the operations that the last applies could not do although nobody refused them: their system could not be asked, or asked to come
// again. They are no failures, which are counted and tried further and further apart; the next apply tries them. Applies of a part tell of
// that part only, and those before them of the rest; what was before the state was amended by hand is not known any more. They are by play, step
// and record.
func Unasked(s *state.Snapshot, journal []state.Page) []Operation {
	of := map[string][]state.Page{}
	for pages := range ByRun(journal) {
		of[pages[0].Run] = pages
	}
	members := map[string]*state.Member{}
	for i := range s.Members {
		members[s.Members[i].Key] = &s.Members[i]
	}
	told := map[string]bool{}
	var out []Operation
	for _, run := range slices.Backward(s.Runs) {
		switch {
		case run.Operation.Amends():
			return sorted(out)
		case !run.Operation.Plays():
			continue
		}
		for _, o := range Operations(of[run.ID]) {
			if unasked := o.Outcome == "failed" || o.Outcome == "later"; unasked && !told[o.Key] && s.Failure(o.Key) == nil && !goneOn(members, &o) {
				out = append(out, o)
			}
			told[o.Key] = true
		}
		if len(run.Limits) == 0 {
			break
		}
	}
	return sorted(out)
}

// sorted gives operations by play, step and record.
func sorted(list []Operation) []Operation {
	slices.SortFunc(list, func(a, b Operation) int {
		return cmp.Or(strings.Compare(a.Play, b.Play), strings.Compare(a.Step, b.Step), state.CompareRecords(a.Record, b.Record), strings.Compare(a.Key, b.Key))
	})
	return list
}

// goneOn reports whether the member of an operation has left, or is past its step: a step that goes on without what was refused does not try
// again.
func goneOn(members map[string]*state.Member, o *Operation) bool {
	if o.Member == "" {
		return false
	}
	m := members[o.Member]
	if m == nil {
		return true
	}
	past := func(t *state.Track) bool {
		return slices.ContainsFunc(t.Done, func(d state.StepDone) bool { return d.ID == o.Step })
	}
	for i := range m.Lanes {
		if l := &m.Lanes[i]; l.Key() == o.Lane {
			return past(&l.Track)
		}
	}
	return !m.Active() || past(&m.Track)
}
