package graph

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// box makes the box of a step: its verb and target, its name, for whom, and what holds it up. One that enrolls is a link to the other play.
func (d *board) box(s *playbook.Step) Node {
	n := Node{Kind: kindOf(s), Caption: s.Verb.String(), Title: titleOf(s), Note: s.When.Text}
	if s.Verb.Outward() {
		n.Caption += " " + s.Target()
	}
	switch {
	case s.Verb == playbook.Each:
		n.Caption = "for each"
	case s.Verb == playbook.Leaves && d.lanes != "":
		n.Caption = "its lane ends"
	}
	n.Caption = joined(" · ", n.Caption, labour(n.Kind), written(s))
	add := func(text string) {
		if text != "" {
			n.Details = append(n.Details, shorten(text, longCondition))
		}
	}
	if p := d.book.Play(s.Play); s.Verb == playbook.Enroll && p != nil {
		n.Idle = p.Status != playbook.Running
		add(joined(" · ", p.Title, standing(p.Status)))
	}
	if s.Verb != playbook.Each { // its title says so
		add(labelled("for ", forText(s)))
	}
	add(best(s))
	d.work(s, add)
	add(fields(s))
	add(labelled("only when ", s.When.Text))
	add(window(s.Window))
	return n
}

// kindOf tells what sort of box a step is.
func kindOf(s *playbook.Step) Kind {
	switch s.Verb {
	case playbook.Task:
		return Human
	case playbook.Wait, playbook.WaitUntil, playbook.WaitFor:
		return Wait
	case playbook.Choose, playbook.Split:
		return Choice
	case playbook.Each:
		return Lanes
	case playbook.Leaves:
		return Exit
	case playbook.Enroll:
		return Plays
	default:
		return Machine
	}
}

// labour says who does a step: a person, or nobody.
func labour(k Kind) string {
	return map[Kind]string{Human: "human", Machine: "hands-free", Plays: "hands-free"}[k]
}

// titleOf gives the words that a person would call a step by.
func titleOf(s *playbook.Step) string {
	switch s.Verb {
	case playbook.Wait:
		return s.Wait.String()
	case playbook.WaitUntil, playbook.WaitFor:
		return shorten(s.Expr.Text, longCondition)
	case playbook.Enroll:
		return s.Play
	case playbook.Leaves:
		return s.Reason
	case playbook.Choose:
		return "first that holds"
	case playbook.Split:
		return "by weight, fixed for a record"
	case playbook.RemoveAny:
		return strings.Join(s.Allow, ", ")
	case playbook.Each:
		return shorten(forText(s), longCondition)
	}
	switch {
	case s.Title != nil:
		return shorten(s.Title.Text, longCondition)
	case s.Name != nil:
		return shorten(s.Name.Text, longCondition)
	case s.Verb == playbook.Send:
		return shorten(argument(s, "text"), longCondition)
	}
	return ""
}

// argument gives a step's argument as written, or nothing.
func argument(s *playbook.Step, name string) string {
	for _, f := range s.Fields {
		if f.Name == name {
			return value(f.Value)
		}
	}
	return ""
}

func forText(s *playbook.Step) string {
	var parts []string
	for _, x := range s.For {
		parts = append(parts, x.Text)
	}
	return strings.Join(parts, ", ")
}

// best says how many records a step is done for at most, and which.
func best(s *playbook.Step) string {
	most := ""
	if s.Limit > 0 {
		most = "best " + strconv.Itoa(s.Limit)
	}
	return joined(" by ", most, s.Order.Text)
}

// work says who does a task and by when, whom a message goes to, and what becomes of a date that is over.
func (d *board) work(s *playbook.Step, add func(string)) {
	add(labelled("by ", d.roles(s.By)))
	add(labelled("to ", joined(", ", d.roles(s.To), argument(s, "to"))))
	add(joined(" · ", labelled("due ", s.Due.String()), labelled("sla ", s.SLA.String())))
	add(labelled("outcomes: ", strings.Join(s.Outcomes, ", ")))
	for _, e := range s.Escalate {
		add(d.escalation(e))
	}
	if s.Verb == playbook.Task && s.Await == playbook.AwaitNone {
		add("nobody waits for it")
	}
	if s.Verb == playbook.WaitUntil {
		add(map[playbook.IfPast]string{playbook.PastContinue: "goes on if past", playbook.PastSkip: "skipped if past", playbook.PastExit: "leaves if past"}[s.IfPast])
	}
	if s.Verb == playbook.WaitFor && !s.Timeout.Exists() {
		add("until the goal or an exit at the latest")
	}
}

// escalation words what is sent while a task is open.
func (d *board) escalation(e playbook.Escalate) string {
	if e.Send == nil {
		return ""
	}
	return joined(" ", "still open after", e.After.String()+":", e.Send.Target(), labelled("to ", d.roles(e.Send.To)))
}

// roles words who does something: roles, and routes with the roles that they choose from.
func (d *board) roles(names []playbook.Name) string {
	var out []string
	for _, n := range names {
		text := n.Text
		if r := d.book.Route(n.Text); r != nil {
			text += " (" + strings.Join(routed(r), " or ") + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func routed(r *playbook.Route) []string {
	var out []string
	seen := map[string]bool{}
	for _, rule := range r.Rules {
		if !seen[rule.To.Text] {
			seen[rule.To.Text] = true
			out = append(out, rule.To.Text)
		}
	}
	return out
}

// fields says what a set writes.
func fields(s *playbook.Step) string {
	if s.Verb != playbook.Set {
		return ""
	}
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name+" = "+value(f.Value))
	}
	return strings.Join(out, ", ")
}

func value(v playbook.Value) string {
	switch {
	case v.Template != nil:
		return v.Template.Text
	case v.List != nil || v.Map != nil:
		return "…"
	}
	return playbook.Text(v.Literal)
}

func window(w *playbook.Window) string {
	switch {
	case w == nil:
		return ""
	case w.Calendar != "":
		return "in the hours of " + w.Calendar
	case w.Hours != nil:
		return "in hours of its own"
	}
	return "in business hours"
}

// span writes a duration as playbooks do: the largest unit of which it is a whole number.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
}
