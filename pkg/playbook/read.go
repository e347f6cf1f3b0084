package playbook

import (
	"cmp"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// DefaultGoneAfter is how long a record may be missing before its members leave, unless `limits.gone_after` says otherwise.
const DefaultGoneAfter = 7 * 24 * time.Hour

// DefaultMaxLateness is how late an effect may be done, unless `limits.max_lateness` says otherwise.
const DefaultMaxLateness = 3 * 24 * time.Hour

// Read reads a playbook from its documents, for one environment and with the variables given from outside. The Book is never nil; it
// may be used only if the problems hold no error.
func Read(files []*document.File, in Inputs) (*Book, diag.List) {
	root, problems := document.Merge(files)
	r := &reader{inputs: in, problems: problems, root: root, meant: map[document.Node]map[string]document.Node{}, unread: map[string]bool{},
		maybes: map[string][]string{}, book: &Book{Zone: time.UTC, Environment: in.Environment, State: Backend{Name: "local"}, GoneAfter: DefaultGoneAfter, MaxLateness: DefaultMaxLateness,
			Files: map[string]string{}, Guards: StandardGuards()}}
	for _, f := range files {
		r.book.Files[f.Name] = f.Digest()
	}
	if root.Kind() == document.Map {
		r.sections(root)
	}
	r.check()
	r.problems.Sort()
	return r.book, r.problems
}

// sections reads the top level. Entities come before what speaks of them, whatever the order in the files.
func (r *reader) sections(root document.Node) {
	sections := map[string]document.Node{}
	known := keys{"playbook": r.header, "limits": r.limits, "state": r.state}
	inOrder := []struct {
		name string
		read func(document.Node)
	}{{"variables", r.variables}, {"connectors", r.connectors}, {"environments", r.environments}, {"entities", r.entities},
		{"segments", r.segments}, {"scores", r.scores}, {"stages", r.stageModels}, {"roles", r.roles}, {"routes", r.routes}, {"calendars", r.calendars},
		{"suppressions", r.suppressions}, {"caps", r.caps}, {"groups", r.groups}, {"guards", r.guards}, {"plays", r.plays}, {"moved", r.moved}, {"drop", r.drop}}
	for _, s := range inOrder {
		known[s.name] = func(n document.Node) { sections[s.name] = n }
	}
	r.mapping(root, "the playbook's top level", known)
	for _, s := range inOrder {
		if n := sections[s.name]; n.Exists() && !n.IsNull() {
			s.read(n)
		}
	}
	r.checkInputs(sections["environments"], sections["variables"])
	r.addDefaultCalendar()
	r.sort()
}

// sort puts what is by name in the order of the names.
func (r *reader) sort() {
	byName(r.book.Roles, func(x *Role) string { return x.Name })
	byName(r.book.Routes, func(x *Route) string { return x.Name })
	byName(r.book.Calendars, func(x *Calendar) string { return x.Name })
	byName(r.book.Suppressions, func(x *Suppression) string { return x.Name })
	byName(r.book.Caps, func(x *Cap) string { return x.Name })
	byName(r.book.Groups, func(x *Group) string { return x.Name })
	slices.SortFunc(r.book.Connectors, func(a, b Connector) int { return cmp.Compare(a.Name, b.Name) })
	byName(r.book.Segments, func(x *Segment) string { return x.Name })
	byName(r.book.Scores, func(x *Score) string { return x.Name })
	byName(r.book.Stages, func(x *StageModel) string { return x.Name })
	byName(r.book.Plays, func(x *Play) string { return x.Name })
}

func byName[T any](list []*T, nameOf func(*T) string) {
	slices.SortFunc(list, func(a, b *T) int { return cmp.Compare(nameOf(a), nameOf(b)) })
}

func (r *reader) header(n document.Node) {
	var requires string
	r.mapping(n, "playbook", keys{
		"name":     r.text(&r.book.Name),
		"timezone": r.zone(&r.book.Zone),
		"requires": func(n document.Node) { r.text(&requires)(n); r.requires(n) },
	})
}

func (r *reader) limits(n document.Node) {
	r.mapping(n, "limits", keys{"gone_after": r.duration(&r.book.GoneAfter), "max_lateness": r.duration(&r.book.MaxLateness)})
}

func (r *reader) state(n document.Node) {
	if n.Kind() != document.Map {
		r.fail(n, "write state: {backend: local}", "expected backend: and its settings in state, found %s", found(n))
		return
	}
	b := &r.book.State
	b.At, b.Settings = n, map[string]document.Node{}
	for _, f := range n.Fields() {
		if f.Key.Text() == "backend" {
			r.text(&b.Name)(f.Value)
			b.At = f.Value
			continue
		}
		r.checkSetting(f.Value)
		b.Settings[f.Key.Text()] = f.Value
	}
}

func (r *reader) segments(n document.Node) {
	r.named(n, "segments", "segment", func(name, value document.Node) {
		s := &Segment{Name: name.Text(), At: name}
		r.mapping(value, "segment "+s.Name, keys{
			"of":     func(n document.Node) { r.text(&s.Of)(n); s.OfAt = n },
			"where":  r.expr(&s.Where),
			"list":   func(n document.Node) { r.text(&s.List)(n); s.ListAt = n },
			"owners": r.texts(&s.Owners),
		})
		r.book.Segments = append(r.book.Segments, s)
		if value.Kind() != document.Map {
			return
		}
		if !r.get(value, "of").Exists() {
			r.fail(s.At, "write of: "+r.anyEntity(), "segment %s does not say of which entity", s.Name)
		}
		switch where, list := r.get(value, "where").Exists(), r.get(value, "list"); {
		case where && list.Exists():
			r.fail(list, "keep one of them", "expected one of where and list in segment %s, found both", s.Name)
		case !where && !list.Exists():
			r.fail(s.At, "write where: CONDITION, or list: FILE", "segment %s does not say who is in it", s.Name)
		}
	})
}

// anyEntity gives the name of an entity for hints.
func (r *reader) anyEntity() string {
	for _, e := range r.book.Entities {
		if e.Key != "" {
			return e.Name
		}
	}
	return "account"
}
