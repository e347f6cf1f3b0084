package flow

import (
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// readDocuments reads the playbook's files.
func readDocuments(w *World, _ Inputs) (document.Tree, diag.List, error) {
	return document.ReadDir(w.Dir)
}

// compile reads the nouns and checks every expression. Problems of every stage come together; a stage that can't stand on what the one
// before it found is left out.
func compile(w *World, tree document.Tree, problems diag.List, in Inputs) (*Program, diag.List, error) {
	book, more := playbook.Read(tree.Files, in.Inputs)
	problems.Add(more...)
	for name, digest := range digests(tree.Tests) {
		book.Files[name] = digest
	}
	for name, digest := range digests(tree.Manifests) {
		book.Files[name] = digest
	}
	p := &Program{Book: book}
	p.drivers, more = findDrivers(w, book, tree.Manifests)
	problems.Add(more...)
	problems.Add(checkConnectors(book, p.drivers)...)
	problems.Add(checkBackend(w, book)...)
	problems.Add(calendar.Check(book)...)
	for _, f := range tree.Tests {
		p.tests = append(p.tests, f.Name)
	}
	var err error
	if p.Env, err = expr.NewEnv(book); err != nil {
		if problems.Errors() > 0 { // entities that contradict each other; that was said
			problems.Sort()
			return p, problems, nil
		}
		return nil, nil, err
	}
	p.Segments, more = segment.Compile(book, p.Env)
	problems.Add(more...)
	p.Plays, more = journey.Compile(book, p.Env)
	problems.Add(more...)
	p.Guards, more = plan.CompileGuards(book, p.Env)
	problems.Add(more...)
	p.uses = p.Segments.Uses()
	p.uses.Merge(p.Plays.Uses())
	p.Segments.Ask(p.uses)
	problems.Sort()
	return p, problems, nil
}

func digests(files []*document.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = f.Digest()
	}
	return out
}

// checkConnectors holds connectors, entities and steps against what drivers offer.
func checkConnectors(b *playbook.Book, drivers map[string]connector.Driver) diag.List {
	var problems diag.List
	for i := range b.Connectors {
		c := &b.Connectors[i]
		d, ok := drivers[c.Name]
		if !ok {
			continue
		}
		settings := c.Settings
		if d.AnySetting {
			settings = maps.Clone(settings)
			maps.DeleteFunc(settings, func(name string, _ document.Node) bool {
				return !slices.ContainsFunc(d.Settings, func(s connector.Setting) bool { return s.Name == name })
			})
		}
		problems.Add(checkSettings("connector "+c.Name, c.At, settings, settingsOf(d), "uses")...)
		problems.Add(checkUse(b, c.Name, d)...)
	}
	return problems
}

// checkSettings holds settings against those that there are.
func checkSettings(of string, at document.Node, settings map[string]document.Node, known []state.Setting, word string) diag.List {
	var problems diag.List
	offered := []string{word}
	for _, s := range known {
		offered = append(offered, s.Name)
		if _, given := settings[s.Name]; s.Required && !given {
			p := at.Problem("%s has no %s", of, s.Name)
			p.Hint = s.Name + ": " + s.Help
			problems.Add(p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !contains(offered, name) {
			p := settings[name].Problem("unknown setting %q of %s", name, of)
			p.Hint = diag.Suggest(name, offered)
			problems.Add(p)
		}
	}
	return problems
}

// settingsOf gives the settings of a connector's driver.
func settingsOf(d connector.Driver) []state.Setting {
	var out []state.Setting
	for _, s := range d.Settings {
		out = append(out, state.Setting{Name: s.Name, Help: s.Help, Required: s.Required, Secret: s.Secret})
	}
	return out
}

// checkBackend holds the place of the state against the places that there are.
func checkBackend(w *World, b *playbook.Book) diag.List {
	var known []string
	for _, d := range w.Backends {
		if d.Name == b.State.Name {
			problems := checkSettings("backend "+d.Name, b.State.At, b.State.Settings, d.Settings, "backend")
			return append(problems, checkValues(d, b.State.Settings)...)
		}
		known = append(known, d.Name)
	}
	if len(known) == 0 || !b.State.At.Exists() { // a rehearsal has a place of its own
		return nil
	}
	p := b.State.At.Problem("a state can't be kept in %q", b.State.Name)
	p.Hint = diag.Suggest(b.State.Name, known)
	return diag.List{p}
}

// checkValues has a place for states check what its settings say without secrets.
func checkValues(d state.Driver, settings map[string]document.Node) diag.List {
	var problems diag.List
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		said, ok := secret.Said(settings[name].Value())
		if d.Check == nil || !ok {
			continue
		}
		if err := d.Check(name, said); err != nil {
			problems.Add(settings[name].Problem("backend %s: %s", d.Name, err))
		}
	}
	return problems
}

// checkTarget reports a step whose object its connector does not have.
func checkTarget(s *playbook.Step, d connector.Driver) diag.List {
	var known []string
	any := false
	switch {
	case s.Verb == playbook.Set && s.Name == nil:
		any = d.Spec.AnyObject
		for _, o := range d.Spec.Objects {
			known = append(known, o.Name)
		}
	case s.Verb == playbook.Send:
		any = d.Spec.AnyAction
		known = kinds(d.Spec.Actions)
	case s.Verb == playbook.Task:
		known = kinds(d.Spec.Tasks)
	default:
		for _, k := range d.Spec.Collections {
			known = append(known, k.Name)
		}
	}
	if any || contains(known, s.Object) {
		return nil
	}
	p := s.TargetAt.Problem("%s connectors have no %q to %s", d.Name, s.Object, s.Verb)
	p.Hint = diag.Suggest(s.Object, known)
	return diag.List{p}
}

// outward gives the steps of a play that speak to connectors, escalations included.
func outward(p *playbook.Play) []*playbook.Step {
	var out []*playbook.Step
	for _, s := range p.AllSteps() {
		if s.Verb.Outward() {
			out = append(out, s)
		}
		for i := range s.Escalate {
			out = append(out, s.Escalate[i].Send)
		}
	}
	return out
}

func kinds(list []connector.ActionKind) []string {
	var names []string
	for _, k := range list {
		names = append(names, k.Name)
	}
	return names
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
