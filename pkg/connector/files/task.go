package files

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// taskKind is the one kind of task, and tasksFile is where they stand.
const (
	taskKind  = "task"
	tasksFile = "task.csv"
)

// The columns of the file of tasks: those that people read first, and what only playctl and the curious look for last. Between them, before
// done_at, stand the answers and the rest of the payload.
const (
	statusColumn   = "status"
	outcomeColumn  = "outcome"
	outcomesColumn = "outcomes"
	asksColumn     = "asks"
	doneColumn     = "done_at"
	touchedColumn  = "touched_at"
)

var (
	firstColumns = []string{"id", statusColumn, outcomeColumn, outcomesColumn, connector.TaskTitle, connector.TaskAssignee, connector.TaskRole,
		connector.TaskDue, "record", asksColumn}
	lastColumns = []string{doneColumn, touchedColumn, "play", "step", "record_id", "created_at", "key"}
)

// answerPrefix begins the columns of answers; payloadPrefix those of payload fields whose own names are taken.
const (
	answerPrefix  = "answer."
	payloadPrefix = "payload."
)

// listSeparator stands between the names in the columns outcomes and asks.
const listSeparator = " | "

// tasksPath gives the file of a kind of task inside the folder.
func tasksPath(kind string) (string, error) {
	if kind != taskKind {
		return "", fmt.Errorf("finding tasks: files has the kind %q only, not %q", taskKind, kind)
	}
	return tasksFile, nil
}

// idAlphabet writes five bits a character.
var idAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// taskID gives the id, and receipt, of the task that an effect's key has. It is made from the key, so that a key that comes again finds
// its task whatever became of the other columns, and so that no id is ever used again. It begins with a letter and a hyphen: a
// spreadsheet program takes it for text.
func taskID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "t-" + idAlphabet.EncodeToString(sum[:8])[:12]
}

// give appends a row for each item whose key has no task yet.
func (d *desk) give(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.object(root, rel)
	if err != nil {
		return nil, err
	}
	c := newTaskChange(t, len(items))
	created := connector.Text(d.now().Truncate(time.Second))
	outcomes := eachItem(items, rejectTask, func(item connector.Item) bool { return c.giveOne(item, created) })
	if err := d.commit(root, rel, c); err != nil {
		return nil, err
	}
	for i, item := range items {
		if outcomes[i].Status != connector.Rejected {
			outcomes[i].Receipt = taskID(item.Key)
		}
	}
	return outcomes, nil
}

// newTaskChange is newChange for the file of tasks: a new file gets all columns, in their order, and new columns go before done_at.
func newTaskChange(t *table, items int) *change {
	c := newChange(t, items)
	if t.columns == nil {
		c.columns = slices.Concat(firstColumns, lastColumns)
		c.base, c.before = len(c.columns), len(firstColumns)
		return c
	}
	if i := slices.Index(t.columns, doneColumn); i >= 0 {
		c.before = i
	}
	return c
}

// giveOne makes one task and reports whether it does.
func (c *change) giveOne(item connector.Item, created string) bool {
	id := taskID(item.Key)
	if _, known := c.records[id]; known || c.table.has(id) {
		return false
	}
	cells := taskCells(item, created)
	var answers, payload []string
	for _, ask := range names(item.Fields[connector.TaskAsks]) {
		answers = append(answers, answerPrefix+ask)
	}
	for _, column := range slices.Sorted(maps.Keys(cells)) {
		if !slices.Contains(firstColumns, column) && !slices.Contains(lastColumns, column) {
			payload = append(payload, column)
		}
	}
	for _, column := range slices.Concat(firstColumns, answers, payload, lastColumns) {
		if forPeople(column) || connector.Text(cells[column]) != "" {
			c.column(column)
		}
	}
	return c.join(connector.Item{ID: id, Fields: cells})
}

// forPeople reports whether a column is for people to fill, so that the file must have it before there is anything in it.
func forPeople(column string) bool {
	return column == outcomeColumn || column == doneColumn || strings.HasPrefix(column, answerPrefix)
}

// taskCells gives the cells of a new task by their columns.
func taskCells(item connector.Item, created string) map[string]any {
	cells := map[string]any{
		statusColumn: string(connector.TaskOpen),
		"record":     item.Source.Record, "play": item.Source.Play, "step": item.Source.Step,
		"record_id": strings.TrimSpace(item.ID), "created_at": created, "key": item.Key,
	}
	for field, value := range item.Fields {
		switch field {
		case connector.TaskAsks, connector.TaskOutcomes:
			cells[field] = strings.Join(names(value), listSeparator)
		case connector.TaskTitle, connector.TaskAssignee, connector.TaskRole, connector.TaskDue:
			cells[field] = value
		default:
			cells[payloadColumn(field)] = value
		}
	}
	return cells
}

// payloadColumn gives the column of a payload field: its own name, unless that has another meaning here.
func payloadColumn(field string) string {
	own := func(column string) bool { return strings.EqualFold(column, field) }
	if slices.ContainsFunc(firstColumns, own) || slices.ContainsFunc(lastColumns, own) ||
		strings.HasPrefix(field, answerPrefix) || strings.HasPrefix(field, payloadPrefix) {
		return payloadPrefix + field
	}
	return field
}

// names gives a payload's list of names as text. A single name is a list of one.
func names(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		list := make([]string, len(v))
		for i, name := range v {
			list[i] = connector.Text(name)
		}
		return list
	}
	return []string{connector.Text(value)}
}

// rejectTask says why an item can't become a task; "" if it can.
func rejectTask(item connector.Item) string {
	if reason := rejectSend(item); reason != "" {
		return reason
	}
	for _, text := range []string{item.ID, item.Source.Record, item.Source.Play, item.Source.Step} {
		if notText(text) {
			return "its record or its source is not UTF-8 text"
		}
	}
	for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
		if reason := rejectField(field, item.Fields[field]); reason != "" {
			return reason
		}
	}
	for _, ask := range names(item.Fields[connector.TaskAsks]) {
		if reason := rejectField(ask, nil); reason != "" {
			return reason
		}
	}
	return ""
}

// cancel closes those tasks that are still open.
func (d *desk) cancel(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.object(root, rel)
	if err != nil {
		return nil, err
	}
	c := newTaskChange(t, len(items))
	outcomes := eachItem(items, func(item connector.Item) string { return rejectID(item.ID) }, c.cancelOne)
	return outcomes, d.commit(root, rel, c)
}

// cancelOne closes one task and reports whether it was open.
func (c *change) cancelOne(item connector.Item) bool {
	key := normalize(item.ID)
	if _, known := c.records[key]; known {
		return false
	}
	r := c.standing(item.ID, key)
	if len(r.rows) == 0 || c.table.taskStatus(key) != connector.TaskOpen {
		return false
	}
	c.put(r, statusColumn, string(connector.TaskCancelled))
	c.keep(key, r)
	return true
}
