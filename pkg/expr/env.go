// Package expr is CEL for playbooks: typed environments built from the declared entities, checking with places and hints, and the
// reference evaluator, which runs cel-go over columns.
//
// There is no null. A missing value is unknown to every operator and function, which cel-go expresses as an error: its rules for errors
// under &&, ||, exists and all are exactly those of three-valued logic. So "unknown" in this package means "evaluation gave an error".
package expr

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/env"
	"github.com/google/cel-go/ext"

	"github.com/playctl/playctl/pkg/playbook"
)

// Limits of one expression: more is a mistake, or an attack on the run's time.
const (
	MaxLength  = 20_000 // characters
	MaxNesting = 100    // of parentheses, calls and macros
	maxLoops   = 6      // of comprehensions within each other
)

// checkEvery is after how many elements of a list the evaluator looks whether its context has ended.
const checkEvery = 100

// Env compiles the expressions of one playbook. It is safe for concurrent use.
type Env struct {
	book     *playbook.Book
	base     *cel.Env
	types    *types
	lenience bool // declarations could not all be read: values of any type pass

	mu       sync.Mutex
	scopes   map[string]*cel.Env
	compiled []*Program
}

// NewEnv makes the environment of a playbook that was read without errors.
func NewEnv(b *playbook.Book) (*Env, error) {
	types := newTypes(b)
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(withoutTypes())),
		cel.CustomTypeProvider(types), cel.CustomTypeAdapter(types),
		cel.OptionalTypes(), cel.EnableMacroCallTracking(),
		cel.ClearMacros(), cel.Macros(macros()...),
		ext.Strings(ext.StringsVersion(3), ext.StringsValidateFormatCalls(true)), ext.Math(), ext.Sets(), ext.Lists(ext.ListsVersion(1)),
		cel.CrossTypeNumericComparisons(true),
		cel.EagerlyValidateDeclarations(false),
		cel.ParserRecursionLimit(MaxNesting), cel.ParserExpressionSizeLimit(MaxLength),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(),
			cel.ValidateHomogeneousAggregateLiterals(), cel.ValidateComprehensionNestingLimit(maxLoops)),
		cel.Variable("now", cel.TimestampType), cel.Variable("vars", cel.ObjectType(varsType)),
		cel.Variable(sizesName, cel.MapType(cel.StringType, cel.IntType)),
	}
	base, err := cel.NewCustomEnv(append(options, functions(b)...)...)
	if err != nil {
		return nil, fmt.Errorf("building the expression environment: %w", err)
	}
	return &Env{book: b, base: base, types: types, lenience: unread(b), scopes: map[string]*cel.Env{}}, nil
}

// Programs gives what was compiled so far, in its order.
func (e *Env) Programs() []*Program {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.compiled)
}

// unread reports whether there are declarations that could not be read.
func unread(b *playbook.Book) bool {
	return slices.ContainsFunc(b.Variables, func(v playbook.Variable) bool { return v.Unread }) ||
		slices.ContainsFunc(b.Entities, func(e *playbook.Entity) bool {
			return len(e.Unread) > 0 || slices.ContainsFunc(e.Fields, func(f playbook.Field) bool { return f.Unread })
		})
}

// withoutTypes leaves out the functions that go round the checks of types.
func withoutTypes() *env.LibrarySubset {
	return env.NewLibrarySubset().AddExcludedFunctions([]*env.Function{env.NewFunction("type"), env.NewFunction("dyn")}...)
}

// Scope is what an expression may speak of beside `now`, `vars` and the functions.
type Scope struct {
	// Self is the entity of the record that the expression is about: "account" makes the variable account, and is what segment("x")
	// and enrolled("x") speak of. "" for none.
	Self string
	// Bound are further entities that have a record bound: the fan-out record of a step.
	Bound []string
	// Element is one more record bound, under a name of the author's.
	Element Element
	// Play gives the variables member and steps; nil outside plays.
	Play *playbook.Play
	// Lane is the id of the step of Play in whose lanes the expression stands; "" for none. The steps of a lane are known within it only.
	Lane string
	// Invariant says that the expression is one of an invariant: it may ask for touches.
	Invariant bool
	// Guard says that the expression is one of a guard: it may ask for the plan's figures.
	Guard bool
}

// With gives the scope with one more entity bound.
func (s Scope) With(entity string) Scope {
	if entity == s.Self || slices.Contains(s.Bound, entity) {
		return s
	}
	s.Bound = append(slices.Clone(s.Bound), entity)
	return s
}

func (s Scope) key() string {
	play := ""
	if s.Play != nil {
		play = s.Play.Name
	}
	return s.Self + "|" + strings.Join(s.Bound, ",") + "|" + play + "|" + s.Lane + "|" + s.Element.Name + "|" + s.Element.Entity + "|" + fmt.Sprint(s.Invariant, s.Guard)
}

// scope gives the environment of a scope, made once.
func (e *Env) scope(s Scope) (*cel.Env, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if env, ok := e.scopes[s.key()]; ok {
		return env, nil
	}
	var options []cel.EnvOption
	if s.Self != "" {
		options = append(options, cel.Variable(s.Self, recordType(s.Self)), cel.Macros(selfMacros(s.Self)...))
	}
	for _, b := range s.Bound {
		options = append(options, cel.Variable(b, recordType(b)))
	}
	options = append(options, s.Element.options()...)
	if s.Play != nil {
		e.types.addPlay(s.Play)
		options = append(options, cel.Variable("member", cel.ObjectType(memberType(s.Play))), cel.Variable("steps", cel.ObjectType(stepsType(s.Play, s.Lane))))
	}
	if s.Invariant {
		options = append(options, touchesFunction(e.book))
	}
	if s.Guard {
		options = append(options, cel.Variable("plan", cel.ObjectType(planType)))
	}
	env, err := e.base.Extend(options...)
	if err != nil {
		return nil, fmt.Errorf("building the expression environment: %w", err)
	}
	e.scopes[s.key()] = env
	return env, nil
}

// names lists what an expression of a scope can begin with, for suggestions.
func (s Scope) names() []string {
	out := append([]string{"now", "vars"}, s.Bound...)
	if s.Self != "" {
		out = append(out, s.Self)
	}
	if s.Element.Name != "" {
		out = append(out, s.Element.Name)
	}
	if s.Play != nil {
		out = append(out, "member", "steps")
	}
	if s.Guard {
		out = append(out, "plan")
	}
	return out
}
