package simulate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/expr/mapping"
	"github.com/playctl/playctl/pkg/playbook"
)

// pattern is a request turned round: made of a value with marks in it, it finds in another value of that shape what stands where the marks stood.
// match tells how well the value fits, more being better; what is not there, or too much, costs a little.
type pattern interface {
	match(value any, at int, into *captured) (score int)
}

// leaf is a text or a number with marks in it, or a constant.
type leaf struct {
	constant string
	text     *regexp.Regexp // nil: a constant
	groups   []group
}

// group is what a group of the expression stands for.
type group struct {
	what    string
	at      int
	list    bool // of texts
	between string
	quoted  bool
}

// object is one whose fields have patterns; any stands for fields whose names are asked for themselves.
type object struct {
	fields map[string]pattern
	any    bool
}

// each is a list with one element for each item or key.
type each struct{ of pattern }

// fixed is a list of some length.
type fixed []pattern

// build makes the pattern of a value with marks.
func (m *marks) build(value any) pattern {
	switch v := value.(type) {
	case map[string]any:
		out := object{fields: map[string]pattern{}}
		for name, x := range v {
			if found := m.find(name); len(found) > 0 && found[0].what == itemName {
				out.any = true
				continue
			}
			out.fields[name] = m.build(x)
		}
		return out
	case []any:
		return m.list(v)
	}
	if value == nil {
		return leaf{constant: "null"}
	}
	return m.leaf(textOf(value), ".*?")
}

func (m *marks) list(v []any) pattern {
	if len(v) == 2 && m.follows(v[0], v[1]) {
		return each{m.build(v[0])}
	}
	out := fixed{}
	for _, x := range v {
		out = append(out, m.build(x))
	}
	return out
}

// follows reports whether the second element is what the first one is, of what comes next.
func (m *marks) follows(a, b any) bool {
	first, err1 := mapping.Encode(a)
	second, err2 := mapping.Encode(b)
	if err1 != nil || err2 != nil {
		return false
	}
	one, two := m.clean(string(first)), m.clean(string(second))
	moved := markPattern.ReplaceAllStringFunc(one, func(text string) string {
		if f := m.find(text); len(f) == 1 && f[0].at == 0 && (slices.Contains(lists, f[0].what) || strings.HasPrefix(f[0].what, "item.")) {
			return m.text(f[0].what, 1)
		}
		return text
	})
	return moved == two && one != two
}

// textOf gives a scalar as text.
func textOf(value any) string { return playbook.Text(value) }

// leaf makes the pattern of a text; within says what a mark's text is made of.
func (m *marks) leaf(text, within string) leaf {
	text = m.clean(text)
	found := m.find(text)
	if len(found) == 0 {
		return leaf{constant: text}
	}
	out := leaf{}
	var b strings.Builder
	done := 0
	b.WriteString("^(?s)")
	for i := 0; i < len(found); i++ {
		f := found[i]
		g := group{what: f.what, at: f.at, quoted: f.begin > done && strings.ContainsAny(text[f.begin-1:f.begin], `'"`)}
		b.WriteString(regexp.QuoteMeta(text[done:f.begin]))
		b.WriteString("(" + within + ")")
		done = f.end
		if i+1 < len(found) && found[i+1].what == f.what && f.at == 0 && found[i+1].at == 1 {
			g.list, g.between, done = true, text[f.end:found[i+1].begin], found[i+1].end
			i++
		}
		out.groups = append(out.groups, g)
	}
	out.text = regexp.MustCompile(b.String() + regexp.QuoteMeta(text[done:]) + "$")
	return out
}

// Scores of a match.
const (
	fits, differsBy, tooMuch, tooLittle = 2, -4, -2, -1
)

func (l leaf) match(value any, at int, into *captured) int {
	switch value.(type) {
	case []any, map[string]any:
		return differsBy
	}
	if l.text == nil {
		if l.constant == textOf(value) {
			return fits
		}
		return differsBy
	}
	found := l.text.FindStringSubmatch(textOf(value))
	if found == nil {
		return differsBy
	}
	for i, g := range l.groups {
		whole := len(l.groups) == 1 && !g.list && found[0] == found[1]
		if whole {
			into.take(g.what, g.at+at, value)
			continue
		}
		for n, text := range g.texts(found[i+1]) {
			into.take(g.what, g.at+at+n, text)
		}
	}
	return fits
}

var escaped = regexp.MustCompile(`\\(.)`)

// controls are what letters stand for behind a backslash.
var controls = map[string]string{"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

func (g group) texts(text string) []string {
	list := []string{text}
	if g.list {
		list = strings.Split(text, g.between)
	}
	if g.list && text == "" {
		list = nil
	}
	if g.quoted {
		list = slices.Clone(list)
		for i := range list {
			list[i] = escaped.ReplaceAllStringFunc(list[i], func(text string) string {
				if plain, ok := controls[text[1:]]; ok {
					return plain
				}
				return text[1:]
			})
		}
	}
	return list
}

func (o object) match(value any, at int, into *captured) int {
	v, ok := value.(map[string]any)
	if !ok {
		return differsBy
	}
	score := 0
	for name, p := range o.fields {
		if x, there := v[name]; there {
			score += p.match(x, at, into)
		} else {
			score += tooLittle
		}
	}
	for name, x := range v {
		if _, known := o.fields[name]; known {
			continue
		}
		if o.any {
			into.take(itemField+":"+name, at, x)
		} else {
			score += tooMuch
		}
	}
	return score
}

func (e each) match(value any, at int, into *captured) int {
	list, ok := value.([]any)
	if !ok {
		list = []any{value} // a parameter that is given once
	}
	worst := 0
	for i, x := range list {
		if score := e.of.match(x, at+i, into); i == 0 || score < worst {
			worst = score
		}
	}
	return worst
}

func (f fixed) match(value any, at int, into *captured) int {
	list, ok := value.([]any)
	if !ok {
		return differsBy
	}
	score := 0
	if len(list) != len(f) {
		score = tooMuch
	}
	for i, p := range f {
		if i < len(list) {
			score += p.match(list[i], at, into)
		}
	}
	return score
}

// captured is what a request asks for.
type captured struct {
	texts map[string]any
	lists map[string][]any
	items []*item
}

// item is one that is to be written.
type item struct {
	ID, Key, Membership string
	Fields              map[string]any
}

// lists are the words of which there may be several.
var lists = []string{"keys", "fields", "values"}

func (c *captured) take(what string, at int, value any) {
	if name, ok := strings.CutPrefix(what, "item."); ok {
		c.item(name, at, value)
		return
	}
	if !slices.Contains(lists, what) {
		c.texts[what] = value
		return
	}
	for len(c.lists[what]) <= at {
		c.lists[what] = append(c.lists[what], nil)
	}
	c.lists[what][at] = textOf(value)
}

func (c *captured) item(name string, at int, value any) {
	for len(c.items) <= at {
		c.items = append(c.items, &item{Fields: map[string]any{}})
	}
	i := c.items[at]
	switch name {
	case "id":
		i.ID = textOf(value)
	case "key":
		i.Key = textOf(value)
	case "membership":
		i.Membership = textOf(value)
	default:
		if field, ok := strings.CutPrefix(name, "field:"); ok {
			i.Fields[field] = value
		}
	}
}

func (c *captured) text(what string) string {
	if v, ok := c.texts[what]; ok && v != nil {
		return textOf(v)
	}
	return ""
}

// list gives a list of texts without what was not there.
func (c *captured) list(what string) []string {
	var out []string
	for _, v := range c.lists[what] {
		if v != nil {
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

func newCaptured() *captured { return &captured{texts: map[string]any{}, lists: map[string][]any{}} }
