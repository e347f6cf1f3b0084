//go:build real

package real

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPlugin_exampleOfPython runs the playbook of examples/process-plugin, with a person who does their task, and holds its plug-in against what every
// connector must do.
func TestPlugin_exampleOfPython(t *testing.T) {
	python := machine.env["REAL_PYTHON"]
	b := &book{t: t, dir: t.TempDir(), env: map[string]string{"PATH": filepath.Dir(python) + ":/usr/bin:/bin", "HOME": t.TempDir(), "NO_COLOR": "1"}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(b.said.String())
		}
	})
	if err := os.CopyFS(b.dir, os.DirFS(filepath.Join(root, "examples", "process-plugin"))); err != nil {
		t.Fatal(err)
	}
	says(t, b.play(0, "connectors", "describe", "desk"), "a desk in a SQLite file", "the SQLite file")
	says(t, b.play(0, "connectors", "check"), `list "Gold accounts"`, "not there yet: apply makes it")
	says(t, b.play(0, "apply", "--yes"), "Applied: 2 added, 0 removed, 0 changed, 2 done once; 0 failed")
	says(t, b.play(0, "plan"), "No changes.")
	done := exec.Command(python, "-c", "import sqlite3; d = sqlite3.connect('desk.db', isolation_level=None); d.execute(\"UPDATE task SET status = 'done', outcome = 'not now' WHERE n = 1\")")
	done.Dir = b.dir
	if out, err := done.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	says(t, b.play(0, "apply", "--yes"), "1 task done (not now)", "Applied: 0 added, 0 removed, 0 changed, 0 done once; 0 failed")
	says(t, b.play(0, "plan"), "No changes.")
	says(t, b.play(0, "connectors", "test", "desk", "--setting", "file={dir}/desk.db"), "38 of 38 claims held, 0 failed")
}
