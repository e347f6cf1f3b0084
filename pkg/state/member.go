package state

import "time"

// Member is one enrollment: a record in a play, once. Key is unique.
type Member struct {
	Key       string    `json:"key"`    // hash(play, record, entry number), see [EnrollmentKey]
	Play      string    `json:"play"`   // the play's name
	Record    Record    `json:"record"` // who
	Per       string    `json:"per,omitempty"`
	Number    int       `json:"number"` // the record's how manieth entry into the play (and Per), from 1
	By        Entry     `json:"by"`
	EnteredAt time.Time `json:"entered_at"`
	From      string    `json:"from,omitempty"` // ByPlay: the enrollment that enrolled it
	Run       string    `json:"run,omitempty"`  // that let it in; "" of those from before form 3
	HeldOut   bool      `json:"held_out,omitempty"`
	Track
	Lanes []Lane `json:"lanes,omitempty"` // by step, then record
	Event Event  `json:"event,omitempty"`
	// Frozen is how long the play was paused while it was in it: that long its clocks stood still. ResumedAt is when they last went on.
	Frozen    time.Duration `json:"frozen,omitempty"`
	ResumedAt time.Time     `json:"resumed_at,omitzero"`
	// MissingSince is when a full read first did not have the record; zero while it is there.
	MissingSince time.Time `json:"missing_since,omitzero"`
	EndedAt      time.Time `json:"ended_at,omitzero"` // zero while active
	// Outcome is set with EndedAt, or before it while the member goes through what follows its goal or exit: see [Member.Leaving].
	Outcome Outcome `json:"outcome,omitempty"`
	Reason  string  `json:"reason,omitempty"`
}

// Seat is what one active member at a time has: a record's place in a play, of one per value.
type Seat struct {
	Play, Per string
	Record    Record
}

// Seat gives the seat that a member has, or had.
func (m *Member) Seat() Seat { return Seat{m.Play, m.Per, m.Record} }

// Track is where a member, or a lane of one, stands among the steps.
type Track struct {
	Step string `json:"step,omitempty"` // the step it stands on; "" past the last
	// StepAt is since when, by the times of what happened and not of the runs that saw it: a wait that was over on Monday began the next
	// step on Monday, whenever the run came.
	StepAt time.Time `json:"step_at"`
	// Due is when the wait at Step is over at the latest. It is fixed when the wait begins, so that an edit does not move it. Of an effect that
	// was too late to be done without being asked for it is StepAt.
	Due time.Time `json:"due,omitzero"`
	// Reached are the keys of the records of an effect that was done for some of them only; sorted.
	Reached []string   `json:"reached,omitempty"`
	Done    []StepDone `json:"done,omitempty"` // in the order done
}

// Lane is one related record's own way through the steps of a `for:` with `steps:`.
type Lane struct {
	Of     string `json:"of"` // id of the step that has the lanes
	Record Record `json:"record"`
	Track
	Since   time.Time `json:"since"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	Outcome Outcome   `json:"outcome,omitempty"` // Completed, Exited, TimedOut; Removed: the record matches no more
	Reason  string    `json:"reason,omitempty"`
}

// Key names a lane within its member: what [Keeper.Lane] and effects of it say.
func (l *Lane) Key() string { return l.Record.Entity + ":" + l.Record.Key }

// Leaving reports whether the member's outcome is settled and the steps that follow it are still under way.
func (m *Member) Leaving() bool { return m.Outcome != "" && m.EndedAt.IsZero() }

// Active reports whether the member is still in the play.
func (m *Member) Active() bool { return m.EndedAt.IsZero() }

// Record names a record: its entity and key.
type Record struct {
	Entity string `json:"entity"`
	Key    string `json:"key"`
}

// String gives entity and key.
func (r Record) String() string { return r.Entity + " " + r.Key }

// Entry is how a member came in.
type Entry string

// The ways into a play.
const (
	ByEdge     Entry = "edge"     // the segment became true
	ByBackfill Entry = "backfill" // in the segment at the first launch
	ByBatch    Entry = "batch"    // a cron trigger's launch
	ByHand     Entry = "manual"   // playctl run
	ByEvent    Entry = "event"    // trigger on
	ByPlay     Entry = "play"     // enroll of another play
)

// Outcome is how an enrollment ended. Only Converted counts as conversion.
type Outcome string

// The outcomes.
const (
	Completed   Outcome = "completed"
	Converted   Outcome = "converted"
	Exited      Outcome = "exited"
	TimedOut    Outcome = "timed_out"
	Removed     Outcome = "removed"      // its record has gone
	PlayRemoved Outcome = "play_removed" // its play has gone from the playbook
	Merged      Outcome = "merged"       // its record is another one now
	Erased      Outcome = "erased"       // its record was forgotten
	Reverted    Outcome = "reverted"     // the run that let it in was reverted
)

// StepDone is a finished step of a member.
type StepDone struct {
	ID      string    `json:"id"`
	Outcome string    `json:"outcome"`           // done, skipped, failed, timed out, overtaken; of a task what the person chose; of choose and split the branch
	At      time.Time `json:"at"`                // by the time of what happened: see [Track.StepAt]
	Records []string  `json:"records,omitempty"` // keys of the fan-out records that it reached, sorted
	Event   Event     `json:"event,omitempty"`   // wait_for: the event that ended it
	Answers Answers   `json:"answers,omitempty"` // task: those that the play speaks of
}

// Answers are what a person wrote into a task's form, as text by name.
type Answers map[string]string

// Event is the event that launched a member or ended a wait: those of its fields that the play speaks of, as text by field name.
type Event map[string]any
