package sqlite

import (
	"encoding/binary"
	"math"
)

// checker checks one tree.
type checker struct {
	*image
	leaf, inside byte  // the kinds of its pages
	depth        int   // of its leaves; 0 while none was seen
	last         int64 // the rowid before
	bytes        used
}

// checkTree checks the structure of a tree: that its pages are of its kind and belong to nothing else, that cells fill their pages without
// gap or overlap but for what is listed as free, that rowids grow, and that all leaves are equally deep.
func (f *image) checkTree(root uint32) error {
	p, err := f.page(root)
	if err != nil {
		return err
	}
	c := &checker{image: f, leaf: indexLeaf, inside: indexInside, last: math.MinInt64}
	if p.kind == tableLeaf || p.kind == tableInside {
		c.leaf, c.inside = tableLeaf, tableInside
	}
	return c.page(root, 1)
}

func (c *checker) page(n uint32, depth int) error {
	if err := c.mark(n); err != nil {
		return err
	}
	p, err := c.image.page(n)
	switch {
	case err != nil:
		return err
	case p.kind == c.inside && depth < deepest && (p.cells > 0 || n == 1):
	case p.kind == c.leaf && (c.depth == 0 || c.depth == depth) && (p.cells > 0 || depth == 1):
		c.depth = depth
	default:
		return errDoubt
	}
	if err := c.space(&p); err != nil {
		return err
	}
	for i := range p.cells {
		if err := c.cell(&p, i, depth); err != nil {
			return err
		}
	}
	if p.inside() {
		return c.page(p.rightmost(), depth+1)
	}
	return nil
}

// cell checks what is below and behind a cell.
func (c *checker) cell(p *page, i, depth int) error {
	cell, err := c.image.cell(p, i)
	if err == nil && p.inside() {
		err = c.page(cell.child, depth+1)
	}
	if err == nil {
		err = c.chain(&cell)
	}
	if err != nil {
		return err
	}
	switch p.kind {
	case tableLeaf:
		if cell.rowid <= c.last && c.last != math.MinInt64 {
			return errDoubt
		}
		c.last = cell.rowid
	case tableInside: // what comes before is at most this
		if cell.rowid < c.last {
			return errDoubt
		}
		c.last = cell.rowid
	}
	return nil
}

// chain marks the pages behind a cell, which end with its payload.
func (c *checker) chain(cell *placed) error {
	next := cell.overflow
	for left := cell.total - len(cell.local); left > 0; left -= c.size - 4 {
		if err := c.mark(next); err != nil {
			return err
		}
		next = binary.BigEndian.Uint32(c.pages[next-1])
	}
	if next != 0 {
		return errDoubt
	}
	return nil
}

// space checks that the cells of a page and its free blocks lie side by side, and fill it from where it says that they begin.
func (c *checker) space(p *page) error {
	begin := int(binary.BigEndian.Uint16(p.data[p.head+5:]))
	if begin == 0 {
		begin = 1 << 16
	}
	if begin < p.array+2*p.cells || begin > len(p.data) {
		return errDoubt
	}
	clear(c.bytes[:(len(p.data)+63)/64])
	filled := int(p.data[p.head+7]) // in pieces too small to be listed
	for i := range p.cells {
		cell, err := c.image.cell(p, i)
		if err != nil || cell.at < begin || !c.bytes.take(cell.at, cell.size) {
			return errDoubt
		}
		filled += cell.size
	}
	for at := int(binary.BigEndian.Uint16(p.data[p.head+1:])); at != 0; {
		if at < begin || at > len(p.data)-4 {
			return errDoubt
		}
		next, size := int(binary.BigEndian.Uint16(p.data[at:])), int(binary.BigEndian.Uint16(p.data[at+2:]))
		if size < 4 || at+size > len(p.data) || next != 0 && next <= at+size+3 || !c.bytes.take(at, size) {
			return errDoubt
		}
		filled += size
		at = next
	}
	if filled != len(p.data)-begin {
		return errDoubt
	}
	return nil
}

// used are the bytes of a page that were found to belong to something, a bit each.
type used [1 << 16 / 64]uint64

// take notes that some bytes, at least one, belong to something. It gives false if they do so already.
func (u *used) take(at, size int) bool {
	for at, end := at, at+size; at < end; {
		word, bit := at/64, at%64
		n := min(64-bit, end-at)
		mask := (^uint64(0) >> (64 - n)) << bit
		if u[word]&mask != 0 {
			return false
		}
		u[word] |= mask
		at += n
	}
	return true
}
