package source

import (
	"encoding/hex"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/playctl/playctl/pkg/frame"
)

// leaf is a column of values in a Parquet file, for values of a type.
type leaf struct {
	kind  parquet.Kind // how they are stored
	size  int          // bytes of one, where all have as many
	index int          // the column's number among those of the file

	repeats int // the highest level of repetition, 0 where a record has one value
	defined int // the level of definition that a value has; of a lower one is what is missing

	of   frame.Type
	int  func(v *vector, i int) (int64, bool)     // of Int and Time; nil takes them as they are
	real func(v *vector, i int) (float64, bool)   // of Double; nil takes them as they are
	text func(to []byte, v *vector, i int) []byte // of String, appended, and of lists and maps as JSON; nil takes them as they are

	shown func(v *vector, i int) string // a value that is none of the type, as people know it; nil is as it is stored
}

// decoded is the values of a page or dictionary as the leaf's type wants them.
type decoded struct {
	stored  vector
	n       int
	bools   []bool
	ints    []int64
	doubles []float64
	texts   *texts
	codes   []uint32       // of texts, as they are asked for; noCode where nobody has
	asked   []int32        // texts that are about to be looked up
	bad     map[int]*fault // values that are none of the type

	room struct { // what is used again
		ints    []int64
		doubles []float64
		texts   texts
	}
}

// What stands for the code of a text that has not been looked up, and of one that is about to be.
const (
	noCode    = math.MaxUint32
	askedCode = noCode - 1
)

// convert makes values of a type of n stored ones.
func (d *decoded) convert(l *leaf, n int) {
	d.n, d.bad = n, nil
	v := &d.stored
	switch l.of.Kind {
	case frame.Bool:
		d.bools = v.bools
	case frame.Int, frame.Time:
		if d.ints = v.ints; l.int != nil {
			d.room.ints = converted(d, l, n, l.int, d.room.ints)
			d.ints = d.room.ints
		}
	case frame.Double:
		if d.doubles = v.doubles; l.real != nil {
			d.room.doubles = converted(d, l, n, l.real, d.room.doubles)
			d.doubles = d.room.doubles
		}
	default:
		d.convertTexts(l, n)
	}
}

// converted makes numbers of n stored values, in room that is used again.
func converted[T any](d *decoded, l *leaf, n int, convert func(*vector, int) (T, bool), room []T) []T {
	room = room[:0]
	for i := range n {
		value, ok := convert(&d.stored, i)
		if !ok {
			d.fail(i, wrongType(l.of, l.show(&d.stored, i)))
		}
		room = append(room, value)
	}
	return room
}

func (d *decoded) convertTexts(l *leaf, n int) {
	d.texts, d.codes = &d.stored.texts, slices.Grow(d.codes[:0], n)
	if l.text != nil {
		d.texts = &d.room.texts
		d.texts.make()
		for i := range n {
			d.texts.put(func(to []byte) []byte { return l.text(to, &d.stored, i) })
		}
	}
	for i := range n {
		if text := d.texts.at(i); !utf8.Valid(text) {
			d.fail(i, notUTF8(string(text)))
		}
		d.codes = append(d.codes, noCode)
	}
}

func (d *decoded) fail(i int, f *fault) {
	if d.bad == nil {
		d.bad = map[int]*fault{}
	}
	d.bad[i] = f
}

// show gives a value as a problem shows it.
func (l *leaf) show(v *vector, i int) string {
	if l.shown != nil {
		return l.shown(v, i)
	}
	return v.show(i)
}

// show gives a value as it is stored.
func (v *vector) show(i int) string {
	switch {
	case i < len(v.bools):
		return strconv.FormatBool(v.bools[i])
	case i < len(v.ints):
		return strconv.FormatInt(v.ints[i], 10)
	case i < len(v.doubles):
		return strconv.FormatFloat(v.doubles[i], 'g', -1, 64)
	case !utf8.Valid(v.texts.at(i)):
		return hex.EncodeToString(v.texts.at(i))
	}
	return string(v.texts.at(i))
}

// wholeDouble reads a double as a whole number: data frames write 12.0 where a column has gaps.
func wholeDouble(v *vector, i int) (int64, bool) {
	x := v.doubles[i]
	return int64(x), x == math.Trunc(x) && x >= -1<<63 && x < 1<<63
}

// unsigned32 reads a number without a sign that is stored as one with it.
func unsigned32(v *vector, i int) (int64, bool) { return int64(uint32(v.ints[i])), true }

// unsigned64 reads a number without a sign, if it is small enough.
func unsigned64(v *vector, i int) (int64, bool) { return v.ints[i], v.ints[i] >= 0 }

// realInt reads a whole number as a double.
func realInt(whole func(*vector, int) (int64, bool)) func(*vector, int) (float64, bool) {
	return func(v *vector, i int) (float64, bool) {
		if whole == nil {
			return float64(v.ints[i]), true
		}
		n, ok := whole(v, i)
		return float64(n), ok
	}
}

// realUnsigned64 reads a number without a sign as a double.
func realUnsigned64(v *vector, i int) (float64, bool) { return float64(uint64(v.ints[i])), true }

// unsignedShown shows a number without a sign.
func unsignedShown(v *vector, i int) string { return strconv.FormatUint(uint64(v.ints[i]), 10) }

// decimalShown shows a decimal number with so many digits behind the point.
func decimalShown(scale int) func(*vector, int) string {
	return func(v *vector, i int) string { return decimalText(v, i, scale) }
}

// decimalText writes a decimal number with so many digits behind the point.
func decimalText(v *vector, i, scale int) string {
	var n big.Int
	if i < len(v.ints) {
		n.SetInt64(v.ints[i])
	} else {
		b := v.texts.at(i)
		n.SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 { // two's complement, the highest byte first
			n.Sub(&n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	digits := new(big.Int).Abs(&n).String()
	if scale > 0 {
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// unitsTime reads times that are so many of a unit since 1970; nanos is the unit's length.
func unitsTime(nanos int64) func(*vector, int) (int64, bool) {
	return func(v *vector, i int) (int64, bool) {
		at := v.ints[i]
		switch {
		case nanos >= 1000 && (at > math.MaxInt64/(nanos/1000) || at < math.MinInt64/(nanos/1000)):
			return 0, false
		case nanos >= 1000:
			at *= nanos / 1000
		default:
			at = floorDiv(at, 1000)
		}
		return at, at >= firstMoment && at <= lastMoment
	}
}

// dayShown shows the day of times that are so many of a unit since 1970, however far off it is.
func dayShown(unit time.Duration) func(*vector, int) string {
	return func(v *vector, i int) string {
		at := v.ints[i]
		if unit >= time.Second { // of 32 bits
			return time.Unix(at*int64(unit/time.Second), 0).UTC().Format(time.DateOnly)
		}
		return time.Unix(floorDiv(at, int64(time.Second/unit)), 0).UTC().Format(time.DateOnly)
	}
}

// sparkShown shows the day of a time of Spark and Impala.
func sparkShown(v *vector, i int) string {
	if v.ints[i] == math.MaxInt64 { // see julian
		return "after 9999-12-31"
	}
	return dayShown(time.Microsecond)(v, i)
}

// floorDiv divides, towards the earlier time.
func floorDiv(n, by int64) int64 {
	if n%by < 0 {
		return n/by - 1
	}
	return n / by
}

// localTime reads times that are on the clocks of a zone.
func localTime(utc func(*vector, int) (int64, bool), zone *time.Location) func(*vector, int) (int64, bool) {
	if zone == time.UTC {
		return utc
	}
	return func(v *vector, i int) (int64, bool) {
		at, ok := utc(v, i)
		if !ok {
			return 0, false
		}
		t := time.UnixMicro(at).UTC()
		seconds := t.Hour()*3600 + t.Minute()*60 + t.Second()
		at = civil(t.Year(), int(t.Month()), t.Day(), seconds, zone) + int64(t.Nanosecond()/1000)
		return at, at >= firstMoment && at <= lastMoment
	}
}

// momentText reads times that are written as text.
func momentText(zone *time.Location) func(*vector, int) (int64, bool) {
	return func(v *vector, i int) (int64, bool) { return parseMoment(v.texts.view(i), zone) }
}

// uuidText writes 16 bytes as people write them.
func uuidText(out []byte, v *vector, i int) []byte {
	b := v.texts.at(i)
	if len(b) != 16 {
		return hex.AppendEncode(out, b)
	}
	for at, end := range []int{4, 6, 8, 10, 16} {
		from := []int{0, 4, 6, 8, 10}[at]
		if at > 0 {
			out = append(out, '-')
		}
		out = hex.AppendEncode(out, b[from:end])
	}
	return out
}

// intText writes a whole number, for keys.
func intText(whole func(*vector, int) (int64, bool)) func([]byte, *vector, int) []byte {
	return func(to []byte, v *vector, i int) []byte {
		if whole == nil {
			return strconv.AppendInt(to, v.ints[i], 10)
		}
		n, _ := whole(v, i)
		return strconv.AppendInt(to, n, 10)
	}
}

// unsignedText writes a number without a sign, for keys.
func unsignedText(to []byte, v *vector, i int) []byte {
	return strconv.AppendUint(to, uint64(v.ints[i]), 10)
}
