package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	encoding "github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// parquetOf writes rows, groups of them apart where there are several.
func parquetOf[T any](t testing.TB, groups [][]T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := parquet.NewGenericWriter[T](&out, options...)
	for _, g := range groups {
		if _, err := w.Write(g); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readParquet reads the bytes of a file, so many records a part.
func readParquet(t testing.TB, e *playbook.Entity, data []byte, part int, parallel bool) dumped {
	t.Helper()
	x := newTable(e, Request{Zone: time.UTC, Now: now})
	if parallel {
		x.threads = newThreads()
	}
	p := newParquet(&input{ctx: context.Background()}, bytes.NewReader(data), int64(len(data)))
	p.part = part
	problems, err := p.readSchema(x)
	if err == nil && len(problems) == 0 {
		problems, err = p.read(x)
	}
	if err != nil {
		t.Fatal(err)
	}
	out := dumped{Columns: map[string]*frame.Column{}, Lines: x.lines, Report: x.report, Problems: append(problems, x.verdict()...)}
	for _, s := range x.slots {
		out.Columns[fmt.Sprint(s.column.Name, s.column.Type)] = s.column
		if len(problems) == 0 && s.column.Len() != x.rows {
			t.Fatalf("%s has %d rows, want %d", s.column.Name, s.column.Len(), x.rows)
		}
	}
	return out
}

// stored is a record with a column of every kind.
type stored struct {
	ID      string            `parquet:"id,dict"`
	Flag    *bool             `parquet:"flag"`
	Small   *int32            `parquet:"small"`
	Whole   int64             `parquet:"whole,delta"`
	Counter uint32            `parquet:"counter"`
	Huge    *uint64           `parquet:"huge"`
	Single  float32           `parquet:"single"`
	Real    *float64          `parquet:"real,split"`
	Gaps    *float64          `parquet:"gaps"`
	Price   int64             `parquet:"price,decimal(2:18)"`
	Plain   string            `parquet:"plain,plain"`
	Long    string            `parquet:"long,delta"`
	Word    *string           `parquet:"word,dict"`
	UUID    [16]byte          `parquet:"uuid,uuid"`
	Fixed   [3]byte           `parquet:"fixed"`
	Millis  int64             `parquet:"millis,timestamp(millisecond)"`
	Micros  *int64            `parquet:"micros,timestamp(microsecond)"`
	Nanos   int64             `parquet:"nanos,timestamp(nanosecond)"`
	Day     int32             `parquet:"day,date"`
	Spark   *deprecated.Int96 `parquet:"spark"`
	Text    string            `parquet:"text"`
	List    []string          `parquet:"list,list"`
	Bare    []int64           `parquet:"bare"`
	Map     map[string]int64  `parquet:"map"`
	Reals   map[string]*int32 `parquet:"reals"`
	JSON    *string           `parquet:"json"`
	Several string            `parquet:"several"`
}

// storedEntity declares every column of stored.
func storedEntity() *playbook.Entity {
	return &playbook.Entity{Name: "x", File: "x.parquet", Key: "id", Fields: []playbook.Field{
		field("id", scalar(frame.String)), field("flag", scalar(frame.Bool)), field("small", scalar(frame.Int)), field("whole", scalar(frame.Int)),
		field("counter", scalar(frame.Int)), field("huge", scalar(frame.Int)), field("single", scalar(frame.Double)), field("real", scalar(frame.Double)),
		field("gaps", scalar(frame.Int)), field("price", scalar(frame.Double)), field("plain", scalar(frame.String)), field("long", scalar(frame.String)),
		field("word", scalar(frame.String)), field("uuid", scalar(frame.String)), field("fixed", scalar(frame.String)), field("millis", scalar(frame.Time)),
		field("micros", scalar(frame.Time)), field("nanos", scalar(frame.Time)), field("day", scalar(frame.Time)), field("spark", scalar(frame.Time)),
		field("text", scalar(frame.Time)), field("list", listOf(frame.String)), field("bare", listOf(frame.Int)), field("map", mapOf(frame.Int)),
		field("reals", mapOf(frame.Double)), field("json", mapOf(frame.Int)), field("several", listOf(frame.Int)),
	}}
}

func pointer[T any](v T) *T { return &v }

func storedRows() []stored {
	at := time.Date(2026, 11, 20, 10, 0, 0, 123_456_789, time.UTC)
	return []stored{
		{
			ID: "a1", Flag: pointer(true), Small: pointer(int32(-7)), Whole: 1 << 40, Counter: 1<<32 - 1, Huge: pointer(uint64(1 << 62)), Single: 0.5,
			Real: pointer(1.25), Gaps: pointer(12.0), Price: -1999, Plain: "Zürich", Long: "long and longer", Word: pointer("red"),
			UUID: [16]byte{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 8}, Fixed: [3]byte{'E', 'U', 'R'},
			Millis: at.UnixMilli(), Micros: pointer(at.UnixMicro()), Nanos: at.UnixNano(), Day: int32(at.Unix() / 86400),
			Spark: &deprecated.Int96{0: 36_000_000, 2: 2_461_365}, Text: "2026-11-20 10:00:00", List: []string{"a", "", "b"}, Bare: []int64{3, 1},
			Map: map[string]int64{"b": 2, "a": 1}, Reals: map[string]*int32{"x": pointer(int32(5)), "y": nil}, JSON: pointer(`{"k": 5}`), Several: "1;2",
		},
		{ID: "a2", Text: "2026-11-21", List: []string{}, Several: ""},
		{ID: "a3", Whole: -5, Text: "2026-11-22T08:00:00Z", Long: "long and lost", Bare: []int64{9}, JSON: pointer(`{}`), Several: "[3]"},
	}
}

func storedWant() map[string][]any {
	return map[string][]any{
		"flag": {true, nil, nil}, "small": {int64(-7), nil, nil}, "whole": {int64(1 << 40), int64(0), int64(-5)},
		"counter": {int64(1<<32 - 1), int64(0), int64(0)}, "huge": {int64(1 << 62), nil, nil}, "single": {0.5, 0.0, 0.0}, "real": {1.25, nil, nil},
		"gaps": {int64(12), nil, nil}, "price": {-19.99, 0.0, 0.0}, "plain": {"Zürich", "", ""}, "long": {"long and longer", "", "long and lost"},
		"word":  {"red", nil, nil},
		"uuid":  {"12345678-9abc-def0-0102-030405060708", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
		"fixed": {"EUR", "\x00\x00\x00", "\x00\x00\x00"}, "millis": {"2026-11-20T10:00:00.123Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		"micros": {"2026-11-20T10:00:00.123456Z", nil, nil}, "nanos": {"2026-11-20T10:00:00.123456Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		"day": {"2026-11-20T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}, "text": {"2026-11-20T10:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T08:00:00Z"},
		"list": {[]any{"a", "", "b"}, []any{}, []any{}}, "bare": {[]any{int64(3), int64(1)}, []any{}, []any{int64(9)}},
		"map":   {[]entry{{"a", int64(1)}, {"b", int64(2)}}, []entry{}, []entry{}},
		"reals": {[]entry{{"x", 5.0}}, []entry{}, []entry{}}, "json": {[]entry{{"k", int64(5)}}, nil, []entry{}},
		"several": {[]any{int64(1), int64(2)}, nil, []any{int64(3)}},
	}
}

// checkStored holds what was read of storedRows.
func checkStored(t *testing.T, got dumped) {
	t.Helper()
	if len(got.Problems) > 0 || got.Report.Bad > 0 {
		t.Fatalf("problems:\n%s%s", lines(got.Problems), lines(got.Report.BadSamples))
	}
	for _, c := range got.Columns {
		want := storedWant()[c.Name]
		for row := range want {
			if v := get(c, row); show(v) != show(want[row]) {
				t.Errorf("%s of row %d is %s, want %s", c.Name, row, show(v), show(want[row]))
			}
		}
	}
}

func TestParquet_valuesHaveTheirTypes(t *testing.T) {
	got := readParquet(t, storedEntity(), parquetOf(t, [][]stored{storedRows()}), parquetRows, true)
	checkStored(t, got)
	if v := get(got.Columns["sparktimestamp"], 0); v != "2026-11-20T00:00:00.036Z" {
		t.Errorf("a time of 96 bits is %v", v)
	}
}

func TestParquet_isReadAlikeHoweverItIsWritten(t *testing.T) {
	rows := storedRows()
	apart := [][]stored{rows[:1], rows[1:2], rows[2:]}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw, &parquet.Brotli} {
		for version := 1; version <= 2; version++ {
			for i, groups := range [][][]stored{{rows}, apart} {
				data := parquetOf(t, groups, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(1+i*1000))
				for part := 1 + i; part <= 3; part += 2 {
					t.Run(fmt.Sprint(codec, version, i, part), func(t *testing.T) { checkStored(t, readParquet(t, storedEntity(), data, part, part == 2)) })
				}
			}
		}
	}
}

func TestParquet_manyRowsAreReadAlikeWhereverPartsEnd(t *testing.T) {
	type row struct {
		ID   *string   `parquet:"id,dict"`
		Name string    `parquet:"name"`
		N    *int64    `parquet:"n"`
		L    []*string `parquet:"l,list,optional"`
	}
	e := &playbook.Entity{Name: "x", File: "x", Key: "id", Fields: []playbook.Field{
		field("id", scalar(frame.String)), field("name", scalar(frame.String)), field("n", scalar(frame.Int)), field("l", listOf(frame.String)),
	}}
	var rows []row
	good, keys := 0, map[string]bool{}
	for i := range 5000 {
		r := row{ID: pointer(fmt.Sprint("k", i%4900)), Name: fmt.Sprint("name ", i%70)}
		if i%3 > 0 {
			r.N = pointer(int64(i))
		}
		if i%500 == 7 {
			r.ID = nil
		}
		for j := range i % 4 {
			r.L = append(r.L, pointer(fmt.Sprint(j, i%9)))
		}
		if i%1000 == 11 {
			r.L = append(r.L, nil, pointer("behind"))
		}
		if i%77 == 0 {
			r.Name = "bad \xff"
		}
		rows = append(rows, r)
		if r.ID != nil && i%77 > 0 && i%1000 != 11 && !keys[*r.ID] {
			keys[*r.ID] = true
			good++
		}
	}
	data := parquetOf(t, [][]row{rows[:3000], rows[3000:3001], rows[3001:]}, parquet.PageBufferSize(500), parquet.Compression(&parquet.Zstd))
	want := readParquet(t, e, data, 1<<20, false)
	if len(want.Lines) != good {
		t.Errorf("%d rows, want %d, and %d bad:\n%s", len(want.Lines), good, want.Report.Bad, lines(want.Report.BadSamples))
	}
	for _, part := range []int{1, 7, 64, 1000, 2999} {
		got := readParquet(t, e, data, part, part%2 == 1)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(frame.Column{}), cmp.Comparer(sameDict)); d != "" {
			t.Fatalf("parts of %d:\n%s", part, d)
		}
	}
}

func TestParquet_olderListsAreRead(t *testing.T) {
	type row struct {
		L []int64 `parquet:"l,list,optional"`
	}
	data := parquetOf(t, [][]row{{{[]int64{1, 2}}, {nil}, {[]int64{3}}}})
	data = withFooter(t, data, func(m *pq.FileMetaData) {
		// The group around the element goes: the element itself is repeated.
		for i, s := range m.Schema {
			if s.Name == "list" {
				m.Schema[i+1].RepetitionType, m.Schema[i+1].Name = s.RepetitionType, "array"
				m.Schema = append(m.Schema[:i], m.Schema[i+1:]...)
				return
			}
		}
	})
	got := readParquet(t, &playbook.Entity{Name: "x", File: "x", Fields: []playbook.Field{field("l", listOf(frame.Int))}}, data, 2, true)
	c := got.Columns["llist(int)"]
	if len(got.Problems) > 0 || show(get(c, 0)) != show([]any{int64(1), int64(2)}) || get(c, 1) != nil || show(get(c, 2)) != show([]any{int64(3)}) {
		t.Errorf("%v %v %v %v", lines(got.Problems), get(c, 0), get(c, 1), get(c, 2))
	}
}

func TestParquet_keysMayBeWholeNumbers(t *testing.T) {
	type row struct {
		ID    int64   `parquet:"id"`
		Group *uint64 `parquet:"group"`
	}
	e := &playbook.Entity{Name: "account", File: "a.parquet", Key: "id", Plural: "members", Parents: []playbook.Parent{{Column: "group", Entity: "account"}}, Fields: []playbook.Field{field("id", scalar(frame.String))}}
	data := parquetOf(t, [][]row{{{17, nil}, {18, pointer(uint64(17))}, {-3, pointer(uint64(1<<64 - 1))}, {17, nil}}})
	got := mustRead(t, request(folder(t, "a.parquet", string(data)), e))
	diff(t, rows(got.Frame.Table("account")), [][]any{{"-3"}, {"17"}, {"18"}})
	diff(t, got.Reports[0].Orphans, []Orphans{{Parent: "account", Count: 1, Sample: []string{"18446744073709551615"}}})
	diff(t, lines(got.Reports[0].BadSamples), "a.parquet:4: id: \"17\" is the key of record 1 already\n")
	if got.Reports[0].Bytes != int64(len(data)) || got.Reports[0].Rows != 3 {
		t.Errorf("report: %+v", got.Reports[0])
	}
}

func TestParquet_badRecordsAreLeftOutCountedAndNamed(t *testing.T) {
	type row struct {
		ID   *string    `parquet:"id"`
		Big  uint64     `parquet:"big"`
		Gaps float64    `parquet:"gaps"`
		At   int64      `parquet:"at,timestamp(millisecond)"`
		Name string     `parquet:"name"`
		Map  *string    `parquet:"map"`
		L    []*float64 `parquet:"l,list"`
	}
	fine := row{Big: 1, Gaps: 2, At: 1, Name: "x"}
	change := func(id string, f func(*row)) row {
		r := fine
		r.ID = &id
		f(&r)
		return r
	}
	all := []row{
		change("a1", func(*row) {}), change("a2", func(r *row) { r.Big = 1 << 63 }), change("a3", func(r *row) { r.Gaps = 1.5 }),
		change("a4", func(r *row) { r.At = 1 << 62 }), change("a5", func(r *row) { r.Name = "M\xfcller" }), change("a6", func(r *row) { r.Map = pointer("{bi") }),
		fine, change("a1", func(*row) {}), change("a7", func(r *row) { r.L = []*float64{pointer(1.0), nil} }), change("a2", func(*row) {}),
	}
	for i := range 8 {
		all = append(all, change(fmt.Sprint("b", i), func(*row) {}))
	}
	e := &playbook.Entity{Name: "x", File: "x.parquet", Key: "id", Fields: []playbook.Field{
		field("id", scalar(frame.String)), field("big", scalar(frame.Int)), field("gaps", scalar(frame.Int)), field("at", scalar(frame.Time)),
		field("name", scalar(frame.String)), field("map", mapOf(frame.Int)), field("l", listOf(frame.Double)),
	}}
	got := readParquet(t, e, parquetOf(t, [][]row{all}), 4, true)
	diff(t, lines(got.Report.BadSamples), `x.parquet:2: big: "9223372036854775808" is not an int
x.parquet:3: gaps: "1.5" is not an int
x.parquet:4: at: "146140482-04-24" is not a timestamp | write 2026-01-02T15:04:05Z, 2026-01-02 15:04:05 or 2026-01-02
x.parquet:5: name: "M\xfcller" is not UTF-8 | export the file as UTF-8
x.parquet:6: map: "{bi" is not a map(string, int) | write a JSON object, {"a": 1}
x.parquet:7: id: the key is missing
x.parquet:8: id: "a1" is the key of record 1 already
x.parquet:9: l: a list with a null in it | leave out the element, or the whole list
`)
	if got.Report.Bad != 8 || len(got.Lines) != 10 || len(got.Problems) != 0 {
		t.Errorf("%d bad, %d rows, %v", got.Report.Bad, len(got.Lines), got.Problems)
	}
	if got := readParquet(t, e, parquetOf(t, [][]row{all[1:9]}), 4, true); len(got.Problems) == 0 {
		t.Error("a file of which more than half is bad is read")
	}
}

func TestParquet_futureEventsDoNotExist(t *testing.T) {
	type row struct {
		At   *int64 `parquet:"at,timestamp(nanosecond)"`
		Type string `parquet:"type"`
	}
	e := activity("e.parquet")
	e.Parents = nil
	data := parquetOf(t, [][]row{{{pointer(now.UnixNano()), "a"}, {pointer(now.UnixNano() + 1000), "later"}, {nil, "b"}, {pointer(now.UnixNano() * 2), "bad \xff"}}})
	got := readParquet(t, e, data, 3, true)
	c := got.Columns["typestring"]
	diff(t, c.Dict.Values, []string{"a", "b"})
	if got.Report.Future != 2 || got.Report.Bad != 0 || c.Len() != 2 {
		t.Errorf("report: %+v", got.Report)
	}
}

func TestParquet_timesWithoutAZoneAreInThePlaybooks(t *testing.T) {
	local := parquet.Group{"at": parquet.TimestampAdjusted(parquet.Millisecond, false), "day": parquet.Date(), "utc": parquet.Timestamp(parquet.Millisecond)}
	var out bytes.Buffer
	w := parquet.NewWriter(&out, parquet.NewSchema("x", local))
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	if _, err := w.WriteRows([]parquet.Row{{
		parquet.Int64Value(summer.UnixMilli()).Level(0, 0, 0), parquet.Int32Value(int32(summer.Unix()/86400)).Level(0, 0, 1), parquet.Int64Value(summer.UnixMilli()).Level(0, 0, 2),
	}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := request(folder(t, "x.parquet", out.String()), &playbook.Entity{Name: "x", File: "x.parquet",
		Fields: []playbook.Field{field("at", scalar(frame.Time)), field("day", scalar(frame.Time)), field("utc", scalar(frame.Time))}})
	r.Zone = zone
	diff(t, rows(mustRead(t, r).Frame.Table("x")), [][]any{{"2026-07-01T10:00:00Z", "2026-06-30T22:00:00Z", "2026-07-01T12:00:00Z"}})
}

func TestParquet_columnsThatDoNotFitAreErrors(t *testing.T) {
	type address struct {
		Street, City string
	}
	type row struct {
		Ident   string     `parquet:"ident"`
		Address address    `parquet:"address"`
		Lists   [][]string `parquet:"lists,list"`
		Name    string     `parquet:"name"`
		Flag    bool       `parquet:"flag"`
		Many    []address  `parquet:"many,list"`
	}
	e := &playbook.Entity{Name: "account", File: "a.parquet", Key: "id", Fields: []playbook.Field{
		field("address", scalar(frame.String)), field("lists", listOf(frame.String)), field("name", scalar(frame.Int)), field("flag", scalar(frame.Time)),
		field("many", listOf(frame.String)), field("id", scalar(frame.String)),
	}}
	problems := failRead(t, request(folder(t, "a.parquet", string(parquetOf(t, [][]row{{{Ident: "a"}}}))), e))
	diff(t, lines(problems), `a.parquet: a.parquet has no column "id", the key of account | known: address, flag, ident, lists, many, name
a.parquet: column "address" of a.parquet is a group of 2 columns, which can't be read as a string | export its parts as columns of their own
a.parquet: column "flag" of a.parquet is BOOLEAN, which can't be read as a timestamp | declare the field as what it is, or convert the column
a.parquet: column "lists" of a.parquet is a list of other things, which can't be read as a list(string) | export it as JSON in a column of texts
a.parquet: column "many" of a.parquet is a list of other things, which can't be read as a list(string) | export it as JSON in a column of texts
a.parquet: column "name" of a.parquet is STRING, which can't be read as an int | declare the field as what it is, or convert the column
`)
}

func TestParquet_fileWithoutRecordsIsFine(t *testing.T) {
	for _, groups := range [][][]stored{nil, {nil}} {
		if got := readParquet(t, storedEntity(), parquetOf(t, groups), 10, true); len(got.Problems) > 0 || len(got.Lines) != 0 {
			t.Errorf("problems:\n%s", lines(got.Problems))
		}
	}
}

func TestParquet_damagedFilesAreErrors(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "id,name\na1,A\n", "short": "PAR1", "magic": "PAR1xxxxPAR1", "long footer": "PAR1\xff\xff\xff\x0fPAR1", "encrypted": "PAR1\x01\x00\x00\x00\x00PARE",
		"list of two billion": "PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x0a\x00\x00\x00PAR1",
	} {
		t.Run(name, func(t *testing.T) {
			problems := failRead(t, request(folder(t, "a.parquet", text), account("a.parquet")))
			if got := lines(problems); !strings.HasPrefix(got, "a.parquet: the file is not Parquet, or damaged: ") || len(problems) != 1 {
				t.Errorf("problems:\n%s", got)
			}
		})
	}
}

func TestParquet_noDamageMakesItPanicOrAskForMuch(t *testing.T) {
	data := parquetOf(t, [][]stored{storedRows(), storedRows()[1:2]}, parquet.Compression(&parquet.Snappy))
	for i := range data {
		damaged := bytes.Clone(data)
		switch i % 31 {
		case 0:
			damaged = damaged[:i]
		case 7, 14, 21:
			damaged[i] = []byte{0x00, 0x7f, 0xff}[i%3]
		case 28:
			damaged[i] ^= 1 << (i % 8)
		default:
			continue
		}
		readDamaged(t, storedEntity(), damaged)
	}
}

// readDamaged reads what may be no Parquet, and fails the test if that takes much more memory than there is data.
func readDamaged(t testing.TB, e *playbook.Entity, data []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	readParquet(t, e, data, 1000, false)
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 400<<20 {
		t.Fatalf("%d bytes took %d MiB of memory", len(data), (after.TotalAlloc-before.TotalAlloc)>>20)
	}
}

func TestParquet_errorsDoNotDependOnThreads(t *testing.T) {
	data := parquetOf(t, [][]stored{storedRows(), storedRows()[1:2]})
	for i := 4; i < len(data); i += 41 {
		damaged := bytes.Clone(data)
		damaged[i] ^= 0x55
		one, two := readParquet(t, storedEntity(), damaged, 1, false), readParquet(t, storedEntity(), damaged, 1, true)
		if a, b := lines(one.Problems), lines(two.Problems); a != b {
			t.Fatalf("byte %d: on one thread\n%son two\n%s", i, a, b)
		}
	}
}

// withFooter writes a file's footer anew.
func withFooter(t testing.TB, data []byte, change func(*pq.FileMetaData)) []byte {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true))
	if err != nil {
		t.Fatal(err)
	}
	m := f.Metadata()
	change(m)
	return append(bytes.Clone(data[:len(data)-8-footerLength(data)]), footerOf(t, m)...)
}

func footerLength(data []byte) int { return int(binary.LittleEndian.Uint32(data[len(data)-8:])) }

// footerOf writes a footer, with its length and the mark of the end.
func footerOf(t testing.TB, m *pq.FileMetaData) []byte {
	t.Helper()
	footer, err := encoding.Marshal(new(encoding.CompactProtocol), m)
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), "PAR1"...)
}

func TestRead_allFormatsGiveTheSameFrame(t *testing.T) {
	dir := t.TempDir()
	gen := exec.Command("go", "run", "../../testdata/bench/gen", "-scale", "0.0005", "-format", "csv,jsonl,parquet", "-out", dir)
	if out, err := gen.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := ""
	for _, extension := range []string{"csv", "jsonl", "parquet"} {
		r := request(dir, madeWorld(extension)...)
		got := mustRead(t, r)
		var text strings.Builder
		for i, table := range got.Frame.Tables {
			if report := got.Reports[i]; report.Bad > 0 || len(report.Warnings) > 0 || report.Rows == 0 {
				t.Errorf("%s: %+v", extension, report)
			}
			fmt.Fprintln(&text, table.Entity, rows(table))
			for _, p := range table.Parents() {
				fmt.Fprintln(&text, p.Up, p.Orphans, p.Start, p.Down)
			}
		}
		if want == "" {
			want = text.String()
		}
		if text.String() != want {
			t.Errorf("%s gives another frame than CSV:\n%s", filepath.Join(dir, extension), cmp.Diff(strings.Split(want, "] ["), strings.Split(text.String(), "] [")))
		}
	}
}
