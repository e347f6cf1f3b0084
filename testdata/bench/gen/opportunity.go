package main

import (
	"cmp"
	"math"
	"slices"
)

// opportunity is a deal, open or closed.
type opportunity struct {
	id       string
	account  string
	kind     string // new_business, expansion or renewal
	stage    string
	open     bool
	won      bool
	amount   float64 // zero: missing
	products []string
	created  int64
	closed   int64 // zero: open
	reason   string
}

var opportunityTable = table{"opportunities", []column{
	{"id", textKind}, {"account_id", textKind}, {"type", textKind}, {"stage", textKind}, {"open", truthKind},
	{"won", truthKind}, {"lost", truthKind}, {"amount", realKind}, {"products", listKind}, {"created_at", momentKind},
	{"closed_at", momentKind}, {"loss_reason", textKind},
}}

func (o *opportunity) row(row []value, shift int64) []value {
	return append(row,
		text(o.id), text(o.account), text(o.kind), text(o.stage), truth(o.open),
		truth(o.won), truth(!o.open && !o.won), decimal(o.amount).onlyIf(o.amount > 0), list(o.products), moment(o.created, shift),
		moment(o.closed, shift), text(o.reason))
}

// The numbers of each size class: below 200 employees, below 2,000, above. Amounts and cycles are data.md 6c; the
// share of new business that is won is 22, 18 and 12 % there (N2, N3), of which the customers have their part.
var (
	medianAmount = [3]float64{12_000, 45_000, 160_000}
	medianCycle  = [3]float64{55, 90, 170}
	churnedShare = [3]float64{0.13, 0.10, 0.04}
)

// newOpportunities makes an account's deals, oldest first. Some accounts with deals are customers: their first deal is
// won new business and the others came later. The rest have new business only, lost, open or, rarely, won and churned.
func (w *world) newOpportunities(deals []opportunity, a *account, count int) []opportunity {
	if count == 0 {
		return deals
	}
	a.worked = true
	d := w.dice.about(w.seed, aboutOpportunities, a.index)
	a.customer = d.chance(w.size.customers / w.size.deals.share)
	for i := range count {
		o := opportunity{account: a.id, kind: "new_business", amount: dealAmount(d, a), products: someProducts(d)}
		switch {
		case !a.customer:
			o.court(d, a)
		case i == 0:
			// A growing company: a tenth of its customers were won in the last month.
			o.win(d, a, ago(900*math.Pow(d.Float64(), 1.5)))
		default:
			o.follow(d, a, &deals[0])
		}
		deals = append(deals, o)
	}
	slices.SortStableFunc(deals, func(a, b opportunity) int { return cmp.Compare(a.created, b.created) })
	for i := range deals {
		w.lastDeal++
		deals[i].id = dealID(w.lastDeal)
	}
	return deals
}

// ago is a moment some days before the world ends, and a few hours more.
func ago(days float64) int64 { return epoch - 6*hour - int64(days*float64(day)) }

// close fills in when the deal was closed, and from its cycle when it was created.
func (o *opportunity) close(d *dice, a *account, at int64) {
	o.closed = officeHours(d, at)
	o.created = officeHours(d, o.closed-cycle(d, a))
	o.created = min(o.created, o.closed-2*hour)
}

// win closes the deal as won.
func (o *opportunity) win(d *dice, a *account, at int64) {
	o.stage, o.won = "Closed Won", true
	o.close(d, a, at)
}

// lose closes the deal as lost, with data.md's reasons.
func (o *opportunity) lose(d *dice, a *account, at int64) {
	o.stage, o.reason = "Closed Lost", lossReasons.spin(d)
	o.close(d, a, at)
}

// leaveOpen leaves the deal open; a tenth of those has no amount yet.
func (o *opportunity) leaveOpen(d *dice, a *account, notBefore int64) {
	o.stage, o.open = openStages.spin(d), true
	o.created = max(officeHours(d, ago(d.Float64()*float64(cycle(d, a))/float64(day))), notBefore)
	if d.chance(0.1) {
		o.amount = 0
	}
}

// court decides a deal with an account that is no customer now; what was won then was lost again at its renewal.
func (o *opportunity) court(d *dice, a *account) {
	switch {
	case d.chance(0.18):
		o.leaveOpen(d, a, 0)
	case d.chance(churnedShare[a.class()]):
		o.win(d, a, ago(d.between(420, 1100)))
	default:
		o.lose(d, a, ago(d.between(0, 900)))
	}
}

// follow decides a deal with a customer after its first one: expansions, of which a third is won, and, a year on,
// renewals, of which nearly all are (assumption; had it lost them it would be no customer).
func (o *opportunity) follow(d *dice, a *account, first *opportunity) {
	since, won := first.closed, 0.35
	at := since + 5*day + int64(d.Float64()*float64(epoch-since))
	o.kind = "expansion"
	if years := int((epoch - since) / (365 * day)); years > 0 && d.chance(0.5) {
		o.kind, won, o.amount, o.products = "renewal", 0.9, first.amount, first.products
		at = since + int64(1+d.IntN(years))*365*day - int64(d.between(0, 20)*float64(day))
	}
	switch {
	case d.chance(0.25) || at > epoch:
		o.leaveOpen(d, a, since+hour)
		return
	case d.chance(won):
		o.win(d, a, at)
	default:
		o.lose(d, a, at)
	}
	o.created = max(o.created, since+hour)
}

// dealAmount is lognormal around the class's median; whole hundreds.
func dealAmount(d *dice, a *account) float64 {
	return max(math.Round(d.lognormal(medianAmount[a.class()], 0.7)/100)*100, 500)
}

// cycle is the seconds from creation to close: gamma around the class's median.
func cycle(d *dice, a *account) int64 {
	return int64(max(d.gamma(medianCycle[a.class()]), 1) * float64(day))
}

// someProducts is one product, or Core with another.
func someProducts(d *dice) []string {
	switch p := d.IntN(len(products)); {
	case p > 0 && d.chance(0.35):
		return []string{products[0], products[p]}
	default:
		return []string{products[p]}
	}
}
