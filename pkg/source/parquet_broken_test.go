package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	encoding "github.com/parquet-go/parquet-go/encoding/thrift"
	pq "github.com/parquet-go/parquet-go/format"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// ofRows gives a file whose footer says how many rows each of its row groups has.
func ofRows(t testing.TB, rows ...int64) []byte {
	t.Helper()
	return withFooter(t, parquetOf(t, [][]scrap{scraps()[:1]}), func(m *pq.FileMetaData) {
		one := m.RowGroups[0]
		m.RowGroups = nil
		for _, n := range rows {
			one.NumRows = n
			m.RowGroups = append(m.RowGroups, one)
		}
	})
}

func TestParquet_moreRecordsThanThereCanBeAreDamage(t *testing.T) {
	for _, rows := range [][]int64{{1, math.MaxInt64}, {math.MaxInt64, 1}, {math.MaxInt64, math.MaxInt64, 3}, {-1, 2}, {1, math.MinInt64}, {1 << 31}, {1 << 30, 1 << 30}} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			got := readParquet(t, everything(), ofRows(t, rows...), 1000, false)
			if text := lines(got.Problems); len(got.Problems) != 1 || !strings.Contains(text, "the file is not Parquet, or damaged: ") || !strings.Contains(text, "row group ") {
				t.Errorf("problems:\n%s", text)
			}
		})
	}
}

// ending is a file that ends earlier than it did when it was opened.
type ending struct {
	data []byte
	end  *int64
}

func (e ending) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(e.data[:*e.end]).ReadAt(p, at)
}

func TestParquet_fileThatEndsWhileItIsReadIsAnError(t *testing.T) {
	type row struct {
		N int64 `parquet:"n,plain"`
	}
	var rows []row
	for i := range 64 {
		rows = append(rows, row{int64(i)})
	}
	data := parquetOf(t, [][]row{rows, rows}, parquet.Compression(&parquet.Uncompressed))
	x := newTable(&playbook.Entity{Name: "x", File: "x", Fields: []playbook.Field{field("n", scalar(frame.Int))}}, Request{Zone: time.UTC, Now: now})
	end := int64(len(data))
	p := newParquet(&input{ctx: context.Background()}, ending{data, &end}, end)
	if problems, err := p.readSchema(x); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	last := p.fills[0].values.parts[1]
	for end = last.at; end < last.end; end++ {
		v := *p.fills[0].values
		var err error
		for err == nil {
			if err = v.more(); err == nil {
				v.level = v.levels
			}
		}
		if got := err.Error(); got != io.ErrUnexpectedEOF.Error() {
			t.Fatalf("a file of %d bytes instead of %d: %s", end, len(data), got)
		}
	}
}

// pageOf writes a page of 64-bit numbers, without the checksum that package parquet-go gives it.
func pageOf(t testing.TB, numbers ...int64) []byte {
	t.Helper()
	data := bytesOfInts(numbers)
	header := &pq.PageHeader{Type: pq.DataPage, UncompressedPageSize: int32(len(data)), CompressedPageSize: int32(len(data)),
		DataPageHeader: encoding.New(pq.DataPageHeader{NumValues: int32(len(numbers)), Encoding: pq.Plain, DefinitionLevelEncoding: pq.RLE, RepetitionLevelEncoding: pq.RLE})}
	out, err := encoding.Marshal(new(encoding.CompactProtocol), header)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, data...)
}

func bytesOfInts(numbers []int64) (out []byte) {
	for _, n := range numbers {
		out = append(out, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), byte(n>>32), byte(n>>40), byte(n>>48), byte(n>>56))
	}
	return out
}

// TestPages_halfAPageIsNotFilledUpWithTheLastOne holds it where no checksum would tell.
func TestPages_halfAPageIsNotFilledUpWithTheLastOne(t *testing.T) {
	ones, twos := slices.Repeat([]int64{1}, 100), slices.Repeat([]int64{2}, 100) // longer than what is read at once to find a header
	data := slices.Concat(pageOf(t, ones...), pageOf(t, twos...))
	end := int64(len(data) - 8)
	p := &pages{from: ending{data, &end}, leaf: &leaf{kind: parquet.Int64, of: scalar(frame.Int)}, group: -1,
		parts: []chunk{{at: 0, end: int64(len(data)), rows: 200, codec: pq.Uncompressed}}}
	if err := p.more(); err != nil || !slices.Equal(p.values.ints, ones) {
		t.Fatal(p.values.ints, err)
	}
	p.level = p.levels
	if err := p.more(); err == nil {
		t.Errorf("the second page is %v", p.values.ints)
	}
}

func TestParquet_daysThatNobodyCanWriteAreNoDates(t *testing.T) {
	type row struct {
		Day int32 `parquet:"day,date"`
	}
	bad := []row{{213_503_983}, {-213_503_983}, {math.MaxInt32}, {math.MinInt32}, {2_932_897}, {-719_163}} // the first two are 1970 modulo 2^64 microseconds
	good := []row{{2_932_896}, {-719_162}, {0}, {1}, {2}, {3}}
	e := &playbook.Entity{Name: "x", File: "x", Fields: []playbook.Field{field("day", scalar(frame.Time))}}
	got := readParquet(t, e, parquetOf(t, [][]row{slices.Concat(good, bad)}), 100, false)
	c := got.Columns["daytimestamp"]
	if got.Report.Bad != len(bad) || c.Len() != len(good) || get(c, 0) != "9999-12-31T00:00:00Z" || get(c, 1) != "0001-01-01T00:00:00Z" {
		t.Errorf("%d rows, %d bad ones:\n%s", c.Len(), got.Report.Bad, lines(got.Report.BadSamples))
	}
}

// TestParquet_badValuesAreShownAsPeopleKnowThem holds that a problem does not show the bits that are stored.
func TestParquet_badValuesAreShownAsPeopleKnowThem(t *testing.T) {
	schema := parquet.NewSchema("x", parquet.Group{
		"big": parquet.Uint(64), "day": parquet.Date(), "local": parquet.TimestampAdjusted(parquet.Millisecond, false),
		"price": parquet.Decimal(2, 18, parquet.Int64Type), "spark": parquet.Leaf(parquet.Int96Type), "utc": parquet.Timestamp(parquet.Microsecond),
	})
	e := &playbook.Entity{Name: "x", File: "x", Fields: []playbook.Field{field("big", scalar(frame.Int)), field("day", scalar(frame.Time)), field("local", scalar(frame.Time)),
		field("price", scalar(frame.Int)), field("spark", scalar(frame.Time)), field("utc", scalar(frame.Time))}}
	good := []parquet.Value{parquet.Int64Value(1), parquet.Int32Value(1), parquet.Int64Value(1), parquet.Int64Value(100),
		parquet.Int96Value(deprecated.Int96{2: 2_461_365}), parquet.Int64Value(1)}
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema)
	write := func(at int, value parquet.Value) {
		row := parquet.Row{}
		for i, v := range good {
			if i == at {
				v = value
			}
			row = append(row, v.Level(0, 0, i))
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	write(0, parquet.Int64Value(math.MinInt64))
	write(1, parquet.Int32Value(math.MaxInt32))
	write(1, parquet.Int32Value(math.MinInt32))
	write(2, parquet.Int64Value(1<<50))
	write(3, parquet.Int64Value(-1999))
	write(4, parquet.Int96Value(deprecated.Int96{}))
	write(4, parquet.Int96Value(deprecated.Int96{2: math.MaxUint32}))
	write(5, parquet.Int64Value(math.MinInt64))
	for range 8 {
		write(-1, parquet.Value{})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := readParquet(t, e, out.Bytes(), 100, false)
	diff(t, strings.ReplaceAll(lines(got.Report.BadSamples), " | write 2026-01-02T15:04:05Z, 2026-01-02 15:04:05 or 2026-01-02", ""), `x:1: big: "9223372036854775808" is not an int
x:2: day: "5881580-07-11" is not a timestamp
x:3: day: "-5877641-06-23" is not a timestamp
x:4: local: "37648-05-06" is not a timestamp
x:5: price: "-19.99" is not an int
x:6: spark: "-4713-11-24" is not a timestamp
x:7: spark: "after 9999-12-31" is not a timestamp
x:8: utc: "-290308-12-21" is not a timestamp
`)
}

// TestParquet_brokenKeysOfMapsAreToldAsSuch holds that a page of keys that can't be read is told so, and not as keys that are not there.
func TestParquet_brokenKeysOfMapsAreToldAsSuch(t *testing.T) {
	type row struct {
		M map[string]int32 `parquet:"m"`
	}
	var rows []row
	for i := range 40 {
		rows = append(rows, row{map[string]int32{fmt.Sprint("key ", i): int32(i)}})
	}
	data := parquetOf(t, [][]row{rows}, parquet.Compression(&parquet.Uncompressed))
	e := &playbook.Entity{Name: "x", File: "x", Fields: []playbook.Field{field("m", mapOf(frame.Int))}}
	broken := bytes.Replace(data, []byte("key 7"), []byte("kez 7"), 1)
	got := lines(readParquet(t, e, broken, 100, false).Problems[:1])
	if want := "x: the file is not Parquet, or damaged: column \"m\": a page whose checksum is another | export it again\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

// TestParquet_brokenPageIsNotTheEndOfAList holds it of a page in the middle of a list, whose bytes end too early for what unpacks them.
func TestParquet_brokenPageIsNotTheEndOfAList(t *testing.T) {
	level := func(l byte) []byte { return []byte{2, 0, 0, 0, 1 << 1, l} } // a run of one
	packed := func(data []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	page := func(packed []byte, size, values int) []byte {
		out, err := encoding.Marshal(new(encoding.CompactProtocol), &pq.PageHeader{Type: pq.DataPage, UncompressedPageSize: int32(size), CompressedPageSize: int32(len(packed)),
			DataPageHeader: encoding.New(pq.DataPageHeader{NumValues: int32(values), Encoding: pq.Plain, DefinitionLevelEncoding: pq.RLE, RepetitionLevelEncoding: pq.RLE})})
		if err != nil {
			t.Fatal(err)
		}
		return append(out, packed...)
	}
	content := func(repeat byte, n int64) []byte {
		return slices.Concat(level(repeat), level(1), bytesOfInts([]int64{n}))
	}
	first, second := content(0, 1), content(1, 2)
	for name, middle := range map[string][]byte{"whole": packed(second), "empty": nil} {
		data := slices.Concat(page(packed(first), len(first), 1), page(middle, len(second), 1))
		l := &leaf{kind: parquet.Int64, of: scalar(frame.Int), repeats: 1, defined: 1}
		f := parquetFill{shape: &shape{value: l, element: 1}, values: &pages{from: bytes.NewReader(data), leaf: l, group: -1,
			parts: []chunk{{at: 0, end: int64(len(data)), rows: 1, codec: pq.Gzip}}}}
		c := frame.NewColumn("l", listOf(frame.Int))
		_, err := f.record(c)
		switch {
		case name == "whole" && (err != nil || show(get(c, 0)) != show([]any{int64(1), int64(2)})):
			t.Errorf("%s: %v", name, err)
		case name == "empty" && err == nil:
			t.Errorf("%s: the list is %v", name, get(c, 0))
		}
	}
}
