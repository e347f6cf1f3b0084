package flow_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"pgregory.net/rapid"
)

// machineColumns are those of the records' files.
var machineColumns = map[string][]string{
	"account":  {"id", "name", "size", "tier", "stage", "renewal", "score", "date", "owner", "calm"},
	"person":   {"id", "account_id", "email", "role", "rank", "calm"},
	"activity": {"account_id", "type", "at", "n"},
}

// machineData are the records, those that are missing now among them.
type machineData struct {
	accounts, people, activities []map[string]string
	missing                      map[string]bool
}

// machine is a house with a random book, whose records and tasks live on.
type machine struct {
	*house
	machineMaker
	data machineData
	told map[string]string // by entity, what the story told last
}

// machines checks a law over random books.
func machines(t *testing.T, k machineKind, check func(m *machine)) {
	steady(t, 20)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "machine")
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		m := &machine{machineMaker: newMachineMaker(rt, k)}
		m.draw()
		m.house = newHouseIn(rt, dir, m.book.String())
		m.unsettled = true
		m.write("nouns.yaml", machineNouns)
		defer func() {
			if rt.Failed() {
				rt.Logf("the story:\n%s", strings.Join(m.story, "\n"))
			}
		}()
		m.begin()
		check(m)
	})
}

// begin draws the first records.
func (m *machine) begin() {
	m.data.missing, m.told = map[string]bool{}, map[string]string{}
	for _, id := range []string{"a", "b", "c"} {
		row := map[string]string{"id": id}
		for _, column := range machineColumns["account"][1:] {
			row[column] = m.value(column)
		}
		m.data.accounts = append(m.data.accounts, row)
	}
	for _, id := range []string{"p", "q", "r"} {
		row := map[string]string{"id": id, "account_id": m.one("a", "a", "b"), "email": id + "@x"}
		for _, column := range machineColumns["person"][3:] {
			row[column] = m.value(column)
		}
		m.data.people = append(m.data.people, row)
	}
	m.set()
}

// value draws a field's value; some are missing.
func (m *machine) value(column string) string {
	switch column {
	case "name":
		return m.one("A", "B", "")
	case "size":
		return m.one("5", "1", "9", "")
	case "tier":
		return m.one("gold", "tin", "")
	case "stage":
		return m.one("lead", "won", "lost", "")
	case "renewal":
		return m.one("2026", "2027", "")
	case "score":
		return m.one("0.9", "0.1", "")
	case "date":
		return m.one(m.now.Add(36*time.Hour).Format(time.RFC3339), m.now.Add(-36*time.Hour).Format(time.RFC3339), m.now.Add(240*time.Hour).Format(time.RFC3339), "")
	case "owner":
		return m.one("o@x", "u@x", "")
	case "calm":
		return m.one("false", "false", "true", "")
	case "role":
		return m.one("boss", "clerk", "")
	case "rank":
		return m.one("2", "1", "")
	}
	return ""
}

// set writes the records.
func (m *machine) set() { m.setRecords(false) }

func (m *machine) setRecords(shuffled bool) {
	for entity, rows := range map[string][]map[string]string{"account": m.data.accounts, "person": m.data.people, "activity": m.data.activities} {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r map[string]string) bool { return m.data.missing[r["id"]] })
		if shuffled {
			slices.Reverse(rows)
		}
		text := strings.Join(machineColumns[entity], ",") + "\n"
		for _, row := range rows {
			var cells []string
			for _, c := range machineColumns[entity] {
				cells = append(cells, row[c])
			}
			text += strings.Join(cells, ",") + "\n"
		}
		m.write(entity+".csv", text)
		if shuffled {
			continue
		}
		for line := range strings.Lines(text) {
			if !strings.Contains(m.told[entity], line) {
				m.tell("%s %s %s", m.now.Format("01-02T15:04"), entity, strings.TrimSpace(line))
			}
		}
		m.told[entity] = text
	}
}

// drift changes a few records: fields, who is there, and what happened, be it a while ago.
func (m *machine) drift() {
	for range m.upTo(3) {
		if i := m.upTo(5); i < 3 {
			column := m.one(machineColumns["account"][1:]...)
			m.data.accounts[i][column] = m.value(column)
		} else {
			column := m.one(machineColumns["person"][1:]...)
			row := m.data.people[i-3]
			switch column {
			case "account_id":
				row[column] = m.one("a", "b", "c")
			case "email":
				row[column] = row["id"] + m.one("@x", "@new", "")
			default:
				row[column] = m.value(column)
			}
		}
	}
	if m.oneIn(3) {
		id := m.one("a", "b", "p", "q")
		m.data.missing[id] = !m.data.missing[id]
	}
	for range m.upTo(3) {
		m.happens(m.now.Add(-time.Duration(m.upTo(90)) * time.Hour))
	}
	m.set()
}

// happens adds an event.
func (m *machine) happens(at time.Time) {
	m.data.activities = append(m.data.activities, map[string]string{"account_id": m.one("a", "a", "b", "c"), "type": m.one("call", "visit", "meeting", "letter"),
		"at": at.Format(time.RFC3339), "n": m.one("1", "2", "")})
}

// work has people do something about open tasks, or nothing; the same in the houses that are like this one.
func (m *machine) work(alike ...*house) {
	for _, name := range []string{"desk", "other"} {
		for _, task := range m.system(name).Contents().Tasks {
			if task.Report.Status != connector.TaskOpen {
				continue
			}
			at := m.now.Add(-time.Duration(m.upTo(200)) * time.Hour / 4)
			if m.oneIn(4) {
				at = time.Time{}
			}
			what, outcome, why := m.one("nothing", "done", "done", "touched", "cancelled", "deleted"), m.one("yes", "no", "done", ""), m.one("", "so")
			for _, h := range append([]*house{m.house}, alike...) {
				if err := machineWorked(h.system(name), task.Item.Key, what, outcome, why, at); err != nil {
					m.Fatal(err)
				}
			}
			if what != "nothing" {
				m.tell("%s: task %s of %s is %s %s at %s", name, task.Receipt, task.Item.ID, what, outcome, at.Format("01-02T15:04"))
			}
		}
	}
}

func (h *house) system(name string) *memory.System {
	return map[string]*memory.System{"desk": h.desk, "other": h.other, "blind": h.blind}[name]
}

func machineWorked(system *memory.System, key, what, outcome, why string, at time.Time) error {
	switch what {
	case "done":
		return system.CompleteTask(key, outcome, map[string]string{"why": why}, at)
	case "touched":
		return system.TouchTask(key, at)
	case "cancelled":
		return system.CancelTask(key)
	case "deleted":
		return system.DeleteTask(key)
	}
	return nil
}

// pass lets a random time pass.
func (m *machine) pass() {
	m.wait(time.Duration(1+m.upTo(7)) * []time.Duration{time.Hour, 5 * time.Hour, 24 * time.Hour, 96 * time.Hour}[m.upTo(3)])
}

// run applies, with faults if there are to be any.
func (m *machine) run(faults bool) {
	if faults {
		for range m.upTo(3) {
			fault(m.rt, m.house)
		}
		if m.oneIn(6) {
			m.tell("other is down")
			m.other.Down(errors.New("out of order"))
		}
	}
	m.attempt(allowAll, "")
	m.other.Down(nil)
}

// edit changes the book under its members, unless planning would refuse it, with a word for steps that are gone.
func (m *machine) edit() {
	p := m.book.plays[m.upTo(len(m.book.plays)-1)]
	m.change(p)
	m.plays(m.book.String())
	if _, err := m.tryPlan(flow.Options{}); err != nil {
		m.Fatalf("the edited book can't be planned: %v", err)
	}
}

func (m *machine) change(p *machinePlay) {
	m.play, m.seen = p, nil
	switch m.upTo(6) {
	case 0:
		p.status = m.one("", "status: paused", "status: draining")
	case 1:
		p.steps = append(p.steps, m.step(machinePlace{}))
	case 2:
		i := m.upTo(len(p.steps))
		p.steps = slices.Insert(p.steps, i, m.step(machinePlace{}))
	case 3:
		for _, s := range p.all() {
			if s.verb == "wait" {
				s.text = "wait: " + m.span()
			}
		}
	case 4:
		m.dropStep(p)
	case 5:
		m.renameStep(p)
	case 6:
		p.status = ""
	}
}

// dropStep takes a step out of the main way, of which nobody speaks.
func (m *machine) dropStep(p *machinePlay) {
	i := m.upTo(len(p.steps) - 1)
	s := p.steps[i]
	rest := slices.Delete(slices.Clone(p.steps), i, i+1)
	if len(rest) == 0 {
		return
	}
	gone := (&machinePlay{steps: []*machineStep{s}}).all()
	after := *p
	after.steps = rest
	for _, g := range gone {
		if strings.Contains(after.String(), "steps."+g.id+".") {
			return
		}
	}
	p.steps = rest
	for _, g := range gone {
		m.drop(p.name, g.id)
	}
}

// drop says that a step is gone, under all its names.
func (m *machine) drop(play, id string) {
	m.book.dropped = append(m.book.dropped, "plays."+play+".steps."+id)
	for i := len(m.book.moved) - 1; i >= 0; i-- {
		from, found := strings.CutSuffix(m.book.moved[i], ", to: plays."+play+".steps."+id+"}")
		if found {
			m.book.moved = slices.Delete(m.book.moved, i, i+1)
			m.drop(play, strings.TrimPrefix(from, "{from: plays."+play+".steps."))
			return
		}
	}
}

// renameStep gives a step of which nobody speaks another name.
func (m *machine) renameStep(p *machinePlay) {
	s := p.steps[m.upTo(len(p.steps)-1)]
	if strings.Contains(p.String(), "steps."+s.id+".") {
		return
	}
	to := fmt.Sprintf("s%d", p.ids)
	p.ids++
	m.book.moved = append(m.book.moved, fmt.Sprintf("{from: plays.%s.steps.%s, to: plays.%s.steps.%s}", p.name, s.id, p.name, to))
	s.id = to
}

// all gives every step of a play.
func (p *machinePlay) all() []*machineStep {
	var out []*machineStep
	var walk func([]*machineStep)
	walk = func(list []*machineStep) {
		for _, s := range list {
			out = append(out, s)
			walk(s.late)
			for _, b := range s.branches {
				walk(b.steps)
			}
			walk(s.lanes)
		}
	}
	walk(p.steps)
	return out
}
