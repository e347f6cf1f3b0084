package rehearse

import (
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// standardStart is when a test begins that says nothing else: a Monday at nine.
func standardStart(zone *time.Location) time.Time {
	return time.Date(2026, 1, 5, 9, 0, 0, 0, zone).UTC()
}

// file reads the tests and invariants of a file.
func (r *reader) file(f *document.File) {
	root := f.Root()
	if root.Kind() == document.Absent || root.IsNull() {
		return
	}
	r.mapping(root, "a file of tests", keys{
		"tests": func(n document.Node) {
			if n.Kind() != document.List {
				r.fail(n, "write - name: … for each", "expected a list of tests, found %s", found(n))
				return
			}
			for _, item := range n.Items() {
				r.readTest(item)
			}
		},
		"invariants": func(n document.Node) { r.each(n, "invariants by name", r.invariant) },
	})
}

// name takes note of the name of a test or an invariant, which no other may have.
func (r *reader) name(n document.Node) {
	if first, there := r.names[n.Text()]; there {
		p := n.Problem("another test is called %q", n.Text())
		p.Hint = "results are told apart by their names: choose another one"
		p.Related = []diag.Related{{At: first.Pos(), Message: "it is here"}}
		r.problems.Add(p)
	}
	r.names[n.Text()] = n
}

// readTest reads one test. What times and keys are counted from comes first, wherever it stands.
func (r *reader) readTest(n document.Node) {
	t := &Test{At: n.Get("name"), Start: standardStart(r.book.Zone), Variables: map[string]playbook.Input{}}
	r.test, r.now, r.known = t, t.Start, map[string]map[string]bool{}
	if at := n.Get("at"); at.Exists() {
		if when, ok := r.moment(at); ok {
			t.Start, r.now = when, when
		}
	}
	if play := n.Get("play"); play.Exists() {
		if p := r.play(play); p != nil {
			t.Play = p.Name
		}
	}
	if given := n.Get("given"); given.Exists() {
		r.given(&t.Given)(given)
	}
	ignore := func(document.Node) {}
	r.mapping(n, "a test", keys{"name": r.text(&t.Name), "at": ignore, "play": ignore, "given": ignore, "description": ignore,
		"variables": r.variables, "then": r.steps})
	switch {
	case n.Kind() != document.Map:
		return
	case t.Name == "":
		r.fail(n, "write name: what the test claims", "a test without a name")
	case len(t.Steps) == 0 && (!n.Get("then").Exists() || n.Get("then").Kind() == document.List):
		r.fail(t.At, "write then: with a list of steps", "the test expects nothing")
	}
	if t.Name != "" {
		r.name(t.At)
	}
	r.suite.Tests = append(r.suite.Tests, t)
}

// variables reads values of the playbook's variables. Their types are checked when the playbook is read with them.
func (r *reader) variables(n document.Node) {
	r.each(n, "variables and their values", func(name, value document.Node) {
		for _, v := range r.book.Variables {
			if v.Name == name.Text() {
				r.test.Variables[v.Name] = playbook.Input{Text: playbook.Text(value.Value()), From: value.Pos().String()}
				return
			}
		}
		var known []string
		for _, v := range r.book.Variables {
			known = append(known, v.Name)
		}
		r.fail(name, diag.Suggest(name.Text(), known), "variable %q is not declared", name.Text())
	})
}

// steps reads what happens in a test, one after the other.
func (r *reader) steps(n document.Node) {
	if n.Kind() != document.List {
		r.fail(n, "write - expect: … for each run", "expected a list of steps, found %s", found(n))
		return
	}
	before := r.test.Start
	for _, item := range n.Items() {
		s := r.step(item, before)
		before = s.When
		r.test.Steps = append(r.test.Steps, s)
	}
}
