package expr

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// problems turns cel-go's issues into problems in the playbook's file, in the words of the language.
func (e *Env) problems(x playbook.Expr, s Scope, issues *cel.Issues) diag.List {
	var out diag.List
	for _, issue := range issues.Errors() {
		offset := offsetOf(x.Text, issue.Location.Line(), issue.Location.Column())
		out.Add(e.explainIssue(x, s, offset, issue.Message))
		if strings.HasPrefix(issue.Message, "Syntax error") {
			break // what follows a syntax error is mostly its echo
		}
	}
	return out
}

// offsetOf gives the byte offset of a line (from 1) and column (from 0, in characters) of a text.
func offsetOf(text string, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	for ; column > 0 && offset < len(text); column-- {
		_, width := utf8.DecodeRuneInString(text[offset:])
		offset += width
	}
	return min(max(offset, 0), len(text))
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	undefined  = regexp.MustCompile(`^undefined field '([^']*)'`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	wordAt     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
)

// explainIssue words one issue.
func (e *Env) explainIssue(x playbook.Expr, s Scope, offset int, message string) diag.Problem {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		name := strings.TrimPrefix(m[1], ".")
		return x.Problem(offset, len(name), s.suggest(name), "unknown name %q", name)
	}
	if m := undefined.FindStringSubmatch(message); m != nil {
		return e.unknownField(x, s, offset, m[1])
	}
	if m := overload.FindStringSubmatch(message); m != nil {
		return x.Problem(offset, operatorWidth(x.Text[offset:]), overloadHint(m[1], m[2]), "%s", overloadMessage(m[1], m[2]))
	}
	return x.Problem(offset, max(1, len(wordAt.FindString(x.Text[offset:]))), syntaxHint(x.Text, message), "%s", plainMessage(message))
}

// unknownField says what record has no such field, and which it has. cel-go points at the dot.
func (e *Env) unknownField(x playbook.Expr, s Scope, offset int, field string) diag.Problem {
	if at := strings.Index(x.Text[offset:], field); at >= 0 && at < 4 {
		offset += at
	}
	owner := e.ownerOf(x.Text, s, offset)
	if owner == nil {
		return x.Problem(offset, len(field), "", "unknown field %q", field)
	}
	known := owner.names
	return x.Problem(offset, len(field), diag.Suggest(field, known), "%s has no field %q", ownerName(x.Text, offset), field)
}

// ownerOf finds the struct whose field stands at offset, where it can be told from the text: a chain of names such as person.account.
func (e *Env) ownerOf(text string, s Scope, offset int) *structType {
	chain := strings.FieldsFunc(ownerName(text, offset), func(r rune) bool { return r == '.' || r == '?' })
	if len(chain) == 0 {
		return nil
	}
	env, err := e.scope(s)
	if err != nil {
		return nil
	}
	if checked, issues := env.Compile(strings.Join(chain, ".")); issues.Err() == nil {
		return e.types.lookup(checked.OutputType().TypeName())
	}
	// A variable of a macro, such as a in activities.exists(a, …): the entity whose plural the macro ranges over.
	macro := regexp.MustCompile(`\.([A-Za-z_][A-Za-z0-9_]*)(?:\.(?:within|since)\([^)]*\)+)?\.(?:exists|all|filter|map|exists_one)\(\s*` + regexp.QuoteMeta(chain[0]) + `\s*,`)
	for _, m := range macro.FindAllStringSubmatch(text[:offset], -1) {
		for _, entity := range e.book.Entities {
			if entity.Plural == m[1] && len(chain) == 1 {
				return e.types.lookup(entity.Name)
			}
		}
	}
	return nil
}

var chainBefore = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*(?:\.\??[A-Za-z_][A-Za-z0-9_]*)*)\.\??$`)

func ownerName(text string, offset int) string {
	if m := chainBefore.FindStringSubmatch(text[:offset]); m != nil {
		return m[1]
	}
	return "this"
}

// operators are cel-go's names for what people write.
var operatorSigns = map[string]string{"_&&_": "&&", "_||_": "||", "!_": "!", "_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">",
	"_>=_": ">=", "_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "-", "@in": "in", "_[_]": "[…]", "_?_:_": "? :"}

// overloadMessage words a call with types that don't go together.
func overloadMessage(function, types string) string {
	receiver, args, _ := strings.Cut(strings.TrimPrefix(types, "("), ".(")
	args = strings.TrimSuffix(args, ")")
	if sign, ok := operatorSigns[function]; ok {
		operands := strings.Split(strings.Trim(types, "()"), ", ")
		for i := range operands {
			operands[i] = typeText(operands[i])
		}
		switch {
		case len(operands) == 2 && function == "@in":
			return fmt.Sprintf("can't look for %s in %s", operands[0], operands[1])
		case len(operands) == 2:
			return fmt.Sprintf("%s does not go between %s and %s", sign, operands[0], operands[1])
		}
		return fmt.Sprintf("%s does not go with %s", sign, strings.Join(operands, ", "))
	}
	function = strings.TrimPrefix(function, "@")
	if strings.Contains(types, ".(") {
		return fmt.Sprintf("%s has no .%s(%s)", typeText(strings.TrimPrefix(receiver, "(")), function, typeText(args))
	}
	return fmt.Sprintf("%s(…) does not take %s", function, typeText(strings.Trim(types, "()")))
}

// overloadHint suggests what is mostly meant.
func overloadHint(function, types string) string {
	for _, f := range table() {
		if f.name == function {
			return "write " + f.syntax
		}
	}
	has := func(a, b string) bool {
		return strings.Contains(types, "("+a+", "+b) || strings.Contains(types, "("+b+", "+a)
	}
	switch _, sign := operatorSigns[function]; {
	case sign && has("int", "string"), sign && has("double", "string"):
		return "text and numbers don't compare: quote both or neither"
	case sign && has("int", "double"):
		return "integers and doubles don't mix here: write double(x), or 1.0 for 1"
	case sign && strings.Contains(types, "timestamp") && strings.Contains(types, "string"):
		return `write timestamp("2026-11-22T00:00:00Z")`
	case sign && strings.Contains(types, "bool") && strings.Contains(types, "string"):
		return "true and false are written without quotes"
	}
	return ""
}

func operatorWidth(text string) int {
	if w := len(wordAt.FindString(text)); w > 0 {
		return w
	}
	n := 0
	for n < len(text) && strings.ContainsRune("=!<>&|+-*/%", rune(text[n])) {
		n++
	}
	return max(n, 1)
}

var typeWords = strings.NewReplacer("google.protobuf.Timestamp", "timestamp", "google.protobuf.Duration", "duration", "map(string, ", "map(string, ",
	"optional_type", "optional", "%!s(<nil>)", "?", varsType, "vars")

func typeText(t string) string { return typeWords.Replace(t) }

func typeName(t *cel.Type) string { return typeText(t.String()) }

// plainMessage shortens what cel-go's parser says.
func plainMessage(message string) string {
	message = strings.TrimPrefix(message, "Syntax error: ")
	if i := strings.Index(message, " expecting {"); i >= 0 {
		message = message[:i]
	}
	switch {
	case strings.HasPrefix(message, "mismatched input '<EOF>'"), strings.HasPrefix(message, "extraneous input '<EOF>'"):
		return "the expression ends too early"
	case strings.HasPrefix(message, "mismatched input "):
		return "unexpected " + strings.TrimPrefix(message, "mismatched input ")
	case strings.HasPrefix(message, "extraneous input "):
		return "unexpected " + strings.TrimPrefix(message, "extraneous input ")
	case strings.HasPrefix(message, "token recognition error at: "):
		return "can't read " + strings.TrimPrefix(message, "token recognition error at: ")
	}
	return typeText(message)
}

func syntaxHint(text, message string) string {
	switch {
	case regexp.MustCompile(`[^=!<>]=[^=]`).MatchString(text) && strings.Contains(message, "'='"):
		return "equality is written =="
	case strings.Contains(strings.ToLower(text), " and "):
		return "and is written &&"
	case strings.Contains(strings.ToLower(text), " or "):
		return "or is written ||"
	case strings.Contains(message, "duration"):
		return "write days(30), hours(8), or duration(\"90m\")"
	case strings.Contains(message, "<EOF>"):
		return "is a bracket or a quote missing?"
	}
	return ""
}
