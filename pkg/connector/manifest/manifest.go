// Package manifest reads how a vendor's API is spoken: one YAML file a vendor, whose requests and answers are mapped by CEL. It checks the file as a
// whole, with the place of every mistake, and makes no call; package rest does what it says.
//
// The words of reading follow Airbyte's low-code vocabulary (records, paginator, error handlers, backoff); those of writing are ours.
package manifest

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Manifest is one vendor's API, as far as playctl speaks it.
type Manifest struct {
	Name, Title, Docs string
	// API is the version that is spoken; Sunset is when the vendor ends it, zero if it does not say.
	API      string
	Sunset   time.Time
	Settings []Setting
	Base     *mapping.Template // what addresses that are not whole begin with
	Headers  []Param           // of every request
	Auth     Auth
	Limits   []Limit
	Errors   []Rule
	// Spent says, of any answer, that a quota is used up: what was asked for was done, and nothing more goes in this run.
	Spent       []Rule
	Check       *Call
	Objects     []*Object
	Collections []*Collection
	Actions     []*Action
	Tasks       []*Task
	Simulate    *Simulated // of every call, for rehearsals: refusals and headers; nil: nothing
}

// Setting is one key beside `uses:` in a playbook.
type Setting struct {
	connector.Setting
	Type    mapping.Type // Text, Int or Bool
	Default any
}

// Param is a named part of a request: a parameter of the query, a header, a field of a form. One that is absent is left out; a list is given again
// and again.
type Param struct {
	Name  string
	Value *mapping.Template
}

// Field is one of an object's.
type Field struct {
	Name, Type, Help string // Type is one of [FieldTypes]
	ReadOnly         bool
}

// FieldTypes are the types of fields.
var FieldTypes = []string{"string", "number", "boolean", "date", "datetime", "list", "object"}

// Identity is another name than its key by which an object's records are known: an e-mail address.
type Identity struct {
	Field string
	When  *mapping.Program // of a text, id, whether it is one
	Fold  bool             // it has no case
	Key   *mapping.Program // of id: the key that it comes to, where nobody has to be asked; Field is "" then
}

// Object is a kind of record.
type Object struct {
	Name     string
	Fields   []Field
	AnyField bool // there are more fields than those
	// Identities are tried in their order; what is none of them is a key.
	Identities []Identity
	Normalize  *mapping.Program // of a key, id: the one spelling of it; nil: it has one
	// List reads all records, or what has changed since; Read those with some keys; Find gives the keys of records by the values of a field.
	List, Read, Find *Call
	// Update sets fields of records by their keys.
	Update *Call
}

// Collection is a kind of thing that has members.
type Collection struct {
	Name      string
	Of        string // the object whose keys the members are; "" where ids are of another kind
	Fields    []string
	AnyField  bool
	OpaqueIDs bool
	FoldNames bool          // names are compared without case
	Settle    time.Duration // how long members may lag behind what was written
	// Find gives a collection's id by its name; Names lists them; Create makes one.
	Find, Names, Create *Call
	// Members reads who is in one; nil: nobody can be asked.
	Members *Call
	// Lookup gives the ids of memberships by the ids of members, where a removal or an update wants those.
	Lookup      *Call
	Add, Remove *Call
	Update      *Call // sets fields of memberships
}

// Action is a kind of event that can be sent.
type Action struct {
	Name   string
	Of     string // the object whose keys it wants; "" for none
	People []Person
	Settle time.Duration // how long Lookup may not find what was sent
	Send   *Call
	Lookup *Call // finds what was sent by the effect's key
}

// Task is a kind of task.
type Task struct {
	Name           string
	Of             string // the object whose keys it wants; "" for none
	People         []Person
	Settle         time.Duration // how long Lookup may not find what was made
	Create, Cancel *Call
	Poll           *Call
	Lookup         *Call
}

// Person is a field of a payload that names a record by an identity, or several: who is to do a task. It is given to the vendor as the record's key.
type Person struct{ Field, Object string }

// Prepare is a request before that of a single item.
type Prepare struct {
	Call
	When *mapping.Program // whether it is made; nil: always
	Ends []Case           // by its answer, what became of the item already: then nothing more is sent
	Take []Take           // for what comes after: prepared.NAME
}

// Call is one request, and how its answer is read. What an operation does not have is nil.
type Call struct {
	At        document.Node
	Method    string
	URL       *mapping.Template
	Query     []Param
	Headers   []Param
	Form      []Param
	Body      *mapping.Program // JSON
	Raw       *mapping.Program // the body as it is, in place of Body
	Decode    string           // how the answer is read: json (where it is that), text, csv, jsonl; "" is json
	Bare      bool             // without auth: an address that is signed
	LongQuery *LongQuery

	Prepare []*Prepare

	Retry connector.Retry // of a write whose answer was lost
	Batch int             // how many items one request takes; 0: one
	Bytes int             // how large its body may be; 0: any size
	Wait  time.Duration   // before anything else may be done with what it made

	OK      *mapping.Program // whether an answer is a success, beside its status
	Records *mapping.Program // the records of an answer
	Page    *Page
	Errors  []Rule // before those of the manifest
	Split   *mapping.Program
	Clauses []Clause
	// Silent is what becomes of an item that an answer says nothing of.
	Silent   connector.Status
	Job      *Job
	Simulate *Simulated // for rehearsals; nil: the call's shapes say enough

	// What is taken of an answer (ID, Writable, Receipt) or of each of its records.
	ID, Writable, Receipt                     *mapping.Program
	Key, Fields, Value, Name, Member          *mapping.Program
	Status, Outcome, Answers, DoneAt, Touched *mapping.Program
}

// LongQuery sends a query that is too long for an address as the body of a POST.
type LongQuery struct {
	Over  int // bytes of the query
	Query []Param
}

// Page is how the next page of records is asked for: with a cursor, until there is none.
type Page struct {
	Cursor *mapping.Program // absent, null or "": this was the last page
	// Into is where the cursor goes: url, query.NAME, header.NAME or body.PATH.
	Into string
	// Most is how many records a query can give at the most; then it begins anew behind the last one, whose From it is given.
	Most int
	From *mapping.Program
}

// Clause says what an answer tells of items: each of its entries is about an item.
type Clause struct {
	List *mapping.Program
	// How an entry names its items: at the same position as the item, by a key, by several, or by an index. One of them.
	Position         bool
	Key, Keys, Index *mapping.Program
	Cases            []Case
}

// Case is what became of an item, where a condition holds.
type Case struct {
	When    *mapping.Program // nil: always
	Is      connector.Status
	Why     *mapping.Program
	Receipt *mapping.Program
}

// Reaction is what is done about an answer that is an error.
type Reaction string

// The reactions.
const (
	Fail        Reaction = "fail"         // the call failed: what it was about was not done
	Doubt       Reaction = "doubt"        // the call failed, and may have been done
	Retry       Reaction = "retry"        // it was not done: come again after a while
	RefreshAuth Reaction = "refresh_auth" // get a new token, and try once more
	StopRun     Reaction = "stop_run"     // a quota is spent: nothing more goes in this run
	Restart     Reaction = "restart"      // read from the first page again
	Split       Reaction = "split"        // try the items one by one
	Absent      Reaction = "absent"       // what was asked for is not there
	Success     Reaction = "success"      // it is none
)

// Rule says what is done about an answer. The first whose condition holds counts.
type Rule struct {
	When  *mapping.Program
	Do    Reaction
	After *mapping.Program // when to come again: seconds, or a time
	// Unexecuted says that the vendor did nothing, though the status is one of a server that broke down.
	Unexecuted bool
	Why        *mapping.Program
}

// Limit is a rate that a vendor allows.
type Limit struct {
	Rate  int
	Per   time.Duration
	AtOut int              // requests that may be under way at once; 0: no limit
	Match *mapping.Program // for which requests; nil: all
	By    *mapping.Program // each value has a limit of its own; nil: one for all
	Cost  *mapping.Program // how many a request counts; nil: 1
}

// Auth is how requests say who asks.
type Auth struct {
	Bearer         *mapping.Program
	User, Password *mapping.Program // basic
	Headers        []Param
	Query          []Param
	Token          *Token
}

// Token is how a token is got that goes with requests as ${auth.token}.
type Token struct {
	Call
	Access  *mapping.Program
	Expires *mapping.Program // in how many seconds; nil: it is not said
	Refresh *mapping.Program // a refresh token that takes the place of the one that was used
	Skew    time.Duration    // how long before its end a token is not used any more
	// Vars are more that the answer gives, by name: auth.NAME.
	Vars []Take
}

// Take is a named value of an answer.
type Take struct {
	Name  string
	Value *mapping.Program
}

// Job is an operation that goes on after its request: it is asked for until it ends.
type Job struct {
	Steps []*Call // between the request and the polling: upload, confirm
	Poll  *Call
	Every time.Duration
	Most  time.Duration
	Done  *mapping.Program
	Fails *mapping.Program
	// Results read what became of the items once it is done; their clauses are those of each.
	Results []*Call
}

// Object gives a kind of object; nil if there is none.
func (m *Manifest) Object(name string) *Object {
	for _, o := range m.Objects {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Collection gives a kind of collection; nil if there is none.
func (m *Manifest) Collection(name string) *Collection {
	for _, c := range m.Collections {
		if c.Name == name {
			return c
		}
	}
	return nil
}
