package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// statusWords are what people write into the column status to close a task, in small letters. Every other word leaves it open.
var statusWords = map[string]connector.TaskStatus{
	"done": connector.TaskDone, "closed": connector.TaskDone, "complete": connector.TaskDone, "completed": connector.TaskDone,
	"finished": connector.TaskDone, "x": connector.TaskDone,
	"cancelled": connector.TaskCancelled, "canceled": connector.TaskCancelled,
}

// Tasks gives a report for each receipt that has a row. A file that is gone as a whole is an error: it would mean that every task was
// deleted.
func (d *desk) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	rel, err := tasksPath(kind)
	if err != nil {
		return nil, err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if len(receipts) == 0 {
		return map[string]connector.TaskReport{}, nil
	}
	root, err := d.folder.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	t, changed, err := d.tasksKept(root, rel)
	if err != nil {
		return nil, err
	}
	reports := make(map[string]connector.TaskReport, len(receipts))
	for _, receipt := range receipts {
		if rows := t.find(normalize(receipt)); rows != nil {
			reports[receipt] = t.report(rows, earlier(changed, d.now()), d.now())
		}
	}
	return reports, nil
}

// tasksKept gives the file of tasks, which must be there, and when it last changed.
func (d *desk) tasksKept(root *os.Root, rel string) (t *table, changed time.Time, err error) {
	info, err := stat(root, rel)
	if err == nil {
		changed = info.ModTime()
		t, err = d.object(root, rel)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && t.columns == nil:
		return nil, changed, fmt.Errorf("reading %s: the file is gone or empty: "+
			"put it back, or give it the header line id,status if every task in it was to be cancelled", d.folder.show(rel))
	case info == nil:
		return nil, changed, d.unreadable(rel, err)
	}
	return t, changed, err
}

// lookupTasks adds the receipts of those keys that have a task.
func (d *desk) lookupTasks(root *os.Root, keys []string, receipts map[string]string) error {
	t, err := d.object(root, tasksFile)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if id := taskID(key); t.has(id) {
			receipts[key] = id
		}
	}
	return nil
}

// taskStatus gives how far the task with an id has come, which must stand in the table.
func (t *table) taskStatus(id string) connector.TaskStatus {
	return t.taskRow(t.find(id)).status()
}

// taskRow gives the row that counts for a task: of several, the first that was closed.
func (t *table) taskRow(rows []int) taskRow {
	r := taskRow{t.columns, t.cells(rows[0])}
	for _, row := range rows[1:] {
		if r.status() == connector.TaskOpen {
			r.cells = t.cells(row)
		}
	}
	return r
}

// taskRow is one row of the file of tasks.
type taskRow struct{ columns, cells []string }

// get gives the cell of a column; empty if there is no such column.
func (r taskRow) get(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// word gives a cell as a word to compare: trimmed and in small letters.
func (r taskRow) word(column string) string { return strings.ToLower(strings.TrimSpace(r.get(column))) }

func (r taskRow) status() connector.TaskStatus {
	if s, ok := statusWords[r.word(statusColumn)]; ok {
		return s
	}
	return connector.TaskOpen
}

// report tells of a task that stands in some rows. changed is when the file last changed.
func (t *table) report(rows []int, changed, now time.Time) connector.TaskReport {
	r := t.taskRow(rows)
	report := connector.TaskReport{Status: r.status(), Outcome: r.outcome(), Answers: r.answers(), TouchedAt: readTime(r.get(touchedColumn), now)}
	if report.Status == connector.TaskDone {
		report.DoneAt = readTime(r.get(doneColumn), now)
	}
	if report.Status == connector.TaskOpen && report.TouchedAt.IsZero() && r.begun() {
		report.TouchedAt = changed
	}
	return report
}

// begun reports whether somebody wrote another word than open into the status of an open task.
func (r taskRow) begun() bool {
	word := r.word(statusColumn)
	return word != "" && word != string(connector.TaskOpen)
}

// outcome gives the outcome in the spelling of the list of outcomes, or as it stands if it is not on it.
func (r taskRow) outcome() string {
	outcome := strings.TrimSpace(r.get(outcomeColumn))
	for _, allowed := range strings.Split(r.get(outcomesColumn), listSeparator) {
		if strings.EqualFold(strings.TrimSpace(allowed), outcome) {
			return strings.TrimSpace(allowed)
		}
	}
	return outcome
}

func (r taskRow) answers() map[string]string {
	answers := map[string]string{}
	for i, column := range r.columns {
		name, ok := strings.CutPrefix(column, answerPrefix)
		if ok && strings.TrimSpace(r.cells[i]) != "" {
			answers[name] = r.cells[i]
		}
	}
	return answers
}

// timeLayouts are how people write a time, beside RFC 3339.
var timeLayouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04"}

// readTime gives a time that a person wrote; zero if there is none or it can't be read. Without a zone it is in the clock's. A date alone
// is the end of that day. Nothing is later than now.
func readTime(text string, now time.Time) time.Time {
	text = strings.TrimSpace(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return earlier(at, now)
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return earlier(day.AddDate(0, 0, 1).Add(-time.Second), now)
	}
	for _, layout := range timeLayouts {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return earlier(at, now)
		}
	}
	return time.Time{}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
