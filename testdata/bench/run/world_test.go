//go:build unix

package main

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

func TestEnsureWorld_isMadeOnceAndAnewWhenItIsNotWhole(t *testing.T) {
	b := newTestBench(t)
	again := func() string {
		dir, err := b.ensureWorld(context.Background(), testScale)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	dir := again()
	old := time.Unix(1, 0)
	path := filepath.Join(dir, "people.csv")
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	again()
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the world was made again: %v, %v", info, err)
	}
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	again()
	if info, err := os.Stat(path); err != nil || info.Size() <= 100 {
		t.Errorf("a file that was cut off stays so: %v, %v", info, err)
	}
}

// testWorld is a small world, made once for all tests.
func testWorld(t *testing.T) string {
	t.Helper()
	dir, err := smallWorld()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var smallWorld = sync.OnceValues(func() (string, error) {
	root, err := findRoot()
	if err != nil {
		return "", err
	}
	b := &bench{options: &options{dir: testDir}, root: root, log: io.Discard}
	return b.ensureWorld(context.Background(), testScale)
})

func TestChangeAccounts_changesOneOfAHundred(t *testing.T) {
	b := newTestBench(t)
	world := testWorld(t)
	dir, err := b.assemble("changed", world)
	if err != nil {
		t.Fatal(err)
	}
	if err := changeAccounts(world, dir); err != nil {
		t.Fatal(err)
	}
	before, after := readCSV(t, filepath.Join(world, "accounts.csv")), readCSV(t, filepath.Join(dir, "data", "accounts.csv"))
	differ := 0
	for i := range before {
		if !slices.Equal(before[i], after[i]) {
			differ++
		}
	}
	if len(before) != 1001 || len(after) != 1001 || differ != 10 {
		t.Errorf("of %d lines %d differ, in %d; want 10 in 1001", len(before), differ, len(after))
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestPlaybooks_holdWhatTheBarsSay(t *testing.T) {
	b := newTestBench(t)
	tests := []struct {
		folder                               string
		segments, scores, stages, plays, all int
	}{
		{folder: "p2", segments: 50, scores: 2, stages: 1},
		{folder: "p4", segments: 6, scores: 1, stages: 1, plays: 5},
	}
	for _, tt := range tests {
		dir, err := b.assemble(tt.folder, testWorld(t), tt.folder)
		if err != nil {
			t.Fatal(err)
		}
		p := openPlaybook(t, dir)
		if len(p.Segments) != tt.segments || len(p.Scores) != tt.scores || len(p.Stages) != tt.stages || len(p.Plays) != tt.plays {
			t.Errorf("%s holds %d segments, %d scores, %d stage models, %d plays; want %+v", tt.folder, len(p.Segments), len(p.Scores), len(p.Stages), len(p.Plays), tt)
		}
	}
}

// openPlaybook checks a folder's playbook.
func openPlaybook(t *testing.T, dir string) *playbook.Book {
	t.Helper()
	d := newDesk()
	if err := d.open(ask{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	return d.program.Book
}

func TestMultiply_givesThatManyValidSegments(t *testing.T) {
	b := newTestBench(t)
	dir, err := b.assembleMany(120)
	if err != nil {
		t.Fatal(err)
	}
	if book := openPlaybook(t, dir); len(book.Segments) != 120 {
		t.Errorf("%d segments, want 120", len(book.Segments))
	}
	if _, problems, err := document.ReadDir(dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
