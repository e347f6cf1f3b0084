package exprtest_test

import (
	"context"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// root is the repository.
const root = "../../.."

// moments are when the repository's playbooks are evaluated over their own records: events later than them are not there.
var moments = []time.Time{time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}

// TestAgreement_onTheRepository holds that the engines agree on every segment, score, stage, goal, exit, trigger, wait, when, for and whatever else
// is asked of records in every playbook of the repository, those of the command line's scripts included: over their own records, and over
// random ones.
func TestAgreement_onTheRepository(t *testing.T) {
	tally, counts := exprtest.NewTally(), map[string]int{}
	own := folders(t)
	for i, dir := range append(own, scripts(t)...) {
		w := &flow.World{Dir: dir, At: moments[0], Clock: time.Now, Getenv: func(string) string { return "x" }, Drivers: all.Drivers()}
		p, problems, err := flow.Validate(w, flow.Inputs{})
		if err != nil {
			t.Fatal(err)
		}
		if problems.Err() != nil {
			counts["playbooks that are invalid on purpose"]++
			continue
		}
		if len(p.Book.Entities) == 0 {
			counts["playbooks without records"]++
			continue
		}
		counts["playbooks"]++
		c := &collector{t: t, program: p, counts: counts}
		c.collect()
		c.ownRecords(w, tally)
		worlds := []exprtest.Scale{exprtest.Small, exprtest.Small, exprtest.Small, exprtest.Large}
		if i >= len(own) { // scripts' playbooks are many, and much like one another
			worlds = worlds[:2]
		}
		c.randomRecords(worlds, tally)
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %s", counts[what], what)
	}
	t.Log(tally)
	allAnswered(t, tally)
	if counts["playbooks over their own records"] < 9 || counts["times at which playbooks were asked over their own records"] < 27 {
		t.Errorf("too few could be asked over their own records: %v", counts)
	}
	if counts["playbooks"] < 8 || counts["segment"] < 15 || counts["goal"] < 10 || counts["wait_for"] < 5 {
		t.Errorf("too few were found: %v", counts)
	}
}

// ownRecords asks over the playbook's records as of some times. A time at which they can't be read is told, and a playbook of which that is so at
// all times counted.
func (c *collector) ownRecords(w *flow.World, tally *exprtest.Tally) {
	read := 0
	for _, w.At = range moments {
		e, err := flow.Evaluate(context.Background(), w, c.program, &state.Snapshot{})
		if err != nil {
			c.t.Logf("%s at %s: %v", w.Dir, w.At, err)
			continue
		}
		read++
		for _, d := range exprtest.Ask(context.Background(), e.Data, engines(), c.asked, tally) {
			c.t.Errorf("%s at %s: %v", w.Dir, w.At, d)
		}
	}
	if read == 0 {
		c.counts["playbooks whose records can't be read"]++
		return
	}
	c.counts["playbooks over their own records"]++
	c.counts["times at which playbooks were asked over their own records"] += read
}

// randomRecords asks over random worlds.
func (c *collector) randomRecords(worlds []exprtest.Scale, tally *exprtest.Tally) {
	for n, scale := range worlds {
		w := exprtest.RandomWorld(rand.New(rand.NewPCG(*seed, uint64(n))), c.program.Book, scale)
		for _, d := range exprtest.Ask(context.Background(), w.Data(c.program.Book), engines(), c.asked, tally) {
			c.t.Errorf("%s over random records %d: %v", c.program.Book.Name, n, d)
		}
	}
}

// folders gives every folder of the repository with a playbook in it.
func folders(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "invalid" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if err == nil && d.Name() == "playbook.yaml" {
			out = append(out, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// scripts writes out the playbooks of the command line's scripts, each into a folder.
func scripts(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "pkg/cli/testdata/script/*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(name), ".txtar"))
		for _, f := range a.Files {
			path := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			if filepath.Base(path) == "playbook.yaml" {
				out = append(out, filepath.Dir(path))
			}
		}
	}
	return out
}
