//go:build unix

package main

import (
	"testing"
	"time"
)

const traces = `File: run
Type: cpu
Duration: 1.20s, Total samples = 60ms ( 5.00%)
-----------+-------------------------------------------------------
      30ms   runtime.memmove
             github.com/playctl/playctl/pkg/frame.(*Column[go.shape.struct { List []github.com/playctl/playctl/pkg/state.Member }]).pick (inline)
             github.com/playctl/playctl/pkg/source.link.func1
-----------+-------------------------------------------------------
     key:  value
      20ms   github.com/playctl/playctl/pkg/expr/vector.(*Engine).Verdict
             github.com/playctl/playctl/pkg/segment.(*Graph).Evaluate
             github.com/playctl/playctl/pkg/flow.Plan
             main.(*desk).profile
-----------+-------------------------------------------------------
      10ms   runtime.gcBgMarkWorker
-----------+-------------------------------------------------------
`

func TestRooms_areTheOutermostPackagesOfOurs(t *testing.T) {
	samples, err := parseTraces(traces)
	if err != nil {
		t.Fatal(err)
	}
	found := rooms(samples)
	if len(found) != 3 {
		t.Fatalf("%d rooms, want source, segment and the runtime", len(found))
	}
	for i, want := range []room{{name: "source", took: 30 * time.Millisecond}, {name: "segment", took: 20 * time.Millisecond}, {name: collecting, took: 10 * time.Millisecond}} {
		if found[i].name != want.name || found[i].took != want.took {
			t.Errorf("room %d is %s with %s, want %s with %s", i, found[i].name, found[i].took, want.name, want.took)
		}
	}
	if got, want := found[1].largest(3, 60*time.Millisecond), "`expr/vector.(*Engine).Verdict` 33 %"; got != want {
		t.Errorf("in segment: %s, want %s", got, want)
	}
	if got, want := found[0].largest(3, 60*time.Millisecond), "`frame.(*Column).pick` 50 %"; got != want {
		t.Errorf("in source: %s, want %s", got, want)
	}
}
