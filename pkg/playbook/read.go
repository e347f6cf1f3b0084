package playbook

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// DefaultGoneAfter is how long a record may be missing before its members leave, unless `limits.gone_after` says otherwise.
const DefaultGoneAfter = 7 * 24 * time.Hour

// Read reads a playbook from its documents, for one environment and with the variables given from outside. The Book is never nil; it
// may be used only if the problems hold no error.
func Read(files []*document.File, in Inputs) (*Book, diag.List) {
	root, problems := document.Merge(files)
	r := &reader{inputs: in, problems: problems, root: root, book: &Book{Zone: time.UTC, Environment: in.Environment, Backend: "local",
		GoneAfter: DefaultGoneAfter, Files: map[string]string{}}}
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
	later := map[string]document.Node{}
	keep := func(name string) func(document.Node) { return func(n document.Node) { later[name] = n } }
	known := keys{"playbook": r.header, "limits": r.limits, "state": r.state}
	inOrder := []struct {
		name string
		read func(document.Node)
	}{{"environments", r.environments}, {"variables", r.variables}, {"connectors", r.connectors}, {"entities", r.entities},
		{"segments", r.segments}, {"plays", r.plays}}
	for _, s := range inOrder {
		known[s.name] = keep(s.name)
	}
	r.mapping(root, "the playbook", known)
	for _, s := range inOrder {
		if n, ok := later[s.name]; ok && n.Kind() != document.Null {
			s.read(n)
		}
	}
	if n, ok := later["environments"]; ok {
		r.overrides(n, later)
	} else if r.inputs.Environment != "" {
		r.fail(root, "remove --env, or declare it under environments:", "there is no environment %q", r.inputs.Environment)
	}
	if _, ok := later["variables"]; !ok {
		r.undeclaredInputs(root)
	}
	slices.SortFunc(r.book.Connectors, func(a, b Connector) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.book.Segments, func(a, b *Segment) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.book.Plays, func(a, b *Play) int { return cmp.Compare(a.Name, b.Name) })
}

func (r *reader) header(n document.Node) {
	var zone, requires string
	r.mapping(n, "playbook", keys{
		"name":     r.text(&r.book.Name),
		"timezone": func(n document.Node) { r.text(&zone)(n); r.book.Zone = r.zone(n) },
		"requires": func(n document.Node) { r.text(&requires)(n); r.requires(n) },
	})
}

// zone reads an IANA zone.
func (r *reader) zone(n document.Node) *time.Location {
	name := n.Text()
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		r.fail(n, `write an IANA name, such as "Europe/Berlin"`, "unknown time zone %q", name)
		return time.UTC
	}
	return zone
}

func (r *reader) limits(n document.Node) {
	r.mapping(n, "limits", keys{"gone_after": r.duration(&r.book.GoneAfter)})
}

func (r *reader) state(n document.Node) {
	r.mapping(n, "state", keys{"backend": word(r, &r.book.Backend, map[string]string{"local": "local"})})
}

// environments checks every environment's form; only the chosen one is used, by overrides.
func (r *reader) environments(n document.Node) {
	var seen []string
	r.named(n, "environments", func(name, value document.Node) {
		seen = append(seen, name.Text())
		ignore := func(document.Node) {}
		r.mapping(value, "environment "+name.Text(), keys{"variables": ignore, "connectors": ignore})
	})
	if e := r.inputs.Environment; e != "" && !slices.Contains(seen, e) {
		r.fail(n, diag.Suggest(e, seen), "there is no environment %q", e)
	}
}

// overrides checks that what environments override exists, whichever is chosen.
func (r *reader) overrides(n document.Node, sections map[string]document.Node) {
	for _, env := range n.Fields() {
		for _, section := range []string{"variables", "connectors"} {
			for _, f := range env.Value.Get(section).Fields() {
				if !sections[section].Get(f.Key.Text()).Exists() {
					known := make([]string, 0)
					for _, k := range sections[section].Fields() {
						known = append(known, k.Key.Text())
					}
					r.fail(f.Key, diag.Suggest(f.Key.Text(), known), "environment %s overrides %s %q, which is not declared", env.Key.Text(),
						section[:len(section)-1], f.Key.Text())
				}
			}
		}
	}
	r.overrideConnectors(n.Get(r.inputs.Environment).Get("connectors"))
}

func (r *reader) overrideConnectors(n document.Node) {
	for _, f := range n.Fields() {
		if c := r.book.Connector(f.Key.Text()); c != nil {
			settings := maps.Clone(c.Settings)
			for _, s := range f.Value.Fields() {
				settings[s.Key.Text()] = s.Value
			}
			c.Settings = settings
		}
	}
}

func (r *reader) connectors(n document.Node) {
	r.named(n, "connectors", func(name, value document.Node) {
		c := Connector{Name: name.Text(), At: name, Settings: map[string]document.Node{}}
		if value.Kind() != document.Map {
			r.fail(value, "write crm: {uses: files, dir: ./desk}", "connector %s must be a mapping with uses: and its settings", c.Name)
			return
		}
		for _, f := range value.Fields() {
			if f.Key.Text() == "uses" {
				r.text(&c.Uses)(f.Value)
				c.At = f.Value
				continue
			}
			c.Settings[f.Key.Text()] = f.Value
		}
		if c.Uses == "" {
			r.fail(name, "write "+c.Name+": {uses: files, dir: ./desk}", "connector %s does not say what it uses", c.Name)
			return
		}
		r.book.Connectors = append(r.book.Connectors, c)
	})
}

func (r *reader) segments(n document.Node) {
	r.named(n, "segments", func(name, value document.Node) {
		s := &Segment{Name: name.Text(), At: name}
		r.mapping(value, "segment "+s.Name, keys{
			"of":     func(n document.Node) { r.text(&s.Of)(n); s.OfAt = n },
			"where":  r.expr(&s.Where),
			"list":   func(n document.Node) { r.text(&s.List)(n); s.ListAt = n },
			"owners": r.texts(&s.Owners),
		})
		r.book.Segments = append(r.book.Segments, s)
	})
}
