package main

import (
	"math"
	"slices"
	"testing"
	"time"
)

// within complains if got is further than tolerance from want.
func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.4f; want %.4f ± %.4f", what, got, want, tolerance)
	}
}

// share is the part of the rows for which the predicate holds.
func share[T any](rows []T, holds func(T) bool) float64 {
	n := 0
	for _, row := range rows {
		if holds(row) {
			n++
		}
	}
	return float64(n) / float64(len(rows))
}

func medianOf[T any](rows []T, of func(T) float64) float64 {
	var all []float64
	for _, row := range rows {
		all = append(all, of(row))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func TestAccounts_distributions(t *testing.T) {
	all := middling().accounts
	of := func(holds func(account) bool) float64 { return share(all, holds) }
	within(t, "median employees", medianOf(all, func(a account) float64 { return float64(a.employees) }), 220, 12)
	within(t, "above 10,000 employees", of(func(a account) bool { return a.employees > 10_000 }), 0.02, 0.003)
	within(t, "employees missing", of(func(a account) bool { return !a.known.employees }), 0.075, 0.025)
	within(t, "revenue missing", of(func(a account) bool { return !a.known.revenue }), 0.2, 0.01)
	within(t, "region amer", of(func(a account) bool { return a.place.region == "amer" }), 0.55, 0.015)
	within(t, "region emea", of(func(a account) bool { return a.place.region == "emea" }), 0.30, 0.015)
	within(t, "targets", of(func(a account) bool { return a.target }), 0.15, 0.01)
	within(t, "customers", of(func(a account) bool { return a.arr > 0 }), 0.04, 0.005)
	within(t, "surging", of(func(a account) bool { return a.surges.now() }), 0.10, 0.02)
	within(t, "free-text industry", of(func(a account) bool {
		return a.industry != "" && a.industry != industryNames[a.company.trade][0]
	}), 0.06, 0.01)

	targets := slices.DeleteFunc(slices.Clone(all), func(a account) bool { return !a.target })
	within(t, "tier 1 of targets", share(targets, func(a account) bool { return a.tier == "1" }), 0.03, 0.01)
	within(t, "tier 2 of targets", share(targets, func(a account) bool { return a.tier == "2" }), 0.12, 0.02)
}

func TestSurges_persistFromWeekToWeek(t *testing.T) {
	d := newDice().about(1, aboutAccount, 1)
	again, weeksSurging := 0, 0
	for range 20_000 {
		s := newSurges(d, true)
		for i := range weeks - 1 {
			if s[i] {
				weeksSurging++
				if s[i+1] {
					again++
				}
			}
		}
	}
	within(t, "a surge goes on", float64(again)/float64(weeksSurging), persistence, 0.01)
}

func TestPeople_distributions(t *testing.T) {
	m := middling()
	count := map[string]int{}
	for _, p := range m.people {
		count[p.account]++
	}
	within(t, "accounts without people", share(m.accounts, func(a account) bool { return count[a.id] == 0 }), 0.18, 0.01)
	within(t, "accounts with one", share(m.accounts, func(a account) bool { return count[a.id] == 1 }), 0.20, 0.02)
	within(t, "accounts with more than 100", share(m.accounts, func(a account) bool { return count[a.id] > 100 }), 0.001, 0.0005)

	of := func(holds func(person) bool) float64 { return share(m.people, holds) }
	for i, want := range []float64{0.06, 0.09, 0.17, 0.28, 0.40} {
		within(t, levels[i], of(func(p person) bool { return p.level == levels[i] }), want*0.96, 0.02)
	}
	within(t, "opted out", of(func(p person) bool { return p.optedOut }), 0.08, 0.005)
	within(t, "buying role", of(func(p person) bool { return p.role != "" }), 0.065, 0.035)
	within(t, "not ASCII", of(func(p person) bool { return len(p.name) != len([]rune(p.name)) }), 0.25, 0.1)
}

func TestOpportunities_distributions(t *testing.T) {
	m := middling()
	account := func(o opportunity) *account { return &m.accounts[accountIndex(o.account)-1] }
	winShare := [3]float64{0.22, 0.18, 0.12}
	for class, want := range winShare {
		deals := slices.DeleteFunc(slices.Clone(m.opportunities), func(o opportunity) bool {
			return o.open || o.kind != "new_business" || account(o).class() != class
		})
		within(t, "won", share(deals, func(o opportunity) bool { return o.won }), want, 0.035)
		within(t, "median amount", medianOf(deals, func(o opportunity) float64 { return o.amount }), medianAmount[class], 0.1*medianAmount[class])
		within(t, "median cycle", medianOf(deals, func(o opportunity) float64 { return float64(o.closed-o.created) / float64(day) }), medianCycle[class], 0.1*medianCycle[class])
	}
	lost := slices.DeleteFunc(slices.Clone(m.opportunities), func(o opportunity) bool { return o.open || o.won })
	within(t, "no reason", share(lost, func(o opportunity) bool { return o.reason == "" }), 0.25, 0.01)
	within(t, "other reason", share(lost, func(o opportunity) bool { return o.reason == "other" }), 0.10, 0.01)
}

func accountIndex(id string) int {
	n := 0
	for _, c := range id[2:] {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestActivities_distributions(t *testing.T) {
	m := middling()
	count := map[string]int{}
	for _, x := range m.activities {
		count[x.account]++
	}
	var counts []int
	for _, a := range m.accounts {
		counts = append(counts, count[a.id])
	}
	slices.Sort(counts)
	slices.Reverse(counts)
	top := 0
	for _, n := range counts[:len(counts)/20] {
		top += n
	}
	within(t, "accounts without activities", share(counts, func(n int) bool { return n == 0 }), 0.55, 0.005)
	if part := float64(top) / float64(len(m.activities)); part < 0.6 {
		t.Errorf("a twentieth of the accounts has %.2f of the activities; want 0.6 or more", part)
	}
	if counts[0] != scaled(0.02).giant {
		t.Errorf("the largest account has %d activities; want the giant's %d", counts[0], scaled(0.02).giant)
	}

	of := func(holds func(activity) bool) float64 { return share(m.activities, holds) }
	within(t, "anonymous", of(func(x activity) bool { return x.person == 0 }), 0.45, 0.02)
	for _, c := range activityMix {
		within(t, c.item.name, of(func(x activity) bool { return x.kind == c.item }), c.share/100, 0.02)
	}
	within(t, "at weekends", of(func(x activity) bool { return weekend(x.at) }), 0.03, 0.02)
	if last := slices.MaxFunc(m.activities, func(a, b activity) int { return int(a.at - b.at) }); last.at >= epoch || last.at < epoch-day {
		t.Errorf("the last activity is at %v; want the day before %v", time.Unix(last.at, 0).UTC(), time.Unix(epoch, 0).UTC())
	}
}

func TestScaled_giantHas50000AtScaleOne(t *testing.T) {
	if got := scaled(1).giant; got != 50_000 {
		t.Errorf("the giant has %d activities", got)
	}
}

func TestCounts_meansAreAsCalibrated(t *testing.T) {
	one, two := calibratePeople(3), calibrateActivities(9.94, 5000)
	deals := scaled(1).deals
	var people, activities, opportunities float64
	const steps = 200_000
	for i := range steps {
		u := (float64(i) + 0.5) / steps
		people += float64(one.at(u)) / steps
		activities += float64(two.at(u)) / steps
		opportunities += float64(deals.at(u)) / steps
	}
	within(t, "people", people, 3, 0.01)
	within(t, "activities", activities, 9.94, 0.15)
	within(t, "opportunities", opportunities, 0.5, 0.005)
}
