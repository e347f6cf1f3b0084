package expr

import (
	"time"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Plan is a plan in numbers: what guards speak of as plan.
type Plan struct {
	Environment string // "" for the default one

	Entries, Exits, Moves                                   int // members who enter, leave, take a step
	Adds, Removals, Changes, Sends, Tasks, Cancels, Creates int // operations
	Strangers                                               int // removals of who was put there by somebody else
	Conflicts, Waiting, Unchanged                           int
	Members                                                 int // records held in collections before
	Enrolled                                                int // active members of plays before
	Clock                                                   time.Time
	LastRun                                                 time.Time // when the last run was last at work; zero: there was none
	Plays                                                   []PlanPlay
	Collections                                             []PlanCollection
	Sources                                                 []PlanSource
}

// PlanPlay is what a plan does to the members of one play.
type PlanPlay struct {
	Name                          string
	FirstLaunch, Changed, Removed bool
	Entries, Exits, Moves         int
	Adds, Removals, Sends, Tasks  int
	Members                       int // active before
}

// PlanCollection is what a plan does to one collection.
type PlanCollection struct {
	Name           string // desk.audience "Intent"
	Adds, Removals int
	Members        int // held there before
}

// PlanSource is an entity's records as this run read them.
type PlanSource struct {
	Name, File    string
	Records, Bad  int
	Before        int // records that the last run read; less than 0: it is not known
	Members       int // active members of plays who are of them
	Age           time.Duration
	Stale, Refuse bool   // older than fresh: accepts; and that is to be refused
	Staleness     string // how old it is and what is accepted, in words; "" where it is not stale
}

const (
	planType           = "the plan"
	planPlayType       = "a play of the plan"
	planCollectionType = "a collection of the plan"
	planSourceType     = "a source of the plan"
)

// figure is one thing that guards can ask: its name, what it is, and where it comes from.
type figure[T any] struct {
	name string
	get  func(*T) any // int, string, bool, time.Time, time.Duration, or a ref.Val; nil: it is not known
}

// planFigures are those of the plan as a whole.
func planFigures(t *types) []figure[Plan] {
	return []figure[Plan]{
		{"entries", func(p *Plan) any { return p.Entries }}, {"exits", func(p *Plan) any { return p.Exits }}, {"moves", func(p *Plan) any { return p.Moves }},
		{"adds", func(p *Plan) any { return p.Adds }}, {"removals", func(p *Plan) any { return p.Removals }}, {"changes", func(p *Plan) any { return p.Changes }},
		{"sends", func(p *Plan) any { return p.Sends }}, {"tasks", func(p *Plan) any { return p.Tasks }}, {"once", func(p *Plan) any { return p.Sends + p.Tasks }},
		{"cancels", func(p *Plan) any { return p.Cancels }}, {"creates", func(p *Plan) any { return p.Creates }}, {"strangers", func(p *Plan) any { return p.Strangers }},
		{"conflicts", func(p *Plan) any { return p.Conflicts }}, {"waiting", func(p *Plan) any { return p.Waiting }},
		{"unchanged", func(p *Plan) any { return p.Unchanged }}, {"members", func(p *Plan) any { return p.Members }}, {"enrolled", func(p *Plan) any { return p.Enrolled }},
		{"environment", func(p *Plan) any { return p.Environment }}, {"clock", func(p *Plan) any { return p.Clock }},
		{"last_run_at", func(p *Plan) any { return known(p.LastRun, !p.LastRun.IsZero()) }},
		{"plays", func(p *Plan) any { return objects(p.Plays, t.lookup(planPlayType)) }},
		{"collections", func(p *Plan) any { return objects(p.Collections, t.lookup(planCollectionType)) }},
		{"sources", func(p *Plan) any { return objects(p.Sources, t.lookup(planSourceType)) }},
	}
}

func playFigures() []figure[PlanPlay] {
	return []figure[PlanPlay]{
		{"name", func(p *PlanPlay) any { return p.Name }}, {"first_launch", func(p *PlanPlay) any { return p.FirstLaunch }},
		{"changed", func(p *PlanPlay) any { return p.Changed }}, {"removed", func(p *PlanPlay) any { return p.Removed }},
		{"entries", func(p *PlanPlay) any { return p.Entries }}, {"exits", func(p *PlanPlay) any { return p.Exits }}, {"moves", func(p *PlanPlay) any { return p.Moves }},
		{"adds", func(p *PlanPlay) any { return p.Adds }}, {"removals", func(p *PlanPlay) any { return p.Removals }},
		{"sends", func(p *PlanPlay) any { return p.Sends }}, {"tasks", func(p *PlanPlay) any { return p.Tasks }}, {"members", func(p *PlanPlay) any { return p.Members }},
	}
}

func collectionFigures() []figure[PlanCollection] {
	return []figure[PlanCollection]{
		{"name", func(c *PlanCollection) any { return c.Name }}, {"adds", func(c *PlanCollection) any { return c.Adds }},
		{"removals", func(c *PlanCollection) any { return c.Removals }}, {"members", func(c *PlanCollection) any { return c.Members }},
	}
}

func sourceFigures() []figure[PlanSource] {
	return []figure[PlanSource]{
		{"name", func(s *PlanSource) any { return s.Name }}, {"file", func(s *PlanSource) any { return s.File }},
		{"records", func(s *PlanSource) any { return s.Records }}, {"bad", func(s *PlanSource) any { return s.Bad }},
		{"before", func(s *PlanSource) any { return known(s.Before, s.Before >= 0) }}, {"members", func(s *PlanSource) any { return s.Members }},
		{"age", func(s *PlanSource) any { return s.Age }}, {"stale", func(s *PlanSource) any { return s.Stale }},
		{"refuse", func(s *PlanSource) any { return s.Refuse }}, {"staleness", func(s *PlanSource) any { return s.Staleness }},
	}
}

// known gives a value, or nil where it is not known.
func known(value any, is bool) any {
	if !is {
		return nil
	}
	return value
}

// PlanFigures gives the names of what guards can ask of a plan, in the order of the documentation.
func PlanFigures() []string {
	var out []string
	for _, f := range planFigures(nil) {
		out = append(out, f.name)
	}
	return out
}

// addPlan makes the structs behind plan.
func (t *types) addPlan() {
	whole := newStruct()
	addFigures(whole, "plan", planFigures(t), map[string]*cel.Type{"plays": cel.ListType(cel.ObjectType(planPlayType)),
		"collections": cel.ListType(cel.ObjectType(planCollectionType)), "sources": cel.ListType(cel.ObjectType(planSourceType)), "last_run_at": cel.TimestampType})
	play, collection, source := newStruct(), newStruct(), newStruct()
	addFigures(play, "play", playFigures(), nil)
	addFigures(collection, "collection", collectionFigures(), nil)
	addFigures(source, "source", sourceFigures(), map[string]*cel.Type{"before": cel.IntType})
	t.structs[planType], t.structs[planPlayType], t.structs[planCollectionType], t.structs[planSourceType] = whole, play, collection, source
}

// addFigures makes figures selectable. Their types are those of what they give, but for those that are told.
func addFigures[T any](s *structType, of string, figures []figure[T], told map[string]*cel.Type) {
	for _, f := range figures {
		kind := told[f.name]
		if kind == nil {
			var zero T
			kind = figureType(f.get(&zero))
		}
		s.add(f.name, kind, func(target any) bool { return f.get(target.(*T)) != nil }, func(target any) (any, error) {
			value := f.get(target.(*T))
			if value == nil {
				return nil, missing(of, f.name)
			}
			return figureValue(value), nil
		})
	}
}

func figureType(value any) *cel.Type {
	switch value.(type) {
	case int:
		return cel.IntType
	case bool:
		return cel.BoolType
	case time.Time:
		return cel.TimestampType
	case time.Duration:
		return cel.DurationType
	}
	return cel.StringType
}

func figureValue(value any) ref.Val {
	switch v := value.(type) {
	case ref.Val:
		return v
	case int:
		return celtypes.Int(v)
	case time.Time:
		return celTime(v)
	}
	return celtypes.DefaultTypeAdapter.NativeToValue(value)
}

// objects makes a list of structs.
func objects[T any](list []T, fields *structType) ref.Val {
	out := make([]ref.Val, len(list))
	for i := range list {
		out[i] = &object{value: &list[i], fields: fields}
	}
	return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, out)
}
