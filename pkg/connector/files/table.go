package files

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// bom is the byte order mark that spreadsheet programs put before UTF-8.
const bom = "\ufeff"

// table is what a CSV file holds. A table is not changed once it is made, except by [table.extend].
type table struct {
	data     []byte   // the file, without what a crashed append left at its end
	cut      bool     // a crashed append left something at the file's end
	newline  string   // the file's line break
	columns  []string // the header's cells, trimmed; nil if the file has none yet
	key      int      // the column of the ids: the first, but in the file of tasks
	anyOrder bool     // ids may stand in another column than the first
	header   span
	rows     []span
	ids      []string // of each row, normalized

	first map[string]int   // the first row of each id; made by find
	more  map[string][]int // the other rows of the few ids that stand in several
}

// span is where one row stands, its line break included.
type span struct{ start, end int }

// parseTable reads the bytes of a CSV file. Errors name the line.
func parseTable(rel string, data []byte) (*table, error) {
	t := &table{data: data, newline: "\n", anyOrder: rel == tasksFile}
	if err := t.dropUncommitted(); err != nil {
		return nil, err
	}
	at := 0
	if bytes.HasPrefix(t.data, []byte(bom)) {
		at = len(bom)
	}
	lines := bytes.Count(t.data, []byte("\n"))
	t.rows, t.ids = make([]span, 0, lines), make([]string, 0, lines)
	var cells []cell
	for at < len(t.data) {
		start := at
		var err error
		if cells, at, err = scanRow(t.data, start, cells[:0]); err == nil {
			err = t.take(cells, span{start, at})
		}
		if err != nil {
			return nil, atLine(t.data, start, err)
		}
	}
	return t, nil
}

// dropUncommitted forgets what a crashed append left (see [appendFile]): it begins with a NUL at the start of a line. Any other NUL,
// and anything that is not UTF-8, is an error.
func (t *table) dropUncommitted() error {
	if nul := bytes.IndexByte(t.data, uncommitted); nul > 0 && t.data[nul-1] == '\n' {
		t.data, t.cut = t.data[:nul:nul], true
	} else if nul >= 0 {
		return atLine(t.data, nul, errors.New("not a text file: save it as CSV in UTF-8"))
	}
	if utf8.Valid(t.data) {
		return nil
	}
	at := 0
	for {
		r, width := utf8.DecodeRune(t.data[at:])
		if r == utf8.RuneError && width == 1 {
			return atLine(t.data, at, errors.New("a character that is not UTF-8: save the file as CSV in UTF-8"))
		}
		at += width
	}
}

// take adds the row that stands at where: the header, a record, or nothing if all its cells are blank.
func (t *table) take(cells []cell, where span) error {
	id := ""
	if t.key < len(cells) {
		id = strings.TrimSpace(cells[t.key].text(t.data))
	}
	switch {
	case id == "" && t.blank(cells):
		return nil
	case t.columns == nil:
		return t.takeHeader(cells, where)
	case len(cells) != len(t.columns):
		return fmt.Errorf("%s, where the header has %d", count(len(cells), "cell"), len(t.columns))
	case id == "" && t.anyOrder:
		return errors.New("no id in the column id")
	case id == "":
		return errors.New("no id in the first column")
	}
	t.rows = append(t.rows, where)
	t.ids = append(t.ids, normalize(id))
	return nil
}

func (t *table) takeHeader(cells []cell, where span) error {
	for _, c := range cells {
		t.columns = append(t.columns, strings.TrimSpace(c.text(t.data)))
	}
	t.key = slices.IndexFunc(t.columns, func(column string) bool { return strings.EqualFold(column, "id") })
	switch {
	case t.key < 0 && t.anyOrder:
		return fmt.Errorf("the first column is %.60q: the file needs a header with a column id, and commas between columns", t.columns[0])
	case t.key != 0 && !t.anyOrder:
		return fmt.Errorf("the first column is %.60q: the file needs a header whose first column is id", t.columns[0])
	}
	t.header = where
	if bytes.HasSuffix(t.data[where.start:where.end], []byte("\r\n")) {
		t.newline = "\r\n"
	}
	return nil
}

func (t *table) blank(cells []cell) bool {
	return !slices.ContainsFunc(cells, func(c cell) bool { return strings.TrimSpace(c.text(t.data)) != "" })
}

// find gives the rows of a normalized id, in the file's order: none if the id is not in the table.
func (t *table) find(id string) []int {
	if t.first == nil {
		t.first = make(map[string]int, len(t.ids))
		t.more = map[string][]int{}
		for row := range t.ids {
			t.index(row)
		}
	}
	row, ok := t.first[id]
	if !ok {
		return nil
	}
	return append([]int{row}, t.more[id]...)
}

func (t *table) index(row int) {
	id := t.ids[row]
	if _, ok := t.first[id]; ok {
		t.more[id] = append(t.more[id], row)
	} else {
		t.first[id] = row
	}
}

// has reports whether a normalized id stands in the table.
func (t *table) has(id string) bool {
	if t.first == nil {
		return t.find(id) != nil
	}
	_, ok := t.first[id]
	return ok
}

// cells gives the values of a row.
func (t *table) cells(row int) []string {
	places := t.places(t.rows[row])
	values := make([]string, len(places))
	for i, c := range places {
		values[i] = c.text(t.data)
	}
	return values
}

// places gives where the cells of a row stand.
func (t *table) places(where span) []cell {
	cells, _, err := scanRow(t.data, where.start, nil)
	if err != nil {
		panic("a row that was read before: " + err.Error())
	}
	return cells
}

// rewritten gives the file with each row as edit appends it to dst. What stands between rows is kept.
func (t *table) rewritten(header []byte, edit func(dst []byte, row int) []byte) []byte {
	dst := make([]byte, 0, len(t.data)+len(header)+1024)
	dst = append(dst, t.data[:t.header.start]...)
	dst = append(dst, header...)
	at := t.header.end
	for row, where := range t.rows {
		dst = append(dst, t.data[at:where.start]...)
		dst = edit(dst, row)
		at = where.end
	}
	return append(dst, t.data[at:]...)
}

// withHeader gives the file of a table that has no header yet, with one.
func (t *table) withHeader(columns []string) []byte {
	dst := slices.Concat(t.data, []byte(t.endLine(t.data)))
	for i, column := range columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(dst, column)
	}
	return append(dst, t.newline...)
}

// endLine gives the line break that data lacks at its end, if it does.
func (t *table) endLine(data []byte) string {
	switch {
	case len(data) == 0, data[len(data)-1] == '\n', string(data) == bom:
		return ""
	case data[len(data)-1] == '\r':
		return "\n"
	}
	return t.newline
}

// extend takes in lines that were appended to the file: whole rows.
func (t *table) extend(lines []byte) error {
	at := len(t.data)
	t.data, t.cut = append(t.data, lines...), false
	var cells []cell
	for at < len(t.data) {
		start, before := at, len(t.ids)
		var err error
		if cells, at, err = scanRow(t.data, start, cells[:0]); err == nil {
			err = t.take(cells, span{start, at})
		}
		if err != nil {
			return err
		}
		if t.first != nil && len(t.ids) > before {
			t.index(before)
		}
	}
	return nil
}

// atLine names the line of a place in a file, or of the syntax error that err is.
func atLine(data []byte, at int, err error) error {
	var syntax *syntaxError
	if errors.As(err, &syntax) {
		at = syntax.at
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:at], []byte("\n")), err)
}

// count gives a number with its noun: 1 cell, 2 cells.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
