package rehearse

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// checkOperations holds the operations of a step's runs against those expected. Each expectation takes one operation; those of which most is
// said choose first.
func (s *seen) checkOperations(e *Expect) {
	if e.Nothing && len(s.operations) > 0 {
		s.fail(s.step.place(), operationsOf(s.operations), "expected nothing to do")
		return
	}
	rest := slices.Clone(s.operations)
	expected := slices.Clone(e.Operations)
	slices.SortStableFunc(expected, func(a, b Operation) int { return b.said() - a.said() })
	for _, want := range expected {
		at := slices.IndexFunc(rest, func(o plan.Operation) bool { return want.fits(&o) })
		if at < 0 {
			found := operationsOf(s.operations)
			if len(found) == 0 {
				found = []string{"there was nothing to do"}
			}
			s.fail(want.At, found, "expected %s", want.String())
			continue
		}
		rest = slices.Delete(rest, at, at+1)
	}
	if e.Only && len(rest) > 0 && s.out.Passed() {
		s.fail(s.step.place(), operationsOf(rest), "expected only what is listed")
	}
}

// fits reports whether an operation is as is said of it.
func (o *Operation) fits(x *plan.Operation) bool {
	switch {
	case o.Verb != x.Verb, o.Target.Connector != x.Connector, o.Target.Kind != x.Target.Kind:
	case o.Verb == connector.Add && o.Keep != kept(x), o.Any && !x.Any:
	case o.Name != "" && o.Name != x.Target.Name:
	case o.Record.Key != "" && !o.Record.is(x.Record):
	case o.Play != "" && o.Play != x.Play, o.Step != "" && o.Step != x.Step && !strings.HasSuffix(o.Step, "."+x.Step):
	default:
		return o.fieldsFit(x)
	}
	return false
}

// fieldsFit reports whether an operation has the fields that are said.
func (o *Operation) fieldsFit(x *plan.Operation) bool {
	for name, want := range o.Fields {
		value, has := x.Fields[name]
		if !has || connector.Text(value) != connector.Text(want) {
			return false
		}
	}
	return true
}

// kept reports whether an operation makes a member for as long as it is in the play.
func kept(x *plan.Operation) bool {
	return slices.ContainsFunc(x.Holds, func(h plan.Hold) bool { return h.Keeper != nil && h.Keeper.Step == x.Step })
}
