package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// Lanes: steps for each of some related records, each at its own pace.

// lane holds how a record's lane of account a ended; "" while it runs.
func (l *life) lane(key, want string) {
	l.Helper()
	for _, lane := range l.member("p", "a").Lanes {
		if lane.Record.Key == key {
			got := string(lane.Outcome)
			if lane.Outcome == state.Exited {
				got += ": " + lane.Reason
			}
			if got != want {
				l.Errorf("lane %s ended as %q, want %q", key, got, want)
			}
			return
		}
	}
	l.Errorf("there is no lane of %s", key)
}

const clicks = `{id: click, wait_for: 'person.activities.filter(a, a.type == "click")', timeout: 3d}`

func lanes(more string, steps string) string {
	return "{id: each, for: account.people, " + more + "steps: [" + steps + "]}"
}

func TestLanes_eachAtItsOwnPace(t *testing.T) {
	l := newLife(t, course("", lanes("", clicks+`, {send: desk.message, text: "hi ${person.role}"}`), "{send: desk.message, id: all, text: all}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user")
	l.apply()
	l.events("a/p click 1h")
	l.later("2h")
	l.sent("p@x hi boss")
	l.lane("p", "completed")
	l.lane("q", "")
	l.later("3d")
	l.lane("q", "timed_out")
	l.sent("p@x hi boss", "a all") // all have ended
	l.out("a", "completed")
}

func TestLanes_newRecordsStartAndLeaversEndWithTheirKeeps(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", lanes("await: none, ", "{keep: desk.list, name: A}, {wait: 5d}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.in("list A", "p@x", "q@x")
	l.people("id account_id email\n q a q@x\n r a r@x")
	l.later("1d")
	l.in("list A", "q@x", "r@x")
	l.lane("p", "removed")
	l.later("4d")
	l.lane("q", "completed")
	l.lane("r", "")
	l.in("list A", "q@x", "r@x") // kept for as long as its member is in the play
}

func TestLanes_awaitFirst(t *testing.T) {
	l := newLife(t, course("", lanes("await: first, ", clicks), "{send: desk.message, text: on}", "{wait: 9d}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.sent()
	l.events("a/q click 1h")
	l.later("2h")
	l.sent("a on")
	l.lane("p", "") // it goes on
}

func TestLanes_anExitInALaneEndsTheLane(t *testing.T) {
	l := newLife(t, course("", lanes("", `{keep: desk.list, name: A}, {choose: [{when: person.role == "user", then: [{exit: no buyer}]}]}, {wait: 2d}`), "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user")
	l.apply()
	l.lane("q", "exited: no buyer")
	l.stands("a", "each")
	l.later("2d")
	l.sent("a on")
}

func TestLanes_seeTheMembersSteps(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 9d}", lanes("", clicks+`, {send: desk.message, text: "${steps.call.outcome} ${steps.click.outcome} ${account.id}"}`)))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.finish("a", "met", "1h")
	l.later("1h")
	l.events("a/p click 90m")
	l.later("1h")
	l.sent("p@x met done a")
	l.invalid(course("", lanes("", clicks), "{send: desk.message, text: \"${steps.click.outcome}\"}"), "click")
}

func TestLanes_haveTasksOfTheirOwn(t *testing.T) {
	l := newLife(t, course("", lanes("", "{id: call, task: desk.task, by: boss, title: \"Call ${person.email}\", timeout: 5d}, {send: desk.message, text: \"${steps.call.outcome}\"}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.given("Call p@x boss@x", "Call q@x boss@x")
	l.finish("p", "met", "1h")
	l.later("2h")
	l.sent("p@x met")
	l.people("id account_id email\n p a p@x")
	l.later("1h")
	l.lane("q", "removed")
	if s := l.task("q").Status; s != state.TaskCancelled {
		t.Errorf("the task is %s", s)
	}
	l.out("a", "completed")
}

func TestLanes_endWithTheirMember(t *testing.T) {
	l := newLife(t, course(`goal: account.stage == "won"`, lanes("", "{keep: desk.list, name: A}, {wait: 9d}")))
	l.accounts("id tier stage\n a gold new")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.in("list A")
	l.out("a", "converted")
}

func TestLanes_emptyIsPassed(t *testing.T) {
	l := newLife(t, course("", lanes("", "{wait: 9d}"), "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a on")
	l.out("a", "completed")
}

func TestLanes_aSuppressedOneWaitsAlone(t *testing.T) {
	l := newLife(t, "suppressions: {hush: {of: person, when: person.hush}}\n"+course("", lanes("", "{send: desk.message, text: hi}"), "{send: desk.message, id: on, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email hush\n p a p@x false\n q a q@x true")
	l.apply()
	l.sent("p@x hi")
	l.stands("a", "each")
	l.people("id account_id email hush\n p a p@x false\n q a q@x false")
	l.later("1d")
	l.sent("p@x hi", "q@x hi", "a on")
}

func TestLanes_noneWithinLanes(t *testing.T) {
	l := newLife(t, "")
	l.invalid(course("", lanes("", "{for: account.people, steps: [{wait: 1d}]}")), "steps for each record can't stand in steps for each record")
}

func TestLanes_oneRecordOnceHoweverItIsNamed(t *testing.T) {
	l := newLife(t, course("", `{id: each, for: [account.people, 'account.people.filter(x, x.role == "boss")'], steps: [{send: desk.message, text: hi}]}`))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user")
	l.apply()
	l.sent("p@x hi", "q@x hi")
}

func TestFanOut_orderAndLimit(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: hi, for: account.people, order: -person.rank, limit: 2}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email rank\n p a p@x 1\n q a q@x 3\n r a r@x -\n s a s@x 2")
	l.apply()
	l.sent("q@x hi", "s@x hi")
}

func TestFanOut_accountAndPeople(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", "{keep: desk.list, name: A, for: [account, account.people]}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.in("list A", "a", "p@x")
}

func TestFanOut_capsDeferThoseTheyAreAbout(t *testing.T) {
	l := newLife(t, "caps: {touches: {of: person, at_most: 1, per: 3d}}\n"+course("", "{send: desk.message, text: hi, for: account.people}", "{send: desk.message, id: on, text: on}")+
		stage("q", "of: person; segment: person.role == \"boss\"; priority: 9", "{send: desk.message, text: boss}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user")
	l.apply()
	l.sent("p@x boss", "q@x hi")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user\n r a r@x user") // whom it reaches is fixed
	l.later("3d1m")
	l.sent("p@x boss", "q@x hi", "p@x hi", "a on")
}

func TestRemoveAny_sparesWhatItsOwnPlayKeeps(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{add: desk.list, name: B}", `{remove_any: desk.list, allow: ["*"]}`))
	for _, list := range []string{"list A", "list B", "list C"} {
		l.put(list, "a", "z")
	}
	l.accounts("id tier\n a gold")
	l.apply()
	l.in("list A", "a", "z")
	l.in("list B", "a", "z")
	l.in("list C", "z")
}

func TestRemoveAny_goesForThePeopleToo(t *testing.T) {
	l := newLife(t, course("", `{remove_any: desk.list, allow: ["A", "B*"], for: [account, account.people]}`, "{wait: 90d}"))
	l.put("list A", "a", "p@x", "z")
	l.put("list B", "p@x")
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.in("list A", "z")
	l.in("list B")
}

func TestMembershipFields(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", "{keep: desk.campaign, name: A, create: true, fields: {status: invited}}", "{wait: 1d}", "{set: desk.campaign, name: A, fields: {status: reminded}}"))
	l.accounts("id tier\n a gold")
	l.does(l.apply(), `create desk.campaign "A"`, "p a enters", `add desk.campaign "A" a status=invited`)
	l.does(l.later("1d"), `set desk.campaign "A" a status=reminded`)
	l.does(l.later("1d"))
}

func TestCount_ofASegment(t *testing.T) {
	l := newLife(t, `
segments: {golden: {of: account, where: account.tier == "gold"}}
`+course(`segment: count("golden") > 2 && segment("golden")`, "{send: desk.message, text: 'one of ${count(\"golden\")}'}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.sent()
	l.accounts("id tier\n a gold\n b gold\n c gold")
	l.apply()
	l.sent("a one of 3", "b one of 3", "c one of 3")
}

func TestLanes_awaitNone(t *testing.T) {
	l := newLife(t, course("", lanes("await: none, ", "{wait: 2d}, {send: desk.message, id: late, text: late}"), "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.sent("a on")
	l.out("a", "active") // its lane runs
	l.later("2d")
	l.sent("a on", "p@x late")
	l.out("a", "completed")
}

func TestLanes_areDoneBeforeTheirMemberLeavesBehindThem(t *testing.T) {
	for _, lane := range []string{"{add: desk.list, name: C}", "{send: desk.message, id: hi, text: hi}, {add: desk.list, name: C}", "{wait: 1d}, {add: desk.list, name: C}"} {
		l := newLife(t, course("", lanes("", lane), "{exit: over}"))
		l.accounts("id tier\n a gold")
		l.people("id account_id email\n p a p@x\n q a q@x")
		l.apply()
		l.later("1d")
		l.in("list C", "p@x", "q@x")
		l.out("a", "exited: over")
	}
}
