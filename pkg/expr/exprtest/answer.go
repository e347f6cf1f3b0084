package exprtest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/frame"
)

// answer is what an engine says to a question: a word for each row. The words of a condition are T, F and ?; those of records are their rows,
// with a ? behind if something is unknown.
type answer struct {
	condition bool
	rows      int
	verdict   frame.Verdict
	lists     Lists
	wrong     string // what came instead of an answer: an error, a panic, bits that stand for no row
	none      bool   // the engine does not answer such questions
}

// ask puts a question to a session: about n rows, or those of them that only has.
func ask(ctx context.Context, s Session, q *Compiled, n int, only frame.Bits) (a answer) {
	a = answer{condition: q.Condition != "", rows: n}
	defer func() {
		if p := recover(); p != nil {
			a.wrong = fmt.Sprintf("panic: %v", p)
		}
	}()
	var err error
	switch {
	case a.condition && only != nil:
		chooser, ok := s.(Chooser)
		if !ok {
			return answer{none: true}
		}
		if a.verdict, err = chooser.VerdictOf(ctx, q.Program, only); err == nil {
			a.wrong = malformed(a.verdict, n, only)
		}
	case a.condition:
		if a.verdict, err = s.Verdict(ctx, q.Program); err == nil {
			a.wrong = malformed(a.verdict, n, nil)
		}
	case q.Each != nil:
		finder, ok := s.(Finder)
		if !ok {
			return answer{none: true}
		}
		a.lists, err = finder.Find(ctx, q.Each, only)
	default:
		lister, ok := s.(Lister)
		if !ok {
			return answer{none: true}
		}
		a.lists, err = lister.Lists(ctx, q.Program, only)
	}
	if err != nil {
		a.wrong = "error: " + err.Error()
	}
	return a
}

// malformed tells what is wrong with the form of a verdict: rows that are both true and unknown, bits past the last row. Of one on the rows of
// only, others may be anything.
func malformed(v frame.Verdict, rows int, only frame.Bits) string {
	if want := len(frame.NewBits(rows)); len(v.True) != want || len(v.Unknown) != want {
		return fmt.Sprintf("a verdict on %d rows has %d and %d words", rows, len(v.True), len(v.Unknown))
	}
	for i := range v.True {
		if both := v.True[i] & v.Unknown[i]; both != 0 && (only == nil || both&only[i] != 0) {
			return fmt.Sprintf("word %d has rows that are true and unknown", i)
		}
	}
	if only != nil {
		return ""
	}
	for row := rows; row < 64*len(v.True); row++ {
		if v.True.Has(row) || v.Unknown.Has(row) {
			return fmt.Sprintf("bit %d is set, and there are %d rows", row, rows)
		}
	}
	return ""
}

// word gives what is said of a row.
func (a *answer) word(row int) string {
	switch {
	case a.wrong != "":
		return a.wrong
	case a.condition && a.verdict.True.Has(row):
		return "T"
	case a.condition && a.verdict.Unknown.Has(row):
		return "?"
	case a.condition:
		return "F"
	}
	if row >= len(a.lists.Rows) { // a table without rows, about which another engine said what is no answer
		return ""
	}
	out := strings.Trim(fmt.Sprint(a.lists.Rows[row]), "[]")
	if a.lists.Unknown.Has(row) {
		out += "?"
	}
	return out
}

// differs gives the first row of which two answers, or two on some rows only, say otherwise; -1 if there is none.
func (a *answer) differs(b *answer, only frame.Bits) int {
	switch {
	case a.none || b.none || a.wrong == b.wrong && a.wrong != "":
		return -1
	case a.wrong != "" || b.wrong != "":
		return 0
	}
	if a.condition && only == nil && slices.Equal(a.verdict.True, b.verdict.True) && slices.Equal(a.verdict.Unknown, b.verdict.Unknown) {
		return -1
	}
	for row := range a.rows {
		if (only == nil || only.Has(row)) && a.word(row) != b.word(row) {
			return row
		}
	}
	return -1
}

// words gives what is said of all rows, for cases: T?F, or rows between bars.
func (a *answer) words() string {
	if a.wrong != "" {
		return a.wrong
	}
	words := make([]string, a.rows)
	for row := range words {
		words[row] = a.word(row)
	}
	if a.condition {
		return strings.Join(words, "")
	}
	return strings.Join(words, "|")
}
