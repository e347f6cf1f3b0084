package main

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestPercentTo_theFloorAndNoLessThanTheDefault(t *testing.T) {
	const floor = 1 << 30
	for live, want := range map[uint64]int{0: 100, 1 << 20: 102300, floor / 4: 300, floor / 2: 100, floor: 100, 3 * floor: 100} {
		if got := percentTo(floor, live); got != want {
			t.Errorf("percentTo(%d, %d) = %d, want %d", floor, live, got, want)
		}
	}
}

func TestAvailableMemory_isPlausible(t *testing.T) {
	if got := availableMemory(); got < 1<<20 || got > 1<<50 {
		t.Errorf("%d bytes are available", got)
	}
}

// The heap is not collected below the floor, before and after a first collection, and whoever sets GOGC has it so.
func TestEaseCollector(t *testing.T) {
	if os.Getenv("PLAYCTL_COLLECTS") != "" {
		easeCollector()
		runtime.GC()
		runtime.GC() // the finalizer's turn
		before := collections()
		for range 64 {
			kept = make([]byte, 1<<20)
		}
		if os.Getenv("GOGC") == "" && collections() == before {
			os.Stdout.WriteString("eased")
		}
		return
	}
	for _, gogc := range []string{"", "100"} {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestEaseCollector$")
		again.Env = append(os.Environ(), "PLAYCTL_COLLECTS=1", "GOGC="+gogc)
		out, err := again.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if eased := strings.Contains(string(out), "eased"); eased != (gogc == "") {
			t.Errorf("GOGC=%q: eased %v", gogc, eased)
		}
	}
}

var kept []byte // so that it is allocated

func collections() int64 {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return s.NumGC
}
