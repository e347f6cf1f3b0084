package rehearse_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
	first   time.Time
	days    int // so far
}

func (h *house) live() *life {
	h.Helper()
	session, err := statememory.New().Lock(context.Background(), state.Holder{Who: "live"})
	if err == nil {
		err = session.Create(context.Background(), state.Meta{Version: state.Version, Lineage: "live", Salt: "rehearsal", Playbook: "shop"})
	}
	if err != nil {
		h.Fatal(err)
	}
	return &life{house: h, session: session, program: h.program(), first: first}
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
		w.At = l.first.In(l.program.Book.Zone).AddDate(0, 0, l.days)
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
func mustBeAlike(t testing.TB, live, simulated *rehearse.Report) {
	t.Helper()
	if diff := gocmp.Diff(live, simulated, cmpopts.IgnoreUnexported(rehearse.Report{}, rehearse.RoleCount{})); diff != "" {
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
	if diff := gocmp.Diff(before, h.digest()); diff != "" {
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
	if diff := gocmp.Diff(before, h.digest()); diff != "" {
		t.Fatalf("the simulation wrote (-before +after):\n%s", diff)
	}
	mustBeAlike(t, l.run(25, h.finishInCSV), simulated)
}

// finishInCSV does the tasks that are due as a person does who edits the desks' files.
func (h *house) finishInCSV(now time.Time) {
	h.Helper()
	files, err := filepath.Glob(filepath.Join(h.dir, "*", "task.csv"))
	if err != nil {
		h.Fatal(err)
	}
	for _, path := range files {
		h.finishIn(path, now)
	}
}

func (h *house) finishIn(path string, now time.Time) {
	h.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		h.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		h.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, row := range rows[1:] {
		due, err := time.Parse(time.RFC3339, row[at["due"]])
		if err != nil {
			if due, err = time.Parse(time.RFC3339, row[at["created_at"]]); err != nil {
				h.Fatal(err)
			}
			due = due.Add(24 * time.Hour)
		}
		if row[at["status"]] == "open" && !due.After(now) {
			outcome, _, _ := strings.Cut(row[at["outcomes"]], " | ")
			row[at["status"]], row[at["outcome"]], row[at["done_at"]] = "done", cmp.Or(outcome, "done"), due.Format(time.RFC3339)
		}
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		h.Fatal(err)
	}
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

// quickstart copies the quickstart into a folder of its own.
func quickstart(b testing.TB) *house {
	b.Helper()
	h := &house{TB: b, dir: b.TempDir()}
	if err := os.CopyFS(h.dir, os.DirFS("../../examples/quickstart")); err != nil {
		b.Fatal(err)
	}
	return h
}

// autumn is the simulation of the quickstart that is measured: 90 days.
func (h *house) autumn() *rehearse.Report {
	h.Helper()
	from := time.Date(2026, 9, 1, 13, 0, 0, 0, time.UTC)
	report, err := rehearse.Simulate(context.Background(), &rehearse.Simulation{World: h.world(), Program: h.program(), From: from, To: from.AddDate(0, 0, 90), Every: 24 * time.Hour, Tasks: rehearse.Diligent})
	if err != nil || report.Runs != 90 {
		h.Fatal(report.Runs, err)
	}
	return report
}

// BenchmarkSimulate_quickstart is 90 days of the quickstart: less than 20 s on two cores.
func BenchmarkSimulate_quickstart(b *testing.B) {
	h := quickstart(b)
	for b.Loop() {
		h.autumn()
	}
}

// compared has the comparison below be made once, however often a benchmark is run.
var compared sync.Once

// BenchmarkSimulate_quickstartEqualsRealRuns holds 90 days of the quickstart against 90 real runs: a test that takes minutes.
func BenchmarkSimulate_quickstartEqualsRealRuns(b *testing.B) {
	compared.Do(func() {
		h := quickstart(b)
		simulated := h.autumn()
		l := h.live()
		l.first = time.Date(2026, 9, 1, 13, 0, 0, 0, time.UTC)
		mustBeAlike(b, l.run(90, h.finishInCSV), simulated)
	})
}
