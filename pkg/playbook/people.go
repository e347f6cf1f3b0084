package playbook

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/document"
)

// Role is a part that people play. Its expressions may speak of the record and of every record above it.
type Role struct {
	Name     string
	At       document.Node
	Title    string
	Assign   Expr   // text: who has the part for a record; absent: the fallback always
	Fallback string // where Assign is unknown or empty; "" for none
}

// Route chooses a role for a record by rules in order. It is used where a role is.
type Route struct {
	Name  string
	At    document.Node
	Of    string
	OfAt  document.Node
	Rules []RouteRule
}

// RouteRule is one rule of a route; without When it holds always.
type RouteRule struct {
	When Expr
	To   Name // a role
}

// Calendar says when people work.
type Calendar struct {
	Name     string
	At       document.Node
	Zone     *time.Location // nil for the playbook's
	Hours    Hours
	Holidays []Date
}

// Date is a day of the civil calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Hours are opening hours by weekday ([time.Sunday] is 0), in minutes from midnight, From before To; several a day in order. A day without any
// is no working day.
type Hours [7][]Opening

// Opening is one stretch of hours of a day, in minutes from midnight; To is at most 24*60.
type Opening struct{ From, To int }

// StandardHours are those of the default calendar where a playbook declares none: Monday to Friday, nine to five.
func StandardHours() Hours {
	var h Hours
	for day := time.Monday; day <= time.Friday; day++ {
		h[day] = []Opening{{9 * 60, 17 * 60}}
	}
	return h
}

// DefaultCalendar is the name of the calendar that counts where none is named.
const DefaultCalendar = "default"

// Suppression is a rule that blocks contact. It fails closed: unknown blocks.
type Suppression struct {
	Name  string
	At    document.Node
	Of    string
	OfAt  document.Node
	When  Expr
	Verbs []Verb // empty: every outward verb but remove and remove_any
}

// Blocks reports whether a suppression is about a verb.
func (s *Suppression) Blocks(v Verb) bool { return blocks(s.Verbs, v) }

// Cap limits how often something is done to a record, or how many tasks a person gets.
type Cap struct {
	Name      string
	At        document.Node
	Of        string // entity whose records are counted; "" where PerRole is given
	OfAt      document.Node
	PerRole   string // a role: counted by who has it
	PerRoleAt document.Node
	Verbs     []Verb // of send, task, add, keep; empty: send and task. Of PerRole: task
	Channel   string // "" for all; see [Step.Speaks]
	ChannelAt document.Node
	AtMost    int
	Per       time.Duration // rolling
	Skip      bool          // on_cap: skip; else the step waits
}

// Counts reports whether a cap is about a verb.
func (c *Cap) Counts(v Verb) bool {
	if len(c.Verbs) == 0 {
		return v.Effect()
	}
	return blocks(c.Verbs, v)
}

func blocks(verbs []Verb, v Verb) bool {
	if len(verbs) == 0 {
		return v.Outward() && v != Remove && v != RemoveAny
	}
	for _, x := range verbs {
		if x == v {
			return true
		}
	}
	return false
}

// Group lets only so many plays of it have a record at once.
type Group struct {
	Name   string
	At     document.Node
	Of     string // entity by whose records is counted: plays of records below it count by theirs
	OfAt   document.Node
	AtMost int
	Skip   bool // on_conflict: skip, the edge is spent; else it stays pending
}

// Moved says that something goes by another name since: a play, or a step, maybe of another play.
type Moved struct {
	From, To Path
	At       document.Node
}

// Follow gives what something that moved, maybe several times, is now.
func (b *Book) Follow(p Path) Path {
	for range b.Moved {
		i := slices.IndexFunc(b.Moved, func(m Moved) bool { return m.From == p })
		if i < 0 {
			break
		}
		p = b.Moved[i].To
	}
	return p
}

// Path names a play, or a step of it (plays.mqa.steps.call).
type Path struct{ Play, Step string }

// String gives the path as playbooks write it.
func (p Path) String() string {
	if p.Step == "" {
		return "plays." + p.Play
	}
	return "plays." + p.Play + ".steps." + p.Step
}
