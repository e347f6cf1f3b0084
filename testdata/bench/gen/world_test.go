package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// made is a whole world in memory.
type made struct {
	accounts      []account
	people        []person
	opportunities []opportunity
	activities    []activity
}

func makeWorld(s size, seed uint64) *made {
	var m made
	for c := range newWorld(s, seed).clusters() {
		if c.account != nil {
			m.accounts = append(m.accounts, *c.account)
		}
		m.people = append(m.people, c.people...)
		m.opportunities = append(m.opportunities, c.opportunities...)
		m.activities = append(m.activities, c.activities...)
	}
	return &m
}

// middling is a world of 20,000 accounts that several tests look at.
var middling = sync.OnceValue(func() *made { return makeWorld(scaled(0.02), 1) })

// generate runs the job into a new directory, and is that directory.
func generate(t *testing.T, j job) string {
	t.Helper()
	j.dir = t.TempDir()
	if err := j.run(io.Discard); err != nil {
		t.Fatal(err)
	}
	return j.dir
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

var tables = []string{"accounts", "people", "opportunities", "activities"}

func TestRun_sameSeedSameBytes(t *testing.T) {
	j := job{size: scaled(0.001), seed: 7, formats: []string{"csv", "jsonl", "parquet"}}
	one, two := generate(t, j), generate(t, j)
	j.seed = 8
	other := generate(t, j)
	for _, table := range tables {
		for _, format := range j.formats {
			name := table + "." + format
			if !bytes.Equal(read(t, one, name), read(t, two, name)) {
				t.Errorf("%s differs from run to run", name)
			}
			if bytes.Equal(read(t, one, name), read(t, other, name)) {
				t.Errorf("%s is the same for another seed", name)
			}
		}
	}
}

func TestRun_smallWorldIsTheBeginningOfALargeOne(t *testing.T) {
	small, large := scaled(0.01), scaled(0.012)
	small.orphans, large.orphans = orphans{}, orphans{}
	a, b := makeWorld(small, 1), makeWorld(large, 1)
	for i, want := range a.people {
		if got := b.people[i]; got != want {
			t.Fatalf("person %d: %+v in the small world, %+v in the large one", i, want, got)
		}
	}
	for i, want := range a.activities {
		if got := b.activities[i]; got != want {
			t.Fatalf("activity %d: %+v in the small world, %+v in the large one", i, want, got)
		}
	}
	last := a.accounts[len(a.accounts)-1]
	if got := b.accounts[last.index-1]; got.company != last.company || got.arr != last.arr {
		t.Errorf("last account: %+v in the small world, %+v in the large one", last, got)
	}
}

func TestRun_untilShiftsEveryTime(t *testing.T) {
	j := job{size: scaled(0.001), seed: 1, formats: []string{"csv"}}
	plain := generate(t, j)
	j.shift = 12345
	shifted := generate(t, j)
	for _, table := range tables {
		a, b := readCSV(t, plain, table), readCSV(t, shifted, table)
		for i := range a {
			for column, cell := range a[i] {
				at, isTime := parseMoment(cell)
				if isTime {
					cell = string(appendMoment(nil, at+j.shift))
				}
				if b[i][column] != cell {
					t.Fatalf("%s row %d %s: %q; want %q", table, i, column, b[i][column], cell)
				}
			}
		}
	}
}

func TestWorld_countsAreNearTheirTargets(t *testing.T) {
	tests := map[string]struct {
		size       size
		tolerance  float64 // a small world's total depends on its few large accounts
		people     int
		deals      int
		activities int
	}{
		"quickstart": {quickstart(), 0.15, 4300, 1500, 52_000},
		"scale 0.01": {scaled(0.01), 0.10, 30_000, 5_000, 100_000},
	}
	for name, tt := range tests {
		for seed := range uint64(3) {
			m := makeWorld(tt.size, seed+1)
			near := func(what string, got, want int) {
				if math.Abs(float64(got-want)) > tt.tolerance*float64(want) {
					t.Errorf("%s, seed %d: %d %s; want about %d", name, seed+1, got, what, want)
				}
			}
			near("people", len(m.people), tt.people)
			near("opportunities", len(m.opportunities), tt.deals)
			near("activities", len(m.activities), tt.activities)
			if len(m.accounts) != tt.size.accounts {
				t.Errorf("%s: %d accounts; want %d", name, len(m.accounts), tt.size.accounts)
			}
		}
	}
}

func TestWorld_onlyOrphansHaveNoAccount(t *testing.T) {
	s := scaled(0.01)
	m := makeWorld(s, 1)
	accounts, people := map[string]bool{}, map[int]string{}
	for _, a := range m.accounts {
		accounts[a.id] = true
	}
	var lost orphans
	for _, p := range m.people {
		people[p.number] = p.account
		if !accounts[p.account] {
			lost.people++
		}
	}
	for _, x := range m.activities {
		if x.person > 0 && people[x.person] != x.account {
			t.Errorf("an activity of %s is by %s's %s", x.account, people[x.person], personID(x.person))
		}
		if !accounts[x.account] {
			lost.activities++
		}
	}
	for _, o := range m.opportunities {
		if !accounts[o.account] {
			t.Errorf("%s is of the unknown account %s", o.id, o.account)
		}
	}
	if lost != s.orphans {
		t.Errorf("orphans are %+v; want %+v", lost, s.orphans)
	}
}

func TestWorld_rowsAreInOrder(t *testing.T) {
	m := makeWorld(scaled(0.005), 1)
	sorted(t, "accounts", m.accounts, func(a, b account) int { return strings.Compare(a.id, b.id) })
	sorted(t, "people", m.people, func(a, b person) int { return strings.Compare(a.account, b.account) })
	sorted(t, "opportunities", m.opportunities, func(a, b opportunity) int { return strings.Compare(a.account, b.account) })
	sorted(t, "activities", m.activities, func(a, b activity) int {
		if a.account != b.account {
			return strings.Compare(a.account, b.account)
		}
		return int(a.at - b.at)
	})
}

func sorted[T any](t *testing.T, what string, rows []T, compare func(a, b T) int) {
	t.Helper()
	if len(rows) == 0 || !slices.IsSortedFunc(rows, compare) {
		t.Errorf("%s: %d rows are not in order", what, len(rows))
	}
}

func TestWorld_domainsAndAddressesAreUniqueAndUnderExample(t *testing.T) {
	m := middling()
	seen := map[string]bool{}
	check := func(name, id string) {
		for i := range len(name) {
			if c := name[i]; c <= ' ' || c > '~' || c == '\'' {
				t.Fatalf("%s of %s is not plain ASCII", name, id)
			}
		}
		if seen[name] || !strings.HasSuffix(name, ".example") {
			t.Errorf("%s of %s is taken or not under .example", name, id)
		}
		seen[name] = true
	}
	for _, a := range m.accounts {
		check(a.company.domain, a.id)
	}
	for _, p := range m.people {
		if p.email != "" {
			check(p.email, personID(p.number))
		}
	}
}

func TestWorld_dealsAreConsistent(t *testing.T) {
	m := middling()
	won := map[string]bool{}
	for _, o := range m.opportunities {
		won[o.account] = won[o.account] || o.won
		switch {
		case o.open != (o.closed == 0), o.open && o.won, o.won && o.amount <= 0:
			t.Errorf("%s contradicts itself: %+v", o.id, o)
		case !o.open && o.created >= o.closed, o.created >= epoch, o.closed >= epoch:
			t.Errorf("%s: created %d, closed %d", o.id, o.created, o.closed)
		}
	}
	for _, a := range m.accounts {
		customer := a.arr > 0
		if customer != (a.renewal > 0) || customer != (len(a.products) > 0) || customer && !won[a.id] {
			t.Errorf("%s: arr %v, renewal %d, products %v, won a deal: %v", a.id, a.arr, a.renewal, a.products, won[a.id])
		}
	}
}
