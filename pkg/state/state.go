// Package state is what playctl knows and did: who is in which play, what it holds for them elsewhere, which effects happened, what it
// saw change, and the runs that did it. It says what is kept, as types, and how it is kept, as the [Store] interface; where it is kept
// is up to the packages below it.
//
// The state holds record keys and no addresses: a member of a collection is remembered by its record and by a token, which is a salted
// HMAC of the id that the connector knows it by (see [Meta.Token]).
package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Version is the version of the kept form. A store refuses a newer one, and reads and upgrades the older ones.
const Version = 2

// Meta names a state and counts its runs.
type Meta struct {
	Version  int       `json:"version"`
	Lineage  string    `json:"lineage"`  // unique for this state; also in playctl.lineage beside the playbook
	Serial   int64     `json:"serial"`   // grows by one with every run that is recorded
	Playbook string    `json:"playbook"` // the playbook's name
	Salt     string    `json:"salt"`     // hex; for Token and for observed values
	Created  time.Time `json:"created"`
}

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
	Erased      Outcome = "erased"
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

// Held is one member of one collection that playctl has to do with. Connector, Kind, Name and Token are its identity.
type Held struct {
	Connector string    `json:"connector"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name"`
	Token     string    `json:"token"`
	Record    Record    `json:"record"`
	Ours      bool      `json:"ours"`  // playctl put it there; a stranger that was found there is never taken out
	Added     bool      `json:"added"` // by an add step: stays after the play
	Since     time.Time `json:"since"` // when playctl put or found it there; the last confirmation is the run that read it
	Keepers   []Keeper  `json:"keepers,omitempty"`
}

// Keeper is a member of a play whose keep step holds something. Sorted by Member, Step, Lane.
type Keeper struct {
	Member string `json:"member"` // Member.Key
	Step   string `json:"step"`
	Lane   string `json:"lane,omitempty"` // Lane.Key of a step in a lane
}

// EffectStatus is how far an effect has come.
type EffectStatus string

// The states of an effect. Intent without an outcome after a run has ended is in doubt.
const (
	Intended EffectStatus = "intended"
	Happened EffectStatus = "happened"
	Refused  EffectStatus = "refused" // never happened; may be tried again
	InDoubt  EffectStatus = "in doubt"
)

// Effect is something that happens once. Key is unique.
type Effect struct {
	Key       string       `json:"key"` // hash(enrollment, step id, fan-out record), see [EffectKey]
	Member    string       `json:"member"`
	Play      string       `json:"play"`
	Step      string       `json:"step"`
	Connector string       `json:"connector"`
	Action    string       `json:"action"`
	Record    Record       `json:"record"`
	Status    EffectStatus `json:"status"`
	Receipt   string       `json:"receipt,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Attempts  int          `json:"attempts"`
	At        time.Time    `json:"at"` // of the status
	Run       string       `json:"run"`
}

// Task is something that playctl gave a person to do: its clocks. Key is its effect's.
type Task struct {
	Key       string     `json:"key"`
	Member    string     `json:"member"`
	Play      string     `json:"play"`
	Step      string     `json:"step"`
	Lane      string     `json:"lane,omitempty"`
	Connector string     `json:"connector"`
	Kind      string     `json:"kind"`
	Record    Record     `json:"record"`
	Role      string     `json:"role,omitempty"`     // the role that resolved
	Assignee  string     `json:"assignee,omitempty"` // token of whom it resolved to (see [Meta.Token]): for counting only
	Receipt   string     `json:"receipt"`
	Status    TaskStatus `json:"status"`
	Outcome   string     `json:"outcome,omitempty"`
	Answers   Answers    `json:"answers,omitempty"` // those that the play speaks of
	Assigned  time.Time  `json:"assigned"`
	DueAt     time.Time  `json:"due_at,omitzero"`
	SLAAt     time.Time  `json:"sla_at,omitzero"`     // by when somebody must have touched it
	TimeoutAt time.Time  `json:"timeout_at,omitzero"` // when its step goes on without it
	TouchedAt time.Time  `json:"touched_at,omitzero"`
	DoneAt    time.Time  `json:"done_at,omitzero"`     // also of a cancelled one
	Breached  time.Time  `json:"breached_at,omitzero"` // when the SLA passed untouched
	// SLA in both clocks, from Assigned to the first touch (or to being done), once it is known: elapsed and by the calendar.
	Took        time.Duration `json:"took,omitempty"`
	TookWorking time.Duration `json:"took_working,omitempty"`
}

// TaskStatus is how far a task has come.
type TaskStatus string

// The states of a task.
const (
	TaskOpen      TaskStatus = "open"
	TaskDone      TaskStatus = "done"
	TaskCancelled TaskStatus = "cancelled"
)

// Play is what is kept of a play between runs.
type Play struct {
	Name       string    `json:"name"`
	FirstAt    time.Time `json:"first_at"`          // when its first launch took a baseline
	BatchAt    time.Time `json:"batch_at,omitzero"` // cron: the schedule time up to which it was launched
	EventsTo   time.Time `json:"events_to,omitzero"`
	PausedAt   time.Time `json:"paused_at,omitzero"` // the run that found it paused; zero while it runs
	Definition string    `json:"definition"`         // canonical JSON of the play as last applied, for showing what changed
}

// Truth is the last known truth of a play's segment for a record; only true ones are kept.
type Truth struct {
	Play string `json:"play"`
	Key  string `json:"key"`
}

// Seen is the last value of a field that a `changed` speaks of, as a salted hash.
type Seen struct {
	Record Record `json:"record"`
	Field  string `json:"field"`
	Value  string `json:"value"`
}

// Change is one observed change of such a field.
type Change struct {
	Record Record    `json:"record"`
	Field  string    `json:"field"`
	From   string    `json:"from"` // salted hashes
	To     string    `json:"to"`
	At     time.Time `json:"at"` // of the run that saw it
}

// RunStatus is how a run ended.
type RunStatus string

// The ends of a run. A run that is Running while nobody holds the lock was interrupted.
const (
	Running     RunStatus = "running"
	Succeeded   RunStatus = "succeeded"
	Partly      RunStatus = "applied in part"
	Failed      RunStatus = "failed"
	Interrupted RunStatus = "interrupted"
)

// Run is one apply.
type Run struct {
	ID       string            `json:"id"`
	Serial   int64             `json:"serial"` // the state's serial that this run made
	Started  time.Time         `json:"started"`
	Finished time.Time         `json:"finished,omitzero"`
	Status   RunStatus         `json:"status"`
	By       string            `json:"by,omitempty"`   // user@host
	Plan     string            `json:"plan,omitempty"` // id of the saved plan it was made from
	Playbook map[string]string `json:"playbook"`       // digest of each file
	Counts   map[string]int    `json:"counts,omitempty"`
	Message  string            `json:"message,omitempty"`
}

// Snapshot is everything a plan needs of a state, as of one moment. Slices are sorted by identity.
type Snapshot struct {
	Meta    Meta     `json:"meta"`
	Plays   []Play   `json:"plays"`
	Members []Member `json:"members"`
	Truths  []Truth  `json:"truths"`
	Held    []Held   `json:"held"`
	Effects []Effect `json:"effects"`
	Tasks   []Task   `json:"tasks"`
	Seen    []Seen   `json:"seen"`
	Changes []Change `json:"changes"`
	Runs    []Run    `json:"runs"` // oldest first
}

// Changes is one transaction: everything in it is kept, durably, or nothing is. First what is gone is taken out, and only that: a play
// takes nothing with it, nor does a member. Then values are inserted or replace those of the same identity.
type Changes struct {
	Plays       []Play
	PlaysGone   []string
	Members     []Member
	MembersGone []string // by Key
	Truths      []Truth
	TruthsGone  []Truth
	Held        []Held
	HeldGone    []Held // only the identity matters
	Effects     []Effect
	EffectsGone []string // by Key
	Tasks       []Task
	TasksGone   []string // by Key
	Seen        []Seen
	SeenGone    []Seen // only Record and Field matter
	Changes     []Change
	ChangesGone []Change // only Record, Field and At matter
	Run         *Run     // also moves Meta.Serial to Run.Serial
}

// Empty reports whether there is nothing to commit.
func (c *Changes) Empty() bool { return c.RunOnly() && c.Run == nil }

// RunOnly reports whether there is nothing to commit but the record of a run, or not even that.
func (c *Changes) RunOnly() bool {
	return len(c.Plays)+len(c.PlaysGone)+len(c.Members)+len(c.MembersGone)+len(c.Truths)+len(c.TruthsGone)+len(c.Held)+len(c.HeldGone)+
		len(c.Effects)+len(c.EffectsGone)+len(c.Tasks)+len(c.TasksGone)+len(c.Seen)+len(c.SeenGone)+len(c.Changes)+len(c.ChangesGone) == 0
}

// Store is a place where a state is kept.
type Store interface {
	// Read gives the state as of now, without a lock and without writing anything. [ErrNone] means that there is none yet.
	Read(ctx context.Context) (*Snapshot, error)
	// Lock takes the exclusive lock; *[LockedError] says who has it.
	Lock(ctx context.Context, who Holder) (Session, error)
}

// Session is a locked store.
type Session interface {
	// Create makes a new, empty state.
	Create(ctx context.Context, m Meta) error
	// Read gives the state as of now.
	Read(ctx context.Context) (*Snapshot, error)
	// Commit keeps one transaction durably: it survives the machine's crash once Commit has returned.
	Commit(ctx context.Context, c *Changes) error
	// Progress tells others who ask for the lock how far the holder is. It may be lost.
	Progress(text string)
	// Unlock gives the lock back.
	Unlock() error
}

// Holder is who holds a lock.
type Holder struct {
	ID        string    `json:"id"`        // of the run
	Operation string    `json:"operation"` // apply
	Who       string    `json:"who"`       // user@host
	PID       int       `json:"pid,omitempty"`
	Since     time.Time `json:"since"`
	Progress  string    `json:"progress,omitempty"`
}

// ErrNone says that there is no state yet.
var ErrNone = errors.New("no state yet")

// LockedError says that somebody else holds the lock.
type LockedError struct{ Holder Holder }

// Error names the holder, since when, and how far it is, as far as that is known.
func (e *LockedError) Error() string {
	h := e.Holder
	text := "the state is locked by " + h.Who
	switch {
	case h.Operation != "" && h.PID != 0:
		text += fmt.Sprintf(" (%s, pid %d)", h.Operation, h.PID)
	case h.Operation != "":
		text += fmt.Sprintf(" (%s)", h.Operation)
	}
	if !h.Since.IsZero() {
		text += " since " + h.Since.UTC().Format(time.RFC3339)
	}
	if h.Progress != "" {
		text += ": " + h.Progress
	}
	return text
}

// DamagedError says that a state is there and can't be used: cut short, garbage, of a newer version, of another playbook, or missing
// where one was expected. Hint is the remedy: an exact command where there is one.
type DamagedError struct {
	Where string
	What  string
	Hint  string
}

// Error gives place and damage; the remedy is in Hint.
func (e *DamagedError) Error() string { return e.Where + ": " + e.What }
