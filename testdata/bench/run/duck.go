//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const duckName = "duckdb"

// startDuck builds the peer with DuckDB in it, which needs a C compiler, and starts it. Its answers to SQL are the first row: numbers by column,
// the first other value as text.
func (b *bench) startDuck(ctx context.Context) (*worker, error) {
	peers, binary := filepath.Join(b.root, "testdata", "bench", "peers"), filepath.Join(b.dir, "duck")
	build := newChild(ctx, peers, "go", "build", "-o", binary, "./duck")
	build.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=")
	if _, err := runChild(ctx, build); err != nil {
		return nil, fmt.Errorf("building the peer with DuckDB: %w", err)
	}
	w, err := startWorker(duckName, newChild(ctx, b.dir, binary))
	if err != nil {
		return nil, err
	}
	_, err = w.do(ask{Do: "sql", SQL: "SET threads TO 1"})
	if err == nil && b.machine.duck == "" {
		var t *told
		if t, err = w.do(ask{Do: "sql", SQL: "SELECT version()"}); err == nil {
			b.machine.duck = t.Text
		}
	}
	return w, err
}

// duckWorld fills DuckDB's tables. Keys become numbers, the scores of one topic a column.
var duckWorld = []string{
	`CREATE TABLE accounts AS SELECT CAST(substr(id, 3) AS INTEGER) AS n, * EXCLUDE (id, intent),
		CASE WHEN intent IS NOT NULL THEN coalesce(CAST(json_extract(intent, '$."data platform"') AS INTEGER), 0) END AS data_platform
		FROM read_parquet('%[1]s/accounts.parquet')`,
	`CREATE TABLE people AS SELECT CAST(substr(account_id, 3) AS INTEGER) AS account, * EXCLUDE (account_id) FROM read_parquet('%[1]s/people.parquet')`,
	`CREATE TABLE activities AS SELECT CAST(substr(account_id, 3) AS INTEGER) AS account, * EXCLUDE (account_id)
		FROM read_parquet('%[1]s/activities.parquet')`,
}

// duckEngine is DuckDB with the world in memory.
func (b *bench) duckEngine(ctx context.Context, world string) (*engine, error) {
	b.say("loading %s into DuckDB", world)
	w, err := b.startDuck(ctx)
	if err != nil {
		return nil, err
	}
	for _, sql := range duckWorld {
		if _, err := w.do(ask{Do: "sql", SQL: fmt.Sprintf(sql, world)}); err != nil {
			return nil, err
		}
	}
	t, err := w.do(ask{Do: "sql", SQL: "SELECT count(*) AS accounts FROM accounts"})
	if err != nil {
		return nil, err
	}
	evaluate := func(segment, loops int) (*told, error) {
		t, err := w.do(ask{Do: "sql", SQL: theFive[segment].duck, Loops: loops})
		return counted(t), err
	}
	return &engine{name: duckName, accounts: float64(t.Rows["accounts"]), evaluate: evaluate, end: w.end}, nil
}

// counted names the count of a query as the other engines do.
func counted(t *told) *told {
	if t != nil {
		t.Rows = map[string]int64{"matched": t.Rows["count_star()"] + t.Rows["count"]}
	}
	return t
}
