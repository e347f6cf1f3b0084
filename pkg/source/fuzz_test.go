package source

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// everything is an entity with a field of every type. It is an event with a key, so that every rule is at work.
func everything() *playbook.Entity {
	return &playbook.Entity{Name: "x", Key: "k", Time: "at", Plural: "xs", Parents: []playbook.Parent{{Column: "p", Entity: "x"}}, Fields: []playbook.Field{
		field("k", scalar(frame.String)), field("b", scalar(frame.Bool)), field("i", scalar(frame.Int)), field("d", scalar(frame.Double)),
		field("s", scalar(frame.String)), field("at", scalar(frame.Time)), field("ls", listOf(frame.String)), field("li", listOf(frame.Int)),
		field("m", mapOf(frame.Double)),
	}}
}

const everyColumn = "k,b,i,d,s,at,ls,li,m,p\n"

// readBytes reads records of everything, without opening a file.
func readBytes(t *testing.T, data []byte, make func(in *input, x *table) (format, diag.List, error)) (*table, bool) {
	t.Helper()
	x := newTable(everything(), Request{Zone: time.UTC, Now: now})
	in := &input{ctx: context.Background(), from: bytes.NewReader(data)}
	f, problems, err := make(in, x)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		return nil, false
	}
	problems, err = f.read(x)
	if err != nil {
		t.Fatal(err)
	}
	x.verdict()
	for _, c := range x.builder.Columns {
		if c.Len() != x.rows {
			t.Fatalf("%s has %d rows, want %d", c.Name, c.Len(), x.rows)
		}
	}
	return x, len(problems) == 0
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,true,1,1.5,text,2026-01-02,x;y,[1],\"{\"\"a\"\":1}\",b\nb,0,,,\"two\nlines\",,,,,\n",
		"a,,12.0,NaN,,2027-01-01,,,,\na,,,,,,,,,\na,,,,,,,,,\n,,,,,,,,,\n",
		"a,\"\n\"b\"c,\n", "a,b\r\n\"a", "a,,,,\xff,,,,,\n", "a,,,,,,\"[\"\"\\ud83d\\ude00\"\"]\",1;2; ;3,{},\n",
		"a,,,,,2026-01-02 03:04:05.123456789+05:30,,,,\n", "0,,,,,,\"[\"\"\x00\"\"]\",,,",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = append([]byte(everyColumn), data...)
		x, whole := readBytes(t, data, func(in *input, x *table) (format, diag.List, error) {
			c := newCSV(in)
			problems, err := c.readHeader(x)
			return c, problems, err
		})
		if x == nil {
			t.Fatal("the header was refused")
		}
		records := csvRecords(data)
		for row, line := range x.lines {
			cells := records[int(line)]
			for _, c := range x.builder.Columns {
				checkText(t, c, row, cells[slices.Index(strings.Split(strings.TrimSpace(everyColumn), ","), c.Name)])
			}
		}
		if seen := x.rows + x.report.Bad + x.report.Future; whole && seen < len(records)-1 {
			t.Fatalf("%d records were seen, want %d", seen, len(records)-1)
		}
		frame.Link([]*frame.Builder{x.builder})
	})
}

// csvRecords gives every record of a file that can be parsed, by line.
func csvRecords(data []byte) map[int][]string {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	records := map[int][]string{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return records
		}
		if err == nil {
			line, _ := r.FieldPos(0)
			records[line] = record
		}
	}
}

// checkText holds a value against the cell that it was read from, in ways that are slow and not those of the package.
func checkText(t *testing.T, c *frame.Column, row int, cell string) {
	t.Helper()
	got := get(c, row)
	var want any
	switch {
	case cell == "":
	case c.Type.Kind == frame.Bool:
		want = strings.Contains("true 1", strings.ToLower(cell))
	case c.Type.Kind == frame.Int:
		want = wholeNumber(t, cell)
	case c.Type.Kind == frame.Double:
		want, _ = strconv.ParseFloat(cell, 64)
	case c.Type.Kind == frame.String:
		want = cell
	case c.Type.Kind == frame.Time:
		if want = momentOf(cell); want == nil {
			return
		}
	case c.Type.Kind == frame.List && !strings.HasPrefix(cell, "["):
		want = splitList(t, *c.Type.Elem, cell)
	default:
		want = jsonValue(t, c.Type, []byte(cell))
	}
	if show(got) != show(want) {
		t.Fatalf("%s of row %d is %s, want %s", c.Name, row, show(got), show(want))
	}
}

func wholeNumber(t *testing.T, text string) any {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		t.Fatalf("%q was accepted as an int", text)
	}
	return r.Num().Int64()
}

// momentOf gives a time that package time can read as get shows it, else nil.
func momentOf(text string) any {
	for _, layout := range []string{time.RFC3339, time.DateOnly, time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return time.UnixMicro(at.UnixMicro()).UTC().Format(time.RFC3339Nano)
		}
	}
	return nil
}

func splitList(t *testing.T, elem frame.Type, cell string) any {
	t.Helper()
	list := []any{}
	for _, s := range strings.Split(cell, ";") {
		switch s = strings.TrimSpace(s); {
		case s == "":
		case elem.Kind == frame.Int:
			list = append(list, wholeNumber(t, s))
		default:
			list = append(list, s)
		}
	}
	return list
}

// jsonValue reads a value with encoding/json, as get shows it; nil for null.
func jsonValue(t *testing.T, of frame.Type, text []byte) any {
	t.Helper()
	var raw any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		t.Fatalf("%q was accepted as a %s: %v", text, of, err)
	}
	return typed(t, of, raw)
}

func typed(t *testing.T, of frame.Type, raw any) any {
	t.Helper()
	switch raw := raw.(type) {
	case nil:
		return nil
	case json.Number:
		switch of.Kind {
		case frame.Int:
			return wholeNumber(t, raw.String())
		case frame.String: // a key
			return raw.String()
		}
		x, _ := raw.Float64()
		return x
	case string:
		if of.Kind == frame.Time {
			return momentOf(raw)
		}
		return raw
	case []any:
		list := []any{}
		for _, x := range raw {
			list = append(list, typed(t, *of.Elem, x))
		}
		return list
	case map[string]any:
		entries := []entry{}
		for key, x := range raw {
			if x != nil {
				entries = append(entries, entry{key, typed(t, *of.Elem, x)})
			}
		}
		slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		return entries
	}
	return raw
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{
		`{"k": "a", "b": true, "i": 12.0, "d": 1e-3, "s": "x\n\ud83d\ude00", "at": "2026-01-02T03:04:05+01:00", "ls": ["a"], "li": [1, 2], "m": {"b": 1, "a": null}, "p": 7}`,
		`{"k": 1}` + "\r\n\n" + `{"k": 1}` + "\n" + `{"k": "\ud83d"}`, `{"k": "a", "at": "2027-01-01"}`, `[]`, `{`, "{\"k\": \"\xff\"}",
		`{"k": "a", "s": "\u00zz"}`, `{"k": "a", "d": NaN}`, `{"k": "a", "i": 1, "i": 2}`, `{"k": "a", "li": [null]}`, `{"\u006b": "\""}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, whole := readBytes(t, data, func(in *input, x *table) (format, diag.List, error) { return newJSON(in, x), nil, nil })
		if !whole {
			return
		}
		all := strings.Split(strings.TrimPrefix(string(data), byteOrderMark), "\n")
		for row, line := range x.lines {
			var record map[string]json.RawMessage
			if json.Unmarshal([]byte(all[line-1]), &record) != nil {
				continue // fastjson is the less strict of the two about what nobody asked for
			}
			for _, c := range x.builder.Columns {
				var want any
				if raw, ok := record[c.Name]; ok {
					want = jsonValue(t, c.Type, raw)
				}
				if c.Type.Kind == frame.Time && want == nil {
					continue
				}
				if got := get(c, row); show(got) != show(want) {
					t.Fatalf("%s of row %d is %s, want %s", c.Name, row, show(got), show(want))
				}
			}
		}
		frame.Link([]*frame.Builder{x.builder})
	})
}
