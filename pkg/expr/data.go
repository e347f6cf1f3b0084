package expr

import (
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"

	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Data is what expressions are evaluated over: one run's records, its clock, its variables, and what was found out so far. Functions
// look things up in it through the records that they are given. It is shared by goroutines that only read.
type Data struct {
	Frame *frame.Frame
	Now   time.Time
	Vars  map[string]any
	// Segments are the verdicts on the segments evaluated so far, by name.
	Segments map[string]frame.Verdict
	// Scores and Stages are those evaluated so far, by name.
	Scores map[string]*Scored
	Stages map[string]*Staged
	// Sighted, if given, is called as soon as stages are evaluated whose changes are watched, so that Changes hold what this run sees of them
	// before anything speaks of it.
	Sighted func(ChangedField)
	// Engaged are, for each event entity, the events that count as engagement.
	Engaged map[string]frame.Bits
	// Changes are the observed changes of a field of an entity by record key, oldest first; values are as Hash gives them.
	Changes map[ChangedField]map[string][]Change
	// Hash is how values in Changes were made unreadable.
	Hash func(string) string
	// Plays tells where records stand in other plays.
	Plays Standing
	// Touches counts, for invariants, the messages and tasks after a time that are about a record or one below it; nil elsewhere.
	Touches func(entity, key string, since time.Time) int

	// Plan is what guards judge; nil elsewhere.
	Plan *Plan

	types sync.Map // CEL types of records by entity, made once: a function's every call asks for them
}

func (d *Data) recordType(entity string) ref.Type {
	if t, ok := d.types.Load(entity); ok {
		return t.(ref.Type)
	}
	t, _ := d.types.LoadOrStore(entity, recordType(entity))
	return t.(ref.Type)
}

// ChangedField is a field whose changes are watched.
type ChangedField struct{ Entity, Field string }

// Change is one observed change of a value.
type Change struct {
	From, To string
	At       time.Time
}

// Standing tells where records stand in plays.
type Standing interface {
	// Enrolled reports whether the record is in the play now.
	Enrolled(play, key string) bool
	// Finished reports whether the record ever left the play with that outcome, or with any if outcome is "*".
	Finished(play, outcome, key string) bool
}

// Member is a member of a play as its expressions see it.
type Member struct {
	Data      *Data
	EnteredAt time.Time
	StepAt    time.Time
	Variant   string         // "" before any split
	Event     map[string]any // nil if no event launched it
	Steps     map[string]*Step
}

// Step is a finished step of a member as expressions see it.
type Step struct {
	Data    *Data
	Outcome string
	Entity  string         // of Records
	Records []string       // keys of the records that it reached
	Event   map[string]any // that ended a wait_for; nil if none did
	Answers map[string]any // of a task, by name
}

// event gives the event that ended a wait.
func (s *Step) event(e *playbook.Entity) (any, error) {
	if s.Event == nil {
		return nil, &Unknown{What: "no event ended the step"}
	}
	return &record{data: s.Data, entity: e, stored: s.Event}, nil
}

// answer gives one of a task's answers.
func (s *Step) answer(name string) (any, error) {
	if v, ok := s.Answers[name]; ok {
		return toCEL(v), nil
	}
	return nil, &Unknown{What: "answer " + name + " is missing"}
}

func (m *Member) event(e *playbook.Entity) (any, error) {
	if m.Event == nil {
		return nil, &Unknown{What: "member.event is missing"}
	}
	return &record{data: m.Data, entity: e, stored: m.Event}, nil
}

func (m *Member) step(id string, fields *structType) (any, error) {
	if s := m.Steps[id]; s != nil {
		return &object{value: s, fields: fields}, nil
	}
	return nil, &Unknown{What: "step " + id + " is not done"}
}

// records gives those of the records that still exist.
func (s *Step) records() (any, error) {
	t := s.Data.Frame.Table(s.Entity)
	if t == nil {
		return &rows{data: s.Data, table: &frame.Table{Entity: s.Entity}}, nil
	}
	out := &rows{data: s.Data, table: t}
	for _, key := range s.Records {
		if row, ok := t.Row(key); ok {
			out.list = append(out.list, uint32(row))
		}
	}
	if t.Time() != nil {
		out.sortByTime()
	}
	return out, nil
}

// object is a struct that is no record (vars, member, steps) as a CEL value.
type object struct {
	record // for the parts of ref.Val that are the same
	value  any
	fields *structType
}

// IsSet implements traits.FieldTester, through which optional selection (steps.?call) looks.
func (o *object) IsSet(field ref.Val) ref.Val {
	f := o.fields.fields[string(field.(celtypes.String))]
	return celtypes.Bool(f != nil && f.IsSet(o.value))
}

// Get implements traits.Indexer, through which optional selection looks.
func (o *object) Get(field ref.Val) ref.Val {
	f := o.fields.fields[string(field.(celtypes.String))]
	if f == nil {
		return celtypes.WrapErr(&Unknown{What: "it has no " + string(field.(celtypes.String))})
	}
	value, err := f.GetFrom(o.value)
	if err != nil {
		return celtypes.WrapErr(err)
	}
	return value.(ref.Val)
}

// Type implements ref.Val.
func (o *object) Type() ref.Type { return celtypes.NewObjectType("playctl") }

// Value implements ref.Val: what the fields are taken from.
func (o *object) Value() any { return o.value }

// Equal implements ref.Val.
func (o *object) Equal(other ref.Val) ref.Val { return celtypes.Bool(o == other) }

type variables map[string]ref.Val

func (v *variables) get(name string) (any, error) {
	value, ok := (*v)[name]
	if !ok {
		return nil, fmt.Errorf("variable %s has no value", name)
	}
	return value, nil
}

// changed reports whether a change of the record's field from one value to another was seen within d.
func (d *Data) changed(r *record, field, from, to string, within time.Duration) bool {
	if r.stored != nil || !r.table.HasKey() {
		return false
	}
	list := d.Changes[ChangedField{r.table.Entity, field}][r.table.Key(r.row)]
	return len(list) > 0 && d.wanted(from, to, within).in(list)
}

// ChangedRows gives the rows of a table whose field, or what [StageField] calls it, was seen to change from one value to another within d; "*" is any value.
func (d *Data) ChangedRows(t *frame.Table, field string, from, to any, within time.Duration) frame.Bits {
	out := frame.NewBits(t.Rows)
	if !t.HasKey() {
		return out
	}
	wanted := d.wanted(playbook.Text(from), playbook.Text(to), within)
	for key, list := range d.Changes[ChangedField{t.Entity, field}] {
		if row, ok := t.Row(key); ok && wanted.in(list) {
			out.Add(row)
		}
	}
	return out
}

// wantedChange is what changes are compared with: values as Hash gives them, which takes long, "*" for any; and times.
type wantedChange struct {
	from, to   string
	after, now time.Time
}

func (d *Data) wanted(from, to string, within time.Duration) wantedChange {
	hashed := func(value string) string {
		if value == "*" || d.Hash == nil { // nothing is hashed where nothing was recorded
			return value
		}
		return d.Hash(value)
	}
	return wantedChange{hashed(from), hashed(to), d.Now.Add(-within), d.Now}
}

// in reports whether one of a record's changes is such a one.
func (w wantedChange) in(list []Change) bool {
	return slices.ContainsFunc(list, func(c Change) bool {
		return c.At.After(w.after) && !c.At.After(w.now) && (w.from == "*" || w.from == c.From) && (w.to == "*" || w.to == c.To)
	})
}

// after gives those of a list's events that come after t. The list stands in order of time, events without one first.
func (l *rows) after(t time.Time) *rows {
	clock, limit := l.table.Time(), t.UnixMicro()
	i := sort.Search(len(l.list), func(i int) bool {
		row := int(l.list[i])
		return clock.IsKnown(row) && clock.Ints[row] > limit
	})
	return &rows{data: l.data, table: l.table, list: l.list[i:]}
}

// Fields gives those of the named fields of a row that are known, as plain values; also what is watched like a field ([StageField]).
func (d *Data) Fields(entity string, row int, names []string) map[string]any {
	r := &record{data: d, table: d.Frame.Table(entity), row: row}
	out := map[string]any{}
	for _, name := range names {
		if v, err := r.watched(name); err == nil {
			if p, err := plain(v.(ref.Val)); err == nil {
				out[name] = p
			}
		}
	}
	return out
}
