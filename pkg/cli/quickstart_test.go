package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
)

// TestQuickstart_doesTheMainJob runs the tutorial's commands over the example as it lies in the repository, at the moment its data ends.
func TestQuickstart_doesTheMainJob(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".playctl")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "playctl.lineage")); err != nil {
		t.Fatal(err)
	}
	var ids counter
	for _, c := range []struct {
		line string
		code int
		says string
	}{
		{"validate", 0, "The playbook is valid: "},
		{"plan --out plan.json", 0, "Plan: "},
		{"apply plan.json", 0, "0 failed, 0 in doubt, 0 skipped."},
		{"plan --detailed-exitcode", 0, "No changes."},
		{"state list", 0, "intent-and-engagement"},
	} {
		p := &process{world: &cli.World{Stdin: strings.NewReader(""), Terminal: func(int) bool { return false }, Dir: dir, NewID: ids.next,
			Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }, Drivers: all.Drivers(), User: "ada@desk", PID: 77}}
		p.world.Stdout, p.world.Stderr = &p.out, &p.err
		if code := cli.Main(context.Background(), p.world, strings.Fields(c.line)); code != c.code || !strings.Contains(p.out.String(), c.says) {
			t.Fatalf("playctl %s: exit code %d, want %d and %q\n%s%s", c.line, code, c.code, c.says, p.out.String(), p.err.String())
		}
	}
}
