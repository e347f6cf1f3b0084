package source

import (
	"encoding/binary"
	"math/bits"
)

// maxDepth is how deep a value that is plainly JSON may nest.
const maxDepth = 30

func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n') {
		at++
	}
	return at
}

// skipValue gives the end of a JSON value, 0 if there is none, or not plainly one.
func skipValue(data []byte, at, depth int) (end int) {
	if at >= len(data) {
		return 0
	}
	switch c := data[at]; {
	case c == '"':
		end, _ = skipString(data, at)
		return end
	case c == '-' || c >= '0' && c <= '9':
		return skipNumber(data, at)
	case c == 't':
		return skipWord(data, at, "true")
	case c == 'f':
		return skipWord(data, at, "false")
	case c == 'n':
		return skipWord(data, at, "null")
	case c == '[' && depth < maxDepth:
		return skipList(data, at, depth+1)
	case c == '{' && depth < maxDepth:
		return skipObject(data, at, depth+1)
	}
	return 0
}

func skipWord(data []byte, at int, word string) (end int) {
	if end = at + len(word); end > len(data) || string(data[at:end]) != word {
		return 0
	}
	return end
}

func skipList(data []byte, at, depth int) (end int) {
	at = skipSpace(data, at+1)
	if at < len(data) && data[at] == ']' {
		return at + 1
	}
	for {
		if at = skipValue(data, at, depth); at == 0 {
			return 0
		}
		if at = skipSpace(data, at); at >= len(data) {
			return 0
		}
		if data[at] == ']' {
			return at + 1
		}
		if data[at] != ',' {
			return 0
		}
		at = skipSpace(data, at+1)
	}
}

func skipObject(data []byte, at, depth int) (end int) {
	at = skipSpace(data, at+1)
	if at < len(data) && data[at] == '}' {
		return at + 1
	}
	for at < len(data) && data[at] == '"' {
		if at, _ = skipString(data, at); at == 0 {
			return 0
		}
		if at = skipSpace(data, at); at >= len(data) || data[at] != ':' {
			return 0
		}
		if at = skipValue(data, skipSpace(data, at+1), depth); at == 0 {
			return 0
		}
		if at = skipSpace(data, at); at >= len(data) {
			return 0
		}
		if data[at] == '}' {
			return at + 1
		}
		if data[at] != ',' {
			return 0
		}
		at = skipSpace(data, at+1)
	}
	return 0
}

// skipNumber gives the end of a number as JSON writes it.
func skipNumber(data []byte, at int) (end int) {
	if data[at] == '-' {
		at++
	}
	whole := skipDigits(data, at)
	if whole == at || data[at] == '0' && whole > at+1 {
		return 0
	}
	at = whole
	if at < len(data) && data[at] == '.' {
		if end = skipDigits(data, at+1); end == at+1 {
			return 0
		}
		at = end
	}
	if at < len(data) && data[at]|' ' == 'e' {
		if at++; at < len(data) && (data[at] == '+' || data[at] == '-') {
			at++
		}
		if end = skipDigits(data, at); end == at {
			return 0
		}
		at = end
	}
	return at
}

func skipDigits(data []byte, at int) int {
	for at < len(data) && data[at] >= '0' && data[at] <= '9' {
		at++
	}
	return at
}

// skipString gives the end of a string, 0 if there is none, and whether it is written without escapes.
func skipString(data []byte, at int) (end int, plain bool) {
	plain = true
	for at++; ; {
		at = endOfPlain(data, at)
		switch {
		case at >= len(data) || data[at] < ' ':
			return 0, false
		case data[at] == '"':
			return at + 1, plain
		}
		n := escapeLength(view(data[at+1:]))
		if n == 0 {
			return 0, false
		}
		at, plain = at+1+n, false
	}
}

// endOfPlain finds the first quote, backslash or control character, eight bytes at a time. The first of a word is found rightly, even
// where those behind it are not.
func endOfPlain(data []byte, at int) int {
	for ; at+8 <= len(data); at += 8 {
		word := binary.LittleEndian.Uint64(data[at:])
		quote, slash := word^(everyByte*'"'), word^(everyByte*'\\')
		hits := ((quote-everyByte)&^quote | (slash-everyByte)&^slash | (word-everyByte*' ')&^word) & highBits
		if hits != 0 {
			return at + bits.TrailingZeros64(hits)>>3
		}
	}
	for at < len(data) && data[at] != '"' && data[at] != '\\' && data[at] >= ' ' {
		at++
	}
	return at
}
