package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// parquetFile reads a Parquet file by columns.
type parquetFile struct {
	in    *input
	from  io.ReaderAt
	size  int64
	file  string
	rows  int
	part  int           // records of a part
	done  int           // records in parts
	fills []parquetFill // one for each slot of the table

	parts [2]part // in turn
	turn  int
}

// parquetFill is where the values of a slot come from, and how far that was read.
type parquetFill struct {
	shape       *shape
	key, values *pages
}

// parquetRows is how many records a part has.
const parquetRows = 16 << 10

// What a file may say of itself. More is a damaged file.
const (
	maxFooter    = 64 << 20 // bytes
	maxRows      = 1<<31 - 1
	rowsForAByte = 1000 // records that a byte may stand for: those of columns in which all values are alike
)

// newParquet makes a reader of size bytes.
func newParquet(in *input, from io.ReaderAt, size int64) *parquetFile {
	return &parquetFile{in: in, from: from, size: size, part: parquetRows}
}

// readSchema reads what the file says of itself and finds the table's columns in it.
func (p *parquetFile) readSchema(t *table) (problems diag.List, err error) {
	t.unit, p.file = "record", t.entity.File
	defer func() {
		if r := recover(); r != nil {
			problems, err = p.malformed(fmt.Errorf("%v", r)), nil
		}
	}()
	if err := p.checkFooter(); err != nil {
		return p.malformed(err), nil
	}
	f, err := parquet.OpenFile(p.from, p.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return p.malformed(err), nil
	}
	problems = p.findColumns(t, f.Root())
	if len(problems) > 0 {
		return problems, nil
	}
	if err := p.findPages(f); err != nil {
		return p.malformed(err), nil
	}
	return nil, nil
}

// malformed words an error of what is in the file.
func (p *parquetFile) malformed(err error) diag.List {
	return diag.List{fileProblem(p.file, 0, "export it again", "the file is not Parquet, or damaged: %s", err)}
}

// checkFooter holds what package parquet-go does not: that the footer is a structure whose lengths are true, see [thrift].
func (p *parquetFile) checkFooter() error {
	const magic = "PAR1"
	if p.size < int64(2*len(magic)+4) {
		return errShort
	}
	var end [8]byte
	if err := readAt(p.from, end[:], p.size-int64(len(end))); err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	switch {
	case string(end[4:]) == "PARE":
		return errors.New("it is encrypted")
	case string(end[4:]) != magic:
		return errors.New("it does not end as Parquet does")
	case length > p.size-int64(len(end)+len(magic)) || length > maxFooter:
		return fmt.Errorf("a footer of %d bytes", length)
	}
	footer := make([]byte, length)
	if err := readAt(p.from, footer, p.size-int64(len(end))-length); err != nil {
		return err
	}
	if !isThrift(footer) || !isShallow(footer) {
		return errors.New("its footer makes no sense")
	}
	return nil
}

// isShallow reports whether the groups of a footer's schema nest no deeper than people understand.
func isShallow(footer []byte) bool {
	const deepest = 64
	var open []int64 // how many columns each group has yet to get
	ok := true
	t := thrift{data: footer}
	t.structure(0, func(id, kind int) bool {
		if id != 2 || kind != thriftList {
			return false
		}
		head := t.octet()
		n := int(head >> 4)
		if n == 15 {
			n = t.length()
		}
		for ; n > 0 && !t.bad && head&15 == thriftStruct; n-- {
			children := int64(0)
			t.structure(2, func(id, kind int) bool {
				if id == 5 && kind == thriftI32 {
					children = t.number()
					return true
				}
				return false
			})
			for len(open) > 0 && open[len(open)-1] == 0 {
				open = open[:len(open)-1]
			}
			if len(open) > 0 {
				open[len(open)-1]--
			}
			if children > 0 {
				open = append(open, children)
			}
			ok = ok && len(open) <= deepest
		}
		return true
	})
	return ok && !t.bad
}

// findColumns looks up every column that the table needs, and how it holds what the playbook says.
func (p *parquetFile) findColumns(t *table, root *parquet.Column) diag.List {
	var names []string
	for _, c := range root.Columns() {
		names = append(names, c.Name())
	}
	columns, problems := t.find(names, 0, func(name string) string { return diag.Suggest(name, names) })
	for i := range t.slots {
		s := &t.slots[i]
		fill := parquetFill{}
		if column := columns[s.cell]; column >= 0 {
			c := root.Columns()[column]
			if fill.shape = shapeOf(c, s.column.Type, s.key || s.parent, s.parser.zone); fill.shape == nil {
				problems.Add(unfit(t, s, c))
			}
		}
		p.fills = append(p.fills, fill)
	}
	return problems
}

// unfit says that a column does not hold what the playbook says.
func unfit(t *table, s *slot, c *parquet.Column) diag.Problem {
	of := article(s.column.Type)
	problem := placeProblem(s.at, t.entity.File, "column %q of %s is %s, which can't be read as %s", c.Name(), t.entity.File, described(c), of)
	switch {
	case !c.Leaf() && s.column.Type.Kind != frame.List && s.column.Type.Kind != frame.Map:
		problem.Hint = "export its parts as columns of their own"
	case !c.Leaf():
		problem.Hint = "export it as JSON in a column of texts"
	default:
		problem.Hint = "declare the field as what it is, or convert the column"
	}
	return problem
}

// findPages finds out where the pages of every column are.
func (p *parquetFile) findPages(f *parquet.File) error {
	total, most := int64(0), min(maxRows, rowsForAByte*p.size)
	for _, g := range f.Metadata().RowGroups {
		if g.NumRows < 0 || g.NumRows > most-total {
			return fmt.Errorf("a row group of %d records behind %d others, in %d bytes", g.NumRows, total, p.size)
		}
		total += g.NumRows
	}
	p.rows = int(total)
	for i := range p.fills {
		fill := &p.fills[i]
		var err error
		if fill.values, err = p.pagesOf(f, fill.shape.value); err != nil {
			return err
		}
		if fill.shape.key != nil {
			if fill.key, err = p.pagesOf(f, fill.shape.key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parquetFile) pagesOf(f *parquet.File, l *leaf) (*pages, error) {
	out := &pages{from: p.from, leaf: l, group: -1}
	for _, g := range f.Metadata().RowGroups {
		if l.index >= len(g.Columns) {
			return nil, errors.New("a row group without all columns")
		}
		c := &g.Columns[l.index].MetaData
		if parquet.Kind(c.Type) != l.kind {
			return nil, fmt.Errorf("a column of %s with values of another type", l.kind)
		}
		at := c.DataPageOffset
		if d := c.DictionaryPageOffset; d > 0 && d < at {
			at = d
		}
		if at < 0 || c.TotalCompressedSize < 0 || at > p.size || c.TotalCompressedSize > p.size-at {
			return nil, errors.New("a column outside of the file")
		}
		if g.NumRows > 0 {
			out.parts = append(out.parts, chunk{at: at, end: at + c.TotalCompressedSize, rows: g.NumRows, codec: c.Codec})
		}
	}
	return out, nil
}

// read implements format.
func (p *parquetFile) read(t *table) (diag.List, error) {
	problems, err := readParts(t, p)
	for i := range t.slots {
		if s := &t.slots[i]; s.err != nil {
			problems, err = p.failed(t, s)
			break
		}
	}
	p.in.read = p.size
	return problems, err
}

// failed words why the values of a slot can't be read.
func (p *parquetFile) failed(t *table, s *slot) (diag.List, error) {
	if p.in.ctx.Err() != nil {
		return nil, p.in.ctx.Err()
	}
	return p.malformed(fmt.Errorf("column %q: %w", t.names[s.cell], s.err)), nil
}

// split implements splitter: which records are where is known beforehand.
func (p *parquetFile) split() (*part, diag.List, error) {
	if err := p.in.ctx.Err(); err != nil {
		return nil, nil, err
	}
	if p.done == p.rows {
		return nil, nil, nil
	}
	x := &p.parts[p.turn]
	p.turn = 1 - p.turn
	x.reset()
	x.records = p
	x.rows = min(p.part, p.rows-p.done)
	for i := range x.rows {
		x.lines = append(x.lines, int32(p.done+i+1))
	}
	p.done += x.rows
	x.read = int64(float64(p.size) * float64(p.done) / float64(p.rows))
	return x, nil, nil
}
