package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// The encodings of values in pages, after https://parquet.apache.org/docs/file-format/data-pages/encodings. They are decoded here and not
// by parquet-go, which makes room for as many values as a run claims to have: five bytes of a damaged file may cost gigabytes. Here nobody
// gets more than asked for.
const (
	codingPlain           = 0
	codingPlainDictionary = 2
	codingRLE             = 3
	codingDelta           = 5
	codingDeltaLength     = 6
	codingDeltaBytes      = 7
	codingDictionary      = 8
	codingSplit           = 9
)

var errShort = errors.New("it ends too soon")

// decodeRuns appends n numbers of so many bits from runs of equal ones and packed ones.
func decodeRuns(to []uint32, data []byte, width, n int) ([]uint32, error) {
	if width > 32 {
		return to, fmt.Errorf("numbers of %d bits", width)
	}
	to = slices.Grow(to, n)
	if width == 0 {
		return append(to, make([]uint32, n)...), nil
	}
	for n > 0 {
		head, size := binary.Uvarint(data)
		if size <= 0 {
			return to, errShort
		}
		data = data[size:]
		if head&1 == 1 {
			count := min(uint64(n), head>>1*8)
			if need := (count*uint64(width) + 7) / 8; need > uint64(len(data)) {
				return to, errShort
			}
			to = unpack(to, data, width, int(count))
			data = data[min(uint64(len(data)), head>>1*uint64(width)):]
			n -= int(count)
			continue
		}
		bytes := (width + 7) / 8
		if len(data) < bytes {
			return to, errShort
		}
		var value uint32
		for i := range bytes {
			value |= uint32(data[i]) << (8 * i)
		}
		data = data[bytes:]
		count := int(min(uint64(n), head>>1))
		for range count {
			to = append(to, value)
		}
		n -= count
	}
	return to, nil
}

// unpack appends n numbers of 1 to 32 bits, the lowest bits first.
func unpack(to []uint32, data []byte, width, n int) []uint32 {
	mask := uint64(1)<<width - 1
	i, whole := 0, (len(data)-8)*8/width // so many can be read eight bytes at a time
	for ; i < min(n, whole); i++ {
		at := i * width
		to = append(to, uint32(binary.LittleEndian.Uint64(data[at>>3:])>>(at&7)&mask))
	}
	for ; i < n; i++ {
		to = append(to, uint32(bitsAt(data, i*width, width)))
	}
	return to
}

// bitsAt gives the number of up to 64 bits at a bit; what is behind the data is 0.
func bitsAt(data []byte, at, width int) uint64 {
	var value uint64
	for got := 0; got < width; {
		i, skip := (at+got)>>3, (at+got)&7
		if i >= len(data) {
			break
		}
		value |= uint64(data[i]>>skip) << got
		got += 8 - skip
	}
	if width < 64 {
		value &= 1<<width - 1
	}
	return value
}

// decodeDelta appends n numbers that are written as differences, and gives what follows them.
func decodeDelta(to []int64, data []byte, n int) (_ []int64, rest []byte, err error) {
	t := thrift{data: data}
	block, parts, total, value := t.varint(), t.varint(), t.varint(), t.number()
	if t.bad {
		return to, nil, errShort
	}
	if parts == 0 || parts > 1<<10 || block == 0 || block > 1<<20 || block%(parts*8) != 0 || total > uint64(n) || total < uint64(n) {
		return to, nil, fmt.Errorf("%d differences for %d values, in blocks of %d by %d", total, n, block, parts)
	}
	if n == 0 {
		return to, t.data[t.at:], nil
	}
	to = append(to, value)
	size := int(block / parts) // of a part, a multiple of eight
	for left := n - 1; left > 0; {
		least := t.number()
		widths := t.take(int(parts))
		for _, width := range widths {
			if left == 0 {
				break
			}
			if width > 64 {
				return to, nil, fmt.Errorf("differences of %d bits", width)
			}
			packed := t.take(size * int(width) / 8)
			if t.bad {
				break
			}
			for i := range min(size, left) {
				value += least + int64(bitsAt(packed, i*int(width), int(width)))
				to = append(to, value)
			}
			left -= min(size, left)
		}
		if t.bad {
			return to, nil, errShort
		}
	}
	return to, t.data[t.at:], nil
}

// decodeTexts takes n texts of which each has its length before it.
func decodeTexts(to *texts, data []byte, n int) error {
	to.over(data)
	to.grow(n)
	for at := 0; n > 0; n-- {
		if len(data)-at < 4 {
			return errShort
		}
		size := uint64(binary.LittleEndian.Uint32(data[at:]))
		if at += 4; size > uint64(len(data)-at) {
			return errShort
		}
		to.add(at, at+int(size))
		at += int(size)
	}
	return nil
}

// decodeLengthTexts takes n texts behind all of their lengths.
func decodeLengthTexts(to *texts, data []byte, n int) error {
	lengths, data, err := decodeDelta(nil, data, n)
	if err != nil {
		return err
	}
	to.over(data)
	at := 0
	for _, size := range lengths {
		if size < 0 || size > int64(len(data)-at) {
			return errShort
		}
		to.add(at, at+int(size))
		at += int(size)
	}
	return nil
}

// decodePrefixTexts takes n texts that are written without what they share with the one before.
func decodePrefixTexts(to *texts, data []byte, n int) error {
	shared, data, err := decodeDelta(nil, data, n)
	if err != nil {
		return err
	}
	var rests texts
	if err := decodeLengthTexts(&rests, data, n); err != nil {
		return err
	}
	to.make()
	last := 0 // where the one before begins
	for i := range n {
		if shared[i] < 0 || shared[i] > int64(len(to.data)-last) {
			return fmt.Errorf("%d bytes shared with a text of %d", shared[i], len(to.data)-last)
		}
		if len(to.data)+int(shared[i]) > maxPage {
			return errLargePage
		}
		from := last
		last = len(to.data)
		to.put(func(data []byte) []byte {
			return append(append(data, data[from:from+int(shared[i])]...), rests.at(i)...)
		})
	}
	return nil
}

// unsplit puts together n values of so many bytes of which all first bytes stand together, then all second ones.
func unsplit(data []byte, size, n int) ([]byte, error) {
	if len(data) != size*n {
		return nil, errShort
	}
	out := make([]byte, len(data))
	for i := range size {
		for j := range n {
			out[j*size+i] = data[i*n+j]
		}
	}
	return out, nil
}

// bitWidth gives how many bits levels up to a highest one take.
func bitWidth(highest int) int { return bits.Len(uint(highest)) }
