package document

import (
	"errors"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
)

// syntaxProblem words the library's error about a text that it refuses, or names the expression that it tripped over.
func syntaxProblem(s *source, err error) diag.Problem {
	at := locate(s.text, err)
	w := walk(s)
	if w.runaway >= 0 && s.line(w.runaway) < s.line(at) {
		at, err = w.runaway, errRunaway
	}
	for _, c := range w.cuts {
		if c.start <= at && at <= c.end && s.line(c.cut) == s.line(c.start) {
			return c.problem(s)
		}
	}
	for _, e := range syntaxErrors {
		if strings.Contains(err.Error(), e.library) {
			return e.problem(s, at)
		}
	}
	message := "the file cannot be read as YAML: " + libraryLine.ReplaceAllString(err.Error(), "")
	return s.problem(at, at+1, message, "check the indentation, the quotes and the brackets near this line")
}

// errRunaway stands for the library's error about a quote that never closes, where one closes by accident.
var errRunaway = errors.New("found unexpected end of stream")

// libraryLine is what the library's errors begin with. The line is left out: it is often that of something before, or one too small.
var libraryLine = regexp.MustCompile(`^yaml: (line \d+: )?`)

// locate gives the offset at which decoding fails. The library's errors tell at best the line where the construct around the place
// begins; so we look for the shortest beginning of the text that fails in the same way: its last character is the one.
func locate(text []byte, err error) int {
	length := sort.Search(len(text), func(n int) bool {
		_, e := decode(text[:wholeRunes(text, n)])
		return e != nil && e.Error() == err.Error()
	})
	return wholeRunes(text, max(length-1, 0))
}

// wholeRunes gives the greatest length up to n that doesn't cut a character.
func wholeRunes(text []byte, n int) int {
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// found is a better place or better words for a syntax error; what is zero stays as it was.
type found struct {
	start, end    int
	message, hint string
}

// syntaxError says in plain words what an error of the library means.
type syntaxError struct {
	library       string // a part of its message
	message, hint string
	find          func(s *source, at int) found // may be nil
}

func (e syntaxError) problem(s *source, at int) diag.Problem {
	f := found{}
	if e.find != nil {
		f = e.find(s, at)
	}
	if f.end == 0 {
		f.start, f.end = at, at+1
	}
	if f.message == "" {
		f.message, f.hint = e.message, e.hint
	}
	return s.problem(f.start, f.end, f.message, f.hint)
}

// lineBegin matches what stands before the colon that is not expected, when the line looks like a key of its own.
var lineBegin = regexp.MustCompile(`^[ ]*(- +)*[\w.-]+$`)

// noSpace matches a line whose key has no space behind its colon.
var noSpace = regexp.MustCompile(`^[ ]*(- +)*[A-Za-z_][\w.-]*:[^\s:/]`)

// findKey marks the whole key that is not expected, or the line above that spoils it.
func findKey(s *source, at int) found {
	line := s.line(at)
	for above := line - 1; above >= max(line-1, 1); above-- {
		if f := findMissingSpace(s, s.starts[above-1]); f.end > 0 {
			return f
		}
	}
	if before := s.text[s.starts[line-1]:at]; lineBegin.Match(before) {
		return found{start: s.skipBlanks(s.starts[line-1]), end: at}
	}
	return found{}
}

// findMissingSpace marks the colon of a line such as name:value.
func findMissingSpace(s *source, at int) found {
	line := s.line(at)
	m := noSpace.FindIndex([]byte(s.lineText(line)))
	if m == nil {
		return found{}
	}
	colon := s.starts[line-1] + m[1] - 2
	for s.text[colon] != ':' {
		colon--
	}
	return found{colon, colon + 1, "a key's colon needs a space behind it", "write key: value"}
}

// findTab tells a tab that indents from other characters that cannot begin a text.
func findTab(s *source, at int) found {
	start := s.starts[s.line(at)-1]
	tab := strings.IndexByte(string(s.text[start:s.skipBlanks(start)]), '\t')
	if tab < 0 || start+tab > at {
		return found{}
	}
	return found{start + tab, start + tab + 1, "a tab indents this line", "indent with spaces"}
}

// findOpener marks the bracket that never closes, or else the innermost one around the place.
func findOpener(s *source, at int) found {
	if w := walk(s); w.unclosed >= 0 {
		return found{start: w.unclosed, end: w.unclosed + 1}
	}
	depth := 0
	for i := at; i >= 0; i-- {
		switch s.text[i] {
		case ']', '}':
			depth++
		case '[', '{':
			depth--
		}
		if depth < 0 {
			return found{start: i, end: i + 1}
		}
	}
	return found{}
}

// findBack marks from the last of a character up to the place.
func findBack(c byte) func(*source, int) found {
	return func(s *source, at int) found {
		if i := strings.LastIndexByte(string(s.text[:min(at+1, len(s.text))]), c); i >= 0 {
			return found{start: i, end: at + 1}
		}
		return found{}
	}
}
