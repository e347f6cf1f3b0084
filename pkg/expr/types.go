package expr

import (
	"fmt"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

const varsType = "the variables"

func memberType(p *playbook.Play) string { return "the member of play " + p.Name }
func stepsType(p *playbook.Play, lane string) string {
	if lane != "" {
		return "the steps of play " + p.Name + " and of its lanes at " + lane
	}
	return "the steps of play " + p.Name
}
func stepType(p *playbook.Play, step string) string {
	return "step " + step + " of play " + p.Name
}

// types tells cel-go the types of a playbook: a struct an entity, and the structs behind vars, member and steps.
type types struct {
	*celtypes.Registry
	mu      sync.RWMutex
	book    *playbook.Book
	structs map[string]*structType
	// triggers are the entities of the events that launch plays, by play.
	triggers map[string]string
}

// structType is a struct's fields, in order for suggestions.
type structType struct {
	names  []string
	fields map[string]*celtypes.FieldType
	// may reports whether there may be a field of another name, whose declaration could not be read: it passes as one of any type, so
	// that it is not reported again. nil: never.
	may func(name string) bool
}

func (s *structType) add(name string, t *cel.Type, isSet func(any) bool, get func(any) (any, error)) {
	s.names = append(s.names, name)
	s.fields[name] = &celtypes.FieldType{Type: t, IsSet: isSet, GetFrom: get}
}

func newStruct() *structType { return &structType{fields: map[string]*celtypes.FieldType{}} }

func newTypes(b *playbook.Book) *types {
	registry, err := celtypes.NewRegistry()
	if err != nil { // only for bad message types, and none are given
		panic(err)
	}
	t := &types{Registry: registry, book: b, structs: map[string]*structType{}, triggers: map[string]string{}}
	for _, e := range b.Entities {
		t.structs[recordType(e.Name).TypeName()] = entityStruct(b, e)
	}
	vars := newStruct()
	for _, v := range b.Variables {
		vars.add(v.Name, declaredType(v.Type, v.Unread), func(any) bool { return true }, func(target any) (any, error) {
			value, ok := target.(*variables)
			if !ok {
				return nil, fmt.Errorf("vars.%s is not to be had here", v.Name)
			}
			return value.get(v.Name)
		})
	}
	t.structs[varsType] = vars
	t.addPlan()
	return t
}

// entityStruct makes fields, parents and children selectable on a record.
func entityStruct(b *playbook.Book, e *playbook.Entity) *structType {
	s := newStruct()
	s.may = e.MayHave
	for i, f := range e.Fields {
		s.add(f.Name, declaredType(f.Type, f.Unread),
			func(target any) bool { return target.(*record).has(i) },
			func(target any) (any, error) { return target.(*record).field(i) })
	}
	for _, p := range e.Parents {
		s.add(p.Entity, recordType(p.Entity),
			func(target any) bool { _, err := target.(*record).parent(p.Entity); return err == nil },
			func(target any) (any, error) { return target.(*record).parent(p.Entity) })
	}
	for _, child := range b.Entities {
		for _, p := range child.Parents {
			if p.Entity == e.Name && child.Plural != "" {
				s.add(child.Plural, cel.ListType(recordType(child.Name)),
					func(any) bool { return true },
					func(target any) (any, error) { return target.(*record).children(child.Plural) })
			}
		}
	}
	return s
}

// addPlay makes the structs behind member and steps of a play, once.
func (t *types) addPlay(p *playbook.Play) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.structs[memberType(p)] != nil {
		return
	}
	member := newStruct()
	member.add("entered_at", cel.TimestampType, always, func(m any) (any, error) { return celTime(m.(*Member).EnteredAt), nil })
	member.add("step_at", cel.TimestampType, always, func(m any) (any, error) { return celTime(m.(*Member).StepAt), nil })
	if p.Trigger.Kind == playbook.OnEvents {
		entity := t.triggers[p.Name]
		if entity == "" { // the trigger is no list of events, which was reported
			member.add("event", cel.DynType, always, func(any) (any, error) { return nil, missing("member", "event") })
		} else {
			member.add("event", recordType(entity),
				func(m any) bool { return m.(*Member).Event != nil },
				func(m any) (any, error) { return m.(*Member).event(t.book.Entity(entity)) })
		}
	}
	member.add("variant", cel.StringType, func(m any) bool { return m.(*Member).Variant != "" }, func(m any) (any, error) {
		if v := m.(*Member).Variant; v != "" {
			return celtypes.String(v), nil
		}
		return nil, missing("member", "variant")
	})
	t.structs[memberType(p)] = member
	t.addSteps(p)
}

// addSteps makes the structs behind the steps of a play and, for each step with lanes, those behind its steps and the lanes' together.
func (t *types) addSteps(p *playbook.Play) {
	lanes := map[string]string{} // step → the step in whose lanes it is
	for _, s := range p.AllSteps() {
		if s.Verb == playbook.Each {
			for _, inner := range s.Within() {
				lanes[inner.ID] = s.ID
			}
		}
	}
	structs := map[string]*structType{"": newStruct()}
	for _, lane := range lanes {
		structs[lane] = newStruct()
	}
	for _, s := range p.AllSteps() {
		one := t.stepStruct(p, s)
		t.structs[stepType(p, s.ID)] = one
		for lane, all := range structs {
			if own := lanes[s.ID]; own == "" || own == lane {
				all.add(s.ID, cel.ObjectType(stepType(p, s.ID)),
					func(m any) bool { return m.(*Member).Steps[s.ID] != nil },
					func(m any) (any, error) { return m.(*Member).step(s.ID, one) })
			}
		}
	}
	for lane, all := range structs {
		t.structs[stepsType(p, lane)] = all
	}
}

// stepStruct makes what can be asked of a finished step: its outcome, and what its verb gives beside it.
func (t *types) stepStruct(p *playbook.Play, s *playbook.Step) *structType {
	one := newStruct()
	one.add("outcome", cel.StringType, always, func(st any) (any, error) { return celtypes.String(st.(*Step).Outcome), nil })
	if s.Verb.Outward() {
		one.add("records", cel.ListType(cel.DynType), always, func(st any) (any, error) { return st.(*Step).records() })
	}
	if s.Verb == playbook.WaitFor {
		one.add("event", cel.DynType, func(st any) bool { return st.(*Step).Event != nil }, func(any) (any, error) { return nil, missing("the step", "event") })
	}
	if len(s.Asks) > 0 {
		answers := newStruct()
		for _, a := range s.Asks {
			answers.add(a.Name, celType(a.Type), func(st any) bool { _, ok := st.(*Step).Answers[a.Name]; return ok },
				func(st any) (any, error) { return st.(*Step).answer(a.Name) })
		}
		name := "the answers of " + stepType(p, s.ID)
		t.structs[name] = answers
		one.add("answers", cel.ObjectType(name), always, func(st any) (any, error) { return &object{value: st, fields: answers}, nil })
	}
	return one
}

func always(any) bool { return true }

// Triggers tells the environment what events launch a play, so that its expressions may speak of member.event.
func (e *Env) Triggers(p *playbook.Play, entity string) {
	e.types.mu.Lock()
	defer e.types.mu.Unlock()
	e.types.triggers[p.Name] = entity
}

// FindStructType implements cel-go's type provider.
func (t *types) FindStructType(name string) (*celtypes.Type, bool) {
	if t.lookup(name) != nil {
		return celtypes.NewTypeTypeWithParam(celtypes.NewObjectType(name)), true
	}
	return t.Registry.FindStructType(name)
}

// FindStructFieldNames implements cel-go's type provider.
func (t *types) FindStructFieldNames(name string) ([]string, bool) {
	if s := t.lookup(name); s != nil {
		return s.names, true
	}
	return t.Registry.FindStructFieldNames(name)
}

// FindStructFieldType implements cel-go's type provider.
func (t *types) FindStructFieldType(name, field string) (*celtypes.FieldType, bool) {
	if s := t.lookup(name); s != nil {
		f, ok := s.fields[field]
		if !ok && s.may != nil && s.may(field) {
			return &celtypes.FieldType{Type: cel.DynType}, true
		}
		return f, ok
	}
	return t.Registry.FindStructFieldType(name, field)
}

// NewValue implements cel-go's type provider: records can't be made by expressions.
func (t *types) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if t.lookup(name) != nil {
		return celtypes.NewErr("a %s can't be made in an expression", name)
	}
	return t.Registry.NewValue(name, fields)
}

// NativeToValue implements cel-go's type adapter.
func (t *types) NativeToValue(value any) ref.Val {
	if v, ok := value.(ref.Val); ok {
		return v
	}
	return t.Registry.NativeToValue(value)
}

// names gives the names that can be selected from a type, in order; nil if none can.
func (t *types) names(of *cel.Type) []string {
	if s := t.lookup(of.TypeName()); s != nil {
		return s.names
	}
	return nil
}

func (t *types) lookup(name string) *structType {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.structs[name]
}

// declaredType gives the CEL type of a field or variable: any if its type could not be read.
func declaredType(t frame.Type, unread bool) *cel.Type {
	if unread {
		return cel.DynType
	}
	return celType(t)
}

// celType gives the CEL type of a declared one.
func celType(t frame.Type) *cel.Type {
	switch t.Kind {
	case frame.Bool:
		return cel.BoolType
	case frame.Int:
		return cel.IntType
	case frame.Double:
		return cel.DoubleType
	case frame.Time:
		return cel.TimestampType
	case frame.List:
		return cel.ListType(celType(*t.Elem))
	case frame.Map:
		return cel.MapType(cel.StringType, celType(*t.Elem))
	}
	return cel.StringType
}

func celTime(t time.Time) ref.Val { return celtypes.Timestamp{Time: t.UTC()} }

// Reaches tells the environment what records a step acts on, so that later steps may speak of them: steps.<id>.records.
func (e *Env) Reaches(p *playbook.Play, step, entity string) {
	if _, err := e.scope(Scope{Self: p.Of, Play: p}); err != nil {
		return
	}
	e.types.mu.Lock()
	defer e.types.mu.Unlock()
	if s := e.types.structs[stepType(p, step)]; s != nil && s.fields["records"] != nil {
		s.fields["records"].Type = cel.ListType(recordType(entity))
	}
}

// Hears tells the environment of which events a wait_for is, so that later steps may speak of the one that ended it: steps.<id>.event.
func (e *Env) Hears(p *playbook.Play, step, entity string) {
	if _, err := e.scope(Scope{Self: p.Of, Play: p}); err != nil {
		return
	}
	e.types.mu.Lock()
	defer e.types.mu.Unlock()
	if s := e.types.structs[stepType(p, step)]; s != nil && s.fields["event"] != nil {
		of := e.book.Entity(entity)
		s.fields["event"] = &celtypes.FieldType{Type: recordType(entity), IsSet: s.fields["event"].IsSet,
			GetFrom: func(st any) (any, error) { return st.(*Step).event(of) }}
	}
}
