package journey

import (
	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// play is one play with its expressions compiled: a tree of steps that is walked forward only.
type play struct {
	*playbook.Play
	segment  *expr.Program // nil where the play names a segment
	trigger  *expr.Program
	per      *expr.Program
	order    *expr.Program
	goal     *expr.Program // a condition, or events
	exits    []exit
	main     *block
	won      *block           // what follows the goal; nil for nothing
	steps    map[string]*step // every step by id
	inOrder  []*step          // every step in the order of the file
	stands   []*step          // those of them that hold on once they are done
	schedule *calendar.Schedule
	calendar *calendar.Business
	uses     expr.Uses
	// silence is the entity whose events are the engagement that `quiet` listens to, and the way up to whom they happen.
	silence silence
}

// exit is one exit rule.
type exit struct {
	*playbook.Exit
	when *expr.Program
	then *block // nil for nothing
}

// block is a list of steps that are taken one after another.
type block struct {
	kind  blockKind
	owner *step // of a branch, of what follows a timeout, of lanes; nil for others
	steps []*step
}

// blockKind is what a block is for.
type blockKind uint8

const (
	mainBlock   blockKind = iota // the play's steps
	branchBlock                  // of a choose or split: it goes on behind its owner
	lateBlock                    // follows a timeout: who comes to its end leaves, timed out
	laneBlock                    // of one related record
	thenBlock                    // follows goal or exit
)

// step is one step with its expressions compiled.
type step struct {
	*playbook.Step
	in    *block
	at    int   // among the block's steps
	lane  *step // the step in whose lanes it is; nil for the member's own
	when  *expr.Program
	order *expr.Program
	// targets are the kinds of records that an outward step acts on, that an enroll enrolls, or that have lanes.
	targets  []target
	by, to   []assignee
	expr     *expr.Program // wait_until: a time; wait_for: a condition, or events
	of       *expr.Program // timeout by silence: events; nil for engagement
	branches []branch
	late     *block // on_timeout; nil where the member leaves or goes on
	lanes    *block
	escalate []*step // sends, by Escalate
	waitsFor string  // of a wait, in words
	window   *calendar.Business
}

// branch is one way of a choose or split.
type branch struct {
	*playbook.Branch
	when *expr.Program // nil for else, and in a split
	then *block
}

// target is one kind of record that a step acts on, with what it does there.
type target struct {
	entity   string
	rows     *expr.Program // nil for the member itself, or the lane's record
	identity *expr.Program // by which the step's connector knows its records; nil where it can't know them
	name     *expr.Template
	names    []string // if they are the same everywhere
	title    *expr.Template
	fields   []field
}

type field struct {
	name  string
	value *expr.Value
}

// next gives the step behind one in its way: out of branches, up to the end of the play's steps, of a lane, or of what follows a timeout,
// a goal or an exit. nil is the end.
func (s *step) next() *step {
	for {
		if s.at+1 < len(s.in.steps) {
			return s.in.steps[s.at+1]
		}
		if s.in.kind != branchBlock {
			return nil
		}
		s = s.in.owner
	}
}

// way gives the block at whose end a step's way ends: the one around its branches.
func (s *step) way() *block {
	for s.in.kind == branchBlock {
		s = s.in.owner
	}
	return s.in
}

// follows reports whether a step is part of what follows the goal or an exit.
func (s *step) follows() bool {
	for {
		switch {
		case s.in.kind == thenBlock:
			return true
		case s.in.owner == nil:
			return false
		}
		s = s.in.owner
	}
}

// first gives a block's first step; nil of an empty one.
func (b *block) first() *step {
	if b == nil || len(b.steps) == 0 {
		return nil
	}
	return b.steps[0]
}

// anonymous reports whether a step speaks to people of ours, so that its system need not know the record that it is about.
func (s *step) anonymous() bool {
	return s.Verb == playbook.Task || s.Verb == playbook.Send && len(s.To) > 0
}

// id gives a step's id, "" of none.
func (s *step) id() string {
	if s == nil {
		return ""
	}
	return s.ID
}
