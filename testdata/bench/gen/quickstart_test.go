package main

import (
	"bytes"
	"testing"
)

const checkedIn = "../../../examples/quickstart/data"

func TestQuickstart_checkedInDataIsWhatTheGeneratorWrites(t *testing.T) {
	dir := generate(t, job{size: quickstart(), seed: 1, formats: []string{"csv"}})
	total := 0
	for _, table := range tables {
		got := read(t, checkedIn, table+".csv")
		total += len(got)
		if !bytes.Equal(got, read(t, dir, table+".csv")) {
			t.Errorf("%s.csv is out of date: go run ./testdata/bench/gen -preset quickstart -out examples/quickstart/data", table)
		}
	}
	if total > 5_000_000 {
		t.Errorf("the files have %d bytes; want 5 MB or less", total)
	}
}

// TestQuickstart_everyPlayFindsMembers holds the quickstart's data to the conditions of its five plays.
func TestQuickstart_everyPlayFindsMembers(t *testing.T) {
	m := makeWorld(quickstart(), 1)
	visits, met, engaged := map[string]int{}, map[string]bool{}, map[string]bool{}
	month := epoch - 30*day
	for _, x := range m.activities {
		if x.kind.name == "web_visit" && x.at >= month {
			visits[x.account]++
		}
		met[x.account] = met[x.account] || x.kind.name == "meeting"
		engaged[x.account] = engaged[x.account] || x.inbound && x.kind.name != "email_open" && x.at >= month
	}
	found := map[string]int{}
	for _, a := range m.accounts {
		count(found, "surging", dataPlatform(a) >= 70 && visits[a.id] >= 3)
		count(found, "silent after a meeting", met[a.id] && !engaged[a.id])
		count(found, "customers in red", a.arr > 0 && a.health == "red")
	}
	for _, o := range m.opportunities {
		count(found, "won in 30 days", o.won && o.closed > month)
		count(found, "lost above 50,000", !o.open && !o.won && o.amount >= 50_000)
		count(found, "in Proposal", o.stage == "Proposal")
	}
	t.Log(found)
	for _, what := range []string{"surging", "silent after a meeting", "customers in red", "won in 30 days", "lost above 50,000", "in Proposal"} {
		if n := found[what]; n < 8 || n > 400 {
			t.Errorf("%s: %d; want between 8 and 400", what, n)
		}
	}
}

func count(found map[string]int, what string, holds bool) {
	if holds {
		found[what]++
	}
}

func dataPlatform(a account) int {
	for _, s := range a.intent {
		if s.topic == "data platform" && !a.unmatched {
			return s.score
		}
	}
	return 0
}
