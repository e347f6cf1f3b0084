package cli_test

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// files gives a digest of every file of the playbook, its time of modification included: what was written again with the same content shows.
func (x *tutorial) files() map[string]string {
	x.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(x.dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		digest := sha256.Sum256(content)
		rel, err := filepath.Rel(x.dir(), path)
		found[rel] = string(digest[:]) + info.ModTime().String()
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
	return found
}

func (x *tutorial) state() *state.Snapshot {
	x.Helper()
	s, err := sqlite.Open(x.dir(), "", func() time.Time { return x.now }).Read(x.Context())
	if err != nil {
		x.Fatal(err)
	}
	return s
}

// settled gives a tutorial in which everything is done: the next plan is empty.
func settled(t *testing.T) *tutorial {
	x := newTutorial(t)
	for range 3 {
		if code, out := x.play([]string{"apply", "-C", "qs", "--yes", "-q"}); code != 0 {
			t.Fatalf("apply ends with %d:\n%s", code, out)
		}
	}
	return x
}

const stateFile = ".playctl/state.db"

// TestPlan_writesNothing holds that a plan leaves every file as it was, with changes to show and without.
func TestPlan_writesNothing(t *testing.T) {
	x := settled(t)
	for _, later := range []time.Duration{0, 30 * 24 * time.Hour} {
		x.now = x.now.Add(later)
		before := x.files()
		if code, out := x.play([]string{"plan", "-C", "qs", "--allow", "removals"}); code != 0 {
			t.Fatalf("plan ends with %d:\n%s", code, out)
		}
		if diff := cmp.Diff(before, x.files()); diff != "" {
			t.Errorf("%s later, plan wrote (-before +after):\n%s", later, diff)
		}
	}
}

// TestApply_withoutAChangeWritesOneRun holds that a run that finds nothing to do writes the record of itself and the cursors that it moved,
// and nothing else: no file of a connector, no backup, no other row of the state.
func TestApply_withoutAChangeWritesOneRun(t *testing.T) {
	for name, later := range map[string]time.Duration{"the same moment": 0, "a minute later": time.Minute} {
		t.Run(name, func(t *testing.T) {
			x := settled(t)
			x.now = x.now.Add(later)
			files, kept, pages := x.files(), x.state(), x.pages()
			if code, out := x.play([]string{"apply", "-C", "qs", "--yes", "-q"}); code != 0 {
				t.Fatalf("apply ends with %d:\n%s", code, out)
			}
			after := x.files()
			if after[stateFile] == files[stateFile] {
				t.Error("the run is not recorded")
			}
			delete(files, stateFile)
			delete(after, stateFile)
			if diff := cmp.Diff(files, after); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
			checkRecorded(t, kept, x.state())
			if later == 0 {
				if n := changed(pages, x.pages()); n > 4 {
					t.Errorf("%d pages of the state were written, want the header's, meta's and the runs' only", n)
				}
			}
		})
	}
}

// checkRecorded checks that a state holds one run more than before, and apart from that and cursors the same.
func checkRecorded(t *testing.T, before, after *state.Snapshot) {
	t.Helper()
	if len(after.Runs) != len(before.Runs)+1 || after.Meta.Serial != before.Meta.Serial+1 {
		t.Fatalf("%d runs, serial %d; before %d, %d", len(after.Runs), after.Meta.Serial, len(before.Runs), before.Meta.Serial)
	}
	if run := after.Runs[len(before.Runs)]; run.Status != state.Succeeded || run.Finished.IsZero() {
		t.Errorf("the run is %+v", run)
	}
	after.Runs, after.Meta.Serial = after.Runs[:len(before.Runs)], before.Meta.Serial
	for _, s := range []*state.Snapshot{before, after} {
		for i := range s.Plays {
			s.Plays[i].EventsTo, s.Plays[i].BatchAt = time.Time{}, time.Time{}
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("state (-before +after):\n%s", diff)
	}
}

// pages gives the state's file, page by page.
func (x *tutorial) pages() [][]byte {
	x.Helper()
	content, err := os.ReadFile(filepath.Join(x.dir(), stateFile))
	if err != nil {
		x.Fatal(err)
	}
	var pages [][]byte
	for at := 0; at < len(content); at += 4096 {
		pages = append(pages, content[at:at+4096])
	}
	return pages
}

// changed counts the pages that are others than before.
func changed(before, after [][]byte) int {
	n := max(0, len(after)-len(before))
	for i := range min(len(before), len(after)) {
		if !bytes.Equal(before[i], after[i]) {
			n++
		}
	}
	return n
}
