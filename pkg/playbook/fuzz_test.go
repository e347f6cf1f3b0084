package playbook_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/segment"
)

// whole is a playbook with every key in it.
const whole = `
playbook: {name: whole, timezone: America/New_York, requires: ">= 0.1"}
variables:
  floor: {type: int, default: 70, description: what counts}
  words: {type: list(string), default: [a, b]}
  ratios: {type: "map(string, double)", default: {a: 1}}
  since: {type: timestamp, default: 2026-01-01}
environments:
  staging: {variables: {floor: 60}, connectors: {crm: {dir: ./staging}}}
connectors:
  crm: {uses: files, dir: "./${env.DIR}"}
  ads: {uses: files, dir: {file: secret}}
limits: {gone_after: 3d, max_lateness: 5d}
state: {backend: local}
entities:
  account:
    file: accounts.csv
    key: id
    fresh: {within: 24h, on_stale: refuse}
    on_bad_record: stop
    fields: {name: string, employees: int, revenue: double, target: bool, renewal_at: timestamp, intent: "map(string, int)", products: list(string)}
    identity: {crm: account.id, ads: account.name}
  person: {file: people.csv, key: id, parent: account_id -> account, plural: people, fields: {email: string}, identity: {crm: person.email}}
  activity:
    file: activities.csv
    parent: [account_id -> account, person_id -> person]
    plural: activities
    time: at
    engagement: activity.inbound
    fields: {at: timestamp, inbound: bool, type: string}
segments:
  big: {of: account, where: account.employees > vars.floor, owners: [sales, marketing]}
  listed: {of: account, list: keys.csv}
  both:
    of: account
    where: >-
      segment("big")
      && segment("listed")
scores:
  fit:
    of: account
    max: 100
    owners: [marketing]
    rules:
      - {points: 40, when: account.employees > 10, why: it is big}
      - {points: -5, each: account.activities, as: a, when: a.type == "bounce", half_life: 30d, at_most: 50}
      - {points: 1, each: account.people}
  lead: {of: person, rules: [{points: 2, each: person.account.activities, when: 'activity.inbound && score("fit", person.account) > 3'}]}
stages:
  journey:
    of: account
    order: furthest
    stages:
      - {name: known, when: 'segment("big") || account.people.exists(p, score("lead", p) > 3)'}
      - {name: mqa, when: score("fit") > 60, by: sales, sla: 2 business days, why: ready}
plays:
  entry:
    title: Entry
    category: intent
    purpose: more
    owner: marketing
    segment: both
    trigger: entry
    backfill: true
    on_leave: exit
    reentry: {after: 90d, max: 3}
    limit: 50
    order: -account.employees
    priority: 10
    holdout: 12.5%
    status: paused
    goal: {when: 'account.activities.since(member.entered_at).exists(a, a.inbound)'}
    exit:
      - {when: segment("big"), reason: too big}
      - {when: 'account.activities.quiet(days(30))'}
    steps:
      - {keep: ads.audience, name: "Big ${account.name}", create: true}
      - add: crm.list
        name: '${account.products}'
        for: [account, account.people]
        when: account.target
      - {id: gone, remove: crm.list, name: "$${literal}", for: account.people, order: person.email, limit: 3, on_error: continue}
      - {set: crm.company, fields: {tier: A, score: 3, ok: true, list: [1, "${account.name}"]}, overwrite: false}
      - {send: crm.message, to: "#sales", text: 'hi ${"}" + account.name}', payload: {n: {m: "${account.employees}"}}, for: steps.gone.records}
  events: {segment: big, trigger: {on: 'account.activities.filter(a, a.type == "form")'}, steps: [{send: crm.note, text: "${member.event.type}"}]}
  batch: {of: account, segment: account.target, trigger: {cron: "0 8 * * MON", timezone: Europe/Berlin}, reentry: {per: account.renewal_at}, steps: [{send: crm.note, text: hi}]}
  condition: {segment: big, trigger: {when: account.target}, reentry: always, goal: 'atLeast("journey", "mqa") || changed(stage("journey"), "", "known")', steps: [{send: crm.note, text: hi}]}
`

// check checks a playbook as flow.Validate does, connectors aside.
func check(t testing.TB, text string, in playbook.Inputs) diag.List {
	t.Helper()
	file, problems := document.Parse("playbook.yaml", []byte(text))
	b, more := playbook.Read([]*document.File{file}, in)
	problems.Add(append(more, calendar.Check(b)...)...)
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatalf("no environment: %v", err)
	}
	_, more = segment.Compile(b, env)
	problems.Add(more...)
	_, more = journey.Compile(b, env)
	problems.Add(more...)
	return problems
}

// FuzzRead holds that no text brings the reader or the checks down, and that every problem has a place.
func FuzzRead(f *testing.F) {
	f.Add(whole)
	files, err := filepath.Glob("../../testdata/invalid/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no broken playbooks: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 4096 {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		in := playbook.Inputs{Environment: "staging", Variables: map[string]playbook.Input{"floor": {Text: "60", From: "--var"}}}
		for _, p := range check(t, text, in) {
			_ = p.Format()
			option := p.At.File == "--var" || p.At.File == "--env"
			if end := p.At.Column - 1 + p.Width; !option && (p.At.File == "" || end > utf8.RuneCountInString(p.Line)) {
				t.Errorf("no place: %+v", p)
			}
		}
	})
}

// TestRead_whole holds that the playbook from which fuzzing starts is valid, so that it reaches everything.
func TestRead_whole(t *testing.T) {
	if problems := check(t, whole, playbook.Inputs{Environment: "staging"}); problems.Errors() > 0 {
		for _, p := range problems {
			t.Error(p.Format())
		}
	}
}

var words = regexp.MustCompile(`[A-Za-z_]+|[0-9]+|\s+|.`)

// TestRead_mutated holds that the whole playbook with lines left out, doubled, moved in or out, and words exchanged is read without panic.
// FuzzRead looks further, from there.
func TestRead_mutated(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := strings.Split(whole, "\n")
		for range rapid.IntRange(1, 3).Draw(rt, "mutations") {
			i, j := rapid.IntRange(0, len(lines)-1).Draw(rt, "line"), rapid.IntRange(0, len(lines)-1).Draw(rt, "other")
			switch rapid.IntRange(0, 5).Draw(rt, "kind") {
			case 0:
				lines = slices.Delete(lines, i, i+1)
			case 1:
				lines = slices.Insert(lines, i, lines[j])
			case 2:
				lines[i] = "  " + lines[i]
			case 3:
				lines[i] = strings.TrimPrefix(lines[i], "  ")
			default:
				a, b := words.FindAllString(lines[i], -1), words.FindAllString(lines[j], -1)
				if len(a) > 0 && len(b) > 0 {
					a[rapid.IntRange(0, len(a)-1).Draw(rt, "word")] = b[rapid.IntRange(0, len(b)-1).Draw(rt, "by")]
					lines[i] = strings.Join(a, "")
				}
			}
		}
		check(t, strings.Join(lines, "\n"), playbook.Inputs{Environment: "staging"})
	})
}
