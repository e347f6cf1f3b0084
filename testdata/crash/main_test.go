// Package crash kills playctl, fills its disk, runs many of it at once, and looks at what is left: nothing done twice, nothing lost,
// nothing without a record, no secret anywhere.
//
// A process under test is either the real one, built from cmd/playctl, or this test's own binary that is playctl with points at which it
// ends as `kill -9` ends it ([points]): its connectors and its state are the real ones. `go test` does a sample of everything; `make
// crash` sets CRASH=all and does all of it, and prints the figures as a table.
package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Getenv("CRASH_IS_PLAYCTL") != "" {
		os.Exit(play())
	}
	code := m.Run()
	printFigures()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// all reports whether everything is to be done, and not a sample of it.
func all() bool { return os.Getenv("CRASH") == "all" }

// sample gives one of two figures: for `go test`, and for `make crash`.
func sample(short, whole int) int {
	if all() {
		return whole
	}
	return short
}

// built is the real binary.
var built struct {
	sync.Once
	dir string
	err error
}

// binary gives the path of the real playctl, which is built once.
func binary(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "playctl-crash-"); built.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(built.dir, "playctl"), "github.com/playctl/playctl/cmd/playctl")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building playctl: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "playctl")
}
