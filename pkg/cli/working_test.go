package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestProgress_showsPartsOfLongWork holds that tests and simulations tell how many of their runs are done.
func TestProgress_showsPartsOfLongWork(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	a := &app{World: &World{Stderr: &out, Now: func() time.Time { return now }, Terminal: func(int) bool { return true }}}
	bar := a.progress("simulating")
	bar.working(1, 90, "simulating: 1 of 90 runs")
	if out.Len() > 0 {
		t.Errorf("short work wrote %q", out.String())
	}
	now = now.Add(time.Second)
	bar.working(45, 90, "simulating: 45 of 90 runs")
	if !strings.Contains(out.String(), "simulating: 45 of 90 runs") {
		t.Errorf("long work wrote %q", out.String())
	}
	bar.done()
}
