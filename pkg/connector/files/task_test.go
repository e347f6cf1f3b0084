package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// call gives a task with a key, and with further fields as pairs of names and values.
func call(key string, more ...any) connector.Item {
	item := connector.Item{
		ID: "acc-1", Key: key, Fields: map[string]any{connector.TaskTitle: "Call Acme, Inc."},
		Source: connector.Source{Play: "renewals", Step: "call", Record: "account/1"},
	}
	for i := 0; i < len(more); i += 2 {
		item.Fields[more[i].(string)] = more[i+1]
	}
	return item
}

// give makes tasks and gives their receipts.
func (d desk) give(items ...connector.Item) []string {
	d.t.Helper()
	var receipts []string
	for _, o := range d.write(connector.Task, kind("task"), items...) {
		if o.Status != connector.Done && o.Status != connector.Already {
			d.t.Fatalf("a task is %s: %s", o.Status, o.Reason)
		}
		receipts = append(receipts, o.Receipt)
	}
	return receipts
}

// report reads one task.
func (d desk) report(receipt string) connector.TaskReport {
	d.t.Helper()
	reports, err := d.Tasks(d.t.Context(), "task", []string{receipt})
	if err != nil {
		d.t.Fatal(err)
	}
	return reports[receipt]
}

// k1 is the id of the task whose key is "k1", and so on.
const (
	k1 = "t-nk47d24ppuzy"
	k2 = "t-afpx426fv2xu"
	k3 = "t-f5iffsp5cwyz"
)

func TestTask_file(t *testing.T) {
	d := newDesk(t)
	full := call("k1", "role", "inside-sales", "assignee", "ann@acme.example", "due", time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC),
		"outcomes", []any{"meeting booked", "not now"}, "asks", []any{"next_step", "budget"}, "notes", "two\nlines", "status", "hot", "score", 7.5)
	bad := call("k9")
	bad.Key = ""
	got := statuses(d.write(connector.Task, kind("task"), full, call("k2"), call("k1"), bad))
	if want := "done " + k1 + ", done " + k2 + ", already " + k1 + ", rejected the key is empty"; got != want {
		t.Errorf("outcomes are %s, want %s", got, want)
	}
	d.want("task.csv", "id,status,outcome,outcomes,title,assignee,role,due,record,asks,answer.next_step,answer.budget,notes,payload.status,score,"+
		"done_at,touched_at,play,step,record_id,created_at,key\n"+
		k1+`,open,,meeting booked | not now,"Call Acme, Inc.",ann@acme.example,inside-sales,2026-03-04T09:00:00Z,account/1,next_step | budget,,,"two`+"\n"+
		`lines",hot,7.5,,,renewals,call,acc-1,2026-03-01T12:00:00Z,k1`+"\n"+
		k2+`,open,,,"Call Acme, Inc.",,,,account/1,,,,,,,,,renewals,call,acc-1,2026-03-01T12:00:00Z,k2`+"\n")
}

// TestTask_hand goes through what people write into the columns that are theirs.
func TestTask_hand(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 2, day, hour, minute, 0, 0, time.UTC) }
	open := connector.TaskReport{Status: connector.TaskOpen, Answers: map[string]string{}}
	done := func(outcome string, doneAt time.Time) connector.TaskReport {
		return connector.TaskReport{Status: connector.TaskDone, Outcome: outcome, DoneAt: doneAt, Answers: map[string]string{}}
	}
	cancelled := connector.TaskReport{Status: connector.TaskCancelled, Answers: map[string]string{}}
	begun := open
	begun.TouchedAt = at(3, 4, 5)
	for name, c := range map[string]struct {
		cells map[string]string
		want  connector.TaskReport
	}{
		"nothing":                  {nil, open},
		"an emptied status":        {map[string]string{"status": " "}, open},
		"open in capitals":         {map[string]string{"status": "OPEN"}, open},
		"done":                     {map[string]string{"status": "done"}, done("", time.Time{})},
		"done in capitals":         {map[string]string{"status": " Done\n"}, done("", time.Time{})},
		"closed":                   {map[string]string{"status": "closed"}, done("", time.Time{})},
		"complete":                 {map[string]string{"status": "complete"}, done("", time.Time{})},
		"completed":                {map[string]string{"status": "Completed"}, done("", time.Time{})},
		"finished":                 {map[string]string{"status": "finished"}, done("", time.Time{})},
		"a cross":                  {map[string]string{"status": "X"}, done("", time.Time{})},
		"cancelled":                {map[string]string{"status": "Cancelled"}, cancelled},
		"cancelled in American":    {map[string]string{"status": "canceled", "done_at": "2026-02-01"}, cancelled},
		"an outcome":               {map[string]string{"status": "done", "outcome": "meeting booked"}, done("meeting booked", time.Time{})},
		"an outcome, spelled":      {map[string]string{"status": "done", "outcome": " NOT  NOW"}, done("NOT  NOW", time.Time{})},
		"an outcome in capitals":   {map[string]string{"status": "done", "outcome": " Not Now "}, done("not now", time.Time{})},
		"an outcome of their own":  {map[string]string{"status": "done", "outcome": "Moved away"}, done("Moved away", time.Time{})},
		"a time":                   {map[string]string{"status": "done", "done_at": "2026-02-03T05:05:00+01:00"}, done("", at(3, 4, 5))},
		"a time in UTC":            {map[string]string{"status": "done", "done_at": " 2026-02-03T04:05:00Z "}, done("", at(3, 4, 5))},
		"a time without a zone":    {map[string]string{"status": "done", "done_at": "2026-02-03 04:05"}, done("", at(3, 4, 5))},
		"a time with seconds":      {map[string]string{"status": "done", "done_at": "2026-02-03 04:05:00"}, done("", at(3, 4, 5))},
		"a date":                   {map[string]string{"status": "done", "done_at": "2026-02-03"}, done("", at(3, 23, 59).Add(59*time.Second))},
		"a time to come":           {map[string]string{"status": "done", "done_at": "2027-01-01T00:00:00Z"}, done("", noon)},
		"today":                    {map[string]string{"status": "done", "done_at": "2026-03-01"}, done("", noon)},
		"a time in other words":    {map[string]string{"status": "done", "done_at": "last Tuesday"}, done("", time.Time{})},
		"a time of an open task":   {map[string]string{"done_at": "2026-02-03"}, open},
		"started":                  {map[string]string{"status": "started"}, begun},
		"in progress":              {map[string]string{"status": "In progress"}, begun},
		"another word":             {map[string]string{"status": "waiting for Bob"}, begun},
		"started, and when":        {map[string]string{"status": "started", "touched_at": "2026-02-03 04:05"}, begun},
		"only when it was started": {map[string]string{"touched_at": "2026-02-03 04:05"}, begun},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			id := d.give(call("k1", "outcomes", []any{"meeting booked", "not now"}))[0]
			d.fill(id, c.cells)
			if err := os.Chtimes(filepath.Join(d.dir, "task.csv"), at(3, 4, 5), at(3, 4, 5)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, d.report(id)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTask_readsTimesInTheClocksZone(t *testing.T) {
	d := newDesk(t)
	id := d.give(call("k1"))[0]
	d.fill(id, map[string]string{"status": "done", "done_at": "2026-02-03 04:05"})
	away := openDeskAt(t, filepath.Dir(d.dir), noon.In(time.FixedZone("", 3600)))
	if got, want := away.report(id).DoneAt, time.Date(2026, 2, 3, 3, 5, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("it was done at %s, want %s", got, want)
	}
}

func TestTask_answersAreAsTheyStand(t *testing.T) {
	d := newDesk(t)
	id := d.give(call("k1", "asks", []any{"next_step", "budget", "why"}))[0]
	d.fill(id, map[string]string{"status": "done", "answer.next_step": " Call, \"again\"\n東京 ", "answer.budget": " ", "answer.own": "mine"})
	want := map[string]string{"next_step": " Call, \"again\"\n東京 ", "own": "mine"}
	if diff := cmp.Diff(want, d.report(id).Answers); diff != "" {
		t.Error(diff)
	}
}

// TestTask_afterHandEdits: columns may be in any order, more or fewer, and what is not touched keeps its bytes.
func TestTask_afterHandEdits(t *testing.T) {
	item := call("k2", "asks", []any{"why"}, "notes", "x")
	cells := `open,,,"Call Acme, Inc.",,,,account/1,why,`
	for name, c := range map[string]struct{ before, after string }{
		"other order": {"Mine,status,key,id,title\n, done ,k1,\"" + k1 + "\",x\n",
			"Mine,status,key,id,title,outcome,record,asks,answer.why,notes,done_at,play,step,record_id,created_at\n, done ,k1,\"" + k1 + "\",x,,,,,,,,,,\n" +
				",open,k2," + k2 + `,"Call Acme, Inc.",,account/1,why,,x,,renewals,call,acc-1,2026-03-01T12:00:00Z` + "\n"},
		"a header only": {"\ufeffid,status\r\n",
			"\ufeffid,status,outcome,title,record,asks,answer.why,notes,done_at,play,step,record_id,created_at,key\r\n" +
				k2 + `,open,,"Call Acme, Inc.",account/1,why,,x,,renewals,call,acc-1,2026-03-01T12:00:00Z,k2` + "\r\n"},
		"an empty file": {"", "id,status,outcome,outcomes,title,assignee,role,due,record,asks,answer.why,notes,done_at,touched_at,play,step,record_id,created_at,key\n" +
			k2 + "," + cells + ",x,,,renewals,call,acc-1,2026-03-01T12:00:00Z,k2\n"},
		"new columns go before done_at": {
			"id,status,outcome,outcomes,title,assignee,role,due,record,asks,done_at,touched_at,play,step,record_id,created_at,key,mine\n" +
				k1 + ",x,\"y\",,,,,,,,today,,,,,,,z",
			"id,status,outcome,outcomes,title,assignee,role,due,record,asks,answer.why,notes,done_at,touched_at,play,step,record_id,created_at,key,mine\n" +
				k1 + ",x,\"y\",,,,,,,,,,today,,,,,,,z\n" + k2 + "," + cells + ",x,,,renewals,call,acc-1,2026-03-01T12:00:00Z,k2,\n"},
		"a key that somebody mangled": {"id,key\n" + k2 + ",1.2E+23\n", "id,key\n" + k2 + ",1.2E+23\n"},
		"what a crash left": {"id,status,outcome,title,record,asks,answer.why,notes,done_at,play,step,record_id,created_at,key\n\x00" + k1[1:] + ",o",
			"id,status,outcome,title,record,asks,answer.why,notes,done_at,play,step,record_id,created_at,key\n" +
				k2 + `,open,,"Call Acme, Inc.",account/1,why,,x,,renewals,call,acc-1,2026-03-01T12:00:00Z,k2` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("task.csv", c.before)
			if got := d.give(item); got[0] != k2 {
				t.Errorf("its receipt is %q", got[0])
			}
			d.want("task.csv", c.after)
			d.give(item)
			d.want("task.csv", c.after)
		})
	}
}

func TestCancel_changesOneCell(t *testing.T) {
	d := newDesk(t)
	d.put("task.csv", "mine,status,id\r\n\"a\",open,"+k1+"\r\n\"b\",\"Re: \"\"done\"\"\","+k2+"\r\n\"c\",\"In progress\","+k3+"\r\n")
	got := statuses(d.write(connector.Cancel, kind("task"), ids(k1, k2, k3, k1, "t-unknown", " ")...))
	if want := "done, done, done, already, already, rejected the id is empty"; got != want {
		t.Errorf("outcomes are %s, want %s", got, want)
	}
	d.want("task.csv", "mine,status,id\r\n\"a\",cancelled,"+k1+"\r\n\"b\",cancelled,"+k2+"\r\n\"c\",cancelled,"+k3+"\r\n")
}

func TestCancel_withoutAFileIsAlready(t *testing.T) {
	d := newDesk(t)
	if got := statuses(d.write(connector.Cancel, kind("task"), ids(k1)...)); got != "already" {
		t.Errorf("got %s", got)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "task.csv")); err == nil {
		t.Error("a file was made")
	}
}

// TestTask_rowsOfOneTask: of several, the first that was closed counts; they are cancelled together.
func TestTask_rowsOfOneTask(t *testing.T) {
	d := newDesk(t)
	d.put("task.csv", "id,status,outcome\n"+k1+",open,\n"+k1+",done,won\n"+k1+",cancelled,\n"+k2+",open,\n"+k2+",started,\n")
	if got := d.report(k1); got.Status != connector.TaskDone || got.Outcome != "won" {
		t.Errorf("it is %+v", got)
	}
	if got := statuses(d.write(connector.Cancel, kind("task"), ids(k1, k2)...)); got != "already, done" {
		t.Errorf("cancelling is %s", got)
	}
	d.want("task.csv", "id,status,outcome\n"+k1+",open,\n"+k1+",done,won\n"+k1+",cancelled,\n"+k2+",cancelled,\n"+k2+",cancelled,\n")
}

func TestTasks_fileThatIsGoneIsNoDeletion(t *testing.T) {
	d := newDesk(t)
	d.give(call("k1"))
	path := filepath.Join(d.dir, "task.csv")
	read := func() error { _, err := d.Tasks(t.Context(), "task", []string{k1}); return err }
	want := "reading desk/task.csv: the file is gone or empty: put it back, or give it the header line id,status if every task in it was to be cancelled"
	d.put("task.csv", "\n")
	if err := read(); err == nil || err.Error() != want {
		t.Errorf("empty: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := read(); err == nil || err.Error() != want {
		t.Errorf("gone: %v", err)
	}
	if reports, err := d.Tasks(t.Context(), "task", nil); err != nil || len(reports) != 0 {
		t.Errorf("asked for none: %v, %v", reports, err)
	}
	d.put("task.csv", "id,status\n")
	if err := read(); err != nil {
		t.Errorf("a header only: %v", err)
	}
}

func TestTasks_saysWhichLineIsWrong(t *testing.T) {
	for file, want := range map[string]string{
		"id;status\n" + k1 + ";done\n": `line 1: the first column is "id;status": the file needs a header with a column id, and commas between columns`,
		"status,title\n":               `line 1: the first column is "status": the file needs a header with a column id`,
		"status,id\ndone,\n":           "line 2: no id in the column id",
		"status,id\ndone\n":            "line 2: 1 cell, where the header has 2",
		"status,id,status\n":           `line 1: two columns are called "status"`,
	} {
		d := newDesk(t)
		d.put("task.csv", file)
		want = "reading desk/task.csv: " + want
		_, err := d.Tasks(t.Context(), "task", []string{k1})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", file, err, want)
		}
		if err := d.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("checking %q gives %v, want %s", file, err, want)
		}
		for _, v := range []connector.Verb{connector.Task, connector.Cancel} {
			if got := d.fail(v, kind("task"), call("k1")); !strings.HasPrefix(got, want) {
				t.Errorf("%s with %q gives %s, want %s", v, file, got, want)
			}
		}
		d.want("task.csv", file)
	}
}

func TestTask_refusesWhatCannotStandInAFile(t *testing.T) {
	d := newDesk(t)
	noText, noName, noAsk, noRecord := call("k1", "notes", "a\xff"), call("k2", " notes", "x"), call("k3", "asks", []any{""}), call("k4")
	noRecord.Source.Record = "a\x00"
	got := statuses(d.write(connector.Task, kind("task"), noText, noName, noAsk, noRecord, call("k\xff")))
	want := "rejected the field notes is not UTF-8 text, rejected a field's name is empty or has white space round it, " +
		"rejected a field's name is empty or has white space round it, rejected its record or its source is not UTF-8 text, rejected the key is not UTF-8 text"
	if got != want {
		t.Errorf("outcomes are %s", got)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "task.csv")); err == nil {
		t.Error("a file was made")
	}
}

// TestTask_noObjectIsCalledSo: fields of an object `task` would stand in the file of tasks.
func TestTask_noObjectIsCalledSo(t *testing.T) {
	d := newDesk(t)
	d.give(call("k1"))
	before := d.got("task.csv")
	for _, object := range []string{"task", "Task"} {
		want := `finding object "` + object + `": the file task.csv holds what people were given to do; fields need another object`
		if got := d.fail(connector.Set, kind(object), set(k1, "status", "done")); got != want {
			t.Errorf("setting gives %s", got)
		}
		if _, err := d.Fields(t.Context(), object, []string{k1}, []string{"status"}); err == nil || err.Error() != want {
			t.Errorf("reading gives %v", err)
		}
	}
	d.want("task.csv", before)
}

// TestLookup_tasksAndSendsOfOneName: an action may be called task as well.
func TestLookup_tasksAndSendsOfOneName(t *testing.T) {
	d := newDesk(t)
	d.give(call("k1"))
	d.write(connector.Send, kind("task"), message("k2", "x"))
	got, err := d.Lookup(t.Context(), "task", []string{"k1", "k2", "k3"})
	if diff := cmp.Diff(map[string]string{"k1": k1, "k2": "task.jsonl:1"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestTask_aRepeatMakesNoColumns: what is already a task changes nothing, whatever it asks now.
func TestTask_aRepeatMakesNoColumns(t *testing.T) {
	d := newDesk(t)
	d.give(call("k1"))
	before, _, _ := strings.Cut(d.got("task.csv"), "\n")
	again := call("k1", "asks", []any{"why"}, "notes", "x")
	if got := statuses(d.write(connector.Task, kind("task"), again, call("k2"))); got != "already "+k1+", done "+k2 {
		t.Errorf("outcomes are %s", got)
	}
	if after, _, _ := strings.Cut(d.got("task.csv"), "\n"); after != before {
		t.Errorf("the header is %s, was %s", after, before)
	}
}
