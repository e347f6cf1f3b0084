package playbook

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// Verb is what a step does.
type Verb uint8

// The verbs.
const (
	Keep      Verb = iota + 1 // convergent: a member of a collection for as long as it is in the play
	Add                       // convergent: made a member
	Remove                    // convergent: made no member
	RemoveAny                 // convergent: out of every collection that Allow matches
	Set                       // convergent: fields of a record, or of a membership where the step names a collection
	Send                      // effect: one event
	Task                      // effect: something for a person to do
	Wait                      // time: a span
	WaitUntil                 // time: a date
	WaitFor                   // time: a condition or events
	Choose                    // flow: the first branch that holds
	Split                     // flow: a branch by weight
	Enroll                    // flow: another play
	Leaves                    // flow: exit
	Each                      // flow: for with steps, lanes of related records
)

var verbNames = map[Verb]string{Keep: "keep", Add: "add", Remove: "remove", RemoveAny: "remove_any", Set: "set", Send: "send", Task: "task",
	Wait: "wait", WaitUntil: "wait_until", WaitFor: "wait_for", Choose: "choose", Split: "split", Enroll: "enroll", Leaves: "exit", Each: "for"}

// String gives the verb as playbooks write it.
func (v Verb) String() string { return verbNames[v] }

// Collects reports whether the verb is about membership in a collection that the step names.
func (v Verb) Collects() bool { return v == Keep || v == Add || v == Remove }

// Outward reports whether the verb is about an outside system: such steps have a connector and an object.
func (v Verb) Outward() bool { return v >= Keep && v <= Task }

// Effect reports whether what the verb does can't be undone.
func (v Verb) Effect() bool { return v == Send || v == Task }

// Waits reports whether the verb is about time only.
func (v Verb) Waits() bool { return v == Wait || v == WaitUntil || v == WaitFor }

// Step is one step of a play. Which fields it uses depends on its verb.
type Step struct {
	ID        string
	Made      bool          // the id was made from the step itself, not written
	At        document.Node // the verb's key in the file
	TargetAt  document.Node
	Verb      Verb
	Connector string
	Object    string    // kind of collection, object or action
	Name      *Template // the collection's name; nil for set of a record
	For       []Expr    // absent: the member itself; of Each: whose lanes
	Order     Expr      // over a record of For
	Limit     int       // 0 is no limit
	When      Expr
	Fields    []Argument // set: fields; add, keep: of the membership; send, task: the payload beside what is below
	Allow     []string   // remove_any: patterns of names, * for any text
	Overwrite bool       // set: also fields that have a value; true unless said
	Create    bool
	Continue  bool   // on_error: continue
	Channel   string // "" for none said
	Window    *Window

	// By and To are roles or routes, the first that resolves: of a task, who does it; of a send, each of whom it goes to.
	By       []Name
	To       []Name
	Title    *Template  // task
	Asks     []Ask      // task: its form
	Outcomes []string   // task: what it may end as; empty for any
	Due, SLA Span       // task; zero for none
	Escalate []Escalate // task

	Await     Await // task, Each
	Timeout   Timeout
	OnTimeout []*Step // empty with Resume false: the member leaves, timed out
	Resume    bool    // on_timeout: continue

	Wait     Span     // wait
	Expr     Expr     // wait_until: a time; wait_for: a condition, or a list of events
	IfPast   IfPast   // wait_until
	Branches []Branch // choose, split
	Play     string   // enroll
	PlayAt   document.Node
	Reason   string  // exit
	Steps    []*Step // Each
}

// Target gives the step's target as written: desk.list.
func (s *Step) Target() string { return s.Connector + "." + s.Object }

// Blocks gives the lists of steps within a step: its branches, what follows its timeout, its lanes' steps.
func (s *Step) Blocks() [][]*Step {
	var out [][]*Step
	for i := range s.Branches {
		out = append(out, s.Branches[i].Steps)
	}
	return append(out, s.OnTimeout, s.Steps)
}

// Within gives every step within a step, at any depth.
func (s *Step) Within() []*Step {
	var out []*Step
	for _, b := range s.Blocks() {
		for _, inner := range b {
			out = append(append(out, inner), inner.Within()...)
		}
	}
	return out
}

// Speaks reports whether a step is on a channel: by its own word for it, else by its connector or kind of object.
func (s *Step) Speaks(channel string) bool {
	if s.Channel != "" {
		return s.Channel == channel
	}
	return s.Verb.Outward() && slices.Contains([]string{s.Connector, s.Object, s.Target()}, channel)
}

// Name is a name in the file.
type Name struct {
	Text string
	At   document.Node
}

// Ask is one field of a task's form.
type Ask struct {
	Name string
	Type frame.Type
	At   document.Node
}

// Escalate is what is sent while a task is open, so long after it was made.
type Escalate struct {
	After Span
	Send  *Step
}

// Await is how long a step with parts holds up its member.
type Await uint8

// The ways to wait for parts.
const (
	AwaitAll   Await = iota // task: until its outcome; lanes: until all have ended
	AwaitFirst              // lanes: until one has ended
	AwaitNone
)

// Timeout bounds a wait. The zero value does not.
type Timeout struct {
	After Span          // a deadline
	Quiet time.Duration // a sliding silence of Of
	Of    Expr          // a list of events; absent: engagement
	At    document.Node
}

// Exists reports whether there is a bound.
func (t Timeout) Exists() bool { return !t.After.IsZero() || t.Quiet > 0 }

// IfPast is what becomes of a wait_until whose date is over when it is reached.
type IfPast uint8

// The rules for dates that are over.
const (
	PastContinue IfPast = iota + 1 // as a wait that is over
	PastSkip                       // the step is skipped
	PastExit                       // the member leaves
)

// Branch is one way of a choose or split.
type Branch struct {
	When   Expr // choose; absent for else
	Name   string
	Weight int // split
	Steps  []*Step
	At     document.Node
}

// Window is when effects may happen: the hours of a calendar, or hours of its own.
type Window struct {
	Calendar string         // of [Book.Calendars]; "" where Hours are given or for the play's
	Hours    *Hours         // nil: the calendar's
	Zone     *time.Location // of Hours; nil for the playbook's
	At       document.Node
}

// Argument is one named value of a step.
type Argument struct {
	Name  string
	At    document.Node
	Value Value
}

// Value is a literal or a template, or a list or mapping of them. Exactly one of the fields is used.
type Value struct {
	Literal  any // string, int64, float64, bool
	Template *Template
	List     []Value
	Map      []Argument
}
