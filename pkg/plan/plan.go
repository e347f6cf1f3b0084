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
	Warnings  []string
	Verdicts  []Verdict // of the guards
	NoOps     int       // wants that hold already
	HeldTotal int       // members held in collections before
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
	Withdraw  bool // Remove: because nobody keeps it any more
	Drift     bool // Add: it was taken out by somebody else
	Standing  bool // a done step wants it: it is done at once, whoever else's step waits for it
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

// Member is somebody who enters, moves or leaves.
type Member struct {
	Before *state.Member // nil for one that enters
	// After is how it is recorded before anything is done for it; Record says that it differs from Before.
	After  state.Member
	Record bool
	Enters bool
	Leaves bool         // its outcome is settled before any move of it
	Moves  []Move       // its own
	End    *journey.End // once its last move has succeeded; nil if it stays
	Lanes  []LaneMoves  // each at its own pace
	Needs  *journey.Ref // the move of another member that enrolls it: nothing of it happens before that has succeeded
}

// LaneMoves is one lane's moves.
type LaneMoves struct {
	Lane  string // [state.Lane.Key]
	Of    string // the step that has the lanes
	Moves []Move
	End   *journey.End // once its last move has succeeded; nil if it stays
}

// Move is one step of a member or a lane: done when all its operations are.
type Move struct {
	Step       string
	Continue   bool           // on_error: continue
	Done       state.StepDone // what is recorded of the step; its outcome is "failed" where an operation failed and Continue says to go on
	To         state.Track    // where it stands then; its Done is not used
	Stays      bool           // not done with the step, so that nothing is added to what is done, and nothing follows
	Needs      []string       // lanes of this step that must have ended first, where they end in this run
	Operations []int          // of Plan.Operations
	Holds      []Hold         // what is held once the move is done, beside its operations
	Tasks      []state.Task   // what is kept of tasks that an earlier run made and did not record
}

// Conflict is a want that another overrules.
type Conflict struct {
	Place    string   `json:"place"`
	Winner   string   `json:"winner"` // play.step
	Loser    string   `json:"loser"`
	Priority [2]int   `json:"priority"` // winner's and loser's
	Wins     string   `json:"wins"`     // what the winner wants: keeps, adds, removes, sets x
	Loses    string   `json:"loses"`
	Count    int      `json:"count"`
	Sample   []string `json:"sample"` // record keys, at most three
}

// Blocked is a reason why members wait at a step although their time has come.
type Blocked struct {
	Play  string `json:"play"`
	Step  string `json:"step"`
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// Summary is the plan in numbers. Once counts what can't be undone and is never part of Add; Cancel tasks that are taken back.
type Summary struct {
	Add     int `json:"add"`
	Remove  int `json:"remove"`
	Change  int `json:"change"`
	Once    int `json:"once"`
	Cancel  int `json:"cancel"`
	Enter   int `json:"enter"`
	Leave   int `json:"leave"`
	Move    int `json:"move"`
	Wait    int `json:"wait"`
	NoOps   int `json:"no_ops"`
	Creates int `json:"creates"`
	Plays   int `json:"plays"` // new, changed or removed
}

// moves reports whether the member, or a lane of it, takes a step, begins or ends.
func (m *Member) moves() bool {
	if len(m.Moves) > 0 || m.End != nil || len(m.Lanes) > 0 {
		return true
	}
	active := func(lanes []state.Lane) int {
		n := 0
		for i := range lanes {
			if lanes[i].EndedAt.IsZero() {
				n++
			}
		}
		return n
	}
	return m.Before != nil && (len(m.Before.Lanes) != len(m.After.Lanes) || active(m.Before.Lanes) != active(m.After.Lanes))
}

// Summary counts the plan.
func (p *Plan) Summary() Summary {
	s := Summary{NoOps: p.NoOps, Creates: len(p.Creates)}
	for i := range p.Operations {
		switch p.Operations[i].Verb {
		case connector.Add:
			s.Add++
		case connector.Remove:
			s.Remove++
		case connector.Set:
			s.Change++
		case connector.Send, connector.Task:
			s.Once++
		case connector.Cancel:
			s.Cancel++
		}
	}
	for i := range p.Members {
		switch m := &p.Members[i]; {
		case m.Enters:
			s.Enter++
		case m.Leaves:
			s.Leave++
		case m.moves():
			s.Move++
		}
	}
	for _, r := range p.Plays {
		for _, w := range r.Waiting {
			s.Wait += w.Count
		}
		if r.Change == journey.New || r.Change == journey.Changed || r.Change == journey.Gone {
			s.Plays++
		}
	}
	for _, b := range p.Blocked {
		s.Wait += b.Count
	}
	return s
}

// Empty reports whether applying the plan would change nothing but cursors: what "no changes" means.
func (p *Plan) Empty() bool {
	s := p.Summary()
	return s.Add+s.Remove+s.Change+s.Once+s.Cancel+s.Enter+s.Leave+s.Move+s.Creates+s.Plays+len(p.Releases)+len(p.Standing) == 0
}
