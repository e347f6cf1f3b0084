// Package playbook holds the nouns of the language: a Book and its variables, connectors, entities, segments and plays, read from YAML
// documents and checked as far as one can without knowing CEL or any connector.
//
// Reading never stops at the first problem: [Read] gives what it could make out, and every problem it met.
package playbook

import (
	"cmp"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// Book is a whole playbook for one environment. Its lists are sorted by name, entities aside, which stand as parents before children.
type Book struct {
	Name         string
	Zone         *time.Location // of every calendar time that names no other; UTC unless said
	Environment  string         // "" for the default one
	Variables    []Variable
	Connectors   []Connector
	Entities     []*Entity
	Segments     []*Segment
	Scores       []*Score
	Stages       []*StageModel
	Roles        []*Role
	Routes       []*Route
	Calendars    []*Calendar // the default one is always there
	Suppressions []*Suppression
	Caps         []*Cap
	Groups       []*Group
	Guards       []*Guard // over its plans: the standard ones that are on, in their order, and then its own by name
	Plays        []*Play
	Moved        []Moved
	Drop         []Path // steps that are gone: who stands on one goes on behind it
	State        Backend
	GoneAfter    time.Duration
	MaxLateness  time.Duration // an effect that is later than this is not done without being asked for
	// Files are the digests of the files it was read from, by name: what a saved plan is held against.
	Files map[string]string
}

// Entity gives the entity of that name, or nil.
func (b *Book) Entity(name string) *Entity {
	return find(b.Entities, name, func(e *Entity) string { return e.Name })
}

// Segment gives the segment of that name, or nil.
func (b *Book) Segment(name string) *Segment {
	return find(b.Segments, name, func(s *Segment) string { return s.Name })
}

// Play gives the play of that name, or nil.
func (b *Book) Play(name string) *Play {
	return find(b.Plays, name, func(p *Play) string { return p.Name })
}

// Connector gives the connector of that name, or nil.
func (b *Book) Connector(name string) *Connector {
	for i := range b.Connectors {
		if b.Connectors[i].Name == name {
			return &b.Connectors[i]
		}
	}
	return nil
}

func find[T any](list []*T, name string, nameOf func(*T) string) *T {
	for _, x := range list {
		if nameOf(x) == name {
			return x
		}
	}
	return nil
}

func names[T any](list []*T, nameOf func(*T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = nameOf(x)
	}
	return out
}

// EntityNames gives the names of all entities.
func (b *Book) EntityNames() []string {
	return names(b.Entities, func(e *Entity) string { return e.Name })
}

// SegmentNames gives the names of all segments.
func (b *Book) SegmentNames() []string {
	return names(b.Segments, func(s *Segment) string { return s.Name })
}

// Role gives the role of that name, or nil.
func (b *Book) Role(name string) *Role {
	return find(b.Roles, name, func(r *Role) string { return r.Name })
}

// Route gives the route of that name, or nil.
func (b *Book) Route(name string) *Route {
	return find(b.Routes, name, func(r *Route) string { return r.Name })
}

// Calendar gives the calendar of that name ("" for the default one), or nil.
func (b *Book) Calendar(name string) *Calendar {
	return find(b.Calendars, cmp.Or(name, DefaultCalendar), func(c *Calendar) string { return c.Name })
}

// Group gives the group of that name, or nil.
func (b *Book) Group(name string) *Group {
	return find(b.Groups, name, func(g *Group) string { return g.Name })
}

// PlayNames gives the names of all plays.
func (b *Book) PlayNames() []string { return names(b.Plays, func(p *Play) string { return p.Name }) }

// Variable is a declared variable and its value for this run.
type Variable struct {
	Name   string
	Type   frame.Type
	Unread bool // a problem with its type was reported; it may have any
	Value  any  // string, int64, float64, bool, time.Time, []any, map[string]any; nil where a problem was reported
}

// Connector is a configured outside system.
type Connector struct {
	Name     string
	Uses     string // the driver's name
	At       document.Node
	Settings map[string]document.Node // with secrets not yet resolved
	Keys     map[string]document.Node // the settings' names in the file
}

// Backend is where the state is kept.
type Backend struct {
	Name     string                   // local unless said
	At       document.Node            // where that is said; not there for the default
	Settings map[string]document.Node // with secrets not yet resolved
}

// Entity is a kind of record that segments speak of.
type Entity struct {
	Name     string
	At       document.Node
	File     string // relative to the playbook; "" where From says what is read
	FileAt   document.Node
	From     From
	Key      string // name of the key's column; "" for events without one
	Plural   string
	PluralAt document.Node
	Parents  []Parent
	Time     string // name of the time field; "" unless it is an event
	Fields   []Field
	Fresh    Fresh
	BadStop  bool // on_bad_record: stop
	Identity map[string]Expr
	// Sensitive are the fields whose values are taken out of whatever playctl shows; sorted as written. They are text, and none is the key.
	Sensitive []string
	// Engagement says which events count as engagement; absent: all.
	Engagement Expr
	// Unread are names that may be fields, parents or children of it though they could not be read, of which a problem was reported;
	// [AnyName] stands for all.
	Unread []string
}

// AnyName stands for every name in [Entity.Unread].
const AnyName = "*"

// MayHave reports whether a name that is none of an entity's may be one that could not be read.
func (e *Entity) MayHave(name string) bool {
	return slices.Contains(e.Unread, AnyName) || slices.Contains(e.Unread, name)
}

// Field is a declared field.
type Field struct {
	Name   string
	Type   frame.Type
	At     document.Node
	Unread bool // a problem with its type was reported; it may have any
}

// Field gives the field of that name, or nil.
func (e *Entity) Field(name string) *Field {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			return &e.Fields[i]
		}
	}
	return nil
}

// FieldNames gives the names of all fields.
func (e *Entity) FieldNames() []string {
	out := make([]string, len(e.Fields))
	for i := range e.Fields {
		out[i] = e.Fields[i].Name
	}
	return out
}

// Parent says that a column holds the key of a record of another entity.
type Parent struct {
	Column string
	Entity string
	At     document.Node
}

// Fresh is how old an entity's data may be. The zero value accepts any age.
type Fresh struct {
	Within time.Duration
	Refuse bool   // on_stale: refuse; else a warning
	By     string // the field with the time at which a record was written, where no file has a time of its own; "" for none
	ByAt   document.Node
	At     document.Node
}

// Segment is a named set of records: a condition, or a list of keys in a file.
type Segment struct {
	Name   string
	At     document.Node
	Of     string // entity
	OfAt   document.Node
	Where  Expr          // absent where List is given
	List   string        // a file of keys, relative to the playbook
	ListAt document.Node // for problems in it
	Owners []string
}

// Inputs is what a run says beside the files.
type Inputs struct {
	Environment string
	// Variables are values given from outside, by name, each with the place that a problem names: --var, a --var-file, the
	// environment. They win over environments and defaults.
	Variables map[string]Input
}

// Input is one variable's value from outside.
type Input struct {
	Text string
	From string // "--var", "PLAYCTL_VAR_x", a file's name
}

// problem is short for a located error.
func problem(n document.Node, hint, format string, args ...any) diag.Problem {
	p := n.Problem(format, args...)
	p.Hint = hint
	return p
}
