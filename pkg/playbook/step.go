package playbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// steps reads a play's steps and gives each an id.
func (r *reader) steps(p *Play, n document.Node) {
	if n.Kind() != document.List {
		r.fail(n, "begin each step with a dash", "steps must be a list, not %s", kindName(n))
		return
	}
	for _, item := range n.Items() {
		if s := r.step(item); s != nil {
			p.Steps = append(p.Steps, s)
		}
	}
	first := map[string]*Step{}
	for _, s := range p.Steps {
		if other, ok := first[s.ID]; ok {
			d := problem(s.At, "give one of them an id: of its own", "two steps of play %s have the id %q", p.Name, s.ID)
			d.Related = []diag.Related{{At: other.At.Pos(), Message: "the first one"}}
			r.problems.Add(d)
			continue
		}
		first[s.ID] = s
	}
}

var stepVerbs = map[string]Verb{"keep": Keep, "add": Add, "remove": Remove, "set": Set, "send": Send}

// step reads one step: its verb decides which keys it may have.
func (r *reader) step(n document.Node) *Step {
	if n.Kind() != document.Map {
		r.fail(n, "write - send: desk.message and its arguments", "a step must be a mapping, not %s", kindName(n))
		return nil
	}
	s := &Step{Overwrite: true}
	verbs := []string{"keep", "add", "remove", "set", "send"}
	for _, f := range n.Fields() {
		if v, ok := stepVerbs[f.Key.Text()]; ok {
			if s.Verb != 0 {
				r.fail(f.Key, "make them two steps", "a step has one verb; this one has %s and %s", s.Verb, v)
				continue
			}
			s.Verb, s.At = v, f.Key
			r.target(s, f.Value)
		}
	}
	if s.Verb == 0 {
		r.stepWithoutVerb(n, verbs)
		return nil
	}
	r.mapping(n, s.Verb.String()+" step", r.stepKeys(s, n))
	r.checkStep(s, n)
	return s
}

// stepWithoutVerb blames the key that looks most like a verb, since that is what was meant.
func (r *reader) stepWithoutVerb(n document.Node, verbs []string) {
	for _, f := range n.Fields() {
		if strings.Contains(f.Value.Text(), ".") || diag.Nearest(f.Key.Text(), verbs) != "" {
			r.fail(f.Key, diag.Suggest(f.Key.Text(), verbs), "unknown verb %q in a step", f.Key.Text())
			return
		}
	}
	r.fail(n, "verbs are "+strings.Join(verbs, ", "), "this step has no verb")
}

var targetPattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z][A-Za-z0-9_]*)$`)

func (r *reader) target(s *Step, n document.Node) {
	s.TargetAt = n
	parts := targetPattern.FindStringSubmatch(n.Text())
	if n.Kind() != document.Scalar || parts == nil {
		r.fail(n, "write "+s.Verb.String()+": crm.list", "expected CONNECTOR.OBJECT, found %s", found(n))
		return
	}
	s.Connector, s.Object = parts[1], parts[2]
}

// stepKeys are the keys of every step and those of its verb. An argument of send that looks like one of the keys of every step is
// taken for a slip of the finger.
func (r *reader) stepKeys(s *Step, n document.Node) keys {
	known := keys{
		s.Verb.String(): func(document.Node) {},
		"id":            r.stepID(s),
		"for":           func(n document.Node) { r.stepFor(s, n) },
		"order":         r.expr(&s.Order),
		"limit":         r.integer(&s.Limit, 1),
		"when":          r.expr(&s.When),
		"on_error":      word(r, &s.Continue, map[string]bool{"stop": false, "continue": true}),
	}
	for verb := range stepVerbs { // a second verb was reported already
		if _, ok := known[verb]; !ok && n.Get(verb).Exists() {
			known[verb] = func(document.Node) {}
		}
	}
	switch s.Verb {
	case Keep, Add, Remove:
		known["name"] = func(n document.Node) { s.Name = r.template(n) }
		if s.Verb != Remove {
			known["create"] = r.boolean(&s.Create)
		}
	case Set:
		known["fields"] = func(n document.Node) { s.Fields = r.arguments(n, "fields") }
		known["overwrite"] = r.boolean(&s.Overwrite)
	case Send:
		for _, name := range []string{"to", "name", "subject", "text", "message", "body", "template"} {
			known[name] = func(n document.Node) {
				s.Fields = append(s.Fields, Argument{Name: name, At: n, Value: r.value(n)})
			}
		}
		known["payload"] = func(n document.Node) { s.Fields = append(s.Fields, r.arguments(n, "payload")...) }
	}
	return known
}

func (r *reader) stepID(s *Step) func(document.Node) {
	return func(n document.Node) {
		id := n.Text()
		if !stepPattern.MatchString(id) || slices.Contains(celReserved, id) {
			r.fail(n, "an id is made of small letters, digits and _, and is no reserved word of CEL, because expressions speak of it", "%q can't be a step's id", id)
			return
		}
		s.ID = id
	}
}

func (r *reader) stepFor(s *Step, n document.Node) {
	for _, item := range items(n) {
		var x Expr
		r.expr(&x)(item)
		if x.Exists() {
			s.For = append(s.For, x)
		}
	}
}

func (r *reader) checkStep(s *Step, n document.Node) {
	switch {
	case s.Verb.Collects() && s.Name == nil && !n.Get("name").Exists():
		r.fail(s.At, "write name: the name of the "+s.Object, "this step does not say which %s", s.Object)
	case s.Verb == Set && !n.Get("fields").Exists():
		r.fail(s.At, "write fields: {name: value}", "this step does not say what to set")
	}
	if s.Order.Exists() && len(s.For) == 0 {
		r.fail(n.Get("order"), "write for: beside it", "order: is about the records of for:, and this step has none")
	}
	if s.Limit > 0 && len(s.For) == 0 {
		r.fail(n.Get("limit"), "write for: beside it; the play's own limit: says how many enter", "limit: is about the records of for:, and this step has none")
	}
	if s.ID == "" {
		s.ID = s.standardID()
	}
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// standardID makes an id from verb, target and the literal part of the name, so that it does not change when steps are moved.
func (s *Step) standardID() string {
	text := s.Verb.String() + " " + s.Connector + " " + s.Object
	name := s.Name
	for _, a := range s.Fields {
		if s.Verb == Send && a.Name == "name" {
			name = a.Value.Template
		}
	}
	if name != nil {
		for _, part := range name.Parts {
			text += " " + part.Literal
		}
	}
	id := strings.Trim(notInID.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if len(id) > 63 {
		id = strings.TrimRight(id[:63], "_")
	}
	return id
}

// template reads a string with CEL in it.
func (r *reader) template(n document.Node) *Template {
	if n.Kind() != document.Scalar {
		r.fail(n, "", "expected text, found %s", kindName(n))
		return nil
	}
	t, p := newTemplate(n)
	if p != nil {
		r.problems.Add(*p)
	}
	return t
}

// arguments reads a mapping of names to values, in the order of the file.
func (r *reader) arguments(n document.Node, what string) []Argument {
	if n.Kind() != document.Map {
		r.fail(n, "", "%s must be a mapping of names to values, not %s", what, kindName(n))
		return nil
	}
	var out []Argument
	for _, f := range n.Fields() {
		out = append(out, Argument{Name: f.Key.Text(), At: f.Key, Value: r.value(f.Value)})
	}
	return out
}

// value reads a literal or a template, or a list or mapping of them.
func (r *reader) value(n document.Node) Value {
	switch n.Kind() {
	case document.List:
		var v Value
		for _, item := range n.Items() {
			v.List = append(v.List, r.value(item))
		}
		return v
	case document.Map:
		return Value{Map: r.arguments(n, "a value")}
	case document.Scalar:
		switch literal := n.Value().(type) {
		case bool, int64, float64:
			return Value{Literal: literal}
		}
		return Value{Template: r.template(n)}
	}
	r.fail(n, `write "" for empty text`, "expected a value, found nothing")
	return Value{}
}
