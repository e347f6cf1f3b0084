package manifest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
	"github.com/playctl/playctl/pkg/playbook"
)

// reader reads a manifest and gathers what is wrong with it.
type reader struct {
	env      *mapping.Env
	problems diag.List
	shared   mapping.Scope // what every expression may speak of: settings, api, now
	sketch   *sketch       // nil: it reads
}

// keys are the known keys of a mapping and what reads each.
type keys map[string]func(document.Node)

func (r *reader) fail(n document.Node, hint, format string, args ...any) {
	if r.sketch != nil {
		return
	}
	p := n.Problem(format, args...)
	p.Hint = hint
	r.problems.Add(p)
}

// mapping reads a mapping whose keys are all known.
func (r *reader) mapping(n document.Node, what string, known keys) {
	if r.sketch != nil {
		r.sketch.object(what, known)
		return
	}
	if n.Kind() != document.Map {
		r.fail(n, "write them below it, indented, as key: value", "expected keys and values in %s, found %s", what, n.Kind())
		return
	}
	for _, f := range n.Fields() {
		if read, ok := known[f.Key.Text()]; ok {
			read(f.Value)
			continue
		}
		r.fail(f.Key, diag.Suggest(f.Key.Text(), slices.Sorted(maps.Keys(known))), "unknown key %q in %s", f.Key.Text(), what)
	}
}

// named reads a mapping of names to things, in the order of the file.
func (r *reader) named(n document.Node, what string, read func(name string, value document.Node)) {
	if r.sketch != nil {
		r.sketched(namesOf(r.sketch.of(func(n document.Node) { read("NAME", n) })))
		return
	}
	if n.Kind() != document.Map {
		r.fail(n, "write each below it, indented, as name: …", "expected names in %s, found %s", what, n.Kind())
		return
	}
	for _, f := range n.Fields() {
		read(f.Key.Text(), f.Value)
	}
}

// items reads a list.
func (r *reader) items(n document.Node, what string, read func(document.Node)) {
	if r.sketch != nil {
		r.sketched(listOf(r.sketch.of(read)))
		return
	}
	if n.Kind() != document.List {
		r.fail(n, "write each as - …", "expected a list of %s, found %s", what, n.Kind())
		return
	}
	for _, item := range n.Items() {
		read(item)
	}
}

func (r *reader) text(into *string) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(scalar("text")) {
			return
		}
		if n.Kind() != document.Scalar {
			r.fail(n, "", "expected text, found %s", n.Kind())
			return
		}
		*into = n.Text()
	}
}

func (r *reader) texts(into *[]string) func(document.Node) {
	return func(n document.Node) {
		r.items(n, "texts", func(item document.Node) {
			var s string
			r.text(&s)(item)
			*into = append(*into, s)
		})
	}
}

func (r *reader) truth(into *bool) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(truth()) {
			return
		}
		v, ok := n.Bool()
		if !ok {
			r.fail(n, "write true or false", "expected true or false, found %s", n.Kind())
		}
		*into = v
	}
}

func (r *reader) number(into *int) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(whole()) {
			return
		}
		v, ok := n.Int()
		if !ok || v < 1 || v > 1<<31 {
			r.fail(n, "write it in digits: 50", "expected a whole number of at least 1")
			return
		}
		*into = int(v)
	}
}

// duration reads 500ms, 10s, 1m, 24h, 7d.
func (r *reader) duration(into *time.Duration) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(length()) {
			return
		}
		text := n.Text()
		if days, ok := strings.CutSuffix(text, "d"); ok {
			if v, err := strconv.ParseUint(days, 10, 16); err == nil {
				*into = time.Duration(v) * 24 * time.Hour
				return
			}
		}
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			r.fail(n, "write 500ms, 10s, 1m, 24h or 7d", "expected a duration")
			return
		}
		*into = d
	}
}

// word reads one of some words.
func word[T any](r *reader, into *T, words map[string]T) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(oneOf(slices.Sorted(maps.Keys(words)))) {
			return
		}
		v, ok := words[n.Text()]
		if !ok {
			list := slices.Sorted(maps.Keys(words))
			r.fail(n, diag.Suggest(n.Text(), list), "expected one of %s, found %q", strings.Join(list, ", "), n.Text())
			return
		}
		*into = v
	}
}

// expr compiles an expression.
func (r *reader) expr(into **mapping.Program, s mapping.Scope, want mapping.Want) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(scalar("an expression: " + want.String())) {
			return
		}
		if n.Kind() != document.Scalar {
			r.fail(n, asText(n), "expected an expression, found %s", n.Kind())
			return
		}
		p, problems := r.env.Compile(playbook.NewExpr(n), s, want)
		r.problems.Add(remedied(problems, n.Text())...)
		*into = p
	}
}

// template compiles a text with expressions in it.
func (r *reader) template(into **mapping.Template, s mapping.Scope) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(scalar("text, with ${expressions} in it")) {
			return
		}
		if n.Kind() != document.Scalar {
			r.fail(n, "", "expected text, found %s", n.Kind())
			return
		}
		t, problems := r.env.Template(n, s)
		r.problems.Add(problems...)
		*into = t
	}
}

// params reads named templates.
func (r *reader) params(into *[]Param, s mapping.Scope, what string) func(document.Node) {
	return func(n document.Node) {
		r.named(n, what, func(name string, value document.Node) {
			p := Param{Name: name}
			r.template(&p.Value, s)(value)
			*into = append(*into, p)
		})
	}
}

// takes reads named expressions.
func (r *reader) takes(into *[]Take, s mapping.Scope, what string) func(document.Node) {
	return func(n document.Node) {
		r.named(n, what, func(name string, value document.Node) {
			t := Take{Name: name}
			r.expr(&t.Value, s, mapping.Value)(value)
			*into = append(*into, t)
		})
	}
}
