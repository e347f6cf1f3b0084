package expr

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// Want is the type that an expression must have where it stands.
type Want struct {
	words string
	ok    func(t *cel.Type) bool
}

// The types that are wanted.
var (
	Condition = Want{"a condition (true or false)", func(t *cel.Type) bool { return t.IsExactType(cel.BoolType) }}
	Number    = Want{"a value that can be ordered (int, double, string, timestamp or bool)", func(t *cel.Type) bool {
		return t.IsExactType(cel.IntType) || t.IsExactType(cel.DoubleType) || t.IsExactType(cel.StringType) || t.IsExactType(cel.TimestampType) || t.IsExactType(cel.BoolType)
	}}
	AnyValue = Want{"a value", isPlain}
	TextOnly = Want{"text", func(t *cel.Type) bool { return t.IsExactType(cel.StringType) }}
	Names    = Want{"text or a list of texts", func(t *cel.Type) bool {
		return t.IsExactType(cel.StringType) || t.IsExactType(cel.ListType(cel.StringType))
	}}
	Records = Want{"a record or a list of records", func(t *cel.Type) bool { return isRecords(t) || entityOf(t) != "" }}
	Events  = Want{"a list of events", isRecords}
	// Happening is a condition, or events: [Program.Entity] is "" for a condition.
	Happening = Want{"a condition or a list of events", func(t *cel.Type) bool { return t.IsExactType(cel.BoolType) || isRecords(t) }}
	Time      = Want{"a timestamp", func(t *cel.Type) bool { return t.IsExactType(cel.TimestampType) }}
)

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	Source playbook.Expr
	Scope  Scope
	Uses   Uses

	types   *types
	env     *cel.Env
	ast     *cel.Ast
	program cel.Program
	entity  string // of the records that it yields

	once      sync.Once
	node      *Node
	elsewhere bool // it speaks of more than its record
}

// Entity gives the entity of the records that a program wanted as Records or Events yields.
func (p *Program) Entity() string { return p.entity }

// String gives the expression as written, on one line.
func (p *Program) String() string { return strings.Join(strings.Fields(p.Source.Text), " ") }

// Compile checks an expression and makes a program of it. The program is nil if there are problems.
func (e *Env) Compile(x playbook.Expr, s Scope, want Want) (*Program, diag.List) {
	env, err := e.scope(s)
	if err != nil {
		return nil, diag.List{x.Problem(0, len(x.Text), "", "%s", err)}
	}
	if utf8.RuneCountInString(x.Text) > MaxLength {
		return nil, diag.List{x.Problem(0, 1, "split it into named segments", "the expression is longer than %d characters", MaxLength)}
	}
	if p, ok := hidden(x); ok {
		return nil, diag.List{p}
	}
	checked, issues := env.Compile(x.Text)
	if issues.Err() != nil {
		return nil, e.problems(x, s, env, issues)
	}
	uses, problems := e.inspect(x, s, checked)
	if t := checked.OutputType(); problems.Errors() == 0 && !want.ok(t) && !(e.lenience && t.Kind() == cel.DynKind) {
		problems.Add(x.Problem(0, len(x.Text), wantHint(want, t), "expected %s, found %s", want.words, typeName(t)))
	}
	if problems.Errors() > 0 {
		return nil, problems
	}
	p := &Program{Source: x, Scope: s, Uses: uses, types: e.types, env: env, ast: checked, entity: cmp.Or(entityOf(checked.OutputType()), listedEntity(checked.OutputType()))}
	if p.program, err = env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(checkEvery)); err != nil {
		return nil, diag.List{newReading(x, s, checked.NativeRep()).unknownConstant(env, err)}
	}
	e.mu.Lock()
	e.compiled = append(e.compiled, p)
	e.mu.Unlock()
	return p, problems
}

// wantHint tells what to do with a value of another type than is wanted.
func wantHint(w Want, t *cel.Type) string {
	condition := w.words == Condition.words
	switch {
	case isOptional(t):
		return "write .orValue(…) behind it"
	case w.words == Records.words && isList(t) && t.Parameters()[0].Kind() == cel.DynKind:
		return "a step's records are known to the steps behind it"
	case condition && isList(t):
		return "ask whether there is one: .exists(x, …), or how many: .size() > 0"
	case condition && t.IsExactType(cel.StringType):
		return "compare it with something: == \"…\""
	case condition && isNumber(t):
		return "compare it with something: > 0"
	case condition && entityOf(t) != "":
		return "write a condition on one of its fields"
	case entityOf(t) != "":
		return "choose one of its fields"
	case isRecords(t):
		return "choose a field of each: .map(x, x.…)"
	case (w.words == TextOnly.words || w.words == Names.words) && (isNumber(t) || t.IsExactType(cel.BoolType)):
		return "write string(…)"
	}
	return ""
}

// Clauses splits a condition at its top-level && into programs of their own, in the order of the text: what a person calls the clauses
// of a segment. An expression without && is its own single clause.
func (e *Env) Clauses(p *Program) ([]*Program, error) {
	var out []*Program
	r := newReading(p.Source, p.Scope, p.ast.NativeRep())
	for _, part := range conjuncts(p.ast.NativeRep().Expr(), nil) {
		clause, err := e.part(p, part, r.text(part))
		if err != nil {
			return nil, err
		}
		out = append(out, clause)
	}
	return out, nil
}

// part makes a program of a sub-expression, which keeps the text as written if that surely means the same.
func (e *Env) part(p *Program, part ast.Expr, written string) (*Program, error) {
	text, err := cel.ExprToString(part, p.ast.NativeRep().SourceInfo())
	if err != nil {
		return nil, fmt.Errorf("showing a part of %s: %w", p, err)
	}
	if parsed, issues := p.env.Parse(written); issues.Err() == nil {
		if again, err := cel.AstToString(parsed); err == nil && again == text {
			text = written
		}
	}
	checked, issues := p.env.Compile(text)
	if issues.Err() != nil {
		return nil, fmt.Errorf("checking %s: %w", text, issues.Err())
	}
	q := &Program{Source: playbook.Expr{Text: text}, Scope: p.Scope, Uses: p.Uses, types: p.types, env: p.env, ast: checked}
	q.program, err = p.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(checkEvery))
	return q, err
}

func conjuncts(x ast.Expr, into []ast.Expr) []ast.Expr {
	if x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.LogicalAnd {
		for _, a := range x.AsCall().Args() {
			into = conjuncts(a, into)
		}
		return into
	}
	return append(into, x)
}
