package main

import "fmt"

// fillOrphans makes the people and activities whose account isn't in the file of accounts, such as a merged or deleted
// one. Their account ids, from a-9000001, come after all others.
func (w *world) fillOrphans(c *cluster) {
	c.account, c.opportunities = nil, c.opportunities[:0]
	c.people, c.activities = c.people[:0], c.activities[:0]
	n := w.size.orphans
	lost := max(n.people/3, 1)
	for i := range lost {
		a := w.lostAccount(i + 1)
		share := func(total int) int { return total*(i+1)/lost - total*i/lost }
		from := len(c.people)
		c.people = append(c.people, w.newPeople(nil, a, share(n.people))...)
		c.activities = append(c.activities, w.newActivities(nil, a, c.people[from:], share(n.activities))...)
	}
}

// lostAccount is an account that is in no file.
func (w *world) lostAccount(i int) *account {
	index := 9_000_000 + i
	d := w.dice.about(w.seed, aboutOrphans, i)
	p := placeShares.spin(d)
	return &account{index: index, id: accountID(index), place: p, company: company{domain: fmt.Sprintf("gone%d.example", i)}}
}
