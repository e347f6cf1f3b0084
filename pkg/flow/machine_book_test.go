package flow_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// machineNouns are the nouns of random books of waiting plays: those of a house, with times to wait until and people to give tasks to.
const machineNouns = `
playbook: {name: house}
connectors:
  desk: {uses: desk}
  other: {uses: other}
  blind: {uses: blind}
entities:
  account:
    file: account.csv
    key: id
    fields: {name: string, size: int, tier: string, stage: string, renewal: string, score: double, date: timestamp, owner: string, calm: bool}
    identity: {desk: account.id, other: account.id, blind: account.id}
  person:
    file: person.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string, role: string, rank: int, calm: bool}
    identity: {desk: person.email, other: person.email, blind: person.email}
  activity:
    file: activity.csv
    parent: account_id -> account
    plural: activities
    time: at
    engagement: activity.type != "letter"
    fields: {type: string, at: timestamp, n: int}
roles:
  owner: {assign: account.owner, fallback: desk@x}
  rep: {assign: account.owner}
  nobody: {assign: account.owner}
  anybody: {fallback: any@x}
routes:
  routed: {of: account, rules: [{when: account.size > 3, to: owner}, {to: anybody}]}
calendars:
  default: {hours: {mon-fri: "09:00-17:00"}, holidays: [2026-03-20]}
`

// kind says what random books are made of.
type machineKind struct {
	timed  bool // everything has a time of its own: a run that comes later sees the same. What the records say does not change
	steady bool // no condition reads the clock, so that it is known when something is next to do
	calm   bool // steps don't go on after errors, and speak to whom one can ask
}

// machineBook is a random book of waiting plays.
type machineBook struct {
	plays   []*machinePlay
	moved   []string // as written
	dropped []string
	guards  string // suppressions, caps and groups, as written
}

// machinePlay is one of its plays.
type machinePlay struct {
	name, of, status, goal string
	keys, exits            []string
	steps                  []*machineStep
	bounded                bool // a wait needs no bound of its own
	links                  bool // it enrolls
	ids                    int  // how many steps it had
}

// machineStep is a step with all that hangs on it.
type machineStep struct {
	id, verb, text string
	late           []*machineStep // on_timeout
	goesOn         bool           // on_timeout: continue
	branches       []machineBranch
	lanes          []*machineStep
}

// machineBranch is one way of a choose or a split; head is written before its steps.
type machineBranch struct {
	head  string
	steps []*machineStep
}

func (s *machineStep) String() string {
	out := "{id: " + s.id + ", " + s.text
	if s.goesOn {
		out += ", on_timeout: continue"
	} else if len(s.late) > 0 {
		out += ", on_timeout: " + machineBlock(s.late)
	}
	if len(s.branches) > 0 {
		var all []string
		for _, b := range s.branches {
			all = append(all, "{"+b.head+machineBlock(b.steps)+"}")
		}
		out += ", " + s.verb + ": [" + strings.Join(all, ", ") + "]"
	}
	if len(s.lanes) > 0 {
		out += ", steps: " + machineBlock(s.lanes)
	}
	return out + "}"
}

func machineBlock(steps []*machineStep) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.String())
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func (p *machinePlay) String() string {
	out := "  " + p.name + ":\n"
	for _, key := range append([]string{"of: " + p.of, p.status, p.goal}, p.keys...) {
		if key != "" {
			out += "    " + key + "\n"
		}
	}
	if len(p.exits) > 0 {
		out += "    exit: [" + strings.Join(p.exits, ", ") + "]\n"
	}
	out += "    steps:\n"
	for _, s := range p.steps {
		out += "      - " + s.String() + "\n"
	}
	return out
}

func (b *machineBook) String() string {
	out := "limits: {max_lateness: 365d}\n" + b.guards
	if len(b.moved) > 0 {
		out += "moved: [" + strings.Join(b.moved, ", ") + "]\n"
	}
	if len(b.dropped) > 0 {
		out += "drop: [" + strings.Join(b.dropped, ", ") + "]\n"
	}
	if len(b.plays) == 0 {
		return out
	}
	out += "plays:\n"
	for _, p := range b.plays {
		out += p.String()
	}
	return out
}

// dice draws what shrinks to the first, the least and to no.
type machineDice struct{ rt *rapid.T }

func (d machineDice) upTo(n int) int            { return rapid.IntRange(0, n).Draw(d.rt, "n") }
func (d machineDice) oneIn(n int) bool          { return d.upTo(n-1) == n-1 }
func (d machineDice) one(from ...string) string { return from[d.upTo(len(from)-1)] }
func (d machineDice) maybe(n int, s string) string {
	if d.oneIn(n) {
		return s
	}
	return ""
}

// machineMaker draws a book.
type machineMaker struct {
	machineDice
	machineKind
	book *machineBook
	play *machinePlay
	seen []string // ids of the steps before the one that is drawn
}

// place is where a step stands.
type machinePlace struct {
	leaving, lane bool
	rule          bool // beside the steps: a goal or an exit
	depth         int
}

func newMachineMaker(t *rapid.T, k machineKind) machineMaker {
	return machineMaker{machineDice: machineDice{t}, machineKind: k, book: &machineBook{}}
}

// draw draws a book of one to three plays.
func (m *machineMaker) draw() *machineBook {
	n := 1 + m.upTo(2)
	for i := range n {
		m.book.plays = append(m.book.plays, &machinePlay{name: fmt.Sprintf("p%d", i), of: "account"})
	}
	if !m.timed {
		m.book.guards = m.guards()
		for _, p := range m.book.plays[1:] {
			if m.oneIn(4) {
				p.of = "person"
			}
		}
	}
	for _, p := range m.book.plays {
		m.fill(p)
	}
	return m.book
}

func (m *machineMaker) guards() string {
	return m.maybe(4, "suppressions: {calm: {of: person, when: person.calm, verbs: [send, keep, task]}, still: {of: account, when: account.calm, verbs: [send, add]}}\n") +
		m.maybe(4, "caps: {touches: {of: account, verbs: [send, task], at_most: 2, per: 2d, on_cap: "+m.one("defer", "skip")+"}, load: {per_role: owner, verbs: [task], at_most: 1, per: 1d}}\n") +
		"groups: {g: {of: account, at_most: 1, on_conflict: " + m.one("wait", "skip") + "}}\n"
}

// spans are short enough that they end while one looks.
func (m *machineMaker) span() string {
	return m.one("1d", "6h", "30h", "3d", "8d", "2 business days", "5 business hours", "20d")
}

// condition is one that can be asked anywhere in a play of this entity.
func (m *machineMaker) condition(in machinePlace) string {
	all := []string{"account.size > 3", `account.tier == "gold"`, `!(account.stage == "lost")`, "has(account.stage)", `account.people.exists(p, p.rank > 1)`, "account.score > 0.5"}
	if m.play.of == "person" {
		all = []string{"person.rank > 1", `person.role == "boss"`, "has(person.rank)", "person.account.size > 3"}
	}
	if in.lane {
		all = append(all, "person.rank > 1", `person.role == "boss"`)
	}
	if !m.timed && m.play.of == "account" {
		all = append(all, `account.activities.exists(a, a.type == "call")`)
		if !m.steady {
			all = append(all, `account.activities.within(days(2)).size() > 0`, `changed(account.stage)`, "member.entered_at < daysAgo(3)")
		}
	}
	if n := len(m.seen); n > 0 && !(in.rule && m.steady) {
		id := m.seen[m.upTo(n-1)]
		all = append(all, `steps.`+id+`.outcome == "done"`, `steps.`+id+`.outcome == "timed out"`, `steps.`+id+`.outcome in ["yes", "1", "a", "skipped"]`)
	}
	return m.one(all...)
}

// outside is a condition about the record alone.
func (m *machineMaker) outside() string {
	seen := m.seen
	m.seen = nil
	defer func() { m.seen = seen }()
	for {
		if c := m.condition(machinePlace{}); !strings.Contains(c, "member.") {
			return c
		}
	}
}

// events is a list of events.
func (m *machineMaker) events() string {
	of := "account"
	if m.play.of == "person" {
		of = "person.account"
	}
	return of + `.activities.filter(a, a.type == "` + m.one("call", "visit", "meeting", "letter") + `"` + m.maybe(5, " && a.n > 1") + ")"
}

// fill draws the rest of a play whose name and entity are known.
func (m *machineMaker) fill(p *machinePlay) {
	m.play, m.seen = p, nil
	p.goal, p.keys, p.exits, p.steps, p.bounded, p.links = "", nil, nil, nil, false, false
	exits := m.upTo(2)
	for range exits {
		p.bounded = m.drawExit() || p.bounded
	}
	p.steps = m.steps(machinePlace{}, 5)
	if m.oneIn(2) {
		p.goal = m.drawGoal()
	}
	p.keys = m.playKeys()
}

func (m *machineMaker) playKeys() []string {
	p := m.play
	trigger := m.one("entry", "manual", "{on: '"+m.events()+"'}", "{when: '"+m.outside()+"'}", `{cron: "0 8 * * *"}`)
	if m.timed {
		trigger = m.one("{on: '"+m.events()+"'}", "{on: '"+m.events()+"'}", "manual")
	}
	again := []string{"never", "{after: 2d}", "{max: 2}", "{per: account.renewal}", "{per: account.renewal, max: 2}"}
	if p.of == "person" {
		again = again[:3]
	}
	if !p.links {
		again = append(again, "always")
	}
	backfill := "false"
	if trigger == "entry" || strings.HasPrefix(trigger, "{when") {
		backfill = m.one("true", "true", "false")
	}
	leave := m.one("exit", "stay")
	if m.timed {
		leave = "stay" // that the segment was left is seen by a run
	}
	keys := []string{"segment: '" + m.one("true", m.outside()) + "'", "trigger: " + trigger, "on_leave: " + leave, "backfill: " + backfill,
		"reentry: " + m.one(again...), fmt.Sprintf("priority: %d", m.upTo(2))}
	if m.timed {
		return keys
	}
	keys = append(keys, m.maybe(5, "holdout: 30%"))
	if m.steady {
		return keys
	}
	return append(keys, m.maybe(5, "limit: "+m.one("1", "2")), m.maybe(4, "group: g"), m.maybe(5, "mute: ["+m.one("desk", "message", "other")+"]"))
}

func (m *machineMaker) drawGoal() string {
	what := "'" + m.events() + "'"
	if !m.timed && m.oneIn(2) {
		what = "'" + m.condition(machinePlace{rule: true}) + "'"
	}
	if !m.oneIn(3) {
		return "goal: " + what
	}
	return "goal: {when: " + what + ", then: " + machineBlock(m.steps(machinePlace{leaving: true}, 2)) + "}"
}

// drawExit draws an exit rule, and reports whether it bounds every wait.
func (m *machineMaker) drawExit() bool {
	rule, bounds := "when: '"+m.events()+"'", false
	switch m.upTo(3) {
	case 1:
		rule, bounds = "quiet: "+m.one("2d", "9d"), true
	case 2:
		rule, bounds = "after: "+m.one("4d", "15d", "6 business days"), true
	case 3:
		if !m.timed {
			rule = "when: '" + m.condition(machinePlace{rule: true}) + "'"
		}
	}
	then := ""
	if m.oneIn(3) {
		then = ", then: " + machineBlock(m.steps(machinePlace{leaving: true}, 2))
	}
	m.play.exits = append(m.play.exits, fmt.Sprintf("{%s, reason: out%d%s}", rule, len(m.play.exits), then))
	return bounds
}

// steps draws one to so many steps.
func (m *machineMaker) steps(in machinePlace, most int) []*machineStep {
	var out []*machineStep
	for range 1 + m.upTo(most-1) {
		out = append(out, m.step(in))
	}
	return out
}

// step draws a step.
func (m *machineMaker) step(in machinePlace) *machineStep {
	verbs := []string{"send", "wait", "wait_for", "wait_until", "keep", "add", "remove", "remove_any", "set", "task", "choose", "split", "enroll", "exit", "lanes"}
	verbs = slices.DeleteFunc(verbs, func(v string) bool {
		return in.leaving && v == "keep" || m.timed && (v == "task" || v == "remove_any") || in.depth > 1 && (v == "choose" || v == "split" || v == "lanes") ||
			(in.lane || m.play.of == "person") && v == "lanes"
	})
	s := &machineStep{id: fmt.Sprintf("s%d", m.play.ids), verb: m.one(verbs...)}
	m.play.ids++
	m.detail(s, in)
	if len(s.branches) == 0 && s.verb != "exit" && m.oneIn(5) {
		s.text += ", when: '" + m.condition(in) + "'"
	}
	if s.verb != "exit" {
		m.seen = append(m.seen, s.id)
	}
	return s
}

// detail draws what a step's verb needs.
func (m *machineMaker) detail(s *machineStep, in machinePlace) {
	deeper := machinePlace{leaving: in.leaving, lane: in.lane, depth: in.depth + 1}
	switch s.verb {
	case "wait":
		s.text = "wait: " + m.span()
	case "wait_until":
		date := m.one("account.date", "member.entered_at + days(2)", "member.step_at + hours(30)")
		if m.play.of == "person" {
			date = m.one("person.account.date", "member.entered_at + days(2)")
		}
		s.text = "wait_until: " + date + ", if_past: " + m.one("continue", "skip", "exit")
	case "wait_for":
		what := m.events()
		if !m.timed && m.oneIn(2) {
			what = m.condition(in)
		}
		s.text = "wait_for: '" + what + "'"
		m.timeout(s, in)
	case "choose":
		n := 1 + m.upTo(1)
		for range n {
			s.branches = append(s.branches, machineBranch{"when: '" + m.condition(in) + "', then: ", m.steps(deeper, 2)})
		}
		if m.oneIn(2) {
			s.branches = append(s.branches, machineBranch{"else: ", m.steps(deeper, 2)})
		}
	case "split":
		s.branches = []machineBranch{{"name: a, weight: 50, then: ", m.steps(deeper, 2)}, {"name: b, weight: 50, then: ", m.steps(deeper, 2)}}
	case "enroll":
		m.link(s, in)
	case "exit":
		s.text = "exit: bye" + m.one("", "2") + ", when: '" + m.condition(in) + "'"
	case "lanes":
		seen := m.seen
		s.text = "for: " + m.one("account.people", "'account.people.filter(p, p.rank > 1)'") + ", await: " + m.one("all", "first", "none")
		deeper.lane = true
		s.lanes = m.steps(deeper, 3)
		m.seen = seen
	default:
		m.outward(s, in)
	}
	if len(s.branches) > 0 {
		s.text = strings.TrimSuffix(s.text, ", ")
		if s.text == "" {
			s.text = "when: '" + m.one("1 == 1", "1 < 2") + "'"
		}
	}
}

// link draws an enrollment in a play that there is, of records that are at hand.
func (m *machineMaker) link(s *machineStep, in machinePlace) {
	var to []string
	for _, p := range m.book.plays {
		if p.of == m.play.of && !in.lane || p.of == "person" {
			to = append(to, p.name)
		}
	}
	if len(to) == 0 || slices.Contains(m.play.keys, "reentry: always") { // in a circle it would have no end
		s.verb, s.text = "wait", "wait: 1d"
		return
	}
	name := m.one(to...)
	s.text = "enroll: " + name
	m.play.links = true
	if i := slices.IndexFunc(m.book.plays, func(p *machinePlay) bool { return p.name == name }); m.book.plays[i].of == "person" && m.play.of == "account" && !in.lane {
		s.text += ", for: account.people"
	}
}

// timeout draws the bound of a wait, which it may lack where the play bounds it.
func (m *machineMaker) timeout(s *machineStep, in machinePlace) {
	if m.play.bounded && !in.leaving && m.oneIn(3) {
		return
	}
	bound := m.one("3d", "9d", "4 business days", "{quiet: 2d}", "{quiet: 3d, of: '"+m.events()+"'}")
	s.text += ", timeout: " + bound
	switch m.upTo(3) {
	case 1:
		s.goesOn = true
	case 2:
		s.late = m.steps(machinePlace{leaving: true, lane: in.lane, depth: in.depth + 1}, 2)
	case 3:
		s.late = []*machineStep{{id: fmt.Sprintf("s%d", m.play.ids), verb: "exit", text: "exit: late"}}
		m.play.ids++
	}
}

// outward draws a step at an outside system.
func (m *machineMaker) outward(s *machineStep, in machinePlace) {
	at := m.one("desk", "desk", "other")
	if (s.verb == "send" || s.verb == "keep" || s.verb == "set") && !m.calm {
		at = m.one("desk", "desk", "other", "blind")
	}
	reach := ""
	if !in.lane && m.play.of == "account" {
		reach = reaches[m.upTo(len(reaches)-1)]
	}
	switch s.verb {
	case "set":
		s.text = "set: " + at + ".company, fields: {" + m.one("stage", "owner") + ": " + m.one("x", "y") + "}"
	case "send":
		s.text = "send: " + at + ".message, text: " + m.one("hi", `"to you"`)
	case "remove_any":
		s.text = "remove_any: " + at + `.list, allow: ["` + m.one("A", "*", "B*") + `"]`
	case "task":
		m.task(s, in, at)
	default:
		s.text = s.verb + ": " + at + ".list, name: " + m.one("A", "B", "C")
	}
	s.text += reach
	if !m.calm && m.oneIn(4) {
		s.text += ", on_error: continue"
	}
	if !m.timed && m.oneIn(8) {
		s.text += `, window: default`
	}
}

func (m *machineMaker) task(s *machineStep, in machinePlace, at string) {
	s.text = "task: " + at + ".task, by: " + m.one("anybody", "owner", "routed", "[rep, anybody]", "rep") + ", title: do it, due: 1d, sla: 4h"
	if m.oneIn(2) {
		s.text += ", outcomes: [yes, no], asks: {why: string}"
	}
	if m.oneIn(3) {
		s.text += ", escalate: [{after: 1d, send: " + m.one("desk", "other") + ".message, to: anybody, text: late}]"
	}
	if m.oneIn(4) {
		s.text += ", await: none"
		return
	}
	m.timeout(s, in)
}
