package playbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/playbook"
)

func TestRead_rolesAndRoutes(t *testing.T) {
	b := read(t, people, playbook.Inputs{})
	if m := b.Role("manager"); m.Title != "Boss" || m.Assign.Exists() || m.Fallback != "boss@acme.example" || b.Role("rep").Assign.Text != "account.name" {
		t.Errorf("got %+v", m)
	}
	r := b.Route("owner")
	if r.Of != "account" || len(r.Rules) != 2 || r.Rules[0].To.Text != "manager" || !r.Rules[0].When.Exists() || r.Rules[1].When.Exists() {
		t.Errorf("got %+v", r)
	}
	if b.Role("owner") != nil || b.Route("rep") != nil {
		t.Error("roles and routes were mixed up")
	}
}

func TestRead_calendars(t *testing.T) {
	b := read(t, `
calendars:
  german:
    hours: {mon-thu: "09:00-17:00", fri: ["13:00-15:30", "9:00-12:00"]}
    holidays: [2026-12-25, "2027-01-01"]
    timezone: Europe/Berlin
  shop: {hours: {fri-mon: "00:00-24:00"}}
  holidays-only: {holidays: 2026-12-25}
plays:
  hi:
    segment: all
    trigger: manual
    calendar: german
    steps:
      - {id: a, send: desk.message, text: hi, window: shop}
      - {id: b, send: desk.message, text: hi, window: {sat: "10:00-12:00", timezone: Asia/Tokyo}}
`, playbook.Inputs{})
	g := b.Calendar("german")
	nine, friday := []playbook.Opening{{From: 540, To: 1020}}, []playbook.Opening{{From: 540, To: 720}, {From: 780, To: 930}}
	if diff := cmp.Diff(playbook.Hours{nil, nine, nine, nine, nine, friday, nil}, g.Hours); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]playbook.Date{{Year: 2026, Month: time.December, Day: 25}, {Year: 2027, Month: time.January, Day: 1}}, g.Holidays); diff != "" || g.Zone.String() != "Europe/Berlin" {
		t.Error(diff)
	}
	for day, open := range b.Calendar("shop").Hours {
		if want := day <= 1 || day >= 5; (len(open) == 1) != want {
			t.Errorf("day %d: open %v", day, open)
		}
	}
	if b.Calendar("holidays-only").Hours[1] == nil || b.Calendar("none") != nil || b.Calendar("").Name != "default" || b.Calendar("").Zone != nil {
		t.Error("the standard hours are missing")
	}
	p := b.Play("hi")
	if w := p.Steps[1].Window; p.Calendar != "german" || p.Steps[0].Window.Calendar != "shop" || w.Zone.String() != "Asia/Tokyo" || len(w.Hours[6]) != 1 {
		t.Errorf("got %+v", w)
	}
}

func TestRead_theDefaultCalendarMayBeDeclared(t *testing.T) {
	b := read(t, `calendars: {default: {hours: {sun: "01:00-02:00"}}}`, playbook.Inputs{})
	if len(b.Calendars) != 1 || len(b.Calendar("").Hours[0]) != 1 || len(b.Calendar("").Hours[1]) != 0 {
		t.Errorf("got %+v", b.Calendars)
	}
}

func TestRead_guards(t *testing.T) {
	b := read(t, people+`
suppressions:
  out: {of: person, when: person.email == "x", verbs: [add, keep, send]}
  all: {of: account, when: account.name == "x"}
caps:
  touches: {of: person, at_most: 3, per: 7d}
  load: {per_role: rep, at_most: 20, per: 1d, on_cap: skip}
  mails: {of: person, verbs: add, channel: desk, at_most: 1, per: 1d, on_cap: defer}
groups:
  one: {of: account}
  two: {of: account, at_most: 2, on_conflict: skip}
plays: {hi: {segment: all, trigger: manual, group: two, mute: desk, steps: [{send: desk.message, text: hi}]}}
`, playbook.Inputs{})
	s := b.Suppressions
	if s[1].Name != "out" || !s[1].Blocks(playbook.Add) || s[1].Blocks(playbook.Task) || !s[0].Blocks(playbook.Task) || s[0].Blocks(playbook.Remove) || s[0].Blocks(playbook.Wait) {
		t.Errorf("got %+v", s)
	}
	load, mails, touches := b.Caps[0], b.Caps[1], b.Caps[2]
	if load.PerRole != "rep" || !load.Skip || !load.Counts(playbook.Task) || load.Counts(playbook.Send) {
		t.Errorf("got %+v", load)
	}
	if mails.Channel != "desk" || mails.Skip || !mails.Counts(playbook.Add) || mails.Counts(playbook.Send) {
		t.Errorf("got %+v", mails)
	}
	if touches.AtMost != 3 || touches.Per != 7*24*time.Hour || !touches.Counts(playbook.Send) || !touches.Counts(playbook.Task) || touches.Counts(playbook.Keep) {
		t.Errorf("got %+v", touches)
	}
	if b.Group("one").AtMost != 1 || b.Group("one").Skip || b.Group("two").AtMost != 2 || !b.Group("two").Skip {
		t.Errorf("got %+v", b.Groups)
	}
	if p := b.Play("hi"); p.Group != "two" || p.Mute[0].Channel != "desk" {
		t.Errorf("got %+v", p)
	}
}

func TestRead_movedAndDropped(t *testing.T) {
	b := read(t, `
plays: {hi: {segment: all, trigger: manual, steps: [{id: call, send: desk.message, text: hi}]}}
moved:
  - {from: plays.hello, to: plays.hello-there}
  - {from: plays.hello-there, to: plays.hi}
  - {from: plays.hello.steps.phone, to: plays.hi.steps.call}
drop: [plays.hi.steps.gift, plays.hello.steps.letter]
limits: {max_lateness: 5d}
`, playbook.Inputs{})
	var got []string
	for _, m := range b.Moved {
		got = append(got, m.From.String()+" "+m.To.String())
	}
	for _, p := range b.Drop {
		got = append(got, p.String())
	}
	want := "plays.hello plays.hello-there; plays.hello-there plays.hi; plays.hello.steps.phone plays.hi.steps.call; plays.hi.steps.gift; plays.hello.steps.letter"
	if strings.Join(got, "; ") != want || b.MaxLateness != 5*24*time.Hour {
		t.Errorf("got %s", got)
	}
}
