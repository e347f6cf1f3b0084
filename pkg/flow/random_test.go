package flow_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/connector"
)

// options say what random playbooks are made of.
type options struct {
	blind     bool // steps may speak to the connector that can't be read back
	limits    bool // plays may let in a few at a time
	statuses  bool // plays may be paused or draining
	stopAtAll bool // no step says on_error: continue
	names     bool // collections may be named by a field
	apart     bool // adds and removes are about other collections, and every play sets a field of its own
}

// randomPlay is a play that was drawn, in a form that tests can reason about.
type randomPlay struct {
	name     string
	priority int
	keys     []string // its other keys, as written
	steps    []randomStep
}

// randomStep is a step that was drawn.
type randomStep struct {
	id, verb, connector string
	name                string // of the collection
	reach               int    // of reaches
	more                string // further keys, as written
}

// reaches are the ways in which a step says on whom it acts.
var reaches = []string{"", ", for: account.people", `, for: 'account.people.filter(p, p.rank > 1)'`, ", for: [account, account.people]", ", for: account.people, order: -person.rank, limit: 1"}

var conditions = []string{
	`account.tier == "gold"`, `!(account.tier == "tin")`, `account.size > 3`, `account.size > 1 && account.stage != "lost"`,
	`account.stage in ["lead", "won"] || account.size == 2`, `has(account.stage)`, `account.people.exists(p, p.rank > 1)`,
	`account.activities.within(days(2)).size() > 0`, `changed(account.stage)`, `changed(account.stage, "*", "won", days(2))`, `account.score > 0.5`,
}

// drawPlay draws a play.
func drawPlay(t *rapid.T, name string, o options) randomPlay {
	p := randomPlay{name: name, priority: rapid.IntRange(-1, 2).Draw(t, "priority")}
	one := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name+" "+label) }
	some := func(label string, from ...string) string {
		if !rapid.Bool().Draw(t, name+" has "+label) {
			return ""
		}
		return label + ": " + one(label, from...)
	}
	trigger := one("trigger", "entry", "entry", "entry", "{when: account.size > 2}", `{on: 'account.activities.filter(a, a.type == "visit")'}`, `{cron: "0 8 * * *"}`)
	p.keys = []string{"of: account", "segment: '" + one("segment", conditions...) + "'", "trigger: " + trigger, "on_leave: " + one("on_leave", "exit", "exit", "stay"),
		fmt.Sprintf("priority: %d", p.priority),
		some("goal", `account.stage == "won"`, `account.activities.since(member.entered_at).exists(a, a.type == "meeting")`),
		some("exit", "[{when: account.size > 7, reason: big}, {when: 'account.stage == \"lost\"'}]"),
		some("reentry", "always", "{after: 2d}", "{per: account.renewal}", "{per: account.renewal, max: 2}", "{max: 3}")}
	if trigger == "entry" || strings.HasPrefix(trigger, "{when") {
		p.keys = append(p.keys, "backfill: "+one("backfill", "true", "true", "false"))
	} else {
		p.keys = append(p.keys, "backfill: false")
	}
	if rapid.IntRange(0, 4).Draw(t, "holdout") == 0 {
		p.keys = append(p.keys, "holdout: 30%")
	}
	if o.limits {
		p.keys = append(p.keys, some("limit", "1", "2"))
	}
	if o.statuses {
		p.keys = append(p.keys, some("status", "active", "paused", "draining"))
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
		p.steps = append(p.steps, drawStep(t, name, i, o))
	}
	return p
}

// drawStep draws a step.
func drawStep(t *rapid.T, play string, i int, o options) randomStep {
	connectors := []string{"desk", "desk", "other"}
	if o.blind {
		connectors = append(connectors, "blind")
	}
	s := randomStep{id: fmt.Sprintf("s%d", i), verb: rapid.SampledFrom([]string{"keep", "keep", "add", "remove", "remove", "set", "send"}).Draw(t, "verb"),
		connector: rapid.SampledFrom(connectors).Draw(t, "connector"), reach: rapid.IntRange(0, len(reaches)-1).Draw(t, "for")}
	s.name = rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name")
	if o.apart && s.verb == "add" {
		s.name = "C"
	}
	if o.names && s.verb != "add" && rapid.IntRange(0, 4).Draw(t, "named") == 0 {
		s.name = "${account.name}"
	}
	if rapid.IntRange(0, 3).Draw(t, "when") == 0 {
		s.more += ", when: '" + rapid.SampledFrom(conditions).Draw(t, "condition") + "'"
	}
	if !o.stopAtAll && rapid.IntRange(0, 3).Draw(t, "continue") == 0 {
		s.more += ", on_error: continue"
	}
	switch s.verb {
	case "set":
		field := rapid.SampledFrom([]string{"stage", "owner"}).Draw(t, "field")
		if o.apart {
			field = play + s.id
		}
		s.more += ", fields: {" + field + ": " + rapid.SampledFrom([]string{"x", "y", `"${account.size}"`}).Draw(t, "value") + "}"
		if s.connector != "blind" && rapid.Bool().Draw(t, "overwrite") {
			s.more += ", overwrite: false"
		}
	case "send":
		s.more += ", text: " + rapid.SampledFrom([]string{"hi", `"${account.name}"`}).Draw(t, "text")
	}
	return s
}

func (s randomStep) String() string {
	switch s.verb {
	case "set":
		return "{id: " + s.id + ", set: " + s.connector + ".company" + reaches[s.reach] + s.more + "}"
	case "send":
		return "{id: " + s.id + ", send: " + s.connector + ".message" + reaches[s.reach] + s.more + "}"
	}
	return "{id: " + s.id + ", " + s.verb + ": " + s.connector + `.list, name: "` + s.name + `"` + reaches[s.reach] + s.more + "}"
}

func (p randomPlay) String() string {
	text := "  " + p.name + ":\n"
	for _, key := range p.keys {
		if key != "" {
			text += "    " + key + "\n"
		}
	}
	text += "    steps:\n"
	for _, s := range p.steps {
		text += "      - " + s.String() + "\n"
	}
	return text
}

// randomPlays are the plays of a book.
type randomPlays []randomPlay

func (ps randomPlays) String() string {
	if len(ps) == 0 {
		return ""
	}
	text := "plays:\n"
	for _, p := range ps {
		text += p.String()
	}
	return text
}

func (ps randomPlays) find(name string) *randomPlay {
	for i := range ps {
		if ps[i].name == name {
			return &ps[i]
		}
	}
	return nil
}

// drawPlays draws one to four plays.
func drawPlays(t *rapid.T, o options) randomPlays {
	var out randomPlays
	for i := range rapid.IntRange(1, 4).Draw(t, "plays") {
		out = append(out, drawPlay(t, fmt.Sprintf("p%d", i), o))
	}
	return out
}

// edit changes a book: a play is removed, drawn anew, reordered, or gets another step.
func (ps randomPlays) edit(t *rapid.T, o options) randomPlays {
	out := slices.Clone(ps)
	if len(out) == 0 {
		return drawPlays(t, o)
	}
	i := rapid.IntRange(0, len(out)-1).Draw(t, "edited")
	p := &out[i]
	p.steps = slices.Clone(p.steps)
	switch rapid.IntRange(0, 5).Draw(t, "edit") {
	case 0:
		return slices.Delete(out, i, i+1)
	case 1:
		out[i] = drawPlay(t, p.name, o)
	case 2:
		slices.Reverse(p.steps)
	case 3:
		p.steps = p.steps[:1]
	case 4:
		s := drawStep(t, p.name, 7, o)
		p.steps = append(slices.DeleteFunc(p.steps, func(x randomStep) bool { return x.id == s.id }), s)
	case 5:
		n := len(out) + 4
		for slices.ContainsFunc(out, func(p randomPlay) bool { return p.name == fmt.Sprintf("p%d", n) }) {
			n++ // a name that an earlier edit took
		}
		return append(out, drawPlay(t, fmt.Sprintf("p%d", n), o))
	}
	return out
}

// randomData is the records of a chapter.
type randomData struct{ accounts, people, activities []map[string]string }

// drawData draws records as of a time. Some values are missing; whole accounts only if some may be.
func drawData(t *rapid.T, now time.Time, someMissing bool) randomData {
	var d randomData
	cell := func(label string, from ...string) string { return rapid.SampledFrom(append(from, "")).Draw(t, label) }
	for _, id := range []string{"a", "b", "c", "d"} {
		if someMissing && rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
			continue
		}
		d.accounts = append(d.accounts, map[string]string{"id": id, "tier": cell("tier", "gold", "gold", "tin"), "size": cell("size", "1", "2", "4", "9"),
			"stage": cell("stage", "lead", "won", "lost"), "renewal": cell("renewal", "2026", "2027"), "name": cell("name", "A", "A", "B"), "score": cell("score", "0.1", "0.9")})
	}
	for _, id := range []string{"p", "q", "r", "s"} {
		account := cell("account", "a", "b", "c", "d")
		if account == "" {
			continue
		}
		d.people = append(d.people, map[string]string{"id": id, "account_id": account, "email": cell("email", id+"@x", id+"@x", id+"@new"), "rank": cell("rank", "1", "2", "3")})
	}
	for range rapid.IntRange(0, 6).Draw(t, "activities") {
		at := now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours ago")) * time.Hour)
		d.activities = append(d.activities, map[string]string{"account_id": cell("of", "a", "b", "c", "d"), "type": cell("type", "visit", "meeting"), "at": at.Format(time.RFC3339)})
	}
	return d
}

// set writes the records, in another order each time.
func (d randomData) set(t *rapid.T, h *house) {
	for entity, rows := range map[string][]map[string]string{"account": d.accounts, "person": d.people, "activity": d.activities} {
		h.rows(entity, rows)
	}
}

// shuffle writes the same records in another order.
func (d randomData) shuffle(h *house) {
	for entity, rows := range map[string][]map[string]string{"account": d.accounts, "person": d.people, "activity": d.activities} {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
		if n := len(rows); n > 2 {
			rows[0], rows[n/2] = rows[n/2], rows[0]
		}
		h.rows(entity, rows)
	}
}

// ids are those that records may have in a system.
var ids = []string{"a", "b", "c", "d", "p@x", "q@x", "r@x", "s@x", "p@new", "q@new", "r@new", "s@new", "z"}

// byHand changes a few members of collections behind playctl's back.
func byHand(t *rapid.T, h *house) {
	for range rapid.IntRange(0, 3).Draw(t, "changes by hand") {
		list := "list " + rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "list")
		id := rapid.SampledFrom(ids).Draw(t, "id")
		if rapid.Bool().Draw(t, "put") {
			h.desk.Put(connector.Collection{Kind: "list", Name: list[5:]}, id)
			h.tell("by hand put %s into %s", id, list)
		} else {
			h.take(list, id)
			h.tell("by hand took %s out of %s", id, list)
		}
	}
}

// law checks a law over random houses, each in a folder of its own.
func law(t *testing.T, o options, check func(t *rapid.T, h *house, plays randomPlays)) {
	steady(t, 80)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "house")
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		plays := drawPlays(rt, o)
		h := newHouseIn(rt, dir, plays.String())
		defer func() {
			if rt.Failed() {
				rt.Logf("the story:\n%s", strings.Join(h.story, "\n"))
			}
		}()
		check(rt, h, plays)
	})
}

// steady has a law checked over so many books, and the same in every run: a test that is run for another reason fails for that reason. More, and
// others, are checked where they are asked for (make laws).
func steady(t *testing.T, checks int) {
	t.Helper()
	if f := flag.Lookup("rapid.checks"); f.Value.String() != f.DefValue {
		return
	}
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(checks), "rapid.seed": "1"} {
		f := flag.Lookup(name)
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
	}
}
