//go:build linux

package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrite_fullDisk: a write that the disk cuts short leaves the files as they were, says so, and can be made again.
func TestWrite_fullDisk(t *testing.T) {
	many := keys(0, 2000) // 22,000 bytes
	files := map[string]string{
		"audiences/Intent.csv": "id\n" + strings.Join(keys(5000, 5600), "\n") + "\n", // 6,600 bytes
		"audiences/Open.csv":   "id\na",
		"company.csv":          "id,tier\nold,x\n",
		"wide.csv":             "id,tier\n" + strings.Join(keys(0, 1000), ",\n") + ",\n",
		"message.jsonl":        line("k1", "x") + "\n",
		"open.jsonl":           line("k1", "x"),
		"task.csv":             "id,status,mine\na,open," + strings.Repeat("x", 6_000) + "\n",
	}
	for _, c := range []struct {
		job   job
		file  string
		limit uint64
	}{
		{job{Do: "add", Name: "Intent", IDs: many}, "audiences/Intent.csv", 10_000},
		{job{Do: "add", Name: "Intent", IDs: many}, "audiences/Intent.csv", 6_603}, // not one byte more
		{job{Do: "add", Name: "Open", IDs: many}, "audiences/Open.csv", 4},
		{job{Do: "remove", Name: "Intent", IDs: keys(5000, 5001)}, "audiences/Intent.csv", 5_000},
		{job{Do: "set", Name: "company", IDs: many}, "company.csv", 10_000},
		{job{Do: "set", Name: "wide", IDs: many}, "wide.csv", 10_000},
		{job{Do: "set", Name: "new", IDs: many}, "new.csv", 10_000},
		{job{Do: "send", Name: "message", IDs: many}, "message.jsonl", 10_000},
		{job{Do: "send", Name: "open", IDs: many}, "open.jsonl", 10_000},
		{job{Do: "task", Name: "task", IDs: many}, "task.csv", 10_000},
		{job{Do: "cancel", Name: "task", IDs: []string{"a"}}, "task.csv", 5_000},
	} {
		t.Run(fmt.Sprintf("%s %s %d", c.job.Do, c.job.Name, c.limit), func(t *testing.T) {
			d := newDesk(t)
			for rel, content := range files {
				d.put(rel, content)
			}
			c.job.Dir, c.job.Limit = filepath.Dir(d.dir), c.limit
			r := run(t, c.job)
			want := "writing desk/" + c.file + ": file too large"
			if r.Err != want || !r.NotBegun {
				t.Errorf("got %q, not begun %v, want %q", r.Err, r.NotBegun, want)
			}
			d.wantOnly(files)
			c.job.Limit = 0
			if r := run(t, c.job); r.Err != "" || strings.Contains(r.Statuses, "already") {
				t.Errorf("made again: %s %.100s", r.Err, r.Statuses)
			}
		})
	}
}

// wantOnly compares the whole folder.
func (d desk) wantOnly(files map[string]string) {
	d.t.Helper()
	err := filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == ".lock" {
			return err
		}
		rel, _ := filepath.Rel(d.dir, path)
		if want, ok := files[rel]; !ok {
			d.t.Errorf("%s was left", rel)
		} else if got := d.got(rel); got != want {
			d.t.Errorf("%s has %d bytes, want %d as before", rel, len(got), len(want))
		}
		return nil
	})
	if err != nil {
		d.t.Error(err)
	}
}

// TestWrite_readOnlyFolder: reading works, writing fails before it begins, and Check says so beforehand.
func TestWrite_readOnlyFolder(t *testing.T) {
	d := newDesk(t)
	files := map[string]string{"audiences/Intent.csv": "id\na\n", "company.csv": "id,tier\na,x\n", "message.jsonl": line("k1", "x") + "\n",
		"task.csv": "id,status\na,open\n"}
	for rel, content := range files {
		d.put(rel, content)
	}
	d.openForAll(0o555, 0o444)
	for _, c := range []struct{ do, name, want string }{
		{"add", "Intent", "locking desk: making .lock: permission denied"},
		{"remove", "Intent", "locking desk: making .lock: permission denied"},
		{"set", "company", "locking desk: making .lock: permission denied"},
		{"task", "task", "locking desk: making .lock: permission denied"},
		{"cancel", "task", "locking desk: making .lock: permission denied"},
		{"send", "message", "locking desk: making .lock: permission denied"},
		{"create", "New", "locking desk: making .lock: permission denied"},
		{"check", "", "writing to desk: permission denied\nwriting to desk/audiences: permission denied"},
	} {
		r := run(t, job{Dir: filepath.Dir(d.dir), Do: c.do, Name: c.name, IDs: []string{"a", "b"}, Nobody: true})
		if r.Err != c.want || r.NotBegun != (c.do != "check" && c.do != "create") {
			t.Errorf("%s gives %q (not begun %v), want %q", c.do, r.Err, r.NotBegun, c.want)
		}
	}
	d.wantOnly(files)
}

// TestWrite_readOnlyFile: a file that its owner protects is not replaced either.
func TestWrite_readOnlyFile(t *testing.T) {
	d := newDesk(t)
	files := map[string]string{"audiences/Intent.csv": "id\na\n", "company.csv": "id,tier\na,x\n", "message.jsonl": line("k1", "x") + "\n",
		"task.csv": "id,status\na,open\n"}
	for rel, content := range files {
		d.put(rel, content)
	}
	d.openForAll(0o777, 0o444)
	for _, c := range []struct{ do, name, want string }{
		{"add", "Intent", "writing desk/audiences/Intent.csv: permission denied"},
		{"remove", "Intent", "writing desk/audiences/Intent.csv: permission denied"},
		{"set", "company", "writing desk/company.csv: permission denied"},
		{"task", "task", "writing desk/task.csv: permission denied"},
		{"cancel", "task", "writing desk/task.csv: permission denied"},
		{"send", "message", "writing desk/message.jsonl: permission denied"},
	} {
		r := run(t, job{Dir: filepath.Dir(d.dir), Do: c.do, Name: c.name, IDs: []string{"a", "b"}, Nobody: true})
		if r.Err != c.want || !r.NotBegun {
			t.Errorf("%s gives %q (not begun %v), want %q", c.do, r.Err, r.NotBegun, c.want)
		}
	}
	d.wantOnly(files)
}

// openForAll gives the folder's directories and files modes, and lets everybody into the directories above it.
func (d desk) openForAll(dirs, files os.FileMode) {
	d.t.Helper()
	for above := filepath.Dir(d.dir); strings.HasPrefix(above, os.TempDir()+"/"); above = filepath.Dir(above) {
		if err := os.Chmod(above, 0o755); err != nil {
			d.t.Fatal(err)
		}
	}
	var paths []string
	_ = filepath.WalkDir(d.dir, func(path string, _ os.DirEntry, _ error) error { paths = append(paths, path); return nil })
	for _, path := range paths {
		mode := files
		if info, _ := os.Stat(path); info.IsDir() {
			mode = dirs
			d.t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
		}
		if err := os.Chmod(path, mode); err != nil {
			d.t.Fatal(err)
		}
	}
}
