package document

import (
	"github.com/playctl/playctl/pkg/diag"
)

// Kind is what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Absent Kind = iota // there is no such node: the zero Node
	Null               // null, ~ or nothing at all, unquoted
	Scalar             // any other text, a number or a boolean
	List               // a sequence
	Map                // a mapping
)

// String names the kind as a message to a person does: "nothing", "an empty value", "a value", "a list", "a mapping".
func (k Kind) String() string {
	return [...]string{"nothing", "an empty value", "a value", "a list", "a mapping"}[k]
}

// style is how a scalar is written.
type style uint8

const (
	plain style = iota
	single
	double
	literal
	folded
	mended // a plain expression that YAML cut apart, put together again
)

// node is what a Node points to; it doesn't change once Parse or Merge has returned.
type node struct {
	file   *File // nil for the mapping that several files merge into
	kind   Kind
	style  style
	flow   bool   // written inside brackets or braces, or with them
	start  int    // offset of the first byte
	indent int    // column, from 0, of the block collection around it; -1 at the top
	text   string // of a scalar, decoded
	fields []Field
	items  []Node
}

// Node is one value in a file, with its place. It is small and copied freely; the zero Node is absent. Every method may be called on
// every node: those that don't apply give nothing.
type Node struct{ n *node }

// Field is one name and value of a mapping. The key is a Scalar or, if it reads null or ~, a Null; its name is its Text.
type Field struct{ Key, Value Node }

// Exists reports whether there is such a node. A null exists.
func (n Node) Exists() bool { return n.n != nil }

// Kind tells what the node is.
func (n Node) Kind() Kind {
	if n.n == nil {
		return Absent
	}
	return n.n.kind
}

// File gives the file that the node stands in: nil for an absent node and for the top of several merged files.
func (n Node) File() *File {
	if n.n == nil {
		return nil
	}
	return n.n.file
}

// Pos gives the place where the node begins: for a block scalar its | or >, for a block list its first dash, for a block mapping its
// first key. The top of several merged files is at ".", the playbook's directory; an absent node has the zero Position.
func (n Node) Pos() diag.Position {
	switch {
	case n.n == nil:
		return diag.Position{}
	case n.n.file == nil:
		return diag.Position{File: "."}
	}
	return n.n.file.source.position(n.n.start)
}

// Text gives the decoded text of a scalar; of a null as it is written ("", "~", "null"). Lists, mappings and absent nodes give "".
func (n Node) Text() string {
	if n.n == nil {
		return ""
	}
	return n.n.text
}

// Quoted reports whether the node is a quoted or block scalar, which is never a number, a boolean or a null.
func (n Node) Quoted() bool {
	return n.n != nil && n.n.kind == Scalar && n.n.style != plain
}

// Fields gives what a mapping holds, in the order of the files and of the places in them. Callers must not change the slice.
func (n Node) Fields() []Field {
	if n.n == nil {
		return nil
	}
	return n.n.fields
}

// Get gives the value with that key, or an absent node.
func (n Node) Get(key string) Node {
	for _, f := range n.Fields() {
		if f.Key.Text() == key {
			return f.Value
		}
	}
	return Node{}
}

// Key gives the node of the key with that text, or an absent node. It is where to point at when a name is wrong, not its value.
func (n Node) Key(key string) Node {
	for _, f := range n.Fields() {
		if f.Key.Text() == key {
			return f.Key
		}
	}
	return Node{}
}

// Items gives what a list holds, in order. Callers must not change the slice.
func (n Node) Items() []Node {
	if n.n == nil {
		return nil
	}
	return n.n.items
}
