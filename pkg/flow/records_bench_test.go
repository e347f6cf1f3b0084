package flow_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/postgres"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// manyAccounts fills a table of ten columns.
const manyAccounts = `CREATE TABLE account AS SELECT 'a-' || lpad(i::text, 9, '0') AS id, 'Company ' || i AS name, 'company' || i || '.example' AS domain,
(ARRAY['Software', 'Fintech', 'Retail', 'Public Sector'])[1 + i % 4] AS industry, (ARRAY['EMEA', 'AMER', 'APAC'])[1 + i % 3] AS region, 10 + i % 5000 AS employees, i * 1000.5::float8 AS revenue,
i % 4 = 0 AS target, '2024-01-01Z'::timestamptz + i * interval '1 minute' AS renewal_at, 'owner' || i % 40 || '@x.example' AS owner FROM generate_series(1, ROWS) AS i`

// BenchmarkRead_million reads a million records of ten fields from Postgres, and from a CSV file with the same ones.
func BenchmarkRead_million(b *testing.B) {
	const rows = 1_000_000
	dsn, dir := pgtest.Start(b).DSN(b), b.TempDir()
	conn, err := pgx.Connect(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.Exec(b.Context(), strings.Replace(manyAccounts, "ROWS", strconv.Itoa(rows), 1)); err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "account.csv"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.PgConn().CopyTo(b.Context(), file, "COPY account TO STDOUT (FORMAT csv, HEADER)"); err != nil || file.Close() != nil {
		b.Fatal(err)
	}
	dwh, err := postgres.Driver().Open(connector.Options{Name: "dwh", Settings: map[string]any{"url": dsn}, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	e := playbook.Entity{Name: "account", Key: "id"}
	for _, word := range strings.Fields("id name domain industry region employees:int revenue:double target:bool renewal_at:timestamp owner") {
		name, of, _ := strings.Cut(word, ":")
		kind := map[string]frame.Kind{"": frame.String, "int": frame.Int, "double": frame.Double, "bool": frame.Bool, "timestamp": frame.Time}[of]
		e.Fields = append(e.Fields, playbook.Field{Name: name, Type: frame.Type{Kind: kind}})
	}
	inFile, inTable := e, e
	inFile.File, inTable.From = "account.csv", playbook.From{Connector: "dwh", Object: "table", Table: "account"}
	b.Run("copy", func(b *testing.B) { // what Postgres needs to give them to anybody
		for b.Loop() {
			if _, err := conn.PgConn().CopyTo(b.Context(), io.Discard, "COPY account TO STDOUT (FORMAT csv)"); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	for name, e := range map[string]*playbook.Entity{"csv": &inFile, "postgres": &inTable} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				used := spend(b, func() {
					read, err := source.Read(b.Context(), source.Request{Dir: dir, Entities: []*playbook.Entity{e}, Now: time.Now(), Connectors: map[string]connector.Connector{"dwh": dwh}})
					if err != nil || read.Reports[0].Rows != rows {
						b.Fatal(err)
					}
				})
				b.ReportMetric(float64(used.cpu.Nanoseconds())/rows, "cpu-ns/row") // of this process: the server's is beside
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
