package flow_test

import (
	"context"
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// failingOnce fails one commit and keeps the others.
type failingOnce struct {
	state.Session
	at     int
	failed bool
}

func (s *failingOnce) Commit(ctx context.Context, c *state.Changes) error {
	if s.at--; s.at == 0 {
		s.failed = true
		return errors.New("input/output error")
	}
	return s.Session.Commit(ctx, c)
}

// TestStateFailsOnce_leavesAJournalThatAddsUp fails each commit of a run in turn, and none after it: the run stops, and as it can record its
// end after all, its journal has no gap and tells the end of everything, also of what was done just before.
func TestStateFailsOnce_leavesAJournalThatAddsUp(t *testing.T) {
	for at := 2; ; at++ { // the first one begins the run
		h := busyHouse(t)
		h.accounts(chapters[0])
		s := &failingOnce{at: at}
		h.wrap = func(inner state.Session) state.Session { s.Session = inner; return s }
		_, r := h.attempt(flow.Options{}, "")
		if !s.failed {
			return
		}
		known := h.snapshot()
		last := known.Runs[len(known.Runs)-1]
		if r.Err == nil || last.Status == state.Succeeded {
			t.Errorf("commit %d failed, and the run %s: %v", at, last.Status, r.Err)
		}
		if last.Status == state.Running {
			continue // its end was what failed
		}
		pages, err := h.store.Journal(t.Context(), last.ID)
		if err != nil {
			t.Fatal(err)
		}
		ended := 0
		for i, p := range pages {
			if p.Seq != i {
				t.Errorf("commit %d failed: page %d of the journal is missing", at, i)
				break
			}
			if p.Kind == state.EndedPage {
				ended += len(p.Lines)
			}
		}
		if ended != len(r.Outcomes) {
			t.Errorf("commit %d failed: of %d operations the journal tells the end of %d", at, len(r.Outcomes), ended)
		}
		for _, f := range audit.Run(&last, pages, known, false).Findings {
			t.Errorf("commit %d failed: %s: %s", at, f.Kind, f.Text)
		}
		h.wrap = nil
		h.apply()
		h.neverTwice()
	}
}
