package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// stored is a CSV file as it was last read or written.
type stored struct {
	info  fs.FileInfo
	table *table
}

// load gives what a CSV file holds: from memory if the file has not changed since. A file that does not exist is [fs.ErrNotExist].
func (d *desk) load(root *os.Root, rel string) (*table, error) {
	info, err := stat(root, rel)
	if err == nil {
		if held, ok := d.tables[rel]; ok && same(held.info, info) {
			return held.table, nil
		}
		var s stored
		if s, err = readTable(root, rel); err == nil {
			d.keep(rel, s)
			return s.table, nil
		}
	}
	delete(d.tables, rel)
	return nil, fmt.Errorf("reading %s: %w", d.folder.show(rel), err)
}

// keep remembers what a file holds. A file whose end is uncommitted is not remembered: committing changes neither size nor, within
// a clock tick, time.
func (d *desk) keep(rel string, s stored) {
	if s.table.cut {
		delete(d.tables, rel)
		return
	}
	d.tables[rel] = s
}

// readTable reads and parses a CSV file.
func readTable(root *os.Root, rel string) (stored, error) {
	if _, err := stat(root, rel); err != nil {
		return stored{}, err
	}
	f, err := root.Open(rel)
	if err != nil {
		return stored{}, cause(err)
	}
	defer f.Close()
	info, err := f.Stat() // before reading: a change while we read then shows
	if err != nil {
		return stored{}, cause(err)
	}
	data := make([]byte, info.Size(), info.Size()+info.Size()/8+512)
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return stored{}, cause(err)
	}
	t, err := parseTable(rel, data[:n])
	return stored{info, t}, err
}

// extend appends whole rows to a CSV file that holds t and has a header.
func (d *desk) extend(root *os.Root, rel string, t *table, rows []byte) error {
	delete(d.tables, rel)
	before := t.endLine(t.data)
	info, err := appendRows(root, rel, t, before, rows)
	if err != nil {
		return fmt.Errorf("writing %s: %w", d.folder.show(rel), err)
	}
	if before != "" || info.Size() != int64(len(t.data)+len(rows)) {
		return nil // the last row has changed too, or someone added a line at the same time: it is read next time
	}
	if err := t.extend(rows); err == nil {
		d.keep(rel, stored{info, t})
	}
	return nil
}

// appendRows appends rows and gives what the file then looks like.
func appendRows(root *os.Root, rel string, t *table, before string, rows []byte) (info fs.FileInfo, err error) {
	a, err := openAppend(root, rel, 0)
	if err != nil {
		return nil, err
	}
	defer a.close()
	if t.cut {
		if err := a.cut(int64(len(t.data))); err != nil {
			return nil, err
		}
		if a.info, err = a.body.Stat(); err != nil {
			return nil, cause(err)
		}
	}
	if a.info.Size() != int64(len(t.data)) {
		return nil, errors.New("the file was changed while it was being written")
	}
	if err := a.addWhole(before, rows); err != nil {
		return nil, err
	}
	if info, err = a.body.Stat(); err != nil {
		return nil, doubtError{cause(err)}
	}
	return info, nil
}

// rewrite replaces a CSV file's content. Content that would not read back is refused.
func (d *desk) rewrite(root *os.Root, rel string, data []byte) error {
	delete(d.tables, rel)
	t, err := parseTable(rel, data)
	if err == nil {
		err = replace(root, rel, data)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", d.folder.show(rel), err)
	}
	if info, err := stat(root, rel); err == nil {
		d.keep(rel, stored{info, t})
	}
	return nil
}
