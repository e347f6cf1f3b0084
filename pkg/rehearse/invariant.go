package rehearse

import (
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Invariant is a condition that must never hold of any record, whatever the records and the times of the runs.
type Invariant struct {
	Name  string
	At    document.Node
	Of    string
	Never playbook.Expr
}

// invariant reads one invariant.
func (r *reader) invariant(name, n document.Node) {
	i := &Invariant{Name: name.Text(), At: name}
	r.name(name)
	r.mapping(n, "invariant "+i.Name, keys{
		"of": func(n document.Node) {
			r.text(&i.Of)(n)
			if s := r.schemas[i.Of]; s == nil || s.keySlot() < 0 {
				r.fail(n, "", "there is no entity %s with a key", found(n))
			}
		},
		"never": func(n document.Node) {
			if n.Kind() != document.Scalar {
				r.fail(n, "", "expected a condition, found %s", found(n))
			}
			i.Never = playbook.NewExpr(n)
		},
	})
	if n.Kind() == document.Map && (!n.Get("of").Exists() || !n.Get("never").Exists()) {
		r.fail(name, "write "+i.Name+": {of: ENTITY, never: CONDITION}", "expected of and never in invariant %s", i.Name)
	}
	r.suite.Invariants = append(r.suite.Invariants, i)
}
