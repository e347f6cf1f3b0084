// Package plan compares what the plays want with what is: a Plan is a value that can be printed, saved and compared, and that holds
// everything apply needs, the state's transitions included. It holds no closures and no clients.
package plan

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Plan is everything that one apply does.
type Plan struct {
	Playbook    string            // its name
	Environment string            // "" for the default one
	Files       map[string]string // digests of the playbook's files
	Lineage     string            // "" where there is no state yet
	Serial      int64             // of the state that it was made from
	At          time.Time

	Plays      []journey.PlayRun // by name
	Creates    []Create          // collections to make first
	Operations []Operation
	Members    []Member // who enters, moves or leaves
	// Releases are changes of what is held that need no operation.
	Releases []Release
	// Standing are keeps of earlier steps that took hold without an operation, such as a person who joined and was there already.
	Standing []Hold
	// Transitions go with no member and no operation.
	Transitions state.Changes

	Conflicts []Conflict
	Blocked   []Blocked
	Problems  []journey.Problem // steps that can't be taken until somebody mends something; the rest of the plan can be applied
	Waits     []journey.Wait    // what members and lanes wait for once the plan is carried out
	Unread    []Unread          // places that could not be read
	Warnings  []string
	Verdicts  []Verdict // of the guards
	NoOps     int       // wants that hold already
	HeldTotal int       // members held in collections before
	Limited   *Limited  // it was cut down to some members; nil if not
	HeldBack  []Once    // what can't be undone and was not approved, so that it is not done
}

// Create is a collection to be made.
type Create struct {
	Place connector.Place
	Step  string // play.step
}

// Certainty is how sure the plan is of what a connector holds.
type Certainty string

// The degrees of certainty.
const (
	Known   Certainty = "known"   // read now
	Assumed Certainty = "assumed" // the connector can't be read back: from our ledger
)

// Operation is one write to a connector.
type Operation struct {
	Key       string // identity of the operation: the same in the next plan if it is still to be done
	Digest    string // of its content, salted
	Verb      connector.Verb
	Withdraw  bool     // Remove: because nobody keeps it any more
	Drift     bool     // Add: it was taken out by somebody else
	Standing  bool     // a done step wants it: it is done at once, whoever else's step waits for it
	Parting   []string // enrollment keys: it is done only once these members have ended, by their moves in this run
	Connector string
	Target    connector.Collection
	ID        string // never saved
	Record    state.Record
	Play      string // who asked for it; several plays may, this is the one of highest priority
	Step      string
	Lane      string            // [state.Lane.Key]; "" for a step of the member's own
	Fields    map[string]any    // never saved
	Before    map[string]string // Set: what stands there now; never saved
	Member    string            // Send, Task, Cancel: the enrollment's key
	EffectKey string            // Send, Task, Cancel
	Attempts  int               // Send, Task: earlier ones
	Attached  bool              // Send: an escalation, which no step waits for
	// Task is what is kept of a task once it is made, its receipt aside; of one that is taken back, once it is.
	Task      *state.Task
	Certainty Certainty
	Stranger  bool // Remove: somebody else put it there
	Any       bool // Remove: out of whatever collection matches, by remove_any
	Batch     int  // how many items of it fit into one call; 0 is any number

	// Holds are the changes of what is held once it is done.
	Holds []Hold
}

// Place gives the operation's collection, object or action.
func (o *Operation) Place() connector.Place {
	return connector.Place{Connector: o.Connector, Collection: o.Target}
}

// Hold is a change of one holding.
type Hold struct {
	Held   state.Held     // identity, record; Ours and Added as they are to be if the holding is new
	Keeper *state.Keeper  // added to its keepers
	Drop   []state.Keeper // taken off its keepers: those that let go
	Added  bool           // mark it as added for good
	Anew   bool           // it was taken out by somebody else, and an earlier add with it
	Gone   bool           // nothing is held any more
}

// Release takes keepers off a holding.
type Release struct {
	Held    state.Held // identity
	Keepers []state.Keeper
	Gone    bool // nothing is held any more
}
