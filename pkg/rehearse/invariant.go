package rehearse

import (
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Invariant is a condition that must never hold of any record, whatever the records and the times of the runs.
type Invariant struct {
	Name  string
	At    document.Node
	Of    string
	Never playbook.Expr

	program *expr.Program
}

// File gives the name of the file that the invariant stands in.
func (i *Invariant) File() string { return i.At.Pos().File }

// invariant reads one invariant.
func (r *reader) invariant(name, n document.Node) {
	i := &Invariant{Name: name.Text(), At: name}
	r.name(name)
	r.mapping(n, "invariant "+i.Name, keys{
		"description": func(document.Node) {},
		"of": func(n document.Node) {
			r.text(&i.Of)(n)
			if s := r.schemas[i.Of]; s == nil || s.keySlot() < 0 {
				r.fail(n, diag.Suggest(i.Of, r.book.EntityNames()), "there is no entity %s with a key", found(n))
				i.Of = ""
			}
		},
		"never": func(n document.Node) {
			if n.Kind() != document.Scalar {
				r.fail(n, "", "expected a condition, found %s", found(n))
				return
			}
			i.Never = playbook.NewExpr(n)
		},
	})
	if n.Kind() == document.Map && (!n.Get("of").Exists() || !n.Get("never").Exists()) {
		r.fail(name, "write "+i.Name+": {of: ENTITY, never: CONDITION}", "expected of and never in invariant %s", i.Name)
	}
	r.suite.Invariants = append(r.suite.Invariants, i)
}

// Compile checks the conditions of the invariants. The suite may be used only if the problems hold no error.
func (s *Suite) Compile(env *expr.Env) diag.List {
	var problems, more diag.List
	for _, i := range s.Invariants {
		if i.Of == "" || !i.Never.Exists() {
			continue // that was said
		}
		i.program, more = env.Compile(i.Never, expr.Scope{Self: i.Of, Invariant: true}, expr.Condition)
		problems.Add(more...)
	}
	problems.Sort()
	return problems
}
