//go:build linux

package files_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

// TestWrite_processesAtOnce: two processes that write to one folder lose nothing and do nothing twice, while this one takes
// members out.
func TestWrite_processesAtOnce(t *testing.T) {
	d := newDesk(t)
	gone := keys(900_000, 900_100)
	d.put("audiences/Intent.csv", "id\n"+strings.Join(gone, "\n")+"\n")
	dir := filepath.Dir(d.dir)
	// Both send, and make tasks for, the keys 200 to 399.
	one := start(t, job{Dir: dir, Do: "add, send and task", Batch: 10, Times: 40})
	two := start(t, job{Dir: dir, Do: "add, send and task", Batch: 10, Times: 40, From: 200})
	for _, id := range gone {
		d.write(connector.Remove, audience("Intent"), ids(id)...)
	}
	for _, p := range []*process{one, two} {
		for p.lines.Scan() {
			p.read++
		}
		if err := p.cmd.Wait(); err != nil || p.read != 40 {
			t.Fatalf("a process did %d batches: %v", p.read, err)
		}
	}
	if got := len(d.members("Intent")); got != 600 {
		t.Errorf("there are %d members, want 600", got)
	}
	if lines, distinct := d.countSends(); lines != 600 || distinct != 600 {
		t.Errorf("there are %d sends with %d keys, want 600", lines, distinct)
	}
	if got := d.countTasks(); got != 600 {
		t.Errorf("there are %d tasks, want 600", got)
	}
}
