package exprtest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Book is a playbook with its environment.
type Book struct {
	*playbook.Book
	Env  *expr.Env
	Text string // the YAML that it was read from
}

// ReadBook reads a playbook of one file.
func ReadBook(text string) (*Book, error) {
	file, problems := document.Parse("playbook.yaml", []byte(text))
	if problems.Err() != nil {
		return nil, problems.Err()
	}
	b, problems := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if problems.Err() != nil {
		return nil, problems.Err()
	}
	env, err := expr.NewEnv(b)
	if err != nil {
		return nil, err
	}
	return &Book{Book: b, Env: env, Text: text}, nil
}

// RandomBook makes a playbook of accounts with people, opportunities and activities, which have two parents each or not, keys or not, and
// records two levels below an account; every entity has some fields of any type beside its own.
func RandomBook(r *rand.Rand) (*Book, error) {
	return ReadBook(randomText(r))
}

// The parts of every random playbook. Conditions of segments, scores and stages are never evaluated: what came out of them is in the world.
const (
	head = `playbook: {name: random}
variables:
  days: {type: int, default: 30}
  floor: {type: int, default: 70}
  ratio: {type: double, default: 0.5}
  word: {type: string, default: Software}
  flag: {type: bool, default: true}
  since: {type: timestamp, default: 2026-01-01T00:00:00Z}
  words: {type: list(string), default: [Core]}
  numbers: {type: list(int), default: [1]}
  weights: {type: "map(string, double)", default: {}}
connectors:
  desk: {uses: files, dir: desk}
`
	tail = `segments:
  big: {of: account, where: account.target}
  key-accounts: {of: account, where: account.target}
  opted: {of: person, where: person.opted_out}
  hot: {of: opportunity, where: opportunity.open}
scores:
  fit: {of: account, rules: [{points: 1, when: account.target}]}
  lead: {of: person, rules: [{points: 1, when: person.opted_out}]}
stages:
  journey: {of: account, stages: [{name: target, when: account.target}, {name: engaged, when: account.target}, {name: mqa, when: account.target}, {name: customer, when: account.target}]}
  consent: {of: person, stages: [{name: asked, when: person.opted_out}, {name: given, when: person.opted_out}]}
plays:
  nurture: {of: account, segment: big, trigger: manual, steps: [{send: desk.message, text: hi}]}
  welcome: {of: person, segment: opted, trigger: manual, steps: [{send: desk.message, text: hi}]}
`
)

// randomText writes a random playbook.
func randomText(r *rand.Rand) string {
	chance := func(p float64) bool { return r.Float64() < p }
	or := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	var b strings.Builder
	b.WriteString(head + "entities:\n")
	entity := func(name, head, fields string) {
		fmt.Fprintf(&b, "  %s: {file: %s.csv, %s,\n    fields: {%s}}\n", name, name, head, strings.Join(append([]string{fields}, moreFields(r)...), ", "))
	}
	entity("account", "key: id", `name: string, industry: string, stage: string, employees: int, sites: int, revenue: double, target: bool, created: timestamp,
             renewal_at: timestamp, products: list(string), intent: "map(string, int)"`)
	entity("person", "key: id, parent: account_id -> account, plural: people",
		`email: string, title: string, points: int, weight: double, opted_out: bool, joined: timestamp, tags: list(string), attributes: "map(string, string)"`)
	entity("opportunity", "key: id, parent: "+or(chance(0.5), "account_id -> account", "[person_id -> person, account_id -> account]")+", plural: opportunities",
		"stage: string, open: bool, won: bool, amount: double, probability: int, closes: timestamp")
	entity("line", "key: id, parent: opportunity_id -> opportunity, plural: lines"+or(chance(0.4), ", time: shipped, engagement: line.gift", ""),
		"sku: string, quantity: int, price: double, gift: bool, shipped: timestamp")
	entity("activity", or(chance(0.3), "key: id, ", "")+"parent: [account_id -> account, person_id -> person], plural: activities, time: at, engagement: activity.inbound",
		"type: string, channel: string, inbound: bool, minutes: double, clicks: int, at: timestamp, labels: list(string)")
	entity("visit", "parent: "+or(chance(0.5), "person_id -> person", "[account_id -> account, person_id -> person]")+", plural: visits, time: seen, engagement: visit.inbound",
		"url: string, seconds: int, inbound: bool, seen: timestamp")
	b.WriteString(tail)
	return b.String()
}

// moreFields gives up to three fields of any type.
func moreFields(r *rand.Rand) []string {
	all := append([]typ{}, scalars...)
	for _, t := range scalars {
		all = append(all, listOf(t), mapOf(t))
	}
	var out []string
	for i := range r.IntN(4) {
		out = append(out, fmt.Sprintf("more%d: %q", i+1, all[r.IntN(len(all))].written()))
	}
	return out
}
