package amend

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Forgotten stands for a key that was forgotten.
const Forgotten = "(forgotten)"

// text takes the key out of a text in which it stands as a word of its own. A key of a few digits is taken for one only where nothing else
// is said, or at the end, as in what a run was limited to.
func (s *scrubber) text(text string) string {
	key := s.record.Key
	if key == "" || !strings.Contains(text, key) {
		return text
	}
	out := ""
	if isShortNumber(key) {
		if out = text; text == key || strings.HasSuffix(text, " "+key) {
			out = strings.TrimSuffix(text, key) + Forgotten
		}
	} else {
		out = WithoutWord(text, key)
	}
	if out != text {
		s.purged["mention"]++
	}
	return out
}

// isShortNumber reports whether a key could be any number.
func isShortNumber(key string) bool { return len(key) < 4 && strings.Trim(key, "0123456789") == "" }

// WithoutWord replaces a key wherever it stands as a word of its own.
func WithoutWord(text, key string) string {
	var out strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], key)
		if at < 0 {
			out.WriteString(text[from:])
			return out.String()
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(key):])
		word := key
		if !wordy(before) && !wordy(after) {
			word = Forgotten
		}
		out.WriteString(text[from:at] + word)
		from = at + len(key)
	}
}

// wordy reports whether a rune goes on with a key rather than ending it.
func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}
