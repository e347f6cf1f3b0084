package frame

import (
	"crypto/sha256"
	"encoding/binary"
)

// keysSum tells the keys of a table, in order, from all others: their SHA-256.
type keysSum [sha256.Size]byte

// saved is how a table was related to a parent when it was encoded. It holds as long as the parent has the same keys and the table's rows
// stand as they stood.
type saved struct {
	parent  keysSum
	up      []int32
	start   []uint32
	down    []uint32 // may be nil if it is a run of rows
	run     bool
	first   uint32 // of the run
	orphans int
}

// sum gives the sum of the keys of a table that has keys.
func (t *Table) sum() keysSum {
	t.summing.Do(func() {
		if t.known != nil {
			t.keysSum = *t.known
			return
		}
		h := sha256.New()
		buffer := make([]byte, 0, chunk)
		for row := range t.Rows {
			key := t.keys.Text(row)
			if len(buffer)+4+len(key) > cap(buffer) {
				h.Write(buffer)
				buffer = buffer[:0]
			}
			buffer = append(binary.LittleEndian.AppendUint32(buffer, uint32(len(key))), key...)
		}
		h.Write(buffer)
		h.Sum(t.keysSum[:0])
	})
	return t.keysSum
}

// relation writes how a table is related to a parent.
func (e *encoder) relation(r *Relation) {
	sum := r.Parent.sum()
	e.raw(sum[:])
	e.number(r.Orphans)
	block(e, r.Up)
	block(e, r.Start)
	first, run := r.Run()
	e.number(btoi(run))
	if run {
		e.number(int(first))
		return
	}
	block(e, r.Down)
}

// relation reads how a table was related to a parent.
func (d *decoder) relation(rows int) *saved {
	s := &saved{}
	copy(s.parent[:], d.take(len(s.parent)))
	s.orphans = d.number(rows)
	s.up = valuesOf[int32](d.block(4, rows))
	s.start = valuesOf[uint32](d.take(4 * d.size()))
	if s.run = d.number(1) == 1; s.run {
		s.first = uint32(d.number(rows))
	} else {
		s.down = valuesOf[uint32](d.take(4 * d.size()))
	}
	return s
}

// save gives how a relation stands, for a frame with the same rows; nil where it costs less to find it again.
func (r *Relation) save() *saved {
	if r.Parent.known == nil {
		return nil
	}
	s := &saved{parent: r.Parent.sum(), up: r.Up, start: r.Start, down: r.Down, orphans: r.Orphans}
	if first, run := r.Run(); run {
		s.first, s.run = first, true
	}
	return s
}

// fits reports whether a relation that was saved may be used for a table of so many rows and a parent.
func (s *saved) fits(rows int, parent *Table) bool {
	return s != nil && len(s.up) == rows && len(s.start) == parent.Rows+1 && s.parent == parent.sum()
}

// saved gives how a builder's rows were related to a parent, nil unless that still holds.
func (l *linker) saved(child, link int) *saved {
	b := l.builders[child]
	if link >= len(b.saved) {
		return nil
	}
	if s := b.saved[link]; s.fits(b.Rows(), l.tables[l.place[b.Parents[link].Entity]]) {
		return s
	}
	return nil
}

// restore makes a relation what it was.
func (r *Relation) restore(s *saved, counted func(n int) []uint32) {
	r.Up, r.Start, r.Down, r.Orphans = s.up, s.start, s.down, s.orphans
	if s.run && s.down == nil {
		n := s.first + r.Start[len(r.Start)-1]
		r.Down = counted(int(n))[s.first:]
	}
	r.look.Do(func() { r.isRun = s.run })
}
