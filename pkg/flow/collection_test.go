package flow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// play writes a play of gold accounts that enter at once and leave with the segment.
func play(name, more string, steps ...string) string {
	return segmentPlay(name, `account.tier == "gold"`, more, steps...)
}

func segmentPlay(name, segment, more string, steps ...string) string {
	return "\n  " + name + ":\n    of: account\n    segment: " + segment + "\n    trigger: entry\n    backfill: true\n    on_leave: exit\n    " + more +
		"\n    steps:\n      - " + strings.Join(steps, "\n      - ") + "\n"
}

func TestKeep_leavesWhenTheLastPlayLetsGo(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+segmentPlay("two", "account.size > 5", "", "{keep: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 9\n b gold 1")
	h.apply()
	h.in("list A", "a", "b")
	h.accounts("id tier size\n a tin 9\n b tin 1")
	h.does(h.apply(), "one a leaves: exited left the segment", "one b leaves: exited left the segment", "release a of desk.list \"A\"", "remove desk.list \"A\" b (withdrawn)")
	h.in("list A", "a")
	h.accounts("id tier size\n a tin 1\n b tin 1")
	h.apply()
	h.in("list A")
	if held := h.snapshot().Held; len(held) > 0 {
		t.Errorf("still held: %+v", held)
	}
}

func TestKeep_strangersAreLeftAlone(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.put("list A", "a", "z")
	h.accounts("id tier\n a gold\n b gold")
	p := h.apply()
	h.does(p, "nurture a enters", "nurture b enters", "add desk.list \"A\" b")
	h.accounts("id tier\n a tin\n b tin")
	h.apply()
	h.in("list A", "a", "z")
}

func TestKeep_driftIsMended(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.take("list A", "a")
	h.does(h.apply(), "add desk.list \"A\" a (drift)")
	h.in("list A", "a", "b")
	h.take("list A", "b")
	h.accounts("id tier\n a gold\n b tin")
	h.does(h.apply(), "nurture b leaves: exited left the segment", "release b of desk.list \"A\"") // nothing left to take out
}

// TestKeep_strangerTakenOut holds that who was there by somebody else's hand and had to be put back is playctl's from then on.
func TestKeep_strangerTakenOut(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.put("list A", "a")
	h.accounts("id tier\n a gold")
	h.apply()
	h.take("list A", "a")
	h.apply()
	h.accounts("id tier\n a tin")
	h.apply()
	h.in("list A")
}

func TestKeep_recordsAndNamesAreLive(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{keep: desk.list, name: "${account.name}", for: 'account.people.filter(p, p.role != "out")', order: -person.rank, limit: 2}`))
	h.accounts("id tier name\n a gold A")
	h.people("id account_id email rank role\n p a p@x 1 in\n q a q@x 2 in\n r a r@x 3 in\n s a s@x 9 out")
	h.apply()
	h.in("list A", "q@x", "r@x")
	h.people("id account_id email rank role\n p a p@x 5 in\n q a q@x 2 in\n r a r@x 3 in\n s a s@x 9 out")
	h.apply()
	h.in("list A", "p@x", "r@x")
	h.accounts("id tier name\n a gold B")
	h.apply()
	h.in("list A")
	h.in("list B", "p@x", "r@x")
	h.accounts("id tier\n a gold")
	h.apply() // the name is not known now: they stay
	h.in("list B", "p@x", "r@x")
	h.people("id account_id email rank role\n r a r@new 3 in")
	h.accounts("id tier name\n a gold B")
	h.apply()
	h.in("list B", "r@new")
}

// TestKeep_oneIDOfTwoRecords holds that two people with one address are one member, until both have gone.
func TestKeep_oneIDOfTwoRecords(t *testing.T) {
	h := newHouse(t, "plays:\n  one: {of: person, segment: person.rank > 0, trigger: entry, backfill: true, on_leave: exit, steps: [{keep: desk.list, name: A}]}\n")
	h.people("id email rank\n p X@x 1\n q x@x 1")
	h.apply()
	h.in("list A", "x@x")
	h.people("id email rank\n p X@x 0\n q x@x 1")
	h.apply()
	h.in("list A", "x@x")
	h.people("id email rank\n p X@x 0\n q x@x 0")
	h.apply()
	h.in("list A")
}

// TestKeep_takenOver holds that who takes over a keep does not leave its member stranded if it never gets there: the last play lets go
// in the very run in which another one enters, whose step before the keep fails.
func TestKeep_takenOver(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+
		segmentPlay("two", "account.size > 5", "", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.accounts("id tier size\n a tin 9")
	h.desk.Script("a", memory.Reject("no"))
	h.attempt(flow.Options{}, "")
	h.in("list A", "a")
	h.accounts("id tier size\n a tin 1")
	h.apply()
	h.in("list A")
}

func TestAdd_staysAfterThePlay(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{add: desk.list, name: A}")+segmentPlay("two", "account.size > 5", "", "{keep: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 9\n b gold 1\n c tin 9")
	h.apply()
	h.left("one", "a", state.Completed, "")
	h.accounts("id tier size\n a tin 1\n b tin 1\n c tin 1")
	h.apply()
	h.in("list A", "a", "b")
	h.take("list A", "a")
	h.does(h.apply()) // at this step, and not for ever
}

func TestAdd_ofWhoIsThereChangesNothing(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{add: desk.list, name: A}"))
	h.put("list A", "a")
	h.accounts("id tier\n a gold")
	h.does(h.apply(), "one a enters", "one a ends")
}

func TestRemove_standsAgainstLowerPriority(t *testing.T) {
	plays := func(priority string) string {
		return "plays:" + play("low", "", "{keep: desk.list, name: A}") +
			segmentPlay("out", "account.size > 5", "priority: "+priority, "{remove: desk.list, name: A}", "{keep: desk.list, name: B}")
	}
	h := newHouse(t, plays("10"))
	h.accounts("id tier size\n a gold 1\n b gold 1")
	h.put("list A", "stranger")
	h.apply()
	h.in("list A", "a", "b", "stranger")
	h.accounts("id tier size\n a gold 9\n b gold 1")
	p := h.apply()
	h.does(p, "out a enters", "remove desk.list \"A\" a", "add desk.list \"B\" a")
	want := []plan.Conflict{{Place: `desk.list "A"`, Winner: "out.remove_desk_list_a", Loser: "low.keep_desk_list_a", Priority: [2]int{10, 0}, Wins: "removes", Loses: "keeps", Count: 1, Sample: []string{"a"}}}
	if d := cmp.Diff(want, p.Plan.Conflicts); d != "" {
		t.Error(d)
	}
	h.in("list A", "b", "stranger")
	h.wait(day)
	p = h.apply()
	h.does(p) // it stands, and is shown to stand
	if len(p.Plan.Conflicts) != 1 {
		t.Errorf("conflicts: %v", p.Plan.Conflicts)
	}
	h.accounts("id tier size\n a gold 1\n b gold 1")
	h.apply()
	h.in("list A", "a", "b", "stranger") // until its member leaves
}

func TestConflict_keepOfHigherPriorityWins(t *testing.T) {
	h := newHouse(t, "plays:"+play("high", "priority: 5", "{keep: desk.list, name: A}")+segmentPlay("out", "account.size > 5", "priority: 4", "{remove: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 9\n b tin 9")
	h.put("list A", "b")
	p := h.apply()
	h.in("list A", "a")
	if c := p.Plan.Conflicts; len(c) != 1 || c[0].Wins != "keeps" || c[0].Loser != "out.remove_desk_list_a" {
		t.Errorf("conflicts: %+v", c)
	}
	h.left("out", "a", state.Completed, "")
}

func TestConflict_tieGoesByName(t *testing.T) {
	for _, name := range []string{"aaa", "zzz"} {
		h := newHouse(t, "plays:"+play("middle", "", "{keep: desk.list, name: A}")+play(name, "", "{remove: desk.list, name: A}", "{keep: desk.list, name: B}"))
		h.accounts("id tier\n a gold")
		h.apply()
		if name == "aaa" {
			h.in("list A")
		} else {
			h.in("list A", "a")
		}
	}
}

func TestConflict_ofOnePlayTheLaterStepWins(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", "{remove: desk.list, name: A}", "{remove: desk.list, name: B}", "{keep: desk.list, name: B}"))
	h.accounts("id tier\n a gold")
	p := h.apply()
	h.in("list A")
	h.in("list B", "a")
	if len(p.Plan.Conflicts) > 0 {
		t.Errorf("a play is in conflict with itself: %v", p.Plan.Conflicts)
	}
}

func TestConflict_ofFieldsIsShown(t *testing.T) {
	set := func(value string) string { return "{set: desk.company, fields: {stage: " + value + ", same: x}}" }
	h := newHouse(t, "plays:"+play("one", "priority: 1", set("lead"))+play("two", "", set("customer")))
	h.accounts("id tier\n a gold")
	p := h.apply()
	h.does(p, "one a enters", "one a ends", "two a enters", "two a ends", "set desk.company a same=x stage=lead")
	if c := p.Plan.Conflicts; len(c) != 1 || c[0].Wins != "sets" || c[0].Winner != "one.set_desk_company" {
		t.Errorf("conflicts: %+v", c)
	}
}

func TestOverwriteFalse(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{set: desk.company, fields: {owner: me, stage: lead}, overwrite: false}"))
	h.desk.PutFields("company", "a", map[string]any{"owner": "you"})
	h.accounts("id tier\n a gold\n b gold")
	h.does(h.apply(), "one a enters", "one a ends", "one b enters", "one b ends", "set desk.company a stage=lead", "set desk.company b owner=me stage=lead")
}

func TestSet_equalIsNothing(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{set: desk.company, fields: {owner: "", size: "${account.size}"}}`))
	h.desk.PutFields("company", "a", map[string]any{"size": int64(7)})
	h.accounts("id tier size\n a gold 7")
	h.does(h.apply(), "one a enters", "one a ends")
}

// TestOverwriteFalse_waitsWhereNothingCanBeRead holds that unknown is not taken for empty.
func TestOverwriteFalse_waitsWhereNothingCanBeRead(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{set: blind.company, fields: {owner: me}, overwrite: false}"))
	h.accounts("id tier\n a gold")
	p := h.apply()
	h.does(p, "one a enters")
	h.waits(p, "one", map[string]int{"step set_blind_company is blocked: blind.company can't be read back, so that overwrite: false can't be kept": 1})
}

func TestWriteOnlyConnector_isAssumed(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: blind.list, name: A}", "{set: blind.company, fields: {owner: me}}"))
	h.accounts("id tier\n a gold\n b gold")
	h.does(h.apply(), "one a enters", "one b enters", "add blind.list \"A\" a (assumed)", "add blind.list \"A\" b (assumed)",
		"set blind.company a owner=me (assumed)", "set blind.company b owner=me (assumed)")
	h.does(h.apply())
	h.accounts("id tier\n a tin\n b gold")
	h.does(h.apply(), "one a leaves: exited left the segment", "remove blind.list \"A\" a (withdrawn) (assumed)")
	h.inside(h.blind, "list A", "b")
}

// TestWriteOnlyConnector_doubtIsTriedAgain holds that a write that may have failed is not taken for done.
func TestWriteOnlyConnector_doubtIsTriedAgain(t *testing.T) {
	for _, happened := range []bool{true, false} {
		h := newHouse(t, "plays:"+play("one", "", "{keep: blind.list, name: A}"))
		h.accounts("id tier\n a gold")
		h.blind.Script("a", memory.Doubt(happened))
		h.attempt(flow.Options{}, "")
		h.does(h.apply(), "add blind.list \"A\" a (assumed)")
		h.inside(h.blind, "list A", "a")
		h.accounts("id tier\n a tin")
		h.apply()
		h.inside(h.blind, "list A")
	}
}

// TestDoubt_ofAnAddIsNoStranger holds that who may have been put there by playctl is taken out by it.
func TestDoubt_ofAnAddIsNoStranger(t *testing.T) {
	for _, leavesAtOnce := range []bool{true, false} {
		h := newHouse(t, keeper(""))
		h.accounts("id tier\n a gold")
		h.desk.Script("a", memory.Doubt(true))
		h.attempt(flow.Options{}, "")
		if !leavesAtOnce {
			h.apply()
		}
		h.accounts("id tier\n a tin")
		h.apply()
		h.in("list A")
	}
}

// TestAlready_isAStranger holds that who was put there by somebody else while playctl was about to is never taken out.
func TestAlready_isAStranger(t *testing.T) {
	for _, verb := range []string{"keep", "add"} {
		h := newHouse(t, "plays:"+play("one", "", "{"+verb+": desk.list, name: A}"))
		h.accounts("id tier\n a gold")
		h.desk.OnWrite = func(connector.Batch) { h.put("list A", "a") }
		h.apply()
		h.accounts("id tier\n a tin")
		h.apply()
		h.in("list A", "a")
		if held := h.snapshot().Held; len(held) > 0 {
			t.Errorf("%s: still held: %+v", verb, held)
		}
	}
}

func TestUnreadableCollection_sinksNothingElse(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", "{send: desk.message, text: one}")+
		play("two", "", "{keep: other.list, name: A}", "{send: desk.message, text: two}"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.sent("a one", "a two", "b one", "b two")
	h.accounts("id tier\n a gold\n b tin\n c gold")
	h.desk.Script("c", memory.Reply{}) // none: whatever is not scripted is carried out
	h.other.Down(errors.New("out of order"))
	p := h.apply()
	h.does(p, "one b leaves: exited left the segment", "one c enters", "add desk.list \"A\" c", "remove desk.list \"A\" b (withdrawn)", "send desk.message c text=one",
		"two b leaves: exited left the segment", "two c enters")
	h.waits(p, "two", map[string]int{"step keep_other_list_a is blocked: out of order": 1})
	if !slices.ContainsFunc(p.Plan.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "other.list \"A\" can't be read now, so that 1 withdrawals from it wait")
	}) {
		t.Errorf("warnings: %q", p.Plan.Warnings)
	}
	h.other.Down(nil)
	h.apply()
	h.inside(h.other, "list A", "a", "c")
	h.sent("a one", "a two", "b one", "b two", "c one", "c two")
}

func TestCreate(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: New, create: true}"))
	h.accounts("id tier\n a gold")
	h.does(h.apply(), "create desk.list \"New\"", "one a enters", "add desk.list \"New\" a")
	h.in("list New", "a")
}

func TestCreate_missingCollectionIsAnError(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: New}"))
	h.accounts("id tier\n a gold")
	var missing *plan.MissingCollectionError
	if _, err := h.tryPlan(flow.Options{}); !errors.As(err, &missing) || !strings.HasPrefix(err.Error(), `desk.list "New" does not exist (one.keep_desk_list_new)`) {
		t.Errorf("got %v", err)
	}
	h.accounts("id tier\n a tin")
	h.apply() // nobody wants it
}

func TestFor_reachesARecordOnce(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{send: desk.message, text: hi, for: [account.people, 'account.people.filter(p, p.rank > 1)', account], limit: 2}`))
	h.accounts("id tier\n a gold")
	h.people("id account_id email rank\n p a p@x 5\n q a q@x 5")
	h.apply()
	h.sent("p@x hi", "q@x hi")
}

// TestRemove_thatEndsAtOnceYieldsToKeeps holds that a remove that stands no longer than its run does not take out whom the next run would
// put back.
func TestRemove_thatEndsAtOnceYieldsToKeeps(t *testing.T) {
	h := newHouse(t, "plays:"+play("low", "", "{keep: desk.list, name: A}")+
		segmentPlay("once", "account.size > 5", "priority: 9", "{remove: desk.list, name: A}", "{remove: desk.list, name: B}"))
	h.accounts("id tier size\n a gold 1\n b tin 1")
	h.put("list A", "b")
	h.put("list B", "a")
	h.apply()
	h.accounts("id tier size\n a gold 9\n b tin 9")
	p := h.apply()
	h.in("list A", "a")
	h.in("list B")
	if c := p.Plan.Conflicts; len(c) != 1 || c[0].Winner != "low.keep_desk_list_a" {
		t.Errorf("conflicts: %+v", c)
	}
}

// TestAdd_undoneBySomebodyElse holds that an add that somebody undid does not make a later keep's member stay for ever.
func TestAdd_undoneBySomebodyElse(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{add: desk.list, name: A}")+segmentPlay("two", "account.size > 5", "", "{keep: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.take("list A", "a")
	h.accounts("id tier size\n a gold 9")
	h.apply()
	h.in("list A", "a")
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.in("list A")
}

// TestMissing_keepsStandAgainstLowerPriority holds that what a member keeps whose record is missing stays.
func TestMissing_keepsStandAgainstLowerPriority(t *testing.T) {
	h := newHouse(t, "plays:"+play("high", "priority: 1", "{keep: desk.list, name: A, for: account.people}")+
		"\n  out: {of: person, segment: person.rank > 5, trigger: entry, backfill: true, on_leave: stay, steps: [{remove: desk.list, name: A}, {keep: desk.list, name: B}]}\n")
	h.accounts("id tier\n a gold")
	h.people("id account_id email rank\n p a p@x 1")
	h.apply()
	h.accounts("")
	h.people("id account_id email rank\n p a p@x 9")
	p := h.apply(flow.Options{Allowed: []string{"empty-source"}})
	h.in("list A", "p@x")
	if c := p.Plan.Conflicts; len(c) != 1 || c[0].Winner != "high.keep_desk_list_a" {
		t.Errorf("conflicts: %+v", c)
	}
}

// TestRemove_thatStandsOverrulesKeepsOnly holds that who was added for good, or by somebody else, is not taken out because a keep that is
// overruled wants it too.
func TestRemove_thatStandsOverrulesKeepsOnly(t *testing.T) {
	h := newHouse(t, "plays:"+play("p0", "priority: 1", "{add: desk.list, name: A}")+
		play("p2", "priority: 1", "{remove: desk.list, name: A}", "{keep: desk.list, name: B}")+play("p3", "priority: -1", "{keep: desk.list, name: A}"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.in("list A", "a")
	h.accounts("id tier\n a gold\n b gold")
	h.plays("plays:" + play("p2", "priority: 1", "{remove: desk.list, name: A}", "{keep: desk.list, name: B}") + play("p3", "priority: -1", "{keep: desk.list, name: A}"))
	h.apply()
	h.in("list A", "a")
	h.put("list A", "b")
	h.does(h.apply())
	h.in("list A", "a", "b")
}

// TestRemove_standsWhenPrioritiesAreEdited holds that an edit of priorities settles who is in a collection anew.
func TestRemove_standsWhenPrioritiesAreEdited(t *testing.T) {
	plays := func(priority string) string {
		return "plays:" + play("keeps", "", "{keep: desk.list, name: A}") + play("out", "priority: "+priority, "{remove: desk.list, name: A}", "{keep: desk.list, name: B}")
	}
	h := newHouse(t, plays("-1"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.in("list A", "a")
	h.plays(plays("1"))
	h.apply()
	h.in("list A")
	h.plays(plays("-1"))
	h.apply()
	h.in("list A", "a")
}

// cutMembers can't tell who is in a collection.
type cutMembers struct{ *memory.System }

func (cutMembers) Members(context.Context, connector.Collection) ([]string, error) {
	return nil, errors.New("cut")
}

// TestRemoveAny_waitsForWhatCantBeRead holds that a step that takes somebody out of everything is not passed while one of the collections that
// they are in can't be read.
func TestRemoveAny_waitsForWhatCantBeRead(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{remove_any: desk.list, allow: ["C*"]}`)+play("two", "", "{remove: desk.list, name: C, for: account.people}"))
	h.unsettled = true
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x")
	h.put("list C", "a")
	h.drivers[0].Open = func(connector.Options) (connector.Connector, error) { return cutMembers{h.desk}, nil }
	p, _ := h.attempt(flow.Options{}, "")
	if !slices.ContainsFunc(p.Plan.Blocked, func(b plan.Blocked) bool { return b.Play == "one" }) {
		t.Errorf("blocked: %v", p.Plan.Blocked)
	}
	h.drivers[0] = h.desk.Driver("desk")
	h.attempt(flow.Options{Allowed: []string{"removals"}}, "")
	h.in("list C")
}
