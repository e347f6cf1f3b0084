package source

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"math/bits"
	"slices"
)

// csvCursor goes from record to record.
type csvCursor struct {
	data  []byte
	final bool     // data ends where the file does
	marks []uint32 // see csvPart
	want  []int    // see csvFile

	at   int // the next record
	mark int // the next mark, at it or behind it
	line int // lines before it
}

// emptyLines goes over lines without anything in them.
func (r *csvCursor) emptyLines() {
	for r.at < len(r.data) {
		rest := r.data[r.at:]
		switch {
		case rest[0] == '\n':
			r.at++
		case rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n':
			r.at += 2
		default:
			return
		}
		r.mark++
		r.line++
	}
}

// next splits a record into cells: n in all. It is not ok if data ends before the record does; there is no next one then.
func (r *csvCursor) next(cells []span32) (n int, f *fault, ok bool) {
	data, marks, at, k, first := r.data, r.marks, r.at, r.mark, r.line+1
	for {
		if at < len(data) && data[at] == '"' {
			r.mark = k + 1
			cell, behind, end := r.quoted(at + 1)
			switch end {
			case notYet:
				return 0, nil, false
			case strayQuote:
				return 0, r.broken(csv.ErrQuote, first, behind), r.endLine()
			}
			r.put(cells, n, cell)
			n, at, k = n+1, behind, r.mark
			if end == recordEnds {
				return n, nil, r.done(at, k)
			}
			continue
		}
		if k == len(marks) {
			r.put(cells, n, span32{uint32(at), uint32(len(data))})
			return n + 1, nil, r.final && r.done(len(data), k)
		}
		mark := int(marks[k])
		k++
		switch data[mark] {
		case ',':
			r.put(cells, n, span32{uint32(at), uint32(mark)})
			n, at = n+1, mark+1
			continue
		case '\n':
			end := mark
			if end > at && data[end-1] == '\r' {
				end--
			}
			r.put(cells, n, span32{uint32(at), uint32(end)})
			return n + 1, nil, r.done(mark+1, k)
		}
		r.mark = k
		return 0, r.broken(csv.ErrBareQuote, first, mark), r.endLine()
	}
}

// put keeps a cell where the table looks for it.
func (r *csvCursor) put(cells []span32, n int, cell span32) {
	if n < len(r.want) {
		cells[r.want[n]] = cell
	}
}

// done ends a record.
func (r *csvCursor) done(at, mark int) bool {
	r.at, r.mark, r.line = at, mark, r.line+1
	return true
}

// quoteEnd is what follows a quoted cell.
type quoteEnd uint8

const (
	cellEnds quoteEnd = iota
	recordEnds
	notYet     // data ends before it
	strayQuote // there is a quote that is neither doubled nor the last character
)

// quoted finds the end of a quoted cell that begins behind its quote, and where what follows begins: the next cell, the next record, or a
// stray quote. A cell that the file does not close ends in a stray quote behind the data.
func (r *csvCursor) quoted(from int) (cell span32, behind int, end quoteEnd) {
	data, begin := r.data, uint32(from)
	for r.mark < len(r.marks) {
		mark := int(r.marks[r.mark])
		r.mark++
		switch data[mark] {
		case '\n':
			r.line++
			if data[mark-1] == '\r' {
				begin |= escaped
			}
		case '"':
			cell := span32{begin, uint32(mark)}
			switch follows := data[mark+1:]; {
			case len(follows) == 0 && r.final:
				return cell, mark + 1, recordEnds
			case len(follows) == 0, follows[0] == '\r' && len(follows) == 1 && !r.final:
				return cell, mark, notYet
			case follows[0] == '"':
				begin |= escaped
				r.mark++
			case follows[0] == ',':
				r.mark++
				return cell, mark + 2, cellEnds
			case follows[0] == '\n':
				r.mark++
				return cell, mark + 2, recordEnds
			case follows[0] == '\r' && len(follows) > 1 && follows[1] == '\n':
				r.mark++
				return cell, mark + 3, recordEnds
			default:
				return cell, mark, strayQuote
			}
		}
	}
	if r.final {
		return cell, len(data), strayQuote
	}
	return cell, len(data), notYet
}

// broken words a stray quote of a record as package csv would: by its first line, and the byte of the quote's own line.
func (r *csvCursor) broken(err error, first, quote int) *fault {
	line, text := r.line+1, r.data[:quote]
	if quote == len(r.data) && bytes.HasSuffix(text, []byte("\n")) {
		line, quote = line-1, quote-bytes.Count(text[max(0, len(text)-2):], []byte("\r"))
		text = text[:len(text)-1]
	}
	e := &csv.ParseError{StartLine: first, Line: line, Column: quote - bytes.LastIndexByte(text, '\n'), Err: err}
	return &fault{message: syntaxReason(e), hint: `double the quotes in a quoted cell: "a ""b"" c"`, swallowed: line - first}
}

// endLine goes on behind the line that a record is broken in. It is not ok if that is not all there.
func (r *csvCursor) endLine() bool {
	for ; r.mark < len(r.marks); r.mark++ {
		if at := int(r.marks[r.mark]); r.data[at] == '\n' {
			return r.done(at+1, r.mark+1)
		}
	}
	return r.final && r.done(len(r.data), r.mark)
}

// findMarks appends the places of all commas, quotes and line feeds, eight bytes at a time: of each byte of a word that is one of them the
// highest bit is left.
func findMarks(marks []uint32, data []byte) []uint32 {
	marks = slices.Grow(marks, len(data)+8)
	n, room := 0, marks[:cap(marks)]
	at := 0
	for ; at+8 <= len(data); at += 8 {
		word := binary.LittleEndian.Uint64(data[at:])
		hits := ^(differs(word, ',') & differs(word, '"') & differs(word, '\n')) & highBits
		for ; hits != 0; hits &= hits - 1 {
			room[n] = uint32(at + bits.TrailingZeros64(hits)>>3)
			n++
		}
	}
	for ; at < len(data); at++ {
		if c := data[at]; c == ',' || c == '"' || c == '\n' {
			room[n] = uint32(at)
			n++
		}
	}
	return room[:n]
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// differs gives a word that has the highest bit of each byte of a word that is not c.
func differs(word uint64, c byte) uint64 {
	word ^= everyByte * uint64(c)
	return (word&^highBits + ^uint64(highBits)) | word
}
