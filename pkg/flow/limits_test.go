package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/flow"
)

func TestStaticDefinitionDiff(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "priority: 1", "{keep: desk.list, name: A}", "{send: desk.message, text: hi}")+play("two", "", "{keep: desk.list, name: B}"))
	p := h.apply()
	if h.about(p, "one").Change != "new" {
		t.Errorf("a new play is %q", h.about(p, "one").Change)
	}
	h.plays("# a comment, and other names of files, change nothing\nplays:" + play("two", "", "{keep: desk.list, name: B}") +
		play("one", "priority: 2", "{send: desk.message, text: ho, when: account.size > 1}", "{keep: desk.list, name: C}"))
	p = h.plan()
	want := []string{"priority: 1 → 2", "step send_desk_message: field text: hi → ho", "step send_desk_message: when: account.size > 1",
		"+ step keep_desk_list_c: keep desk.list", "- step keep_desk_list_a: keep desk.list"}
	if d := cmp.Diff(want, h.about(p, "one").Diff); d != "" || h.about(p, "one").Change != "changed" {
		t.Errorf("changed: %s", d)
	}
	if r := h.about(p, "two"); r.Change != "" || len(r.Diff) > 0 {
		t.Errorf("a play that is the same is %q: %v", r.Change, r.Diff)
	}
	h.apply()
	h.plays("plays:" + play("one", "priority: 2", "{keep: desk.list, name: C}", "{send: desk.message, text: ho, when: account.size > 1}"))
	p = h.plan()
	if d := cmp.Diff([]string{"steps reordered"}, h.about(p, "one").Diff); d != "" {
		t.Error(d)
	}
	if r := h.about(p, "two"); r.Change != "removed" {
		t.Errorf("a play that is gone is %q", r.Change)
	}
}

func TestTarget_freezesEverythingElse(t *testing.T) {
	two := segmentPlay("two", "account.size > 5", "", "{keep: desk.list, name: B}")
	gone := play("gone", "", "{keep: desk.list, name: C}")
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+two+gone)
	h.accounts("id tier size\n a gold 9\n b gold 9")
	h.apply()
	h.plays("plays:" + play("one", "", "{keep: desk.list, name: A}") + two)
	h.take("list B", "b")
	h.accounts("id tier size\n a tin 1\n b tin 9\n c gold 9")
	for _, o := range []flow.Options{{Target: []string{"one"}}, {Exclude: []string{"two", "gone"}}} {
		h.does(h.plan(o), "one a leaves: exited left the segment", "one b leaves: exited left the segment", "one c enters", "add desk.list \"A\" c",
			"remove desk.list \"A\" a (withdrawn)", "remove desk.list \"A\" b (withdrawn)")
	}
	h.apply(flow.Options{Target: []string{"one"}})
	h.in("list B", "a")
	h.in("list C", "a", "b")
	h.does(h.apply(flow.Options{Exclude: []string{"two"}}), "gone a leaves: play_removed the play was removed from the playbook", "gone b leaves: play_removed the play was removed from the playbook",
		"remove desk.list \"C\" a (withdrawn)", "remove desk.list \"C\" b (withdrawn)")
	h.does(h.apply(), "two a leaves: exited left the segment", "two c enters", "remove desk.list \"B\" a (withdrawn)", "add desk.list \"B\" c", "add desk.list \"B\" b (drift)")
}

// TestTarget_othersCount holds that what plays outside the run keep and keep out counts against those inside.
func TestTarget_othersCount(t *testing.T) {
	h := newHouse(t, "plays:"+play("high", "priority: 9", "{keep: desk.list, name: A}", "{remove: desk.list, name: B}")+
		segmentPlay("low", "account.size > 5", "", "{remove: desk.list, name: A}", "{keep: desk.list, name: B}"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.accounts("id tier size\n a gold 9")
	h.apply(flow.Options{Target: []string{"low"}})
	h.in("list A", "a")
	h.in("list B")
}

// TestPaused_standsAgainstLowerPriority holds that a paused play keeps and keeps out as before.
func TestPaused_standsAgainstLowerPriority(t *testing.T) {
	plays := func(status string) string {
		return "plays:" + play("high", "priority: 9\n    status: "+status, "{keep: desk.list, name: A}", "{remove: desk.list, name: B}") +
			segmentPlay("low", "account.size > 5", "", "{remove: desk.list, name: A}", "{keep: desk.list, name: B}")
	}
	h := newHouse(t, plays("active"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.plays(plays("paused"))
	h.accounts("id tier size\n a gold 9")
	h.apply()
	h.in("list A", "a")
	h.in("list B")
}

func TestOnly_freezesEverybodyElse(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+play("gone", "", "{keep: desk.list, name: C}"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.plays("plays:" + play("one", "limit: 9", "{keep: desk.list, name: A}"))
	h.take("list A", "a", "b")
	h.accounts("id tier\n a gold\n b gold\n c gold\n d gold")
	h.does(h.apply(flow.Options{Only: []string{"a", "c"}}), "one c enters", "add desk.list \"A\" a (drift)", "add desk.list \"A\" c",
		"gone a leaves: play_removed the play was removed from the playbook", "remove desk.list \"C\" a (withdrawn)")
	h.in("list A", "a", "c")
	h.in("list C", "b")
	p := h.apply()
	h.in("list A", "a", "b", "c", "d")
	h.in("list C")
	if h.about(p, "one").Change != "changed" || h.about(p, "gone").Change != "removed" {
		t.Error("what changed in the plays was taken for applied")
	}
}

// TestOnly_firstLaunch holds that a first launch for some leaves the others theirs.
func TestOnly_firstLaunch(t *testing.T) {
	h := newHouse(t, greeter("trigger: entry"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply(flow.Options{Only: []string{"a"}})
	h.apply()
	h.sent() // both were in it from the first: backfill is not said

	h = newHouse(t, greeter("trigger: entry\n    backfill: true"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply(flow.Options{Only: []string{"a"}})
	h.sent("a hi")
	h.apply()
	h.sent("a hi", "b hi")
}

// TestOnly_leavesOthersTheirBatchAndEvents holds that nobody misses a launch because somebody else had it first.
func TestOnly_leavesOthersTheirBatchAndEvents(t *testing.T) {
	h := newHouse(t, greeter(`trigger: {cron: "0 8 * * *"}`+"\n    reentry: always"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.wait(day)
	h.apply(flow.Options{Only: []string{"a"}})
	h.sent("a hi")
	h.apply()
	h.sent("a hi", "b hi")

	h = newHouse(t, eventful("reentry: always"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.wait(2 * time.Hour)
	h.events("a visit 1h 1", "b visit 1h 2")
	h.apply(flow.Options{Only: []string{"a"}})
	h.sent("a 1")
	h.apply()
	h.sent("a 1", "b 2")
}

func TestChanged_firstSightIsNoChange(t *testing.T) {
	h := newHouse(t, "plays:"+segmentPlay("one", `changed(account.stage)`, "", "{keep: desk.list, name: A}"))
	h.accounts("id stage\n a lead\n b -")
	h.does(h.apply())
	h.accounts("id stage\n a lead\n b lead\n c lead")
	h.does(h.apply())
	h.accounts("id stage\n a -\n b lead\n c lead")
	h.does(h.apply())
	h.accounts("id stage\n a lead\n b won\n c lead") // what was missing keeps the value last seen
	h.apply()
	h.in("list A", "b")
}

func TestChanged_isTrueForDDays(t *testing.T) {
	h := newHouse(t, "plays:"+segmentPlay("one", `changed(account.stage, "lead", "won", days(3))`, "", "{keep: desk.list, name: A}"))
	h.accounts("id stage\n a lead\n b new\n c lead")
	h.apply()
	h.wait(day)
	h.accounts("id stage\n a won\n b won\n c lost")
	for range 5 {
		h.plan() // a plan sees it and records nothing
	}
	h.wait(10 * day)
	h.apply()
	h.in("list A", "a")
	h.wait(3*day - time.Second)
	h.apply()
	h.in("list A", "a")
	h.wait(time.Second)
	h.apply()
	h.in("list A")
}

func TestWarnings_areInOrder(t *testing.T) {
	h := newHouse(t, `
segments:
  l1: {of: account, list: one.csv}
  l2: {of: account, list: two.csv}
  l3: {of: account, list: three.csv}
`)
	for _, name := range []string{"one.csv", "two.csv", "three.csv"} {
		h.write(name, "id\nnobody\n")
	}
	first := h.plan().Plan.Warnings
	for range 10 {
		if again := h.plan().Plan.Warnings; !slices.Equal(first, again) || len(again) != 3 {
			t.Fatalf("%q, then %q", first, again)
		}
	}
}
