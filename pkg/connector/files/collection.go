package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Members gives the ids in a collection, normalized, sorted, without repeats.
func (d *desk) Members(ctx context.Context, c connector.Collection) (ids []string, err error) {
	err = d.reading(ctx, c, func(_ string, t *table) error {
		ids = slices.Clone(t.ids)
		slices.Sort(ids)
		ids = slices.Compact(ids)
		return nil
	})
	return ids, err
}

// reading waits for the connector's turn and has a collection's file read.
func (d *desk) reading(ctx context.Context, c connector.Collection, read func(rel string, t *table) error) error {
	rel, err := collectionPath(c)
	if err != nil {
		return err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	root, err := d.openFor(false, rel)
	if err != nil {
		return err
	}
	defer root.Close()
	t, err := d.collection(root, rel)
	if err != nil {
		return err
	}
	return read(rel, t)
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

// add appends those ids that are not in the collection, with their fields.
func (d *desk) add(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.collection(root, rel)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(items, func(item connector.Item) bool { return len(item.Fields) > 0 }) {
		if err := d.distinct(rel, t); err != nil {
			return nil, err
		}
	}
	c := newChange(t, len(items))
	outcomes := eachItem(items, rejectSet, c.join)
	return outcomes, d.commit(root, rel, c)
}

// setMembers sets fields of members, as [desk.set] does of records. Who is no member is rejected.
func (d *desk) setMembers(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.collection(root, rel)
	if err == nil {
		err = d.distinct(rel, t)
	}
	if err != nil {
		return nil, err
	}
	c := newChange(t, len(items))
	reject := func(item connector.Item) string {
		reason := rejectSet(item)
		if reason == "" && !t.has(normalize(item.ID)) {
			reason = "it is no member: its id is not in " + d.folder.show(rel)
		}
		return reason
	}
	outcomes := eachItem(items, reject, c.set)
	return outcomes, d.commit(root, rel, c)
}

// remove takes every row of the ids out of the collection.
func (d *desk) remove(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	t, err := d.collection(root, rel)
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	outcomes := eachItem(items, func(item connector.Item) string { return rejectID(item.ID) }, func(item connector.Item) bool {
		rows := t.find(normalize(item.ID))
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

// eachItem gives an outcome for each item: reject says why it can't be done, and do tells whether that changed something.
func eachItem(items []connector.Item, reject func(connector.Item) string, do func(connector.Item) bool) []connector.Outcome {
	outcomes := make([]connector.Outcome, len(items))
	for i, item := range items {
		reason := reject(item)
		switch {
		case reason != "":
			outcomes[i] = rejected(reason)
		case do(item):
			outcomes[i].Status = connector.Done
		default:
			outcomes[i].Status = connector.Already
		}
	}
	return outcomes
}
