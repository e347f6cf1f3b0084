package playbook

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// reader collects the problems of one reading.
type reader struct {
	book     *Book
	root     document.Node // the merged documents
	inputs   Inputs
	problems diag.List
	// meant are the values of misspelt keys, by mapping and by the key that was most likely meant. They are read as if they were
	// spelt right, so that one slip of the finger is one problem.
	meant map[document.Node]map[string]document.Node
	// unread are the things whose definition could not be read, as "segment big", and whole sections, as "segments". That they are
	// missing was said, and is not said again where they are spoken of.
	unread map[string]bool
	maybes map[string][]string // see maybe
	dropAt []document.Node     // the places of [Book.Drop]
}

func (r *reader) fail(n document.Node, hint, format string, args ...any) {
	r.problems.Add(problem(n, hint, format, args...))
}

// warn reports what does not stop anything.
func (r *reader) warn(n document.Node, hint, format string, args ...any) {
	p := problem(n, hint, format, args...)
	p.Severity = diag.Warning
	r.problems.Add(p)
}

// failIn reports a problem with a part of a scalar: of its text, the width bytes at an offset.
func (r *reader) failIn(n document.Node, offset, width int, hint, format string, args ...any) {
	p := n.ProblemAt(offset, width, format, args...)
	p.Hint = hint
	r.problems.Add(p)
}

// keys are the known keys of a mapping and what reads each.
type keys map[string]func(document.Node)

// mapping reads a mapping whose keys are all known; what names it in problems. It reports whether there was nothing else in it.
func (r *reader) mapping(n document.Node, what string, known keys) bool {
	if n.Kind() != document.Map {
		r.fail(n, "write them below it, indented, as key: value", "expected keys and values in %s, found %s", what, found(n))
		return false
	}
	all := true
	for _, f := range n.Fields() {
		if read, ok := known[f.Key.Text()]; ok {
			read(f.Value)
			continue
		}
		all = false
		r.unknownKey(n, f, what, known)
	}
	return all
}

// unknownKey reports a key, and reads its value as that of the key that is missing and looks most like it.
func (r *reader) unknownKey(n document.Node, f document.Field, what string, known keys) {
	name, list := f.Key.Text(), slices.Sorted(maps.Keys(known))
	r.fail(f.Key, diag.Suggest(name, list), "unknown key %q in %s", name, what)
	near := diag.Nearest(name, list)
	if near == "" || r.get(n, near).Exists() {
		return
	}
	if r.meant[n] == nil {
		r.meant[n] = map[string]document.Node{}
	}
	r.meant[n][near] = f.Value
	known[near](f.Value)
}

// get gives a mapping's value of a key, also where the key is misspelt.
func (r *reader) get(n document.Node, key string) document.Node {
	if v := n.Get(key); v.Exists() {
		return v
	}
	return r.meant[n][key]
}

// named reads a section: a mapping of names to things, in the order of the file. kind is what one of them is called.
func (r *reader) named(n document.Node, section, kind string, read func(name, value document.Node)) {
	if n.Kind() != document.Map {
		r.unread[section] = true
		r.fail(n, "write each below it, indented, as name: …, without a dash", "expected names and what they stand for in %s, found %s", section, found(n))
		return
	}
	for _, f := range n.Fields() {
		if name := f.Key.Text(); !namePattern.MatchString(name) {
			r.unread[kind+" "+name] = true
			r.fail(f.Key, "a name begins with a letter and goes on with letters, digits, - and _, up to 63 of them", "%q can't be the name of %s", name, article(kind))
			continue
		}
		read(f.Key, f.Value)
	}
}

// lost reports whether a thing is missing because its definition could not be read.
func (r *reader) lost(section, kind, name string) bool {
	return r.unread[section] || r.unread[kind+" "+name]
}

// article puts a or an in front of a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// items gives the items of a list; one value stands for a list of one.
func items(n document.Node) []document.Node {
	if n.Kind() == document.List {
		return n.Items()
	}
	return []document.Node{n}
}

var (
	namePattern  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)
	identPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)
	stepPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
)

// celReserved are the words that CEL keeps for itself, so that no field, entity or step may have them as its name.
var celReserved = []string{"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
	"namespace", "null", "package", "return", "true", "var", "void", "while"}

// ourNames are what expressions call other things by.
var ourNames = []string{"vars", "member", "steps", "now"}

// identifier reports whether a name can stand in an expression, and says why not.
func (r *reader) identifier(n document.Node, what string) bool {
	name := n.Text()
	switch {
	case slices.Contains(celReserved, name):
		r.fail(n, "choose another name, such as "+name+"_", "%q can't be the name of %s: CEL keeps this word for itself", name, article(what))
	case what == "entity" && slices.Contains(ourNames, name):
		r.fail(n, "choose another name", "%q can't be the name of an entity: expressions call something else so", name)
	case !identPattern.MatchString(name):
		r.fail(n, "expressions need names of letters, digits and _, such as "+identifierLike(name), "%q can't be the name of %s", name, article(what))
	default:
		return true
	}
	return false
}

// identifierLike makes a name out of any text.
func identifierLike(text string) string {
	out := idOf(text)
	if out == "" || out[0] >= '0' && out[0] <= '9' {
		return "x" + out
	}
	return out
}

// found words what stands at a node, for messages.
func found(n document.Node) string {
	switch n.Kind() {
	case document.Map:
		return "a mapping"
	case document.List:
		return "a list"
	case document.Scalar:
		return quoted(n.Text())
	}
	return "nothing"
}

// quoted gives a text in quotes, shortened.
func quoted(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:37]) + "..."
	}
	return strconv.Quote(text)
}
