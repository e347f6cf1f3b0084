//go:build unix

package cli_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/pgtest"
)

// TestScripts_warehouse runs the command line over testdata/warehouse, beside a real Postgres. $DWH is the address of a database of the script's own, and
//
//	sql FILE|STATEMENT   runs SQL there; the rows are its output, cells between bars
func TestScripts_warehouse(t *testing.T) {
	server := pgtest.Start(t)
	commands := scriptCommands()
	maps.Copy(commands, map[string]func(*testscript.TestScript, bool, []string){"sql": runSQL})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/warehouse", UpdateScripts: *update, RequireUniqueNames: true, Cmds: commands,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NOW", "2026-11-22T09:00:00Z")
			dsn := server.DSN(t)
			e.Setenv("DWH", dsn)
			e.Setenv("MODEST", strings.Replace(dsn, pgtest.User+":"+pgtest.Password, "modest_warehouse:planted-modest-Passw0rd", 1))
			d := &stand{names: []string{"DWH", "READER"}}
			e.Values[standKey{}] = d
			e.Defer(d.leave)
			return nil
		},
	})
}

// runSQL runs statements and prints the rows of the last one that has any.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	text := strings.Join(args, " ")
	if len(args) == 1 && strings.HasSuffix(text, ".sql") {
		text = ts.ReadFile(text)
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, ts.Getenv("DWH"))
	ts.Check(err)
	defer func() { ts.Check(c.Close(ctx)) }()
	results, err := c.PgConn().Exec(ctx, text).ReadAll()
	if (err != nil) != neg {
		ts.Fatalf("%s: %v", text, err)
	}
	for _, r := range results {
		for _, row := range r.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = string(cell)
			}
			_, err := fmt.Fprintln(ts.Stdout(), strings.Join(cells, "|"))
			ts.Check(err)
		}
	}
}
