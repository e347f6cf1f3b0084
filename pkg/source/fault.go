package source

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// fault is why a record is bad.
type fault struct {
	message string // with %s where the value is to be shown, if value is set
	hint    string
	value   string // as written in the file
	literal bool   // the value is shown without quotes: a JSON number
	hasText bool   // there is a value to show
	cell    string // names the cell: column 4 (employees)
	field   string // the column's name in the file
	related []diag.Related

	swallowed int // lines behind the first that a stray quote has made part of the record: each may be one
}

// later is no fault: the record is an event that has not happened yet.
var later = &fault{}

// wrongType gives the fault of a text that is not of the type.
func wrongType(t frame.Type, value string) *fault {
	return &fault{message: "%s is not " + article(t), hint: typeHints[t.Kind], value: value, hasText: true}
}

// typeHints say what values of a type look like, where it is not plain.
var typeHints = map[frame.Kind]string{
	frame.Bool: "write true or false",
	frame.Time: "write 2026-01-02T15:04:05Z, 2026-01-02 15:04:05 or 2026-01-02",
	frame.List: `write a JSON array, ["a", "b"], or in CSV a;b`,
	frame.Map:  `write a JSON object, {"a": 1}`,
}

func article(t frame.Type) string {
	if t.Kind == frame.Int {
		return "an " + t.String()
	}
	return "a " + t.String()
}

func notUTF8(value string) *fault {
	return &fault{message: "%s is not UTF-8", hint: "export the file as UTF-8", value: value, hasText: true}
}

// clone copies a fault that several records have.
func (f *fault) clone() *fault {
	copied := *f
	return &copied
}

// in says which cell has the fault.
func (f *fault) in(cell, field string) *fault {
	f.cell, f.field = cell, field
	return f
}

// problem words the fault.
func (f *fault) problem(file string, line int, severity diag.Severity) diag.Problem {
	message := f.message
	if f.hasText {
		message = fmt.Sprintf(f.message, f.shown())
	}
	if f.cell != "" {
		message = f.cell + ": " + message
	}
	return diag.Problem{
		Severity: severity, At: diag.Position{File: file, Line: line}, Message: message, Hint: f.hint, Related: f.related,
	}
}

// shown gives the value as a problem may show it.
func (f *fault) shown() string {
	switch {
	case private(f.field, f.value):
		return fmt.Sprintf("a value of %d characters", utf8.RuneCountInString(f.value))
	case f.literal:
		return shorten(f.value)
	}
	return fmt.Sprintf("%q", shorten(f.value))
}

// shownLength is how many characters of a value are shown.
const shownLength = 20

// shorten cuts a text to the length that is shown.
func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n > shownLength {
			return s[:i] + "…"
		}
	}
	return s
}

// privateNames are parts of the names of columns whose values are never shown.
var privateNames = []string{
	"mail", "phone", "mobile", "fax", "address", "street", "birth", "ssn", "iban", "password", "secret", "token",
}

// private reports whether a value must not be shown: its column is named like an address, a number to call or a secret, or it looks like
// an email address itself.
func private(name, value string) bool {
	name = strings.ToLower(name)
	for _, part := range privateNames {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.Contains(value, "@")
}
