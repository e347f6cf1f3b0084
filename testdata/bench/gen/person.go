package main

import (
	"fmt"
	"strings"
)

// person is somebody at an account, or, with an account that nobody knows, an orphan.
type person struct {
	number   int
	account  string
	email    string
	name     string
	title    string
	level    string
	role     string // in buying
	persona  string
	optedOut bool
	left     bool
	score    int
	known    struct{ optedOut, score bool }
}

var personTable = table{"people", []column{
	{"id", textKind}, {"account_id", textKind}, {"email", textKind}, {"name", textKind}, {"title", textKind},
	{"level", textKind}, {"buying_role", textKind}, {"persona", textKind}, {"opted_out", truthKind},
	{"left_company", truthKind}, {"score", wholeKind},
}}

func (p *person) row(row []value, _ int64) []value {
	return append(row,
		text(personID(p.number)), text(p.account), text(p.email), text(p.name), text(p.title),
		text(p.level), text(p.role), text(p.persona), truth(p.optedOut).onlyIf(p.known.optedOut),
		truth(p.left), whole(p.score).onlyIf(p.known.score))
}

// newPeople makes an account's people.
func (w *world) newPeople(people []person, a *account, count int) []person {
	d := w.dice.about(w.seed, aboutPeople, a.index)
	taken := map[string]int{}
	for i := range count {
		w.lastPerson++
		p := person{number: w.lastPerson, account: a.id}
		if i > 0 && d.chance(0.05) {
			p.repeat(d, &people[i-1])
		} else {
			p.introduce(d, a)
			p.address(d, a.company.domain, taken)
		}
		p.consent(d, a.place.region)
		p.rate(d, a)
		people = append(people, p)
	}
	return people
}

// introduce gives a name and a job. One in eight works abroad; of those who don't speak English, a quarter writes the
// title in the own language, 8 % of all.
func (p *person) introduce(d *dice, a *account) {
	l := a.place.locale
	if d.chance(0.12) {
		l = pick(d, allLocales)
	}
	var local string
	p.name, local = l.fullName(d)
	p.email = local
	level, f := levelShares.spin(d), pick(d, functions)
	p.level, p.title = levels[level], titleOf(d, l, level, f.name)
	if d.chance(0.55) {
		p.persona = f.persona
	}
	if d.chance(0.04) {
		p.level = ""
	}
	if d.chance(0.05) {
		p.title = ""
	}
}

func titleOf(d *dice, l *locale, level int, function string) string {
	pattern := pick(d, titles[level])
	if len(l.titles) > 0 && d.chance(0.25) {
		pattern = l.titles[level]
	}
	if strings.Contains(pattern, "%s") {
		return fmt.Sprintf(pattern, function)
	}
	return pattern
}

// address turns the name's ASCII spelling into an e-mail address: at the account's domain, numbered if it is taken; for
// 4 % at a private mailbox; none for 3 %.
func (p *person) address(d *dice, domain string, taken map[string]int) {
	local := p.email
	switch {
	case d.chance(0.03):
		p.email = ""
	case d.chance(0.04):
		p.email = fmt.Sprintf("%s.%d@mailbox.example", local, p.number)
	default:
		taken[local]++
		if n := taken[local]; n > 1 {
			local += fmt.Sprint(n)
		}
		p.email = local + "@" + domain
	}
}

// repeat makes the person a duplicate of the one before: the same but for the address, which has a plus or capitals.
func (p *person) repeat(d *dice, other *person) {
	number := p.number
	*p = *other
	p.number = number
	local, domain, ok := strings.Cut(other.email, "@")
	switch {
	case !ok: // none to spell differently
	case strings.ContainsAny(local, "+ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		p.email = ""
	case d.chance(0.5):
		p.email = local + "+news@" + domain
	default:
		p.email = strings.ToUpper(local) + "@" + domain
	}
}

// consent is opt-out for 8 % (data.md 6c; assumption). In the EMEA region it is unknown for one in ten; data.md's 30 %
// of unknown legal basis is another thing.
func (p *person) consent(d *dice, region string) {
	p.optedOut, p.known.optedOut = d.chance(0.08), !(region == "emea" && d.chance(0.1))
	p.left = d.chance(0.05)
}

// rate fills in the buying role and the score. Roles are known where sales has been: 3 to 10 % of all people
// (data.md 6c; GH1 counts fewer still). Scores follow how active the account is.
func (p *person) rate(d *dice, a *account) {
	chance := 0.02
	if a.worked {
		chance = 0.14
	}
	if p.role = ""; d.chance(chance) {
		p.role = buyingRoles.spin(d)
	}
	median := 8.0
	if a.active {
		median = 25
	}
	p.score, p.known.score = min(int(d.lognormal(median, 0.7)), 100), !d.chance(0.06)
}
