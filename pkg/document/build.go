package document

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/playctl/playctl/pkg/diag"
)

// builder makes our tree from the library's, and refuses what the language leaves out.
type builder struct {
	file     *File
	source   *source
	cuts     []cut // expressions that were hidden from the library, in the order of their places
	problems diag.List
	tooDeep  bool // reported once
	tries    int  // how often we looked for the end of an expression in vain

	line, column, at int // the place found last, and its offset; lines can be long
}

// offset gives the offset of a node's place. The nodes come mostly in order, so it goes on from the one before.
func (b *builder) offset(y *yaml.Node) int {
	if b.line == y.Line && b.column <= y.Column && y.Line <= len(b.source.starts) {
		b.at = b.source.advance(b.at, b.source.lineEnd(y.Line), y.Column-b.column)
	} else {
		b.at = b.source.offset(y.Line, y.Column)
	}
	b.line, b.column = y.Line, y.Column
	return b.at
}

func (b *builder) report(start, end int, message, hint string) {
	b.problems.Add(b.source.problem(start, end, message, hint))
}

// node makes one node with all below it. indent is the column of the block collection around it, flow whether brackets are.
func (b *builder) node(y *yaml.Node, indent, depth int, flow bool) Node {
	n := &node{file: b.file, kind: Null, flow: flow || y.Style&yaml.FlowStyle != 0, indent: indent}
	n.start = b.offset(y)
	if b.refuseProperties(n, y) && n.style == mended {
		return Node{n}
	}
	if y.Kind == yaml.MappingNode && n.flow && b.refuseTemplate(n) {
		return Node{n}
	}
	if !n.flow {
		indent = y.Column - 1
	}
	switch {
	case y.Kind == yaml.ScalarNode:
		b.scalar(n, y)
	case depth > MaxDepth:
		b.refuseDepth(n)
	case y.Kind == yaml.SequenceNode:
		n.kind = List
		b.list(n, y, indent, depth+1)
	case y.Kind == yaml.MappingNode:
		n.kind = Map
		b.mapping(n, y, indent, depth+1)
	}
	return Node{n}
}

func (b *builder) refuseDepth(n *node) {
	if !b.tooDeep {
		b.report(n.start, n.start+1, fmt.Sprintf("lists and mappings are nested deeper than %d", MaxDepth), "")
	}
	b.tooDeep = true
}

// scalar fills in a scalar or null.
func (b *builder) scalar(n *node, y *yaml.Node) {
	n.text, n.style = y.Value, scalarStyle(y.Style)
	if n.style != plain {
		n.kind = Scalar
		return
	}
	if c, ok := b.cutAt(n.start); ok && strings.Trim(y.Value, "x \n") == "" {
		b.mend(n, c.end)
		return
	}
	if !isNull(n.text) {
		n.kind = Scalar
	}
	b.checkComment(n)
}

func scalarStyle(s yaml.Style) style {
	switch {
	case s&yaml.SingleQuotedStyle != 0:
		return single
	case s&yaml.DoubleQuotedStyle != 0:
		return double
	case s&yaml.LiteralStyle != 0:
		return literal
	case s&yaml.FoldedStyle != 0:
		return folded
	}
	return plain
}

// cutAt gives the hidden expression that begins at an offset.
func (b *builder) cutAt(start int) (cut, bool) {
	i, ok := slices.BinarySearchFunc(b.cuts, start, func(c cut, start int) int { return c.start - start })
	if !ok {
		return cut{}, false
	}
	return b.cuts[i], true
}

// mend makes a node the whole expression up to end, as if it were quoted.
func (b *builder) mend(n *node, end int) {
	n.kind, n.style, n.text = Scalar, mended, b.source.plainText(n.start, end)
}

func (b *builder) list(n *node, y *yaml.Node, indent, depth int) {
	for _, item := range y.Content {
		n.items = append(n.items, b.node(item, indent, depth, n.flow))
	}
	if n.flow {
		n.items = mendItems(b, n.items)
	}
}

func (b *builder) mapping(n *node, y *yaml.Node, indent, depth int) {
	var fields []Field
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := b.node(y.Content[i], indent, depth, n.flow)
		value := b.node(y.Content[i+1], indent, depth, n.flow)
		fields = append(fields, Field{Key: key, Value: value})
	}
	if n.flow {
		fields = mendFields(b, fields)
	}
	seen := map[string]Node{}
	for _, f := range fields {
		if b.refuseKey(f.Key) {
			continue
		}
		if first, again := seen[f.Key.Text()]; again {
			b.problems.Add(duplicate(f.Key, first))
			continue
		}
		seen[f.Key.Text()] = f.Key
		n.fields = append(n.fields, f)
	}
}

// duplicate is the problem of a name that stands twice.
func duplicate(again, first Node) diag.Problem {
	p := again.Problem("%q is defined twice", again.Text())
	p.Related = []diag.Related{{At: first.Pos(), Message: fmt.Sprintf("%q is defined here first", first.Text())}}
	p.Hint = "rename or remove one of them"
	return p
}
