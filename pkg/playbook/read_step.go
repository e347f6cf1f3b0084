package playbook

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// steps reads a play's steps and gives each an id.
func (r *reader) steps(p *Play, n document.Node) {
	if n.Kind() != document.List {
		r.fail(n, "begin each step with a dash: - send: "+r.anyConnector()+".message", "expected a list of steps, found %s", found(n))
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

// verbs are what steps can do, in the order of the documentation, each with the object of an example.
var verbs = []struct {
	verb   Verb
	object string
}{{Keep, "audience"}, {Add, "list"}, {Remove, "list"}, {Set, "company"}, {Send, "message"}}

func verbOf(name string) Verb {
	for _, v := range verbs {
		if v.verb.String() == name {
			return v.verb
		}
	}
	return 0
}

// step reads one step: its verb decides which keys it may have.
func (r *reader) step(n document.Node) *Step {
	if n.Kind() != document.Map {
		r.fail(n, "write - send: "+r.anyConnector()+".message and its arguments", "expected a step with a verb, found %s", found(n))
		return nil
	}
	s := &Step{Overwrite: true}
	for _, f := range n.Fields() {
		switch v := verbOf(f.Key.Text()); {
		case v == 0:
		case s.Verb != 0:
			r.fail(f.Key, "make them two steps", "a step has one verb; this one has %s and %s", s.Verb, v)
		default:
			s.Verb, s.At = v, f.Key
			r.target(s, f.Value)
		}
	}
	if s.Verb == 0 {
		r.stepWithoutVerb(n)
		return nil
	}
	r.mapping(n, s.Verb.String()+" step", r.stepKeys(s, n))
	r.checkStep(s, n)
	return s
}

// stepWithoutVerb blames the first key that is none of any step's, since that is what was meant as the verb.
func (r *reader) stepWithoutVerb(n document.Node) {
	var names []string
	known := keys{}
	for _, v := range verbs {
		names = append(names, v.verb.String())
		maps.Copy(known, r.stepKeys(&Step{Verb: v.verb}, n))
	}
	hint := "a step does one of " + strings.Join(names, ", ")
	for _, f := range n.Fields() {
		name := f.Key.Text()
		if _, ok := known[name]; ok {
			continue
		}
		if near := diag.Nearest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.fail(f.Key, hint, "unknown verb %q in a step", name)
		return
	}
	r.fail(n, hint, "this step has no verb")
}

var targetPattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z][A-Za-z0-9_]*)$`)

func (r *reader) target(s *Step, n document.Node) {
	s.TargetAt = n
	parts := targetPattern.FindStringSubmatch(n.Text())
	if n.Kind() == document.Scalar && parts != nil {
		s.Connector, s.Object = parts[1], parts[2]
		return
	}
	object := ""
	for _, v := range verbs {
		if v.verb == s.Verb {
			object = v.object
		}
	}
	r.fail(n, fmt.Sprintf("write %s: %s.%s", s.Verb, r.anyConnector(), object), "expected CONNECTOR.OBJECT, found %s", found(n))
}

// sendArguments are the keys of a send that are parts of what is sent, beside those under payload.
var sendArguments = []string{"to", "name", "subject", "text", "message", "body", "template"}

// stepKeys are the keys of every step and those of its verb.
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
	for _, v := range verbs { // a second verb was reported already
		if name := v.verb.String(); n.Get(name).Exists() {
			known[name] = func(document.Node) {}
		}
	}
	switch s.Verb {
	case Keep, Add, Remove:
		known["name"] = func(n document.Node) { s.Name = r.name(n) }
		if s.Verb != Remove {
			known["create"] = r.boolean(&s.Create)
		}
	case Set:
		known["fields"] = func(n document.Node) { s.Fields = r.arguments(n, "fields") }
		known["overwrite"] = r.boolean(&s.Overwrite)
	case Send:
		for _, name := range sendArguments {
			known[name] = func(n document.Node) {
				s.Fields = append(s.Fields, Argument{Name: name, At: n, Value: r.value(n)})
			}
		}
		known["payload"] = func(n document.Node) { s.Fields = append(s.Fields, r.arguments(n, "payload")...) }
	}
	return known
}

// stepID reads an id. One that is refused stays all the same, so that what speaks of it is no problem of its own.
func (r *reader) stepID(s *Step) func(document.Node) {
	return func(n document.Node) {
		r.text(&s.ID)(n)
		switch {
		case s.ID == "" && n.Kind() != document.Scalar:
		case slices.Contains(celReserved, s.ID):
			r.fail(n, "choose another id, such as "+s.ID+"_", "%q can't be a step's id: CEL keeps this word for itself", s.ID)
		case !stepPattern.MatchString(s.ID):
			r.fail(n, "an id has small letters, digits and _, such as "+identifierLike(s.ID), "%s can't be a step's id", quoted(s.ID))
		}
	}
}

func (r *reader) stepFor(s *Step, n document.Node) {
	if n.Kind() == document.List && len(n.Items()) == 0 {
		r.fail(n, "remove it, or say for whom, such as [account, account.people]", "for has nobody in it")
	}
	for _, item := range items(n) {
		var x Expr
		r.expr(&x)(item)
		if x.Exists() {
			s.For = append(s.For, x)
		}
	}
}

func (r *reader) checkStep(s *Step, n document.Node) {
	fields := r.get(n, "fields")
	switch {
	case s.Verb.Collects() && !r.get(n, "name").Exists():
		r.fail(s.At, "write name: the name of the "+cmp.Or(s.Object, "list"), "this step does not say which %s", cmp.Or(s.Object, "list"))
	case s.Verb == Set && (!fields.Exists() || fields.Kind() == document.Map && len(fields.Fields()) == 0):
		r.fail(s.At, "write fields: {name: value}", "this step does not say what to set")
	}
	whom := r.get(n, "for").Exists()
	if s.Order.Exists() && !whom {
		r.fail(s.Order.Node(), "write for: beside it", "order is about the records of for, and this step has none")
	}
	if s.Limit > 0 && !whom {
		r.fail(r.get(n, "limit"), "write for: beside it; the play's own limit: says how many enter", "limit is about the records of for, and this step has none")
	}
	seen := map[string]bool{}
	for _, a := range s.Fields {
		if seen[a.Name] {
			r.fail(a.At, "keep one of them", "%q is sent twice: as a key of the step and in payload", a.Name)
		}
		seen[a.Name] = true
	}
	if s.ID == "" {
		s.ID, s.Made = s.standardID(), true
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
