//go:build linux && strace

package files_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestWrite_diskThatFails: when the disk can't make a write durable, the files are put back and nothing was begun; only when that fails
// too, or the write can be seen already, is it in doubt.
func TestWrite_diskThatFails(t *testing.T) {
	files := map[string]string{"audiences/Intent.csv": "id\na\nb\n", "company.csv": "id,tier\na,x\n", "message.jsonl": line("k1", "x") + "\n",
		"task.csv": "id,status,outcome,title,record,done_at,play,step,record_id,created_at,key\na,open,,,,,,,,,\n"}
	for _, c := range []struct {
		do, name, fail string
		notBegun       bool
	}{
		{"add", "Intent", "1", true},
		{"add", "Intent", "1+", false},
		{"add", "Intent", "2", false},
		{"remove", "Intent", "1", true},
		{"remove", "Intent", "2", false},
		{"set", "company", "1", true},
		{"set", "company", "2", false},
		{"task", "task", "1", true},
		{"task", "task", "1+", false},
		{"task", "task", "2", false},
		{"cancel", "task", "1", true},
		{"cancel", "task", "2", false},
		{"send", "message", "1", true},
		{"send", "message", "1+", false},
		{"send", "other", "2", false}, // the new file's entry in the folder
	} {
		d := newDesk(t)
		for rel, content := range files {
			d.put(rel, content)
		}
		r := run(t, job{Dir: filepath.Dir(d.dir), Do: c.do, Name: c.name, IDs: []string{"a", "c"}, FailSync: c.fail})
		if !strings.HasPrefix(r.Err, "writing desk/") || !strings.Contains(r.Err, "input/output error") || r.NotBegun != c.notBegun {
			t.Errorf("%s with fsync %s failing gives %q (not begun %v)", c.do, c.fail, r.Err, r.NotBegun)
		}
		if c.notBegun {
			d.wantOnly(files)
		}
	}
}
