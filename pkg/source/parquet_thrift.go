package source

import "encoding/binary"

// thrift goes over what a Parquet file says of itself. Package parquet-go makes room for whatever a list claims to have, which may be
// anything in a damaged file; so what it gets is gone over first, and page headers never reach it.
type thrift struct {
	data []byte
	at   int
	bad  bool // it is not what it must be; everything read after that is 0
}

// The kinds of values of thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxNesting is how deep structures may nest; those of Parquet have five levels.
const maxNesting = 16

// isThrift reports whether data is a structure and nothing else, in which all lengths are true.
func isThrift(data []byte) bool {
	t := thrift{data: data}
	t.structure(0, nil)
	return !t.bad && t.at == len(data)
}

// structure reads a structure. Visit may read the value of a field; those that it does not are skipped.
func (t *thrift) structure(depth int, visit func(id, kind int) (taken bool)) {
	for id := 0; !t.bad; {
		head := t.octet()
		if head == 0 {
			return
		}
		if step := int(head >> 4); step > 0 {
			id += step
		} else {
			id = int(t.number())
		}
		if kind := int(head & 15); visit == nil || !visit(id, kind) {
			t.skip(kind, depth)
		}
	}
}

// skip goes over a value.
func (t *thrift) skip(kind, depth int) {
	switch kind {
	case thriftTrue, thriftFalse: // the kind is the value
	case thriftByte:
		t.take(1)
	case thriftI16, thriftI32, thriftI64:
		t.varint()
	case thriftDouble:
		t.take(8)
	case thriftBinary:
		t.take(t.length())
	case thriftList, thriftSet:
		t.skipList(depth)
	case thriftMap:
		n := t.length()
		if n == 0 {
			return
		}
		for kinds := t.octet(); n > 0 && !t.bad; n-- {
			t.skipItem(int(kinds>>4), depth)
			t.skipItem(int(kinds&15), depth)
		}
	case thriftStruct:
		if depth == maxNesting {
			t.bad = true
			return
		}
		t.structure(depth+1, nil)
	default:
		t.bad = true
	}
}

func (t *thrift) skipList(depth int) {
	head := t.octet()
	n := int(head >> 4)
	if n == 15 {
		n = t.length()
	}
	for ; n > 0 && !t.bad; n-- {
		t.skipItem(int(head&15), depth)
	}
}

// skipItem goes over an element, where truth values are bytes.
func (t *thrift) skipItem(kind, depth int) {
	if kind == thriftTrue || kind == thriftFalse {
		kind = thriftByte
	}
	if depth == maxNesting {
		t.bad = true
		return
	}
	t.skip(kind, depth+1)
}

// length reads how many bytes or elements follow; each element has one byte at least.
func (t *thrift) length() int {
	n := t.varint()
	if n > uint64(len(t.data)-t.at) {
		t.bad = true
		return 0
	}
	return int(n)
}

// number reads a whole number.
func (t *thrift) number() int64 {
	n := t.varint()
	return int64(n>>1) ^ -int64(n&1)
}

func (t *thrift) varint() uint64 {
	if t.bad {
		return 0
	}
	n, size := binary.Uvarint(t.data[t.at:])
	if size <= 0 {
		t.bad = true
		return 0
	}
	t.at += size
	return n
}

func (t *thrift) octet() byte {
	if b := t.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (t *thrift) take(n int) []byte {
	if t.bad || n > len(t.data)-t.at {
		t.bad = true
		return nil
	}
	t.at += n
	return t.data[t.at-n : t.at]
}

// pageHeader is what a page of a column says of itself.
type pageHeader struct {
	length int // of the header
	kind   int64
	size   int64 // of the page
	packed int64 // of the page as it is in the file
	crc    int64 // 0 without
	values int64 // nulls included
	coding int64

	levelCodings [2]int64 // of repetition and definition levels, version 1 only
	levelBytes   [2]int64 // of both, version 2 only
	plain        bool     // not compressed, version 2 only
}

// The kinds of pages.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

// readPageHeader reads the header that data begins with; ok is false also where data is too short.
func readPageHeader(data []byte) (h pageHeader, ok bool) {
	t := thrift{data: data}
	t.structure(0, func(id, kind int) bool {
		if kind == thriftStruct && (id == 5 || id == 7 || id == 8) {
			t.structure(1, func(sub, kind int) bool { return h.detail(&t, id, sub, kind) })
			return true
		}
		to := map[int]*int64{1: &h.kind, 2: &h.size, 3: &h.packed, 4: &h.crc}[id]
		if to == nil || kind != thriftI32 {
			return false
		}
		*to = t.number()
		return true
	})
	h.length = t.at
	return h, !t.bad
}

// detail reads a field of the part of a header that is about one kind of page.
func (h *pageHeader) detail(t *thrift, part, id, kind int) bool {
	var to *int64
	switch {
	case part == 8 && id == 7:
		h.plain = kind == thriftFalse
		return false // the kind is the value
	case kind != thriftI32:
		return false
	case id == 1:
		to = &h.values
	case part != 8:
		to = map[int]*int64{2: &h.coding, 3: &h.levelCodings[1], 4: &h.levelCodings[0]}[id]
	default:
		to = map[int]*int64{4: &h.coding, 5: &h.levelBytes[1], 6: &h.levelBytes[0]}[id]
	}
	if to == nil {
		return false
	}
	*to = t.number()
	return true
}
