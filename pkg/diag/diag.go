// Package diag describes a problem in a file that a person wrote: where it is, what is wrong, and what to do about it.
//
// Every package may import diag. A problem is a value; printing it is up to the caller, who may use [Problem.Format].
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file. Line and Column count from 1, Column in characters (code points); a zero Line means the file as a
// whole, a zero Column the whole line.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String gives file:line:column, as editors and CI annotations read it.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Before reports whether p comes before q in reading order.
func (p Position) Before(q Position) bool { return p.compare(q) < 0 }

func (p Position) compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Severity tells whether a problem stops the run.
type Severity uint8

const (
	// Error stops the run before anything is read.
	Error Severity = iota
	// Warning is reported and does not stop anything.
	Warning
)

// String gives "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText makes a severity a word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads that word back. Any other is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for _, known := range []Severity{Error, Warning} {
		if known.String() == string(text) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("%q is no severity", text)
}

// Problem is one thing that is wrong.
type Problem struct {
	Severity Severity  `json:"severity"`
	At       Position  `json:"at"`
	Message  string    `json:"message"`           // one line: what is wrong, what was expected, what was found
	Hint     string    `json:"hint,omitempty"`    // the remedy, on a line of its own
	Line     string    `json:"source,omitempty"`  // the source line at At, without its line break
	Width    int       `json:"width,omitempty"`   // how many characters of it are meant, from At.Column; 0 counts as 1
	Related  []Related `json:"related,omitempty"` // other places that have to do with it
}

// Related is another place that a problem points to, such as the first of two definitions.
type Related struct {
	At      Position `json:"at"`
	Message string   `json:"message"`
}

// Error makes a Problem an error: its first line.
func (p Problem) Error() string { return fmt.Sprintf("%s: %s", p.At, p.Message) }

// Format writes the problem as a person reads it: place and message, the source line with carets, related places, the hint.
func (p Problem) Format() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s\n", p.At, p.Severity, p.Message)
	if p.Line != "" && p.At.Line > 0 {
		line, carets := p.excerpt()
		number := fmt.Sprintf("%5d", p.At.Line)
		fmt.Fprintf(&b, "%s │ %s\n", number, line)
		if carets != "" {
			fmt.Fprintf(&b, "%s │ %s\n", strings.Repeat(" ", len(number)), carets)
		}
	}
	for _, r := range p.Related {
		fmt.Fprintf(&b, "      %s: %s\n", r.At, r.Message)
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "      hint: %s\n", p.Hint)
	}
	return b.String()
}

// List is every problem of one run. The zero value is an empty list.
type List []Problem

// Add appends problems.
func (l *List) Add(p ...Problem) { *l = append(*l, p...) }

// Errors counts the problems that stop the run.
func (l List) Errors() int {
	n := 0
	for _, p := range l {
		if p.Severity == Error {
			n++
		}
	}
	return n
}

// Sort orders by place, then message, and drops exact repeats.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Problem) int {
		return cmp.Or(a.At.compare(b.At), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Message, b.Message))
	})
	*l = slices.CompactFunc(*l, func(a, b Problem) bool { return a.At == b.At && a.Message == b.Message })
}

// Err gives the list as an error, or nil if none of its problems is one.
func (l List) Err() error {
	if l.Errors() == 0 {
		return nil
	}
	return l
}

// Error lists every problem, one a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
