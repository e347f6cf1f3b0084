package playbook

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// sendArguments are the keys of a send that are parts of what is sent, beside those under payload and whom it goes to.
var sendArguments = []string{"name", "subject", "text", "message", "body", "template"}

// sending are the keys of what is sent.
func (r *reader) sending(s *Step) keys {
	known := keys{
		"to":      func(n document.Node) { r.addressees(s, n) },
		"payload": r.payload(s),
	}
	for _, name := range sendArguments {
		known[name] = func(n document.Node) {
			s.Fields = append(s.Fields, Argument{Name: name, At: n, Value: r.value(n)})
		}
	}
	return known
}

func (r *reader) payload(s *Step) func(document.Node) {
	return func(n document.Node) { s.Fields = append(s.Fields, r.arguments(n, "payload")...) }
}

// addressees reads to: roles and routes where each name is one, else an address that is the vendor's own.
func (r *reader) addressees(s *Step, n document.Node) {
	if n.Kind() == document.List && len(n.Items()) == 0 {
		r.fail(n, "write the name of a role or route, or an address", "to has nobody in it")
		return
	}
	var people, others []document.Node
	for _, item := range items(n) {
		if item.Kind() == document.Scalar && r.isPerson(item.Text()) {
			people = append(people, item)
		} else {
			others = append(others, item)
		}
	}
	if len(others) > 0 && (len(people) > 0 || r.meantPerson(others)) {
		r.notPeople(others)
		return
	}
	if len(people) == 0 {
		s.Fields = append(s.Fields, Argument{Name: "to", At: n, Value: r.value(n)})
		return
	}
	for _, p := range people {
		s.To = append(s.To, Name{Text: p.Text(), At: p})
	}
}

// meantPerson reports whether one of some names looks like that of a role or route, misspelt.
func (r *reader) meantPerson(list []document.Node) bool {
	return slices.ContainsFunc(list, func(n document.Node) bool {
		return namePattern.MatchString(n.Text()) && diag.Nearest(n.Text(), r.personNames()) != ""
	})
}

// notPeople reports what stands among roles and routes and is neither.
func (r *reader) notPeople(list []document.Node) {
	for _, n := range list {
		name := n.Text()
		switch near := diag.Nearest(name, r.personNames()); {
		case r.lostPerson(name):
		case near != "" && namePattern.MatchString(name):
			r.fail(n, fmt.Sprintf("did you mean %q?", near), "there is no role or route %q", name)
		default:
			r.fail(n, "make it two steps, one to roles and one to "+found(n), "to: has roles and what is no role: %s", found(n))
		}
	}
}
