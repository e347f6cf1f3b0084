package source

import (
	"io"
	"slices"
	"unicode/utf8"
)

// blocks reads a file block by block, for parts that end where a record does.
type blocks struct {
	in   *input
	from io.Reader // in, buffered
	size int       // how much is read at once, if a record is not longer
	rest []byte    // read, but not in a part
	read int64     // bytes so far
	end  bool      // of the file
}

// part reads as much as there are complete records in, into a buffer that may be used again. Records splits them: it gives how many bytes they
// have, and whether there will be no more of them. The bytes of the records are valid if they are UTF-8, and the file is read up to their end.
func (b *blocks) part(buffer []byte, records func(data []byte) (used int, last bool)) (data []byte, valid bool, read int64, err error) {
	data, err = b.next(buffer)
	for err == nil {
		used, last := records(data)
		if used > 0 || last || b.end {
			b.rest = data[used:]
			return data, utf8.Valid(data[:used]), b.read - int64(len(b.rest)), nil
		}
		data, err = b.more(data, max(b.size, len(data)))
	}
	return data, false, 0, err
}

// next gives the beginning of a part: what is left and a block more. The buffer may be used for it.
func (b *blocks) next(buffer []byte) ([]byte, error) {
	return b.more(append(buffer[:0], b.rest...), b.size)
}

// more appends so many bytes, fewer only at the end of the file.
func (b *blocks) more(data []byte, size int) ([]byte, error) {
	data = slices.Grow(data, size)
	for want := len(data) + size; len(data) < want && !b.end; {
		b.in.mark = b.in.read // how long a record may be is not decided by where blocks end
		n, err := b.from.Read(data[len(data):want])
		data, b.read = data[:len(data)+n], b.read+int64(n)
		if b.end = err == io.EOF; err != nil && !b.end {
			return data, err
		}
	}
	return data, nil
}
