package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
)

func checkTask(kind string) error {
	if kind != taskKind {
		return fmt.Errorf("there is no kind %q of tasks", kind)
	}
	return nil
}

// giving gives how tasks are made.
func (d *desk) giving(kind string) (*writing, error) {
	return &writing{prepare: d.ensure, reject: rejectTask, do: d.give}, checkTask(kind)
}

// rejectTask says why an item can't become a task.
func rejectTask(item connector.Item) string {
	if reason := rejectSend(item); reason != "" {
		return reason
	}
	for _, field := range []string{connector.TaskTitle, connector.TaskAssignee, connector.TaskRole} {
		if reason := notText(connector.Text(item.Fields[field])); reason != "" {
			return fmt.Sprintf("field %q: %s", field, reason)
		}
	}
	return ""
}

// give inserts a row for each key that has no task yet, in order.
func (d *desk) give(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error {
	field := func(name string) []string {
		return column(items, func(i connector.Item) string { return connector.Text(i.Fields[name]) })
	}
	due := make([]*time.Time, len(items))
	for i, item := range items {
		due[i] = timeOf(item.Fields[connector.TaskDue])
	}
	made, err := numbers(ctx, tx, "INSERT INTO "+d.table(tasksTable)+` (kind, created_at, key, title, assignee, role, due, asks, outcomes, payload, play, step, record, record_id)
SELECT $1, $2, key, title, assignee, role, due, asks::jsonb, outcomes::jsonb, payload::jsonb, play, step, record, id
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
WITH ORDINALITY AS g (key, title, assignee, role, due, asks, outcomes, payload, play, step, record, id, n) ORDER BY n ON CONFLICT (kind, key) DO NOTHING RETURNING key, id`,
		taskKind, d.now(), column(items, keyOf), field(connector.TaskTitle), field(connector.TaskAssignee), field(connector.TaskRole), due,
		column(items, listOf(connector.TaskAsks)), column(items, listOf(connector.TaskOutcomes)), column(items, restOf), column(items, playOf), column(items, stepOf),
		column(items, recordOf), column(items, idOf))
	if err != nil {
		return err
	}
	return receipts(ctx, tx, made, "SELECT key, id FROM "+d.table(tasksTable)+" WHERE kind = $1 AND key = ANY($2)", taskKind, items, outcomes)
}

// listOf gives a field of the payload that is a list of names, as JSON.
func listOf(field string) func(connector.Item) string {
	return func(item connector.Item) string {
		list := []string{}
		switch v := item.Fields[field].(type) {
		case nil:
		case []any:
			for _, name := range v {
				list = append(list, connector.Text(name))
			}
		default:
			list = append(list, connector.Text(v))
		}
		text, _ := json.Marshal(list) // of texts: can't fail
		return string(text)
	}
}

// restOf gives the payload without what has columns of its own, as JSON.
func restOf(item connector.Item) string {
	rest := map[string]any{}
	for field, value := range item.Fields {
		switch field {
		case connector.TaskTitle, connector.TaskAssignee, connector.TaskRole, connector.TaskDue, connector.TaskAsks, connector.TaskOutcomes:
		default:
			rest[field] = value
		}
	}
	return payloadOf(connector.Item{Fields: rest})
}

// statusWords are what people write into the column status to close a task. Every other word leaves it open.
var statusWords = map[string]connector.TaskStatus{
	"done": connector.TaskDone, "closed": connector.TaskDone, "complete": connector.TaskDone, "completed": connector.TaskDone,
	"finished": connector.TaskDone, "x": connector.TaskDone,
	"cancelled": connector.TaskCancelled, "canceled": connector.TaskCancelled,
}

// wordOf is the SQL for the word in the column status.
const wordOf = "lower(btrim(status))"

// cancelling gives how tasks are taken back: those that are still open.
func (d *desk) cancelling(kind string) (*writing, error) {
	var closed []string
	for word := range statusWords {
		closed = append(closed, word)
	}
	return &writing{prepare: d.ensure, reject: rejectID, do: func(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error {
		done, err := collect(ctx, tx, "UPDATE "+d.table(tasksTable)+" SET status = 'cancelled' WHERE kind = $1 AND id = ANY($2) AND "+wordOf+" <> ALL($3) RETURNING id::text",
			kind, ids(column(items, idOf)), closed)
		claimed(items, idOf, done, outcomes)
		return err
	}}, checkTask(kind)
}

// ids gives the numbers of those receipts that are such.
func ids(receipts []string) []int64 {
	list := make([]int64, 0, len(receipts))
	for _, r := range receipts {
		if n, err := strconv.ParseInt(r, 10, 64); err == nil && strconv.FormatInt(n, 10) == r {
			list = append(list, n)
		}
	}
	return list
}

// Tasks gives a report for each receipt that has a row. A table that is gone as a whole is an error: it would mean that every task was
// deleted.
func (d *desk) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	if err := checkTask(kind); err != nil {
		return nil, fmt.Errorf("reading tasks: %w", err)
	}
	reports := map[string]connector.TaskReport{}
	if len(receipts) == 0 {
		return reports, ctx.Err()
	}
	err := d.pool.with(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT id::text, "+wordOf+", coalesce(outcome, ''), coalesce(outcomes, '[]'), answers, done_at, touched_at FROM "+d.table(tasksTable)+
			" WHERE kind = $1 AND id = ANY($2)", kind, ids(receipts))
		if err != nil {
			return err
		}
		for rows.Next() {
			var r row
			if err := rows.Scan(&r.id, &r.status, &r.outcome, &r.outcomes, &r.answers, &r.done, &r.touched); err != nil {
				rows.Close()
				return err
			}
			reports[r.id] = r.report()
		}
		return rows.Err()
	})
	if pg.IsNone(err) {
		err = fmt.Errorf("%w; the table of tasks is gone: put it back, or make it empty if every task in it was to be cancelled", err)
	}
	if err != nil {
		return nil, d.pool.explain(ctx, "reading tasks from", err)
	}
	return reports, nil
}

// row is a row of the table of tasks.
type row struct {
	id, status, outcome string
	outcomes            []string
	answers             map[string]any
	done, touched       *time.Time
}

// report tells how far the task has come.
func (r *row) report() connector.TaskReport {
	report := connector.TaskReport{Status: connector.TaskOpen, Outcome: strings.TrimSpace(r.outcome)}
	if status, closed := statusWords[r.status]; closed {
		report.Status = status
	}
	for _, outcome := range r.outcomes {
		if strings.EqualFold(strings.TrimSpace(outcome), report.Outcome) {
			report.Outcome = outcome
			break
		}
	}
	for name, value := range r.answers {
		if text := connector.Text(value); text != "" {
			if report.Answers == nil {
				report.Answers = map[string]string{}
			}
			report.Answers[name] = text
		}
	}
	if report.Status == connector.TaskDone && r.done != nil {
		report.DoneAt = r.done.UTC()
	}
	if r.touched != nil {
		report.TouchedAt = r.touched.UTC()
	}
	return report
}
