package flow

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Driver gives the driver of a connector of the playbook: one that is built in, or a manifest of the playbook's own. What a driver offers that can't
// be known before its connectors run is taken to be what the steps ask for.
func (p *Program) Driver(name string) (connector.Driver, bool) {
	d, ok := p.drivers[name]
	if ok && d.Spec.Unknown {
		d.Spec = guess(p.Book, name)
	}
	return d, ok
}

// Offered gives the driver of a connector of the playbook, with what it says of itself before it runs.
func (p *Program) Offered(name string) (connector.Driver, bool) {
	d, ok := p.drivers[name]
	return d, ok
}

// driverIn gives the driver with which a connector is opened in a world, which may be another one than that in which the playbook was checked.
func (p *Program) driverIn(w *World, c *playbook.Connector) (connector.Driver, bool) {
	if i := slices.IndexFunc(w.Drivers, func(d connector.Driver) bool { return d.Name == c.Uses }); i >= 0 {
		return w.Drivers[i].Whole(), true
	}
	d, ok := p.drivers[c.Name]
	return d, ok
}

// ofFile reports whether `uses:` names a manifest's file.
func ofFile(uses string) bool {
	return strings.HasPrefix(uses, "./") || strings.HasPrefix(uses, "../") || filepath.IsAbs(uses) || slices.Contains([]string{".yaml", ".yml"}, path.Ext(uses))
}

// findDrivers finds the driver of each connector, by the connector's name.
func findDrivers(w *World, b *playbook.Book, manifests []*document.File) (map[string]connector.Driver, diag.List) {
	found, read := map[string]connector.Driver{}, map[string]connector.Driver{}
	var problems diag.List
	for i := range b.Connectors {
		c := &b.Connectors[i]
		if ofFile(c.Uses) {
			d, more := readManifest(w, c, manifests, read)
			if problems.Add(more...); more.Errors() == 0 && d.Open != nil {
				found[c.Name] = d
			}
			continue
		}
		var known []string
		for _, d := range w.Drivers {
			if known = append(known, d.Name); d.Name == c.Uses {
				found[c.Name] = d.Whole()
			}
		}
		if _, ok := found[c.Name]; !ok {
			p := c.At.Problem("there is no connector %q to use", c.Uses)
			p.Hint = diag.Suggest(c.Uses, known)
			problems.Add(p)
		}
	}
	return found, problems
}

// readManifest gives the driver of a manifest of the playbook's own. Several connectors may use one, whose problems are told once.
func readManifest(w *World, c *playbook.Connector, manifests []*document.File, read map[string]connector.Driver) (connector.Driver, diag.List) {
	name := path.Clean(filepath.ToSlash(c.Uses))
	if d, again := read[name]; again {
		return d, nil
	}
	i := slices.IndexFunc(manifests, func(f *document.File) bool { return f.Name == name })
	if i < 0 {
		return connector.Driver{}, diag.List{noManifest(c, name, manifests)}
	}
	if w.Manifest == nil {
		return connector.Driver{}, diag.List{c.At.Problem("manifests can't be read here")}
	}
	d, problems := w.Manifest(name, manifests[i].Bytes())
	if problems.Errors() > 0 {
		d = connector.Driver{}
	}
	read[name] = d
	return d, problems
}

func noManifest(c *playbook.Connector, name string, manifests []*document.File) diag.Problem {
	p := c.At.Problem("there is no manifest %q", c.Uses)
	var known []string
	for _, f := range manifests {
		known = append(known, "./"+f.Name)
	}
	if p.Hint = diag.Suggest("./"+name, known); p.Hint == "" {
		p.Hint = "it begins with `connector: NAME`, and its path is relative to the playbook's folder"
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		p.Message += ": manifests lie in the playbook's folder"
		p.Hint = "copy it there: it is part of what a plan was made from"
	}
	return p
}

// guess gives what a connector must offer for the steps and entities of a playbook.
func guess(b *playbook.Book, name string) connector.Spec {
	s := connector.Spec{AnyObject: true, AnyRecord: true, AnyAction: true, AnyRetry: connector.Lookup}
	for _, play := range b.Plays {
		for _, step := range outward(play) {
			switch _, known := s.CollectionKind(step.Object); {
			case step.Connector != name, step.Verb == playbook.Send, step.Verb == playbook.Set && step.Name == nil:
			case step.Verb == playbook.Task:
				if _, known := s.Task(step.Object); !known {
					s.Tasks = append(s.Tasks, connector.ActionKind{Name: step.Object, Retry: connector.Lookup})
				}
			case !known:
				s.Collections = append(s.Collections, connector.CollectionKind{Name: step.Object, AnyField: true})
			}
		}
	}
	return s
}

// checkUse holds what a playbook has a connector do against what it offers.
func checkUse(b *playbook.Book, name string, d connector.Driver) diag.List {
	var problems diag.List
	if d.Spec.Unknown {
		return nil
	}
	for _, e := range b.Entities {
		if e.From.Connector == name {
			problems.Add(checkOrigin(e, d)...)
		}
	}
	for _, p := range b.Plays {
		for _, s := range outward(p) {
			if s.Connector == name {
				problems.Add(checkTarget(s, d)...)
			}
		}
	}
	return problems
}
