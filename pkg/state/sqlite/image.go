package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// image is a file as of one moment, page by page. A state is read from it by a reader of our own for SQLite's file format
// (https://sqlite.org/fileformat2.html), of which it needs a small part: getting rows by the hundred thousand through SQL costs ten times
// as much. The pages come through SQLite itself, so that its locks and journals hold.
//
// The reader takes what is exactly as SQLite and playctl leave it, and has doubts about everything else ([errDoubt]): then the file is read
// and checked by SQLite, which also finds the words for what is wrong. So it decides nothing on its own but that a file is good.
type image struct {
	pages [][]byte // page n is pages[n-1]
	size  int      // of a page, in bytes
	seen  []bool   // pages that were found to belong somewhere
	roots map[string]uint32
}

// errDoubt says that a file is not quite as SQLite and playctl leave one.
var errDoubt = errors.New("not quite as it was written")

// image takes the file as of now, in the open transaction, and checks its structure.
func (c *conn) image(ctx context.Context) (*image, error) {
	count, err := c.number(ctx, "PRAGMA page_count")
	if err != nil {
		return nil, err
	}
	f := &image{pages: make([][]byte, 0, count)}
	err = c.query(ctx, "SELECT data FROM sqlite_dbpage('main')", func(cells []driver.Value) error {
		page, _ := cells[0].([]byte)
		f.pages = append(f.pages, page)
		return nil
	})
	if err == nil {
		err = f.check()
	}
	return f, err
}

// header of a file, by offset: what is not mentioned may have any value.
var plainHeader = map[int]uint32{
	20: 0x00402020, // no bytes reserved at a page's end; the fixed payload fractions
	44: 4,          // schema format
	52: 0,          // no auto-vacuum, so no pages with pointers to parents
	56: 1,          // UTF-8
}

// open reads the file's header.
func (f *image) open() error {
	if len(f.pages) == 0 || len(f.pages[0]) < 512 || !strings.HasPrefix(string(f.pages[0]), "SQLite format 3\x00") {
		return errDoubt
	}
	head := f.pages[0]
	f.size, f.seen = len(head), make([]bool, len(f.pages))
	for offset, want := range plainHeader {
		if binary.BigEndian.Uint32(head[offset:]) != want {
			return errDoubt
		}
	}
	if head[18] != 1 || head[19] != 1 || int(binary.BigEndian.Uint16(head[16:])) != f.size&0xffff && f.size != 1<<16 {
		return errDoubt // a write-ahead log, or another page size than the pages have
	}
	for _, page := range f.pages {
		if len(page) != f.size {
			return errDoubt
		}
	}
	return nil
}

// check finds the trees and checks that every page belongs to just one of them, or is free, as SQLite's quick_check does.
func (f *image) check() error {
	if err := f.open(); err != nil {
		return err
	}
	if err := f.schema(); err != nil {
		return err
	}
	for _, root := range f.roots {
		if err := f.checkTree(root); err != nil {
			return err
		}
	}
	if err := f.free(); err != nil {
		return err
	}
	if lock := 1<<30/f.size + 1; lock <= len(f.pages) { // the page that SQLite leaves out, for its locks
		f.seen[lock-1] = true
	}
	for _, seen := range f.seen {
		if !seen {
			return errDoubt
		}
	}
	return nil
}

// schema finds the root of every table and index, which must be those of the present form.
func (f *image) schema() error {
	if err := f.checkTree(1); err != nil {
		return err
	}
	f.roots = map[string]uint32{}
	err := f.walk(1, func(_ int64, payload []byte) error {
		r := row{cells: make([]cell, 0, 5)}
		if err := r.parse(payload); err != nil {
			return err
		}
		if len(r.cells) != 5 || r.cells[3].kind != numberCell {
			return errDoubt
		}
		name, sql := string(r.cells[1].text), string(r.cells[4].text)
		if !knownTable(name, sql) && !knownIndex(name, sql) {
			return errDoubt
		}
		f.roots[name] = uint32(r.cells[3].number)
		return nil
	})
	if err == nil && len(f.roots) != strings.Count(schema, "CREATE TABLE")+len(indexed) {
		err = errDoubt
	}
	return err
}

// knownTable reports whether the schema has a table of this name, made by this statement. A damaged name must not make a table look empty.
func knownTable(name, sql string) bool {
	return strings.HasPrefix(sql, "CREATE TABLE "+name+" (") && strings.Contains(schema, "\n"+sql+";\n")
}

// knownIndex reports whether SQLite makes an index of this name for the key of one of the tables.
func knownIndex(name, sql string) bool {
	table, isIndex := strings.CutPrefix(name, "sqlite_autoindex_")
	table, isFirst := strings.CutSuffix(table, "_1")
	return isIndex && isFirst && sql == "" && slices.Contains(indexed, table)
}

// free checks the list of free pages.
func (f *image) free() error {
	head := f.pages[0]
	trunk, left := binary.BigEndian.Uint32(head[32:]), binary.BigEndian.Uint32(head[36:])
	for trunk != 0 {
		if err := f.mark(trunk); err != nil || left == 0 {
			return errDoubt
		}
		page := f.pages[trunk-1]
		count := binary.BigEndian.Uint32(page[4:])
		if left--; count > left || int(count) > f.size/4-2 {
			return errDoubt
		}
		for i := range count {
			if err := f.mark(binary.BigEndian.Uint32(page[8+4*i:])); err != nil {
				return err
			}
		}
		left -= count
		trunk = binary.BigEndian.Uint32(page)
	}
	if left != 0 {
		return errDoubt
	}
	return nil
}

// mark notes that a page belongs somewhere. It can't belong to two places.
func (f *image) mark(page uint32) error {
	if page == 0 || int(page) > len(f.pages) || f.seen[page-1] {
		return errDoubt
	}
	f.seen[page-1] = true
	return nil
}
