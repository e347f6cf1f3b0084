package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// changing are the commands after which every state that a script has must be sound.
var changing = []string{"apply", "run", "destroy", "revert", "forget", "refresh", "import", "resolve", "retry", "unlock", "state"}

// sound holds, after every command that may change something, that each state in the script's folders is whole, and that everything that each
// run did was planned and everything planned is accounted for. A state that can't be read is the script's to speak of.
func sound(ts *testscript.TestScript, args []string) {
	d := standOf(ts)
	if len(args) == 0 || !slices.Contains(changing, args[0]) || d.running != nil || d.smuggled {
		return
	}
	entries, err := os.ReadDir(ts.MkAbs("."))
	ts.Check(err)
	for _, dir := range append([]string{"."}, names(entries)...) {
		store := sqlite.Open(ts.MkAbs(dir), "", time.Now)
		s, err := store.Read(context.Background())
		if err != nil {
			continue
		}
		pages, err := store.Journal(context.Background(), "")
		ts.Check(err)
		for _, f := range audit.Whole(&state.Whole{Snapshot: *s, Journal: pages}) {
			ts.Fatalf("%s: after %v the state is not sound: %s: %s", dir, args, f.Kind, f.Text)
		}
		for i := range s.Runs {
			run := &s.Runs[i]
			own := slices.DeleteFunc(slices.Clone(pages), func(p state.Page) bool { return p.Run != run.ID })
			for _, f := range audit.Run(run, own, s, run.Status == state.Running).Findings {
				ts.Fatalf("%s: after %v run %s does not hold: %s: %s", dir, args, run.ID, f.Kind, f.Text)
			}
		}
	}
}

func names(entries []os.DirEntry) []string {
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, filepath.Base(e.Name()))
		}
	}
	return out
}
