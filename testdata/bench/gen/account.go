package main

import "math"

// account is a company. Empty strings and zero times are missing; the numbers that may be missing have a flag.
type account struct {
	index     int
	id        string
	place     place
	company   company
	industry  string
	employees int // true even where the CRM doesn't know it
	revenue   float64
	sites     int
	tier      string
	target    bool
	known     struct{ employees, revenue, sites, place bool }
	active    bool // has activities
	worked    bool // has deals
	surges    surges
	intent    []topicScore
	unmatched bool // the intent vendor doesn't know it
	owner     string
	developer string
	contract
}

// topicScore is the intent score of a topic, 0 to 100.
type topicScore struct {
	topic string
	score int
}

var accountTable = table{"accounts", []column{
	{"id", textKind}, {"name", textKind}, {"domain", textKind}, {"industry", textKind}, {"employees", wholeKind},
	{"revenue", realKind}, {"region", textKind}, {"country", textKind}, {"sites", wholeKind}, {"tier", textKind},
	{"target", truthKind}, {"arr", realKind}, {"health", textKind}, {"open_tickets", wholeKind}, {"renewal_at", momentKind},
	{"intent", scoresKind}, {"products", listKind}, {"owner_email", textKind}, {"sdr_email", textKind},
	{"csm_email", textKind}, {"am_email", textKind},
}}

func (a *account) row(row []value, shift int64) []value {
	region, country := a.place.region, a.place.country
	if !a.known.place {
		region, country = "", ""
	}
	return append(row,
		text(a.id), text(a.company.name), text(a.company.domain), text(a.industry), whole(a.employees).onlyIf(a.known.employees),
		decimal(a.revenue).onlyIf(a.known.revenue), text(region), text(country), whole(a.sites).onlyIf(a.known.sites), text(a.tier),
		truth(a.target), decimal(a.arr), text(a.health), whole(a.openTickets), moment(a.renewal, shift),
		scores(a.intent).onlyIf(!a.unmatched), list(a.products), text(a.owner), text(a.developer),
		text(a.success), text(a.manager))
}

// newAccount makes what doesn't depend on the account's deals. Three in a hundred repeat an account before them, with
// the name spelled another way and an alias domain (data.md 6c).
func (w *world) newAccount(i int, r rank) *account {
	d := w.dice.about(w.seed, aboutAccount, i)
	a := &account{index: i, id: accountID(i), place: placeShares.spin(d)}
	a.company = w.nameCompany(d, a.place.locale)
	a.industry = industryText(d, a.company.trade)
	a.sizeUp(d, r.people)
	a.aim(d)
	a.known.place = !d.chance(0.01)
	a.active = r.heat >= noActivity
	a.surges = newSurges(d, a.active)
	a.intent, a.unmatched = intentScores(d, a.surges.now()), d.chance(0.05)
	if !d.chance(0.03) {
		a.owner = pick(d, executives)
	}
	if !d.chance(0.08) {
		a.developer = pick(d, developers)
	}
	return a
}

func (w *world) nameCompany(d *dice, l *locale) company {
	if d.chance(0.03) {
		if c, ok := w.names.repeat(d, l); ok {
			return c
		}
	}
	return w.names.next(d, l, industryShares.spin(d))
}

// industryText is free text for 6 %, and missing for 3 % (data.md 6c; the latter assumption).
func industryText(d *dice, trade industry) string {
	names := industryNames[trade]
	switch {
	case d.chance(0.03):
		return ""
	case d.chance(0.06):
		return pick(d, names[1:])
	default:
		return names[0]
	}
}

// sizeUp draws employees: lognormal with median 220 and sigma 1.7, with a Pareto tail from the 93rd percentile, so
// that 2 % have more than 10,000 (data.md 6c: the shape is sourced, FS1; parameters assumption). It correlates with
// the number of people known there. Revenue is the employees times lognormal(180,000, 0.6) USD.
func (a *account) sizeUp(d *dice, people float64) {
	const tail, shape, longest = 0.93, 0.94, 500 // the tail ends at 500 times its beginning
	u := blend(people, d.Float64(), 0.6)
	size := 220 * math.Exp(1.7*normal(min(u, tail)))
	if u > tail {
		v := (u - tail) / (1 - tail)
		size *= math.Pow(1-v*(1-math.Pow(longest, -shape)), -1/shape)
	}
	a.employees = int(max(size, 1))
	a.revenue = threeDigits(float64(a.employees) * d.lognormal(180_000, 0.6))
	a.sites = 1 + d.poisson(min(math.Pow(float64(a.employees)/600, 0.7), 60))
	a.known.employees, a.known.revenue, a.known.sites = !d.chance(0.07), !d.chance(0.2), !d.chance(0.05)
}

// aim chooses targets, 15 % of all, from 200 employees on far more often; and their tier: 3, 12 and 85 % (data.md 6c,
// from P4's list sizes).
func (a *account) aim(d *dice) {
	chance := 0.05
	if a.employees >= 200 {
		chance = 0.235
	}
	if a.target = d.chance(chance); a.target {
		a.tier = tiers.spin(d)
	}
}

var tiers = newWheel(choice[string]{3, "1"}, choice[string]{12, "2"}, choice[string]{85, "3"})

// class is the account's size class: 0 below 200 employees, 1 below 2,000, else 2.
func (a *account) class() int {
	switch {
	case a.employees < 200:
		return 0
	case a.employees < 2000:
		return 1
	default:
		return 2
	}
}

// threeDigits rounds a positive number to three significant digits.
func threeDigits(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x))-2)
	if unit < 1 {
		return math.Round(x*100) / 100
	}
	return math.Round(x/unit) * unit
}
