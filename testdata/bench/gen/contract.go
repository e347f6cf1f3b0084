package main

import "slices"

// contract is what an account has only as a customer.
type contract struct {
	customer    bool
	arr         float64 // yearly, USD; zero for others
	health      string
	openTickets int
	renewal     int64
	products    []string
	success     string // customer success manager
	manager     string // account manager
}

// healths is how customers are: 70, 20 and 10 % (assumption), and unknown for 3 of 100.
var healths = newWheel(choice[string]{68, "green"}, choice[string]{19.5, "yellow"}, choice[string]{9.5, "red"}, choice[string]{3, ""})

// become makes the account a customer if its first deal was won and is still under contract: the yearly revenue is the
// sum of its won deals that were no renewals, its products are theirs, and it renews on the first deal's anniversary.
func (a *account) become(d *dice, deals []opportunity) {
	if !a.customer {
		return
	}
	for _, o := range deals {
		if o.won && o.kind != "renewal" {
			a.arr += o.amount
		}
		if o.won {
			a.products = union(a.products, o.products)
		}
	}
	a.renewal = anniversary(deals[0].closed)
	if d.chance(0.03) { // the date passed and nobody closed it
		a.renewal -= 365 * day
	}
	a.health = healths.spin(d)
	a.openTickets = d.poisson(map[string]float64{"green": 0.5, "yellow": 1.4, "red": 3}[a.health])
	if !d.chance(0.02) {
		a.success = pick(d, successors)
	}
	if !d.chance(0.1) {
		a.manager = pick(d, managers)
	}
}

// anniversary is the first midnight a whole number of years after the moment that the world doesn't see any more.
func anniversary(from int64) int64 {
	at := from - from%day + 365*day
	for at <= epoch {
		at += 365 * day
	}
	return at
}

// union adds what a list lacks, in the order of the price list.
func union(have, more []string) []string {
	var all []string
	for _, p := range products {
		if slices.Contains(have, p) || slices.Contains(more, p) {
			all = append(all, p)
		}
	}
	return all
}
