package source

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fastjson"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/frame"
)

// get reads a value of a column back: nil is missing, []any a list, []entry a map.
func get(c *frame.Column, row int) any {
	if !c.IsKnown(row) {
		return nil
	}
	switch c.Type.Kind {
	case frame.Bool:
		return c.Bools[row]
	case frame.Int:
		return c.Ints[row]
	case frame.Time:
		return time.UnixMicro(c.Ints[row]).UTC().Format(time.RFC3339Nano)
	case frame.Double:
		return c.Doubles[row]
	case frame.String:
		return c.Text(row)
	}
	list, entries := []any{}, []entry{}
	for e := int(c.Start[row]); e < int(c.Start[row+1]); e++ {
		if c.MapKeys != nil {
			entries = append(entries, entry{c.MapKeys.Text(e), get(c.Elems, e)})
		} else {
			list = append(list, get(c.Elems, e))
		}
	}
	if c.MapKeys != nil {
		return entries
	}
	return list
}

type entry struct {
	key   string
	value any
}

func show(v any) string { return fmt.Sprintf("%#v", v) }

func scalar(k frame.Kind) frame.Type { return frame.Type{Kind: k} }

func listOf(k frame.Kind) frame.Type { return frame.Type{Kind: frame.List, Elem: &frame.Type{Kind: k}} }

func mapOf(k frame.Kind) frame.Type { return frame.Type{Kind: frame.Map, Elem: &frame.Type{Kind: k}} }

// bad stands for a value that is refused.
type bad string

var valueTests = []struct {
	of    frame.Type
	json  bool
	value string
	want  any
}{
	{scalar(frame.Bool), false, "true", true},
	{scalar(frame.Bool), false, "TRUE", true},
	{scalar(frame.Bool), false, "True", true},
	{scalar(frame.Bool), false, "t", true},
	{scalar(frame.Bool), false, "1", true},
	{scalar(frame.Bool), false, "0", false},
	{scalar(frame.Bool), false, "false", false},
	{scalar(frame.Bool), false, "yes", bad(`"yes" is not a bool`)},
	{scalar(frame.Bool), false, " true", bad(`" true" is not a bool`)},
	{scalar(frame.Bool), true, "true", true},
	{scalar(frame.Bool), true, "1", bad("1 is not a bool")},
	{scalar(frame.Bool), true, `"true"`, bad(`"true" is not a bool`)},

	{scalar(frame.Int), false, "12", int64(12)},
	{scalar(frame.Int), false, "-12", int64(-12)},
	{scalar(frame.Int), false, "+12", int64(12)},
	{scalar(frame.Int), false, "007", int64(7)},
	{scalar(frame.Int), false, "12.0", int64(12)},
	{scalar(frame.Int), false, "9223372036854775807", int64(math.MaxInt64)},
	{scalar(frame.Int), false, "9223372036854775808", bad(`"9223372036854775808" is not an int`)},
	{scalar(frame.Int), false, "12.5", bad(`"12.5" is not an int`)},
	{scalar(frame.Int), false, "12.", bad(`"12." is not an int`)},
	{scalar(frame.Int), false, ".0", bad(`".0" is not an int`)},
	{scalar(frame.Int), false, "1_000", bad(`"1_000" is not an int`)},
	{scalar(frame.Int), false, "0x10", bad(`"0x10" is not an int`)},
	{scalar(frame.Int), false, "1e3", bad(`"1e3" is not an int`)},
	{scalar(frame.Int), false, "12 ", bad(`"12 " is not an int`)},
	{scalar(frame.Int), false, "1,200", bad(`"1,200" is not an int`)},
	{scalar(frame.Int), true, "12", int64(12)},
	{scalar(frame.Int), true, "-0", int64(0)},
	{scalar(frame.Int), true, "12.00", int64(12)},
	{scalar(frame.Int), true, "12.5", bad("12.5 is not an int")},
	{scalar(frame.Int), true, "007", bad("007 is not an int")},
	{scalar(frame.Int), true, "+7", bad("+7 is not an int")},
	{scalar(frame.Int), true, `"12"`, bad(`"12" is not an int`)},
	{scalar(frame.Int), true, "[1]", bad("an array is not an int")},
	{scalar(frame.Int), true, `{"a": 1}`, bad("an object is not an int")},
	{scalar(frame.Int), true, "false", bad("false is not an int")},

	{scalar(frame.Double), false, "1.5", 1.5},
	{scalar(frame.Double), false, "-1e300", -1e300},
	{scalar(frame.Double), false, ".5", .5},
	{scalar(frame.Double), false, "NaN", math.NaN()},
	{scalar(frame.Double), false, "-Inf", math.Inf(-1)},
	{scalar(frame.Double), false, "0.1", 0.1},
	{scalar(frame.Double), false, "123456789012345678901234567890", 123456789012345678901234567890.0},
	{scalar(frame.Double), false, "1e400", bad(`"1e400" is not a double`)},
	{scalar(frame.Double), false, "0x1p4", bad(`"0x1p4" is not a double`)},
	{scalar(frame.Double), false, "-0X1P4", bad(`"-0X1P4" is not a double`)},
	{scalar(frame.Double), false, "1_0.5", bad(`"1_0.5" is not a double`)},
	{scalar(frame.Double), false, "1,5", bad(`"1,5" is not a double`)},
	{scalar(frame.Double), true, "1.5", 1.5},
	{scalar(frame.Double), true, "2", 2.0},
	{scalar(frame.Double), true, "9007199254740993", 9007199254740992.0},
	{scalar(frame.Double), true, "0.30000000000000004", 0.30000000000000004},
	{scalar(frame.Double), true, "NaN", bad("NaN is not a double")},
	{scalar(frame.Double), true, "nan", bad("nan is not a double")},
	{scalar(frame.Double), true, "-inf", bad("-inf is not a double")},
	{scalar(frame.Double), true, "1-2", bad("1-2 is not a double")},
	{scalar(frame.Double), true, "1.", bad("1. is not a double")},

	{scalar(frame.String), false, " a ", " a "},
	{scalar(frame.String), false, "Zürich", "Zürich"},
	{scalar(frame.String), false, "Z\xfcrich", bad(`"Z\xfcrich" is not UTF-8`)},
	{scalar(frame.String), true, `"a\n\u00fc\ud83d\ude00"`, "a\nü😀"},
	{scalar(frame.String), true, `""`, ""},
	{scalar(frame.String), true, `12`, bad("12 is not a string")},
	{scalar(frame.String), true, "\"Z\xfcrich\"", bad(`"Z\xfcrich" is not UTF-8`)},

	{scalar(frame.Time), false, "2026-01-02", "2026-01-02T05:00:00Z"},
	{scalar(frame.Time), false, "2026-01-02T15:04:05Z", "2026-01-02T15:04:05Z"},
	{scalar(frame.Time), false, "yesterday", bad(`"yesterday" is not a timestamp`)},
	{scalar(frame.Time), true, `"2026-01-02 15:04:05"`, "2026-01-02T20:04:05Z"},
	{scalar(frame.Time), true, "1767366245", bad("1767366245 is not a timestamp")},

	{listOf(frame.String), false, "a;b", []any{"a", "b"}},
	{listOf(frame.String), false, " a ; b ;; ", []any{"a", "b"}},
	{listOf(frame.String), false, ";", []any{}},
	{listOf(frame.String), false, "a,b", []any{"a,b"}},
	{listOf(frame.String), false, `["a;b", "c"]`, []any{"a;b", "c"}},
	{listOf(frame.String), false, "[]", []any{}},
	{listOf(frame.String), false, "[a]", bad(`"[a]" is not a list(string)`)},
	{listOf(frame.String), false, `["a\q"]`, bad(`"[\"a\\q\"]" is not a list(string)`)},
	{listOf(frame.String), false, "a;\xff", bad(`"\xff" is not UTF-8`)},
	{listOf(frame.Int), false, "1; 2", []any{int64(1), int64(2)}},
	{listOf(frame.Int), false, "1;x", bad(`"x" is not an int`)},
	{listOf(frame.Int), false, "[1, 2]", []any{int64(1), int64(2)}},
	{listOf(frame.Int), false, `["1"]`, bad(`"1" is not an int`)},
	{listOf(frame.Time), false, "2026-01-02;2026-07-02", []any{"2026-01-02T05:00:00Z", "2026-07-02T04:00:00Z"}},
	{listOf(frame.String), true, `["a", ""]`, []any{"a", ""}},
	{listOf(frame.String), true, `["a", null]`, bad("a list with a null in it")},
	{listOf(frame.String), true, `"a;b"`, bad(`"a;b" is not a list(string)`)},
	{listOf(frame.Bool), true, `[true, false]`, []any{true, false}},

	{mapOf(frame.Int), false, `{"b": 1, "a": 2, "b": 3}`, []entry{{"a", int64(2)}, {"b", int64(3)}}},
	{mapOf(frame.Int), false, `{}`, []entry{}},
	{mapOf(frame.Int), false, `{"a": null, "b": 1}`, []entry{{"b", int64(1)}}},
	{mapOf(frame.Int), false, `{"a": "x"}`, bad(`"x" is not an int`)},
	{mapOf(frame.Int), false, `[1]`, bad("an array is not a map(string, int)")},
	{mapOf(frame.Int), false, `a=1`, bad(`"a=1" is not a map(string, int)`)},
	{mapOf(frame.String), true, "{\"\xff\": \"x\"}", bad(`"\xff" is not UTF-8`)},
	{mapOf(frame.Double), true, `{"\u0061": 1e-3}`, []entry{{"a", 0.001}}},
}

func TestValues_areReadByType(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	v := &parser{zone: zone}
	for _, c := range valueTests {
		t.Run(fmt.Sprintf("%s/json=%t/%s", c.of, c.json, c.value), func(t *testing.T) {
			column := frame.NewColumn("f", c.of)
			for range 2 { // buffers are used again
				if want := c.want; show(read(t, v, column, c.json, c.value)) != show(want) {
					t.Errorf("got %s, want %s", show(read(t, v, column, c.json, c.value)), show(want))
				}
			}
		})
	}
}

// read appends a value to a column and gives it back; a refused one is taken back.
func read(t *testing.T, v *parser, c *frame.Column, isJSON bool, value string) any {
	t.Helper()
	row := c.Len()
	var f *fault
	if isJSON {
		var p fastjson.Parser
		j, err := p.Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		f = v.json(c, j)
	} else {
		f = v.text(c, value)
	}
	if f != nil {
		c.Truncate(row)
		return bad(f.problem("", 0, 0).Message)
	}
	if c.Len() != row+1 {
		t.Fatalf("%d rows were appended", c.Len()-row)
	}
	return get(c, row)
}

func TestParseMoment(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		{"UTC", "2026-01-02", "2026-01-02T00:00:00Z"},
		{"UTC", "2026-01-02T15:04:05Z", "2026-01-02T15:04:05Z"},
		{"UTC", "2026-01-02t15:04:05z", "2026-01-02T15:04:05Z"},
		{"Europe/Berlin", "2026-01-02T15:04:05", "2026-01-02T14:04:05Z"},
		{"Europe/Berlin", "2026-07-02 15:04:05", "2026-07-02T13:04:05Z"},
		{"Europe/Berlin", "2026-07-02 15:04:05.5", "2026-07-02T13:04:05.5Z"},
		{"Europe/Berlin", "2026-07-02T15:04:05+05:30", "2026-07-02T09:34:05Z"},
		{"UTC", "2026-07-02 15:04:05.123456+00", "2026-07-02T15:04:05.123456Z"},
		{"UTC", "2026-07-02 15:04:05-0430", "2026-07-02T19:34:05Z"},
		{"UTC", "2026-07-02T15:04:05.123456789Z", "2026-07-02T15:04:05.123456Z"},
		{"UTC", "1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"},
		{"UTC", "2024-02-29", "2024-02-29T00:00:00Z"},
		{"UTC", "2000-02-29", "2000-02-29T00:00:00Z"},
		{"UTC", "0001-01-01", "0001-01-01T00:00:00Z"},
		{"UTC", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
		// The clocks skip these: midnight in Santiago and Beirut, half past two in New York, a whole day in Samoa.
		{"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"},
		{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"},
		{"America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		micros, ok := parseMoment(c.text, zone)
		if got := time.UnixMicro(micros).UTC().Format(time.RFC3339Nano); !ok || got != c.want {
			t.Errorf("%s in %s is %s, %t; want %s", c.text, c.zone, got, ok, c.want)
		}
	}
}

func TestParseMoment_refuses(t *testing.T) {
	for _, text := range strings.Split("|2026|2026-1-2|2026-13-01|2026-00-01|2026-02-29|1900-02-29|2026-04-31|2026-01-00|2026/01/02|02.01.2026|20260102|"+
		"2026-01-02T|2026-01-02T15:04|2026-01-02T24:00:00Z|2026-01-02T15:60:00Z|2026-01-02T15:04:60Z|2026-01-02T15:04:05.Z|2026-01-02 15-04-05|"+
		"2026-01-02T15:04:05.1234567890Z|2026-01-02T15:04:05+|2026-01-02T15:04:05+1|2026-01-02T15:04:05+24:00|2026-01-02T15:04:05+01:60|"+
		"2026-01-02T15:04:05+01-00|2026-01-02T15:04:05ZZ|2026-01-02Z|2026-01-02 |2026-01-02X15:04:05|0000-01-01|0001-01-01T00:00:00+01:00|"+
		"9999-12-31T23:59:59-01:00|２026-01-02|2026-01-0:|-026-01-02", "|") {
		if micros, ok := parseMoment(text, time.UTC); ok {
			t.Errorf("%q is read as %s", text, time.UnixMicro(micros).UTC())
		}
	}
}

// FuzzMoment holds what is accepted against package time.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-01-02T15:04:05Z", "2026-01-02", "2026-01-02 15:04:05", "2026-01-02T15:04:05.123456789-07:00", "2026-01-02 15:04:05+00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		micros, ok := parseMoment(s, time.UTC)
		if want, err := time.Parse(time.RFC3339, s); err == nil && ok && want.UnixMicro() != micros {
			t.Fatalf("%q is read as %d, want %d", s, micros, want.UnixMicro())
		}
	})
}

func TestParseMoment_readsWhatPackageTimeWrites(t *testing.T) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		// From 1950 on: before, offsets had seconds, which RFC 3339 has not.
		at := time.UnixMicro(rapid.Int64Range(-631152000e6, lastMoment-86400e6).Draw(t, "micros")).In(zone)
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999Z0700", "2006-01-02 15:04:05.000000"} {
			text := at.Format(layout)
			want, err := time.ParseInLocation(layout, text, zone) // without an offset, an hour that comes twice is one of two
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := parseMoment(text, zone); !ok || got != want.UnixMicro() {
				t.Fatalf("%s is read as %d, %t; want %d", text, got, ok, want.UnixMicro())
			}
		}
	})
}
