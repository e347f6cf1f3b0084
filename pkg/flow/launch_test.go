package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

var deferred = memory.Defer()

// keys gives n record keys in order.
func keys(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("k%03d", i))
	}
	return out
}

// greeter is a play that sends one message to gold accounts, with more keys of its own.
func greeter(more string) string {
	return `
plays:
  hello:
    of: account
    segment: account.tier == "gold"
    ` + more + `
    steps:
      - {send: desk.message, text: hi}
`
}

func TestLaunch_firstLaunchTakesABaseline(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry"))
	h.accounts("id tier\n a gold\n b tin\n c -")
	p := h.apply()
	if f := h.about(p, "hello").Funnel; f.Baseline != 1 || !f.First {
		t.Errorf("first launch: %+v", f)
	}
	h.accounts("id tier\n a gold\n b gold\n c gold\n d gold")
	h.apply()
	h.sent("b hi", "c hi", "d hi") // c was unknown and d not there: both count as false before
}

func TestLaunch_backfill(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    backfill: true"))
	h.accounts("id tier\n a gold\n b tin")
	p := h.apply()
	if f := h.about(p, "hello").Funnel; f.Baseline != 0 || !f.Backfill || f.Enters != 1 {
		t.Errorf("first launch: %+v", f)
	}
	h.sent("a hi")
	if m := h.member("hello", "a"); m.By != state.ByBackfill || m.Outcome != state.Completed {
		t.Errorf("entered by %s, left %q", m.By, m.Outcome)
	}
}

func TestLaunch_onAnEdgeOnly(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    reentry: always"))
	for _, tier := range []string{"gold", "gold", "tin", "gold", "-", "gold", "tin", "-", "gold"} {
		h.accounts("id tier\n a " + tier)
		h.apply()
		h.wait(time.Hour)
	}
	h.entries("hello", "a", 2) // gold at first is the baseline; then twice false → true, with unknown between or not
}

func TestLaunch_when(t *testing.T) {
	h := newHouse(t, greeter("trigger: {when: account.size > 5}\n    reentry: always"))
	h.accounts("id tier size\n a gold 1\n b tin 9\n c gold 9")
	h.apply()
	h.sent()
	h.accounts("id tier size\n a gold 9\n b gold 9\n c gold -")
	h.apply()
	h.sent("a hi", "b hi")
	h.accounts("id tier size\n a tin -\n b gold 9\n c gold 9") // a: false && unknown is false
	h.apply()
	h.accounts("id tier size\n a gold 9\n b gold 9\n c gold 9")
	h.apply()
	h.sent("a hi", "b hi", "a hi")
}

func TestLaunch_pendingEdgeWhenLimited(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    limit: 2\n    order: -account.size"))
	h.unsettled = true
	h.apply()
	h.accounts("id tier size\n a gold 1\n b gold 2\n c gold -\n d gold 4\n e gold 3")
	p := h.apply()
	h.sent("d hi", "e hi")
	if f := h.about(p, "hello").Funnel; f.Limited != 3 || f.Enters != 2 {
		t.Errorf("funnel: %+v", f)
	}
	h.accounts("id tier size\n a gold 1\n b tin 2\n c gold -\n d gold 4\n e gold 3")
	h.apply() // b no longer qualifies, c's size is unknown and comes last
	h.sent("d hi", "e hi", "a hi", "c hi")
	h.accounts("id tier size\n a gold 1\n b gold 2\n c gold -\n d gold 4\n e gold 3")
	h.apply()
	h.sent("d hi", "e hi", "a hi", "c hi", "b hi")
}

func TestLaunch_turnedAwaySpendsTheEdge(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    goal: account.stage == \"won\"\n    exit: [{when: account.size > 5}]"))
	h.apply()
	h.accounts("id tier stage size\n a gold won 1\n b gold - 9\n c gold - 1")
	p := h.apply()
	if f := h.about(p, "hello").Funnel; f.GoalMet != 1 || f.ExitHolds != 1 || f.Enters != 1 || f.Matched != 3 {
		t.Errorf("funnel: %+v", f)
	}
	h.accounts("id tier stage size\n a gold - 1\n b gold - 1\n c gold - 1")
	h.apply()
	h.sent("c hi")
}

func TestLaunch_notAddressableWaits(t *testing.T) {
	h := newHouse(t, `
plays:
  hello: {of: person, segment: person.role == "boss", trigger: entry, backfill: true, steps: [{send: desk.message, text: hi}]}
`)
	h.people("id email role\n p - boss\n q q@x boss")
	p := h.apply()
	if f := h.about(p, "hello").Funnel; f.NotAddressable != 1 || f.Enters != 1 {
		t.Errorf("funnel: %+v", f)
	}
	h.people("id email role\n p p@x boss\n q q@x boss")
	h.apply()
	h.sent("p@x hi", "q@x hi")
}

func TestReentry_never(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    backfill: true"))
	for _, tier := range []string{"gold", "tin", "gold", "tin", "gold"} {
		h.accounts("id tier\n a " + tier)
		h.apply()
	}
	h.entries("hello", "a", 1)
}

func TestReentry_after(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    backfill: true\n    reentry: {after: 10d}"))
	turn := func(d time.Duration) {
		h.wait(d)
		h.accounts("id tier\n a tin")
		h.apply()
		h.accounts("id tier\n a gold")
		h.apply()
	}
	turn(0)
	h.entries("hello", "a", 1)
	turn(10*day - time.Second)
	h.entries("hello", "a", 1)
	h.wait(day)
	h.apply() // the edge of then is spent
	h.entries("hello", "a", 1)
	turn(0)
	h.entries("hello", "a", 2)
	turn(9 * day)
	h.entries("hello", "a", 2) // from the last entry, not from the first
	turn(day)
	h.entries("hello", "a", 3)
}

func TestReentry_max(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    backfill: true\n    reentry: {max: 2}"))
	for _, tier := range []string{"gold", "tin", "gold", "tin", "gold", "tin", "gold"} {
		h.accounts("id tier\n a " + tier)
		h.apply()
	}
	h.entries("hello", "a", 2)
}

func TestReentry_per(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry\n    backfill: true\n    reentry: {per: account.renewal, max: 3}"))
	h.accounts("id tier renewal\n a gold 2026\n b gold -")
	h.apply()
	h.entries("hello", "a", 1)
	h.accounts("id tier renewal\n a gold 2026\n b gold 2026")
	h.apply() // an unknown value can't tell one entry from the next; a known one is a new edge
	h.entries("hello", "a", 1)
	h.entries("hello", "b", 1)
	for _, year := range []string{"2027", "2027", "2026", "2028", "2029"} {
		h.accounts("id tier renewal\n a gold " + year)
		h.apply()
	}
	h.entries("hello", "a", 3) // 2026, 2027, 2028; three is the most
}

func TestReentry_whileInside(t *testing.T) {
	h := newHouse(t, `
plays:
  nurture: {of: account, segment: account.tier == "gold", trigger: entry, backfill: true, on_leave: stay, reentry: always, steps: [{keep: desk.list, name: A}]}
`)
	for _, tier := range []string{"gold", "tin", "gold"} {
		h.accounts("id tier\n a " + tier)
		h.apply()
	}
	h.entries("nurture", "a", 1)
}

func TestCron_firstTimeAfterIntroduction(t *testing.T) {
	h := newHouse(t, greeter(`trigger: {cron: "0 8 * * *"}`+"\n    reentry: always"))
	h.accounts("id tier\n a gold")
	h.apply() // at nine: the eight o'clock of today is past
	h.wait(22 * time.Hour)
	h.apply()
	h.sent()
	h.wait(time.Hour)
	h.apply()
	h.sent("a hi")
	h.wait(time.Minute)
	h.apply()
	h.sent("a hi")
}

func TestCron_missedRunsLaunchOnce(t *testing.T) {
	h := newHouse(t, greeter(`trigger: {cron: "0 8 * * *"}`+"\n    reentry: always"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.wait(100 * day)
	h.apply()
	h.sent("a hi")
	h.wait(22 * time.Hour)
	h.apply()
	h.sent("a hi")
	h.wait(time.Hour)
	h.apply()
	h.sent("a hi", "a hi")
}

func TestCron_zone(t *testing.T) {
	h := newHouse(t, greeter(`trigger: {cron: "0 8 * * *", timezone: America/New_York}`))
	h.accounts("id tier\n a gold")
	h.apply()
	h.wait(4 * time.Hour) // 13:00 UTC is 8:00 in New York
	h.apply()
	h.sent("a hi")
}

// TestCron_introducedByAnEdit holds that a schedule given to an old play is first due at its first time after that.
func TestCron_introducedByAnEdit(t *testing.T) {
	h := newHouse(t, greeter("trigger: manual"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.wait(100 * day)
	h.plays(greeter(`trigger: {cron: "0 8 * * *"}`))
	h.apply()
	h.sent()
	h.wait(23 * time.Hour)
	h.apply()
	h.sent("a hi")
	h.plays(greeter(`trigger: {cron: "0 7 * * *"}` + "\n    reentry: always"))
	h.apply()
	h.sent("a hi")
}

func TestCron_drainingSpendsBatches(t *testing.T) {
	play := func(status string) string { return greeter(`trigger: {cron: "0 8 * * *"}` + "\n    status: " + status) }
	h := newHouse(t, play("active"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.plays(play("draining"))
	h.wait(day)
	h.apply()
	h.plays(play("active"))
	h.apply()
	h.sent()
	h.plays(play("paused"))
	h.wait(day)
	h.apply()
	h.plays(play("active"))
	h.apply() // what was missed during a pause launches once
	h.sent("a hi")
}

// TestEdges_introducedByAnEdit holds that a play that becomes one of edges takes a baseline first.
func TestEdges_introducedByAnEdit(t *testing.T) {
	h := newHouse(t, greeter("trigger: manual"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.plays(greeter("trigger: entry"))
	h.apply()
	h.sent()
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.sent("b hi")
}

func eventful(more string) string {
	return `
plays:
  hello:
    of: account
    segment: account.tier == "gold"
    trigger: {on: 'account.activities.filter(a, a.type == "visit")'}
    ` + more + `
    steps:
      - {send: desk.message, text: "${member.event.n}"}
`
}

func TestEvents_inTheOrderInWhichTheyHappened(t *testing.T) {
	h := newHouse(t, eventful("reentry: always"))
	h.accounts("id tier\n a gold\n b tin\n c gold")
	h.events("a visit -1h 1")
	h.apply() // what was before the play doesn't count
	h.sent()
	h.wait(10 * time.Hour)
	h.events("a visit -1h 1", "a visit 3h 3", "a visit 2h 2", "a click 1h 0", "b visit 2h 4", "c click 2h 5")
	h.apply()
	h.sent("a 2", "a 3") // each in its turn, as two runs in between would have had it
	if m := h.member("hello", "a"); m.By != state.ByEvent {
		t.Errorf("entered by %s", m.By)
	}
	h.wait(time.Hour)
	h.apply()
	h.sent("a 2", "a 3")
	h.events("a visit 3h 3", "a visit 10h30m 6")
	h.apply()
	h.sent("a 2", "a 3", "a 6")
}

// TestEvents_lateArrivals holds that an event counts when it is first read: warehouses load events hours after they happened.
func TestEvents_lateArrivals(t *testing.T) {
	h := newHouse(t, eventful("reentry: always"))
	h.accounts("id tier\n a gold\n b gold")
	h.events("a click 1h")
	h.apply()
	h.wait(10 * time.Hour)
	h.apply()
	h.events("a visit 9h 1", "b visit 9h 2")
	h.wait(time.Hour)
	h.apply()
	h.sent("a 1", "b 2")
	h.apply()
	h.sent("a 1", "b 2")
	h.events("a visit 9h 1", "a visit 10h 3", "b visit -1h 4", "b visit 9h 2", "b visit 8h 5")
	h.wait(time.Hour)
	h.apply()
	h.sent("a 1", "b 2", "a 3") // b's others came before what launched it
	h.wait(10 * day)
	h.apply()
	h.events("a visit 9h 1", "a visit 24h 6") // older than anybody waits for
	h.apply()
	h.sent("a 1", "b 2", "a 3")
	h.wait(10 * day)
	h.events("a visit 9h 1", "a visit 260h 7") // after the last run, however long ago that was: it enters, and its effect asks
	h.apply()
	h.sent("a 1", "b 2", "a 3")
	h.waits(h.plan(), "hello", map[string]int{"step send_desk_message: 9 days late: --allow lateness does it": 1})
}

// TestEvents_foundTooLate holds that an effect that was too late when it was found stays so until somebody asks for it, whatever ran before.
func TestEvents_foundTooLate(t *testing.T) {
	h := newHouse(t, eventful("reentry: never"))
	h.accounts("id tier\n a gold")
	h.events("a click -1h")
	h.apply()
	h.wait(21 * time.Hour)
	h.events("a click -1h", "a click 20h")
	h.apply() // a run that did not know of the visit yet
	h.events("a click -1h", "a click 20h", "a visit 1h 1")
	h.wait(59*time.Hour + time.Minute)
	h.apply()
	late := map[string]int{"step send_desk_message: 3 days late: --allow lateness does it": 1}
	h.waits(h.plan(), "hello", late)
	h.wait(day)
	h.apply()
	h.sent()
	h.apply(flow.Options{Allowed: []string{"lateness"}})
	h.sent("a 1")
}

func TestEvents_pendingWhenLimited(t *testing.T) {
	h := newHouse(t, eventful("limit: 1"))
	h.unsettled = true
	h.accounts("id tier\n a gold\n b gold\n c gold")
	h.apply()
	h.wait(2 * time.Hour)
	h.events("a visit 1h 1", "b visit 1h 2", "c visit 1h 3")
	h.apply()
	h.sent("a 1")
	h.accounts("id tier\n a gold\n b tin\n c gold")
	h.wait(time.Hour)
	h.apply()
	h.sent("a 1", "c 3")
	h.accounts("id tier\n a gold\n b gold\n c gold")
	h.wait(time.Hour)
	h.apply() // it happened to an account that left the segment since
	h.sent("a 1", "c 3")
}

func TestEvents_introducedByAnEdit(t *testing.T) {
	h := newHouse(t, greeter("trigger: manual"))
	h.accounts("id tier\n a gold")
	h.events("a visit 1h 1", "a visit 3h 2")
	h.apply()
	h.wait(2 * time.Hour)
	h.plays(eventful(""))
	h.apply()
	h.sent()
	h.wait(2 * time.Hour)
	h.apply()
	h.sent("a 2")
}

func TestEvents_whilePaused(t *testing.T) {
	h := newHouse(t, eventful("reentry: always"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.plays(eventful("reentry: always\n    status: draining"))
	h.wait(2 * time.Hour)
	h.events("a visit 1h 1")
	h.apply()
	h.plays(eventful("reentry: always\n    status: paused"))
	h.wait(2 * time.Hour)
	h.events("a visit 1h 1", "b visit 3h 2")
	h.apply()
	h.plays(eventful("reentry: always"))
	h.apply()
	h.sent("b 2") // draining spends, a pause stands still
}

func TestManual_launchesChosenRecords(t *testing.T) {
	h := newHouse(t, greeter("trigger: manual"))
	h.accounts("id tier\n a gold\n b gold\n c tin")
	h.apply()
	h.sent()
	p := h.apply(flow.Options{Launch: &journey.Launch{Play: "hello", Keys: []string{"a", "c", "a", "z"}}})
	h.sent("a hi")
	if m := h.member("hello", "a"); m.By != state.ByHand {
		t.Errorf("entered by %s", m.By)
	}
	if n := len(slices.DeleteFunc(p.Plan.Warnings, func(w string) bool { return w == "" })); n != 2 {
		t.Errorf("warnings: %q", p.Plan.Warnings)
	}
	h.apply(flow.Options{Launch: &journey.Launch{Play: "hello", Keys: []string{"a"}}}) // reentry: never
	h.sent("a hi")
}

func TestHoldout_isStable(t *testing.T) {
	play := func(share string) string {
		return keeper("reentry: always\n    holdout: " + share + "\n    goal: account.stage == \"won\"")
	}
	h := newHouse(t, play("30%"))
	all := func(tier, stage string) {
		var rows []map[string]string
		for _, k := range keys(200) {
			rows = append(rows, map[string]string{"id": k, "tier": tier, "stage": stage})
		}
		h.rows("account", rows)
	}
	heldOut := func() []string {
		var out []string
		for _, m := range h.snapshot().Members {
			if m.HeldOut && m.Active() {
				out = append(out, m.Record.Key)
			}
		}
		slices.Sort(out)
		return out
	}
	all("gold", "new")
	p := h.apply()
	first := heldOut()
	if n := len(first); n < 35 || n > 90 || h.about(p, "nurture").Funnel.HeldOut != n || len(members(t, h.desk, "list A")) != 200-n {
		t.Errorf("%d of 200 are held out", n)
	}
	all("tin", "new")
	h.apply(flow.Options{Allowed: []string{"removals"}})
	all("gold", "new")
	h.apply()
	if again := heldOut(); !slices.Equal(first, again) {
		t.Error("another entry, others are held out")
	}
	all("gold", "won")
	h.apply(flow.Options{Allowed: []string{"removals"}})
	h.left("nurture", first[0], state.Converted, "") // counted toward the goal
}
