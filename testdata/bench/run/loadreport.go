//go:build unix

package main

import (
	"fmt"
	"strings"
	"time"
)

// duckColumns are the types of a world's columns in files of text, in their order: nothing is left to be found out.
var duckColumns = map[string]string{
	"account": `'id': 'VARCHAR', 'name': 'VARCHAR', 'domain': 'VARCHAR', 'industry': 'VARCHAR', 'employees': 'BIGINT', 'revenue': 'DOUBLE', 'region': 'VARCHAR',
		'country': 'VARCHAR', 'sites': 'BIGINT', 'tier': 'VARCHAR', 'target': 'BOOLEAN', 'arr': 'DOUBLE', 'health': 'VARCHAR', 'open_tickets': 'BIGINT',
		'renewal_at': 'TIMESTAMP', 'intent': 'MAPS', 'products': 'LISTS', 'owner_email': 'VARCHAR', 'sdr_email': 'VARCHAR', 'csm_email': 'VARCHAR',
		'am_email': 'VARCHAR'`,
	"person": `'id': 'VARCHAR', 'account_id': 'VARCHAR', 'email': 'VARCHAR', 'name': 'VARCHAR', 'title': 'VARCHAR', 'level': 'VARCHAR', 'buying_role': 'VARCHAR',
		'persona': 'VARCHAR', 'opted_out': 'BOOLEAN', 'left_company': 'BOOLEAN', 'score': 'BIGINT'`,
	"opportunity": `'id': 'VARCHAR', 'account_id': 'VARCHAR', 'type': 'VARCHAR', 'stage': 'VARCHAR', 'open': 'BOOLEAN', 'won': 'BOOLEAN', 'lost': 'BOOLEAN',
		'amount': 'DOUBLE', 'products': 'LISTS', 'created_at': 'TIMESTAMP', 'closed_at': 'TIMESTAMP', 'loss_reason': 'VARCHAR'`,
	"activity": `'account_id': 'VARCHAR', 'person_id': 'VARCHAR', 'type': 'VARCHAR', 'at': 'TIMESTAMP', 'inbound': 'BOOLEAN', 'channel': 'VARCHAR',
		'campaign': 'VARCHAR', 'product': 'VARCHAR', 'minutes': 'DOUBLE'`,
}

// duckSelect makes lists and maps of the columns that CSV has as text, as playctl does.
var duckSelect = map[string]string{
	"account":     `* REPLACE (CAST(CAST(intent AS JSON) AS MAP(VARCHAR, BIGINT)) AS intent, string_split(products, ';') AS products)`,
	"opportunity": `* REPLACE (string_split(products, ';') AS products)`,
}

// duckSQL makes a table of one file. In Parquet, lists and maps are text of JSON.
func duckSQL(world string, l loading) string {
	path, what, columns := fmt.Sprintf("%s/%s.%s", world, fileOf(l.entity), l.format), "*", ""
	from := fmt.Sprintf("read_parquet('%s')", path)
	switch l.format {
	case "csv":
		columns = strings.NewReplacer("MAPS", "VARCHAR", "LISTS", "VARCHAR").Replace(duckColumns[l.entity])
		if s := duckSelect[l.entity]; s != "" {
			what = s
		}
		from = fmt.Sprintf("read_csv('%s', header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {%s})", path, columns)
	case "jsonl":
		columns = strings.NewReplacer("MAPS", "MAP(VARCHAR, BIGINT)", "LISTS", "VARCHAR[]").Replace(duckColumns[l.entity])
		from = fmt.Sprintf("read_json('%s', format = 'newline_delimited', columns = {%s})", path, columns)
	case "parquet":
		switch l.entity {
		case "account":
			what = `* REPLACE (CAST(CAST(intent AS JSON) AS MAP(VARCHAR, BIGINT)) AS intent, CAST(CAST(products AS JSON) AS VARCHAR[]) AS products)`
		case "opportunity":
			what = `* REPLACE (CAST(CAST(products AS JSON) AS VARCHAR[]) AS products)`
		}
	}
	return fmt.Sprintf("CREATE OR REPLACE TABLE loaded AS SELECT %s FROM %s", what, from)
}

// duckOnce loads one file into DuckDB and holds its rows against ours.
func (b *bench) duckOnce(w *worker, world string, l loading, want int64) (*told, error) {
	t, err := w.do(ask{Do: "sql", SQL: duckSQL(world, l)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l, err)
	}
	n, err := w.do(ask{Do: "sql", SQL: "SELECT count(*) AS n FROM loaded"})
	if err == nil && n.Rows["n"] != want {
		err = fmt.Errorf("%s: %d rows in DuckDB, %d in playctl", l, n.Rows["n"], want)
	}
	return t, err
}

// above is the entities that are read with one, because it names them.
var above = map[string]string{"person": "account", "opportunity": "account", "activity": "person"}

// reportLoading tells what reading cost for each row and holds it against the bars.
func (b *bench) reportLoading(m *loadings) {
	ours, peers, rows := m.ours, m.peers, m.rows
	t := table{title: "P3: loading, processor time in ns per row, one thread", head: []string{"entity", "rows", "CSV", "DuckDB", "JSON Lines", "DuckDB",
		"Parquet", "DuckDB", "cache"}}
	total := map[string]time.Duration{}
	for _, e := range entities {
		row, n := []string{e.name, fmt.Sprint(rows[e.name])}, float64(rows[e.name])
		for _, format := range []string{"csv", "jsonl", "parquet"} {
			peer := peers[loading{format, e.name}].CPU
			total[format] += peer
			row = append(row, perRow(own(ours, format, e.name), n), perRow(peer, n))
		}
		t.rows = append(t.rows, append(row, perRow(own(ours, cached, e.name), n)))
	}
	t.rows = append(t.rows, allRow(ours, total, rows))
	t.below = []string{"Columns of playctl are linked, ordered and checked for keys that occur twice; what a child costs is what it adds to reading its parents.",
		"DuckDB is given all types, makes lists and maps of the columns that have them as playctl does, and writes a table in memory (`CREATE TABLE AS`).",
		fmt.Sprintf("Most memory that a process held that read all of it: CSV %s, Parquet %s, cache %s.", mib(ours[loading{"csv", everything}].Peak),
			mib(ours[loading{"parquet", everything}].Peak), mib(ours[loading{cached, everything}].Peak))}
	b.report.add(t)
	for _, c := range []struct{ format, what string }{{"csv", "all of CSV, beside DuckDB's read_csv"}, {"parquet", "all of Parquet, beside DuckDB's read_parquet"}} {
		if m.broken[c.format] != nil {
			continue
		}
		mine := ours[loading{c.format, everything}].CPU
		b.report.check(check{bar: "P3", what: c.what, ours: seconds(mine), peer: seconds(total[c.format]), value: mine.Seconds() / total[c.format].Seconds(),
			limit: 1, says: "≤ 1"})
	}
	if m.broken[cached] != nil || m.broken["csv"] != nil {
		return
	}
	fast, slow := ours[loading{cached, everything}].CPU, ours[loading{"csv", everything}].CPU
	b.report.check(check{bar: "P3", what: "all from the cache, beside CSV", ours: seconds(fast), peer: seconds(slow), value: fast.Seconds() / slow.Seconds(),
		limit: 0.1, says: "≤ 1/10"})
}

// own is what one entity adds to reading those above it.
func own(ours map[loading]cost, format, entity string) time.Duration {
	parents := ours[loading{format, above[entity]}].CPU
	if above[entity] == "" {
		parents = 0
	}
	return max(ours[loading{format, entity}].CPU-parents, 0)
}

func allRow(ours map[loading]cost, peers map[string]time.Duration, rows map[string]int64) []string {
	n := 0.0
	for _, e := range entities {
		n += float64(rows[e.name])
	}
	row := []string{"all", fmt.Sprint(int64(n))}
	for _, format := range []string{"csv", "jsonl", "parquet"} {
		row = append(row, perRow(ours[loading{format, everything}].CPU, n), perRow(peers[format], n))
	}
	return append(row, perRow(ours[loading{cached, everything}].CPU, n))
}

// perRow shows what one of so many rows cost.
func perRow(all time.Duration, rows float64) string {
	if all == 0 || rows == 0 {
		return "–"
	}
	return short(float64(all) / rows)
}

func mib(bytes int64) string { return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20)) }
