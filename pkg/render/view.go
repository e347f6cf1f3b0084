package render

import (
	"time"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// View is a plan with what is told about how it came about. Everything but Plan may be left out.
type View struct {
	Plan      *plan.Plan
	Read      []Read // in the order to be shown
	Evaluated Evaluated
	Compared  Compared
	Unknown   []UnknownSegment
	State     *state.Snapshot // that the plan was made from, by the names that plays and steps go by now
	Was       *state.Snapshot // the same by the names that they went by; nil where no name changed
	// Next is when a run has something to do again, as far as that is known: a schedule is due, or a wait is over. Zero where nothing is.
	Next time.Time
}

// Read is what was read of one entity.
type Read struct {
	Entity string
	From   string // connector, or files
	Rows   int
	Took   time.Duration
}

// Evaluated is what was evaluated over the records.
type Evaluated struct {
	Segments, Scores, Stages int
	Moved                    []segment.StageResult // of the stage models between whose stages somebody moved
	Took                     time.Duration
}

// Compared is what was read from connectors to compare with.
type Compared struct {
	Collections, Fields int
	Connectors          []string
	Took                time.Duration
}

// UnknownSegment is a segment that can't be told for some records, which are therefore not in it.
type UnknownSegment struct {
	Segment string
	Entity  string
	Count   int
	Missing []segment.Missing
}
