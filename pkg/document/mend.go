package document

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// cut is an expression that YAML ends too early, and where.
type cut struct {
	expression
	reason string // what is wrong at the cut
}

// newCut words what is wrong with an expression by the character that YAML trips over.
func newCut(s *source, e expression) cut {
	name := map[byte]string{',': "comma", ':': "colon", '?': "question mark", '#': "#"}[s.byteAt(e.cut)]
	if name == "" {
		name = "bracket"
	}
	return cut{e, "the " + name + " ends the unquoted " + s.noun(e)}
}

// operators matches text that is more likely an expression than prose.
var operators = regexp.MustCompile(`\w\(|[=!<>]=|[<>] |&&|\|\||\w\[|\w\.\?|^!| \? .* : |^\[.*\]\.| in `)

func (s *source) noun(e expression) string {
	if operators.Match(s.text[e.start:e.end]) {
		return "expression"
	}
	return "text"
}

func (c cut) problem(s *source) diag.Problem {
	return s.problem(c.cut, c.cut+1, c.reason, s.quoteHint(c.expression))
}

// quoteHint tells how to write an expression so that YAML leaves it whole.
func (s *source) quoteHint(e expression) string {
	text, noun := s.plainText(e.start, e.end), s.noun(e)
	last := len(text) - 1
	switch {
	case strings.Trim(string(s.text[e.cut:e.end]), "]}") == "":
		return "remove the closing bracket that nothing opens"
	case noun == "text" && last > 0 && text[0] == text[last] && (text[0] == '"' || text[0] == '\''):
		text = text[1:last]
	}
	return fmt.Sprintf("quote this %s: %s", noun, quote(text))
}

// open gives what text opens and doesn't close: the closing brackets, outermost first, and a closing quote at last.
func open(text string) []byte {
	r := &expressionReader{source: newSource("", []byte(text))}
	for r.at < len(text) {
		c, at := text[r.at], r.at
		r.step()
		if (c == '"' || c == '\'') && r.at == at+1 && r.source.opensString(at) && !strings.ContainsRune(text[at+1:], rune(c)) {
			return append(r.closers, c)
		}
	}
	return r.closers
}

// entry is one field or item of a flow collection.
type entry struct {
	start int  // where it begins
	value Node // what may be the first piece of an expression
	bare  bool // it may be a later piece: it has no value of its own
}

// mendFields joins the pieces into which the commas of an unquoted expression cut the fields of a flow mapping.
func mendFields(b *builder, fields []Field) []Field {
	entries := make([]entry, len(fields))
	for i, f := range fields {
		entries[i] = entry{f.Key.n.start, f.Value, f.Value.IsNull()}
	}
	return joined(fields, b.join(entries))
}

// mendItems does the same for the items of a flow list.
func mendItems(b *builder, items []Node) []Node {
	entries := make([]entry, len(items))
	for i, item := range items {
		entries[i] = entry{item.n.start, item, item.Kind() == Scalar}
	}
	return joined(items, b.join(entries))
}

// joined leaves out the entries that became part of another.
func joined[E any](all []E, drop []bool) []E {
	kept := all[:0]
	for i, e := range all {
		if !drop[i] {
			kept = append(kept, e)
		}
	}
	return kept
}

// join finds the values whose brackets are closed behind a comma, mends and reports each, and tells which entries they swallow.
func (b *builder) join(entries []entry) (drop []bool) {
	drop = make([]bool, len(entries))
	for i := 0; i < len(entries); i++ {
		e, ok := b.beyond(entries[i].value)
		if !ok {
			continue
		}
		last := i
		bare := true
		for last+1 < len(entries) && entries[last+1].start < e.end {
			last++
			bare = bare && entries[last].bare
		}
		closers := open(entries[i].value.Text())
		if quoteOnly := len(closers) == 1 && bytes.ContainsAny(closers, `"'`); quoteOnly && !bare {
			continue
		}
		b.problems.Add(newCut(b.source, e).problem(b.source))
		b.mend(entries[i].value.n, e.end)
		for ; i < last; i++ {
			drop[i+1] = true
		}
	}
	return drop
}

// beyond gives the whole expression that a plain scalar is only the first piece of.
func (b *builder) beyond(n Node) (expression, bool) {
	if n.Kind() != Scalar || n.Quoted() || b.tries > mostTries || len(open(n.Text())) == 0 {
		return expression{}, false
	}
	t, ok := n.trace()
	if !ok {
		return expression{}, false
	}
	e := b.source.expression(n.n.start, true, -1)
	if e.whole && e.cut >= 0 && e.end > t.after {
		return e, true
	}
	b.tries++
	return e, false
}

// mostTries is after how many texts with brackets that never close we believe that this file is written so.
const mostTries = 1000

// checkComment reports a # inside an unquoted expression of a block: seen when a bracket or quote closes only behind it.
func (b *builder) checkComment(n *node) {
	closers := open(n.text)
	if n.flow || len(closers) == 0 {
		return
	}
	t, ok := Node{n}.trace()
	if !ok {
		return
	}
	at := b.source.skipBlanks(t.after)
	rest := bytes.TrimRight(b.source.restOfLine(at), " \t")
	if b.source.byteAt(at) != '#' || !closes(rest, closers[len(closers)-1]) {
		return
	}
	e := expression{start: n.start, end: at + len(rest), cut: at}
	b.problems.Add(cut{e, "the # begins a comment inside the unquoted " + b.source.noun(e)}.problem(b.source))
	b.mend(n, e.end)
}

// closes reports whether text holds a closing bracket or quote; an apostrophe is none.
func closes(text []byte, closer byte) bool {
	for i, c := range text {
		if c == closer && (c != '\'' && c != '"' || i+1 == len(text) || !isWord(text[i+1])) {
			return true
		}
	}
	return false
}
