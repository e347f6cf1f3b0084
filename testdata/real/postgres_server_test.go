//go:build real

package real

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// query gives the first column of what SQL gives, as text.
func query(t *testing.T, dsn, sql string) []string {
	t.Helper()
	ctx := t.Context()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	rows, err := c.Query(ctx, sql)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}
