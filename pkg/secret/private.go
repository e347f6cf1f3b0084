package secret

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// private are values that are not to be shown, as many as there are records. They are found where they stand as words of their own, by the bytes
// that they begin with, so that a text is gone over once.
type private struct {
	values map[string]bool
	begins map[[headLength]byte][]int // → the lengths of values that begin so, the longest first
}

// headLength is how many bytes a value must have to be found: a shorter one is part of everything else.
const headLength = 3

// Hide makes values known that are nobody's to see. Those shorter than three bytes, truths and short numbers are left: too much else is written
// so.
func (r *Redactor) Hide(values iter.Seq[string]) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.private.values == nil {
		r.private = private{values: map[string]bool{}, begins: map[[headLength]byte][]int{}}
	}
	for value := range values {
		r.private.add(strings.TrimSpace(value))
	}
}

// add adds a value as it stands, in lower case, and as it stands in quotes.
func (p *private) add(value string) {
	if len(value) < headLength || p.values[value] || isPlain(value) {
		return
	}
	p.note(value)
	if lower := strings.ToLower(value); lower != value {
		p.note(lower)
	}
	if quoted := strconv.Quote(value); quoted != `"`+value+`"` {
		p.note(quoted[1 : len(quoted)-1])
	}
	if quoted, err := json.Marshal(value); err == nil && string(quoted) != `"`+value+`"` {
		p.note(string(quoted[1 : len(quoted)-1]))
	}
}

// isPlain reports whether a value is written like a truth or a short number, which documents have everywhere.
func isPlain(value string) bool {
	return value == "true" || value == "false" || value == "null" || len(value) < 7 && strings.Trim(value, "0123456789.") == ""
}

func (p *private) note(text string) {
	if p.values[text] {
		return
	}
	p.values[text] = true
	head := headOf(text)
	list := p.begins[head]
	at := 0
	for at < len(list) && list[at] > len(text) {
		at++
	}
	if at < len(list) && list[at] == len(text) {
		return
	}
	p.begins[head] = append(list[:at:at], append([]int{len(text)}, list[at:]...)...)
}

func headOf(text string) (head [headLength]byte) {
	copy(head[:], text)
	return head
}

// text takes the values out of a text.
func (p *private) text(text string) string {
	if len(p.values) == 0 {
		return text
	}
	var out strings.Builder
	from := 0
	for at := 0; at+headLength <= len(text); {
		n := p.at(text, at)
		if n == 0 {
			at++
			continue
		}
		out.WriteString(text[from:at] + Redacted)
		at += n
		from = at
	}
	if from == 0 {
		return text
	}
	out.WriteString(text[from:])
	return out.String()
}

// at gives the length of the longest value that stands at a position as a word of its own; 0 for none.
func (p *private) at(text string, at int) int {
	if at > 0 && isLetter(text[at-1]) && isLetter(text[at]) {
		return 0 // in the middle of a word, as most places are
	}
	lengths := p.begins[headOf(text[at:])]
	if len(lengths) == 0 {
		return 0
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	first, _ := utf8.DecodeRuneInString(text[at:])
	if inWord(before) && inWord(first) {
		return 0
	}
	for _, n := range lengths {
		if at+n > len(text) || !p.values[text[at:at+n]] {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(text[:at+n])
		after, _ := utf8.DecodeRuneInString(text[at+n:])
		if !inWord(last) || !inWord(after) {
			return n
		}
	}
	return 0
}

func isLetter(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// inWord reports whether a rune is part of a word.
func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
