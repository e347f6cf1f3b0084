package simulate

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// store is what the simulated system holds.
type store struct {
	last        int64              // the last id that was given
	name        func(int64) string // what the nth is
	objects     map[string]*table
	collections map[string][]*collection // by kind
	sent        map[string][]*Effect     // by action
	tasks       map[string][]*Task       // by kind
	effects     []*Effect
}

func newStore() *store {
	return &store{last: 1000, objects: map[string]*table{}, collections: map[string][]*collection{}, sent: map[string][]*Effect{}, tasks: map[string][]*Task{}}
}

// id gives one that was not given before.
func (s *store) id() string {
	s.last++
	return s.name(s.last)
}

// table is records in the order in which they came.
type table struct {
	rows  []*record
	byKey map[string]*record
	next  int
}

// record is one of an object, or a membership.
type record struct {
	Key     string
	Fields  map[string]any
	ID      string // of a membership
	Updated time.Time
	at      int // rises with every record, and so is where a page begins
}

func (s *store) table(object string) *table {
	t := s.objects[object]
	if t == nil {
		t = newTable()
		s.objects[object] = t
	}
	return t
}

func newTable() *table { return &table{byKey: map[string]*record{}} }

// put gives the record with a key, made if there is none.
func (t *table) put(key string, now time.Time) (r *record, made bool) {
	if r = t.byKey[key]; r != nil {
		return r, false
	}
	t.next++
	r = &record{Key: key, Fields: map[string]any{}, Updated: now, at: t.next}
	t.rows, t.byKey[key] = append(t.rows, r), r
	return r, true
}

func (t *table) drop(key string) bool {
	r := t.byKey[key]
	if r == nil {
		return false
	}
	delete(t.byKey, key)
	t.rows = slices.DeleteFunc(t.rows, func(x *record) bool { return x == r })
	return true
}

// with gives the records that have a value in a field.
func (t *table) with(field, value string, fold bool) []*record {
	var out []*record
	for _, r := range t.rows {
		if holds(r.Fields[field], value, fold) || field == "id" && r.Key == value {
			out = append(out, r)
		}
	}
	return out
}

// holds reports whether a field is a value, or a list with it.
func holds(field any, value string, fold bool) bool {
	if list, ok := field.([]any); ok {
		return slices.ContainsFunc(list, func(x any) bool { return holds(x, value, fold) })
	}
	text := textOf(field)
	return text == value || fold && strings.EqualFold(text, value)
}

// has gives the value of a field as it is spelled, where it is that one, or one of several.
func (r *record) has(field, value string, fold bool) (spelled string, ok bool) {
	list, several := r.Fields[field].([]any)
	if !several {
		list = []any{r.Fields[field]}
	}
	for _, x := range list {
		if text := textOf(x); x != nil && (text == value || fold && strings.EqualFold(text, value)) {
			return text, true
		}
	}
	return "", false
}

// collection is one that has members.
type collection struct {
	ID, Name string
	by       map[string]*table // the members, by kind
	at       int
}

// members gives those of a kind.
func (c *collection) members(kind string) *table {
	t := c.by[kind]
	if t == nil {
		t = newTable()
		c.by[kind] = t
	}
	return t
}

// collection finds one by its id or its name; nil if there is none.
func (s *store) collection(kind, id, name string, fold bool) *collection {
	for _, c := range s.collections[kind] {
		if id != "" && c.ID == id || name != "" && (c.Name == name || fold && strings.EqualFold(c.Name, name)) {
			return c
		}
	}
	return nil
}

func (s *store) create(kind, name string) *collection {
	c := &collection{ID: s.id(), Name: name, by: map[string]*table{}, at: len(s.collections[kind]) + 1}
	s.collections[kind] = append(s.collections[kind], c)
	return c
}

// Task is one that a person was given.
type Task struct {
	Receipt   string            `json:"receipt"`
	Key       string            `json:"key"`
	ID        string            `json:"id"` // whom it is about
	Fields    map[string]any    `json:"fields"`
	Status    string            `json:"status"` // open, done or cancelled
	Outcome   string            `json:"outcome,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	DoneAt    time.Time         `json:"done_at,omitzero"`
	TouchedAt time.Time         `json:"touched_at,omitzero"`
	gone      bool
}

// Effect is something that the system did since it was asked to.
type Effect struct {
	Does    string         `json:"does"`              // add, remove, set, send, task, cancel, create
	Kind    string         `json:"kind"`              // of collection, object, action or task
	Target  string         `json:"target,omitempty"`  // the collection's name
	ID      string         `json:"id,omitempty"`      // whom it is about
	Key     string         `json:"key,omitempty"`     // the effect's key, where the request had one
	Receipt string         `json:"receipt,omitempty"` // what the system calls it
	Fields  map[string]any `json:"fields,omitempty"`
}

// same is what tells an effect from others: by its key, and by all of it where it has none.
func (e *Effect) same() string {
	if e.Key != "" {
		return e.Does + "\x00" + e.Kind + "\x00" + e.Key
	}
	parts := []string{e.Does, e.Kind, e.Target, e.ID}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, name, textOf(e.Fields[name]))
	}
	return strings.Join(parts, "\x00")
}

func (s *store) did(e *Effect) *Effect {
	s.effects = append(s.effects, e)
	return e
}

// find gives a task by its receipt, or by its key; nil if there is none.
func (s *store) find(kind, receipt, key string) *Task {
	for _, t := range s.tasks[kind] {
		if !t.gone && (receipt != "" && t.Receipt == receipt || key != "" && t.Key == key) {
			return t
		}
	}
	return nil
}
