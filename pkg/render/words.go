package render

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// clean makes text from elsewhere safe to show: one line, without control characters and without those that turn the direction of
// writing, which could make a line say something else than it does.
func clean(s string) string {
	if strings.IndexFunc(s, unsafe) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case unsafe(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029'
}

// width is how many columns of a terminal a text takes; colour takes none. It does not depend on the machine's locale.
func width(s string) int { return twwidth.WidthWithOptions(s, twwidth.Options{}) }

// cut shortens plain text to a width; 0 is any.
func cut(s string, to int) string {
	if to <= 0 || width(s) <= to {
		return s
	}
	used := 1 // of the ellipsis
	for i, r := range s {
		if used += width(string(r)); used > to {
			return s[:i] + "…"
		}
	}
	return s
}

// wrap breaks text between words into lines of a width; 0 is any. A word that is too long stands alone.
func wrap(s string, to int) []string {
	if to <= 0 || width(s) <= to {
		return []string{s}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Split(s, " ") {
		w := width(word)
		if line != "" && used+1+w > to {
			lines, line, used = append(lines, line), "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

// quoted writes a value that stands for text, cut where it is long.
func (p *Printer) quoted(s string) string {
	s = clean(p.hidden(s))
	if !p.Full {
		s = cut(s, longValue)
	}
	return `"` + s + `"`
}

// longValue is how much of a value is shown.
const longValue = 60

// keys writes a few of some record keys, and how many more there are: a-1, a-2, a-3 and 5 more.
func (p *Printer) keys(keys []string, total int) string {
	shown := make([]string, 0, samples)
	for _, key := range keys[:p.shown(len(keys))] {
		shown = append(shown, clean(key))
	}
	text := strings.Join(shown, ", ")
	if more := total - len(shown); more > 0 && len(shown) > 0 {
		text += " and " + number(more) + " more"
	}
	return text
}

// points joins what stands side by side in a line.
func points(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, " · ")
}
