package source

import (
	"fmt"

	"github.com/playctl/playctl/pkg/diag"
)

// place is a place in the playbook, such as where an entity names its file.
type place interface {
	Exists() bool
	Problem(format string, args ...any) diag.Problem
}

// fileProblem gives a problem at a line of a data file, or of the file as a whole at line 0.
func fileProblem(file string, line int, hint, format string, args ...any) diag.Problem {
	return diag.Problem{At: diag.Position{File: file, Line: line}, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// placeProblem gives a problem at a place of the playbook, or of the data file as a whole where that place is not known.
func placeProblem(at place, file, format string, args ...any) diag.Problem {
	if !at.Exists() {
		return fileProblem(file, 0, "", format, args...)
	}
	return at.Problem(format, args...)
}

// tooLong gives the problem of a record that is too long to be one.
func tooLong(file string, line int) diag.Problem {
	return fileProblem(file, line, "is there a quote that is not closed, or is the file no text?",
		"the record that begins about here has more than %d MiB", maxRecord>>20)
}
