package sqlite

import (
	"bytes"
	"context"
	"sort"
	"strings"
)

// isGood reports whether a file is good beyond doubt, without having SQLite check it: [conn.check] costs five times as much.
func (c *conn) isGood(ctx context.Context, how checking) bool {
	f, err := c.image(ctx)
	if err == nil {
		err = f.checkRows()
	}
	if err == nil && how == thorough {
		err = f.checkIndexes()
	}
	return err == nil
}

// ordered are the tables that lie in the order of their identity, and how many of their first columns that is.
var ordered = map[string]int{"meta": 1, "plays": 1, "truths": 2, "held": 4, "seen": 3, "changes": 4, "runs": 1,
	"failures": 1, "erased": 1, "journal": 2}

// checkRows checks that every row of a table is as it was written, by its checksum, and stands in its place.
func (f *image) checkRows() error {
	for name, root := range f.roots {
		if strings.HasPrefix(name, "sqlite_") {
			continue
		}
		if err := f.checkTable(root, ordered[name]); err != nil {
			return err
		}
	}
	return nil
}

// checkTable checks one table, which lies in the order of so many first cells.
func (f *image) checkTable(root uint32, keys int) error {
	var before, now row
	var d decoder
	first := true
	return f.walk(root, func(_ int64, payload []byte) error {
		before, now = now, before
		if err := now.parse(payload); err != nil {
			return err
		}
		last := len(now.cells) - 1
		if last < keys || now.cells[last].kind != numberCell || !first && keys > 0 && !now.follows(&before, keys) {
			return errDoubt
		}
		first = false
		d.begin(now.cells)
		return d.err
	})
}

// checkIndexes checks that every row is in the index beside its table, which is what finds it when it is written again.
func (f *image) checkIndexes() error {
	for _, name := range indexed {
		if err := f.checkIndex(f.roots[name], f.roots["sqlite_autoindex_"+name+"_1"]); err != nil {
			return err
		}
	}
	return nil
}

// checkIndex checks that an index has just the keys of its table's rows, in order.
func (f *image) checkIndex(table, index uint32) error {
	rowids, keys := make([]int64, 0, f.rows(table)), make([][]byte, 0, f.rows(table))
	var r row
	err := f.walk(table, func(rowid int64, payload []byte) error {
		if r.parse(payload) != nil || len(r.cells) == 0 || r.cells[0].kind != textCell {
			return errDoubt
		}
		rowids, keys = append(rowids, rowid), append(keys, r.cells[0].text)
		return nil
	})
	if err != nil {
		return err
	}
	var before []byte
	found := 0
	err = f.walk(index, func(_ int64, payload []byte) error {
		if r.parse(payload) != nil || len(r.cells) != 2 || r.cells[0].kind != textCell || r.cells[1].kind != numberCell {
			return errDoubt
		}
		key, rowid := r.cells[0].text, r.cells[1].number
		at := sort.Search(len(rowids), func(i int) bool { return rowids[i] >= rowid })
		if at == len(rowids) || rowids[at] != rowid || !bytes.Equal(keys[at], key) || found > 0 && bytes.Compare(before, key) >= 0 {
			return errDoubt
		}
		before = key
		found++
		return nil
	})
	if err == nil && found != len(rowids) {
		err = errDoubt
	}
	return err
}
