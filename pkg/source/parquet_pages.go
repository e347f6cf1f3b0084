package source

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	pq "github.com/parquet-go/parquet-go/format"
)

// What a page may have. More is a damaged file: writers make pages of about a mebibyte.
const (
	maxPage       = 128 << 20 // bytes
	maxPageValues = 16 << 20
	maxHeader     = 1 << 20 // bytes
)

// errEnd tells that there are no more values. It is none of those that reading and unpacking give.
var errEnd = errors.New("it has fewer values than there are records")

var errLargePage = errors.New("a page of more than 128 MiB, or more than 16 million values")

// pages goes through the pages of one column, over all row groups.
type pages struct {
	from  io.ReaderAt
	leaf  *leaf
	parts []chunk // one of each row group

	group   int   // the row group being read, behind the last at the end
	at      int64 // where its next page begins
	left    int64 // of its rows, those that are not in a page so far
	hasDict bool
	dict    decoded
	raw     []byte   // the page as it is in the file
	data    []byte   // the page
	words   []byte   // the dictionary
	indexed bool     // the page's values are numbers of those of the dictionary
	index   []uint32 // these
	values  decoded  // else its values
	levels  int      // values of the page, nulls included
	repeats []uint32 // of each whether it begins a record, 0, where the column can repeat
	defined []uint32 // of each how much of it there is, where it may be missing
	level   int      // the next one
	value   int      // and its value, if it has one
}

// chunk is the part of a column that is in one row group.
type chunk struct {
	at, end int64 // in the file
	rows    int64
	codec   pq.CompressionCodec
}

// more makes sure that there is a value to read. It gives errEnd behind the last.
func (p *pages) more() error {
	for p.level == p.levels {
		for p.group < 0 || p.at == p.parts[p.group].end {
			if p.group >= 0 && p.left != 0 {
				return fmt.Errorf("%d records have no value", p.left)
			}
			if p.group++; p.group == len(p.parts) {
				p.group--
				return errEnd
			}
			part := p.parts[p.group]
			p.at, p.left, p.hasDict = part.at, part.rows, false
		}
		if err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

// next reads a page: a dictionary, or values.
func (p *pages) next() error {
	part := p.parts[p.group]
	h, err := p.header(part.end - p.at)
	if err != nil {
		return err
	}
	p.at += int64(h.length)
	if h.size < 0 || h.packed < 0 || h.values < 0 || h.packed > part.end-p.at {
		return errors.New("a page that is longer than its column")
	}
	if h.size > maxPage || h.values > maxPageValues {
		return errLargePage
	}
	p.raw = slices.Grow(p.raw[:0], int(h.packed))[:h.packed]
	if err := readAt(p.from, p.raw, p.at); err != nil {
		return err
	}
	p.at += h.packed
	if h.crc != 0 && crc32.ChecksumIEEE(p.raw) != uint32(h.crc) {
		return errors.New("a page whose checksum is another")
	}
	switch h.kind {
	case dictionaryPage:
		return p.takeDictionary(h, part.codec)
	case dataPage:
		return p.takeData(h, part.codec)
	case dataPageV2:
		return p.takeDataV2(h, part.codec)
	}
	return nil // an index, or what later versions of the format have
}

// header reads the header of the next page; so many bytes are left.
func (p *pages) header(left int64) (pageHeader, error) {
	for size := int64(256); ; size *= 16 {
		size = min(size, left, maxHeader)
		p.raw = slices.Grow(p.raw[:0], int(size))[:size]
		if err := readAt(p.from, p.raw, p.at); err != nil {
			return pageHeader{}, err
		}
		h, ok := readPageHeader(p.raw)
		if ok {
			return h, nil
		}
		if size == left || size == maxHeader {
			return h, errors.New("a page without a header")
		}
	}
}

// takeDictionary takes the dictionary of a row group.
func (p *pages) takeDictionary(h pageHeader, codec pq.CompressionCodec) error {
	data, err := unpacked(p.words[:0], p.raw, codec, int(h.size))
	if err != nil {
		return err
	}
	p.words = data
	if h.coding == codingPlainDictionary {
		h.coding = codingPlain
	}
	p.hasDict = true
	if err := p.dict.stored.decode(p.leaf.kind, p.leaf.size, h.coding, data, int(h.values)); err != nil {
		return fmt.Errorf("a dictionary: %w", err)
	}
	p.dict.convert(p.leaf, int(h.values))
	return nil
}

// takeData takes a page of version 1: levels, each with their length before them, and values, compressed together.
func (p *pages) takeData(h pageHeader, codec pq.CompressionCodec) (err error) {
	if p.data, err = unpacked(p.data[:0], p.raw, codec, int(h.size)); err != nil {
		return err
	}
	rest := p.data
	for i, highest := range []int{p.leaf.repeats, p.leaf.defined} {
		if highest == 0 {
			continue
		}
		t := thrift{data: rest}
		size := t.take(4)
		if t.bad || h.levelCodings[i] != codingRLE {
			return errors.New("levels of an encoding that nobody uses any more")
		}
		runs := t.take(int(uint32(size[0]) | uint32(size[1])<<8 | uint32(size[2])<<16 | uint32(size[3])<<24))
		if t.bad {
			return errShort
		}
		if err := p.takeLevels(i, runs, highest, int(h.values)); err != nil {
			return err
		}
		rest = rest[t.at:]
	}
	return p.takeValues(h, rest)
}

// takeDataV2 takes a page of version 2: levels, which are not compressed, and values.
func (p *pages) takeDataV2(h pageHeader, codec pq.CompressionCodec) (err error) {
	rest, levelBytes := p.raw, h.levelBytes[0]+h.levelBytes[1]
	if h.levelBytes[0] < 0 || h.levelBytes[1] < 0 || levelBytes > int64(len(rest)) || levelBytes > h.size {
		return errShort
	}
	for i, highest := range []int{p.leaf.repeats, p.leaf.defined} {
		runs := rest[:h.levelBytes[i]]
		rest = rest[h.levelBytes[i]:]
		if highest == 0 {
			continue
		}
		if err := p.takeLevels(i, runs, highest, int(h.values)); err != nil {
			return err
		}
	}
	if h.plain {
		codec = pq.Uncompressed
	}
	if p.data, err = unpacked(p.data[:0], rest, codec, int(h.size-levelBytes)); err != nil {
		return err
	}
	return p.takeValues(h, p.data)
}

// takeLevels takes the levels of n values, of repetition or definition.
func (p *pages) takeLevels(which int, runs []byte, highest, n int) (err error) {
	to := &p.repeats
	if which == 1 {
		to = &p.defined
	}
	if *to, err = decodeRuns((*to)[:0], runs, bitWidth(highest), n); err != nil {
		return fmt.Errorf("levels: %w", err)
	}
	for _, level := range *to {
		if int(level) > highest {
			return fmt.Errorf("a level of %d where %d is the highest", level, highest)
		}
	}
	return nil
}

// takeValues takes the values behind the levels.
func (p *pages) takeValues(h pageHeader, data []byte) error {
	n, rows := int(h.values), h.values
	if p.leaf.defined > 0 {
		n = 0
		for _, level := range p.defined {
			if int(level) == p.leaf.defined {
				n++
			}
		}
	}
	if p.leaf.repeats > 0 {
		rows = 0
		for _, level := range p.repeats {
			if level == 0 {
				rows++
			}
		}
	}
	if p.leaf.repeats > 0 && p.left == p.parts[p.group].rows && h.values > 0 && p.repeats[0] != 0 {
		return errors.New("values that belong to no record")
	}
	if p.left -= rows; p.left < 0 {
		return errors.New("more values than records")
	}
	p.level, p.levels, p.value = 0, int(h.values), 0
	if p.indexed = h.coding == codingDictionary || h.coding == codingPlainDictionary; p.indexed {
		return p.takeIndex(data, n)
	}
	if err := p.values.stored.decode(p.leaf.kind, p.leaf.size, h.coding, data, n); err != nil {
		return err
	}
	p.values.convert(p.leaf, n)
	return nil
}

// takeIndex takes the numbers of n values of the dictionary.
func (p *pages) takeIndex(data []byte, n int) (err error) {
	if p.index = p.index[:0]; n == 0 {
		return nil
	}
	if len(data) == 0 || !p.hasDict {
		return errors.New("values of a dictionary that is not there")
	}
	if p.index, err = decodeRuns(p.index, data[1:], int(data[0]), n); err != nil {
		return err
	}
	if highest := slices.Max(p.index); int(highest) >= p.dict.n {
		return fmt.Errorf("value %d of a dictionary of %d", highest, p.dict.n)
	}
	return nil
}

// unpacked appends the size bytes that were compressed.
func unpacked(to, data []byte, codec pq.CompressionCodec, size int) ([]byte, error) {
	if codec == pq.Uncompressed {
		if len(data) != size {
			return to, errShort
		}
		return append(to, data...), nil
	}
	unpack := unpackers[codec]
	if unpack == nil {
		return to, fmt.Errorf("pages compressed by %s", codec)
	}
	to, err := unpack(to, data, size)
	if err == nil && len(to) != size {
		err = errShort
	}
	if err != nil {
		return to, fmt.Errorf("decompressing a page: %w", err)
	}
	return to, nil
}
