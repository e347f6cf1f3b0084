package flow_test

import (
	"slices"
	"testing"
	"time"
)

// Branches, and the cadence of runs.

func TestChoose_unknownBranchWaits(t *testing.T) {
	l := newLife(t, course("", "{id: way, choose: [{when: account.size > 5, then: [{send: desk.message, text: big}]}, {else: [{send: desk.message, id: small, text: small}]}]}"))
	l.accounts("id tier size\n a gold -\n b gold 1")
	l.waits(l.apply(), "p", map[string]int{"step way: branch 1 is unknown: account.size is missing": 1})
	l.sent("b small")
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.later("1d")
	l.sent("b small", "a big")
}

func TestChoose_comesBackToTheStepsBehind(t *testing.T) {
	l := newLife(t, course("", "{choose: [{when: account.size > 5, then: [{wait: 1d}, {choose: [{when: account.size > 7, then: [{send: desk.message, id: huge, text: huge}]}]}]}]}", "{send: desk.message, text: all}"))
	l.accounts("id tier size\n a gold 9\n b gold 6\n c gold 1")
	l.apply()
	l.sent("c all")
	l.later("1d")
	l.sent("c all", "b all", "a huge", "a all")
}

func TestSplit_isStickyAndWeighted(t *testing.T) {
	l := newLife(t, course("reentry: always", "{id: test, split: [{name: x, weight: 75, then: [{send: desk.message, text: x}]}, {name: y, weight: 25, then: [{send: desk.message, id: other, text: y}]}]}"))
	table := func(tier string) string {
		text := "id tier\n"
		for _, k := range keys(200) {
			text += k + " " + tier + "\n"
		}
		return text
	}
	ways := func() (out []string) {
		for _, item := range l.desk.Sent("message") {
			out = append(out, item.ID+" "+item.Fields["text"].(string))
		}
		slices.Sort(out)
		return out
	}
	l.accounts(table("gold"))
	l.apply()
	first := ways()
	n := 0
	for _, way := range first {
		if way[len(way)-1] == 'x' {
			n++
		}
	}
	if n < 130 || n > 170 {
		t.Errorf("%d of 200 went the way of three quarters", n)
	}
	l.accounts(table("tin"))
	l.apply()
	l.accounts(table("gold"))
	l.apply()
	if got := slices.Compact(ways()); !slices.Equal(got, first) {
		t.Error("the same record went another way")
	}
}

func TestSplit_isSeenByLaterSteps(t *testing.T) {
	l := newLife(t, course("", "{id: test, split: [{name: x, weight: 1, then: []}, {name: y, weight: 1, then: []}]}", "{wait: 1d}", "{send: desk.message, text: \"${member.variant} ${steps.test.outcome}\"}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	v := l.member("p", "a").Done[0].Outcome
	l.sent("a " + v + " " + v)
}

func TestCadence_endsInTheSameMemberships(t *testing.T) {
	steps := []string{"{wait: 1d}", "{id: click, wait_for: " + event("click") + ", timeout: 3d, on_timeout: continue}", "{wait: 2 business days}",
		`{choose: [{when: steps.click.outcome == "done", then: [{exit: clicked}]}]}`, "{wait: 1d}"}
	var first []string
	for _, every := range []string{"7h", "2d", "20d"} {
		l := newLife(t, course("goal: "+event("meeting")+"; exit: [{quiet: 5d, reason: silent}]", steps...))
		l.accounts("id tier\n a gold\n b gold\n c gold\n d gold\n e gold")
		l.apply()
		l.events("a click 2d", "b meeting 3d", "c visit 2d", "c visit 4d", "c visit 8d", "d visit 3d", "d click 4d1h", "d visit 6d", "e click 4d")
		for l.now.Sub(start) < 20*day {
			l.later(every)
		}
		var got []string
		for _, m := range l.snapshot().Members {
			got = append(got, m.Record.Key+" "+string(m.Outcome)+" "+m.Reason+" "+m.EndedAt.Format(time.RFC3339))
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(first, got) {
			t.Errorf("every %s: %q, want %q", every, got, first)
		}
	}
}

func TestCadence_withLanesAndLinks(t *testing.T) {
	var first string
	for _, every := range []string{"6h", "1d", "3d"} {
		l := newLife(t, "limits: {max_lateness: 9d}\n"+course("exit: [{when: "+event("lost")+", reason: lost}, {after: 12d, reason: long}]", lanes("", clicks+", {wait: 1d}"), "{wait: 1d}", "{enroll: q}", "{exit: over}")+
			stage("q", "trigger: manual; exit: [{quiet: 4d, reason: silent}]", "{wait: 9d}"))
		l.accounts("id tier\n a gold\n b gold\n c gold")
		l.people("id account_id email\n p a p@x\n q a q@x\n r b r@x\n s c s@x")
		l.apply()
		l.events("a/p click 1d1h", "a/q click 2d1h", "b/r click 1d1h", "b lost 2d", "c/s visit 2d", "a visit 6d")
		for l.now.Sub(start) < 24*day {
			l.later(every)
		}
		got := ""
		for _, m := range l.snapshot().Members {
			got += m.Play + " " + m.Record.Key + " " + string(m.Outcome) + " " + m.Reason + " " + m.EnteredAt.Format(time.RFC3339) + " " + m.EndedAt.Format(time.RFC3339) + "\n"
		}
		if first == "" {
			first = got
		}
		if first != got {
			t.Errorf("every %s:\n%swant\n%s", every, got, first)
		}
	}
}
