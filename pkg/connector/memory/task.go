package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// task is something that a person was given to do.
type task struct {
	item   connector.Item
	report connector.TaskReport
	gone   bool // deleted
}

// give makes a task. The key is what it is known by, so it must have one.
func (m *System) give(kind string, item connector.Item) connector.Outcome {
	if item.Key == "" {
		return rejected("the key is empty")
	}
	k, _ := m.Describe().Task(kind)
	if again, ok := m.again(event{connector.Task, kind, item.Key}, k, len(m.tasks[kind])); ok {
		return again
	}
	m.tasks[kind] = append(m.tasks[kind], &task{item: item, report: connector.TaskReport{Status: connector.TaskOpen}})
	return connector.Outcome{Status: connector.Done, Receipt: receipt(connector.Task, kind, len(m.tasks[kind])-1)}
}

// cancel takes a task back.
func (m *System) cancel(kind, of string) connector.Outcome {
	for i, t := range m.tasks[kind] {
		if receipt(connector.Task, kind, i) == of && t.open() {
			t.report.Status = connector.TaskCancelled
			return connector.Outcome{Status: connector.Done}
		}
	}
	return connector.Outcome{Status: connector.Already}
}

func (t *task) open() bool { return !t.gone && t.report.Status == connector.TaskOpen }

// Tasks gives a report for each receipt of a task that was not deleted.
func (m *System) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, ok := m.Describe().Task(kind); !ok {
		return nil, fmt.Errorf("reading tasks: there is no kind %q", kind)
	}
	held := make(map[string]*task, len(m.tasks[kind]))
	for i, t := range m.tasks[kind] {
		held[receipt(connector.Task, kind, i)] = t
	}
	reports := map[string]connector.TaskReport{}
	for _, r := range receipts {
		if t := held[r]; t != nil && !t.gone {
			reports[r] = t.copied()
		}
	}
	return reports, nil
}

// copied gives the task's report as one that the caller owns.
func (t *task) copied() connector.TaskReport {
	r := t.report
	r.Answers = maps.Clone(r.Answers)
	return r
}

// CompleteTask does what a person does who finishes a task, known by its receipt or by its effect's key. It is an error if there is no
// such task, or if it is not open.
func (m *System) CompleteTask(keyOrReceipt, outcome string, answers map[string]string, at time.Time) error {
	return m.work("completing", keyOrReceipt, func(t *task) {
		t.report.Status, t.report.Outcome, t.report.Answers, t.report.DoneAt = connector.TaskDone, outcome, maps.Clone(answers), at
	})
}

// CancelTask does what a person does who closes a task without doing it. It is an error if there is no such task, or if it is not open.
func (m *System) CancelTask(keyOrReceipt string) error {
	return m.work("cancelling", keyOrReceipt, func(t *task) { t.report.Status = connector.TaskCancelled })
}

// DeleteTask does what a person does who throws a task away: the system knows it no more. It is an error if there is no such task, or
// if it is not open.
func (m *System) DeleteTask(keyOrReceipt string) error {
	return m.work("deleting", keyOrReceipt, func(t *task) { t.gone = true })
}

// TouchTask does what a person does who begins a task. Only the first touch counts. It is an error if there is no such task, or if it
// is not open.
func (m *System) TouchTask(keyOrReceipt string, at time.Time) error {
	return m.work("touching", keyOrReceipt, func(t *task) {
		if t.report.TouchedAt.IsZero() {
			t.report.TouchedAt = at
		}
	})
}

// work changes the open task that has a receipt or a key.
func (m *System) work(what, keyOrReceipt string, change func(*task)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := false
	for _, kind := range slices.Sorted(maps.Keys(m.tasks)) {
		for i, t := range m.tasks[kind] {
			if t.gone || t.item.Key != keyOrReceipt && receipt(connector.Task, kind, i) != keyOrReceipt {
				continue
			}
			if known = true; t.open() {
				change(t)
				return nil
			}
		}
	}
	if known {
		return fmt.Errorf("%s task %q: it is not open", what, keyOrReceipt)
	}
	return fmt.Errorf("%s task %q: there is no such task", what, keyOrReceipt)
}
