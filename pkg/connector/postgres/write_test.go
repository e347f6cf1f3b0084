package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/pgtest"
)

func sends(n int) []connector.Item {
	var items []connector.Item
	for i := range n {
		items = append(items, connector.Item{ID: fmt.Sprint("p-", i), Key: fmt.Sprint("k-", i), Fields: map[string]any{"text": "Hello"}})
	}
	return items
}

// A commit whose answer was lost is in doubt, and the key settles it: by look-up, or by sending again.
func TestSend_whoseAnswerWasLostIsInDoubtAndNotRepeated(t *testing.T) {
	b, w := alone(t), &wire{}
	b.pool.config.DialFunc = w.dial
	b.write(connector.Send, kind("first"), sends(1)...) // makes the tables
	for i, f := range []conntest.Fault{conntest.CutAfter, conntest.CutBefore} {
		action := kind(fmt.Sprint("message", i))
		w.inject(f)
		outcomes, err := b.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: action, Items: sends(3)})
		if statuses(outcomes) != "in doubt, in doubt, in doubt" || err == nil || errors.As(err, new(*connector.NotBegunError)) {
			t.Errorf("%s: %s, %v", f, statuses(outcomes), err)
		}
		found, err := b.Lookup(t.Context(), action.Kind, []string{"k-0", "k-1", "k-2"})
		if want := 3 * (1 - i); err != nil || len(found) != want {
			t.Errorf("%s: looked up are %v, %v", f, found, err)
		}
		b.write(connector.Send, action, sends(3)...)
		if sent := b.items(outboxTable, "action", action.Kind); len(sent) != 3 {
			t.Errorf("%s: %d rows were sent", f, len(sent))
		}
	}
}

// When the connection is cut while halves of a refused batch are tried, what was done is told, and nothing else.
func TestSet_thatIsCutInTheMiddleTellsWhatWasDone(t *testing.T) {
	b, w := alone(t), &wire{}
	b.pool.config.DialFunc = w.dial
	b.exec("CREATE TABLE counted (id text PRIMARY KEY, n integer)")
	// The halves of four are two and two: the first is kept, the second has the bad one, and is cut before it begins again.
	b.exec(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.n = 99 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END'`)
	b.exec("CREATE TRIGGER cut BEFORE INSERT ON counted FOR EACH ROW EXECUTE FUNCTION cut()")
	n := func(id string, n any) connector.Item { return set(id, map[string]any{"n": n}) }
	outcomes, err := b.Write(t.Context(), connector.Batch{Verb: connector.Set, Target: kind("counted"), Items: []connector.Item{n("a", int64(1)), n("b", "bad"), n("c", int64(2)), n("d", int64(99))}})
	if !errors.As(err, new(*connector.NotBegunError)) || len(outcomes) != 4 || outcomes[0].Status != connector.Done || outcomes[1].Status != connector.Rejected ||
		outcomes[2].Status != 0 || outcomes[3].Status != 0 {
		t.Errorf("%+v, %v", outcomes, err)
	}
	var rows int
	if err := b.conn.QueryRow(t.Context(), "SELECT count(*) FROM counted").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("there are %d rows, %v", rows, err)
	}
}

func TestWrite_ofABusyDatabaseIsForLater(t *testing.T) {
	b := alone(t)
	if err := b.Create(t.Context(), audience("A")); err != nil {
		t.Fatal(err)
	}
	p := poor(t, b, "late")
	b.exec("GRANT USAGE, CREATE ON SCHEMA public TO late; GRANT ALL ON ALL TABLES IN SCHEMA public TO late; ALTER ROLE late CONNECTION LIMIT 0")
	busy := base{desk: p, t: t}
	if got := statuses(busy.write(connector.Send, kind("message"), sends(2)...)); got != "later, later" {
		t.Errorf("without a connection to be had: %s", got)
	}
	b.exec("ALTER ROLE late CONNECTION LIMIT -1; ALTER ROLE late SET lock_timeout = '50ms'")
	tx, err := b.conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE "+b.table(outboxTable)); err != nil {
		t.Fatal(err)
	}
	if got := statuses(busy.write(connector.Send, kind("message"), sends(2)...)); got != "later, later" {
		t.Errorf("of a table that is locked: %s", got)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := statuses(busy.write(connector.Send, kind("message"), sends(2)...)); got != "done, done" {
		t.Errorf("later: %s", got)
	}
}

// A connection that was cut while nobody used it is nobody's fault.
func TestWrite_goesOnAfterIdleConnectionsWereCut(t *testing.T) {
	b := alone(t)
	b.write(connector.Send, kind("message"), sends(1)...)
	b.conn.Close(context.Background())
	pgtest.Start(t).Cut(t, b.dsn)
	if got := statuses(b.write(connector.Send, kind("message"), sends(2)...)); got != "already, done" {
		t.Errorf("it is %s", got)
	}
}

func TestSend_rejectsWhatCanNotBeKept(t *testing.T) {
	b := alone(t)
	item := func(key, text string) connector.Item {
		return connector.Item{ID: "a", Key: key, Fields: map[string]any{"text": text}}
	}
	outcomes := b.write(connector.Send, kind("message"), item("1", "fine"), item("2", "zero \x00 byte"), item("", "no key"), item("4", `a backslash \u0000 as text`),
		item("\xff", "no text"), connector.Item{ID: "a", Key: "6", Fields: map[string]any{"no": func() {}}})
	if got := statuses(outcomes); got != "done, rejected, rejected, done, rejected, rejected" {
		t.Errorf("they are %s", got)
	}
}

func TestTasks_peopleMayAnswerInTheirWay(t *testing.T) {
	b := alone(t)
	outcomes := b.write(connector.Task, kind(taskKind), connector.Item{ID: "a", Key: "k", Fields: map[string]any{connector.TaskTitle: "Call", connector.TaskOutcomes: []any{"Meeting booked", "not now"},
		connector.TaskDue: noon}})
	receipt := outcomes[0].Receipt
	b.exec("UPDATE "+b.table(tasksTable)+" SET status = 'X', outcome = ' meeting BOOKED', answers = '{\"budget\": 20, \"none\": null}', done_at = $1, touched_at = $1", noon.Add(time.Hour))
	got, err := b.Tasks(t.Context(), taskKind, []string{receipt, "no number", "07"})
	if err != nil {
		t.Fatal(err)
	}
	r := got[receipt]
	if len(got) != 1 || r.Status != connector.TaskDone || r.Outcome != "Meeting booked" || fmt.Sprint(r.Answers) != "map[budget:20]" || !r.DoneAt.Equal(noon.Add(time.Hour)) || !r.TouchedAt.Equal(r.DoneAt) {
		t.Errorf("it is %+v", got)
	}
	b.exec("DROP TABLE " + b.table(tasksTable))
	if _, err := b.Tasks(t.Context(), taskKind, []string{receipt}); err == nil || !strings.Contains(err.Error(), "put it back") {
		t.Errorf("without its table: %v", err)
	}
}

// BenchmarkSend sends a thousand events a batch.
func BenchmarkSend(b *testing.B) {
	base := alone(b)
	n := 0
	for b.Loop() {
		items := sends(1000)
		for i := range items {
			items[i].Key = fmt.Sprint(n, "-", i)
		}
		n++
		base.write(connector.Send, kind("message"), items...)
	}
	b.ReportMetric(float64(1000*n)/b.Elapsed().Seconds(), "sends/s")
}
