//go:build real

package real

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/playctl/playctl/pkg/pgtest"
)

// warehouse gives a database with the quickstart's data up to now.
func warehouse(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "./testdata/bench/gen", "-preset", "quickstart", "-until", "now", "-out", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("making data: %v: %s", err, out)
	}
	schema, err := os.ReadFile(filepath.Join(root, "examples", "real", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	server := pgtest.Start(t)
	dsn := server.DSN(t)
	server.Exec(t, dsn, string(schema))
	for _, table := range []string{"accounts", "people", "activities"} {
		fill(t, dsn, table, filepath.Join(dir, table+".csv"))
	}
	return dsn
}

// fill copies a CSV file into a table.
func fill(t *testing.T, dsn, table, path string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := c.PgConn().CopyFrom(ctx, file, "COPY analytics."+table+" FROM STDIN CSV HEADER"); err != nil {
		t.Fatalf("filling %s: %v", table, err)
	}
}

// TestQuickstart_runsOnRealServersAndTheSecondRunChangesNothing runs examples/real as it is.
func TestQuickstart_runsOnRealServersAndTheSecondRunChangesNothing(t *testing.T) {
	const list = "data-platform@lists.example"
	must(t)(machine.mailman.call("POST", "/lists", map[string]any{"fqdn_listname": list}))
	b := newBook(t, nil)
	b.env["WAREHOUSE_URL"] = warehouse(t)
	b.env["STATE_URL"] = pgtest.Start(t).DSN(t)

	b.play(0, "validate")
	says(t, b.play(0, "connectors", "check"), "dwh", "lists", "desk", "mail")
	says(t, b.play(0, "plan"), list, "mail.message", "desk.task")
	b.play(0, "apply", "--yes")

	members, calls := machine.mailman.members(t, list), machine.redmine.issues(t, "Call ")
	if len(calls) < 3 || len(members) < len(calls) || len(members) > 3*len(calls) {
		t.Fatalf("%d are on the list, and there are %d calls", len(members), len(calls))
	}
	machine.exim.settled(t, "@acme.example", len(calls))
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
	b.play(0, "apply", "--yes")
	if again := machine.mailman.members(t, list); strings.Join(again, " ") != strings.Join(members, " ") {
		t.Errorf("the second run changed the list from %q to %q", members, again)
	}
	if n := len(machine.redmine.issues(t, "Call ")); n != len(calls) {
		t.Errorf("the second run made %d calls of %d", n, len(calls))
	}
	machine.exim.settled(t, "@acme.example", len(calls))

	for _, c := range calls {
		machine.redmine.finish(t, c.ID, 5, "meeting booked")
	}
	says(t, b.play(0, "apply", "--yes"), "mail.message")
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
	if got := query(t, b.env["STATE_URL"], "SELECT count(*)::text FROM information_schema.tables WHERE table_schema = 'playctl'"); got[0] == "0" {
		t.Error("the state is not in Postgres")
	}
}
