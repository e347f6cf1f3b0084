package journey

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/state"
)

// Input is what a run of the journey is made from.
type Input struct {
	Data  *expr.Data      // with every segment evaluated
	State *state.Snapshot // as of the start of the run
	Now   time.Time
	// Program gives the condition of a segment, nil for a list; for telling reasons.
	Program func(segment string) *expr.Program
	// Settled says what was found out about effects in doubt, by key; an effect that is in doubt and not in it stays so.
	Settled map[string]Finding
	// Target, Exclude limit the run to some plays; Only to some record keys. Others stay exactly as they are.
	Target, Exclude, Only []string
	// Launch are the records for which a manual play is to be launched.
	Launch *Launch
	// Samples is how many reasons are told for each play and kind of change; 0 means 10, less than 0 all.
	Samples int
}

// Launch is a manual launch.
type Launch struct {
	Play string
	Keys []string
}

// Finding is what a look-up of an effect in doubt found.
type Finding struct {
	Happened bool
	Receipt  string
}

// Result is what everybody wants, and what changes in the state when it is carried out.
type Result struct {
	Plays   []PlayRun // by name
	Members []*Moving // entering, moving or leaving; by play, record, number
	Wants   []Want
	// Frozen are the keepers whose wants are not known now, so that what they hold stays.
	Frozen map[state.Keeper]bool
	// Unaddressed are, by keeper, the records that it wants to keep and whose connector can't know them now: what it holds for them stays.
	Unaddressed map[state.Keeper][]state.Record
	// Transitions go with no member: truths, baselines, observed values and changes, settled effects.
	Transitions state.Changes
	Warnings    []string
}

// PlayRun is what happened to a play's members.
type PlayRun struct {
	Name     string
	Of       string
	Change   Change
	Diff     []string // what changed in its definition, in words
	Funnel   Funnel
	Left     map[string]int // members leaving, by outcome and reason in words
	Away     int            // members that left the segment and stay
	Moving   int            // members that take a step
	Missing  int            // members whose record is missing
	Waiting  map[string]int // members that wait, by what for
	Unknowns map[string]int // conditions that are unknown and so don't hold, by which and why
	Members  int            // active before this run
	Enters   []Reason       // samples
	Leaves   []Reason
	Omitted  int // reasons not told
	Priority int
	// EventsFrom is the time from which events of the trigger counted; zero for other triggers.
	EventsFrom time.Time
	// BatchFrom is the time of the batch before this run's; zero if no batch is due.
	BatchFrom time.Time
}

// Change is what became of a play's definition.
type Change string

// The changes.
const (
	New       Change = "new"
	Changed   Change = "changed"
	Same      Change = ""
	Gone      Change = "removed"
	Untouched Change = "untouched" // not part of this run
)

// Reason tells why a record enters or leaves.
type Reason struct {
	Key     string   `json:"key"`
	Outcome string   `json:"outcome,omitempty"`
	Because []string `json:"because,omitempty"`
}

// Funnel counts what became of the records that could have entered.
type Funnel struct {
	InSegment      int `json:"in_segment"`
	Unknown        int `json:"unknown"`
	Matched        int `json:"matched"` // edges, events, or a batch's records
	AlreadyIn      int `json:"already_in"`
	NotReeligible  int `json:"not_re_eligible"`
	GoalMet        int `json:"goal_already_met"`
	ExitHolds      int `json:"exit_rule_holds"`
	NotAddressable int `json:"not_addressable"`
	Limited        int `json:"limited"`
	HeldOut        int `json:"held_out"`
	Enters         int `json:"enters"`
	// Baseline counts the records that were in the segment at the first launch and don't enter (backfill: false).
	Baseline int  `json:"baseline"`
	Backfill bool `json:"backfill"`
	First    bool `json:"first_launch"`
}

// Moving is a member that enters, moves or leaves in this run.
type Moving struct {
	Before *state.Member // nil for one that enters
	After  state.Member  // as of entry or leaving; steps are added by apply as they succeed
	Enters bool
	Leaves bool
	Moves  []Move // in order
	// Ends says that the member is completed when its last move has succeeded.
	Ends bool
}

// Move is one step that a member takes: its wants, all of which must hold before the next.
type Move struct {
	Step     string
	Skipped  bool // its when does not hold
	Continue bool // on_error: continue
	Wants    []int
	Records  []string // keys that the step reaches, sorted
}

// Want is one thing that should be so.
type Want struct {
	Member     string // enrollment key
	Play, Step string
	Priority   int
	Verb       connector.Verb // Add or Remove for memberships, Set, Send
	Keep       bool           // Add: for as long as the member is in the play
	Standing   bool           // a done step's want that still holds, not a step being taken
	Passive    bool           // of a member that is not part of this run: it counts against others, and nothing is done for it
	Connector  string
	Target     connector.Collection // for Set and Send Name is empty
	Record     state.Record
	ID         string // the connector's id of the record
	Fields     map[string]any
	Overwrite  bool
	Create     bool
	Key        string // Send: the effect's
}
