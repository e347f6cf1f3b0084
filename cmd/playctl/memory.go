package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// A run of playctl makes many small values that all live to its end: members, operations, rows. Go's collector, which by default looks at
// all of them each time the heap has doubled, then costs a run half of its processor time and frees next to nothing. So the heap may first
// grow to a floor, and is collected as by default only beyond that.
const (
	mostFloor     = 768 << 20 // however much memory there is
	leastHeap     = 4 << 20   // what Go's collector leaves alone at 100 percent: runtime.heapMinimum
	shareOfMemory = 4         // the floor is at most a fourth of what the machine has to give
)

// easeCollector sets the floor and gives it, 0 where there is none. Whoever sets GOGC or GOMEMLIMIT knows better.
func easeCollector() (floor uint64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return 0
	}
	floor = min(mostFloor, availableMemory()/shareOfMemory)
	if floor <= 4*leastHeap {
		return 0
	}
	debug.SetGCPercent(int(floor / leastHeap * 100))
	afterCollection(func() { debug.SetGCPercent(percentTo(floor, liveHeap())) })
	return floor
}

// percentTo gives by how much the heap may grow until the next collection: to the floor, and no less than Go's 100 percent.
func percentTo(floor, live uint64) int {
	if live == 0 || live >= floor/2 {
		return 100
	}
	return int((floor - live) * 100 / live)
}

// liveHeap gives how many bytes the last collection left.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// canary is an object that nobody holds: its finalizer runs after the next collection. It is large enough not to share a block of memory
// with others, of which one that is held would keep it.
type canary struct{ _ [32]byte }

// afterCollection calls do after every collection.
func afterCollection(do func()) {
	runtime.SetFinalizer(&canary{}, func(*canary) {
		do()
		afterCollection(do)
	})
}

// availableMemory gives the bytes that this process may use without pressing others: what the system says is available, or less where its
// control group allows less. Where there is no such word (not Linux) it is taken to be 1 GiB.
func availableMemory() uint64 {
	available := uint64(1 << 30)
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "MemAvailable:" {
			if kilobytes, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				available = kilobytes << 10
			}
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(path)
		if limit, parse := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && parse == nil {
			available = min(available, limit)
		}
	}
	return available
}
