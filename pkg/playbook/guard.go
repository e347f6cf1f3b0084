package playbook

import (
	_ "embed" // the standard guards
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// Guard refuses plans: those for which Deny holds, and those for which it can't be evaluated. Both expressions speak of the plan in numbers.
type Guard struct {
	Name string
	At   document.Node
	Deny Expr
	// Message says what is wrong, with figures; nil where the figures that Deny speaks of must do.
	Message  *Template
	Standard bool // it is as playctl has it, and not set by the playbook
}

// Lateness is the guard that no playbook sets: it holds back effects that are later than `limits.max_lateness` allows.
const Lateness = "lateness"

//go:embed standard_guards.yaml
var standardGuards []byte

// StandardGuards gives the guards that every playbook has unless it sets them otherwise, in the order in which they judge. They are the caller's own.
func StandardGuards() []*Guard {
	guards := readStandard()
	out := make([]*Guard, len(guards))
	for i, g := range guards {
		own := *g
		out[i] = &own
	}
	return out
}

// readStandard reads the standard guards, once: the file is embedded.
var readStandard = sync.OnceValue(func() []*Guard {
	file, problems := document.Parse("the standard guards", standardGuards)
	r := &reader{problems: problems, book: &Book{}, unread: map[string]bool{}, meant: map[document.Node]map[string]document.Node{}}
	r.guardsOf(file.Root(), nil)
	if err := r.problems.Err(); err != nil {
		panic(err) // a slip in the embedded file, which a test finds
	}
	for _, g := range r.book.Guards {
		g.Standard = true
	}
	return r.book.Guards
})

// StandardGuardNames gives the names of the standard guards, and of the one that is none: what --allow lets pass in any playbook.
func StandardGuardNames() []string {
	return append(names(StandardGuards(), func(g *Guard) string { return g.Name }), Lateness)
}

// GuardNames gives the names of the guards that judge this playbook's plans, and of [Lateness].
func (b *Book) GuardNames() []string {
	return append(names(b.Guards, func(g *Guard) string { return g.Name }), Lateness)
}

// AllowedNames gives the names that --allow may have: those of the guards that judge this playbook's plans, and of standard ones that it
// switched off, so that a command line goes on to work.
func (b *Book) AllowedNames() []string {
	out := b.GuardNames()
	for _, name := range StandardGuardNames() {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// guards reads what the playbook says of guards. The standard ones come first, in their order, and then its own by name.
func (r *reader) guards(n document.Node) {
	standard := r.book.Guards
	r.book.Guards = nil
	off := r.guardsOf(n, standard)
	own := r.book.Guards
	r.book.Guards = nil
	for _, g := range standard {
		if at := slices.IndexFunc(own, func(o *Guard) bool { return o.Name == g.Name }); at >= 0 {
			g = own[at]
			own = slices.Delete(own, at, at+1)
		}
		if !slices.Contains(off, g.Name) {
			r.book.Guards = append(r.book.Guards, g)
		}
	}
	byName(own, func(g *Guard) string { return g.Name })
	r.book.Guards = append(r.book.Guards, own...)
}

// guardsOf reads guards and tells which of the standard ones are switched off.
func (r *reader) guardsOf(n document.Node, standard []*Guard) (off []string) {
	known := names(standard, func(g *Guard) string { return g.Name })
	r.named(n, "guards", "guard", func(name, value document.Node) {
		switch text := name.Text(); {
		case text == Lateness:
			r.fail(name, "set limits: {max_lateness: 3d}", "guard %s is set by limits.max_lateness", Lateness)
		case isOff(value) && slices.Contains(known, text):
			off = append(off, text)
		case isOff(value):
			r.fail(name, diag.Suggest(text, known), "there is no standard guard %q to switch off", text)
		default:
			r.guard(name, value, find(standard, text, func(g *Guard) string { return g.Name }))
		}
	})
	return off
}

// isOff reports whether a guard is switched off. Authors know both words from elsewhere.
func isOff(n document.Node) bool {
	text := strings.ToLower(n.Text())
	return n.Kind() == document.Scalar && (text == "off" || text == "false")
}

// guard reads one guard. A standard one whose message alone is given goes on to deny what it denies; one that denies something else loses
// its message, which has the figures of the other in it.
func (r *reader) guard(name, value document.Node, standard *Guard) {
	g := &Guard{Name: name.Text(), At: name}
	all := r.mapping(value, "guard "+g.Name, keys{
		"deny":    r.expr(&g.Deny),
		"message": func(n document.Node) { g.Message = r.template(n) },
	})
	denies := r.get(value, "deny").Exists()
	switch {
	case standard != nil && !denies:
		g.Deny = standard.Deny
	case all && !denies:
		r.fail(name, "write deny: CONDITION, such as deny: plan.removals > 100", "guard %s does not say what it denies", g.Name)
	}
	r.book.Guards = append(r.book.Guards, g)
}
