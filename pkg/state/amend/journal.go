package amend

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// linesPerPage is how many lines go on one page of the journal.
const linesPerPage = 1000

// Journal writes lines down as planned, intended and done by a run, all in one moment, and counts them by verb.
func Journal(run string, at time.Time, lines []state.Line) (pages []state.Page, verbs map[string]int) {
	verbs = map[string]int{}
	var planned, intended, ended []state.Line
	for n, l := range lines {
		verbs[l.Verb]++
		end := state.Line{N: n, Status: "done", Reason: l.Reason, Receipt: l.Receipt}
		l.N, l.Reason, l.Receipt = n, "", ""
		planned, intended, ended = append(planned, l), append(intended, state.Line{N: n}), append(ended, end)
	}
	for _, part := range []struct {
		kind  state.PageKind
		lines []state.Line
	}{{state.PlannedPage, planned}, {state.IntendedPage, intended}, {state.EndedPage, ended}} {
		for chunk := range slices.Chunk(part.lines, linesPerPage) {
			pages = append(pages, state.Page{Run: run, Seq: len(pages), At: at, Kind: part.kind, Lines: chunk})
		}
	}
	return pages, verbs
}
