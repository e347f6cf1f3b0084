package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// syntaxProblem says what is wrong with a text that is no CEL. cel-go's parser tells the place where it gave up, which is mostly behind the
// mistake, and what it would have taken there; so we look at the text ourselves, from the surest mistakes to the vaguest.
func syntaxProblem(x playbook.Expr, offset int) diag.Problem {
	s := syntax{tokens: newTokens(x.Text), source: x}
	for i := range s.list {
		if p, ok := s.impossible(i); ok {
			return p
		}
	}
	at := s.at(offset)
	for _, i := range []int{at, at - 1} {
		if p, ok := s.foreignWord(i); ok {
			return p
		}
	}
	if i, closes, ok := s.unbalanced(); ok && (closes || at == len(s.list)) {
		if closes {
			return s.problem(i, "remove it, or write what it closes", "this %s closes nothing", s.of(s.list[i]))
		}
		return s.problem(i, "", "this %s is never closed", s.of(s.list[i]))
	}
	return s.unexpected(at)
}

// syntax looks for what is wrong in an expression's text.
type syntax struct {
	tokens
	source playbook.Expr
}

func (s syntax) problem(i int, hint, format string, args ...any) diag.Problem {
	if i >= len(s.list) {
		end := len(strings.TrimRight(s.text, " \t\r\n"))
		return s.source.Problem(end, 1, hint, format, args...)
	}
	return s.source.Problem(s.list[i].from, s.list[i].to-s.list[i].from, hint, format, args...)
}

// insteadOf says what people write whom other languages taught these signs.
var insteadOf = map[string]string{"=": "==", "===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "&": "&&", "|": "||"}

// impossible finds what stands in no expression, wherever it is.
func (s syntax) impossible(i int) (diag.Problem, bool) {
	k := s.list[i]
	switch right := insteadOf[s.of(k)]; {
	case k.kind == openText:
		return s.problem(i, "", "this quote is not closed"), true
	case k.kind == text:
		return s.escape(k)
	case k.kind == sign && (right == "==" || right == "!="):
		return s.problem(i, "equality is written == and its opposite !=", "expected %s, found %s", right, s.of(k)), true
	case k.kind == sign && right != "":
		return s.problem(i, "write "+right, "expected %s, found %s", right, s.of(k)), true
	case k.kind == strange:
		return s.strange(i), true
	case k.kind == number && i+1 < len(s.list) && s.list[i+1].kind == word && s.list[i+1].from == k.to:
		return s.numberWithUnit(i), true
	}
	return diag.Problem{}, false
}

// escapes matches what may stand in a string.
var escapes = regexp.MustCompile(`^([^\\]|\\([abfnrtv\\?"'` + "`" + `]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}))*`)

// escape finds a backslash in a string that means nothing.
func (s syntax) escape(k token) (diag.Problem, bool) {
	written := s.of(k)
	at := len(escapes.FindString(written))
	if quote := strings.IndexAny(written, `"'`); at == len(written) || strings.ContainsAny(written[:quote], "rR") {
		return diag.Problem{}, false
	}
	width := min(2, len(written)-at)
	return s.source.Problem(k.from+at, width, `a backslash is written \\, or r"…" around a text with backslashes`, `%s has no meaning in a text`, written[at:at+width]), true
}

func (s syntax) strange(i int) diag.Problem {
	c := s.of(s.list[i])
	switch {
	case strings.Contains("“”„‘’‚«»`´", c):
		return s.problem(i, `write "…" or '…'`, "text is quoted with \" or ', found %s", c)
	case c == "$" && s.is(i+1, "{"):
		return s.source.Problem(s.list[i].from, 2, "write the name alone, such as vars.x; ${…} is for texts", "expected an expression, found ${")
	case c == "{", c == "}":
		return s.problem(i, "", "expected an expression, found %s", c)
	case c >= "\u0080" && c != string(utf8.RuneError):
		return s.problem(i, "text is quoted: \""+c+"…\"", "names have the letters a to z, digits and _; found %s", c)
	}
	return s.problem(i, "", "%s has no meaning in an expression", c)
}

// numberWithUnit is about 30d.
func (s syntax) numberWithUnit(i int) diag.Problem {
	n, unit := s.of(s.list[i]), s.of(s.list[i+1])
	hint := map[string]string{"d": "write days(" + n + ")", "h": "write hours(" + n + ")", "m": `write duration("` + n + `m")`}[unit]
	if weeks, err := strconv.Atoi(n); err == nil && unit == "w" {
		hint = fmt.Sprintf("write days(%d)", 7*weeks)
	}
	return s.source.Problem(s.list[i].from, len(n)+len(unit), hint, "expected a number, found %s%s", n, unit)
}

// foreignWords are operators of SQL and of other languages, and what they are in CEL.
var foreignWords = map[string]string{"and": "write &&", "or": "write ||", "not": "write ! before what is not so, as in !(a in b)", "xor": "write !=",
	"is": "a missing value is asked for with has(…); equality is written ==", "like": "write .startsWith(…), .endsWith(…), .contains(…) or .matches(…)",
	"ilike": "write .lowerAscii().contains(…)", "between": "write a <= x && x <= b", "div": "write /", "mod": "write %", "then": "write c ? a : b",
	"else": "write c ? a : b", "if": "write c ? a : b", "equals": "write ==", "contains": "write .contains(…)"}

// foreignWord finds a word that stands for an operator.
func (s syntax) foreignWord(i int) (diag.Problem, bool) {
	if i < 0 || i >= len(s.list) || s.list[i].kind != word || s.is(i-1, ".") || s.is(i+1, ".", "(") && !s.operand(i-1) {
		return diag.Problem{}, false
	}
	name := s.of(s.list[i])
	hint, ok := foreignWords[strings.ToLower(name)]
	if !ok {
		return diag.Problem{}, false
	}
	return s.problem(i, hint, "%q is no operator", name), true
}

// operand reports whether the i-th token can end a value.
func (s syntax) operand(i int) bool {
	if i < 0 || i >= len(s.list) {
		return false
	}
	switch s.list[i].kind {
	case word:
		return !s.is(i, "in")
	case number, text:
		return true
	}
	return s.is(i, ")", "]", "}")
}

// unexpected says what could stand at the i-th token.
func (s syntax) unexpected(i int) diag.Problem {
	found := "the end"
	if i < len(s.list) {
		found = s.of(s.list[i])
	}
	before := i - 1
	for before >= 0 && s.list[before].kind == comment {
		before--
	}
	switch {
	case before < 0 && i == len(s.list):
		return s.problem(i, "", "expected an expression, found nothing")
	case s.is(before, "."):
		return s.problem(i, "", "expected a name after the dot, found %s", found)
	case s.operand(before) && !slices.Contains([]string{")", "]", "}"}, found):
		return s.problem(i, "is an operator missing, or a quote?", "expected an operator, such as && or ==, found %s", found)
	case before >= 0:
		return s.problem(i, "", "expected a value after %s, found %s", s.of(s.list[before]), found)
	}
	return s.problem(i, "", "expected a value, found %s", found)
}

// reservedProblem is about a word that CEL keeps for itself.
func reservedProblem(x playbook.Expr, offset int, name string) diag.Problem {
	hint := fmt.Sprintf("text is quoted: %q", name)
	if right, ok := foreignWords[name]; ok {
		hint = right
	}
	return x.Problem(offset, len(name), hint, "%s is a reserved word of CEL and names nothing", name)
}

// hidden finds a comment that hides lines which are no comment in the file: in plain and folded scalars all lines become one, so that
// everything after // is lost in silence.
func hidden(x playbook.Expr) (diag.Problem, bool) {
	for _, k := range newTokens(x.Text).list {
		if k.kind != comment {
			continue
		}
		p := x.Problem(k.from, 2, "write the expression with | to keep its lines, or move the comment", "this comment hides the lines below it, because folded text is one line")
		if p.At.Line != x.Problem(k.to, 0, "", "").At.Line {
			return p, true
		}
	}
	return diag.Problem{}, false
}
