package source

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// vector is the values of a page or dictionary as they are stored, without nulls: in one of the slices, by the column's physical type.
type vector struct {
	bools   []bool
	ints    []int64 // of INT32, INT64; microseconds of INT96
	doubles []float64
	texts   texts // good as long as the page is
}

// reset empties a vector, to be used again.
func (v *vector) reset() {
	v.bools, v.ints, v.doubles = v.bools[:0], v.ints[:0], v.doubles[:0]
	v.texts.over(nil)
}

// decode takes n values of a physical type; size is that of fixed ones in bytes.
func (v *vector) decode(kind parquet.Kind, size int, coding int64, data []byte, n int) (err error) {
	v.reset()
	if coding == codingSplit {
		if size, err = width(kind, size); err == nil {
			data, err = unsplit(data, size, n)
		}
		if err != nil {
			return err
		}
		coding = codingPlain
	}
	switch kind {
	case parquet.Boolean:
		return v.decodeBools(coding, data, n)
	case parquet.ByteArray:
		return v.decodeTexts(coding, data, n)
	case parquet.FixedLenByteArray:
		if coding == codingDeltaBytes {
			return v.decodeTexts(coding, data, n)
		}
	case parquet.Int32, parquet.Int64:
		if coding == codingDelta {
			v.ints, _, err = decodeDelta(v.ints, data, n)
			return err
		}
	}
	if coding != codingPlain {
		return unknownCoding(coding)
	}
	if size, err = width(kind, size); err != nil || len(data)/max(size, 1) < n {
		return cmp.Or(err, errShort)
	}
	v.decodePlain(kind, size, data, n)
	return nil
}

func unknownCoding(coding int64) error { return fmt.Errorf("values in encoding %d", coding) }

// width gives how many bytes values take that all take as many.
func width(kind parquet.Kind, size int) (int, error) {
	switch kind {
	case parquet.Int32, parquet.Float:
		return 4, nil
	case parquet.Int64, parquet.Double:
		return 8, nil
	case parquet.Int96:
		return 12, nil
	case parquet.FixedLenByteArray:
		if size > 0 {
			return size, nil
		}
	}
	return 0, fmt.Errorf("values of type %s stored as if all had one length", kind)
}

// decodePlain takes n values of so many bytes.
func (v *vector) decodePlain(kind parquet.Kind, size int, data []byte, n int) {
	data = data[:n*size]
	switch kind {
	case parquet.Int32:
		v.ints = slices.Grow(v.ints, n)
		for ; len(data) > 0; data = data[4:] {
			v.ints = append(v.ints, int64(int32(binary.LittleEndian.Uint32(data))))
		}
	case parquet.Int64:
		v.ints = slices.Grow(v.ints, n)
		for ; len(data) > 0; data = data[8:] {
			v.ints = append(v.ints, int64(binary.LittleEndian.Uint64(data)))
		}
	case parquet.Int96:
		for ; len(data) > 0; data = data[12:] {
			v.ints = append(v.ints, julian(data))
		}
	case parquet.Float:
		for ; len(data) > 0; data = data[4:] {
			v.doubles = append(v.doubles, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
		}
	case parquet.Double:
		v.doubles = slices.Grow(v.doubles, n)
		for ; len(data) > 0; data = data[8:] {
			v.doubles = append(v.doubles, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
	default:
		v.texts.over(data)
		for i := range n {
			v.texts.add(i*size, (i+1)*size)
		}
	}
}

// julian gives the microseconds since 1970 of nanoseconds of a day and the day's number, as Spark and Impala write times.
func julian(b []byte) int64 {
	const first, last, day = 2_440_588, 5_373_485, 86_400_000_000 // 1970-01-01, 10000-01-01
	number := int64(binary.LittleEndian.Uint32(b[8:]))
	if number > last {
		return math.MaxInt64 // no time that anybody can write
	}
	return (number-first)*day + int64(binary.LittleEndian.Uint64(b))/1000
}

func (v *vector) decodeBools(coding int64, data []byte, n int) error {
	switch coding {
	case codingPlain:
		if len(data) < (n+7)/8 {
			return errShort
		}
		for i := range n {
			v.bools = append(v.bools, data[i>>3]>>(i&7)&1 == 1)
		}
		return nil
	case codingRLE:
		if len(data) < 4 {
			return errShort
		}
		numbers, err := decodeRuns(nil, data[4:], 1, n)
		for _, bit := range numbers {
			v.bools = append(v.bools, bit == 1)
		}
		return err
	}
	return unknownCoding(coding)
}

func (v *vector) decodeTexts(coding int64, data []byte, n int) error {
	switch coding {
	case codingPlain:
		return decodeTexts(&v.texts, data, n)
	case codingDeltaLength:
		return decodeLengthTexts(&v.texts, data, n)
	case codingDeltaBytes:
		return decodePrefixTexts(&v.texts, data, n)
	}
	return unknownCoding(coding)
}
