package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/journey"
)

// The funnel: semantics.md, step 7, line by line. A record that several lines would turn away counts at the first of them.

func (l *life) funnel(want journey.Funnel) {
	l.Helper()
	l.unsettled = true
	f := l.about(l.apply(), "p").Funnel
	f.InSegment, f.Unknown, f.First, f.Backfill = 0, 0, false, false
	if f != want {
		l.Errorf("funnel: %+v, want %+v", f, want)
	}
}

const (
	hushed = "suppressions: {hush: {of: account, when: account.hush}}\n"
	sales  = "groups: {sales: {of: account, at_most: 1, on_conflict: wait}}\n"
)

func TestFunnel_notReeligibleComesBeforeTheGoal(t *testing.T) {
	l := newLife(t, course(`goal: account.stage == "won"`, "{send: desk.message, text: hi}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a tin new")
	l.apply()
	l.accounts("id tier stage\n a gold won\n b gold won")
	l.funnel(journey.Funnel{Matched: 2, NotReeligible: 1, GoalMet: 1})
}

func TestFunnel_goalMetComesBeforeSuppressed(t *testing.T) {
	l := newLife(t, hushed+course(`goal: account.stage == "won"`, "{send: desk.message, text: hi}"))
	l.accounts("id tier stage hush\n a gold won true\n b gold new true")
	l.funnel(journey.Funnel{Matched: 2, GoalMet: 1, Suppressed: 1})
}

func TestFunnel_suppressedComesBeforeNotAddressable(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: person, when: person.hush}}
`+course(`of: person; segment: person.role == "boss"`, "{send: desk.message, text: hi}"))
	l.people("id email role hush\n p - boss true\n q - boss false\n r r@x boss false")
	l.funnel(journey.Funnel{Matched: 3, Suppressed: 1, NotAddressable: 1, Enters: 1})
}

func TestFunnel_notAddressableComesBeforeTheGroup(t *testing.T) {
	l := newLife(t, sales+stageOf("q", `segment: account.tier == "gold"; group: sales; priority: 5`)+
		stage("p", `of: person; segment: person.role == "boss"; group: sales`, "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b tin")
	l.people("id account_id email role\n p a - boss\n q a q@x boss\n r b r@x boss")
	l.funnel(journey.Funnel{Matched: 3, NotAddressable: 1, Grouped: 1, Enters: 1})
}

// stageOf begins a list of plays with one that only waits.
func stageOf(name, more string) string { return "plays:" + stage(name, more, "{wait: 30d}") }

func TestFunnel_theGroupComesBeforeTheLimit(t *testing.T) {
	l := newLife(t, sales+stageOf("q", "segment: account.size > 5; group: sales; priority: 5")+
		stage("p", "group: sales; limit: 1; order: account.size", "{send: desk.message, text: hi}"))
	l.accounts("id tier size\n a gold 9\n b gold 1\n c gold 2")
	l.funnel(journey.Funnel{Matched: 3, Grouped: 1, Limited: 1, Enters: 1})
	l.sent("b hi")
}

func TestFunnel_heldOutCountsAgainstTheLimit(t *testing.T) {
	l := newLife(t, course("limit: 1; holdout: 99%", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.funnel(journey.Funnel{Matched: 2, Limited: 1, HeldOut: 1})
}

func TestFunnel_whoIsInAlreadyIsCounted(t *testing.T) {
	l := newLife(t, course("reentry: always", "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.accounts("id tier\n a tin")
	l.apply()
	l.accounts("id tier\n a gold")
	l.funnel(journey.Funnel{Matched: 1, AlreadyIn: 1})
}

func TestEdge_blockedByAGroupStaysPendingWhileItQualifies(t *testing.T) {
	l := newLife(t, sales+stageOf("q", `segment: account.size > 5; group: sales; priority: 5; exit: [{when: account.stage == "done"}]`)+
		stage("p", "group: sales", "{send: desk.message, text: hi}"))
	l.accounts("id tier size stage\n a gold 9 new\n b gold 9 new")
	l.apply()
	l.sent()
	l.accounts("id tier size stage\n a gold 9 new\n b tin 9 new") // b qualifies no more
	l.later("1d")
	l.accounts("id tier size stage\n a gold 9 done\n b tin 9 done")
	l.later("1d")
	l.sent("a hi")
}

func TestEdge_skippedByAGroupIsSpent(t *testing.T) {
	l := newLife(t, `
groups: {sales: {of: account, at_most: 1, on_conflict: skip}}
`+stageOf("q", `segment: account.size > 5; group: sales; priority: 5; exit: [{when: account.stage == "done"}]`)+
		stage("p", "group: sales", "{send: desk.message, text: hi}"))
	l.accounts("id tier size stage\n a gold 9 new")
	l.apply()
	l.accounts("id tier size stage\n a gold 9 done")
	l.later("1d")
	l.sent()
}

func TestEdge_suppressedIsSpent(t *testing.T) {
	l := newLife(t, hushed+course("", "{send: desk.message, text: hi}"))
	l.accounts("id tier hush\n a gold true\n b gold -")
	l.apply()
	l.accounts("id tier hush\n a gold false\n b gold false")
	l.apply()
	l.sent()                                               // nor who was not known: it fails closed
	l.accounts("id tier hush\n a tin false\n b tin false") // but they may come again
	l.apply()
	l.accounts("id tier hush\n a gold false\n b gold false")
	l.apply()
	l.sent("a hi", "b hi")
}

func TestEdge_aGroupsSeatGoesToTheHigherPriorityOfThisRun(t *testing.T) {
	l := newLife(t, sales+"plays:"+stage("a-low", "group: sales", "{wait: 30d}")+stage("z-high", "group: sales; priority: 1", "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.active("z-high", "a")
	l.active("a-low")
}

func TestGroup_countsByTheAccountAcrossEntities(t *testing.T) {
	l := newLife(t, sales+"plays:"+stage("whole", "group: sales; priority: 9", "{wait: 3d}")+
		stage("of-people", `of: person; segment: person.role == "boss"; group: sales; priority: 5`, "{wait: 3d}")+
		stage("of-deals", `of: deal; segment: deal.stage == "open"; group: sales`, "{wait: 3d}"))
	l.accounts("id tier\n a gold\n b tin\n c tin")
	l.people("id account_id email role\n p a p@x boss\n q b q@x boss\n r b r@x boss")
	l.deals("id account_id stage\n d1 a open\n d2 b open\n d3 c open")
	l.apply()
	l.active("whole", "a")
	l.active("of-people", "q")
	l.active("of-deals", "d3")
	l.later("3d") // who ends by its steps frees its seat in the same run
	l.active("of-people", "p", "r")
	l.active("of-deals")
}
