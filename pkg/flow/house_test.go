package flow_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

// start is when every house begins: a Tuesday.
var start = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

// nouns is the playbook that the tests write their segments and plays for. Accounts and people are known to three systems: desk can do
// everything, other is a second one like it, and blind can't be read back.
const nouns = `
playbook: {name: house}
connectors:
  desk: {uses: desk}
  other: {uses: other}
  blind: {uses: blind}
entities:
  account:
    file: account.csv
    key: id
    fields: {name: string, size: int, tier: string, stage: string, renewal: string, score: double}
    identity: {desk: account.id, other: account.id, blind: account.id}
  person:
    file: person.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string, role: string, rank: int}
    identity: {desk: person.email, other: person.email, blind: person.email}
  activity:
    file: activity.csv
    parent: account_id -> account
    plural: activities
    time: at
    fields: {type: string, at: timestamp, n: int}
`

// columns are those of each entity's file.
var columns = map[string][]string{
	"account":  {"id", "name", "size", "tier", "stage", "renewal", "score"},
	"person":   {"id", "account_id", "email", "role", "rank"},
	"activity": {"account_id", "type", "at", "n"},
}

// house is a playbook with its records, connectors and state, and a clock that only tests move.
type house struct {
	rapid.TB // what *testing.T and *rapid.T have in common
	dir      string
	now      time.Time
	ticks    time.Duration // what the clock shows beyond now: it goes on while a run goes on
	store    state.Store
	desk     *memory.System
	other    *memory.System
	blind    *memory.System
	drivers  []connector.Driver
	runs     int
	// wrap, if set, stands between apply and the state.
	wrap func(state.Session) state.Session
	// ctx is the context of applies.
	ctx  context.Context
	stop chan struct{}
	// unsettled says that applies need not end with an empty plan.
	unsettled bool
	story     []string // what happened so far, told when a law is broken
}

// newHouse makes a house with empty files and these plays.
func newHouse(t *testing.T, plays string) *house {
	t.Helper()
	return newHouseIn(t, t.TempDir(), plays)
}

// newHouseIn makes a house in a folder of its own.
func newHouseIn(t rapid.TB, dir, plays string) *house {
	t.Helper()
	h := &house{TB: t, dir: dir, now: start, store: statememory.New(), desk: &memory.System{}, other: &memory.System{},
		blind: &memory.System{}, ctx: context.Background()}
	h.drivers = []connector.Driver{h.desk.Driver("desk"), h.other.Driver("other"), blindDriver(h.blind)}
	for _, kind := range []string{"list", "audience"} {
		for _, name := range []string{"A", "B", "C"} {
			for _, m := range []*memory.System{h.desk, h.other, h.blind} {
				m.Put(connector.Collection{Kind: kind, Name: name})
			}
		}
	}
	for entity := range columns {
		h.records(entity, "")
	}
	h.write("nouns.yaml", nouns)
	h.plays(plays)
	return h
}

func blindDriver(m *memory.System) connector.Driver {
	d := m.Driver("blind")
	d.Open = func(connector.Options) (connector.Connector, error) { return m.WriteOnly(), nil }
	return d
}

func (h *house) write(name, text string) {
	h.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
}

// plays writes everything that is not among the nouns.
func (h *house) plays(text string) { h.tell("%s", text); h.write("plays.yaml", text) }

// records writes an entity's file from a table: columns named in the first line, cells apart by spaces, - for a missing one.
func (h *house) records(entity, table string) {
	h.Helper()
	lines := slices.DeleteFunc(strings.Split(table, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	var rows []map[string]string
	if len(lines) > 0 {
		names := strings.Fields(lines[0])
		for _, line := range lines[1:] {
			row := map[string]string{}
			for i, cell := range strings.Fields(line) {
				if cell != "-" {
					row[names[i]] = cell
				}
			}
			rows = append(rows, row)
		}
	}
	h.rows(entity, rows)
}

// rows writes an entity's file.
func (h *house) rows(entity string, rows []map[string]string) {
	h.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	cells := [][]string{columns[entity]}
	for _, row := range rows {
		var line []string
		for _, name := range columns[entity] {
			line = append(line, row[name])
		}
		cells = append(cells, line)
	}
	if err := w.WriteAll(cells); err != nil {
		h.Fatal(err)
	}
	h.tell("%s:\n%s", entity, b.String())
	h.write(entity+".csv", b.String())
}

func (h *house) accounts(table string) { h.Helper(); h.records("account", table) }
func (h *house) people(table string)   { h.Helper(); h.records("person", table) }

// events writes activities: one a line, the account, the type and the time since start.
func (h *house) events(lines ...string) {
	h.Helper()
	var rows []map[string]string
	for _, line := range lines {
		parts := strings.Fields(line)
		after, err := time.ParseDuration(parts[2])
		if err != nil {
			h.Fatal(err)
		}
		row := map[string]string{"account_id": parts[0], "type": parts[1], "at": start.Add(after).Format(time.RFC3339)}
		if len(parts) > 3 {
			row["n"] = parts[3]
		}
		rows = append(rows, row)
	}
	h.rows("activity", rows)
}

// wait lets time pass.
func (h *house) wait(d time.Duration) { h.now = h.now.Add(d); h.ticks = 0 }

func (h *house) world() *flow.World {
	clock := func() time.Time { h.ticks += time.Millisecond; return h.now.Add(h.ticks) }
	return &flow.World{Dir: h.dir, At: h.now, Clock: clock, Getenv: func(string) string { return "" }, Drivers: h.drivers}
}

// programs are the last playbooks that were loaded, by their files.
var programs = struct {
	sync.Mutex
	byText map[string]*flow.Program
}{byText: map[string]*flow.Program{}}

// program loads the playbook, which must be valid. Files that were loaded before, by any house, are not compiled anew.
func (h *house) program() *flow.Program {
	h.Helper()
	text := ""
	names, err := filepath.Glob(filepath.Join(h.dir, "*.y*ml"))
	if err != nil {
		h.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			h.Fatal(err)
		}
		text += filepath.Base(name) + "\x00" + string(data) + "\x00"
	}
	programs.Lock()
	defer programs.Unlock()
	if p := programs.byText[text]; p != nil {
		return p
	}
	p, problems, err := flow.Validate(h.world(), flow.Inputs{Inputs: playbook.Inputs{}})
	if err := errors.Join(err, problems.Err()); err != nil {
		h.Fatalf("the playbook is not valid: %v", err)
	}
	if len(programs.byText) > 20 {
		clear(programs.byText)
	}
	programs.byText[text] = p
	return p
}

// snapshot gives the state; an empty one if there is none yet.
func (h *house) snapshot() *state.Snapshot {
	h.Helper()
	s, err := h.store.Read(context.Background())
	switch {
	case errors.Is(err, state.ErrNone):
		return &state.Snapshot{Meta: h.meta()}
	case err != nil:
		h.Fatal(err)
	}
	return s
}

func (h *house) meta() state.Meta {
	return state.Meta{Version: state.Version, Lineage: "line-1", Salt: "salt-1", Playbook: "house", Created: start}
}

// tryPlan plans, and gives the error of planning.
func (h *house) tryPlan(o flow.Options) (*flow.Planned, error) {
	h.Helper()
	return flow.Plan(context.Background(), h.world(), h.program(), h.snapshot(), o)
}

// plan plans what must be possible to plan.
func (h *house) plan(options ...flow.Options) *flow.Planned {
	h.Helper()
	p, err := h.tryPlan(one(options))
	if err != nil {
		h.Fatalf("plan: %v", err)
	}
	return p
}

func one(options []flow.Options) flow.Options {
	if len(options) == 0 {
		return flow.Options{}
	}
	return options[0]
}

// attempt plans and applies as playctl apply does, and gives whatever became of it. prepare may change the plan before it is applied.
func (h *house) attempt(o flow.Options, plan string, prepare ...func(*flow.Planned)) (*flow.Planned, *apply.Result) {
	h.Helper()
	ctx := context.Background()
	session, err := h.store.Lock(ctx, state.Holder{Who: "tester"})
	if err != nil {
		h.Fatal(err)
	}
	defer func() {
		if err := session.Unlock(); err != nil {
			h.Fatal(err)
		}
	}()
	s, err := session.Read(ctx)
	fresh := errors.Is(err, state.ErrNone)
	if fresh {
		s = &state.Snapshot{Meta: h.meta()}
	} else if err != nil {
		h.Fatal(err)
	}
	p, err := flow.Plan(ctx, h.world(), h.program(), s, o)
	if err != nil {
		h.Fatalf("plan: %v", err)
	}
	for _, change := range prepare {
		change(p)
	}
	if refused := p.Plan.Refused(); len(refused) > 0 {
		h.Fatalf("refused: %v", refused)
	}
	if fresh {
		if err := session.Create(ctx, s.Meta); err != nil {
			h.Fatal(err)
		}
	}
	used := session
	if h.wrap != nil {
		used = h.wrap(session)
	}
	h.runs++
	h.tell("%s apply:\n%s", h.now.Format("01-02T15:04"), words(p.Plan))
	return p, flow.Apply(h.ctx, h.world(), p, used, state.Run{ID: fmt.Sprintf("run-%d", h.runs), Plan: plan}, flow.ApplyOptions{Stop: h.stop})
}

func (h *house) tell(format string, args ...any) {
	h.story = append(h.story, fmt.Sprintf(format, args...))
}

// apply does what must succeed, and after which there must be nothing more to do.
func (h *house) apply(options ...flow.Options) *flow.Planned {
	h.Helper()
	p, r := h.attempt(one(options), "")
	if !r.Complete() {
		h.Fatalf("apply: %v %+v", r.Err, r.Outcomes)
	}
	if !h.unsettled {
		h.mustBeSettled(one(options))
	}
	return p
}

// mustBeSettled holds that there is nothing to do.
func (h *house) mustBeSettled(options ...flow.Options) {
	h.Helper()
	o := one(options)
	o.Launch = nil // a manual launch is asked for once
	if p := h.plan(o).Plan; !p.Empty() {
		h.Errorf("the plan after apply is not empty:\n%s", words(p))
	}
}

// words tells what a plan does, one thing a line: for looking at it in tests.
func words(p *plan.Plan) string {
	var out []string
	for _, c := range p.Creates {
		out = append(out, "create "+c.Place.Title())
	}
	for i := range p.Operations {
		out = append(out, operation(&p.Operations[i]))
	}
	for _, m := range p.Members {
		who := m.After.Play + " " + m.After.Record.Key
		switch {
		case m.After.HeldOut && m.Enters:
			out = append(out, who+" is held out")
		case m.Enters:
			out = append(out, who+" enters")
		case m.Leaves:
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s leaves: %s %s", who, m.After.Outcome, m.After.Reason)))
		}
		if m.End != nil {
			out = append(out, who+" ends")
		}
		for _, l := range m.Lanes {
			if l.End != nil {
				out = append(out, who+" lane "+l.Lane+" of "+l.Of+" ends")
			}
		}
	}
	for _, r := range p.Releases {
		out = append(out, fmt.Sprintf("release %s of %s.%s %q", r.Held.Record.Key, r.Held.Connector, r.Held.Kind, r.Held.Name))
	}
	for _, s := range p.Standing {
		out = append(out, fmt.Sprintf("take hold of %s in %s.%s %q", s.Held.Record.Key, s.Held.Connector, s.Held.Kind, s.Held.Name))
	}
	for _, r := range p.Plays {
		if r.Change != "" {
			out = append(out, string(r.Change)+" "+r.Name)
		}
	}
	return strings.Join(out, "\n")
}

func operation(o *plan.Operation) string {
	text := o.Verb.String() + " " + o.Place().Title() + " " + o.ID
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		text += fmt.Sprintf(" %s=%s", name, connector.Text(o.Fields[name]))
	}
	for _, mark := range []struct {
		on   bool
		word string
	}{{o.Any, "any"}, {o.Withdraw, "withdrawn"}, {o.Drift, "drift"}, {o.Stranger, "stranger"}, {o.Certainty == plan.Assumed, "assumed"}} {
		if mark.on {
			text += " (" + mark.word + ")"
		}
	}
	return text
}

// does holds what a plan does, line by line in any order, the changes of plays aside.
func (h *house) does(p *flow.Planned, want ...string) {
	h.Helper()
	got := slices.DeleteFunc(strings.Split(words(p.Plan), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "new ") || strings.HasPrefix(line, "changed ") || strings.HasPrefix(line, "untouched ") || strings.HasPrefix(line, "removed ")
	})
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
		h.Errorf("the plan does something else (-want +got):\n%s", d)
	}
}

// in holds who is in a collection of desk, as "list A".
func (h *house) in(collection string, want ...string) {
	h.Helper()
	h.inside(h.desk, collection, want...)
}

func (h *house) inside(m *memory.System, collection string, want ...string) {
	h.Helper()
	if got := members(h, m, collection); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		h.Errorf("in %s are %v, want %v", collection, got, want)
	}
}

func members(t rapid.TB, m *memory.System, collection string) []string {
	t.Helper()
	kind, name, _ := strings.Cut(collection, " ")
	got, err := m.Members(context.Background(), connector.Collection{Kind: kind, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// put makes ids members of a collection of desk behind playctl's back.
func (h *house) put(collection string, ids ...string) {
	kind, name, _ := strings.Cut(collection, " ")
	h.desk.Put(connector.Collection{Kind: kind, Name: name}, ids...)
}

// take takes ids out of a collection of desk behind playctl's back.
func (h *house) take(collection string, ids ...string) {
	h.Helper()
	takeOut(h, h.desk, collection, ids...)
}

func takeOut(t rapid.TB, m *memory.System, collection string, ids ...string) {
	t.Helper()
	kind, name, _ := strings.Cut(collection, " ")
	b := connector.Batch{Verb: connector.Remove, Target: connector.Collection{Kind: kind, Name: name}}
	for _, id := range ids {
		b.Items = append(b.Items, connector.Item{ID: id})
	}
	hook := m.OnWrite
	m.OnWrite = nil
	defer func() { m.OnWrite = hook }()
	if _, err := m.Write(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

// active holds which records are in a play.
func (h *house) active(play string, want ...string) {
	h.Helper()
	var got []string
	for _, m := range h.snapshot().Members {
		if m.Play == play && m.Active() {
			got = append(got, m.Record.Key)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		h.Errorf("in play %s are %v, want %v", play, got, want)
	}
}

// member gives a record's last membership.
func (h *house) member(play, key string) state.Member {
	h.Helper()
	var last *state.Member
	s := h.snapshot()
	for i := range s.Members {
		if m := &s.Members[i]; m.Play == play && m.Record.Key == key && (last == nil || m.Number > last.Number || m.EnteredAt.After(last.EnteredAt)) {
			last = m
		}
	}
	if last == nil {
		h.Fatalf("%s was never in play %s", key, play)
	}
	return *last
}

// left holds how a record's last membership ended.
func (h *house) left(play, key string, outcome state.Outcome, reason string) {
	h.Helper()
	m := h.member(play, key)
	if m.Outcome != outcome || reason != "" && m.Reason != reason {
		h.Errorf("%s left play %s as %q (%s), want %q (%s)", key, play, m.Outcome, m.Reason, outcome, reason)
	}
}

// entries holds how often a record was in a play.
func (h *house) entries(play, key string, want int) {
	h.Helper()
	n := 0
	for _, m := range h.snapshot().Members {
		if m.Play == play && m.Record.Key == key {
			n++
		}
	}
	if n != want {
		h.Errorf("%s entered play %s %d times, want %d", key, play, n, want)
	}
}

// sent holds what was sent from desk by the action message: "id text" in any order.
func (h *house) sent(want ...string) {
	h.Helper()
	var got []string
	for _, item := range h.desk.Sent("message") {
		got = append(got, strings.TrimSpace(item.ID+" "+connector.Text(item.Fields["text"])))
	}
	slices.Sort(got)
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		h.Errorf("sent %q, want %q", got, want)
	}
}

// tasks holds the tasks that desk has: "id title: status outcome", in any order.
func (h *house) tasks(want ...string) {
	h.Helper()
	var got []string
	for _, t := range h.desk.Contents().Tasks {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", t.Item.ID, connector.Text(t.Item.Fields[connector.TaskTitle]), t.Report.Status, t.Report.Outcome)))
	}
	slices.Sort(got)
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		h.Errorf("desk's tasks are %q, want %q", got, want)
	}
}

// task gives the task of a record's last membership at a step, as it is kept.
func (h *house) task(play, key, step string) state.Task {
	h.Helper()
	m := h.member(play, key)
	for _, t := range h.snapshot().Tasks {
		if t.Member == m.Key && t.Step == step {
			return t
		}
	}
	h.Fatalf("%s has no task at step %s of play %s", key, step, play)
	return state.Task{}
}

// finish does a record's task, as a person would at this time.
func (h *house) finish(play, key, step, outcome string, answers map[string]string) {
	h.Helper()
	if err := h.desk.CompleteTask(h.task(play, key, step).Key, outcome, answers, h.now); err != nil {
		h.Fatal(err)
	}
}

// waits holds for what members of a play wait, and how many.
func (h *house) waits(p *flow.Planned, play string, want map[string]int) {
	h.Helper()
	got := map[string]int{}
	for _, r := range p.Plan.Plays {
		if r.Name == play {
			for _, w := range r.Waiting {
				what := w.Why
				if w.Step != "" {
					what = "step " + w.Step + ": " + what
				}
				got[what] += w.Count
			}
		}
	}
	for _, b := range p.Plan.Blocked {
		if b.Play == play {
			got["step "+b.Step+" is blocked: "+b.Why] += b.Count
		}
	}
	if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
		h.Errorf("members of %s wait for something else (-want +got):\n%s", play, d)
	}
}

// about gives a play's part of a plan.
func (h *house) about(p *flow.Planned, play string) journey.PlayRun {
	h.Helper()
	for _, r := range p.Plan.Plays {
		if r.Name == play {
			return r
		}
	}
	h.Fatalf("play %s is not in the plan", play)
	return journey.PlayRun{}
}
