package playbook

import (
	"time"

	"github.com/playctl/playctl/pkg/document"
)

// MostPoints is the most that one rule of a score may give or take at a time, so that the points of all records' events together stay
// whole numbers that are exact.
const MostPoints = 1_000_000

// Score is a number of points for every record of an entity: the sum of what its rules give.
type Score struct {
	Name   string
	At     document.Node
	Of     string // entity
	OfAt   document.Node
	Max    int // the sum counts up to here; 0 for no bound
	Owners []string
	Rules  []*ScoreRule
}

// ScoreRule gives points once to a record for which a condition holds, or for each of a list of records.
type ScoreRule struct {
	At     document.Node
	Points int  // may be negative, never 0
	When   Expr // over the record; in a rule with Each over each of them, absent for all
	Each   Expr // a record or a list of records; absent in a rule that gives its points once
	EachAt document.Node
	As     string // what When calls one of Each; "" for its entity's name
	AsAt   document.Node
	// HalfLife is after how long an event's points count half; 0 for never.
	HalfLife   time.Duration
	HalfLifeAt document.Node
	AtMost     int // points that the rule gives at most, or takes at most if they are negative; 0 for no bound
	Why        string
}

// Score gives the score of that name, or nil.
func (b *Book) Score(name string) *Score {
	return find(b.Scores, name, func(s *Score) string { return s.Name })
}

// ScoreNames gives the names of all scores.
func (b *Book) ScoreNames() []string { return names(b.Scores, func(s *Score) string { return s.Name }) }
