package rehearse

import (
	"slices"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// schema is what a record of an entity is made of: the columns that a file of it would have.
type schema struct {
	entity *playbook.Entity
	slots  []slot
}

// slot is a column. A field that is also a key is one column; one of another type than text gets its own.
type slot struct {
	name   string
	of     frame.Type
	key    bool   // the record's own key
	parent string // the entity whose key it is; "" for none
}

// schemasOf gives the schema of every entity.
func schemasOf(b *playbook.Book) map[string]*schema {
	out := map[string]*schema{}
	for _, e := range b.Entities {
		s := &schema{entity: e}
		for _, f := range e.Fields {
			s.slot(f.Name, f.Type)
		}
		for _, p := range e.Parents {
			s.slots[s.slot(p.Column, frame.Type{Kind: frame.String})].parent = p.Entity
		}
		if e.Key != "" {
			s.slots[s.slot(e.Key, frame.Type{Kind: frame.String})].key = true
		}
		out[e.Name] = s
	}
	return out
}

// slot finds the place of a column, or makes it.
func (s *schema) slot(name string, of frame.Type) int {
	i := slices.IndexFunc(s.slots, func(x slot) bool { return x.name == name && x.of.Kind == of.Kind })
	if i < 0 {
		s.slots = append(s.slots, slot{name: name, of: of})
		i = len(s.slots) - 1
	}
	return i
}

// names gives the names of the columns.
func (s *schema) names() []string {
	var out []string
	for _, x := range s.slots {
		if !slices.Contains(out, x.name) {
			out = append(out, x.name)
		}
	}
	return out
}

// keySlot gives the place of the record's key, -1 without one.
func (s *schema) keySlot() int {
	return slices.IndexFunc(s.slots, func(x slot) bool { return x.key })
}

// timeSlot gives the place of an event's time, -1 of what is no event.
func (s *schema) timeSlot() int {
	return slices.IndexFunc(s.slots, func(x slot) bool {
		return s.entity.Time != "" && x.name == s.entity.Time && x.of.Kind == frame.Time
	})
}
