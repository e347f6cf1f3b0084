//go:build unix

package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMarkdown_isAsInTheGoldenFile(t *testing.T) {
	m := &machine{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), commit: "abc1234", processor: "A processor", cores: 2, memory: 24 << 30, load: "0.10", after: "1.90",
		golang: "go1.26.8 linux/amd64", duck: "v1.4.5"}
	r := &report{absent: []string{"Postgres is not installed on this machine."}}
	r.check(check{bar: "P1", what: "held", ours: "1 ns", peer: "4 ns", value: 0.25, limit: 1.0 / 3, says: "≤ 1/3"})
	r.check(check{bar: "P1", what: "far off", ours: "8 ns", peer: "4 ns", value: 2, limit: 1.0 / 8, says: "≤ 1/8"})
	r.check(check{bar: "P2", what: "hardly missed", value: 1.697, limit: 1.7, atLeast: true, says: "≥ 1.7"})
	r.check(check{bar: "P7", what: "none allowed, none there", ours: "0", shown: "0", says: "0"})
	r.check(check{bar: "P7", what: "none allowed, one there", ours: "1", shown: "1", value: 1, says: "0"})
	r.add(table{title: "Numbers", head: []string{"engine", "a | b"}, rows: [][]string{{"columns", "1.30"}}, below: []string{"Words."}})
	r.add(table{title: "Words", text: true, head: []string{"", ""}, rows: [][]string{{"files", "none"}}})
	r.fail(part{name: "p5"}, os.ErrPermission)
	got := r.markdown(m, 0.5)
	path := filepath.Join("testdata", "results.golden.md")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the results differ from %s; -update writes it anew:\n%s", path, got)
	}
}

func TestRatio_isAPartWhereItIsSmall(t *testing.T) {
	for x, want := range map[float64]string{0.002: "1/500", 0.05: "1/20.0", 0.25: "0.25", 1.333: "1.33", 53.62: "53.6", 500: "500"} {
		if got := ratio(x); got != want {
			t.Errorf("ratio(%v) = %s, want %s", x, got, want)
		}
	}
}
