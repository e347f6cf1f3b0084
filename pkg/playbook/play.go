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
	Group    string // of [Book.Groups]; "" for none
	GroupAt  document.Node
	// Mute are the channels on which other plays are silent toward this play's members while they are in it.
	Mute       []Mute
	Calendar   string // of [Book.Calendars], for business days and windows; "" for the default one
	CalendarAt document.Node
	RACI       RACI
	Goal       Expr    // a condition, or a list of events; absent for none
	GoalThen   []*Step // what follows for who converted
	Exits      []Exit
	Status     Status
	Holdout    float64 // share held out, from 0 to 1
	Steps      []*Step // the main steps; each may hold others
}

// Mute is a word that names a channel, a connector or a kind of object (see [Step.Speaks]).
type Mute struct {
	Channel string
	At      document.Node
}

// RACI is who has a part in a play beside its owner, who is accountable.
type RACI struct{ Responsible, Accountable, Consulted, Informed []string }

// Blocks gives the lists of steps that begin a play's ways: its main steps, what follows the goal, what follows each exit. Others are
// within steps ([Step.Blocks]).
func (p *Play) Blocks() [][]*Step {
	out := [][]*Step{p.Steps, p.GoalThen}
	for i := range p.Exits {
		out = append(out, p.Exits[i].Then)
	}
	return out
}

// AllSteps gives every step, those within others included, in the order of the file.
func (p *Play) AllSteps() []*Step {
	var out []*Step
	var walk func([]*Step)
	walk = func(list []*Step) {
		for _, s := range list {
			out = append(out, s)
			for _, b := range s.Blocks() {
				walk(b)
			}
		}
	}
	for _, b := range p.Blocks() {
		walk(b)
	}
	return out
}

// Step gives the step of that id, or nil.
func (p *Play) Step(id string) *Step {
	return find(p.AllSteps(), id, func(s *Step) string { return s.ID })
}

// StepIDs gives the ids of all steps in order.
func (p *Play) StepIDs() []string { return names(p.AllSteps(), func(s *Step) string { return s.ID }) }

// Keeps reports whether any step keeps its members somewhere.
func (p *Play) Keeps() bool {
	for _, s := range p.AllSteps() {
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
	Skip   bool // missed: skip. A time that no run came for within a day is not made up for
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

// Exit is a rule that ends a membership without success. Exactly one of When, Quiet and After is given.
type Exit struct {
	When   Expr          // a condition, or a list of events
	Quiet  time.Duration // since entry or the last engagement, whatever the step
	After  Span          // since entry
	Reason string
	Then   []*Step // what follows for who left so
	At     document.Node
}

// Status is whether a play runs.
type Status uint8

// The states of a play.
const (
	Running  Status = iota
	Paused          // nobody enters, nobody steps, keeps stay
	Draining        // nobody enters
)
