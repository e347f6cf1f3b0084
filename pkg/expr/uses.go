package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	celtypes "github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Uses is what an expression speaks of beside fields: what must be known before it can be evaluated. Sorted, without repeats.
type Uses struct {
	Segments []string
	Counts   []string // segments whose sizes it asks for
	Scores   []string
	Stages   []string // stage models
	Plays    []string
	Changed  []ChangedField
	Quiet    []string // event entities whose engagement it asks for
	Event    []string // fields of member.event
	Steps    []string // steps whose outcome or records it asks for
	Heard    []string // fields of events that ended waits, as step.field
}

// Merge adds what another expression uses.
func (u *Uses) Merge(o Uses) {
	merge := func(a, b []string) []string {
		a = append(a, b...)
		slices.Sort(a)
		return slices.Compact(a)
	}
	u.Segments, u.Counts, u.Plays = merge(u.Segments, o.Segments), merge(u.Counts, o.Counts), merge(u.Plays, o.Plays)
	u.Scores, u.Stages = merge(u.Scores, o.Scores), merge(u.Stages, o.Stages)
	u.Quiet, u.Event, u.Steps, u.Heard = merge(u.Quiet, o.Quiet), merge(u.Event, o.Event), merge(u.Steps, o.Steps), merge(u.Heard, o.Heard)
	u.Changed = append(u.Changed, o.Changed...)
	slices.SortFunc(u.Changed, func(a, b ChangedField) int {
		return strings.Compare(a.Entity+"."+a.Field, b.Entity+"."+b.Field)
	})
	u.Changed = slices.Compact(u.Changed)
}

// inspector walks a checked expression: it collects what is used and reports names that mean nothing.
type inspector struct {
	*reading
	uses     Uses
	problems diag.List
}

func (e *Env) inspect(x playbook.Expr, s Scope, checked *cel.Ast) (Uses, diag.List) {
	i := &inspector{reading: newReading(x, s, checked.NativeRep())}
	i.env = e
	root := ast.NavigateAST(i.ast)
	for _, n := range ast.MatchDescendants(root, ast.KindMatcher(ast.CallKind)) {
		i.call(n)
	}
	for _, n := range ast.MatchDescendants(root, ast.KindMatcher(ast.SelectKind)) {
		i.selected(n.AsSelect().Operand(), n.AsSelect().FieldName())
		i.wholeEvent(n)
	}
	for _, n := range ast.MatchDescendants(root, ast.KindMatcher(ast.ComprehensionKind)) {
		i.loop(n)
	}
	var u Uses
	u.Merge(i.uses)
	return u, i.problems
}

// fail reports a problem with a node.
func (i *inspector) fail(x ast.Expr, hint, format string, args ...any) {
	i.problems.Add(i.problem(x, hint, format, args...))
}

func (i *inspector) call(n ast.NavigableExpr) {
	call := n.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case "segment":
		i.segment(args)
	case "score":
		i.score(args)
	case "stage", "atLeast":
		i.stage(name, args)
	case operators.Equals, operators.NotEquals, operators.In:
		i.compared(args)
	case operators.Index:
		if isIdent(args[0], sizesName) {
			i.count(args[1])
		}
	case operators.OptSelect:
		if field, ok := literalText(args[1]); ok {
			i.selected(args[0], field)
			i.wholeEvent(n)
		}
	case "enrolled", "finished":
		i.play(name, args)
	case "changed":
		i.changed(n, args)
	case "quiet":
		if entity := listedEntity(i.typeOf(call.Target())); entity != "" {
			i.uses.Quiet = append(i.uses.Quiet, entity)
		}
	case "days", "hours":
		i.duration(name, args[0])
	}
}

// loop looks at what a macro goes over and what it calls the elements.
func (i *inspector) loop(n ast.NavigableExpr) {
	loop := n.AsComprehension()
	macro, ok := i.ast.SourceInfo().GetMacroCall(n.ID())
	if ok && slices.Contains(i.scope.names(), loop.IterVar()) { // segment("x") inside would speak of the wrong record
		i.fail(macro.AsCall().Args()[0], "choose another name, such as x", "%s means something else here already", loop.IterVar())
	}
	if i.typeOf(loop.IterRange()).Kind() != cel.MapKind {
		return
	}
	for _, part := range ast.MatchDescendants(ast.NavigateExpr(i.ast, loop.IterRange()), ast.KindMatcher(ast.MapKind)) {
		i.fail(part, "write a list: [\"a\", \"b\"]", "a map that is written out has no order in which to go over it")
	}
}

// duration holds that the number of days or hours is written out or a variable, so that a window does not differ from record to record.
func (i *inspector) duration(function string, x ast.Expr) {
	if x.Kind() != ast.LiteralKind {
		if x.Kind() != ast.SelectKind || !isIdent(x.AsSelect().Operand(), "vars") {
			i.fail(x, "write a number, or a variable: vars.x", "%s takes a constant, found %s", function, shorten(i.text(x)))
		}
		return
	}
	if count, ok := x.AsLiteral().(celtypes.Int); ok && (count < 0 || count > 36_600) {
		i.fail(x, "write a number from 0 to 36600", "%s(%d) is out of range", function, count)
	}
}

// name gives a name that must be written out, so that one can know what an expression depends on.
func (i *inspector) name(x ast.Expr, function string) (string, bool) {
	if s, ok := literalText(x); ok {
		return s, true
	}
	i.fail(x, "write "+formOf(function).syntax, "%s takes a name in quotes, found %s", function, shorten(i.text(x)))
	return "", false
}

func (i *inspector) knownSegment(x ast.Expr, name string) *playbook.Segment {
	s := i.env.book.Segment(name)
	if s == nil {
		i.fail(x, diag.Suggest(name, i.env.book.SegmentNames()), "there is no segment %q", name)
	}
	return s
}

func (i *inspector) count(x ast.Expr) {
	if name, ok := i.name(x, "count"); ok && i.knownSegment(x, name) != nil {
		i.uses.Counts = append(i.uses.Counts, name)
	}
}

func (i *inspector) segment(args []ast.Expr) {
	name, ok := i.name(args[0], "segment")
	if !ok {
		return
	}
	s := i.knownSegment(args[0], name)
	if s == nil {
		return
	}
	if i.isOf(args[0], s.Of, args[1], "segment "+name, fmt.Sprintf("segment(%q, ", name)) {
		i.uses.Segments = append(i.uses.Segments, name)
	}
}

// elsewhere tells how to ask about a related record: call is the beginning of a function's call that takes it.
func (i *inspector) elsewhere(from, to, call string) string {
	switch path := i.env.path(from, to); {
	case path == "":
		return ""
	case strings.HasSuffix(path, ", …)"):
		return "ask about those records: " + strings.Replace(path, "…", call+"x)", 1)
	default:
		return "ask about that record: " + call + path + ")"
	}
}

var outcomes = []string{"completed", "converted", "exited", "removed", "play_removed", "*"}

func (i *inspector) play(function string, args []ast.Expr) {
	name, ok := i.name(args[0], function)
	if !ok {
		return
	}
	p := i.env.book.Play(name)
	if p == nil {
		i.fail(args[0], diag.Suggest(name, i.env.book.PlayNames()), "there is no play %q", name)
		return
	}
	if of := entityOf(i.typeOf(args[len(args)-1])); i.env.book.Entity(p.Of) != nil && of != p.Of {
		i.fail(args[0], "", "play %s is of %s, not of %s", name, p.Of, of)
		return
	}
	if function == "finished" {
		if outcome, ok := i.name(args[1], function); ok && !slices.Contains(outcomes, outcome) {
			i.fail(args[1], diag.Suggest(outcome, outcomes), "%q is no outcome", outcome)
		}
	}
	i.uses.Plays = append(i.uses.Plays, name)
}

// changed checks the field that a changed speaks of, and that the values it compares with can be values of that field.
func (i *inspector) changed(call ast.Expr, args []ast.Expr) {
	if i.changedStage(args) {
		return
	}
	entity := i.env.book.Entity(entityOf(i.typeOf(args[0])))
	name, ok := literalText(args[1])
	if entity == nil || !ok {
		return
	}
	fail := func(hint, format string, more ...any) {
		from, to := i.changedField(call)
		i.problems.Add(i.source.Problem(from, to-from, hint, format, more...))
	}
	field := entity.Field(name)
	switch {
	case field == nil:
		fail(diag.Suggest(name, entity.FieldNames()), "%s has no field %q whose changes could be seen", entity.Name, name)
		return
	case field.Unread:
		return
	case field.Type.Kind == frame.List || field.Type.Kind == frame.Map:
		fail("", "changes of %s are not watched: it is a %s", name, field.Type)
		return
	}
	for _, a := range args[2:4] {
		text, _ := literalText(a)
		if t := i.typeOf(a); text != "*" && !t.IsExactType(celType(field.Type)) {
			i.fail(a, `"*" stands for any value`, "%s.%s is %s and never %s", entity.Name, name, field.Type, typeName(t))
		}
	}
	i.uses.Changed = append(i.uses.Changed, ChangedField{entity.Name, name})
}

// changedField gives where the field stands that a changed speaks of.
func (i *inspector) changedField(call ast.Expr) (from, to int) {
	at := i.offset(call.ID())
	if macro, ok := i.ast.SourceInfo().GetMacroCall(call.ID()); ok {
		return i.nameAfter(i.offset(macro.AsCall().Args()[0].ID()))
	}
	return i.tokenSpan(at)
}

// selected notes fields of member.event and steps.
func (i *inspector) selected(operand ast.Expr, field string) {
	switch {
	case isEvent(operand):
		i.uses.Event = append(i.uses.Event, field)
	case isIdent(operand, "steps") && i.scope.Play != nil:
		i.uses.Steps = append(i.uses.Steps, field)
	}
	if step := heardBy(operand); step != "" && i.scope.Play != nil {
		i.uses.Heard = append(i.uses.Heard, step+"."+field)
	}
}

// heardBy gives the step of steps.<id>.event, or "".
func heardBy(x ast.Expr) string {
	if operand, field := selects(x); field == "event" {
		if from, step := selects(operand); from != nil && isIdent(from, "steps") {
			return step
		}
	}
	return ""
}

// selects takes a selection apart, be it optional; a nil operand for anything else.
func selects(x ast.Expr) (operand ast.Expr, field string) {
	switch {
	case x.Kind() == ast.SelectKind:
		return x.AsSelect().Operand(), x.AsSelect().FieldName()
	case isOptSelect(x):
		field, _ := literalText(x.AsCall().Args()[1])
		return x.AsCall().Args()[0], field
	}
	return nil, ""
}

// wholeEvent notes all fields of an event that is more than selected from: any may be asked for.
func (i *inspector) wholeEvent(n ast.NavigableExpr) {
	t := i.typeOf(n)
	if isOptional(t) {
		t = t.Parameters()[0]
	}
	entity := i.env.book.Entity(entityOf(t))
	parent, inside := n.Parent()
	if entity == nil || !isEvent(n) || inside && (parent.Kind() == ast.SelectKind || isOptSelect(parent)) {
		return
	}
	i.uses.Event = append(i.uses.Event, entity.FieldNames()...)
}

// isEvent reports whether a node is member.event or member.?event.
func isEvent(x ast.Expr) bool {
	if isOptSelect(x) {
		field, _ := literalText(x.AsCall().Args()[1])
		return field == "event" && isIdent(x.AsCall().Args()[0], "member")
	}
	return x.Kind() == ast.SelectKind && x.AsSelect().FieldName() == "event" && isIdent(x.AsSelect().Operand(), "member")
}

func isOptSelect(x ast.Expr) bool {
	return x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.OptSelect
}

func isIdent(x ast.Expr, name string) bool { return x.Kind() == ast.IdentKind && x.AsIdent() == name }
