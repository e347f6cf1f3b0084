package playbook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// reader collects the problems of one reading.
type reader struct {
	book     *Book
	root     document.Node // the merged documents
	inputs   Inputs
	problems diag.List
}

func (r *reader) fail(n document.Node, hint, format string, args ...any) {
	r.problems.Add(problem(n, hint, format, args...))
}

func (r *reader) warn(n document.Node, hint, format string, args ...any) {
	p := problem(n, hint, format, args...)
	p.Severity = diag.Warning
	r.problems.Add(p)
}

// keys are the known keys of a mapping and what reads each.
type keys map[string]func(document.Node)

// mapping reads a mapping whose keys are all known; what names it in problems.
func (r *reader) mapping(n document.Node, what string, known keys) {
	if n.Kind() != document.Map {
		r.fail(n, "", "%s must be a mapping of keys to values, not %s", what, kindName(n))
		return
	}
	for _, f := range n.Fields() {
		if read, ok := known[f.Key.Text()]; ok {
			read(f.Value)
			continue
		}
		r.unknownKey(f.Key, what, known)
	}
}

func (r *reader) unknownKey(key document.Node, what string, known keys) {
	list := make([]string, 0, len(known))
	for k := range known {
		list = append(list, k)
	}
	r.fail(key, diag.Suggest(key.Text(), list), "unknown key %q in %s", key.Text(), what)
}

// named reads a mapping of names to things, in the order of the file.
func (r *reader) named(n document.Node, what string, read func(name, value document.Node)) {
	if n.Kind() != document.Map {
		r.fail(n, "", "%s must be a mapping of names to definitions, not %s", what, kindName(n))
		return
	}
	for _, f := range n.Fields() {
		if name := f.Key.Text(); !namePattern.MatchString(name) {
			r.fail(f.Key, "a name begins with a letter and goes on with letters, digits, - and _, up to 63 of them", "%q is not a name", name)
			continue
		}
		read(f.Key, f.Value)
	}
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
		r.fail(n, "choose another name", "%s %q is a reserved word of CEL", what, name)
	case what == "entity" && slices.Contains(ourNames, name):
		r.fail(n, "choose another name", "%s %q: expressions call something else by that name", what, name)
	case !identPattern.MatchString(name):
		r.fail(n, "expressions need names of letters, digits and _", "%q can't be the name of a %s", name, what)
	default:
		return true
	}
	return false
}

func (r *reader) text(into *string) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() != document.Scalar {
			r.fail(n, "", "expected text, found %s", kindName(n))
			return
		}
		*into = n.Text()
	}
}

func (r *reader) boolean(into *bool) func(document.Node) {
	return func(n document.Node) {
		v, ok := n.Bool()
		if !ok {
			r.fail(n, "write true or false", "expected true or false, found %s", found(n))
			return
		}
		*into = v
	}
}

func (r *reader) integer(into *int, least int) func(document.Node) {
	return func(n document.Node) {
		v, ok := n.Int()
		if !ok {
			r.fail(n, "", "expected a whole number, found %s", found(n))
			return
		}
		if v < int64(least) || v > 1<<31 {
			r.fail(n, "", "expected a whole number of at least %d, found %d", least, v)
			return
		}
		*into = int(v)
	}
}

func (r *reader) duration(into *time.Duration) func(document.Node) {
	return func(n document.Node) {
		d, err := parseDuration(n.Text())
		if n.Kind() != document.Scalar || err != nil {
			r.fail(n, "durations are written 15m, 8h, 30d, 2w", "expected a duration, found %s", found(n))
			return
		}
		*into = d
	}
}

func (r *reader) expr(into *Expr) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() != document.Scalar {
			r.fail(n, "quote the expression if it contains a comma, a colon or a brace", "expected a CEL expression, found %s", kindName(n))
			return
		}
		if strings.TrimSpace(n.Text()) == "" {
			r.fail(n, "", "expected a CEL expression, found nothing")
			return
		}
		*into = NewExpr(n)
	}
}

// word reads one of a few words.
func word[T any](r *reader, into *T, words map[string]T) func(document.Node) {
	return func(n document.Node) {
		v, ok := words[n.Text()]
		if n.Kind() != document.Scalar || !ok {
			list := make([]string, 0, len(words))
			for w := range words {
				list = append(list, w)
			}
			slices.Sort(list)
			r.fail(n, diag.Suggest(n.Text(), list), "expected %s, found %s", strings.Join(list, " or "), found(n))
			return
		}
		*into = v
	}
}

func (r *reader) texts(into *[]string) func(document.Node) {
	return func(n document.Node) {
		for _, item := range items(n) {
			var s string
			r.text(&s)(item)
			*into = append(*into, s)
		}
	}
}

// parseDuration reads a whole number and a unit: m, h, d (24 hours) or w.
func parseDuration(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(text) < 2 {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	unit, ok := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if !ok || err != nil || time.Duration(n) > time.Duration(1<<62)/unit {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	return time.Duration(n) * unit, nil
}

func kindName(n document.Node) string {
	switch n.Kind() {
	case document.Map:
		return "a mapping"
	case document.List:
		return "a list"
	case document.Scalar:
		return "a single value"
	}
	return "nothing"
}

// found words what stands at a node, for messages.
func found(n document.Node) string {
	if n.Kind() == document.Scalar {
		text := n.Text()
		if len(text) > 40 {
			text = text[:37] + "..."
		}
		return strconv.Quote(text)
	}
	return kindName(n)
}
