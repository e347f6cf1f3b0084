//go:build unix

package main

// fifth is one of the five segments in every engine's language. All of them must find the same accounts.
type fifth struct {
	name     string
	cel      string // playctl
	naive    string // cel-go over maps: what is missing has no key
	duck     string
	postgres string
}

// theFive are the segments of the bar P1, from the plainest to windows over events. SQL gets every advantage that a warehouse could have:
// keys are numbers, the topic of intent is a column of its own, each query is in the form that was fastest, and it only counts.
var theFive = []fifth{{
	name:     "numeric",
	cel:      `account.employees >= 500 && account.revenue > 2e7 && account.sites < 30`,
	naive:    `account.employees >= 500 && account.revenue > 2e7 && account.sites < 30`,
	duck:     `SELECT count(*) FROM accounts WHERE employees >= 500 AND revenue > 2e7 AND sites < 30`,
	postgres: `SELECT count(*) FROM accounts WHERE employees >= 500 AND revenue > 2e7 AND sites < 30`,
}, {
	name:     "`in` + intent",
	cel:      `account.industry in ["Software", "Financial Services", "Healthcare"] && account.intent.get("data platform", 0) >= 60`,
	naive:    `account.industry in ["Software", "Financial Services", "Healthcare"] && ("data platform" in account.intent ? account.intent["data platform"] : 0) >= 60`,
	duck:     `SELECT count(*) FROM accounts WHERE industry IN ('Software', 'Financial Services', 'Healthcare') AND data_platform >= 60`,
	postgres: `SELECT count(*) FROM accounts WHERE industry IN ('Software', 'Financial Services', 'Healthcare') AND data_platform >= 60`,
}, {
	name:     "contains, regex",
	cel:      `account.name.contains("Software") || account.domain.matches("^[a-z]+-(software|data|cloud|labs)[.]")`,
	naive:    `account.name.contains("Software") || account.domain.matches("^[a-z]+-(software|data|cloud|labs)[.]")`,
	duck:     `SELECT count(*) FROM accounts WHERE contains(name, 'Software') OR regexp_matches(domain, '^[a-z]+-(software|data|cloud|labs)[.]')`,
	postgres: `SELECT count(*) FROM accounts WHERE name LIKE '%Software%' OR domain ~ '^[a-z]+-(software|data|cloud|labs)[.]'`,
}, {
	name:  "exists over people",
	cel:   `account.people.exists(p, p.level in ["c_level", "vp"] && !p.opted_out)`,
	naive: `account.people.exists(p, p.level in ["c_level", "vp"] && !p.opted_out)`,
	duck:  `SELECT count(*) FROM accounts WHERE n IN (SELECT account FROM people WHERE level IN ('c_level', 'vp') AND NOT opted_out)`,
	postgres: `SELECT count(*) FROM accounts WHERE EXISTS (
		SELECT 1 FROM people WHERE people.account = accounts.n AND level IN ('c_level', 'vp') AND NOT opted_out)`,
}, {
	name:  "count of 30 days' activities",
	cel:   `account.activities.within(days(30)).filter(a, a.type == "web_visit").size() >= 3`,
	naive: `account.activities.filter(a, a.at > since && a.type == "web_visit").size() >= 3`,
	duck: `SELECT count(*) FROM accounts WHERE n IN (SELECT account FROM activities
		WHERE "at" > TIMESTAMP '2026-10-23 09:00:00' AND "at" <= TIMESTAMP '2026-11-22 09:00:00' AND type = 'web_visit' GROUP BY account HAVING count(*) >= 3)`,
	postgres: `SELECT count(*) FROM accounts WHERE n IN (SELECT account FROM activities
		WHERE "at" > TIMESTAMP '2026-10-23 09:00:00' AND "at" <= TIMESTAMP '2026-11-22 09:00:00' AND type = 'web_visit' GROUP BY account HAVING count(*) >= 3)`,
}}
