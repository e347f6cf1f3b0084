//go:build linux

package files_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// TestWrite_killed kills a process that adds, sends and makes tasks, at many moments. What it said was done is there, and each batch is there as a
// whole or not at all; then the work is finished by another process.
func TestWrite_killed(t *testing.T) {
	const batch = 700 // several pages, so that a kill can fall into a write
	for round := range 12 {
		d := newDesk(t)
		d.put("audiences/Intent.csv", "id\n")
		p := start(t, job{Dir: filepath.Dir(d.dir), Do: "add, send and task", Batch: batch})
		for range round % 4 {
			p.next()
		}
		time.Sleep(time.Duration(round) * 333 * time.Microsecond)
		last := p.kill()
		counts := map[string]int{"members": len(d.members("Intent")), "sends": len(d.lookup(keys(0, 30_000)...)), "tasks": d.countTasks()}
		for what, got := range counts {
			if what != "sends" && got%batch != 0 {
				t.Errorf("%d %s are no whole number of batches", got, what)
			}
			if got < last*batch {
				t.Errorf("%d batches were reported done, but there are %d %s", last, got, what)
			}
		}
		run(t, job{Dir: filepath.Dir(d.dir), Do: "add, send and task", Batch: batch, Times: last + 3})
		want := (last + 3) * batch
		if got := len(d.members("Intent")); got != want {
			t.Errorf("finished, there are %d members, want %d", got, want)
		}
		if lines, distinct := d.countSends(); lines != want || distinct != want {
			t.Errorf("finished, there are %d sends with %d keys, want %d", lines, distinct, want)
		}
		if got := d.countTasks(); got != want {
			t.Errorf("finished, there are %d tasks, want %d", got, want)
		}
	}
}

// crash does a job until it dies in the middle of writing a file, after limit bytes.
func crash(t *testing.T, j job, limit int) {
	t.Helper()
	j.Limit, j.Crash = uint64(limit), true
	if out, err := command(t, j).Output(); err == nil {
		t.Fatalf("with a limit of %d bytes it did not crash: %s", limit, out)
	}
}

// TestAdd_dyingInTheMiddle dies after every few bytes of an append: nobody is in, and no shorter id. Then the append is made again.
func TestAdd_dyingInTheMiddle(t *testing.T) {
	list := keys(0, 8)
	for _, before := range []string{"id\nold\n", "id\nold"} {
		after := strings.TrimSuffix(before, "\n") + "\n" + strings.Join(list, "\n") + "\n"
		for limit := len(before); limit < len(after); limit += 7 {
			d := newDesk(t)
			d.put("audiences/Intent.csv", before)
			j := job{Dir: filepath.Dir(d.dir), Do: "add", Name: "Intent", IDs: list}
			crash(t, j, limit)
			if got := d.members("Intent"); !slices.Equal(got, []string{"old"}) {
				t.Fatalf("after %d bytes: members are %q; the file is %q", limit, got, d.got("audiences/Intent.csv"))
			}
			d.write(connector.Add, audience("Intent"), ids(list...)...)
			d.want("audiences/Intent.csv", after)
		}
	}
}

// TestSend_dyingInTheMiddle dies after every few bytes: exactly the whole lines were sent. Made again, every key is sent once.
func TestSend_dyingInTheMiddle(t *testing.T) {
	list := keys(0, 3)
	whole := newDesk(t)
	run(t, job{Dir: filepath.Dir(whole.dir), Do: "send", Name: "message", IDs: list})
	after := whole.got("message.jsonl")
	for limit := 1; limit < len(after); limit += 23 {
		d := newDesk(t)
		j := job{Dir: filepath.Dir(d.dir), Do: "send", Name: "message", IDs: list}
		crash(t, j, limit)
		d.want("message.jsonl", after[:limit])
		want := map[string]string{}
		for i := range strings.Count(after[:limit]+"\n", "}\n") {
			want[list[i]] = fmt.Sprintf("message.jsonl:%d", i+1)
		}
		if diff := cmp.Diff(want, d.lookup(list...)); diff != "" {
			t.Fatalf("after %d bytes: %s", limit, diff)
		}
		run(t, j)
		if lines, distinct := d.countSends(); lines != 3 || distinct != 3 {
			t.Fatalf("after %d bytes: %d sends with %d keys", limit, lines, distinct)
		}
	}
}

// TestTask_dyingInTheMiddle dies after every few bytes: no task was made, and none by half. Made again, every key has one.
func TestTask_dyingInTheMiddle(t *testing.T) {
	list := keys(0, 3)
	whole := newDesk(t)
	whole.give(call("old"))
	before := whole.got("task.csv")
	run(t, job{Dir: filepath.Dir(whole.dir), Do: "task", Name: "task", IDs: list})
	after := whole.got("task.csv")
	for limit := len(before); limit < len(after); limit += 23 {
		d := newDesk(t)
		d.put("task.csv", before)
		j := job{Dir: filepath.Dir(d.dir), Do: "task", Name: "task", IDs: list}
		crash(t, j, limit)
		if got, err := d.Lookup(t.Context(), "task", list); err != nil || len(got) != 0 {
			t.Fatalf("after %d bytes: there are %v (%v)", limit, got, err)
		}
		if got := run(t, j).Statuses; strings.Count(got, "done") != 3 {
			t.Fatalf("after %d bytes: made again they are %s", limit, got)
		}
		d.want("task.csv", after)
	}
}

// TestTask_dyingBeforeThereIsAFile: there is none, or it is whole.
func TestTask_dyingBeforeThereIsAFile(t *testing.T) {
	d := newDesk(t)
	j := job{Dir: filepath.Dir(d.dir), Do: "task", Name: "task", IDs: keys(0, 3)}
	crash(t, j, 100)
	if d.countTasks() != 0 {
		t.Fatalf("there are tasks: %q", d.got("task.csv"))
	}
	run(t, j)
	if got := d.countTasks(); got != 3 {
		t.Errorf("made again, there are %d tasks", got)
	}
}

// TestWrite_dyingInARewrite: the file is what it was, and what is left of the new one goes with the next rewrite.
func TestWrite_dyingInARewrite(t *testing.T) {
	for _, j := range []job{
		{Do: "remove", Name: "Intent", IDs: []string{"a"}},
		{Do: "set", Name: "company", IDs: []string{"a"}},
		{Do: "cancel", Name: "task", IDs: []string{"a"}},
	} {
		d := newDesk(t)
		files := map[string]string{"audiences/Intent.csv": "id\na\nb\nc\n", "company.csv": "id,tier\na,x\n", "task.csv": "id,status\na,open\n"}
		for rel, content := range files {
			d.put(rel, content)
		}
		j.Dir = filepath.Dir(d.dir)
		crash(t, j, 5)
		for rel, content := range files {
			d.want(rel, content)
		}
		run(t, j)
		left, err := filepath.Glob(filepath.Join(d.dir, "*", ".*.csv*"))
		if above, _ := filepath.Glob(filepath.Join(d.dir, ".*.csv*")); err != nil || len(left)+len(above) > 0 {
			t.Errorf("%s left %v %v", j.Do, left, above)
		}
	}
}

// countTasks counts the tasks of keys, and makes sure that no key has two.
func (d desk) countTasks() int {
	found, err := d.Lookup(d.t.Context(), "task", keys(0, 30_000))
	if err != nil {
		d.t.Fatal(err)
	}
	if rows := len(d.openSheet()) - 1; len(found) != rows && !strings.Contains(d.got("task.csv"), "\x00") {
		d.t.Errorf("%d keys have a task, in %d rows", len(found), rows)
	}
	return len(found)
}

// countSends counts the outbox's whole lines and their keys.
func (d desk) countSends() (lines, distinct int) {
	seen := map[string]bool{}
	for line := range bytes.Lines([]byte(d.got("message.jsonl"))) {
		var s struct{ Key string }
		if json.Unmarshal(line, &s) == nil {
			lines++
			seen[s.Key] = true
		}
	}
	return lines, len(seen)
}
