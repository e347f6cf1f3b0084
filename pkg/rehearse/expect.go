package rehearse

import (
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/state"
)

// Expect is what a test expects of a step. What happened (Enters, Operations, Nothing) counts for all runs of the step, how things stand for
// the last one.
type Expect struct {
	Place      document.Node
	Enters     []InPlay // exactly these, of each play that is named
	Operations []Operation
	Only       bool // no other operations than these
	Nothing    bool // no operations
	Finished   []Finished
	Enrolled   []InPlay // these are in the play because another one enrolled them
	Members    []InPlay // exactly these are in the play
	Waits      []Waits
	Holds      []Holding // exactly these are in the collection
	Sent       []Sent
	Problems   []Problem // steps that nobody can take; others fail the test
}

// InPlay is records in a play.
type InPlay struct {
	Play string
	Keys []Key
	At   document.Node
}

// Finished says how a record's last time in a play ended.
type Finished struct {
	Play    string
	Record  Key
	Outcome state.Outcome
	Reason  string // "" for any
	At      document.Node
}

// Waits says on which step a record's member, or lane, stands.
type Waits struct {
	Play   string
	Record Key
	Step   string
	At     document.Node
}

// Sent says how many messages a system was sent since the test began.
type Sent struct {
	Target Target
	Count  int
	At     document.Node
}

// Problem is a step that can't be taken until somebody mends something.
type Problem struct {
	Play, Step string
	At         document.Node
}

// Operation is what is said of an operation of a plan. What is not said may be anything.
type Operation struct {
	Verb   connector.Verb
	Keep   bool // Add: of a keep; without it, of an add
	Any    bool // Remove: of remove_any
	Target Target
	Name   string // of the collection
	Record Key
	Play   string
	Step   string
	Fields map[string]any
	At     document.Node
}

// said counts what is said of an operation: the more, the fewer fit.
func (o *Operation) said() int {
	n := len(o.Fields)
	for _, s := range []string{o.Name, o.Record.Key, o.Play, o.Step, o.Record.Entity} {
		if s != "" {
			n++
		}
	}
	return n
}
