package exprtest

import (
	"slices"
	"strings"
)

// Node is a part of a random expression.
type Node struct {
	t     typ
	prec  int
	name  string   // of the construct, for counting
	parts []string // the text around the kids: one more than there are kids
	kids  []*Node
	place string // of a field: where its values come from, see near
}

// How tightly operators bind. What has no operator binds tightest.
const (
	ternary = iota + 1
	or
	and
	relation
	sum
	product
	unary
	primary
)

// hole stands for a kid in a form.
const hole = "§"

// form makes a node of a form with a hole for each kid: "§ && §".
func form(t typ, prec int, name, text string, kids ...*Node) *Node {
	return &Node{t: t, prec: prec, name: name, parts: strings.Split(text, hole), kids: kids}
}

// String gives the expression, with the parentheses that it needs.
func (n *Node) String() string {
	var b strings.Builder
	for i, part := range n.parts {
		b.WriteString(part)
		if i == len(n.kids) {
			break
		}
		inner := n.kids[i].String()
		if n.kids[i].prec > n.prec || n.kids[i].prec == primary || enclosed(part, n.parts[i+1]) {
			b.WriteString(inner)
		} else {
			b.WriteString("(" + inner + ")")
		}
	}
	return b.String()
}

// enclosed reports whether what stands between two pieces of text is told apart from them by brackets and commas.
func enclosed(before, after string) bool {
	before, after = strings.TrimRight(before, " "), strings.TrimLeft(after, " ")
	return before != "" && after != "" && strings.ContainsAny(before[len(before)-1:], "([,:") && strings.ContainsAny(after[:1], ")],}")
}

// Constructs gives the names of the constructs in the expression, each once, sorted.
func (n *Node) Constructs() []string {
	seen := map[string]bool{}
	n.walk(func(x *Node) { seen[x.name] = true })
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// walk visits the node and all below it, those above first.
func (n *Node) walk(visit func(*Node)) {
	visit(n)
	for _, k := range n.kids {
		k.walk(visit)
	}
}

// size gives how many nodes there are.
func (n *Node) size() int {
	count := 0
	n.walk(func(*Node) { count++ })
	return count
}

// replaced gives the expression with one node in the place of another.
func (n *Node) replaced(old, with *Node) *Node {
	if n == old {
		return with
	}
	out := *n
	out.kids = make([]*Node, len(n.kids))
	for i, k := range n.kids {
		out.kids[i] = k.replaced(old, with)
	}
	return &out
}
