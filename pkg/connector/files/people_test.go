package files_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// sheet is task.csv as a spreadsheet program sees it, read and written with encoding/csv.
type sheet [][]string

func (d desk) openSheet() sheet {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, "task.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		return sheet{{}}
	}
	if err != nil {
		d.t.Fatal(err)
	}
	// encoding/csv does not keep CRLF inside cells; between rows these files have LF.
	rows, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(data), "\r\n", "\x01"))).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, cells := range rows {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "\x01", "\r\n")
		}
	}
	return rows
}

func (d desk) save(s sheet) {
	d.t.Helper()
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(s); err != nil {
		d.t.Fatal(err)
	}
	d.put("task.csv", text.String())
}

// column gives the place of a column, and makes it at the right if it is not there.
func (s sheet) column(name string) int {
	if i := slices.Index(s[0], name); i >= 0 {
		return i
	}
	for row := range s {
		s[row] = append(s[row], "")
	}
	s[0][len(s[0])-1] = name
	return len(s[0]) - 1
}

// row gives the row of a task.
func (s sheet) row(receipt string) int {
	return slices.IndexFunc(s, func(cells []string) bool { return cells[s.column("id")] == receipt })
}

// fill writes cells of a task as a person would.
func (d desk) fill(receipt string, cells map[string]string) {
	d.t.Helper()
	s := d.openSheet()
	row := s.row(receipt)
	if row < 0 {
		d.t.Fatalf("there is no task %q", receipt)
	}
	for column, text := range cells {
		s[row][s.column(column)] = text
	}
	d.save(s)
}

// people are those who work on the tasks of a desk.
func (d desk) people() *conntest.People {
	return &conntest.People{
		Begin: func(_, receipt string) { d.fill(receipt, map[string]string{"status": "In progress"}) },
		Finish: func(_, receipt, outcome string, answers map[string]string) {
			cells := map[string]string{"status": " Done", "outcome": strings.ToUpper(outcome)}
			for name, answer := range answers {
				cells["answer."+name] = answer
			}
			d.fill(receipt, cells)
		},
		Close: func(_, receipt string) { d.fill(receipt, map[string]string{"status": "Canceled"}) },
		Delete: func(_, receipt string) {
			s := d.openSheet()
			row := s.row(receipt)
			d.save(slices.Delete(s, row, row+1))
		},
	}
}

// tasks gives the tasks that stand in the file.
func (d desk) tasks(string) []connector.Item {
	d.t.Helper()
	s := d.openSheet()
	var items []connector.Item
	for _, cells := range s[1:] {
		get := func(column string) string { return cells[slices.Index(s[0], column)] }
		items = append(items, connector.Item{
			ID: get("record_id"), Key: get("key"),
			Fields: map[string]any{"title": get("title"), "assignee": get("assignee"), "role": get("role"), "due": get("due")},
			Source: connector.Source{Play: get("play"), Step: get("step"), Record: get("record")},
		})
	}
	return items
}
