package source

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// dumped is everything that comes of reading a file.
type dumped struct {
	Columns  map[string]*frame.Column
	Lines    []int32
	Report   Report
	Problems diag.List
}

// readSized reads records of everything in blocks of a size, on two threads or on this one.
func readSized(t testing.TB, data []byte, size int, csv, parallel bool) dumped {
	t.Helper()
	x := newTable(everything(), Request{Zone: time.UTC, Now: now})
	if parallel {
		x.threads = newThreads()
	}
	in := &input{ctx: context.Background(), from: bytes.NewReader(data)}
	var f format
	if csv {
		c := newCSV(in)
		c.blocks.size = size
		if problems, err := c.readHeader(x); err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		f = c
	} else {
		j := newJSON(in, x)
		j.blocks.size = size
		f = j
	}
	problems, err := f.read(x)
	if err != nil {
		t.Fatal(err)
	}
	out := dumped{Columns: map[string]*frame.Column{}, Lines: x.lines, Report: x.report, Problems: append(problems, x.verdict()...)}
	for _, s := range x.slots {
		out.Columns[fmt.Sprint(s.column.Name, s.column.Type)] = s.column
	}
	return out
}

// randomCSV puts together what is hard to split: quotes where they belong and where they don't, line ends of both kinds, empty lines.
func randomCSV(random *rand.Rand) []byte {
	pieces := []string{"\"", "\"\"", ",", ",", "\n", "\r\n", "\r", "a", "\"a,b\"", "\"a\n\"\"b\"", "\"x\r\ny\",", "1", "true,1,1.5,t,2026-01-02,x;y,[1],{},b\n",
		"k,,,,,,,,,\n", "k2,1,2,3,s,2027-01-01,,,,\r\n", "\n\n", "\r\n\r\n", "ü", "\xff", "\"{\"\"a\"\":1}\"", "2026-11-20 10:00:00"}
	var text bytes.Buffer
	text.WriteString(everyColumn)
	for range random.IntN(40) {
		text.WriteString(pieces[random.IntN(len(pieces))])
		if random.IntN(6) == 0 {
			fmt.Fprintf(&text, "\nk%d,,%d,,,2026-01-0%d,,,,\n", random.IntN(5), random.IntN(9), random.IntN(9)+1)
		}
	}
	return text.Bytes()
}

func TestCSV_isReadAlikeWhereverBlocksEndAndOnTwoThreads(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	for range 150 {
		data := randomCSV(random)
		want := readSized(t, data, blockSize, true, false)
		for _, size := range []int{1, 2, 3, 1 + random.IntN(20), 1 + random.IntN(200)} {
			got := readSized(t, data, size, true, size%2 == 0)
			if d := cmp.Diff(want, got, cmp.AllowUnexported(frame.Column{}), cmp.Comparer(sameDict)); d != "" {
				t.Fatalf("blocks of %d bytes of %q:\n%s", size, data, d)
			}
		}
	}
}

// sameDict compares dictionaries by what is in them.
func sameDict(a, b *frame.Dict) bool {
	return (a == nil) == (b == nil) && (a == nil || cmp.Equal(a.Values, b.Values))
}

// csvRecord is a record, or what is wrong with it.
type csvRecord struct {
	line      int
	cells     []string
	fault     string
	swallowed int
}

// splitAll gives all records of a file and whether it ends inside one.
func splitAll(t testing.TB, data []byte, columns, size int) (records []csvRecord, unclosed bool) {
	t.Helper()
	c := newCSV(&input{ctx: context.Background(), from: bytes.NewReader(data)})
	c.blocks.from, c.blocks.size = c.blocks.in, size
	c.header = make([]string, columns)
	for i := range columns {
		c.want, c.cells = append(c.want, i), append(c.cells, i)
	}
	for {
		p, problems, err := c.split()
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			return records, len(problems) > 0
		}
		x := p.records.(*csvPart)
		for row := range p.rows {
			r := csvRecord{line: int(p.lines[row])}
			if len(p.faults) > 0 && p.faults[0].row == row {
				r.fault, r.swallowed = p.faults[0].fault.message, p.faults[0].fault.swallowed
				p.faults = p.faults[1:]
			} else {
				for i := range columns {
					r.cells = append(r.cells, strings.Clone(x.text(&slot{cell: i}, row)))
				}
			}
			records = append(records, r)
		}
	}
}

// splitByPackage does the same by package csv.
func splitByPackage(t testing.TB, data []byte, columns int) (records []csvRecord, unclosed bool) {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	for {
		cells, err := reader.Read()
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			return records, unclosed
		case errors.As(err, &broken):
			records = append(records, csvRecord{line: broken.StartLine, fault: syntaxReason(broken), swallowed: broken.Line - broken.StartLine})
		case len(cells) != columns:
			line, _ := reader.FieldPos(0)
			records = append(records, csvRecord{line: line, fault: fmt.Sprintf("the record has %s, the header %d", count(len(cells), "cell"), columns)})
		default:
			line, _ := reader.FieldPos(0)
			records = append(records, csvRecord{line: line, cells: cells})
		}
		unclosed = records[len(records)-1].swallowed > 0
	}
}

func sameSplit(t testing.TB, data []byte, size int) {
	t.Helper()
	got, gotUnclosed := splitAll(t, data, 2, size)
	want, wantUnclosed := splitByPackage(t, data, 2)
	if d := cmp.Diff(want, got, cmp.AllowUnexported(csvRecord{})); d != "" || gotUnclosed != wantUnclosed {
		t.Fatalf("%q in blocks of %d: unclosed %t, package csv says %t\n%s", data, size, gotUnclosed, wantUnclosed, d)
	}
}

func TestCSV_splitsAsTheStandardLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 2))
	for range 8000 {
		data := make([]byte, random.IntN(24))
		for i := range data {
			data[i] = "\",\n\ra"[random.IntN(5)]
		}
		sameSplit(t, data, 1+random.IntN(len(data)+1))
	}
}

func FuzzCSV_splitsAsTheStandardLibrary(f *testing.F) {
	for _, s := range []string{"a,b\r\n\"a\n\"\"\",b\n\"x\"y,\n", "\"\r\n\r\"\r", "a,\"\"\"\n,\"", "\r\n\n\ra\"b,c\n\"d\"\r"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) { sameSplit(t, data, 1+size&0xff) })
}
