package rehearse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/rehearse"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

// first is when simulations of these tests begin: a Monday.
var first = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shop is a playbook whose plays keep, add, set, send, give tasks, wait, branch, split, enroll and cap.
const shop = `
playbook: {name: shop, timezone: Europe/Berlin}
connectors:
  ads: {uses: files, dir: ./ads}
  crm: {uses: files, dir: ./crm}
entities:
  account:
    file: data/accounts.csv
    key: id
    fields: {name: string, tier: string, size: int}
    identity: {ads: account.id, crm: account.id}
  person:
    file: data/people.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string, opted_out: bool}
    identity: {ads: person.email, crm: person.id}
  activity:
    file: data/activities.csv
    parent: account_id -> account
    plural: activities
    time: at
    engagement: activity.type != "email"
    fields: {type: string, at: timestamp}
segments:
  active: {of: account, where: 'account.activities.within(days(10)).filter(a, a.type == "visit").size() >= 2'}
roles:
  sdr: {fallback: sdr@acme.example}
caps:
  calm: {of: account, verbs: [send], at_most: 2, per: 7d, on_cap: defer}
plays:
  intent:
    segment: active
    trigger: entry
    backfill: true
    on_leave: stay
    reentry: {after: 20d}
    holdout: 20%
    goal: account.activities.filter(a, a.type == "click")
    exit:
      - {quiet: 8d, reason: silent, then: [{enroll: again}]}
    steps:
      - keep: ads.audience
        name: Intent
        for: account.people.filter(p, !p.opted_out)
      - id: call
        task: crm.task
        by: sdr
        title: Call ${account.name}
        outcomes: [yes please, no]
        due: 2d
        sla: 1d
        timeout: 5d
        on_timeout: continue
      - choose:
          - {when: 'steps.call.outcome == "yes please"', then: [{set: crm.account, fields: {status: keen}}]}
          - {else: [{send: crm.message, to: "#sdr", channel: chat, text: "nobody called ${account.name}"}]}
      - wait: 3d
      - id: look
        send: crm.message
        to: "#sdr"
        channel: chat
        text: look at ${account.name}
  again:
    segment: active
    trigger: manual
    on_leave: stay
    reentry: always
    steps:
      - split:
          - {weight: 1, name: a, then: [{send: crm.gift, for: account.people}]}
          - {weight: 1, name: b, then: [{add: crm.list, name: Old friends}]}
  welcome:
    segment: {SEGMENT}
    of: account
    trigger: entry
    backfill: false
    on_leave: stay
    reentry: always
    steps:
      - send: crm.message
        to: "#sdr"
        text: visit of ${account.name}
`

// newShop makes a folder with the shop and records whose events go over months.
func newShop(t *testing.T) *house {
	h := newHouse(t, strings.ReplaceAll(shop, "{SEGMENT}", `'account.activities.within(days(2)).exists(a, a.type == "webinar")'`))
	accounts, people, events := "id,name,tier,size\n", "id,account_id,email,opted_out\n", "account_id,type,at\n"
	types := []string{"visit", "visit", "visit", "email", "webinar", "click", "visit"}
	for i := range 40 {
		accounts += fmt.Sprintf("a%02d,Account %d,%d,%d\n", i, i, i%3, i*7)
		for j := range i % 4 {
			people += fmt.Sprintf("p%02d%d,a%02d,P%d%d@x.example,%t\n", i, j, i, i, j, j == 2)
		}
		for k := range 20 + i%11 {
			hours := (i*37 + k*k*11 + k*29) % (80 * 24)
			events += fmt.Sprintf("a%02d,%s,%s\n", i, types[(i+k*3)%len(types)], first.Add(time.Duration(hours-200)*time.Hour).Format(time.RFC3339))
		}
	}
	h.write("data/accounts.csv", accounts)
	h.write("data/people.csv", people)
	h.write("data/activities.csv", events)
	h.write("ads/audiences/Intent.csv", "id\np010@x.example\nstranger@x.example\n")
	h.write("crm/lists/Old friends.csv", "id\na03\n")
	h.write("crm/account.csv", "id,status\na05,keen\n")
	return h
}

// digest gives a hash of every file below a folder.
func (h *house) digest() map[string][32]byte {
	out := map[string][32]byte{}
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out[path] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out
}

func (h *house) simulate(days int, habit rehearse.Habit) *rehearse.Report {
	h.Helper()
	report, err := rehearse.Simulate(context.Background(), &rehearse.Simulation{World: h.world(), Program: h.program(), From: first, To: first.AddDate(0, 0, days-1), Every: 24 * time.Hour, Tasks: habit})
	if err != nil {
		h.Fatal(err)
	}
	return report
}

// life is a playbook that is planned and applied in truth, with the files connector.
type life struct {
	*house
	session state.Session
	program *flow.Program
	days    int // so far
}

func (h *house) live() *life {
	h.Helper()
	session, err := statememory.New().Lock(context.Background(), state.Holder{Who: "live"})
	if err == nil {
		err = session.Create(context.Background(), state.Meta{Version: state.Version, Lineage: "live", Salt: "live", Playbook: "shop"})
	}
	if err != nil {
		h.Fatal(err)
	}
	return &life{house: h, session: session, program: h.program()}
}

func (l *life) snapshot() *state.Snapshot {
	l.Helper()
	s, err := l.session.Read(context.Background())
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// run makes a run a day, at the times of a simulation. Before each run people do their tasks.
func (l *life) run(days int, people func(now time.Time)) *rehearse.Report {
	l.Helper()
	ctx, report := context.Background(), rehearse.NewReport(l.program.Book)
	for range days {
		w := l.world()
		w.At = first.In(l.program.Book.Zone).AddDate(0, 0, l.days)
		w.Clock = func() time.Time { return w.At }
		people(w.At)
		planned, err := flow.Plan(ctx, w, l.program, l.snapshot(), flow.Options{})
		if err != nil {
			l.Fatal(err)
		}
		result := flow.Apply(ctx, w, planned, l.session, state.Run{ID: fmt.Sprint("r", l.days)}, flow.ApplyOptions{})
		if !result.Complete() {
			l.Fatal(result.Err, result.Outcomes)
		}
		report.Add(w.At, planned, result)
		l.days++
	}
	report.Finish()
	return report
}

// mustBeAlike holds every number of a simulation against those of real runs.
func mustBeAlike(t *testing.T, live, simulated *rehearse.Report) {
	t.Helper()
	if diff := cmp.Diff(live, simulated, cmpopts.IgnoreUnexported(rehearse.Report{}, rehearse.RoleCount{})); diff != "" {
		t.Fatalf("a simulation is not what happens (-live +simulated):\n%s", diff)
	}
}

// TestSimulate_equalsRealRuns holds every number of a simulation against as many real runs of plan and apply, and that the simulation wrote
// nothing.
func TestSimulate_equalsRealRuns(t *testing.T) {
	const days = 60
	h := newShop(t)
	before := h.digest()
	simulated := h.simulate(days, rehearse.Idle)
	if diff := cmp.Diff(before, h.digest()); diff != "" {
		t.Fatalf("the simulation wrote (-before +after):\n%s", diff)
	}
	mustBeAlike(t, h.live().run(days, func(time.Time) {}), simulated)
	if len(simulated.Channels) < 4 || simulated.Touches < 50 || simulated.Removed == 0 || simulated.Changed+simulated.Added == 0 || simulated.Roles[0].Breaches == 0 {
		t.Fatalf("too little happens for a comparison: %+v", simulated)
	}
}

// TestSimulate_tasksAreDoneWhenDue holds that people who do their tasks change what happens: in truth, who edits the desk's CSV, and simulated.
func TestSimulate_tasksAreDoneWhenDue(t *testing.T) {
	const days = 40
	h := newShop(t)
	simulated := h.simulate(days, rehearse.Diligent)
	if done := simulated.Roles[0].Done; done == 0 || simulated.Changed == 0 {
		t.Fatalf("%d tasks were done, %d statuses set", done, simulated.Changed)
	}
	mustBeAlike(t, h.live().run(days, h.finishInCSV), simulated)
}

// TestSimulate_goesOnFromTheRealState holds that a simulation begins with the real state and what the real systems hold: who is in a play
// does not enter again, and a task that was given in truth is done in the simulation.
func TestSimulate_goesOnFromTheRealState(t *testing.T) {
	h := newShop(t)
	l := h.live()
	l.run(8, func(time.Time) {})
	open := 0
	for _, x := range l.snapshot().Tasks {
		if x.Status == state.TaskOpen {
			open++
		}
	}
	if open == 0 {
		t.Fatal("no task is open")
	}
	before := h.digest()
	from := first.In(l.program.Book.Zone).AddDate(0, 0, l.days)
	simulated, err := rehearse.Simulate(context.Background(), &rehearse.Simulation{World: h.world(), Program: l.program, State: l.snapshot(), From: from,
		To: from.AddDate(0, 0, 24), Every: 24 * time.Hour, Tasks: rehearse.Diligent})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, h.digest()); diff != "" {
		t.Fatalf("the simulation wrote (-before +after):\n%s", diff)
	}
	mustBeAlike(t, l.run(25, h.finishInCSV), simulated)
}

// finishInCSV does the tasks that are due as a person does who edits the desk's file.
func (h *house) finishInCSV(now time.Time) {
	h.Helper()
	path := filepath.Join(h.dir, "crm", "task.csv")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		h.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	names := strings.Split(lines[0], ",")
	column := func(name string) int {
		for i, n := range names {
			if n == name {
				return i
			}
		}
		h.Fatalf("task.csv has no column %s: %s", name, lines[0])
		return -1
	}
	for i := range lines[1:] {
		cells := strings.Split(lines[i+1], ",")
		due, err := time.Parse(time.RFC3339, cells[column("due")])
		if err != nil {
			h.Fatal(err)
		}
		if cells[column("status")] == "open" && !due.After(now) {
			cells[column("status")], cells[column("outcome")], cells[column("done_at")] = "done", "yes please", due.Format(time.RFC3339)
			lines[i+1] = strings.Join(cells, ",")
		}
	}
	var b bytes.Buffer
	b.WriteString(strings.Join(lines, "\n") + "\n")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		h.Fatal(err)
	}
}

// TestSimulate_endsEarly holds that an interrupted simulation tells what is known so far.
func TestSimulate_endsEarly(t *testing.T) {
	h := newShop(t)
	ctx, cancel := context.WithCancel(context.Background())
	report, err := rehearse.Simulate(ctx, &rehearse.Simulation{World: h.world(), Program: h.program(), From: first, To: first.AddDate(1, 0, 0), Every: time.Hour,
		Progress: func(done, _ int) {
			if done == 5 {
				cancel()
			}
		}})
	if err == nil || !report.Interrupted || report.Runs != 5 {
		t.Fatalf("%v: interrupted %t after %d runs", err, report.Interrupted, report.Runs)
	}
}

// BenchmarkSimulate_quickstart is 90 days of the quickstart: less than 20 s on two cores.
func BenchmarkSimulate_quickstart(b *testing.B) {
	w := &flow.World{Dir: "../../examples/quickstart", Clock: time.Now, Getenv: func(string) string { return "" }, Drivers: all.Drivers()}
	for b.Loop() {
		p, problems, err := flow.Validate(w, flow.Inputs{})
		if err != nil || problems.Errors() > 0 {
			b.Fatal(err, problems)
		}
		from := time.Date(2026, 9, 1, 13, 0, 0, 0, time.UTC)
		report, err := rehearse.Simulate(context.Background(), &rehearse.Simulation{World: w, Program: p, From: from, To: from.AddDate(0, 0, 90), Every: 24 * time.Hour, Tasks: rehearse.Diligent})
		if err != nil || report.Runs != 90 {
			b.Fatal(report.Runs, err)
		}
	}
}
