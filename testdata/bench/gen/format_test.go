package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// readCSV is a file's rows by column name, read with the standard library.
func readCSV(t *testing.T, dir, table string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(read(t, dir, table+".csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func parseMoment(cell string) (seconds int64, ok bool) {
	at, err := time.Parse(time.RFC3339, cell)
	return at.Unix(), err == nil
}

// asCell is a JSON value as the CSV file has it.
func asCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, item.(string))
		}
		return strings.Join(items, ";")
	default:
		return "?"
	}
}

func TestJSONL_saysWhatCSVSays(t *testing.T) {
	dir := generate(t, job{size: scaled(0.002), seed: 1, formats: []string{"csv", "jsonl"}})
	for _, table := range tables {
		want := readCSV(t, dir, table)
		lines := json.NewDecoder(bytes.NewReader(read(t, dir, table+".jsonl")))
		lines.UseNumber()
		for i := range want {
			var got map[string]any
			if err := lines.Decode(&got); err != nil {
				t.Fatal(err)
			}
			for column, cell := range want[i] {
				if column == "intent" {
					sameJSON(t, cell, got[column])
				} else if asCell(got[column]) != cell {
					t.Fatalf("%s row %d %s: %v; want %q", table, i, column, got[column], cell)
				}
			}
		}
		if lines.More() {
			t.Errorf("%s.jsonl has more rows than %s.csv", table, table)
		}
	}
}

// sameJSON compares a cell with JSON in it to a JSON value.
func sameJSON(t *testing.T, cell string, value any) {
	t.Helper()
	if cell == "" && value == nil {
		return
	}
	decoder := json.NewDecoder(strings.NewReader(cell))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(value)
	if !bytes.Equal(a, b) {
		t.Errorf("%s; want %s", b, a)
	}
}

func TestParquet_saysWhatCSVSays(t *testing.T) {
	dir := generate(t, job{size: scaled(0.002), seed: 1, formats: []string{"csv", "parquet"}})
	for _, table := range []table{accountTable, personTable, opportunityTable, activityTable} {
		want := readCSV(t, dir, table.name)
		content := read(t, dir, table.name+".parquet")
		file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		if file.NumRows() != int64(len(want)) {
			t.Fatalf("%s: %d rows; want %d", table.name, file.NumRows(), len(want))
		}
		rows := make([]parquet.Row, len(want))
		reader := parquet.NewReader(file)
		if n, err := reader.ReadRows(rows); n != len(want) {
			t.Fatalf("%s: read %d rows, %v", table.name, n, err)
		}
		for i, row := range rows {
			for j, c := range table.columns {
				if got := parquetCell(c, row[j]); got != want[i][c.name] {
					t.Fatalf("%s row %d %s: %q; want %q", table.name, i, c.name, got, want[i][c.name])
				}
			}
		}
	}
}

// parquetCell is a Parquet value as the CSV file has it.
func parquetCell(c column, v parquet.Value) string {
	switch {
	case v.IsNull():
		return ""
	case c.kind == momentKind:
		return string(appendMoment(nil, v.Int64()/1_000_000))
	case c.kind == realKind:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	case c.kind == listKind:
		return strings.NewReplacer(`["`, "", `"]`, "", `","`, ";").Replace(string(v.ByteArray()))
	default:
		return v.String()
	}
}

func TestCSV_quotesWhatNeedsIt(t *testing.T) {
	tests := map[string]string{
		"plain": "plain", "a,b": `"a,b"`, `say "x"`: `"say ""x"""`, "two\nlines": "\"two\nlines\"", " Müller ": " Müller ",
	}
	for in, want := range tests {
		v := text(in)
		if got := string(appendCell(nil, &v)); got != want {
			t.Errorf("%q: %s; want %s", in, got, want)
		}
	}
}

func TestJSONL_escapesWhatNeedsIt(t *testing.T) {
	for _, in := range []string{"plain", `a "b"`, `back\slash`, "tab\t", "株式会社"} {
		var got string
		if err := json.Unmarshal(appendString(nil, in), &got); err != nil || got != in {
			t.Errorf("%q comes back as %q, %v", in, got, err)
		}
	}
}
