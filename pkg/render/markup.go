package render

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Text that comes from data stands in Markdown as code only: in a fence, a code span or a <code> element. There it can't be markup, and what
// the forge makes links of in the page (mentions, issues, commits, addresses, emoji) is left alone; escapes do not keep it from that
// (https://github.com/github/markup/issues/1168). Words of prose stand as they are.

// code writes text as a code span. Its delimiters are longer than any run of backticks in it.
func code(s string) string {
	s = clean(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cellCode writes text as a code span in a table, which is divided at bars before anything else is looked at.
func cellCode(s string) string { return strings.ReplaceAll(code(s), "|", `\x7c`) }

// longestRun gives the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// fence writes lines as a fenced block that none of them can end.
func fence(kind, text string) string {
	marks := strings.Repeat("`", max(3, longestRun(text)+1))
	return marks + kind + "\n" + strings.TrimRight(text, "\n") + "\n" + marks
}

// htmlCode writes text as a <code> element.
func htmlCode(s string) string { return "<code>" + html.EscapeString(clean(s)) + "</code>" }

// marker is the comment by which a bot finds what it has written before, for one playbook and environment.
func marker(playbook, environment string) string {
	const longest = 500
	return "<!-- playctl:plan:" + shorten(url.QueryEscape(playbook), longest) + ":" + shorten(url.QueryEscape(environment), longest) + " -->"
}

// shorten cuts text to about n bytes; what is wide does not matter here.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// phrase is words that stand together: one of prose, or any number in one code span.
type phrase struct {
	before, text, behind string // punctuation stands outside of code
	code                 bool
}

// prose writes a sentence: words and numbers as they are, and everything else, such as crm.note or --allow, as code. It is never empty, and
// never begins with what would begin a list.
func prose(s string) string {
	var phrases []phrase
	for _, w := range strings.Fields(clean(s)) {
		core, behind := punctuated(w)
		isList := len(phrases) == 0 && figures.MatchString(core) && behind != "" // 1. and 1)
		if w == ">" && len(phrases) > 0 || isProse(core) && !isList && !names(phrases) {
			phrases = append(phrases, phrase{text: strings.ReplaceAll(w, ">", "&gt;")})
			continue
		}
		next := balanced(w)
		if n := len(phrases) - 1; n >= 0 && phrases[n].code && phrases[n].behind+next.before == "" {
			phrases[n].text, phrases[n].behind = phrases[n].text+" "+next.text, next.behind
			continue
		}
		phrases = append(phrases, next)
	}
	if len(phrases) == 0 {
		return "…"
	}
	return strings.Join(written(phrases), " ")
}

// names reports whether the next word is the name that an option is given: --allow removals.
func names(phrases []phrase) bool {
	n := len(phrases) - 1
	return n >= 0 && phrases[n].code && strings.HasSuffix(phrases[n].text, "--allow") && phrases[n].behind == ""
}

func written(phrases []phrase) []string {
	out := make([]string, len(phrases))
	for i, s := range phrases {
		if out[i] = s.text; s.code {
			out[i] = s.before + code(s.text) + s.behind
		}
	}
	return out
}

// punctuated takes the punctuation of a sentence off both ends of a word, and gives what was behind it.
func punctuated(w string) (core, behind string) {
	w = strings.TrimLeft(w, `("'“„«`)
	core = strings.TrimRight(w, `)"'”“»,;:.!?`)
	return core, w[len(core):]
}

// balanced makes a word code, all but a bracket before that is not closed in the word, one behind that is not opened, and a comma and the
// like at the end: f(x) is one word, and (a.b) is not.
func balanced(w string) phrase {
	text := strings.TrimRight(w, ",;:.")
	behind := w[len(text):]
	switch {
	case text == "":
		return phrase{text: w, code: true}
	case strings.HasPrefix(text, "(") && !strings.Contains(text, ")") && len(text) > 1:
		return phrase{before: "(", text: text[1:], behind: behind, code: true}
	case strings.HasSuffix(text, ")") && !strings.Contains(text, "(") && len(text) > 1:
		return phrase{text: text[:len(text)-1], behind: ")" + behind, code: true}
	}
	return phrase{text: text, behind: behind, code: true}
}

// Words of prose: letters with single apostrophes and hyphens between them; numbers, days and times; signs such as an arrow.
var (
	letters = regexp.MustCompile(`^\p{L}[\p{L}\p{M}]*(?:[-'’]\p{L}[\p{L}\p{M}]*)*$`)
	figures = regexp.MustCompile(`^[0-9]+(?:[.,:-][0-9]+)*%?$`)
	signs   = regexp.MustCompile(`^[→·…–—≥≤×−]+$`)
	// linkable is what a forge could make something of: a commit, www. (though nothing follows it), an emoji, a ticket.
	linkable = regexp.MustCompile(`(?i:[0-9a-f]{7}|^www$)|:.*:|\p{Lu}.*-|-.*\p{Lu}`)
)

// isProse reports whether a word is one of prose, and nothing that a forge makes anything of.
func isProse(w string) bool {
	return (letters.MatchString(w) || figures.MatchString(w) || signs.MatchString(w)) && !linkable.MatchString(w)
}
