package playbook

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// check reports names that mean nothing: everything that can be seen without knowing CEL.
func (r *reader) check() {
	r.checkPlurals()
	for _, e := range r.book.Entities {
		for name, x := range e.Identity {
			if r.book.Connector(name) == nil {
				r.fail(x.Node(), diag.Suggest(name, r.connectorNames()), "identity of %s speaks of connector %q, which is not declared", e.Name, name)
			}
		}
	}
	for _, s := range r.book.Segments {
		r.checkSegment(s)
	}
	for _, p := range r.book.Plays {
		r.checkReferences(p)
	}
}

// checkPlurals makes sure that the names by which a record reaches its fields, children and parents are all different.
func (r *reader) checkPlurals() {
	for _, e := range r.book.Entities {
		taken := map[string]string{}
		claim := func(name, what string, at document.Node) {
			if other, ok := taken[name]; ok {
				r.fail(at, "rename one of them", "%s.%s would be both %s and %s", e.Name, name, other, what)
				return
			}
			taken[name] = what
		}
		for _, f := range e.Fields {
			claim(f.Name, "a field", f.At)
		}
		for _, p := range e.Parents {
			claim(p.Entity, "the parent "+p.Entity, p.At)
		}
		for _, child := range r.book.Entities {
			for _, p := range child.Parents {
				if p.Entity == e.Name && child.Plural != "" {
					claim(child.Plural, "the list of "+child.Plural, child.At)
				}
			}
		}
	}
}

func (r *reader) checkSegment(s *Segment) {
	switch {
	case s.Of == "":
		r.fail(s.At, "write of: account", "segment %s does not say of which entity", s.Name)
	case r.book.Entity(s.Of) == nil:
		r.fail(s.OfAt, diag.Suggest(s.Of, r.book.EntityNames()), "segment %s is of %q, which is not an entity", s.Name, s.Of)
	case r.book.Entity(s.Of).Key == "":
		r.fail(s.OfAt, "choose an entity with a key", "segment %s is of %s, whose records have no key", s.Name, s.Of)
	}
	if s.Where.Exists() == (s.List != "") {
		r.fail(s.At, "write where: CONDITION, or list: FILE", "segment %s needs exactly one of where and list", s.Name)
	}
}

func (r *reader) checkReferences(p *Play) {
	if p.Named != "" {
		s := r.book.Segment(p.Named)
		if s == nil {
			r.fail(p.SegAt, diag.Suggest(p.Named, r.book.SegmentNames()), "there is no segment %q", p.Named)
		} else if p.Of == "" {
			p.Of, p.OfAt = s.Of, p.SegAt
		} else if s.Of != p.Of {
			r.fail(p.OfAt, fmt.Sprintf("remove of:, or write of: %s", s.Of), "play %s is of %s and its segment %s is of %s", p.Name, p.Of, s.Name, s.Of)
		}
	}
	if e := r.book.Entity(p.Of); e == nil && p.Of != "" && p.OfAt != p.SegAt {
		r.fail(p.OfAt, diag.Suggest(p.Of, r.book.EntityNames()), "play %s is of %q, which is not an entity", p.Name, p.Of)
	} else if e != nil && e.Key == "" {
		r.fail(p.OfAt, "choose an entity with a key", "play %s is of %s, whose records have no key", p.Name, p.Of)
	}
	for _, s := range p.Steps {
		if s.Connector != "" && r.book.Connector(s.Connector) == nil {
			r.fail(s.TargetAt, diag.Suggest(s.Connector, r.connectorNames()), "there is no connector %q", s.Connector)
		}
	}
}

func (r *reader) connectorNames() []string {
	out := make([]string, len(r.book.Connectors))
	for i, c := range r.book.Connectors {
		out[i] = c.Name
	}
	slices.Sort(out)
	return out
}
