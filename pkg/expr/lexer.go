package expr

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	word     tokenKind = iota // a name or a keyword
	number                    // 30, 1.5e3, 0xff, 3u
	text                      // a string in quotes
	openText                  // a string whose closing quote is missing
	sign                      // an operator, a bracket, a comma
	comment                   // from // to the end of its line
	strange                   // a character that CEL has no use for
)

// token is a piece of an expression's text, by byte offsets.
type token struct {
	kind     tokenKind
	from, to int
}

// tokens are the pieces of a text in order, without the spaces between them. It reads any text, also what is no CEL, because it serves to
// tell what is wrong; cel-go has its own lexer.
type tokens struct {
	text string
	list []token
}

func newTokens(s string) tokens {
	t := tokens{text: s}
	for at := 0; at < len(s); {
		if strings.IndexByte(" \t\r\n\f", s[at]) >= 0 {
			at++
			continue
		}
		next := nextToken(s, at)
		t.list = append(t.list, next)
		at = next.to
	}
	return t
}

// signs are all signs, also some that other languages have and CEL does not; longer ones first.
var signs = []string{"===", "!==", "&&", "||", "==", "!=", "<=", ">=", "<>", "=>", "=<", "=", "&", "|", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":",
	".", ",", "(", ")", "[", "]", "{", "}"}

func nextToken(s string, at int) token {
	rest := s[at:]
	if quoted, ok := stringToken(s, at); ok {
		return quoted
	}
	switch c := rest[0]; {
	case isLetter(c):
		return token{word, at, at + span(rest, func(c byte) bool { return isLetter(c) || isDigit(c) })}
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return token{number, at, at + numberLength(rest)}
	case strings.HasPrefix(rest, "//"):
		return token{comment, at, at + span(rest, func(c byte) bool { return c != '\n' })}
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return token{sign, at, at + len(s)}
		}
	}
	_, width := utf8.DecodeRuneInString(rest)
	return token{strange, at, at + width}
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// span gives how many bytes at the beginning of a text are of a class.
func span(s string, of func(byte) bool) int {
	for i := range len(s) {
		if !of(s[i]) {
			return i
		}
	}
	return len(s)
}

func numberLength(s string) int {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		return 2 + span(s[2:], func(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' })
	}
	n := span(s, isDigit)
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		n += 1 + span(s[n+1:], isDigit)
	}
	if n < len(s) && s[n]|0x20 == 'e' {
		exponent := strings.TrimLeft(s[n+1:], "+-")
		if digits := span(exponent, isDigit); digits > 0 {
			n = len(s) - len(exponent) + digits
		}
	}
	if n < len(s) && s[n]|0x20 == 'u' {
		n++
	}
	return n
}

// stringToken reads a string, with its prefix r, b or both, if one begins at an offset.
func stringToken(s string, at int) (token, bool) {
	prefix := span(s[at:], func(c byte) bool { return strings.IndexByte("rRbB", c) >= 0 })
	begin := at + prefix
	if prefix > 2 || begin == len(s) || s[begin] != '"' && s[begin] != '\'' {
		return token{}, false
	}
	raw := strings.ContainsAny(s[at:begin], "rR")
	quote := s[begin : begin+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s[begin:], triple) {
		quote = triple
	}
	for i := begin + len(quote); i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], quote):
			return token{text, at, i + len(quote)}, true
		case s[i] == '\\' && !raw:
			i++
		case s[i] == '\n' && len(quote) == 1:
			return token{openText, at, i}, true
		}
	}
	return token{openText, at, len(s)}, true
}

// of gives a token's text.
func (t tokens) of(k token) string { return t.text[k.from:k.to] }

// is reports whether the i-th token is one of the given texts.
func (t tokens) is(i int, texts ...string) bool {
	if i < 0 || i >= len(t.list) {
		return false
	}
	for _, s := range texts {
		if t.of(t.list[i]) == s {
			return true
		}
	}
	return false
}

// at gives the index of the token that holds an offset, or of the first behind it.
func (t tokens) at(offset int) int {
	return sort.Search(len(t.list), func(i int) bool { return t.list[i].to > offset })
}

// closing gives the index of the bracket that closes the i-th token, an opening bracket, or of the last token if none does.
func (t tokens) closing(i int) int {
	depth := 0
	for ; i < len(t.list)-1; i++ {
		switch {
		case t.is(i, "(", "[", "{"):
			depth++
		case t.is(i, ")", "]", "}"):
			if depth--; depth <= 0 {
				return i
			}
		}
	}
	return i
}

// unbalanced gives the index of the first bracket that closes nothing, or else of the last one that is never closed.
func (t tokens) unbalanced() (index int, closes, found bool) {
	var open []int
	pairs := map[string]string{")": "(", "]": "[", "}": "{"}
	for i := range t.list {
		switch {
		case t.is(i, "(", "[", "{"):
			open = append(open, i)
		case t.is(i, ")", "]", "}"):
			if len(open) == 0 || !t.is(open[len(open)-1], pairs[t.of(t.list[i])]) {
				return i, true, true
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return open[len(open)-1], false, true
	}
	return 0, false, false
}
