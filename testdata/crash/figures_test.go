package crash

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// figure is a line of the table that is printed at the end.
type figure struct {
	what                                            string
	points, runs, kills, effects                    int
	resolved, duplicates, lost, foreign, unrecorded int
	took                                            time.Duration
}

// figures are those of all tests.
var figures struct {
	sync.Mutex
	kills []*figure
	other []string
}

// report keeps a line for the table.
func (f *figure) report() {
	figures.Lock()
	defer figures.Unlock()
	figures.kills = append(figures.kills, f)
}

// note keeps a line that has no columns.
func note(format string, args ...any) {
	figures.Lock()
	defer figures.Unlock()
	figures.other = append(figures.other, fmt.Sprintf(format, args...))
}

// add counts what a trial came to.
func (f *figure) add(v *verdict) {
	f.duplicates += len(v.duplicates)
	f.lost += len(v.lost)
	f.foreign += len(v.foreign)
	f.unrecorded += len(v.unrecorded)
}

// printFigures writes the table into the file that is asked for.
func printFigures() {
	var b strings.Builder
	fmt.Fprintf(&b, "%-46s %7s %7s %7s %8s %9s %5s %5s %8s %11s %8s\n", "killed", "effects", "points", "kills", "runs", "resolved", "twice", "lost", "foreign", "unrecorded", "seconds")
	for _, f := range figures.kills {
		fmt.Fprintf(&b, "%-46s %7d %7d %7d %8d %9d %5d %5d %8d %11d %8.0f\n", f.what, f.effects, f.points, f.kills, f.runs, f.resolved, f.duplicates, f.lost, f.foreign, f.unrecorded, f.took.Seconds())
	}
	for _, line := range figures.other {
		fmt.Fprintln(&b, line)
	}
	if file := os.Getenv("CRASH_FIGURES"); file != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}
