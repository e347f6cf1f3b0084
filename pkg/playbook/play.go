package playbook

import (
	"time"

	"github.com/playctl/playctl/pkg/document"
)

// Play is a segment, a trigger and steps.
type Play struct {
	Name     string
	At       document.Node // its name in the file
	Title    string
	Category string
	Purpose  string
	Owner    string

	Of      string // entity; of the named segment where the play names one
	OfAt    document.Node
	Segment Expr   // a condition; absent where Named is given
	Named   string // the bare name of a segment
	SegAt   document.Node

	Trigger  Trigger
	Backfill bool
	OnLeave  OnLeave
	Reentry  Reentry
	Limit    int // 0 is no limit
	Order    Expr
	Priority int
	Goal     Expr
	Exits    []Exit
	Status   Status
	Holdout  float64 // share held out, from 0 to 1
	Steps    []*Step
}

// Step gives the step of that id, or nil.
func (p *Play) Step(id string) *Step { return find(p.Steps, id, func(s *Step) string { return s.ID }) }

// StepIDs gives the ids of all steps in order.
func (p *Play) StepIDs() []string { return names(p.Steps, func(s *Step) string { return s.ID }) }

// Keeps reports whether any step keeps its members somewhere.
func (p *Play) Keeps() bool {
	for _, s := range p.Steps {
		if s.Verb == Keep {
			return true
		}
	}
	return false
}

// TriggerKind is what launches a play.
type TriggerKind uint8

// The kinds of triggers.
const (
	Manual    TriggerKind = iota // playctl run
	OnEntry                      // the segment becomes true
	OnEvents                     // an event happens to a record of the segment
	OnWhen                       // a condition becomes true of a record of the segment
	OnBatches                    // a cron schedule
)

// Trigger is what launches a play.
type Trigger struct {
	Kind   TriggerKind
	Expr   Expr   // OnEvents: a list of events; OnWhen: a condition
	Cron   string // OnBatches: five fields
	CronAt document.Node
	Zone   *time.Location
	At     document.Node
}

// OnLeave is what becomes of a member that leaves the segment.
type OnLeave uint8

// The ways to leave.
const (
	Stay OnLeave = iota
	Leave
)

// Reentry says when a record that was in a play before may enter again.
type Reentry struct {
	Mode  ReentryMode
	After time.Duration
	Per   Expr
	Max   int // entries at the most, 0 is any number
}

// ReentryMode is the rule of a re-entry.
type ReentryMode uint8

// The rules.
const (
	Never ReentryMode = iota
	Always
	After // so long after the last entry
	Per   // once for each value of an expression
)

// Exit is a rule that ends a membership without success.
type Exit struct {
	When   Expr
	Reason string
}

// Status is whether a play runs.
type Status uint8

// The states of a play.
const (
	Running  Status = iota
	Paused          // nobody enters, nobody steps, keeps stay
	Draining        // nobody enters
)

// Verb is what a step does.
type Verb uint8

// The verbs.
const (
	Keep Verb = iota + 1
	Add
	Remove
	Set
	Send
)

var verbNames = map[Verb]string{Keep: "keep", Add: "add", Remove: "remove", Set: "set", Send: "send"}

// String gives the verb as playbooks write it.
func (v Verb) String() string { return verbNames[v] }

// Collects reports whether the verb is about membership in a collection.
func (v Verb) Collects() bool { return v == Keep || v == Add || v == Remove }

// Step is one step of a play.
type Step struct {
	ID        string
	At        document.Node // the verb's key in the file
	TargetAt  document.Node
	Verb      Verb
	Connector string
	Object    string    // kind of collection, object or action
	Name      *Template // the collection's name; nil for set
	For       []Expr    // absent: the member itself
	Order     Expr      // over a record of For
	Limit     int       // 0 is no limit
	When      Expr
	Fields    []Argument // set: fields; send: the payload
	Overwrite bool       // set: also fields that have a value; true unless said
	Create    bool
	Continue  bool // on_error: continue
}

// Target gives the step's target as written: desk.list.
func (s *Step) Target() string { return s.Connector + "." + s.Object }

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
