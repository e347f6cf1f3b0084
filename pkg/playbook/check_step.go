package playbook

import (
	"cmp"

	"github.com/playctl/playctl/pkg/document"
)

// checkStep reports what a step lacks and what does not go together in it.
func (r *reader) checkStep(s *Step, n document.Node) {
	switch s.Verb {
	case Keep, Add, Remove:
		if !r.get(n, "name").Exists() {
			r.fail(s.At, "write name: the name of the "+cmp.Or(s.Object, "list"), "this step does not say which %s", cmp.Or(s.Object, "list"))
		}
	case RemoveAny:
		if allow := r.get(n, "allow"); !allow.Exists() || allow.Kind() == document.List && len(allow.Items()) == 0 {
			r.fail(s.At, `write allow: ["Nurture *"]; "*" is every one, whoever filled it`, "this step does not say which %s", pluralOf(cmp.Or(s.Object, "list")))
		}
	case Set:
		if fields := r.get(n, "fields"); !fields.Exists() || fields.Kind() == document.Map && len(fields.Fields()) == 0 {
			r.fail(s.At, "write fields: {name: value}", "this step does not say what to set")
		}
	case Task:
		r.checkTask(s, n)
	case WaitUntil:
		r.checkWaitUntil(s, n)
	case WaitFor:
		r.checkWaitFor(n)
	case Each:
		r.checkLanes(s, n)
	}
	r.checkFanOut(s, n)
	r.checkSentOnce(s)
}

// checkFanOut holds that what is about the records of for: has some.
func (r *reader) checkFanOut(s *Step, n document.Node) {
	if r.get(n, "for").Exists() || s.Verb == Each {
		return
	}
	if s.Order.Exists() {
		r.fail(s.Order.Node(), "write for: beside it", "order is about the records of for, and this step has none")
	}
	if s.Limit > 0 {
		r.fail(r.get(n, "limit"), "write for: beside it; the play's own limit: says how many enter", "limit is about the records of for, and this step has none")
	}
}

// checkSentOnce holds that a part of what is sent is not said twice.
func (r *reader) checkSentOnce(s *Step) {
	seen := map[string]bool{"to": len(s.To) > 0}
	for _, a := range s.Fields {
		if seen[a.Name] {
			r.fail(a.At, "keep one of them", "%q is sent twice: as a key of the step and in payload", a.Name)
		}
		seen[a.Name] = true
	}
}
