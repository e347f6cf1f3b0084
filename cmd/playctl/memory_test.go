package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
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

// TestEaseCollector holds in a process of its own that the heap is not collected below the floor, that after a collection the floor is what it
// was, and that whoever sets GOGC has it so.
func TestEaseCollector(t *testing.T) {
	if os.Getenv("PLAYCTL_COLLECTS") != "" {
		tellCollections()
		return
	}
	for gogc, want := range map[string]string{"": "none up to the floor, which stays", "100": "as Go does it"} {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestEaseCollector$")
		again.Env = append(os.Environ(), "PLAYCTL_COLLECTS=1", "GOMEMLIMIT=", "GOGC="+gogc)
		out, err := again.CombinedOutput()
		if got, _, _ := strings.Cut(string(out), "\n"); err != nil || got != want {
			t.Errorf("GOGC=%q: %v, %q, want %q", gogc, err, out, want)
		}
	}
}

// tellCollections eases the collector of this process and says what came of it.
func tellCollections() {
	floor := easeCollector()
	before := collections()
	for range 64 {
		kept = append(kept, make([]byte, 1<<20))
	}
	if collections() > before {
		fmt.Println("as Go does it")
		return
	}
	runtime.GC()
	for range 10_000 { // the finalizer has a goroutine of its own
		if percent() == uint64(percentTo(floor, liveHeap())) {
			fmt.Println("none up to the floor, which stays")
			return
		}
		time.Sleep(time.Millisecond)
	}
	fmt.Printf("after a collection of %d bytes GOGC is %d, not %d\n", liveHeap(), percent(), percentTo(floor, liveHeap()))
}

var kept [][]byte // so that it is allocated, and live

func collections() int64 {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return s.NumGC
}

// percent gives by how much the heap may grow until the next collection.
func percent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
