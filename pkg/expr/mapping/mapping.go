// Package mapping is CEL for the manifests of connectors: it makes requests of what playctl wants, and reads the answers of systems. It speaks of
// plain values as JSON has them, where package expr speaks of records.
//
// What is not there is absent: a field that an answer lacks, an element behind the end of a list. An expression that needs it has no value, which
// its caller is told by [ErrAbsent]; has(), the ? operators and orValue() ask first. null is a value of its own.
package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// ErrAbsent says that an expression has no value, since something that it speaks of is not there.
var ErrAbsent = errors.New("absent")

// ErrNoField is an [ErrAbsent] that says that something is not there which was named, as a field of an answer. An element behind the end of a list, and
// what is optional (json.?name), are absent without it: those were asked for as what may not be there.
var ErrNoField error = noField{}

type noField struct{}

// Error gives the same word as [ErrAbsent].
func (noField) Error() string { return ErrAbsent.Error() }

// Unwrap gives [ErrAbsent].
func (noField) Unwrap() error { return ErrAbsent }

// Limits of one expression.
const (
	maxLength  = 20_000 // characters
	maxNesting = 100
)

// Type is what a variable holds.
type Type uint8

// The types of variables.
const (
	Any Type = iota
	Text
	Int
	Bool
	Texts  // a list of texts
	List   // of anything
	Object // of anything, by text
)

var celTypes = [...]*cel.Type{Any: cel.DynType, Text: cel.StringType, Int: cel.IntType, Bool: cel.BoolType, Texts: cel.ListType(cel.StringType),
	List: cel.ListType(cel.DynType), Object: cel.MapType(cel.StringType, cel.DynType)}

// Variable is something that an expression may speak of. Its name may have dots in it: settings.token.
type Variable struct {
	Name string
	Type Type
}

// Scope is all that an expression may speak of beside the functions.
type Scope []Variable

// With gives the scope with more variables.
func (s Scope) With(more ...Variable) Scope { return append(s[:len(s):len(s)], more...) }

func (s Scope) key() string {
	var b strings.Builder
	for _, v := range s {
		fmt.Fprintf(&b, "%s:%d ", v.Name, v.Type)
	}
	return b.String()
}

func (s Scope) names() []string {
	out := make([]string, len(s))
	for i, v := range s {
		out[i] = v.Name
	}
	return out
}

// Want is the type that an expression must have where it stands.
type Want struct {
	words string
	types []*cel.Type
}

// The types that are wanted. What can only be known once there is an answer passes.
var (
	Condition = Want{"a condition (true or false)", []*cel.Type{cel.BoolType}}
	Value     = Want{words: "a value"}
	Sequence  = Want{"a list", []*cel.Type{cel.ListType(cel.DynType)}}
	Word      = Want{"text", []*cel.Type{cel.StringType}}
	Words     = Want{"a list of texts", []*cel.Type{cel.ListType(cel.StringType)}}
	Number    = Want{"a number", []*cel.Type{cel.IntType, cel.DoubleType}}
)

// String gives the type in words.
func (w Want) String() string { return w.words }

func (w Want) takes(t *cel.Type) bool {
	if len(w.types) == 0 || t.Kind() == cel.DynKind {
		return true
	}
	for _, wanted := range w.types {
		if wanted.IsAssignableType(t) {
			return true
		}
	}
	return false
}

// Env compiles the expressions of manifests. It is safe for concurrent use.
type Env struct {
	base *cel.Env

	mu     sync.Mutex
	scopes map[string]*cel.Env
}

// NewEnv makes the environment.
func NewEnv() (*Env, error) {
	options := []cel.EnvOption{
		cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true), cel.EnableMacroCallTracking(), cel.Macros(headerMacro),
		ext.Strings(ext.StringsVersion(3)), ext.Lists(ext.ListsVersion(2)), ext.Encoders(), ext.TwoVarComprehensions(), ext.Math(), ext.Regex(),
		cel.ParserRecursionLimit(maxNesting), cel.ParserExpressionSizeLimit(maxLength),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
	}
	base, err := cel.NewEnv(append(options, functions()...)...)
	if err != nil {
		return nil, fmt.Errorf("building the environment of mappings: %w", err)
	}
	return &Env{base: base, scopes: map[string]*cel.Env{}}, nil
}

func (e *Env) scope(s Scope) (*cel.Env, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if env, ok := e.scopes[s.key()]; ok {
		return env, nil
	}
	var options []cel.EnvOption
	for _, v := range s {
		options = append(options, cel.Variable(v.Name, celTypes[v.Type]))
	}
	env, err := e.base.Extend(options...)
	if err != nil {
		return nil, fmt.Errorf("building the environment of mappings: %w", err)
	}
	e.scopes[s.key()] = env
	return env, nil
}

// Compile checks an expression and makes a program of it. The program is nil if there are problems.
func (e *Env) Compile(x playbook.Expr, s Scope, want Want) (*Program, diag.List) {
	env, err := e.scope(s)
	if err != nil {
		return nil, diag.List{x.Problem(0, len(x.Text), "", "%s", err)}
	}
	checked, issues := env.Compile(x.Text)
	if issues.Err() != nil {
		return nil, mistakes(x, s, issues)
	}
	if t := checked.OutputType(); !want.takes(t) {
		return nil, diag.List{x.Problem(0, len(x.Text), "", "expected %s, found %s", want.words, t)}
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(checkEvery))
	if err != nil {
		return nil, diag.List{x.Problem(0, len(x.Text), "", "%s", err)}
	}
	return &Program{source: x, tree: checked.NativeRep().Expr(), program: program}, nil
}

// mistakes places what cel-go found.
func mistakes(x playbook.Expr, s Scope, issues *cel.Issues) diag.List {
	var out diag.List
	for _, issue := range issues.Errors() {
		hint, message := "", issue.Message
		at := offset(x.Text, issue.Location.Line(), issue.Location.Column())
		if name, ok := strings.CutPrefix(message, "undeclared reference to '"); ok {
			name, _, _ = strings.Cut(name, "'")
			name = s.whole(name, x.Text[at:])
			message, hint = fmt.Sprintf("there is no %s here", name), diag.Suggest(name, s.names())
		}
		out.Add(x.Problem(at, 1, hint, "%s", message))
		if strings.HasPrefix(message, "Syntax error") {
			break // what follows is mostly its echo
		}
	}
	return out
}

// whole gives a name as it was written, at the beginning of a text, with what is behind its dot where variables have such names: settings.tokn.
func (s Scope) whole(name, text string) string {
	dotted := slices.ContainsFunc(s, func(v Variable) bool { return strings.HasPrefix(v.Name, name+".") })
	if rest, ok := strings.CutPrefix(text, name+"."); ok && dotted {
		end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if end < 0 {
			end = len(rest)
		}
		return name + "." + rest[:end]
	}
	return name
}

// offset gives the byte offset of a line, counted from 1, and a column of runes, counted from 0.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	for range column {
		if at >= len(text) {
			break
		}
		_, size := decodeRune(text[at:])
		at += size
	}
	return min(at, max(len(text)-1, 0))
}
