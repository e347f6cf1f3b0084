package exprtest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// now is the clock of every random world. Events and windows are laid around it.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// The values that records and literals of expressions are drawn from: plain ones, which people have in their data, and strange ones, at which
// engines break. Records and expressions share them, so that comparing hits often.
var (
	plainInts   = []int64{0, 1, 2, 3, 5, 7, 10, 30, 42, 70, 100, 200, 999, 1000, 2500, -1}
	strangeInts = []int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64, math.MaxInt64 - 1, 1 << 53, 1<<53 + 1, 1<<53 - 1, -(1 << 53) - 1, 1<<63 - 512, 1 << 31, -2, -7,
		math.MinInt32, 3037000500, 1_000_000_000_000_000_000, 253402300799, 253402300800, -62135596800, -62135596801}
	plainDoubles   = []float64{0, 1, 0.5, 1.5, 2, 10, 99.5, 1000, 1.5e6, 1e8, -1, 3, 42, 0.1, 0.2, 0.3}
	strangeDoubles = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53,
		1<<53 + 2, 9223372036854775807, 9223372036854774784, -9223372036854775808, -9223372036854777856, 1e300, 0.30000000000000004, 2.5, -2.5, 1e-7, 9007199254740993}
	plainTexts = []string{"Software", "Fintech", "software", "Soft", "web", "form", "email_open", "meeting", "Proposal", "Won", "a@x.example", "Acme", "mqa", "Core", "Data", "true"}
	// Prefixes of each other, no and only blanks, combined and decomposed letters, letters whose case has other lengths, beyond the first plane,
	// what must be escaped, what parses as something else.
	strangeTexts = []string{"", " ", "S", "So", "SOFTWARE", "  padded\t", "Zoë", "Zoe\u0308", "ß", "SS", "İstanbul", "Ⅷ", "😀", "👩‍👩‍👧", "名前", "\u00a0x\u00a0", "\uffff", "\U0010ffff", "a\"b", "a\\b", "a\nb",
		"a,b,,c", "$1", ".*", "[", "0", "-1", "1.5", "9223372036854775807", "9223372036854775808", "NaN", "2026-11-22T09:00:00Z", "2026-11-22", "90m", "TRUE", "e\u0301", "é", "K", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\x00", "\u2028"}
	plainSpans = []time.Duration{time.Hour, 8 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, 365 * 24 * time.Hour}
	// Days that windows and expressions are written with.
	plainDays   = []int64{1, 3, 7, 30, 90, 365}
	strangeDays = []int64{0, 2, 31, 36600, 5000}
)

var (
	earliest = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// dice draws values. odd is how often a strange one; wide is how many different texts there are of most fields, 0 for few.
type dice struct {
	*rand.Rand
	odd  float64
	wide int
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// near draws one of few values that belong to a place, such as a field, so that the same come again.
func near[T any](d dice, place string, list []T) T {
	h := fnv.New32a()
	h.Write([]byte(place))
	return list[(int(h.Sum32()%uint32(len(list)))+d.IntN(4))%len(list)]
}

func draw[T any](d dice, place string, plain, strange []T) T {
	if d.chance(d.odd) {
		return pick(d, strange)
	}
	return near(d, place, plain)
}

func (d dice) int(place string) int64      { return draw(d, place, plainInts, strangeInts) }
func (d dice) double(place string) float64 { return draw(d, place, plainDoubles, strangeDoubles) }

func (d dice) text(place string) string {
	if d.wide > 0 && d.chance(0.9) {
		return fmt.Sprintf("%s%d", near(d, place, plainTexts), d.IntN(d.wide))
	}
	return draw(d, place, plainTexts, strangeTexts)
}

// time draws a time around now: on the edge of a window, a microsecond beside it, or anywhere within two years; at times an extreme one.
func (d dice) time() time.Time {
	var at time.Time
	switch n := d.IntN(10); {
	case d.chance(d.odd / 2):
		return pick(d, []time.Time{earliest, earliest.Add(time.Microsecond), latest, latest.Add(-24 * time.Hour), time.Unix(0, 0).UTC(), now.AddDate(-292, 0, 0), now.AddDate(-293, 0, 0), now.AddDate(293, 0, 0),
			now.Add(math.MinInt64).Truncate(time.Microsecond), now.Add(math.MinInt64).Truncate(time.Microsecond).Add(time.Microsecond), now.Add(math.MaxInt64).Truncate(time.Microsecond),
			now.AddDate(-100, 0, 0), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC), time.Date(1677, 9, 21, 0, 12, 43, 145224000, time.UTC)})
	case n < 4:
		at = now.Add(-pick(d, plainSpans)).Add(time.Duration(d.IntN(3)-1) * time.Microsecond)
	case n < 6:
		at = now.Add(-pick(d, plainSpans)).Add(-time.Duration(d.Int64N(int64(40 * 24 * time.Hour))))
	case n == 6:
		at = now.Add(time.Duration(d.IntN(3)-1) * time.Microsecond)
	case n == 7:
		at = now.Add(pick(d, plainSpans))
	default:
		at = now.Add(time.Duration(d.Int64N(int64(4*365*24*time.Hour))) - 2*365*24*time.Hour)
	}
	return at.Truncate(time.Microsecond)
}

// key draws a key of a map.
func (d dice) key(place string) string { return draw(d, place+".key", plainTexts, strangeTexts) }

// value draws a value of a type.
func (d dice) value(t typ, place string) any {
	switch {
	case t == boolean:
		return d.IntN(2) == 0
	case t == integer:
		return d.int(place)
	case t == double:
		return d.double(place)
	case t == text:
		return d.text(place)
	case t == moment:
		return d.time()
	case t.isMap():
		m := map[string]any{}
		for range d.length(60) {
			m[d.key(place)] = d.value(t.elem(), place)
		}
		return m
	}
	list := make([]any, d.length(5))
	for i := range list {
		list[i] = d.value(t.elem(), place)
	}
	return list
}

// length draws how many elements there are: none often, seldom many.
func (d dice) length(many int) int {
	switch n := d.IntN(10); {
	case n < 3:
		return 0
	case d.chance(d.odd / 4):
		return d.IntN(many + 1)
	}
	return 1 + d.IntN(3)
}
