package files

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// scanAll reads every row that is not an empty line.
func scanAll(data []byte) ([][]string, error) {
	var rows [][]string
	for at := 0; at < len(data); {
		cells, end, err := scanRow(data, at, nil)
		if err != nil {
			return nil, err
		}
		if end > at+len(lineBreak(data[at:])) {
			var row []string
			for _, c := range cells {
				row = append(row, c.text(data))
			}
			rows = append(rows, row)
		}
		at = end
	}
	return rows, nil
}

// FuzzScanRow compares with encoding/csv, which differs in that it turns CRLF inside quotes to LF.
func FuzzScanRow(f *testing.F) {
	for _, s := range []string{"id\na\n", "a,b\n\"x,\"\"y\",\n", "\"a\nb\",c", "a\"b", "\"a", "\"a\"b", ",,\n\n", "\"\"", "a,"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.IndexByte(data, '\r') >= 0 {
			t.Skip()
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord = -1
		want, wantErr := r.ReadAll()
		got, err := scanAll(data)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q gives %v, encoding/csv %v", data, err, wantErr)
		}
		if err == nil && !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q is %q, encoding/csv has %q", data, got, want)
		}
	})
}

func TestAppendCell_readsBackAlsoElsewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching("[\",\r\n a]{0,6}")), 2, 4).Draw(t, "row")
		var line []byte
		for i, text := range row {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendCell(line, text)
		}
		line = append(line, '\n')
		cells, end, err := scanRow(line, 0, nil)
		if err != nil || end != len(line) || len(cells) != len(row) {
			t.Fatalf("%q: %d cells up to %d of %d, %v", line, len(cells), end, len(line), err)
		}
		other, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatalf("%q: encoding/csv: %v", line, err)
		}
		for i, text := range row {
			if got := cells[i].text(line); got != text {
				t.Fatalf("%q reads back as %q", text, got)
			}
			if other[i] != strings.ReplaceAll(text, "\r\n", "\n") {
				t.Fatalf("%q reads back as %q by encoding/csv", text, other[i])
			}
		}
	})
}

// TestTable_appendingIsAsReadingAgain: a table that was extended is the table of the longer file.
func TestTable_appendingIsAsReadingAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.StringMatching(`[a-c]{1,2},("x\n""y"|z| )(\r)?\n|\n|,\n`)
		head := "id,note\n" + strings.Join(rapid.SliceOf(row).Draw(t, "rows"), "")
		tail := strings.Join(rapid.SliceOf(row).Draw(t, "more"), "")
		grown, err := parseTable("x.csv", []byte(head))
		if err != nil {
			t.Fatal(err)
		}
		grown.find("")
		if err := grown.extend([]byte(tail)); err != nil {
			t.Fatal(err)
		}
		whole, err := parseTable("x.csv", []byte(head+tail))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(grown.rows, whole.rows) || !slices.Equal(grown.ids, whole.ids) {
			t.Fatalf("grown %v %v, whole %v %v", grown.rows, grown.ids, whole.rows, whole.ids)
		}
		for _, id := range whole.ids {
			if !slices.Equal(grown.find(id), whole.find(id)) {
				t.Fatalf("%q stands in %v, want %v", id, grown.find(id), whole.find(id))
			}
		}
	})
}
