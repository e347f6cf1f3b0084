package crash

import (
	"testing"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// audited holds that a state is whole and that of each of its runs everything done was planned, and everything planned is accounted for, but for
// those that were cut off.
func (p place) audited(t testing.TB, h *house) {
	t.Helper()
	w := &state.Whole{Snapshot: *p.snapshot(t, h.dir), Journal: p.journal(t, h.dir)}
	for _, f := range audit.Whole(w) {
		t.Errorf("state verify: %s: %s", f.Kind, f.Text)
	}
	pages := map[string][]state.Page{}
	for _, page := range w.Journal {
		pages[page.Run] = append(pages[page.Run], page)
	}
	for i := range w.Runs {
		run := &w.Runs[i]
		for _, f := range audit.Run(run, pages[run.ID], &w.Snapshot, run.Status == state.Running).Findings {
			t.Errorf("verify %s (%s, %s): %s: %s", run.ID, run.Operation, run.Status, f.Kind, f.Text)
		}
	}
}
