package journey

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/state"
)

// Input is what a run of the journey is made from.
type Input struct {
	Data  *expr.Data      // with every segment evaluated
	State *state.Snapshot // as of the start of the run
	Now   time.Time
	// Engine evaluates over the data by columns; nil for one of the journey's own.
	Engine *vector.Engine
	// Program gives the condition of a segment, nil for a list; for telling reasons.
	Program func(segment string) *expr.Program
	// Settled says what was found out about effects in doubt, by key; an effect that is in doubt and not in it stays so.
	Settled map[string]Finding
	// Tasks is what connectors tell of the open tasks, by effect key; nil for one that its connector does not know (any more). A task that
	// is not in it could not be asked about, and stays as it is.
	Tasks map[string]*connector.TaskReport
	// Resolves are the connectors that know records by ids of their own, and are asked for them: see [Result.Asked]. nil where there are none.
	Resolves map[string]bool
	// NotKnown are the identities that such connectors were asked for and don't know, with what they said; "" where there is no such record.
	NotKnown map[Identity]string
	// Late lets effects be done that are later than the playbook allows.
	Late bool
	// Target, Exclude limit the run to some plays; Only to some record keys. Others stay exactly as they are.
	Target, Exclude, Only []string
	// Eject, unless it is nil, limits the run to these members, by enrollment key, and has them leave before anything else: nobody enters, and
	// all others stay exactly as they are. Erased records and what is held for them go in any run.
	Eject map[string]Ejection
	// Erased reports whether a record was forgotten, which the data no longer have; nil where none was.
	Erased func(state.Record) bool
	// Again has what done steps set wanted again as well: what is asked to find out whether it still stands, and never done.
	Again bool
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

// Ejection is how a member ends that is made to leave.
type Ejection struct {
	Outcome state.Outcome
	Reason  string
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
	// Asked are the identities that the result stands on, of connectors that know records by ids of their own; by connector, kind and id. It is
	// right if these know all of them. If not, it is to be made again, with those in [Input.NotKnown]; and if they do, its wants are to speak
	// of those ids: see [Result.Identify].
	Asked []Identity
	// Waits are what members and their lanes wait for, once this run has done what it can.
	Waits []Wait
	// Problems are the steps that can't be taken until somebody mends something: nobody has the role. Their members wait.
	Problems []Problem
	// Next is when something is due by itself: the end of a wait, an exit rule's time, an escalation; zero for nothing.
	Next time.Time
	// State is the state that the result is about: as it was given, with plays and steps by the names that they go by now (`moved:`, `drop:`).
	State *state.Snapshot
	// Transitions go with no member: truths, baselines, observed values and changes, settled effects, what became of tasks.
	Transitions state.Changes
	Warnings    []string
}

// Wait is what a member, or a lane of it, waits for at a step.
type Wait struct {
	Member string // enrollment key
	Record state.Record
	Play   string
	Step   string
	Lane   string // [state.Lane.Key]; "" for the member itself
	Kind   WaitKind
	Why    string // in words
	Since  time.Time
	Due    time.Time // when it is over at the latest; zero where only something that happens ends it
}

// WaitKind says what would end a wait.
type WaitKind string

// The kinds of waits.
const (
	ForTime   WaitKind = "time"   // a span, a date, a window, a limit that renews itself
	ForEvents WaitKind = "events" // an event, or a condition
	ForTask   WaitKind = "task"   // a person
	ForLanes  WaitKind = "lanes"  // its lanes
	Held      WaitKind = "held"   // suppressed, muted, not known, paused
)

// Waiting counts the waits of a play's members at a step for the same thing.
type Waiting struct {
	Step  string    `json:"step"`
	Kind  WaitKind  `json:"kind"`
	Why   string    `json:"why"`
	Count int       `json:"count"`
	Due   time.Time `json:"due,omitzero"` // the first of them
}

// Problem is a step that can't be taken for some members, and why.
type Problem struct {
	Play   string   `json:"play"`
	Step   string   `json:"step"`
	Why    string   `json:"why"`
	Count  int      `json:"count"`
	Sample []string `json:"sample"` // record keys, at most three
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
	Waiting  []Waiting      // members and lanes that wait, by step and what for
	Unknowns map[string]int // conditions that are unknown and so don't hold, by which and why
	// NotKnown are records that steps don't reach, or that can't enter, since their systems don't know them; by step.
	NotKnown []NotKnown
	Members  int            // active before this run
	Standing map[string]int // active members by the step that they stood on before this run; "" past the last
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
	Enrolled       int `json:"enrolled"` // by other plays, beside Matched
	GoalMet        int `json:"goal_already_met"`
	ExitHolds      int `json:"exit_rule_holds"`
	Suppressed     int `json:"suppressed"`
	NotAddressable int `json:"not_addressable"`
	Grouped        int `json:"blocked_by_group"`
	Limited        int `json:"limited"`
	Unapproved     int `json:"unapproved"` // by the saved plan that is applied
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
	// After is how it is recorded before anything is done for it: entered, settled, with lanes begun and ended. Record says that it differs
	// from Before.
	After  state.Member
	Record bool
	Enters bool
	Leaves bool   // its outcome is settled in this run, before any move of it
	Moves  []Move // its own, in order
	// End is how it ends once its last move has succeeded; nil if it stays.
	End *End
	// Lanes are the moves of its lanes, each at its own pace.
	Lanes []LaneMoving
	// Needs is the move of another member that enrolls this one: it enters when that has succeeded. nil for one that needs none.
	Needs *Ref
}

// LaneMoving is one lane's moves.
type LaneMoving struct {
	Lane string // [state.Lane.Key]
	Of   string // the step that has the lanes
	// New is the lane as it begins, where it begins in this run behind a move of the member's own: it is recorded when the move at the step
	// Behind has succeeded, and its moves come after that. nil for a lane that is in After already.
	New    *state.Lane
	Behind string
	Moves  []Move
	End    *End // how the lane ends once its last move has succeeded; nil if it stays
}

// End is how a member or a lane ends.
type End struct {
	Outcome state.Outcome
	Reason  string
	At      time.Time // by what happened
	Lanes   bool      // of a member: only once its lanes have ended, some of which do so in this run
}

// Ref names a move.
type Ref struct {
	Member string // enrollment key
	Lane   string
	Step   string
}

// Move is one step that a member or lane takes: its wants, all of which must hold before the next.
type Move struct {
	Step     string
	Continue bool // on_error: continue
	Wants    []int
	Done     state.StepDone // what is recorded of the step; with Continue and a failure its outcome is "failed"
	// To is where it stands once the move has succeeded; its Done is not used.
	To state.Track
	// Stays says that it is not done with the step: a part of an effect could not be done now. To has whom it reaches; nothing is added to
	// Done.
	Stays bool
	// Needs are the keys of the lanes of this step that must have ended first, where they end in this run.
	Needs []string
}

// Want is one thing that should be so.
type Want struct {
	Member     string // enrollment key
	Play, Step string
	Lane       string // [state.Lane.Key]; "" for the member's own steps
	Priority   int
	// Verb is Add or Remove for memberships, Set for fields (of a membership where Target has a name), Send and Task for effects, Cancel for a
	// task that is open.
	Verb      connector.Verb
	Keep      bool // Add: for as long as the member is in the play
	Standing  bool // a done step's want that still holds, not a step being taken
	Passive   bool // of a member that is not part of this run: it counts against others, and nothing is done for it
	Connector string
	Target    connector.Collection // for Send, Task and Cancel, and Set of a record, Name is empty
	// Any are patterns of names (* is any text): Remove, out of every collection of the kind whose name matches one. Target.Name is empty.
	Any       []string
	Record    state.Record
	ID        string // the connector's id of the record; Cancel: the task's receipt
	Fields    map[string]any
	Overwrite bool
	Create    bool
	Key       string      // Send, Task, Cancel: the effect's
	Attached  bool        // Send: an escalation, which no move waits for
	Task      *state.Task // Task: as it is to be kept once it is made, its receipt aside
}

// Matches reports whether a want for any collection is about the one of that name.
func (w *Want) Matches(name string) bool {
	return slices.ContainsFunc(w.Any, func(pattern string) bool { return connector.Matches(pattern, name) })
}

// Keeper names who holds what a keep wants.
func (w *Want) Keeper() state.Keeper {
	return state.Keeper{Member: w.Member, Step: w.Step, Lane: w.Lane}
}
