package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

const day = 24 * time.Hour

// keeper is a play that keeps gold accounts in desk.list A, with more keys of its own.
func keeper(more string) string {
	return `
plays:
  nurture:
    of: account
    segment: account.tier == "gold"
    trigger: entry
    backfill: true
    on_leave: exit
    ` + more + `
    steps:
      - {keep: desk.list, name: A}
`
}

func TestSettle_goalBeatsExit(t *testing.T) {
	h := newHouse(t, keeper(`
    goal: account.stage == "won"
    exit: [{when: account.size > 5, reason: too big}]`))
	h.accounts("id tier size\n a gold 1\n b gold 1\n c gold 1")
	h.apply()
	h.in("list A", "a", "b", "c")
	h.accounts("id tier size stage\n a gold 9 won\n b gold 9 -\n c gold 1 won")
	h.apply()
	h.left("nurture", "a", state.Converted, "")
	h.left("nurture", "b", state.Exited, "too big")
	h.left("nurture", "c", state.Converted, "")
	h.in("list A")
}

func TestSettle_exitBeatsLeavingTheSegment(t *testing.T) {
	h := newHouse(t, keeper(`exit: [{when: account.size > 5, reason: too big}, {when: account.size > 3, reason: big}]`))
	h.accounts("id tier size\n a gold 1\n b gold 1\n c gold 1")
	h.apply()
	h.accounts("id tier size\n a tin 9\n b tin 4\n c tin 1")
	h.apply()
	h.left("nurture", "a", state.Exited, "too big")
	h.left("nurture", "b", state.Exited, "big")
	h.left("nurture", "c", state.Exited, "left the segment")
}

func TestSettle_onLeaveStay(t *testing.T) {
	h := newHouse(t, `
plays:
  nurture: {of: account, segment: account.tier == "gold", trigger: entry, backfill: true, on_leave: stay, steps: [{keep: desk.list, name: A}]}
`)
	h.accounts("id tier\n a gold")
	h.apply()
	h.accounts("id tier\n a tin")
	p := h.apply()
	if h.about(p, "nurture").Away != 1 {
		t.Error("a member that is away from its segment is not counted")
	}
	h.in("list A", "a")
}

// TestUnknown_settlesNothing empties whole columns: nobody leaves, and nobody enters because of it.
func TestUnknown_settlesNothing(t *testing.T) {
	h := newHouse(t, keeper(`
    goal: account.stage == "won"
    exit: [{when: account.size > 5, reason: too big}]`))
	h.accounts("id tier size stage\n a gold 1 new\n b gold 1 new\n c tin 1 new")
	h.apply()
	h.accounts("id name\n a x\n b x\n c x")
	p := h.apply()
	h.does(p)
	h.active("nurture", "a", "b")
	h.in("list A", "a", "b")
	about := h.about(p, "nurture")
	if about.Funnel.Unknown != 3 || about.Unknowns["goal is unknown: account.stage is missing"] != 2 || about.Unknowns["exit rule is unknown: account.size is missing"] != 2 {
		t.Errorf("unknown: %d in the segment, %v", about.Funnel.Unknown, about.Unknowns)
	}
	h.accounts("id tier size stage\n a gold 1 new\n b gold 1 new\n c tin 1 new")
	h.does(h.apply()) // the truth was kept: nobody enters anew
	h.entries("nurture", "a", 1)
}

// TestUnknown_identityKeeps empties the column by which a system knows the members: they stay where they are.
func TestUnknown_identityKeeps(t *testing.T) {
	h := newHouse(t, `
plays:
  nurture:
    of: account
    segment: account.tier == "gold"
    trigger: entry
    backfill: true
    on_leave: exit
    steps:
      - {keep: desk.list, name: A, for: account.people}
`)
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x\n q a q@x")
	h.apply()
	h.in("list A", "p@x", "q@x")
	h.people("id account_id email\n p a -\n q a q@x")
	h.does(h.apply())
	h.in("list A", "p@x", "q@x")
	h.people("id account_id email\n p a p@new\n q a q@x") // known again, under another address
	h.apply()
	h.in("list A", "p@new", "q@x")
	h.people("id account_id email\n p a -\n q a q@x")
	h.apply()
	h.accounts("id tier\n a tin") // and leaves all the same with its play
	h.apply()
	h.in("list A")
}

func TestMissing_goneAfterSevenDays(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.accounts("id tier\n b gold")
	h.wait(day)
	p := h.apply()
	h.does(p)
	if h.about(p, "nurture").Missing != 1 {
		t.Error("a missing member is not counted")
	}
	h.wait(7*day - time.Second)
	h.does(h.apply())
	h.in("list A", "a", "b")
	h.wait(time.Second)
	h.does(h.apply(), "nurture a leaves: removed the record has been missing since 2026-03-04", "remove desk.list \"A\" a (withdrawn)")
	h.left("nurture", "a", state.Removed, "")
	h.in("list A", "b")
}

func TestMissing_comesBack(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.accounts("id tier\n b gold")
	h.apply()
	h.wait(6 * day)
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.accounts("id tier\n b gold")
	h.wait(2 * day)
	h.apply() // missing anew: the seven days begin again
	h.wait(6 * day)
	h.apply()
	h.active("nurture", "a", "b")
	h.entries("nurture", "a", 1)
}

// TestMissing_isGuarded lets a file be cut off: after seven days all would leave, which the guard on removals refuses.
func TestMissing_isGuarded(t *testing.T) {
	h := newHouse(t, keeper(""))
	var all []map[string]string
	for _, key := range keys(150) {
		all = append(all, map[string]string{"id": key, "tier": "gold"})
	}
	h.rows("account", all)
	h.apply()
	h.rows("account", all[:10])
	h.apply()
	h.wait(8 * day)
	if refused := h.plan().Plan.Refused(); len(refused) != 1 || refused[0].Guard != "removals" {
		t.Errorf("140 removals of 150 held: refused by %v", refused)
	}
	if refused := h.plan(flow.Options{Allowed: []string{"removals"}}).Plan.Refused(); len(refused) > 0 {
		t.Errorf("allowed and refused by %v", refused)
	}
}

// TestMissing_noEffects holds that a member whose record is missing takes no step.
func TestMissing_noEffects(t *testing.T) {
	h := newHouse(t, `
plays:
  hello: {of: account, segment: account.tier == "gold", trigger: entry, backfill: true, steps: [{send: desk.message, text: hi}]}
`)
	h.accounts("id tier\n a gold")
	h.desk.Script("a", deferred)
	h.attempt(flow.Options{}, "")
	h.accounts("id tier\n b tin")
	h.does(h.apply())
	h.sent()
	h.accounts("id tier\n a gold")
	h.apply()
	h.sent("a hi")
}

func TestPlayRemoved_withdrawsExceptSharedKeeps(t *testing.T) {
	two := `
  second: {of: account, segment: account.size > 5, trigger: entry, backfill: true, on_leave: exit, steps: [{keep: desk.list, name: A}]}
`
	h := newHouse(t, keeper("")+two)
	h.accounts("id tier size\n a gold 1\n b gold 9\n c tin 9")
	h.put("list A", "stranger")
	h.apply()
	h.in("list A", "a", "b", "c", "stranger")
	h.plays("plays:" + two)
	p := h.apply()
	if r := h.about(p, "nurture"); r.Change != "removed" || r.Left["play_removed"] != 2 {
		t.Errorf("the plan says of the removed play: %s, left %v", r.Change, r.Left)
	}
	h.left("nurture", "a", state.PlayRemoved, "")
	h.in("list A", "b", "c", "stranger")
	h.plays(keeper("") + two)
	h.apply() // anew, but nobody enters twice
	h.in("list A", "b", "c", "stranger")
}

func TestPaused_freezesSteps(t *testing.T) {
	h := newHouse(t, keeper("goal: account.stage == \"won\""))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.plays(keeper("goal: account.stage == \"won\"\n    status: paused"))
	h.accounts("id tier stage\n a gold -\n b gold won\n c gold -")
	h.take("list A", "a")
	p := h.apply()
	h.does(p, "nurture b leaves: converted", "remove desk.list \"A\" b (withdrawn)") // it is settled, and nothing else
	h.active("nurture", "a")
	h.plays(keeper("goal: account.stage == \"won\""))
	h.does(h.apply(), "nurture c enters", "add desk.list \"A\" c", "add desk.list \"A\" a (drift)")
}

// TestPaused_whenIntroduced holds that the first launch of a play that was introduced paused is the one after the pause.
func TestPaused_whenIntroduced(t *testing.T) {
	for _, backfill := range []string{"true", "false"} {
		play := func(status string) string {
			return `
plays:
  nurture: {of: account, segment: account.tier == "gold", trigger: entry, backfill: ` + backfill + `, on_leave: exit, status: ` + status + `, steps: [{keep: desk.list, name: A}]}
`
		}
		h := newHouse(t, play("paused"))
		h.accounts("id tier\n a gold\n b tin")
		h.apply()
		h.accounts("id tier\n a gold\n b gold")
		h.plays(play("active"))
		h.apply()
		if backfill == "true" {
			h.in("list A", "a", "b")
		} else {
			h.in("list A")
		}
	}
}

func TestDraining_nobodyNew(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.plays(keeper("status: draining"))
	h.accounts("id tier\n a gold\n b tin\n c gold")
	h.does(h.apply(), "nurture b leaves: exited left the segment", "remove desk.list \"A\" b (withdrawn)")
	h.plays(keeper(""))
	h.apply() // those who came meanwhile don't rush in
	h.in("list A", "a")
}
