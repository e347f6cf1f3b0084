package main

import (
	"fmt"
	"iter"
	"math"
	"time"
)

// size is how large a world is and what its means are.
type size struct {
	accounts   int
	people     float64 // mean of an account
	deals      dealCounts
	activities float64 // mean of an account, the giant aside
	ceiling    float64 // most activities of an account, the giant aside
	giant      int     // activities of the one giant account
	customers  float64 // share of accounts
	orphans    orphans
}

// orphans are records whose account is unknown: about one in a thousand.
type orphans struct{ people, activities int }

// scaled is the size of the benchmark's world: at 1, a million accounts, 3 million people, 10 million activities and
// half a million opportunities, with one giant of 50,000 activities. In smaller worlds the giant shrinks too, but
// stays the largest. The means don't depend on the scale, so that a small world is the beginning of a large one.
func scaled(scale float64) size {
	activities := 1e7 * scale
	ceiling := min(5000, activities/20)
	return size{
		accounts:   int(math.Round(1e6 * scale)),
		people:     3,
		deals:      dealCounts{share: 1 / 2.2, mean: 1.1},
		activities: 9.94,
		ceiling:    ceiling,
		giant:      int(max(activities/200, ceiling)),
		customers:  0.04,
		orphans:    orphans{people: int(3e3 * scale), activities: int(1e4 * scale)},
	}
}

// quickstart is the size of examples/quickstart/data: few accounts, but each with enough history that every play of
// the quickstart finds members.
func quickstart() size {
	return size{
		accounts:   1200,
		people:     3.63,
		deals:      dealCounts{share: 0.6, mean: 2.08},
		activities: 41.0,
		ceiling:    1300,
		giant:      2600,
		customers:  0.08,
		orphans:    orphans{people: 4, activities: 52},
	}
}

// epoch is the moment at which a world ends before it is shifted, in seconds of Unix time: a Sunday,
// 2026-11-22T09:00:00Z.
var epoch = time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC).Unix()

const (
	hour = int64(3600)
	day  = 24 * hour
)

// world makes an account after the other, each with all that belongs to it, and keeps nothing but counters.
type world struct {
	size       size
	seed       uint64
	people     peopleCounts
	activities activityCounts
	giant      int // index of the giant account
	names      *namer
	dice       *dice
	timeline   timeline
	lastPerson int
	lastDeal   int
}

func newWorld(s size, seed uint64) *world {
	return &world{
		size:       s,
		seed:       seed,
		people:     calibratePeople(s.people),
		activities: calibrateActivities(s.activities, s.ceiling),
		giant:      1 + int(scramble(seed)%uint64(min(s.accounts, 1000))),
		names:      newNamer(seed),
		dice:       newDice(),
	}
}

// cluster is an account with its people, opportunities and activities. The last cluster of a world has orphans: their
// account is nil.
type cluster struct {
	account       *account
	people        []person
	opportunities []opportunity
	activities    []activity
}

// clusters yields the world's accounts by id, then the orphans. A cluster is valid until the next one.
func (w *world) clusters() iter.Seq[*cluster] {
	return func(yield func(*cluster) bool) {
		var c cluster
		for i := 1; i <= w.size.accounts; i++ {
			w.fill(&c, i)
			if !yield(&c) {
				return
			}
		}
		w.fillOrphans(&c)
		yield(&c)
	}
}

// fill makes the i-th account (from 1) and what belongs to it.
func (w *world) fill(c *cluster, i int) {
	r := w.rank(i)
	a := w.newAccount(i, r)
	c.account = a
	c.opportunities = w.newOpportunities(c.opportunities[:0], a, w.size.deals.at(r.deals))
	a.become(w.dice.about(w.seed, aboutContract, i), c.opportunities)
	c.people = w.newPeople(c.people[:0], a, w.people.at(r.people))
	c.activities = w.newActivities(c.activities[:0], a, c.people, w.activityCount(i, r))
}

func (w *world) activityCount(i int, r rank) int {
	if i == w.giant {
		return w.size.giant
	}
	return w.activities.at(r.heat)
}

// rank is an account's three ranks. Accounts with more people are more active (correlation 0.5), and so are those with
// more deals (0.3); assumption.
type rank struct{ heat, people, deals float64 }

func (w *world) rank(i int) rank {
	heat, people, deals := ranks(w.seed, i)
	r := rank{heat: heat, people: blend(heat, people, 0.5), deals: blend(heat, deals, 0.3)}
	if i == w.giant {
		r = rank{heat: 0.9999, people: 0.999, deals: 0.999}
	}
	return r
}

func accountID(i int) string { return fmt.Sprintf("a-%07d", i) }
func personID(i int) string  { return fmt.Sprintf("p-%07d", i) }
func dealID(i int) string    { return fmt.Sprintf("o-%07d", i) }
