package sqlite

import "encoding/binary"

// The kinds of pages of a tree, as their first byte says.
const (
	indexInside = 2
	tableInside = 5
	indexLeaf   = 10
	tableLeaf   = 13
)

// deepest is how many levels a tree has at most: far more than any file could fill.
const deepest = 20

// page is one page of a tree.
type page struct {
	data  []byte
	head  int // where its header begins
	kind  byte
	cells int
	array int // where the pointers to its cells begin
}

// page gives a page of a tree.
func (f *image) page(n uint32) (page, error) {
	if n == 0 || int(n) > len(f.pages) {
		return page{}, errDoubt
	}
	p := page{data: f.pages[n-1]}
	if n == 1 {
		p.head = 100 // the file's header
	}
	p.kind, p.cells = p.data[p.head], int(binary.BigEndian.Uint16(p.data[p.head+3:]))
	switch p.kind {
	case indexInside, tableInside:
		p.array = p.head + 12
	case indexLeaf, tableLeaf:
		p.array = p.head + 8
	default:
		return page{}, errDoubt
	}
	if p.array+2*p.cells > len(p.data) {
		return page{}, errDoubt
	}
	return p, nil
}

func (p *page) inside() bool { return p.kind == indexInside || p.kind == tableInside }

// rightmost gives the last child of an inner page.
func (p *page) rightmost() uint32 { return binary.BigEndian.Uint32(p.data[p.head+8:]) }

// placed is a cell of a page: a child of an inner page, a row of a leaf or an index, or both.
type placed struct {
	at, size int    // of the whole cell, in bytes
	child    uint32 // of an inner page: what comes before this cell
	rowid    int64  // of a table
	total    int    // bytes of the payload
	local    []byte // those of them that are on the page
	overflow uint32 // the page that has the next ones
}

// cell gives the nth cell of a page.
func (f *image) cell(p *page, n int) (c placed, err error) {
	c.at = int(binary.BigEndian.Uint16(p.data[p.array+2*n:]))
	if c.at < p.array+2*p.cells || c.at > len(p.data)-4 {
		return c, errDoubt
	}
	rest := p.data[c.at:]
	if p.inside() {
		c.child, rest = binary.BigEndian.Uint32(rest), rest[4:]
	}
	if p.kind != tableInside {
		total, n := varint(rest)
		if n == 0 || total > uint64(len(f.pages)*f.size) {
			return c, errDoubt
		}
		c.total, rest = int(total), rest[n:]
	}
	if p.kind == tableInside || p.kind == tableLeaf {
		rowid, n := varint(rest)
		if n == 0 {
			return c, errDoubt
		}
		c.rowid, rest = int64(rowid), rest[n:]
	}
	local := f.local(p.kind, c.total)
	if local > len(rest) {
		return c, errDoubt
	}
	c.local, rest = rest[:local], rest[local:]
	if local < c.total {
		if len(rest) < 4 {
			return c, errDoubt
		}
		c.overflow, rest = binary.BigEndian.Uint32(rest), rest[4:]
	}
	c.size = max(len(p.data)-c.at-len(rest), 4)
	return c, nil
}

// local gives how many bytes of a payload are on the page itself.
func (f *image) local(kind byte, total int) int {
	most := f.size - 35
	if kind != tableLeaf {
		most = (f.size-12)*64/255 - 23
	}
	if total <= most {
		return total
	}
	least := (f.size-12)*32/255 - 23
	if fit := least + (total-least)%(f.size-4); fit <= most {
		return fit
	}
	return least
}

// payload gives the whole payload of a cell: a part of its page, if it is all there.
func (f *image) payload(c *placed) ([]byte, error) {
	if c.overflow == 0 {
		return c.local, nil
	}
	all := append(make([]byte, 0, c.total), c.local...)
	for next := c.overflow; len(all) < c.total; {
		if next == 0 || int(next) > len(f.pages) {
			return nil, errDoubt
		}
		data := f.pages[next-1]
		next = binary.BigEndian.Uint32(data)
		all = append(all, data[4:4+min(f.size-4, c.total-len(all))]...)
	}
	return all, nil
}

// walk calls each with every row of a tree, in its order; of an index the rowid is 0. Nobody may change the payload. The tree must have
// been checked.
func (f *image) walk(root uint32, each func(rowid int64, payload []byte) error) error {
	p, err := f.page(root)
	if err != nil {
		return err
	}
	for i := range p.cells {
		c, err := f.cell(&p, i)
		if err == nil && p.inside() {
			err = f.walk(c.child, each)
		}
		if err != nil {
			return err
		}
		if p.kind == tableInside {
			continue
		}
		payload, err := f.payload(&c)
		if err == nil {
			err = each(c.rowid, payload)
		}
		if err != nil {
			return err
		}
	}
	if p.inside() {
		return f.walk(p.rightmost(), each)
	}
	return nil
}

// rows counts the rows of a tree that was checked.
func (f *image) rows(root uint32) int {
	p, err := f.page(root)
	if err != nil {
		return 0
	}
	n := p.cells
	if !p.inside() {
		return n
	}
	if p.kind == tableInside {
		n = 0
	}
	for i := range p.cells {
		if c, err := f.cell(&p, i); err == nil {
			n += f.rows(c.child)
		}
	}
	return n + f.rows(p.rightmost())
}

// varint reads a number of one to nine bytes, and tells how many; none if they are cut short.
func varint(b []byte) (uint64, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	var n uint64
	for i := 0; i < len(b) && i < 8; i++ {
		n = n<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, i + 1
		}
	}
	if len(b) < 9 {
		return 0, 0
	}
	return n<<8 | uint64(b[8]), 9
}
