package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// objectPath gives the file of an object inside the folder.
func objectPath(object string) (string, error) {
	if strings.EqualFold(object, taskKind) {
		return "", fmt.Errorf("finding object %q: the file %s holds what people were given to do; fields need another object", object, tasksFile)
	}
	return filePath("", object, ".csv")
}

// Fields gives the values of fields of those ids that have a row. An empty cell is no value. The result is by the ids as asked for.
func (d *desk) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	rel, err := objectPath(object)
	if err != nil {
		return nil, err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	root, err := d.folder.open()
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	t, err := d.object(root, rel)
	if err != nil {
		return nil, err
	}
	return t.fields(ids, fields), nil
}

// object gives what an object's file holds: nothing if there is no file.
func (d *desk) object(root *os.Root, rel string) (*table, error) {
	t, err := d.load(root, rel)
	if errors.Is(err, fs.ErrNotExist) {
		return &table{newline: "\n"}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := d.distinct(rel, t); err != nil {
		return nil, err
	}
	return t, nil
}

func (d *desk) distinct(rel string, t *table) error {
	if err := distinct(t.columns); err != nil {
		return fmt.Errorf("reading %s: %w", d.folder.show(rel), err)
	}
	return nil
}

// distinct makes sure that no two columns have one name: which one holds a field could not be told.
func distinct(columns []string) error {
	for i, column := range columns {
		if column != "" && slices.Contains(columns[:i], column) {
			return fmt.Errorf("line 1: two columns are called %q", column)
		}
	}
	return nil
}

func (t *table) fields(ids, fields []string) map[string]map[string]string {
	found := make(map[string]map[string]string, len(ids))
	for _, id := range ids {
		rows := t.find(normalize(id))
		if rows == nil {
			continue
		}
		cells, values := t.cells(rows[0]), map[string]string{}
		for _, field := range fields {
			if column := slices.Index(t.columns, field); column > 0 && cells[column] != "" {
				values[field] = cells[column]
			}
		}
		found[id] = values
	}
	return found
}

// set sets fields, item by item in their order: an item sees what those before it in the batch set.
func (d *desk) set(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.object(root, rel)
	if err != nil {
		return nil, err
	}
	c := newChange(t, len(items))
	outcomes := eachItem(items, rejectSet, c.set)
	return outcomes, d.commit(root, rel, c)
}

// commit writes what a change does to its file: nothing, rows at the end, or the whole file anew.
func (d *desk) commit(root *os.Root, rel string, c *change) error {
	switch {
	case len(c.records) == 0:
		return nil
	case c.onlyNewRows():
		return d.extend(root, rel, c.table, c.newRows(nil))
	}
	return d.rewrite(root, rel, c.file())
}

// rejectSet says why an item can't be set; "" if it can.
func rejectSet(item connector.Item) string {
	if reason := rejectID(item.ID); reason != "" || len(item.Fields) == 0 {
		return reason
	}
	for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
		if strings.EqualFold(field, "id") {
			return "the field id is the record's own id"
		}
		if reason := rejectField(field, item.Fields[field]); reason != "" {
			return reason
		}
	}
	return ""
}

// rejectField says why a field can't stand in a file; "" if it can.
func rejectField(field string, value any) string {
	switch {
	case strings.TrimSpace(field) != field, field == "":
		return "a field's name is empty or has white space round it"
	case notText(field), notText(connector.Text(value)):
		return "the field " + field + " is not UTF-8 text"
	}
	return ""
}
