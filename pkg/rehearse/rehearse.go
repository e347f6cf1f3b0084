// Package rehearse runs a playbook without the world: its tests, its invariants and its simulation. The flow is the real one; records are
// given or read once, systems and state are kept in memory, and the clock is moved by the rehearsal alone. Nothing real is written.
//
// [Read] reads the tests of a playbook, [Runner] runs them, [Runner.Search] looks for records and times that break an invariant, and
// [Simulate] goes through weeks or months and counts what would have been done. The README says how tests are written.
package rehearse

import (
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Suite is the tests and invariants of a playbook, in the order of the files.
type Suite struct {
	Tests      []*Test
	Invariants []*Invariant
}

// Test is one test: what is given, and runs with what is expected of them.
type Test struct {
	Name      string
	At        document.Node // of the name
	Play      string        // what bare keys speak of, and what the runs are limited to, with the plays that it enrolls into; "" for all plays
	Start     time.Time
	Variables map[string]playbook.Input
	Given     Given
	Steps     []Step
}

// File gives the name of the file that the test stands in.
func (t *Test) File() string { return t.At.Pos().File }

// Step is one run, or several at a cadence, and what is expected of them.
type Step struct {
	Place   document.Node
	When    time.Time     // of the last run
	Every   time.Duration // runs in between, from the step before; 0 for the last one only
	Given   Given
	Gone    []Key // records that are not there any more
	Tasks   []TaskWork
	Launch  *Launch
	Allowed []string
	Expect  Expect
}

// Launch is a manual play to be run for records.
type Launch struct {
	Play string
	Keys []string
}

// Key names a record where the test speaks of it.
type Key struct {
	Entity string // "" where the entity is not said
	Key    string
	At     document.Node
}

// Given is records and what systems hold.
type Given struct {
	Records []Record
	Holds   []Holding
	Fields  []FieldValues
	Lists   map[string][]string // keys of segments that are lists
}

// Holding is a collection and who is in it.
type Holding struct {
	Target  Target
	Name    string
	Members []Key
	At      document.Node
}

// FieldValues are fields of one record in a system.
type FieldValues struct {
	Target Target
	Record Key
	Values map[string]any
}

// Target is a connector and what it has: ads.audience.
type Target struct{ Connector, Kind string }

// String gives the target as playbooks write it.
func (t Target) String() string { return t.Connector + "." + t.Kind }

// TaskWork is what a person does about a task.
type TaskWork struct {
	Play, Step string // Play is "" where it is not said
	Record     Key
	Do         Work
	Outcome    string
	Answers    map[string]string
	At         time.Time // zero: the time of the run
	Place      document.Node
}

// Work is what can be done about a task.
type Work uint8

// What people do about tasks.
const (
	Finish Work = iota
	Touch
	Cancel
	Delete
)

// Read reads tests and invariants from test files, and checks them against the playbook. The suite may be used only if the problems hold no
// error.
func Read(files []*document.File, book *playbook.Book) (*Suite, diag.List) {
	r := &reader{book: book, suite: &Suite{}, schemas: schemasOf(book), names: map[string]document.Node{}}
	for _, f := range files {
		r.file(f)
	}
	r.problems.Sort()
	return r.suite, r.problems
}
