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

// Version is the version of the kept form. A store refuses a newer one.
const Version = 1

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
	Key       string     `json:"key"`    // hash(play, record, entry number), see [EnrollmentKey]
	Play      string     `json:"play"`   // the play's name
	Record    Record     `json:"record"` // who
	Per       string     `json:"per,omitempty"`
	Number    int        `json:"number"` // the record's how manieth entry into the play (and Per), from 1
	By        Entry      `json:"by"`
	EnteredAt time.Time  `json:"entered_at"`
	HeldOut   bool       `json:"held_out,omitempty"`
	Step      string     `json:"step,omitempty"` // the step it stands on; "" past the last
	StepAt    time.Time  `json:"step_at"`        // since when
	Done      []StepDone `json:"done,omitempty"` // in the order done
	Event     Event      `json:"event,omitempty"`
	// MissingSince is when a full read first did not have the record; zero while it is there.
	MissingSince time.Time `json:"missing_since,omitzero"`
	EndedAt      time.Time `json:"ended_at,omitzero"` // zero while active
	Outcome      Outcome   `json:"outcome,omitempty"`
	Reason       string    `json:"reason,omitempty"`
}

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
)

// Outcome is how an enrollment ended. Only Converted counts as conversion.
type Outcome string

// The outcomes.
const (
	Completed   Outcome = "completed"
	Converted   Outcome = "converted"
	Exited      Outcome = "exited"
	Removed     Outcome = "removed"      // its record has gone
	PlayRemoved Outcome = "play_removed" // its play has gone from the playbook
)

// StepDone is a finished step of a member.
type StepDone struct {
	ID      string    `json:"id"`
	Outcome string    `json:"outcome"` // done, skipped, failed
	At      time.Time `json:"at"`
	Records []string  `json:"records,omitempty"` // keys of the fan-out records that it reached, sorted
}

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

// Keeper is a member of a play whose keep step holds something. Sorted by Member, then Step.
type Keeper struct {
	Member string `json:"member"` // Member.Key
	Step   string `json:"step"`
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

// Play is what is kept of a play between runs.
type Play struct {
	Name       string    `json:"name"`
	FirstAt    time.Time `json:"first_at"`          // when its first launch took a baseline
	BatchAt    time.Time `json:"batch_at,omitzero"` // cron: the schedule time up to which it was launched
	EventsTo   time.Time `json:"events_to,omitzero"`
	Definition string    `json:"definition"` // canonical JSON of the play as last applied, for showing what changed
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
	Seen    []Seen   `json:"seen"`
	Changes []Change `json:"changes"`
	Runs    []Run    `json:"runs"` // oldest first
}

// Changes is one transaction: everything in it is kept, durably, or nothing is. First what is gone is taken out, and only that: a play
// takes nothing with it. Then values are inserted or replace those of the same identity.
type Changes struct {
	Plays       []Play
	PlaysGone   []string
	Members     []Member
	Truths      []Truth
	TruthsGone  []Truth
	Held        []Held
	HeldGone    []Held // only the identity matters
	Effects     []Effect
	Seen        []Seen
	Changes     []Change
	ChangesGone []Change // only Record, Field and At matter
	Run         *Run     // also moves Meta.Serial to Run.Serial
}

// Empty reports whether there is nothing to commit.
func (c *Changes) Empty() bool {
	return len(c.Plays)+len(c.PlaysGone)+len(c.Members)+len(c.Truths)+len(c.TruthsGone)+len(c.Held)+len(c.HeldGone)+
		len(c.Effects)+len(c.Seen)+len(c.Changes)+len(c.ChangesGone) == 0 && c.Run == nil
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
