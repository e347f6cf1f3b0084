package playbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// steps reads a list of steps; one step stands for a list of one. Steps that could not be read are left out.
func (r *reader) steps(into *[]*Step) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() != document.List && n.Kind() != document.Map {
			r.fail(n, "begin each step with a dash: - send: "+r.anyConnector()+".message", "expected a list of steps, found %s", found(n))
			return
		}
		for _, item := range items(n) {
			if s := r.step(item); s != nil {
				*into = append(*into, s)
			}
		}
	}
}

// verbs are the words by which steps say what they do, in the order of the documentation, each with the object of an example. A step with
// steps: has no such word.
var verbs = []struct {
	verb   Verb
	object string
}{{Keep, "audience"}, {Add, "list"}, {Remove, "list"}, {RemoveAny, "list"}, {Set, "company"}, {Send, "message"}, {Task, "task"},
	{Wait, ""}, {WaitUntil, ""}, {WaitFor, ""}, {Choose, ""}, {Split, ""}, {Enroll, ""}, {Leaves, ""}}

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
	var lanes document.Node
	for _, f := range n.Fields() {
		switch v := verbOf(f.Key.Text()); {
		case f.Key.Text() == "steps":
			lanes = f.Key
		case v == 0:
		case s.Verb != 0:
			r.fail(f.Key, "make them two steps", "a step has one verb; this one has %s and %s", s.Verb, v)
		default:
			s.Verb, s.At = v, f.Key
		}
	}
	if s.Verb == 0 && lanes.Exists() {
		s.Verb, s.At = Each, lanes
		if key := n.Key("for"); key.Exists() {
			s.At = key
		}
	}
	if s.Verb == 0 {
		r.stepWithoutVerb(n)
		return nil
	}
	r.stepOf(s, n, nil)
	return s
}

// stepOf reads the keys of a step whose verb is known. Extra keys are those of what it stands in.
func (r *reader) stepOf(s *Step, n document.Node, extra keys) {
	known := r.stepKeys(s)
	maps.Copy(known, extra)
	for _, v := range verbs { // a second verb was reported already
		if name := v.verb.String(); v.verb != s.Verb && n.Get(name).Exists() {
			known[name] = func(document.Node) {}
		}
	}
	r.mapping(n, s.Verb.String()+" step", known)
	r.checkStep(s, n)
}

// stepWithoutVerb blames the first key that is none of any step's, since that is what was meant as the verb.
func (r *reader) stepWithoutVerb(n document.Node) {
	var names []string
	known := r.stepKeys(&Step{Verb: Each})
	for _, v := range verbs {
		names = append(names, v.verb.String())
		maps.Copy(known, r.stepKeys(&Step{Verb: v.verb}))
	}
	hint := "a step does one of " + strings.Join(names, ", ") + "; or it has for: and steps:"
	for _, f := range n.Fields() {
		name := f.Key.Text()
		if _, ok := known[name]; ok {
			continue
		}
		if near := diag.Nearest(name, append(names, "steps")); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.fail(f.Key, hint, "unknown verb %q in a step", name)
		return
	}
	r.fail(n, hint, "this step has no verb")
}

// stepKeys are the keys of every step and those of its verb. This is the one place that says what a verb takes.
func (r *reader) stepKeys(s *Step) keys {
	known := keys{
		"id":   r.stepID(s),
		"by":   r.nameList(&s.By),
		"when": r.expr(&s.When),
	}
	for _, more := range map[Verb][]func(*Step) keys{
		Keep:      {r.outward, r.fanOut, r.collection, r.membership},
		Add:       {r.outward, r.fanOut, r.collection, r.membership},
		Remove:    {r.outward, r.fanOut, r.collection},
		RemoveAny: {r.outward, r.fanOut, r.patterns},
		Set:       {r.outward, r.fanOut, r.collection, r.fields},
		Send:      {r.outward, r.fanOut, r.sending},
		Task:      {r.outward, r.fanOut, r.tasking, r.timing},
		Wait:      {r.waiting},
		WaitUntil: {r.waitingUntil},
		WaitFor:   {r.waitingFor, r.timing},
		Choose:    {r.choosing},
		Split:     {r.splitting},
		Enroll:    {r.enrolling, r.fanOut},
		Leaves:    {r.leaving},
		Each:      {r.lanes, r.fanOut},
	}[s.Verb] {
		maps.Copy(known, more(s))
	}
	return known
}

// outward are the keys of what is done outside: the verb's own, and how and when it is done.
func (r *reader) outward(s *Step) keys {
	return keys{
		s.Verb.String(): func(n document.Node) { r.target(s, n) },
		"channel":       r.text(&s.Channel),
		"window":        func(n document.Node) { s.Window = r.window(n) },
		"on_error":      word(r, &s.Continue, map[string]bool{"stop": false, "continue": true}),
	}
}

// fanOut are the keys that say for whom.
func (r *reader) fanOut(s *Step) keys {
	return keys{
		"for":   func(n document.Node) { r.stepFor(s, n) },
		"order": r.expr(&s.Order),
		"limit": r.integer(&s.Limit, 1),
	}
}

// collection is the key that names one.
func (r *reader) collection(s *Step) keys {
	return keys{"name": func(n document.Node) { s.Name = r.name(n) }}
}

// membership are the keys of a membership that a step makes.
func (r *reader) membership(s *Step) keys {
	return keys{
		"create": r.boolean(&s.Create),
		"fields": func(n document.Node) { s.Fields = r.arguments(n, "fields") },
	}
}

// fields are the keys of what sets them.
func (r *reader) fields(s *Step) keys {
	return keys{
		"fields":    func(n document.Node) { s.Fields = r.arguments(n, "fields") },
		"overwrite": r.boolean(&s.Overwrite),
	}
}

// patterns is the key that says which collections may be meant.
func (r *reader) patterns(s *Step) keys {
	return keys{"allow": func(n document.Node) {
		for _, item := range items(n) {
			var pattern string
			if r.someText(&pattern, `write allow: ["Nurture *"]; * stands for any text`)(item); pattern != "" {
				s.Allow = append(s.Allow, pattern)
			}
		}
	}}
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
