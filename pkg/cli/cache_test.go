package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector/all"
	states "github.com/playctl/playctl/pkg/state/all"
)

// TestMain_otherVersionsReadAnew holds that a playctl of another version does not take what this one made of a file.
func TestMain_otherVersionsReadAnew(t *testing.T) {
	dir := made(t)
	files, err := filepath.Glob(filepath.Join(dir, "data", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files { // as large as what is kept
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(text, strings.Repeat("\n", 1<<20)...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(version string) string {
		if code, text := run(t, &World{Stdout: io.Discard, Drivers: all.Drivers(), Backends: states.Drivers(), Version: version}, "plan", "-C", dir); code != 0 {
			t.Fatalf("plan: %d, %s", code, text)
		}
		names, err := filepath.Glob(filepath.Join(dir, ".playctl", "cache", "*"))
		if err != nil || len(names) != len(files) {
			t.Fatal(names, err)
		}
		return strings.Join(names, "\n")
	}
	if one, two := kept("1.0"), kept("1.1"); one == two || kept("1.0") != one {
		t.Errorf("versions 1.0 and 1.1 share\n%s", one)
	}
}
