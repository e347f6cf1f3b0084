package frame

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// encoded gives a table's bytes.
func encoded(t testing.TB, table *Table) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Encode(&out, table); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// decoded gives builders of all tables of a frame, by way of their bytes.
func decoded(t testing.TB, f *Frame) []*Builder {
	t.Helper()
	var builders []*Builder
	for _, table := range f.Tables {
		b, err := Decode(encoded(t, table))
		if err != nil {
			t.Fatalf("decoding %s: %s", table.Entity, err)
		}
		wholeBuilder(t, b)
		builders = append(builders, b)
	}
	return builders
}

// drawWorld draws builders of accounts, people and events.
func drawWorld(t *rapid.T) func() []*Builder {
	accounts, people := drawRecords(t, "account"), drawRecords(t, "person", "account")
	events := drawRecords(t, "event", "account", "person")
	return func() []*Builder {
		return []*Builder{
			build("account", false, accounts), build("person", false, people, "account"), build("event", true, events, "account", "person"),
		}
	}
}

func TestDecode_givesWhatWasEncoded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := Link(drawWorld(r)())
		want := dump(f)
		again := Link(decoded(t, f))
		if got := dump(again); got != want {
			r.Fatalf("decoded:\n%s\nencoded:\n%s", got, want)
		}
		for i, table := range again.Tables {
			if !bytes.Equal(encoded(t, table), encoded(t, f.Tables[i])) {
				r.Fatalf("%s has other bytes the second time", table.Entity)
			}
		}
	})
}

// TestLink_whatWasRelatedToOthersIsRelatedAnew holds that tables that were encoded beside others are linked like those that were read.
func TestLink_whatWasRelatedToOthersIsRelatedAnew(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		entities := []string{"account", "person", "event"}
		worlds := []func() []*Builder{drawWorld(r), drawWorld(r)}
		var mixed, plain []*Builder
		for i, entity := range entities {
			from := worlds[rapid.IntRange(0, 1).Draw(r, entity)]
			plain = append(plain, from()[i])
			if rapid.Bool().Draw(r, entity+" is read") {
				mixed = append(mixed, from()[i])
				continue
			}
			b, err := Decode(encoded(t, Link(from()).Tables[i]))
			if err != nil {
				r.Fatal(err)
			}
			mixed = append(mixed, b)
		}
		got, want := Link(mixed), Link(plain)
		if dump(got) != dump(want) {
			r.Fatalf("linked:\n%s\nwant:\n%s", dump(got), dump(want))
		}
		at := time.UnixMicro(int64(rapid.IntRange(-1, 2).Draw(r, "until")))
		if dump(got.Until(at)) != dump(want.Until(at)) {
			r.Fatalf("until %v:\n%s\nwant:\n%s", at, dump(got.Until(at)), dump(want.Until(at)))
		}
		for i := range got.Tables {
			if !bytes.Equal(encoded(t, got.Tables[i]), encoded(t, want.Tables[i])) {
				r.Fatalf("%s has other bytes", entities[i])
			}
		}
	})
}

func TestEncode_orderOfReadingMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		people := drawRecords(r, "person", "account")
		accounts := drawRecords(r, "account")
		bytesOf := func(people []record) []byte {
			return encoded(t, Link([]*Builder{build("account", false, accounts), build("person", false, people, "account")}).Tables[1])
		}
		if !bytes.Equal(bytesOf(people), bytesOf(rapid.Permutation(people).Draw(r, "people"))) {
			r.Fatal("other bytes")
		}
	})
}

// oddTable holds every sample type in a table of its own rows, many of them, and a key that is also a field.
func oddTable(n int) *Table {
	b := &Builder{Entity: "odd", Key: NewColumn("id", scalar(String))}
	b.Columns = []*Column{NewColumn("first", scalar(Bool)), b.Key}
	for i, s := range samples {
		c := NewColumn(fmt.Sprint("c", i), s.of)
		for row := range n {
			put(c, s.values[row%len(s.values)])
		}
		b.Columns = append(b.Columns, c)
	}
	for row := range n {
		put(b.Columns[0], row%3 == 0)
		b.Key.AppendString(fmt.Sprintf("k%05d", row))
	}
	return Link([]*Builder{b}).Tables[0]
}

func TestDecode_holdsEveryType(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 300} {
		want := oddTable(n)
		b, err := Decode(encoded(t, want))
		if err != nil {
			t.Fatal(err)
		}
		wholeBuilder(t, b)
		if b.Columns[1] != b.Key {
			t.Error("the key is no longer the field")
		}
		if got := dump(Link([]*Builder{b})); got != dump(&Frame{Tables: []*Table{want}}) {
			t.Errorf("%d rows: decoded\n%s", n, got)
		}
	}
}

// TestDecode_elsewhere holds that a machine with the highest byte first, and one that reads the bytes to an odd place, decode the same.
func TestDecode_elsewhere(t *testing.T) {
	want := oddTable(100)
	data := encoded(t, want)
	check := func(name string, data []byte) {
		b, err := Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := dump(Link([]*Builder{b})); got != dump(&Frame{Tables: []*Table{want}}) {
			t.Errorf("%s: decoded\n%s", name, got)
		}
	}
	for shift := range 8 {
		check(fmt.Sprint("shifted by ", shift), append(make([]byte, shift, len(data)+8), data...)[shift:])
	}
	values := []int64{1, -2, 1 << 40}
	little = !little
	defer func() { little = !little }()
	if got := valuesOf[int64](bytesOf(values)); !slices.Equal(got, values) {
		t.Errorf("there and back: %v", got)
	}
	if got := bytesOf([]uint32{0x01020304}); !bytes.Equal(got, []byte{1, 2, 3, 4}) {
		t.Errorf("bytes %v are not in the other order", got)
	}
}

func TestDecode_refusesWhatIsCutOrLonger(t *testing.T) {
	data := encoded(t, oddTable(70))
	for n := range data {
		if _, err := Decode(data[:n:n]); err == nil {
			t.Fatalf("%d of %d bytes are a table", n, len(data))
		}
	}
	if _, err := Decode(append(slices.Clone(data), 0)); err == nil {
		t.Error("a byte more is a table")
	}
}

// wholeBuilder holds a builder against everything that the house relies on, and reads every value.
func wholeBuilder(t testing.TB, b *Builder) {
	for c := range b.all {
		if c.Len() != b.Rows() {
			t.Fatalf("%d rows of %d", c.Len(), b.Rows())
		}
		wholeColumn(t, c, 0)
	}
	for i, c := range b.Columns {
		if b.Time != "" && c.Name == b.Time && c.Type.Kind != Time {
			t.Fatalf("column %d is the time, and a %s", i, c.Type)
		}
	}
	for _, p := range b.Parents {
		wholeOrder(t, p.Keys.Dict)
	}
	if b.Key == nil {
		return
	}
	wholeOrder(t, b.Key.Dict)
	for row := range b.Rows() {
		if !b.Key.IsKnown(row) || row > 0 && b.Key.Text(row-1) >= b.Key.Text(row) {
			t.Fatalf("the key of row %d is missing or out of place", row)
		}
	}
}

// wholeOrder holds that the values of keys are in order, each once.
func wholeOrder(t testing.TB, d *Dict) {
	for code := 1; code < d.size(); code++ {
		if d.at(uint32(code-1)) >= d.at(uint32(code)) {
			t.Fatalf("key %d is out of place", code)
		}
	}
}

func wholeColumn(t testing.TB, c *Column, depth int) {
	if depth > maxDepth || len(c.Known) != (c.Len()+63)/64 {
		t.Fatalf("depth %d, %d words for %d rows", depth, len(c.Known), c.Len())
	}
	for row := range c.Known.Rows {
		if row >= c.Len() {
			t.Fatal("a row beyond the last is known")
		}
	}
	for row := range c.Len() {
		if s, ok := get(c, row).(string); ok && !utf8.ValidString(s) {
			t.Fatalf("%q is not UTF-8", s)
		}
	}
	if c.Elems != nil {
		wholeColumn(t, c.Elems, depth+1)
	}
	if c.MapKeys == nil {
		return
	}
	wholeColumn(t, c.MapKeys, depth+1)
	for row := range c.Len() {
		for e := int(c.Start[row]) + 1; e < int(c.Start[row+1]); e++ {
			if c.MapKeys.Text(e-1) >= c.MapKeys.Text(e) {
				t.Fatal("keys of a map are out of place")
			}
		}
	}
}

// fullDisk takes so many bytes and no more.
type fullDisk int

func (d *fullDisk) Write(p []byte) (int, error) {
	if *d -= fullDisk(len(p)); *d < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestEncode_tellsThatTheDiskIsFull(t *testing.T) {
	table := oddTable(5000)
	size := len(encoded(t, table))
	for _, room := range []int{0, size / 3, size - 1} {
		disk := fullDisk(room)
		if err := Encode(&disk, table); err == nil {
			t.Errorf("%d of %d bytes were written without an error", room, size)
		}
	}
}
