package source

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// badEscape reports whether JSON that was parsed has strings with escapes that are none, or with half of a surrogate pair, which is no
// character. The parser lets both through and puts something else in their place.
func badEscape(json string) bool {
	for {
		i := strings.IndexByte(json, '\\')
		if i < 0 {
			return false
		}
		json = json[i+1:]
		n := escapeLength(json)
		if n == 0 {
			return true
		}
		json = json[n:]
	}
}

// escapeLength gives the length of the escape, or pair of escapes, that a text behind a backslash begins with; 0 if it is none.
func escapeLength(s string) int {
	if s == "" || strings.IndexByte(`"\/bfnrtu`, s[0]) < 0 {
		return 0
	}
	if s[0] != 'u' {
		return 1
	}
	first, ok := codeUnit(s)
	switch {
	case !ok:
		return 0
	case !utf16.IsSurrogate(first):
		return len(`u0000`)
	case !strings.HasPrefix(s[len(`u0000`):], `\u`):
		return 0
	}
	second, ok := codeUnit(s[len(`u0000\`):])
	if !ok || utf16.DecodeRune(first, second) == '\ufffd' {
		return 0
	}
	return len(`u0000\u0000`)
}

// codeUnit reads u and four hexadecimal digits.
func codeUnit(s string) (rune, bool) {
	if len(s) < len(`u0000`) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	return rune(n), err == nil
}

// rawControl reports whether JSON that was parsed has a control character inside a string, which JSON writes as an escape. The parser lets
// it through.
func rawControl(json string) bool {
	quoted := false
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted && c < ' ':
			return true
		}
	}
	return false
}
