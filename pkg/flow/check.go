package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/playbook"
)

// Checked is what was found out of one connector, or of one of the collections that the plays name in it.
type Checked struct {
	Connector  string
	Uses       string
	Collection connector.Collection // zero: the connector itself
	// Err says what is wrong and what to mend; nil if nothing is.
	Err error
	// Unknown says that it can't be told: who is in such a collection can't be read back. Made says that it is not there, and that apply makes it.
	Unknown, Made bool
}

// Check proves of connectors, those named or all, that they can be used, and that the collections which the plays name in them are there. Collections
// whose names depend on the record are left out. It opens each by itself: one that can't be is told of, and sinks no other.
func Check(ctx context.Context, w *World, p *Program, names []string) []Checked {
	var out []Checked
	for i := range p.Book.Connectors {
		c := &p.Book.Connectors[i]
		if len(names) > 0 && !slices.Contains(names, c.Name) {
			continue
		}
		opened, err := openThose(ctx, w, p, func(name string) bool { return name == c.Name })
		if err == nil {
			err = opened[c.Name].Check(ctx)
		}
		out = append(out, Checked{Connector: c.Name, Uses: c.Uses, Err: w.Redactor.Error(err)})
		if err != nil {
			continue
		}
		for _, n := range collectionsOf(p.Book, c.Name) {
			at := checkCollection(ctx, opened[c.Name], n)
			at.Connector, at.Uses, at.Err = c.Name, c.Uses, w.Redactor.Error(at.Err)
			out = append(out, at)
		}
	}
	return out
}

// sought is a collection that plays name, and whether all who name it would have it made.
type sought struct {
	connector.Collection
	create bool
}

// collectionsOf gives the collections of a connector that plays name, by kind and name, each once.
func collectionsOf(b *playbook.Book, name string) []sought {
	var out []sought
	for _, p := range b.Plays {
		for _, s := range outward(p) {
			if s.Connector != name || s.Name == nil || s.Verb == playbook.Send || s.Verb == playbook.Task {
				continue
			}
			constant, ok := s.Name.Constant()
			if !ok {
				continue
			}
			c := connector.Collection{Kind: s.Object, Name: constant}
			if i := slices.IndexFunc(out, func(n sought) bool { return n.Collection == c }); i >= 0 {
				out[i].create = out[i].create || s.Create
				continue
			}
			out = append(out, sought{c, s.Create})
		}
	}
	slices.SortFunc(out, func(a, b sought) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return out
}

// checkCollection asks for a collection: by its own check, or else by reading who is in it.
func checkCollection(ctx context.Context, c connector.Connector, n sought) Checked {
	at := Checked{Collection: n.Collection}
	kind, _ := c.Describe().CollectionKind(n.Kind)
	if checker, ok := connector.As[connector.CollectionChecker](c); ok {
		if at.Err = checker.CheckCollection(ctx, n.Collection); errors.Is(at.Err, connector.ErrUntold) {
			at.Err, at.Unknown = nil, true
		}
	} else if reader, ok := connector.As[connector.MemberReader](c); ok && !kind.WriteOnly {
		_, at.Err = reader.Members(ctx, n.Collection)
	} else {
		at.Unknown = true
	}
	if errors.Is(at.Err, connector.ErrNoCollection) && n.create {
		if _, makes := connector.As[connector.Creator](c); makes {
			at.Err, at.Made = nil, true
		}
	}
	return at
}

// Describe gives what a connector of the playbook offers: of one that knows only when it runs, after it is opened.
func Describe(ctx context.Context, w *World, p *Program, name string) (connector.Driver, error) {
	d := p.drivers[name]
	if !d.Spec.Unknown {
		return d, nil
	}
	opened, err := openThose(ctx, w, p, func(n string) bool { return n == name })
	if err != nil {
		return d, err
	}
	if d.Spec = opened[name].Describe(); d.Spec.Unknown {
		return d, w.Redactor.Error(opened[name].Check(ctx))
	}
	if i, ok := connector.As[connector.Introducer](opened[name]); ok {
		d = i.Introduce(d)
	}
	return d, nil
}

// Settings gives the settings of a connector of the playbook, with secrets resolved.
func Settings(ctx context.Context, w *World, c *playbook.Connector) (map[string]any, error) {
	settings, problems := w.secrets().Settings(ctx, "connector "+c.Name, c.Settings)
	return settings, problems.Err()
}
