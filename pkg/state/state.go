// Package state is what playctl knows and did: who is in which play, what it holds for them elsewhere, which effects happened, what it
// saw change, and the runs that did it. It says what is kept, as types, and how it is kept, as the [Store] interface; where it is kept
// is up to the packages below it.
//
// The state holds record keys and no addresses: a member of a collection is remembered by its record and by a token, which is a salted
// HMAC of the id that the connector knows it by (see [Meta.Token]).
package state

import "time"

// Version is the version of the kept form. A store refuses a newer one, and reads and upgrades the older ones.
const Version = 3

// Meta names a state and counts its runs.
type Meta struct {
	Version  int       `json:"version"`
	Lineage  string    `json:"lineage"`  // unique for this state; also in playctl.lineage beside the playbook
	Serial   int64     `json:"serial"`   // grows by one with every run that is recorded
	Playbook string    `json:"playbook"` // the playbook's name
	Salt     string    `json:"salt"`     // hex; for Token and for observed values
	Created  time.Time `json:"created"`
	// MovedTo is where the state was moved to, in words: whoever meets it here must not use it any more. "" while this is the one.
	MovedTo string `json:"moved_to,omitempty"`
	// Environment is whose state it is: [UnnamedEnvironment] for that without a name, "" where a playctl made it that did not say.
	Environment string `json:"environment,omitempty"`
}

// UnnamedEnvironment stands, in states, in places and in playctl.lineage, for the environment without a name. None can be called so.
const UnnamedEnvironment = "default"

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

// Loose reports whether playctl put it there and nobody keeps it: whoever did was forgotten, or never came. It is to be taken out.
func (h *Held) Loose() bool { return h.Ours && !h.Added && len(h.Keepers) == 0 }

// Keeper is a member of a play whose keep step holds something. Sorted by Member, Step, Lane.
type Keeper struct {
	Member string `json:"member"` // Member.Key
	Step   string `json:"step"`
	Lane   string `json:"lane,omitempty"` // Lane.Key of a step in a lane
}

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
