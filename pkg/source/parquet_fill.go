package source

import (
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/frame"
)

// fill implements records. What is wrong with the file ends in the slot's error, also where it makes this package panic.
func (p *parquetFile) fill(t *table, x *part, slot int) {
	s, f := &t.slots[slot], &p.fills[slot]
	defer func() {
		if r := recover(); r != nil {
			s.err = fmt.Errorf("%v", r)
		}
		if s.err != nil {
			s.column.Truncate(t.rows)
			for range x.rows {
				s.column.AppendMissing()
			}
		}
		for _, o := range s.faults {
			o.fault.in(t.names[s.cell], t.names[s.cell])
		}
	}()
	s.err = f.fill(t, x, s)
}

func (f *parquetFill) fill(t *table, x *part, s *slot) (err error) {
	c := s.column
	switch {
	case f.shape.json:
		return f.fillJSON(t, x, s)
	case c.Type.Kind == frame.List || c.Type.Kind == frame.Map:
		return f.fillMany(t, x, s)
	}
	switch c.Type.Kind {
	case frame.Bool:
		c.Bools, err = flat(f.values, x, s, c.Bools, func(d *decoded) []bool { return d.bools })
	case frame.Int, frame.Time:
		c.Ints, err = flat(f.values, x, s, c.Ints, func(d *decoded) []int64 { return d.ints })
	case frame.Double:
		c.Doubles, err = flat(f.values, x, s, c.Doubles, func(d *decoded) []float64 { return d.doubles })
	default:
		c.Codes, err = f.strings(t, x, s, c.Codes)
	}
	if err == nil {
		c.Extend(x.rows, s.known)
	}
	return err
}

// run gives how many of so many values are in the page at hand, at least one, and the values that they are or are numbers of.
func (p *pages) run(n int) (int, *decoded, error) {
	if err := p.more(); err != nil {
		return 0, nil, err
	}
	d := &p.values
	if p.indexed {
		d = &p.dict
	}
	return min(n, p.levels-p.level), d, nil
}

// step goes to the next value, and gives its number among those of the page or dictionary, unless it is null.
func (p *pages) step() (at int, known bool) {
	level := p.level
	p.level++
	if p.leaf.defined > 0 && int(p.defined[level]) < p.leaf.defined {
		return 0, false
	}
	if at = p.value; p.indexed {
		at = int(p.index[at])
	}
	p.value++
	return at, true
}

// flat appends the value of each record, and notes which have one.
func flat[T any](p *pages, x *part, s *slot, to []T, of func(*decoded) []T) ([]T, error) {
	known := s.unknown(x.rows)
	for row := 0; row < x.rows; {
		n, d, err := p.run(x.rows - row)
		if err != nil {
			return to, err
		}
		values := of(d)
		for ; n > 0; n, row = n-1, row+1 {
			var value T
			at, ok := p.step()
			if ok && d.bad != nil && d.bad[at] != nil {
				s.fail(row, d.bad[at].clone())
			} else if ok {
				value = values[at]
				known.Add(row)
			}
			to = append(to, value)
		}
	}
	return to, nil
}

// strings appends the code of each record's text.
func (f *parquetFill) strings(t *table, x *part, s *slot, to []uint32) ([]uint32, error) {
	p, known := f.values, s.unknown(x.rows)
	from, someOut := len(to), len(x.faults) > 0
	to = append(to, make([]uint32, x.rows)...)
	for row := 0; row < x.rows; {
		n, d, err := p.run(x.rows - row)
		if err != nil {
			return to, err
		}
		l := &s.parser.lookup
		l.reset()
		for ; n > 0; n, row = n-1, row+1 {
			at, ok := p.step()
			if someOut && x.out.Has(row) {
				continue
			}
			if ok && !s.key && d.codes[at] < askedCode {
				to[from+row] = d.codes[at]
				known.Add(row)
				continue
			}
			if fault := d.ask(l, s, at, ok, row); fault != nil {
				s.fail(row, fault)
			}
		}
		d.answer(l, s)
		for i, row := range l.rows {
			at := l.which[i]
			if s.key {
				if fault := t.addKey(d.codes[at], d.texts.view(int(at)), x.lines[row]); fault != nil {
					s.fail(int(row), fault)
					continue
				}
			}
			to[from+int(row)] = d.codes[at]
			known.Add(int(row))
		}
	}
	return to, nil
}

// ask notes the text of a record, to be looked up unless that has been done before.
func (d *decoded) ask(l *lookup, s *slot, at int, known bool, row int) *fault {
	switch {
	case !known && s.key, known && s.key && d.texts.empty(at):
		return checkKey("")
	case !known || s.parent && d.texts.empty(at):
		return nil
	case d.bad != nil && d.bad[at] != nil:
		return d.bad[at].clone()
	case d.codes[at] == noCode:
		d.codes[at] = askedCode
		d.asked, l.texts = append(d.asked, int32(at)), append(l.texts, d.texts.view(at))
	}
	l.rows, l.which = append(l.rows, int32(row)), append(l.which, int32(at))
	return nil
}

// answer looks up the texts that were asked for.
func (d *decoded) answer(l *lookup, s *slot) {
	l.codes = s.column.Dict.Codes(l.codes, l.texts)
	for i, at := range d.asked {
		d.codes[at] = l.codes[i]
	}
	d.asked = d.asked[:0]
}

// fillJSON fills a column of lists or maps that are JSON.
func (f *parquetFill) fillJSON(t *table, x *part, s *slot) (err error) {
	p := f.values
	t.eachRecord(x, s, func(row int) *fault {
		var d *decoded
		if err == nil {
			_, d, err = p.run(1)
		}
		if err != nil {
			return &fault{} // the whole part is taken back
		}
		at, ok := p.step()
		switch {
		case x.out.Has(row) || !ok || d.texts.empty(at):
			s.column.AppendMissing()
			return nil
		case d.bad[at] != nil:
			return d.bad[at].clone()
		}
		return s.parser.text(s.column, d.texts.view(at))
	})
	return err
}

// fillMany fills a column of lists or maps.
func (f *parquetFill) fillMany(t *table, x *part, s *slot) (err error) {
	t.eachRecord(x, s, func(row int) *fault {
		var bad *fault
		if err == nil {
			bad, err = f.record(s.column)
		}
		if err != nil {
			return &fault{} // the whole part is taken back
		}
		return bad
	})
	return err
}

// record appends the list or map of a record. All of it is read, also if there is a fault.
func (f *parquetFill) record(c *frame.Column) (bad *fault, err error) {
	if begins, err := f.begins(); err != nil {
		return nil, err
	} else if !begins {
		return nil, errors.New("values that belong to no record")
	}
	level := int(f.values.defined[f.values.level])
	if level < f.shape.element {
		f.skip()
		if level < f.shape.some {
			c.AppendMissing()
		} else {
			end(c)
		}
		return nil, nil
	}
	for {
		fault, err := f.element(c)
		if bad == nil {
			bad = fault
		}
		if err != nil {
			return nil, err
		}
		begins, err := f.begins()
		if begins || errors.Is(err, errEnd) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if bad == nil {
		end(c)
	}
	return bad, nil
}

// end adds the row of the elements that were appended.
func end(c *frame.Column) {
	if c.Type.Kind == frame.Map {
		c.EndMap()
	} else {
		c.EndList()
	}
}

// begins reports whether the next element begins a record.
func (f *parquetFill) begins() (bool, error) {
	err := f.values.more()
	if f.key == nil {
		return err == nil && f.values.repeats[f.values.level] == 0, err
	}
	if keyErr := f.key.more(); keyErr != nil || err != nil {
		return false, endOfBoth(keyErr, err)
	}
	begins := f.values.repeats[f.values.level] == 0
	if begins != (f.key.repeats[f.key.level] == 0) {
		return false, errUneven
	}
	return begins, nil
}

// endOfBoth gives why there is no next entry of a map: what is wrong with its keys or values, or that one of them ends before the other.
func endOfBoth(keys, values error) error {
	for _, err := range []error{keys, values} {
		if err != nil && !errors.Is(err, errEnd) {
			return err
		}
	}
	if keys == nil || values == nil {
		return errUneven
	}
	return errEnd
}

var errUneven = errors.New("a map that has not as many keys as values")

// skip goes over what stands for a list or map without elements.
func (f *parquetFill) skip() {
	f.values.step()
	if f.key != nil {
		f.key.step()
	}
}

// element appends an element, or an entry that has a value.
func (f *parquetFill) element(c *frame.Column) (*fault, error) {
	_, d, err := f.values.run(1)
	if err != nil {
		return nil, err
	}
	at, ok := f.values.step()
	if f.key == nil {
		if !ok {
			return nullInList(), nil
		}
		return d.appendTo(c.Elems, at), nil
	}
	_, keys, err := f.key.run(1)
	if err != nil {
		return nil, err
	}
	switch key, known := f.key.step(); {
	case !known:
		return &fault{message: "a map with a key that is null"}, nil
	case !ok:
		return nil, nil
	case keys.bad[key] != nil:
		return keys.bad[key].clone(), nil
	default:
		c.MapKeys.AppendString(keys.texts.view(key))
		return d.appendTo(c.Elems, at), nil
	}
}

// appendTo appends a value.
func (d *decoded) appendTo(c *frame.Column, at int) *fault {
	if f := d.bad[at]; f != nil {
		return f.clone()
	}
	switch c.Type.Kind {
	case frame.Bool:
		c.AppendBool(d.bools[at])
	case frame.Int, frame.Time:
		c.AppendInt(d.ints[at])
	case frame.Double:
		c.AppendDouble(d.doubles[at])
	default:
		c.AppendString(d.texts.view(at))
	}
	return nil
}
