package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/decls"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// unknownName is about a name that means nothing: a variable's or a function's.
func (r *reading) unknownName(x ast.Expr) diag.Problem {
	switch x.Kind() {
	case ast.CallKind:
		return r.unknownFunction(x)
	case ast.StructKind:
		return r.problemAt(x.ID(), "", "records can't be made in an expression")
	}
	name := strings.TrimPrefix(x.AsIdent(), ".")
	return r.problem(x, r.nameHint(name), "unknown name %q", name)
}

// nameHint suggests what a name that stands for nothing may have been meant to be.
func (r *reading) nameHint(name string) string {
	book := r.env.book
	self := book.Entity(r.scope.Self)
	near := func(names []string) string { return diag.Nearest(name, names) }
	switch lower := strings.ToLower(name); {
	case lower == "true" || lower == "false":
		return "write " + lower
	case lower == "null" || lower == "nil" || lower == "none" || lower == "undefined":
		return "there is no null; has(…) asks whether there is a value"
	case foreignWords[lower] != "":
		return foreignWords[lower]
	case name == "member" || name == "steps":
		return name + " is known inside plays only: in goal, exit and steps"
	case self != nil && self.Field(name) != nil:
		return fmt.Sprintf("did you mean %s.%s?", self.Name, name)
	case slices.ContainsFunc(book.Variables, func(v playbook.Variable) bool { return v.Name == name }):
		return fmt.Sprintf("did you mean vars.%s?", name)
	case book.Entity(name) != nil:
		return r.entityHint(name)
	case book.Segment(name) != nil:
		return fmt.Sprintf("did you mean segment(%q)?", name)
	case r.scoreHint(name) != "":
		return r.scoreHint(name)
	case near(r.scope.names()) != "":
		return fmt.Sprintf("did you mean %s?", near(r.scope.names()))
	case self != nil && near(self.FieldNames()) != "":
		return fmt.Sprintf("did you mean %s.%s?", self.Name, near(self.FieldNames()))
	}
	return fmt.Sprintf("known here: %s; text is quoted: %q", strings.Join(r.scope.names(), ", "), name)
}

// entityHint tells how to reach records of an entity that is not bound here.
func (r *reading) entityHint(entity string) string {
	if self := r.env.book.Entity(r.scope.Self); self != nil {
		if path := r.env.path(self.Name, entity); path != "" {
			return "write " + path
		}
	}
	return "known here: " + strings.Join(r.scope.names(), ", ")
}

// path tells how a record of one entity reaches those of another, one step away: person.account, account.people.exists(x, …).
func (e *Env) path(from, to string) string {
	for _, p := range e.book.Entity(from).Parents {
		if p.Entity == to {
			return from + "." + to
		}
	}
	if child := e.book.Entity(to); child != nil {
		for _, p := range child.Parents {
			if p.Entity == from && child.Plural != "" {
				return fmt.Sprintf("%s.%s.exists(x, …)", from, child.Plural)
			}
		}
	}
	return ""
}

func (r *reading) unknownFunction(x ast.Expr) diag.Problem {
	call := x.AsCall()
	name := call.FunctionName()
	from, to := r.nameBefore(r.offset(x.ID()))
	fail := func(hint, format string, args ...any) diag.Problem {
		return r.source.Problem(from, to-from, hint, format, args...)
	}
	if form := formOf(name).syntax; form != "" {
		return fail("write "+form, "%s is not called like this", name)
	}
	if hint, ok := foreignWords[strings.ToLower(name)]; ok {
		return fail(hint, "unknown function %q", name)
	}
	if name == touchesName {
		return fail("write a cap to hold it in plays", "touches is known in invariants only, as record.touches(days(7))")
	}
	if near := diag.Nearest(name, functionNames()); near != "" {
		return fail(fmt.Sprintf("did you mean %s? write %s", near, formOf(near).syntax), "unknown function %q", name)
	}
	if name == "weeks" || name == "months" || name == "years" {
		return fail("write days(…), which takes a number of days", "unknown function %q", name)
	}
	return fail("", "unknown function %q", name)
}

// wrongTypes is about a call whose operands or arguments don't go together.
func (r *reading) wrongTypes(x ast.Expr) diag.Problem {
	call := x.AsCall()
	name, args := call.FunctionName(), call.Args()
	switch {
	case name == knownName:
		return r.problem(args[0], r.conditionHint(args[0]), "expected a condition (true or false), found %s", typeName(r.typeOf(args[0])))
	case name == "changed":
		return r.wrongChanged(x)
	case operatorSigns[name] != "":
		return r.wrongOperands(x)
	}
	if p, ok := r.wrongArgument(x); ok {
		return p
	}
	return r.wrongForm(x)
}

// wrongArgument names the argument that is wrong, where only one form of the function fits otherwise.
func (r *reading) wrongArgument(x ast.Expr) (diag.Problem, bool) {
	call := x.AsCall()
	form, ok := r.onlyForm(call)
	if !ok {
		return diag.Problem{}, false
	}
	want := form.ArgTypes()
	if form.IsMemberFunction() {
		want = want[1:]
	}
	args := call.Args()
	if len(want) != len(args) {
		from, to := r.nameBefore(r.offset(x.ID()))
		return r.source.Problem(from, to-from, formHint(call.FunctionName()), "%s takes %s, found %d", call.FunctionName(), plural(len(want), "argument"), len(args)), true
	}
	for i, t := range want {
		if found := r.typeOf(args[i]); !t.IsAssignableType(found) && t.Kind() != cel.TypeParamKind && r.offset(args[i].ID()) != r.offset(x.ID()) {
			return r.problem(args[i], argumentHint(call.FunctionName(), t, found, r.text(args[i])), "%s takes %s, found %s", call.FunctionName(), typeName(t), typeName(found)), true
		}
	}
	return diag.Problem{}, false
}

// onlyForm gives the one form of a function that goes with how it is called and on what; not ok if there are none or several.
func (r *reading) onlyForm(call ast.CallExpr) (only *decls.OverloadDecl, ok bool) {
	f := r.env.base.Functions()[call.FunctionName()]
	if f == nil {
		return nil, false
	}
	for _, o := range f.OverloadDecls() {
		if o.IsMemberFunction() != call.IsMemberFunction() || o.IsMemberFunction() && !o.ArgTypes()[0].IsAssignableType(r.typeOf(call.Target())) {
			continue
		}
		if only != nil {
			return nil, false
		}
		only = o
	}
	return only, only != nil
}

// wrongForm is about a call that no form of its function fits.
func (r *reading) wrongForm(x ast.Expr) diag.Problem {
	call := x.AsCall()
	from, to := r.nameBefore(r.offset(x.ID()))
	name := r.source.Text[from:to] // the call's own name may be an inner one
	types := make([]string, len(call.Args()))
	for i, a := range call.Args() {
		types[i] = typeName(r.typeOf(a))
	}
	if call.IsMemberFunction() {
		target := typeName(r.typeOf(call.Target()))
		return r.source.Problem(from, to-from, formHint(name), "%s has no .%s(%s)", target, name, strings.Join(types, ", "))
	}
	hint := formHint(name)
	if args := call.Args(); hint == "" && len(args) > 0 && r.isMember(name) {
		hint = fmt.Sprintf("write %s.%s(…)", r.text(args[0]), name)
	}
	return r.source.Problem(from, to-from, hint, "%s(…) does not take %s", name, strings.Join(types, ", "))
}

// isMember reports whether a function is called on a value: x.f().
func (r *reading) isMember(name string) bool {
	f := r.env.base.Functions()[name]
	return f != nil && slices.ContainsFunc(f.OverloadDecls(), func(o *decls.OverloadDecl) bool { return o.IsMemberFunction() })
}

func formHint(name string) string {
	if form := formOf(name).syntax; form != "" {
		return "write " + form
	}
	return ""
}

// argumentHint helps with the arguments that are mostly wrong: durations and times.
func argumentHint(function string, want, found *cel.Type, written string) string {
	switch {
	case want.IsExactType(cel.DurationType) && found.IsExactType(cel.IntType):
		return fmt.Sprintf("write days(%s)", written)
	case want.IsExactType(cel.DurationType):
		return "write days(30), hours(8) or duration(\"90m\")"
	case want.IsExactType(cel.TimestampType) && found.IsExactType(cel.StringType):
		return fmt.Sprintf("write timestamp(%s)", written)
	case want.IsExactType(cel.TimestampType) && found.IsExactType(cel.DurationType):
		return "write now - " + written
	}
	return formHint(function)
}
