package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/state"
)

// table is how values of one type are kept in one table. The tables themselves are in tables.go.
//
// crc is the CRC-32C of a row's other cells, which tells a changed cell. The table sums has for every table how many rows there are and the
// sum of their crc: which tells rows that are missing, or that were put in. Every statement that changes a table keeps both, so that a commit
// costs what it changes, and checking costs nothing that reading doesn't.
type table[T any] struct {
	name    string
	key     int // so many columns, from the first on, are the identity
	columns []string
	cells   func(*T) []any    // the fields of the columns, see cell.go
	order   func(a, b *T) int // of a snapshot
}

// relation is a table of any type.
type relation interface {
	title() string
	create(*place) string
}

func (t *table[T]) title() string { return t.name }

// create gives the statement that makes the table. Rows have room for a new version of themselves on their page, since they are written again
// step by step.
func (t *table[T]) create(p *place) string {
	var columns []string
	for i, cell := range t.cells(new(T)) {
		columns = append(columns, pgx.Identifier{t.columns[i]}.Sanitize()+" "+sqlType(cell))
	}
	return fmt.Sprintf("CREATE TABLE %s (%s, crc bigint NOT NULL, PRIMARY KEY (%s)) WITH (fillfactor = 80)", p.table(t.name), strings.Join(columns, ", "),
		names("", t.columns[:t.key]))
}

// names gives a list of columns, each of a relation if that is not empty.
func names(of string, columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = pgx.Identifier{c}.Sanitize()
		if of != "" {
			list[i] = of + "." + list[i]
		}
	}
	return strings.Join(list, ", ")
}

// same gives the condition that two relations have the same identity.
func (t *table[T]) same(a, b string) string {
	var list []string
	for _, c := range t.columns[:t.key] {
		c = pgx.Identifier{c}.Sanitize()
		list = append(list, a+"."+c+" = "+b+"."+c)
	}
	return strings.Join(list, " AND ")
}

// rows are values as the arguments of a statement: an array a column.
type rows struct {
	arguments []any
	types     []string
}

// rowsOf gives the first so many columns of values, and the checksums if they are all.
func (t *table[T]) rowsOf(values []T, columns int) (rows, error) {
	columned := make([]column, columns)
	var crc []int64
	var sum []byte
	for i := range values {
		sum = sum[:0]
		for n, cell := range t.cells(&values[i])[:columns] {
			var err error
			if sum, err = columned[n].add(cell, sum); err != nil {
				return rows{}, fmt.Errorf("table %s: %w", t.name, err)
			}
		}
		crc = append(crc, checksum(sum))
	}
	var r rows
	for n, cell := range t.cells(new(T))[:columns] {
		argument, kind := columned[n].argument(cell)
		r.arguments, r.types = append(r.arguments, argument), append(r.types, kind)
	}
	if columns == len(t.columns) {
		r.arguments, r.types = append(r.arguments, crc), append(r.types, "bigint[]")
	}
	return r, nil
}

// unnest gives the SQL that makes a relation of rows again.
func (r rows) unnest() string {
	list := make([]string, len(r.types))
	for i, kind := range r.types {
		list[i] = fmt.Sprintf("$%d::%s", i+1, kind)
	}
	return "unnest(" + strings.Join(list, ", ") + ")"
}

// last leaves of the values with the same identity the last one, since a statement can't change a row twice.
func (t *table[T]) last(values []T) []T {
	if len(values) < 2 {
		return values
	}
	where := make(map[string]int, len(values))
	kept := make([]T, 0, len(values))
	var id []byte
	var scratch column
	for i := range values {
		id, scratch = id[:0], column{}
		for _, cell := range t.cells(&values[i])[:t.key] {
			id, _ = scratch.add(cell, id) // cells of keys are no JSON
		}
		if at, repeated := where[string(id)]; repeated {
			kept[at] = values[i]
			continue
		}
		where[string(id)] = len(kept)
		kept = append(kept, values[i])
	}
	return kept
}

// put queues the statement that inserts values, or replaces those of the same identity.
func (t *table[T]) put(b *pgx.Batch, p *place, values []T) error {
	if len(values) == 0 {
		return nil
	}
	r, err := t.rowsOf(t.last(values), len(t.columns))
	if err != nil {
		return err
	}
	all := append(slices.Clone(t.columns), "crc")
	b.Queue(fmt.Sprintf(`WITH given AS (SELECT %[1]s FROM %[2]s AS g (%[3]s)),
old AS (SELECT count(*) AS n, coalesce(sum(o.crc), 0) AS crc FROM %[4]s o JOIN given g ON %[5]s),
put AS (INSERT INTO %[4]s AS t (%[3]s) SELECT %[3]s FROM given ON CONFLICT (%[6]s) DO UPDATE SET %[7]s RETURNING t.crc)
UPDATE %[8]s SET rows = rows - (SELECT n FROM old) + (SELECT count(*) FROM put), crc = crc - (SELECT crc FROM old) + (SELECT sum(crc) FROM put) WHERE name = '%[9]s'`,
		t.typed(), r.unnest(), names("", all), p.table(t.name), t.same("o", "g"), names("", t.columns[:t.key]), excluded(all[t.key:]), p.table("sums"), t.name), r.arguments...)
	return nil
}

// typed gives every column of given rows, lists as JSON.
func (t *table[T]) typed() string {
	list := make([]string, 0, len(t.columns)+1)
	for i, cell := range t.cells(new(T)) {
		name := "g." + pgx.Identifier{t.columns[i]}.Sanitize()
		if sqlType(cell) == "json" {
			name += "::json AS " + pgx.Identifier{t.columns[i]}.Sanitize()
		}
		list = append(list, name)
	}
	return strings.Join(append(list, "g.crc"), ", ")
}

func excluded(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		c = pgx.Identifier{c}.Sanitize()
		list[i] = c + " = excluded." + c
	}
	return strings.Join(list, ", ")
}

// drop queues the statement that takes values out by their identity. One that isn't there is none the less gone.
func (t *table[T]) drop(b *pgx.Batch, p *place, values []T) error {
	if len(values) == 0 {
		return nil
	}
	r, err := t.rowsOf(values, t.key)
	if err != nil {
		return err
	}
	b.Queue(fmt.Sprintf(`WITH gone AS (DELETE FROM %[1]s AS t USING %[2]s AS g (%[3]s) WHERE %[4]s RETURNING t.crc)
UPDATE %[5]s SET rows = rows - (SELECT count(*) FROM gone), crc = crc - (SELECT coalesce(sum(crc), 0) FROM gone) WHERE name = '%[6]s'`,
		p.table(t.name), r.unnest(), names("", t.columns[:t.key]), t.same("t", "g"), p.table("sums"), t.name), r.arguments...)
	return nil
}

// total is what the table sums has of a table.
type total struct{ rows, crc int64 }

// mostRoom is for how many rows room is made before they are read, whatever sums says.
const mostRoom = 1 << 22

// get queues the statement that reads every value into a list, sorted, and adds them up. So many rows are expected. The condition may be
// empty.
func (t *table[T]) get(b *pgx.Batch, p *place, into *[]T, sum *total, expected int64, condition string, arguments ...any) {
	sql := "SELECT " + names("", t.columns) + ", crc FROM " + p.table(t.name) + condition
	b.Queue(sql, arguments...).Query(func(rows pgx.Rows) error {
		if expected > 0 { // far cheaper than growing the slice
			*into = make([]T, 0, min(expected, mostRoom))
		}
		for rows.Next() {
			*into = append(*into, *new(T))
			crc, err := t.fill(&(*into)[len(*into)-1], rows.RawValues())
			if err != nil {
				return &flaw{what: fmt.Sprintf("is damaged: table %s, row %d: %v", t.name, len(*into), err)}
			}
			sum.rows, sum.crc = sum.rows+1, sum.crc+crc
		}
		*into = state.Sort(*into, t.order)
		return rows.Err()
	})
}

// fill makes a value of a row, and checks its checksum, which it gives.
func (t *table[T]) fill(v *T, raw [][]byte) (crc int64, err error) {
	var room [256]byte
	sum := room[:0]
	for i, cell := range t.cells(v) {
		if sum, err = fill(cell, raw[i], sum); err != nil {
			return 0, fmt.Errorf("column %s: %w", t.columns[i], err)
		}
	}
	if _, err := fillNumber(&crc, raw[len(raw)-1], nil); err != nil || crc != checksum(sum) {
		return 0, fmt.Errorf("the checksum is wrong")
	}
	return crc, nil
}
