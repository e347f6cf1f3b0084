// Package connector is the contract with outside systems: how playctl reads records, reads who is in a collection, and writes
// batches. The contract is small; extra powers are optional one-method interfaces that the planner asks for by type assertion.
//
// A connector is used by one run and then closed. Its methods may be called from several goroutines at once. They stop early, with
// the context's error, when the context ends.
package connector

import (
	"context"
	"net/http"
	"time"
)

// Connector is one configured outside system.
type Connector interface {
	// Describe tells what the system holds and what can be done with it. It makes no call.
	Describe() Spec
	// Check proves that the system can be used: credentials, reachability, writable. The error says what to mend.
	Check(ctx context.Context) error
}

// Driver makes connectors of one kind (`uses: files`).
type Driver struct {
	Name     string
	Title    string
	Settings []Setting
	// AnySetting says that it takes settings that Settings does not name.
	AnySetting bool
	// Spec tells what any connector of this kind offers, before one is configured: what `playctl validate` checks steps against.
	Spec Spec
	// Docs is where the system's own documentation is, Version the version of its interface that is spoken, and Sunset the day, as
	// 2027-03-31, on which the vendor ends that version. Each is "" where there is none, or it is not known.
	Docs, Version, Sunset string
	// Open configures one; it makes no call to the outside.
	Open func(Options) (Connector, error)
	// Rest gives the whole of a driver that has only its name and title so far, since reading all of them would take a start's time; nil: this
	// is the whole. See [Driver.Whole].
	Rest func() Driver
}

// Whole gives all of a driver.
func (d Driver) Whole() Driver {
	if d.Rest != nil {
		return d.Rest()
	}
	return d
}

// Setting is one key beside `uses:`.
type Setting struct {
	Name     string
	Help     string
	Required bool
	Secret   bool
	Default  string // what it is where nothing is given, as text; "" for none
}

// Options is what a connector is made from: its settings, and the world it may touch.
type Options struct {
	Name      string            // its name in the playbook
	Settings  map[string]any    // resolved values; keys were checked against the driver's Settings
	Dir       string            // the playbook's directory, for relative paths
	Now       func() time.Time  // the run's one time
	Clock     func() time.Time  // the time as it goes on, for what a system holds against its own; nil: as Now
	Transport http.RoundTripper // the one way to HTTP; nil where the run has none
	// Start starts a program; nil where the run starts none. The process is killed when the run ends, if it is still there.
	Start func(Program) (Process, error)
	// Keep has a new value of a secret setting take the place of the old one where that came from, for a vendor that replaces it at every use. Its error
	// says why that can't be done; nil where the run keeps nothing.
	Keep func(ctx context.Context, setting, value string) error
}

// Spec is what a system holds and can do.
type Spec struct {
	// Collections are the kinds of things that have members: list, audience, sequence.
	Collections []CollectionKind
	// Objects are the kinds of records whose fields can be set. AnyObject accepts every name.
	Objects   []ObjectKind
	AnyObject bool
	// Records are the objects whose records can be read as entities (see [RecordReader]). AnyRecord accepts every name. Tables says that
	// an object is named by `table:` beside `from: NAME.table`.
	Records   []string
	AnyRecord bool
	Tables    bool
	// Fields are those of objects' records that are known, with their types, in the order of the objects' names. What is not among them may be there all
	// the same.
	Fields []FieldKind
	// Actions are the kinds of events that can be sent: message, email, package. AnyAction accepts every name, and AnyRetry is the
	// retry class of those that Actions does not name.
	Actions   []ActionKind
	AnyAction bool
	AnyRetry  Retry
	// Tasks are the kinds of tasks that people can be given here; none means that it can't give any.
	Tasks []ActionKind
	// Batch is how many items one Write takes at the most; 0 means any number.
	Batch int
	// Shared says that others keep effects in the system too, who may have states of their own, with equal keys: effects go there under marked
	// ones (see [Mark]).
	Shared bool
	// Limits are the rates, quotas and sizes that are kept, in words: "190 calls in 10 s".
	Limits []string
	// Unknown says that what there is is found out only when the system is asked; the rest of the Spec is then empty.
	Unknown bool
}

// CollectionKind gives the kind of collection with a name; ok is false if the system has none.
func (s Spec) CollectionKind(name string) (kind CollectionKind, ok bool) {
	for _, k := range s.Collections {
		if k.Name == name {
			return k, true
		}
	}
	return CollectionKind{Name: name}, false
}

// BatchOf gives how many items one Write takes at the most of what goes to a target; 0 means any number.
func (s Spec) BatchOf(v Verb, kind string) int {
	of := 0
	switch v {
	case Send:
		a, _ := s.Action(kind)
		of = a.Batch
	case Task, Cancel:
		t, _ := s.Task(kind)
		of = t.Batch
	}
	if of > 0 {
		return of
	}
	return s.Batch
}

// Action gives the kind of event with a name; ok is false if the system has none.
func (s Spec) Action(name string) (kind ActionKind, ok bool) {
	for _, a := range s.Actions {
		if a.Name == name {
			return a, true
		}
	}
	return ActionKind{Name: name, Retry: s.AnyRetry}, s.AnyAction
}

// Task gives the kind of task with a name; ok is false if the system has none.
func (s Spec) Task(name string) (kind ActionKind, ok bool) {
	for _, a := range s.Tasks {
		if a.Name == name {
			return a, true
		}
	}
	return ActionKind{Name: name}, false
}

// CollectionKind is one kind of collection.
type CollectionKind struct {
	Name string
	// Fields are those of a membership that can be set; AnyField accepts every name. Both empty: memberships have none.
	Fields   []string
	AnyField bool
	// WriteOnly says that nobody can be told who is in one, even of a connector that reads the members of other kinds.
	WriteOnly bool
	// OpaqueIDs says that member ids are the system's own and no personal data, so that the state may hold them as they are.
	OpaqueIDs bool
	// KnownBy names what an identity of a member may be, its own id last: email, id. Empty: it is not said.
	KnownBy []string
	// PerRequest is how many members go into one request; 0: it is not said.
	PerRequest int
	// Settle is how long the members that are read may lag behind what was written: who was put there less than that ago, and is not among those that
	// are read, counts as being there. 0: they don't lag.
	Settle time.Duration
}

// ObjectKind is one kind of record.
type ObjectKind struct {
	Name string
	// Fields are those that can be set; empty accepts every name.
	Fields []string
	// KnownBy names what an identity of a record may be, its own id last: email, id. Empty: it is not said.
	KnownBy []string
	// PerRequest is how many records go into one request; 0: it is not said.
	PerRequest int
}

// FieldKind is a field of an object's records.
type FieldKind struct {
	Object, Name string
	Type         string // in the system's words: string, number, datetime; "" where it is not said
	Help         string
	ReadOnly     bool // it can be read, and not set
}

// ActionKind is one kind of event.
type ActionKind struct {
	Name  string
	Retry Retry
	// KnownBy names what an identity of whom it is about may be, its own id last: email, id. Empty: it is about no record, or it is not said.
	KnownBy []string
	// PerRequest is how many go into one request; 0: it is not said.
	PerRequest int
	// Batch is how many one Write takes at the most, where that is less than of the rest: when a run is killed, all of a Write are in doubt. 0: as the rest.
	Batch int
	// Settle is how long what was sent may not be found yet by its key: who looked for it in vain sooner than that after it was sent knows nothing.
	Settle time.Duration
}

// Retry says what may be done about a write whose outcome is not known.
type Retry uint8

const (
	// Never: ask a person. A second gift would be sent.
	Never Retry = iota
	// Lookup: ask the system by the effect's key (see [Looker]) before writing again.
	Lookup
	// ByKey: the system itself drops repeats of a key.
	ByKey
	// Safe: writing again changes nothing.
	Safe
)

// Collection names one collection: a kind and its name in the system.
type Collection struct {
	Kind string `json:"kind"` // audience
	Name string `json:"name"` // Early intent
}

// String gives kind and quoted name, as plans show it.
func (c Collection) String() string { return c.Kind + ` "` + c.Name + `"` }

// Verb is what a batch does.
type Verb uint8

const (
	// Add makes ids members of a collection. The fields of one that is a member already stay as they are.
	Add Verb = iota + 1
	// Remove makes ids no members of a collection.
	Remove
	// Set sets fields of records, or of memberships where the target has a name; an id that is no member there is Rejected.
	Set
	// Send sends one event an item.
	Send
	// Task gives a person something to do: Fields are those of [TaskFields].
	Task
	// Cancel takes back a task that is still open: ID is its receipt. One that is done or gone is Already.
	Cancel
)

var verbNames = [...]string{Add: "add", Remove: "remove", Set: "set", Send: "send", Task: "task", Cancel: "cancel"}

// String gives the verb as playbooks write it.
func (v Verb) String() string { return verbNames[v] }

// Membership reports whether the verb is about members of a collection.
func (v Verb) Membership() bool { return v == Add || v == Remove }

// Batch is one write: the same verb at the same target for many items.
type Batch struct {
	Verb   Verb
	Target Collection // Send, Task, Cancel: only Kind is used (the action). Set: with a Name, memberships of that collection
	Items  []Item
}

// Item is one record's part of a batch.
type Item struct {
	ID     string         // the system's id of the record, as `identity:` gives it; Cancel: the task's receipt
	Key    string         // Send, Task: the effect's key, which the system keeps where it can; a task without one is Rejected
	Fields map[string]any // Set: new values; Add: of the membership, may be nil; Send, Task: the payload. Values are string, bool, int64, float64, time.Time, []any, map[string]any
	Source Source
}

// Source says which step of which play asked for an item, for systems that keep notes.
type Source struct {
	Play, Step, Record string
}

// Status is how one item of a batch ended.
type Status uint8

const (
	// Done: the system did it; Receipt is its id for what it did, if it gave one.
	Done Status = iota + 1
	// Already: it was so before; nothing was done.
	Already
	// Rejected: the system refused this item for good; Reason says why.
	Rejected
	// Later: the system took nothing and asks to come again (rate, quota); nothing was done.
	Later
	// InDoubt: it may or may not have been done.
	InDoubt
)

var statusNames = [...]string{Done: "done", Already: "already", Rejected: "rejected", Later: "later", InDoubt: "in doubt"}

// String gives the status in words.
func (s Status) String() string { return statusNames[s] }

// Outcome is what became of one item.
type Outcome struct {
	Status  Status
	Receipt string
	Reason  string
}

// Writer writes batches.
type Writer interface {
	// Write carries out a batch and gives one outcome an item, in the order of the items. An error means that the call as a whole
	// failed; items whose outcome is the zero value are then in doubt, or not begun if the error is a [NotBegunError].
	Write(ctx context.Context, b Batch) ([]Outcome, error)
}

// NotBegunError wraps an error that came before the system was asked to do anything, so that nothing is in doubt.
type NotBegunError struct{ Err error }

// Error gives the wrapped error's text.
func (e *NotBegunError) Error() string { return e.Err.Error() }

// Unwrap gives the wrapped error.
func (e *NotBegunError) Unwrap() error { return e.Err }

// MemberReader is a connector that can tell who is in a collection.
type MemberReader interface {
	// Members gives the ids in a collection, sorted, without repeats. A collection that does not exist is [ErrNoCollection].
	Members(ctx context.Context, c Collection) ([]string, error)
}

// FieldReader is a connector that can read fields back.
type FieldReader interface {
	// Fields gives, for each id that exists, the values of those of the named fields that have one. Values are text, as the system
	// shows them: comparing is the planner's business (see [Text]).
	Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error)
}

// Looker is a connector that can find what it was sent.
type Looker interface {
	// Lookup gives the receipt of each of those keys that the system knows under this action, or kind of task.
	Lookup(ctx context.Context, action string, keys []string) (map[string]string, error)
}

// MembershipReader is a connector that can tell which collections of a kind ids are in: what `remove_any` needs.
type MembershipReader interface {
	// MembershipsOf gives, for each of the ids that is in any, the names of the collections of that kind that it is in, sorted.
	MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error)
}

// Lister is a connector that can name its collections. With [MemberReader] it stands in for [MembershipReader].
type Lister interface {
	// Collections gives the names of the collections of a kind, sorted.
	Collections(ctx context.Context, kind string) ([]string, error)
}

// MembershipFieldReader is a connector that can read back the fields of memberships.
type MembershipFieldReader interface {
	// MembershipFields gives, for each id that is in the collection, the values of those of the named fields that have one, as text.
	MembershipFields(ctx context.Context, c Collection, ids, fields []string) (map[string]map[string]string, error)
}

// Creator is a connector that can make collections (`create: true`).
type Creator interface {
	Create(ctx context.Context, c Collection) error
}

// Normalizer is a connector whose ids have several spellings (e-mail case, Salesforce 15 and 18).
type Normalizer interface {
	// Normalize gives the one spelling under which ids of a kind of collection or object are compared.
	Normalize(kind, id string) string
}
