//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mayMove are the tables of a state that a run without a change may write: its own record, the cursors of plays, the serial.
var mayMove = []string{"runs", "plays", "meta"}

// measureIdle is the bar P7: after everything is applied, another apply writes its run's record and moved cursors.
func measureIdle(ctx context.Context, b *bench) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	dir, err := b.assembleSmall("p7", b.scaled(100_000))
	if err != nil {
		return err
	}
	for range 2 { // the second one may still settle what the first one did
		if _, _, err := b.play(ctx, 1, dir, "apply", "--yes", "--concise"); err != nil {
			return err
		}
	}
	before, err := lookAt(dir)
	if err != nil {
		return err
	}
	_, run, err := b.play(ctx, 1, dir, "apply", "--yes", "--concise")
	if err != nil {
		return err
	}
	after, err := lookAt(dir)
	if err != nil {
		return err
	}
	b.reportIdle(run, before, after)
	return nil
}

func (b *bench) reportIdle(run child, before, after *seenFolder) {
	files, tables := changed(before.files, after.files), changedRows(before.rows, after.rows)
	t := table{title: "P7: a run without a change", text: true, head: []string{"", ""}, rows: [][]string{
		{"members", fmt.Sprint(len(after.rows["members"]))},
		{"written by calls", fmt.Sprintf("%d bytes", run.wrote.calls)},
		{"written to disk", fmt.Sprintf("%d bytes", run.wrote.disk)},
		{"files written", strings.Join(files, ", ")},
		{"rows of the state written", strings.Join(tables, ", ")},
		{"processor time", seconds(run.CPU)},
	}}
	b.report.add(t)
	extra := 0
	for _, f := range files {
		if f != stateFile {
			extra++
		}
	}
	for _, line := range tables {
		if name, _, _ := strings.Cut(line, " "); !slices.Contains(mayMove, name) {
			extra++
		}
	}
	b.report.check(check{bar: "P7", what: "a run without a change: files other than the state and tables other than runs, plays (cursors) and meta (serial) that were written",
		ours: fmt.Sprint(extra), shown: fmt.Sprint(extra), value: float64(extra), limit: 0, says: "0"})
	added := len(after.rows["runs"]) - len(before.rows["runs"])
	b.report.check(check{bar: "P7", what: "the same: run records that were added", ours: fmt.Sprint(added), shown: fmt.Sprint(added),
		value: math.Abs(float64(added - 1)), limit: 0, says: "1"}) // exactly one: a run that leaves none behind misses the bar too
}

const stateFile = ".playctl/state.db"

// seenFolder is what lies in a folder: digests of files, and of the rows of its state by table.
type seenFolder struct {
	files map[string]string
	rows  map[string]map[string]bool
}

func lookAt(dir string) (*seenFolder, error) {
	s := &seenFolder{files: map[string]string{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		h := sha256.New()
		if _, err := io.Copy(h, file); err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		s.files[name] = fmt.Sprintf("%x %s", h.Sum(nil), info.ModTime())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.rows, err = rowsOf(filepath.Join(dir, stateFile))
	return s, err
}

// rowsOf gives the rows of all tables of a state, as text.
func rowsOf(path string) (rows map[string]map[string]bool, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := texts(db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	rows = map[string]map[string]bool{}
	for name := range names {
		if rows[name], err = texts(db, "SELECT * FROM "+name); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// texts gives the rows of a query, each as one text.
func texts(db *sql.DB, query string) (found map[string]bool, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	cells, places := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range cells {
		places[i] = &cells[i]
	}
	found = map[string]bool{}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		var line []string
		for _, c := range cells {
			line = append(line, c.String)
		}
		found[strings.Join(line, "\x00")] = true
	}
	return found, rows.Err()
}

// changed lists the files that are new, gone or written, sorted.
func changed(before, after map[string]string) []string {
	var out []string
	for name, digest := range after {
		if before[name] != digest {
			out = append(out, name)
		}
	}
	for name := range before {
		if _, still := after[name]; !still {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// changedRows tells of each table how many rows are new and gone, where any are.
func changedRows(before, after map[string]map[string]bool) []string {
	var out []string
	for name, rows := range after {
		added, gone := missing(before[name], rows), missing(rows, before[name])
		if added+gone > 0 {
			out = append(out, fmt.Sprintf("%s +%d −%d", name, added, gone))
		}
	}
	slices.Sort(out)
	return out
}

// missing counts those of what that are not in where.
func missing(where, what map[string]bool) int {
	n := 0
	for row := range what {
		if !where[row] {
			n++
		}
	}
	return n
}
