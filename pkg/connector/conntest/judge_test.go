package conntest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/memory"
)

// judged gives the failures of a system outside of `go test`, by claim, and how many claims held and were left out.
func judged(t *testing.T, spoil func(*memory.System)) (failed map[string][]string, held, skipped int) {
	t.Helper()
	failed = map[string][]string{}
	h := conntest.Harness{Powers: conntest.PowersOf(&memory.System{}), Many: 100}
	conntest.Judge(t.Context(), h, func(conntest.T) (conntest.System, func()) {
		m := &memory.System{}
		spoil(m)
		return conntest.System{Connector: m, Make: func(c connector.Collection) { m.Put(c) }}, func() {}
	}, func(v conntest.Verdict) {
		switch {
		case len(v.Failures) > 0:
			failed[v.Claim] = v.Failures
		case v.Skipped != "":
			skipped++
		default:
			held++
		}
	})
	return failed, held, skipped
}

// TestJudge_findsWhatIsWrong holds that a good system holds every claim that applies to it, and that a bad one is found out by the claim that it breaks.
func TestJudge_findsWhatIsWrong(t *testing.T) {
	failed, held, skipped := judged(t, func(*memory.System) {})
	if len(failed) > 0 || held < 40 || skipped < 10 {
		t.Errorf("%d claims hold, %d are left out, failed are %v", held, skipped, failed)
	}
	failed, _, _ = judged(t, func(m *memory.System) { m.Down(errors.New("out of order")) })
	if got := failed["an empty system passes its check"]; len(got) != 1 || !strings.Contains(got[0], "out of order") {
		t.Errorf("a system that is down: %v", failed)
	}
	failed, _, _ = judged(t, func(m *memory.System) { m.OnWrite = func(connector.Batch) { panic("oops") } })
	if got := failed["what is added is read back"]; len(got) != 1 || got[0] != "it broke the suite: oops" {
		t.Errorf("a system that panics: %v", got)
	}
}
