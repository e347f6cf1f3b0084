package document

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// properties names what YAML takes a value for whose first character is not quoted.
var properties = map[byte]string{
	'*': "a YAML alias", '&': "a YAML anchor", '!': "a YAML tag",
}

// refuseProperties reports aliases, anchors and tags, and whether it found one. An expression such as !account.opted_out, which YAML
// takes for a tag, becomes the node's text.
func (b *builder) refuseProperties(n *node, y *yaml.Node) bool {
	what, ok := properties[b.source.byteAt(n.start)]
	if !ok || b.hidden(n.start) {
		return false
	}
	word := string(propertyWord.Find(b.source.restOfLine(n.start)))
	hint := "remove it"
	if word[0] == '&' {
		hint = "remove it, and write out what it names where it is used"
	}
	if text, ok := b.unquoted(n, y, word); ok {
		hint = "if it is text or an expression, quote it: " + quote(text)
	}
	b.report(n.start, n.start+len(word), fmt.Sprintf("%s reads as %s, which playbooks do without", word, what), hint)
	return true
}

// unquoted mends a node that may be meant as text, and gives the text.
func (b *builder) unquoted(n *node, y *yaml.Node, word string) (string, bool) {
	bare := y.Kind == yaml.ScalarNode && scalarStyle(y.Style) == plain && !strings.HasPrefix(word, "!!")
	if !bare && y.Kind != yaml.AliasNode {
		return "", false
	}
	e := b.source.expression(n.start, n.flow, n.indent)
	b.mend(n, e.end)
	return n.text, true
}

// hidden reports whether the library saw a filler instead of what stands here.
func (b *builder) hidden(start int) bool {
	_, ok := b.cutAt(start)
	return ok
}

var propertyWord = regexp.MustCompile(`^[^\s,\[\]{}]+`)

// refuseKey reports keys that cannot be names, and whether this is one.
func (b *builder) refuseKey(key Node) bool {
	start := key.n.start
	switch {
	case key.n.kind == List || key.n.kind == Map:
		b.report(start, start+1, key.Kind().String()+" as a key", "a key is a word or a text")
	case key.n.style == plain && key.n.text == "<<":
		b.report(start, start+2, "<< is a YAML merge key, which playbooks do without", "write out the fields; to use a name like this, quote it")
	case key.n.style == plain && key.n.text == "":
		b.report(start, start+1, "a key without a name", "write a name before the colon; quote text that holds a colon and a space")
	default:
		return false
	}
	return true
}

// refuseTemplate reports an unquoted {{token}}, which YAML takes for a mapping in a mapping, and makes it text.
func (b *builder) refuseTemplate(n *node) bool {
	token := templateToken.Find(b.source.restOfLine(n.start))
	if token == nil {
		return false
	}
	end := n.start + len(token)
	b.report(n.start, end, "unquoted text begins with {{, which reads as a mapping", "quote this text: "+quote(string(token)))
	b.mend(n, end)
	return true
}

var templateToken = regexp.MustCompile(`^\{\{[^{}]*\}\}`)
