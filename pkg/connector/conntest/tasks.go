package conntest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

var taskClaims = []claim{
	{"a task arrives with its key, source and payload", []Power{Writes}, (*bench).gives},
	{"a task that was made is open, and its receipt is its own", []Power{Writes, ReadTasks}, (*bench).opens},
	{"a key that has a task gets no other", []Power{Writes}, (*bench).givesOnce},
	{"a key that comes twice in a batch gets one task", []Power{Writes}, (*bench).givesRepeats},
	{"a bad task is rejected and the others are made", []Power{Writes}, (*bench).givesAllButOne},
	{"look-up finds exactly the tasks that were made", []Power{Writes, Looks}, (*bench).looksUpTasks},
	{"tasks are read: none, one, many", []Power{Writes, ReadTasks}, (*bench).readsTasks},
	{"an unknown kind of task is refused", []Power{Writes}, (*bench).refusesTaskKind},
	{"awkward tasks arrive", []Power{Writes}, (*bench).givesAwkward},
}

// tasks is the target of tasks and cancellations.
func (b *bench) tasks() connector.Collection { return connector.Collection{Kind: b.Task} }

// givesTasks reports whether the connector can give people tasks.
func (b *bench) givesTasks() bool { return len(b.Connector.Describe().Tasks) > 0 }

func (b *bench) needTasks() {
	b.Helper()
	if !b.givesTasks() {
		b.Skip("the connector gives no tasks")
	}
}

// taskRetry gives the retry class of the task.
func (b *bench) taskRetry() connector.Retry {
	kind, _ := b.Connector.Describe().Task(b.Task)
	return kind.Retry
}

// outcomesOfTasks are what every task of the suite may end as.
var outcomesOfTasks = []any{"meeting booked", "not now", "wrong person, gone", `said "no"`}

// tasking gives the nth task: its key, its source and its payload all differ.
func (b *bench) tasking(n int) connector.Item {
	return connector.Item{
		ID:  b.ID(n),
		Key: fmt.Sprintf("task-%04d", n),
		Fields: map[string]any{
			connector.TaskTitle:    fmt.Sprintf("Call number %d", n),
			connector.TaskAssignee: fmt.Sprintf("rep-%d@acme.example", n%3),
			connector.TaskRole:     "inside-sales",
			connector.TaskDue:      time.Date(2026, 3, 5, 9, n%60, 0, 0, time.UTC),
			connector.TaskAsks:     []any{"next_step", "budget"},
			connector.TaskOutcomes: outcomesOfTasks,
			"notes":                fmt.Sprintf("number %d", n),
			"score":                int64(n),
		},
		Source: connector.Source{Play: "renewals", Step: "call", Record: fmt.Sprintf("account/%d", n)},
	}
}

func (b *bench) taskings(from, to int) []connector.Item {
	var list []connector.Item
	for n := from; n < to; n++ {
		list = append(list, b.tasking(n))
	}
	return list
}

func (b *bench) give(list ...connector.Item) []connector.Outcome {
	b.Helper()
	return b.write(connector.Task, b.tasks(), list)
}

func receipts(outcomes []connector.Outcome) []string {
	list := make([]string, len(outcomes))
	for i, o := range outcomes {
		list[i] = o.Receipt
	}
	return list
}

// reports reads tasks through the connector.
func (b *bench) reports(receipts ...string) map[string]connector.TaskReport {
	b.Helper()
	reports, err := b.Connector.(connector.TaskReader).Tasks(b.ctx, b.Task, receipts)
	if err != nil {
		b.Fatalf("reading tasks: %v", err)
	}
	return reports
}

// report reads one task; its status is empty if the system does not know it.
func (b *bench) report(receipt string) (connector.TaskReport, connector.TaskStatus) {
	b.Helper()
	r := b.reports(receipt)[receipt]
	return r, r.Status
}

// wantGiven compares the tasks that there are, in order. Of the payload, the fields that the harness tells are compared.
func (b *bench) wantGiven(want ...connector.Item) {
	b.Helper()
	if b.Tasks == nil {
		return
	}
	got := b.Tasks(b.Task)
	if len(got) != len(want) {
		b.Fatalf("there are %d tasks, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		for field := range w.Fields {
			if told, ok := g.Fields[field]; ok && connector.Text(told) != connector.Text(w.Fields[field]) {
				b.Errorf("%q of task %d is %q, want %q", field, i, connector.Text(told), connector.Text(w.Fields[field]))
			}
		}
		g.Fields = nil
		b.wantOneSent(g, w)
	}
}

func (b *bench) gives() {
	b.needTasks()
	b.wantAll(b.give(b.taskings(0, 3)...), connector.Done)
	b.wantAll(b.give(b.taskings(3, 5)...), connector.Done)
	b.wantGiven(b.taskings(0, 5)...)
}

func (b *bench) opens() {
	b.needTasks()
	list := receipts(b.give(b.taskings(0, 3)...))
	if slices.Contains(list, "") || len(slices.Compact(slices.Sorted(slices.Values(list)))) != 3 {
		b.Fatalf("the receipts are %q", list)
	}
	for _, r := range list {
		report, status := b.report(r)
		if status != connector.TaskOpen || report.Outcome != "" || len(report.Answers) != 0 || !report.DoneAt.IsZero() || !report.TouchedAt.IsZero() {
			b.Errorf("a new task is %+v", report)
		}
	}
}

func (b *bench) givesOnce() {
	b.needTasks()
	if b.taskRetry() != connector.ByKey && b.taskRetry() != connector.Safe {
		b.Skip("the system does not drop repeats")
	}
	first := b.give(b.taskings(0, 3)...)
	other := b.tasking(2)
	other.Fields = map[string]any{connector.TaskTitle: "Another title"}
	again := b.give(b.tasking(1), other, b.tasking(3))
	b.want(again, connector.Already, connector.Already, connector.Done)
	for i := range 2 {
		if again[i].Receipt != first[i+1].Receipt {
			b.Errorf("the receipt of a repeat is %q, of the first %q", again[i].Receipt, first[i+1].Receipt)
		}
	}
	b.wantGiven(b.taskings(0, 4)...)
}

func (b *bench) givesRepeats() {
	b.needTasks()
	if b.taskRetry() != connector.ByKey && b.taskRetry() != connector.Safe {
		b.Skip("the system does not drop repeats")
	}
	b.want(b.give(b.tasking(0), b.tasking(1), b.tasking(0)), connector.Done, connector.Done, connector.Already)
	b.wantGiven(b.taskings(0, 2)...)
}

func (b *bench) givesAllButOne() {
	b.needTasks()
	bad := b.tasking(1)
	bad.Key = ""
	b.want(b.give(b.tasking(0), bad, b.tasking(2)), connector.Done, connector.Rejected, connector.Done)
	b.wantGiven(b.tasking(0), b.tasking(2))
}

func (b *bench) looksUpTasks() {
	b.needTasks()
	if b.taskRetry() == connector.Never {
		b.Skip("a person is asked")
	}
	outcomes := b.give(b.taskings(0, 3)...)
	found, err := b.Connector.(connector.Looker).Lookup(b.ctx, b.Task, []string{"task-0000", "task-0002", "task-0007", ""})
	if err != nil {
		b.Fatal(err)
	}
	if len(found) != 2 || found["task-0000"] != outcomes[0].Receipt || found["task-0002"] != outcomes[2].Receipt {
		b.Errorf("found %v, and the receipts are %q", found, receipts(outcomes))
	}
}

func (b *bench) readsTasks() {
	b.needTasks()
	all := receipts(b.give(b.taskings(0, 1001)...))
	for _, n := range []int{0, 1, 2, 1000, 1001} {
		if got := b.reports(all[:n]...); len(got) != n {
			b.Errorf("asked for %d tasks, %d are reported", n, len(got))
		}
	}
	if got := b.reports("nothing", all[7], all[7]); len(got) != 1 || got[all[7]].Status != connector.TaskOpen {
		b.Errorf("asked for an unknown task, and another twice: %v", got)
	}
}

func (b *bench) refusesTaskKind() {
	b.needTasks()
	unknown := connector.Collection{Kind: "no such kind"}
	for _, v := range []connector.Verb{connector.Task, connector.Cancel} {
		if _, err := b.try(v, unknown, b.taskings(0, 1)); !errors.As(err, new(*connector.NotBegunError)) {
			b.Errorf("%s gives %v", v, err)
		}
	}
	if !b.has(ReadTasks) {
		return
	}
	if _, err := b.Connector.(connector.TaskReader).Tasks(b.ctx, unknown.Kind, []string{"r"}); err == nil {
		b.Error("its tasks are read")
	}
}

func (b *bench) givesAwkward() {
	b.needTasks()
	var list []connector.Item
	for i, text := range AwkwardIDs() {
		item := b.tasking(i)
		item.Fields = map[string]any{connector.TaskTitle: text, connector.TaskOutcomes: []any{text, "other"}, "notes": []any{text, map[string]any{"deep": text}}}
		list = append(list, item)
	}
	b.wantAll(b.give(list...), connector.Done)
	b.wantGiven(list...)
}
