package flow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// killer ends the process, as far as a test can tell, at one of the doors to the outside: before or after a commit or a write. Its zero
// value only counts the doors.
type killer struct {
	doors int
	at    int // the door to be killed at, from 1
}

// killed is what it panics with.
type killed struct{}

func (k *killer) door() {
	if k.doors++; k.doors == k.at {
		panic(killed{})
	}
}

// killerSession has doors around every commit.
type killerSession struct {
	state.Session
	k *killer
}

func (s killerSession) Commit(ctx context.Context, c *state.Changes) error {
	s.k.door()
	err := s.Session.Commit(ctx, c)
	s.k.door()
	return err
}

// killerConnector has doors around every write.
type killerConnector struct {
	connector.Connector
	connector.MemberReader
	connector.FieldReader
	connector.Looker
	connector.Creator
	connector.Normalizer
	connector.MembershipReader
	connector.MembershipFieldReader
	connector.TaskReader
	w connector.Writer
	k *killer
}

func (c killerConnector) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	c.k.door()
	out, err := c.w.Write(ctx, b)
	c.k.door()
	return out, err
}

// arm puts a killer at every door of a house.
func (h *house) arm(k *killer) {
	h.wrap = func(s state.Session) state.Session { return killerSession{s, k} }
	for i, m := range []*memory.System{h.desk, h.other} {
		h.drivers[i].Open = func(connector.Options) (connector.Connector, error) {
			return killerConnector{m, m, m, m, m, m, m, m, m, m, k}, nil
		}
	}
}

// disarm takes the killer away.
func (h *house) disarm() {
	h.wrap = nil
	h.drivers[0], h.drivers[1] = h.desk.Driver("desk"), h.other.Driver("other")
}

// die applies until it is killed, and reports whether it was.
func (h *house) die(o flow.Options) (was bool) {
	h.Helper()
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(killed); !ok {
				panic(e)
			}
			was = true
		}
	}()
	h.attempt(o, "")
	return false
}

// bottomLine tells what is so in the end: what the connectors hold, what was sent, who is where and what is held for whom.
func (h *house) bottomLine() string {
	h.Helper()
	var out []string
	for name, m := range map[string]*memory.System{"desk": h.desk, "other": h.other, "blind": h.blind} {
		for _, c := range []string{"list A", "list B", "list C", "audience A"} {
			out = append(out, fmt.Sprintf("%s %s: %v", name, c, members(h, m, c)))
		}
		fields, err := m.Fields(context.Background(), "company", append(keys(8), "a", "b", "c", "d"), []string{"stage", "owner", "size"})
		if err != nil {
			h.Fatal(err)
		}
		for id, values := range fields {
			out = append(out, fmt.Sprintf("%s company %s: %v", name, id, values))
		}
		for _, t := range m.Contents().Tasks {
			out = append(out, fmt.Sprintf("%s task %s %s %v: %s %s", name, t.Item.Key, t.Item.ID, t.Item.Fields[connector.TaskTitle], t.Report.Status, t.Report.Outcome))
		}
		for _, item := range m.Sent("message") {
			out = append(out, fmt.Sprintf("%s sent %s %s %v", name, item.Key, item.ID, item.Fields["text"]))
		}
	}
	s := h.snapshot()
	owner := map[string]string{}
	for _, m := range s.Members {
		owner[m.Key] = m.Play + " " + m.Record.Key
		line := fmt.Sprintf("%s %s %s %d: %s %s at %q:", m.Play, m.Record.Key, m.Per, m.Number, m.Outcome, m.Reason, m.Step)
		for _, d := range m.Done {
			line += " " + d.ID + "=" + d.Outcome
		}
		for _, l := range m.Lanes {
			line += fmt.Sprintf("; lane %s of %s at %q, %s:", l.Key(), l.Of, l.Step, l.Outcome)
			for _, d := range l.Done {
				line += " " + d.ID + "=" + d.Outcome
			}
		}
		out = append(out, line)
	}
	for _, t := range s.Tasks {
		out = append(out, fmt.Sprintf("task %s for %s %s: %s %s", t.Key, owner[t.Member], t.Step, t.Status, t.Outcome))
	}
	for _, held := range s.Held {
		line := fmt.Sprintf("%s %s %s %s: ours %v, added %v, for", held.Connector, held.Kind, held.Name, held.Record.Key, held.Ours, held.Added)
		for _, k := range held.Keepers {
			line += " " + owner[k.Member] + "." + k.Step + k.Lane
		}
		out = append(out, line)
	}
	for _, e := range s.Effects {
		out = append(out, fmt.Sprintf("effect %s %s", e.Key, e.Status))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// twice fails if any effect was sent twice.
func (h *house) neverTwice() {
	h.Helper()
	for _, m := range []*memory.System{h.desk, h.other} {
		seen := map[string]bool{}
		for _, item := range m.Sent("message") {
			if seen[item.Key] {
				h.Errorf("%s was sent twice to %s", item.Key, item.ID)
			}
			seen[item.Key] = true
		}
	}
}

// busy is a playbook with every verb, in which members enter, move, leave, take over from each other and contradict each other.
var busy = "plays:" +
	play("one", "", "{set: desk.company, fields: {stage: nurture}}", "{keep: desk.list, name: A, for: [account, account.people]}", "{send: desk.message, text: one}",
		"{add: desk.list, name: B}", "{send: other.message, text: three, for: account.people}") +
	segmentPlay("two", "account.size > 5", "priority: 3\n    goal: account.stage == \"won\"", "{send: desk.message, text: two}", "{remove: desk.list, name: A}", "{remove: desk.list, name: C}",
		"{keep: other.list, name: A, for: account.people, on_error: continue}") +
	segmentPlay("three", "account.size > 3", "", "{keep: desk.list, name: A}", "{keep: blind.list, name: A}")

// chapters are the data of a busy house in turn: between them everything happens that can.
var chapters = []string{
	"id tier size\n a gold 1\n b gold 9\n c tin 4\n d gold 1",
	"id tier size stage\n a tin 4 -\n b gold 9 won\n c gold 9 -\n d tin 1 -",
	"id tier size\n a gold 9\n b tin 1\n c tin 1\n d gold 1",
	"id tier size\n a tin 1\n b tin 1\n c tin 1\n d tin 1",
}

func busyHouse(t *testing.T) *house {
	h := newHouse(t, busy)
	h.people("id account_id email\n p a p@x\n q a q@x\n r b r@x\n s c s@x")
	h.put("list A", "d", "z")
	h.put("list C", "c")
	return h
}

// TestKilled_thenRunAgain kills the run of each chapter at every door to the outside, runs it again, and goes on to the end: all must be
// as if nothing had happened, and nothing may have been sent twice.
func TestKilled_thenRunAgain(t *testing.T) {
	calm := busyHouse(t)
	doors := make([]int, len(chapters))
	want := make([]string, len(chapters))
	for i, data := range chapters {
		calm.accounts(data)
		k := &killer{}
		calm.arm(k)
		calm.apply()
		doors[i], want[i] = k.doors, calm.bottomLine()
		calm.wait(time.Hour)
	}
	calm.neverTwice()
	for chapter := range chapters {
		for at := 1; at <= doors[chapter]; at++ {
			h := busyHouse(t)
			h.ticks = 0
			for i, data := range chapters {
				h.accounts(data)
				if i == chapter {
					h.arm(&killer{at: at})
					if !h.die(flow.Options{}) {
						t.Fatalf("chapter %d has no door %d", i, at)
					}
					h.disarm()
				}
				h.apply()
				if d := cmp.Diff(strings.Split(want[i], "\n"), strings.Split(h.bottomLine(), "\n")); d != "" {
					t.Fatalf("killed at door %d of chapter %d: chapter %d ends otherwise (-want +got):\n%s", at, chapter, i, d)
				}
				h.wait(time.Hour)
			}
			h.neverTwice()
		}
	}
}

// TestStateFails_stopsTheRun fails every commit in turn: the run stops at once, and the next one goes on from there.
func TestStateFails_stopsTheRun(t *testing.T) {
	full := errors.New("disk full")
	calm := busyHouse(t)
	calm.accounts(chapters[0])
	calm.apply()
	for at := 1; ; at++ {
		h := busyHouse(t)
		h.accounts(chapters[0])
		s := &failingSession{at: at, err: full}
		h.wrap = func(inner state.Session) state.Session { s.Session = inner; return s }
		writes := 0
		h.desk.OnWrite = func(connector.Batch) {
			if s.failed {
				writes++
			}
		}
		_, r := h.attempt(flow.Options{}, "")
		if !s.failed {
			break
		}
		if !errors.Is(r.Err, full) || r.Complete() || writes > 0 {
			t.Fatalf("commit %d failed: %v, complete %v, %d writes after it", at, r.Err, r.Complete(), writes)
		}
		h.wrap = nil
		h.apply()
		if d := cmp.Diff(strings.Split(calm.bottomLine(), "\n"), strings.Split(h.bottomLine(), "\n")); d != "" {
			t.Fatalf("commit %d failed: it ends otherwise (-want +got):\n%s", at, d)
		}
		h.neverTwice()
	}
}

// failingSession fails from one commit on.
type failingSession struct {
	state.Session
	at     int
	err    error
	failed bool
}

func (s *failingSession) Commit(ctx context.Context, c *state.Changes) error {
	if s.at--; s.at <= 0 {
		s.failed = true
		return s.err
	}
	return s.Session.Commit(ctx, c)
}

// TestStop_thenRunAgain stops after every batch in turn, gently and by ending the context.
func TestStop_thenRunAgain(t *testing.T) {
	calm := busyHouse(t)
	calm.accounts(chapters[0])
	calm.apply()
	for _, gently := range []bool{true, false} {
		for at := 1; ; at++ {
			h := busyHouse(t)
			h.accounts(chapters[0])
			ctx, cancel := context.WithCancel(t.Context())
			h.ctx, h.stop = ctx, make(chan struct{})
			batches, stopped := 0, false
			stop := func(connector.Batch) {
				if batches++; batches != at {
					return
				}
				if stopped = true; gently {
					close(h.stop)
				} else {
					cancel()
				}
			}
			for _, m := range []*memory.System{h.desk, h.other, h.blind} {
				m.OnWrite = stop
			}
			_, r := h.attempt(flow.Options{}, "")
			cancel()
			for _, m := range []*memory.System{h.desk, h.other, h.blind} {
				m.OnWrite = nil
			}
			h.ctx, h.stop = t.Context(), nil
			if !stopped {
				break
			}
			if r.Err != nil || !r.Interrupted && !r.Complete() && gently || r.Run.Status == state.Running {
				t.Fatalf("stopped at batch %d: %v, interrupted %v, run %s, done %d of %d", at, r.Err, r.Interrupted, r.Run.Status, r.Count(apply.Done), len(r.Outcomes))
			}
			h.apply()
			if d := cmp.Diff(strings.Split(calm.bottomLine(), "\n"), strings.Split(h.bottomLine(), "\n")); d != "" {
				t.Fatalf("stopped at batch %d: it ends otherwise (-want +got):\n%s", at, d)
			}
			h.neverTwice()
		}
	}
}

// TestKilled_entryInThePastKeepsItsClock holds that who entered by an event of long ago, in a run that was killed right after, goes on from the
// event: runs from before it entered say nothing of what held it back.
func TestKilled_entryInThePastKeepsItsClock(t *testing.T) {
	h := newHouse(t, `plays:
  one:
    of: account
    segment: account.tier == "gold"
    trigger: {on: 'account.activities.filter(a, a.type == "visit")'}
    backfill: false
    steps: [{add: desk.list, name: A}, {wait: 6h}, {send: desk.message, text: hi}]
`)
	h.accounts("id tier\n a gold")
	h.apply()
	h.wait(3 * time.Hour)
	h.apply() // which does not know of the event
	h.events("a visit 2h")
	h.wait(2 * day)
	k := &killer{at: 2} // once the entry is recorded
	h.arm(k)
	if !h.die(flow.Options{}) {
		t.Fatal("it was not killed")
	}
	h.disarm()
	h.active("one", "a")
	h.apply()
	h.sent("a hi")
}
