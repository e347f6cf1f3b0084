package files

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// change is what a batch of sets does to an object's table.
type change struct {
	table   *table
	columns []string           // the table's, and new ones at the right
	records map[string]*record // those that change, by normalized id
	added   []*record          // those that are new, in the order in which they came
	byRow   map[int]*record
}

// record is what a batch does to one record.
type record struct {
	id     string
	rows   []int          // where it stands; none for a new one
	held   [][]string     // the cells of those rows
	values map[int]string // new values by column
}

func newChange(t *table) *change {
	c := &change{table: t, columns: slices.Clone(t.columns), records: map[string]*record{}, byRow: map[int]*record{}}
	if c.columns == nil {
		c.columns = []string{"id"}
	}
	return c
}

// set takes in one item and reports whether it changes anything.
func (c *change) set(item connector.Item) bool {
	key := normalize(item.ID)
	r, known := c.records[key]
	if !known {
		r = c.standing(item.ID, key)
	}
	changed := !known && len(r.rows) == 0 && len(item.Fields) > 0
	for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
		if c.put(r, field, connector.Text(item.Fields[field])) {
			changed = true
		}
	}
	if changed && !known {
		c.keep(key, r)
	}
	return changed
}

// standing gives a record as it stands in the table.
func (c *change) standing(id, key string) *record {
	r := &record{id: strings.TrimSpace(id), rows: c.table.find(key), values: map[int]string{}}
	for _, row := range r.rows {
		r.held = append(r.held, c.table.cells(row))
	}
	return r
}

// keep remembers that a record changes.
func (c *change) keep(key string, r *record) {
	c.records[key] = r
	if len(r.rows) == 0 {
		c.added = append(c.added, r)
	}
	for _, row := range r.rows {
		c.byRow[row] = r
	}
}

// put sets a field and reports whether that changes anything. A field that has no column gets one, unless the value is empty.
func (c *change) put(r *record, field, value string) bool {
	column := slices.Index(c.columns, field)
	if column < 0 {
		if value == "" {
			return false
		}
		column = len(c.columns)
		c.columns = append(c.columns, field)
	}
	if r.holds(column, value) {
		return false
	}
	r.values[column] = value
	return true
}

// holds reports whether a column has a value now, in every row of the record.
func (r *record) holds(column int, value string) bool {
	if now, ok := r.values[column]; ok {
		return now == value
	}
	if len(r.rows) == 0 {
		return value == ""
	}
	return !slices.ContainsFunc(r.held, func(cells []string) bool {
		if column >= len(cells) {
			return value != ""
		}
		return cells[column] != value
	})
}

// onlyNewRows reports whether appending is enough: no row that stands in the file changes.
func (c *change) onlyNewRows() bool {
	return c.table.columns != nil && len(c.columns) == len(c.table.columns) && len(c.byRow) == 0
}

// newRows appends the rows of new records to dst.
func (c *change) newRows(dst []byte) []byte {
	for _, r := range c.added {
		dst = appendCell(dst, r.id)
		for column := 1; column < len(c.columns); column++ {
			dst = appendCell(append(dst, ','), r.values[column])
		}
		dst = append(dst, c.table.newline...)
	}
	return dst
}

// file gives the whole file as the batch makes it.
func (c *change) file() []byte {
	t := c.table
	if t.columns == nil {
		return c.newRows(t.withHeader(c.columns))
	}
	widened := len(c.columns) > len(t.columns)
	header := c.row(nil, t.header, &record{values: c.newColumns()})
	dst := t.rewritten(header, func(dst []byte, row int) []byte {
		r, changed := c.byRow[row]
		switch {
		case changed:
			return c.row(dst, t.rows[row], r)
		case widened:
			return c.row(dst, t.rows[row], &record{})
		}
		return append(dst, t.data[t.rows[row].start:t.rows[row].end]...)
	})
	if len(c.added) > 0 {
		dst = append(dst, t.endLine(dst)...)
	}
	return c.newRows(dst)
}

// newColumns gives the names of the new columns as values of the header's row.
func (c *change) newColumns() map[int]string {
	names := map[int]string{}
	for column := len(c.table.columns); column < len(c.columns); column++ {
		names[column] = c.columns[column]
	}
	return names
}

// row appends a row of the file with new values. Cells that do not change, and the line break, keep their bytes.
func (c *change) row(dst []byte, where span, r *record) []byte {
	data := c.table.data
	places := c.table.places(where)
	for column := range c.columns {
		if column > 0 {
			dst = append(dst, ',')
		}
		value, changed := r.values[column]
		switch {
		case changed:
			dst = appendCell(dst, value)
		case column < len(places):
			dst = append(dst, data[places[column].start:places[column].end]...)
		}
	}
	return append(dst, data[places[len(places)-1].end:where.end]...)
}
