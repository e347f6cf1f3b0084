package state

import "time"

// Failure is an operation that its system refused and that is still wanted: later runs try again, further and further apart, and give up
// after [MostAttempts]. Key is unique.
type Failure struct {
	Key       string    `json:"key"` // the operation's: the same from plan to plan
	Verb      string    `json:"verb"`
	Connector string    `json:"connector"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name,omitempty"`
	Record    Record    `json:"record"`
	Play      string    `json:"play"`
	Step      string    `json:"step"`
	Lane      string    `json:"lane,omitempty"`
	Member    string    `json:"member,omitempty"` // enrollment key
	Reason    string    `json:"reason"`           // the last one
	Attempts  int       `json:"attempts"`         // that were refused, from 1
	First     time.Time `json:"first"`            // of the first refusal
	Last      time.Time `json:"last"`             // of the last one
	// NotBefore is when it is tried again; zero once it is given up, until `playctl retry`.
	NotBefore time.Time `json:"not_before,omitzero"`
	Run       string    `json:"run"` // that met the last refusal
}

// MostAttempts is how often an operation is refused before it is given up.
const MostAttempts = 5

// backOff is how long after a refusal an operation is tried again: by the next run after the first one.
var backOff = [MostAttempts]time.Duration{1: 0, 2: 15 * time.Minute, 3: time.Hour, 4: 4 * time.Hour}

// Refuse counts one more refusal.
func (f *Failure) Refuse(reason, run string, at time.Time) {
	f.Attempts++
	f.Reason, f.Run, f.Last = reason, run, at
	if f.First.IsZero() {
		f.First = at
	}
	if f.NotBefore = (time.Time{}); f.Attempts < MostAttempts {
		f.NotBefore = at.Add(backOff[f.Attempts])
	}
}

// Quarantined reports whether it was given up.
func (f *Failure) Quarantined() bool { return f.Attempts >= MostAttempts }

// Due reports whether it may be tried at a time.
func (f *Failure) Due(at time.Time) bool { return !f.Quarantined() && !at.Before(f.NotBefore) }

// Erasure is a record that was forgotten: it must not enter again. It says nothing of whom, but to who asks about that record.
type Erasure struct {
	Mark string    `json:"mark"` // see [Meta.Mark]
	At   time.Time `json:"at"`
	Run  string    `json:"run"`
}
