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
	columns []string           // the table's, and new ones after them
	base    int                // how many of them are not new
	before  int                // the column before which new ones stand in the file; base if they stand at the right
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

// newChange begins a change that no batch has made yet; items is how many the batch has.
func newChange(t *table, items int) *change {
	c := &change{table: t, columns: slices.Clone(t.columns), base: len(t.columns), before: len(t.columns),
		records: make(map[string]*record, items), byRow: map[int]*record{}}
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

// join takes in one item that becomes a row of its own and reports whether it does: an id that stands in the table, or that came
// before, changes nothing.
func (c *change) join(item connector.Item) bool {
	key := normalize(item.ID)
	if _, known := c.records[key]; known || c.table.has(key) {
		return false
	}
	r := &record{id: strings.TrimSpace(item.ID)}
	c.keep(key, r)
	if len(item.Fields) == 0 {
		return true // the usual case, and that of large batches
	}
	r.values = make(map[int]string, len(item.Fields))
	for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
		c.put(r, field, connector.Text(item.Fields[field]))
	}
	return true
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
		column = c.column(field)
	}
	if r.holds(column, value) {
		return false
	}
	r.values[column] = value
	return true
}

// column gives the column of a field, which is new if the field has none.
func (c *change) column(field string) int {
	column := slices.Index(c.columns, field)
	if column < 0 {
		column = len(c.columns)
		c.columns = append(c.columns, field)
	}
	return column
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

// order gives the columns in the order in which the file has them.
func (c *change) order() []int {
	order := make([]int, 0, len(c.columns))
	for column := range c.before {
		order = append(order, column)
	}
	for column := c.base; column < len(c.columns); column++ {
		order = append(order, column)
	}
	for column := c.before; column < c.base; column++ {
		order = append(order, column)
	}
	return order
}

// newRows appends the rows of new records to dst.
func (c *change) newRows(dst []byte) []byte {
	order := c.order()
	for _, r := range c.added {
		for i, column := range order {
			if i > 0 {
				dst = append(dst, ',')
			}
			if column == c.table.key {
				dst = appendCell(dst, r.id)
			} else {
				dst = appendCell(dst, r.values[column])
			}
		}
		dst = append(dst, c.table.newline...)
	}
	return dst
}

// file gives the whole file as the batch makes it.
func (c *change) file() []byte {
	t := c.table
	order := c.order()
	if t.columns == nil {
		header := make([]string, len(order))
		for i, column := range order {
			header[i] = c.columns[column]
		}
		return c.newRows(t.withHeader(header))
	}
	widened := len(c.columns) > len(t.columns)
	header := c.row(nil, order, t.header, &record{values: c.newColumns()})
	dst := t.rewritten(header, func(dst []byte, row int) []byte {
		r, changed := c.byRow[row]
		switch {
		case changed:
			return c.row(dst, order, t.rows[row], r)
		case widened:
			return c.row(dst, order, t.rows[row], &record{})
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

// row appends a row of the file with new values, its columns in an order. Cells that do not change, and the line break, keep their bytes.
func (c *change) row(dst []byte, order []int, where span, r *record) []byte {
	data := c.table.data
	places := c.table.places(where)
	for i, column := range order {
		if i > 0 {
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
