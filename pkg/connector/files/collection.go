package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Members gives the ids in a collection, normalized, sorted, without repeats.
func (d *desk) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	rel, err := collectionPath(c)
	if err != nil {
		return nil, err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	root, err := d.openFor(connector.Add, rel)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	t, err := d.collection(root, rel)
	if err != nil {
		return nil, err
	}
	ids := slices.Clone(t.ids)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Create makes a collection's file. One that exists is left as it is.
func (d *desk) Create(ctx context.Context, c connector.Collection) error {
	rel, err := collectionPath(c)
	if err != nil {
		return err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	root, err := d.folder.openOrMake()
	if err != nil {
		return err
	}
	defer root.Close()
	unlock, err := d.folder.lock(ctx, root)
	if err != nil {
		return err
	}
	defer unlock()
	if err := create(root, rel); err != nil {
		return fmt.Errorf("making %s: %w", d.folder.show(rel), err)
	}
	return nil
}

// create makes a file with a header only, durably, if there is none.
func create(root *os.Root, rel string) error {
	if err := makeDir(root, path.Dir(rel)); err != nil {
		return err
	}
	switch _, err := stat(root, rel); {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return replace(root, rel, []byte("id\n"))
}

// collection gives what a collection's file holds.
func (d *desk) collection(root *os.Root, rel string) (*table, error) {
	t, err := d.load(root, rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, d.noCollection(rel)
	}
	return t, err
}

func (d *desk) noCollection(rel string) error {
	return fmt.Errorf("reading %s: %w", d.folder.show(rel), connector.ErrNoCollection)
}

// add appends those ids that are not in the collection.
func (d *desk) add(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.collection(root, rel)
	if err != nil {
		return nil, err
	}
	var ids []string
	added := map[string]bool{}
	outcomes := eachID(items, func(id, normalized string) bool {
		if added[normalized] || t.find(normalized) != nil {
			return false
		}
		added[normalized] = true
		ids = append(ids, id)
		return true
	})
	if len(ids) == 0 {
		return outcomes, nil
	}
	return outcomes, d.addRows(root, rel, t, ids)
}

// addRows appends a row for each id, as wide as the header. A file without a header gets one.
func (d *desk) addRows(root *os.Root, rel string, t *table, ids []string) error {
	columns := max(len(t.columns), 1)
	var rows []byte
	for _, id := range ids {
		rows = appendCell(rows, id)
		rows = append(rows, strings.Repeat(",", columns-1)...)
		rows = append(rows, t.newline...)
	}
	if t.columns == nil {
		return d.rewrite(root, rel, append(t.withHeader([]string{"id"}), rows...))
	}
	return d.extend(root, rel, t, rows)
}

// remove takes every row of the ids out of the collection.
func (d *desk) remove(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.collection(root, rel)
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	outcomes := eachID(items, func(_, normalized string) bool {
		rows := t.find(normalized)
		if rows == nil || gone[rows[0]] {
			return false
		}
		for _, row := range rows {
			gone[row] = true
		}
		return true
	})
	if len(gone) == 0 {
		return outcomes, nil
	}
	return outcomes, d.rewrite(root, rel, t.without(gone))
}

// without gives the file without some of its rows.
func (t *table) without(gone map[int]bool) []byte {
	header := t.data[t.header.start:t.header.end]
	return t.rewritten(header, func(dst []byte, row int) []byte {
		if gone[row] {
			return dst
		}
		return append(dst, t.data[t.rows[row].start:t.rows[row].end]...)
	})
}

// eachID gives an outcome for each item: do gets the id, trimmed and normalized, and tells whether it did something.
func eachID(items []connector.Item, do func(id, normalized string) bool) []connector.Outcome {
	outcomes := make([]connector.Outcome, len(items))
	for i, item := range items {
		reason := rejectID(item.ID)
		switch {
		case reason != "":
			outcomes[i] = rejected(reason)
		case do(strings.TrimSpace(item.ID), normalize(item.ID)):
			outcomes[i].Status = connector.Done
		default:
			outcomes[i].Status = connector.Already
		}
	}
	return outcomes
}
