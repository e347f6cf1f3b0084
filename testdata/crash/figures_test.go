package crash

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// figure is a line of the table that is printed at the end.
type figure struct {
	what                                                  string
	points, runs, kills, effects                          int
	resolved, duplicates, lost, foreign, unrecorded, text int
	took                                                  time.Duration
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

// printFigures prints the table, where all was asked for.
func printFigures() {
	if !all() {
		return
	}
	out := os.Stdout
	fmt.Fprintf(out, "\n%-46s %7s %7s %7s %8s %9s %5s %5s %8s %11s %8s\n", "killed at every point", "effects", "points", "kills", "runs", "resolved", "twice", "lost", "foreign", "unrecorded", "seconds")
	for _, f := range figures.kills {
		fmt.Fprintf(out, "%-46s %7d %7d %7d %8d %9d %5d %5d %8d %11d %8.0f\n", f.what, f.effects, f.points, f.kills, f.runs, f.resolved, f.duplicates, f.lost, f.foreign, f.unrecorded, f.took.Seconds())
	}
	for _, line := range figures.other {
		fmt.Fprintln(out, line)
	}
}
