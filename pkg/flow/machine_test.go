package flow_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// TestMachine_booksAreValid holds that the books that are drawn are valid, before and after edits.
func TestMachine_booksAreValid(t *testing.T) {
	machines(t, machineKind{}, func(m *machine) {
		m.program()
		for range m.upTo(3) {
			m.change(m.play)
			m.plays(m.book.String())
			m.program()
		}
	})
}

// TestMachine_nothingTwiceAndNobodyLeftBehind has everything happen to the members of random books: their records change, go missing and
// come back, people do their tasks or not, events come late, plays are edited, paused and resumed, connectors fail in every way. No effect
// happens twice, nobody is twice in a play, and once everything works nobody is kept who left, no task is open for who left, and in the end
// nobody waits any more.
func TestMachine_nothingTwiceAndNobodyLeftBehind(t *testing.T) {
	machines(t, machineKind{}, func(m *machine) {
		for range 1 + m.upTo(7) {
			m.run(m.oneIn(2))
			m.once()
			m.onceInAPlay()
			if m.oneIn(3) {
				m.edit()
			}
			m.drift()
			m.work()
			m.pass()
		}
		m.calmDown()
		m.once()
		m.onceInAPlay()
		m.nobodyLeftBehind()
		m.leftNothing()
		m.comesToAnEnd()
	})
}

// once holds that no effect was done twice for one entry, by its key and by what it is.
func (m *machine) once() {
	m.Helper()
	for _, name := range []string{"desk", "other", "blind"} {
		seen := map[string]bool{}
		contents := m.system(name).Contents()
		var keys []string
		for _, e := range contents.Events {
			keys = append(keys, e.Item.Key)
		}
		for _, t := range contents.Tasks {
			keys = append(keys, t.Item.Key)
		}
		for _, key := range keys {
			if seen[key] {
				m.Errorf("twice at %s: %s", name, m.effect(key))
			}
			seen[key] = true
		}
	}
	seen := map[string]string{}
	for _, e := range m.snapshot().Effects {
		what := fmt.Sprintf("%s %s %s %s", e.Play, m.called(e.Play, e.Step), e.Record, e.Member)
		if seen[what] != "" {
			m.Errorf("two keys for one effect: %s", what)
		}
		seen[what] = e.Key
	}
}

// effect tells what the state knows of an effect.
func (m *machine) effect(key string) string {
	for _, e := range m.snapshot().Effects {
		if e.Key == key {
			return fmt.Sprintf("%s.%s for %s, %s (%s), %d attempts", e.Play, e.Step, e.Record, e.Status, e.Reason, e.Attempts)
		}
	}
	return key + ", of which the state knows nothing"
}

// called gives the name by which a step goes now.
func (m *machine) called(play, step string) string {
	id, rest, _ := strings.Cut(step, ".")
	for _, line := range m.book.moved {
		if to, ok := strings.CutPrefix(line, "{from: plays."+play+".steps."+id+", to: plays."+play+".steps."); ok {
			return m.called(play, strings.TrimSuffix(to, "}")+strings.TrimSuffix("."+rest, "."))
		}
	}
	return step
}

// calmDown has everything work and everything known, and applies until there is nothing more to do.
func (m *machine) calmDown() {
	m.Helper()
	for _, row := range slices.Concat(m.data.accounts, m.data.people) {
		for column, value := range map[string]string{"size": "5", "tier": "gold", "stage": "lead", "renewal": "2026", "score": "0.9", "owner": "o@x", "calm": "false",
			"role": "boss", "rank": "2", "name": "A", "date": start.Format(time.RFC3339)} {
			row[column] = value
		}
		if row["account_id"] != "" {
			row["email"] = row["id"] + "@x"
		}
	}
	clear(m.data.missing)
	m.set()
	for _, p := range m.book.plays {
		if strings.Contains(p.status, "paused") {
			p.status = ""
		}
	}
	m.plays(m.book.String())
	m.settled()
}

var machineLate = flow.Options{Allowed: playbook.StandardGuardNames()}

// settled applies until there is nothing more to do at this time.
func (m *machine) settled() {
	m.Helper()
	for range 60 {
		_, r := m.attempt(machineLate, "")
		if r.Complete() && m.house.plan(machineLate).Plan.Empty() {
			return
		}
	}
	m.Fatalf("it never comes to an end:\n%s", words(m.house.plan(machineLate).Plan))
}

// leftNothing holds that whoever left is kept nowhere, and has no open task unless it has completed the play.
func (m *machine) leftNothing() {
	m.Helper()
	s := m.snapshot()
	members := map[string]*state.Member{}
	for i := range s.Members {
		members[s.Members[i].Key] = &s.Members[i]
	}
	for _, x := range s.Held {
		for _, k := range x.Keepers {
			if by := members[k.Member]; by == nil || !by.Active() || by.Leaving() {
				m.Errorf("%s is kept in %s.%s %s by %s.%s of %s, who left", x.Record, x.Connector, x.Kind, x.Name, by.Play, k.Step, by.Record)
			}
		}
	}
	open := map[string]bool{}
	for _, task := range s.Tasks {
		of := members[task.Member]
		if open[task.Key] = task.Status == state.TaskOpen; open[task.Key] && !of.Active() && of.Outcome != state.Completed {
			m.Errorf("task %s.%s for %s is open, and %s left: %s", task.Play, task.Step, task.Record, of.Record, of.Outcome)
		}
	}
	for _, name := range []string{"desk", "other"} {
		for _, task := range m.system(name).Contents().Tasks {
			if task.Report.Status == connector.TaskOpen && !open[task.Item.Key] {
				m.Errorf("a task is open at %s of which the state knows nothing or that it is closed: %s", name, m.effect(task.Item.Key))
			}
		}
	}
}

// comesToAnEnd lets more than a year pass in which nothing happens: whoever was in a play then waits no more, unless it is told that
// something holds it up that no time ends: what is not known, another play, an effect in doubt.
func (m *machine) comesToAnEnd() {
	m.Helper()
	m.now = m.now.Truncate(24 * time.Hour).Add(36 * time.Hour) // noon: windows are open on working days
	from := m.now
	for day := 1; m.now.Sub(from) < 400*24*time.Hour; day += 3 {
		m.attempt(machineLate, "")
		m.wait(time.Duration(day) * 24 * time.Hour)
	}
	m.once()
	m.onceInAPlay()
	held := map[string]bool{}
	for _, e := range m.snapshot().Effects {
		held[e.Member] = held[e.Member] || e.Status == state.InDoubt // somebody must tell: it can't be looked up
	}
	p, _ := m.attempt(machineLate, "")
	for _, w := range p.Plan.Waits {
		if w.Kind == journey.Held || strings.HasPrefix(w.Why, "cap ") {
			held[w.Member] = true
		}
	}
	for _, x := range m.snapshot().Members {
		if x.Active() && x.Step != "" && !x.HeldOut && !held[x.Key] && x.EnteredAt.Before(from) {
			m.Errorf("%s waits in %s at step %s since %s, and %s %s", x.Record, x.Play, x.Step, x.StepAt, x.Outcome, x.Due)
		}
	}
}

// machineCommits collects the commits that change anything but the record of a run. That an event which is too old to be read again is forgotten is
// no change.
type machineCommits struct {
	state.Session
	changes *[]*state.Changes
}

func (s machineCommits) Commit(ctx context.Context, c *state.Changes) error {
	rest := *c
	rest.TruthsGone = nil
	if !rest.RunOnly() {
		*s.changes = append(*s.changes, c)
	}
	return s.Session.Commit(ctx, c)
}

// TestMachine_nothingIsDueBeforeNext holds that after an apply there is nothing more to do, that doing it again changes nothing, and that
// nothing is to do until the time that the plan tells.
func TestMachine_nothingIsDueBeforeNext(t *testing.T) {
	machines(t, machineKind{steady: true}, func(m *machine) {
		for range 1 + m.upTo(6) {
			p, r := m.attempt(allowAll, "")
			if !r.Complete() {
				m.Fatalf("apply: %v %+v", r.Err, r.Outcomes)
			}
			m.emptyNow(p)
			var changes []*state.Changes
			m.house.wrap = func(s state.Session) state.Session { return machineCommits{s, &changes} }
			again, _ := m.attempt(allowAll, "")
			m.house.wrap = nil
			for _, c := range changes {
				m.Errorf("nothing was to do, and this was written: %+v", *c)
			}
			m.quietUntil(again.Next)
			if m.oneIn(3) {
				m.edit()
			}
			m.drift()
			m.work()
			m.pass()
		}
	})
}

func (m *machine) emptyNow(before *flow.Planned) {
	m.Helper()
	if again := m.house.plan(); !again.Plan.Empty() {
		m.Fatalf("after\n%s\nthere is still to do:\n%s", words(before.Plan), words(again.Plan))
	}
}

// quietUntil holds that nothing is to do at a random time before next; zero is never.
func (m *machine) quietUntil(next time.Time) {
	m.Helper()
	long := 2400 * time.Hour
	if !next.IsZero() {
		long = next.Sub(m.now) - time.Millisecond
	}
	was := m.now
	m.now = m.now.Add(time.Duration(int64(long) / 8 * int64(1+m.upTo(7))))
	if early := m.house.plan(); !early.Plan.Empty() {
		m.Errorf("at %s nothing was to do before %s, and at %s is:\n%s", was, next, m.now, words(early.Plan))
	}
	m.now = was
}

// TestMachine_planIsAFunction plans twice, with the records in another order.
func TestMachine_planIsAFunction(t *testing.T) {
	machines(t, machineKind{}, func(m *machine) {
		for range 1 + m.upTo(4) {
			first := planJSON(m.house)
			m.setRecords(true)
			if again := planJSON(m.house); again != first {
				m.Fatalf("another plan, other bytes:\n%s", cmp.Diff(strings.Split(first, "\n"), strings.Split(again, "\n")))
			}
			m.set()
			m.run(m.oneIn(4))
			if m.oneIn(3) {
				m.edit()
			}
			m.drift()
			m.work()
			m.pass()
		}
	})
}

// TestMachine_killedAnywhereEndsTheSame kills a run at a random door to the outside, runs it again, and ends where an undisturbed run ends.
func TestMachine_killedAnywhereEndsTheSame(t *testing.T) {
	machines(t, machineKind{steady: true, calm: true}, func(m *machine) {
		calm := newHouseIn(m.rt, m.dir, m.book.String())
		m.write("nouns.yaml", machineNouns)
		m.set()
		for range 1 + m.upTo(4) {
			calm.now, calm.ticks = m.now, 0
			k := &killer{}
			calm.arm(k)
			calm.attempt(allowAll, "")
			m.arm(&killer{at: rapid.IntRange(1, k.doors).Draw(m.rt, "door")})
			if !m.die(allowAll) {
				m.Fatal("it was not killed")
			}
			m.disarm()
			m.attempt(allowAll, "")
			if d := cmp.Diff(machineEnds(calm), machineEnds(m.house)); d != "" {
				m.Fatalf("it ends otherwise (-calm +killed):\n%s", d)
			}
			m.once()
			if m.oneIn(3) {
				m.edit()
			}
			m.drift()
			m.work(calm)
			m.pass()
		}
	})
}

// ends is the bottom line of a house, without the two ways to say that somebody is in a play.
func machineEnds(h *house) []string {
	h.Helper()
	return strings.Split(strings.ReplaceAll(h.bottomLine(), "entered in this run already", "already in"), "\n")
}

// TestMachine_anyCadenceEndsTheSame runs random books, in which everything has a time of its own, over the same events at two random
// cadences: everybody entered, moved and left at the same times.
func TestMachine_anyCadenceEndsTheSame(t *testing.T) {
	machines(t, machineKind{timed: true}, func(m *machine) {
		const days = 30
		for range m.upTo(12) {
			m.happens(start.Add(time.Duration(m.upTo(days*24*4)) * time.Hour / 4))
		}
		m.set()
		other := newHouseIn(m.rt, m.dir, m.book.String())
		m.write("nouns.yaml", machineNouns)
		m.set()
		last := start.Add(days * 24 * time.Hour)
		for _, h := range []*house{m.house, other} {
			h.attempt(allowAll, "")
			for range m.upTo(15) {
				if next := h.now.Add(time.Duration(1+m.upTo(9*24)) * time.Hour); next.Before(last) {
					h.now = next
					h.attempt(allowAll, "")
				}
			}
			h.now = last
			h.attempt(allowAll, "")
		}
		if d := cmp.Diff(machineLives(m.house), machineLives(other)); d != "" {
			m.tell("the other:\n%s", strings.Join(other.story[4:], "\n"))
			m.Fatalf("it ends otherwise:\n%s", d)
		}
	})
}

// lives tells who was in which play from when to when, and how it ended.
func machineLives(h *house) []string {
	h.Helper()
	out := map[string]bool{}
	tell := func(at time.Time) string { return at.UTC().Format("01-02T15:04:05.999999") }
	for _, x := range h.snapshot().Members {
		text := fmt.Sprintf("%s %s %s %d from %s", x.Play, x.Record.Key, x.Per, x.Number, tell(x.EnteredAt))
		if x.Active() {
			text += fmt.Sprintf(" is at %q since %s %s", x.Step, tell(x.StepAt), x.Outcome)
		} else {
			text += fmt.Sprintf(" to %s: %s %s", tell(x.EndedAt), x.Outcome, x.Reason)
		}
		out[text] = true
	}
	return slices.Sorted(maps.Keys(out))
}
