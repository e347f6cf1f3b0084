package state

import "time"

// PageKind is what a page of the journal tells.
type PageKind string

// The kinds of pages.
const (
	PlannedPage  PageKind = "planned"  // operations of the run's plan, before the first is begun
	IntendedPage PageKind = "intended" // operations that are about to be done
	EndedPage    PageKind = "ended"    // what became of operations
)

// Page is a part of a run's journal. Pages are only ever added: a run writes its plan, and then before and after every batch what it is about
// to do and what became of it. An operation that was intended and has not ended is in doubt.
type Page struct {
	Run   string    `json:"run"`
	Seq   int       `json:"seq"` // from 0 within the run, without gaps
	At    time.Time `json:"at"`
	Kind  PageKind  `json:"kind"`
	Lines []Line    `json:"lines"`
}

// Line is one operation in a page. A planned one says what it is, an intended one only which, an ended one also how it ended.
type Line struct {
	N      int    `json:"n"`                // the operation's position in the run's plan
	Key    string `json:"key,omitempty"`    // the operation's key, the same from plan to plan
	Digest string `json:"digest,omitempty"` // of its content, salted
	Verb   string `json:"verb,omitempty"`
	// Connector, Kind and Name are the collection, object or action.
	Connector string `json:"connector,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Name      string `json:"name,omitempty"`
	Record    Record `json:"record,omitzero"`
	Play      string `json:"play,omitempty"`
	Step      string `json:"step,omitempty"`
	Lane      string `json:"lane,omitempty"`
	Member    string `json:"member,omitempty"` // enrollment key
	Effect    string `json:"effect,omitempty"` // effect key of a send, a task, a cancel
	Status    string `json:"status,omitempty"` // of an ended one: done, already so, failed, skipped, in doubt, later
	Reason    string `json:"reason,omitempty"`
	Receipt   string `json:"receipt,omitempty"`
}
