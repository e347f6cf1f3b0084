package flow_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestR44_firstSightIsNoChange(t *testing.T) {
	l := newLife(t, course(`segment: changed(account.stage, "diligence", "proposal")`, "{send: desk.message, text: hi}"))
	l.accounts("id stage\n a proposal\n b diligence\n c won")
	l.apply()
	l.sent()
	l.accounts("id stage\n a proposal\n b proposal\n c proposal\n d proposal")
	l.apply()
	l.sent("b hi")
}

func TestR44_stagesMoveBackwardToo(t *testing.T) {
	l := newLife(t, `
stages: {journey: {of: account, order: furthest, stages: [{name: known, when: account.size > 1}, {name: big, when: account.size > 5}]}}
`+course(`segment: 'changed(stage("journey"), "big", "known")'`, "{send: desk.message, text: fell}"))
	l.accounts("id size\n a 9\n b 2")
	l.apply()
	l.accounts("id size\n a 2\n b 9")
	l.apply()
	l.sent("a fell")
}

func TestR47_theStateHoldsIdsAndNoAddresses(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A, for: account.people}", "{send: desk.message, text: \"hello ${person.email}\", for: account.people}",
		"{task: desk.task, by: rep, title: Call, timeout: 5d}"))
	l.accounts("id tier rep\n a gold ann@x")
	l.people("id account_id email\n p a p@x")
	l.apply()
	text, err := json.Marshal(l.snapshot())
	if err != nil || strings.Contains(string(text), "@x") || !strings.Contains(string(text), `"p"`) {
		t.Errorf("%v: %s", err, text)
	}
}

func TestR52_theEntityOfAPlayDecidesWhatItCanDo(t *testing.T) {
	l := newLife(t, course("of: person; segment: person.role == \"buyer\"", "{send: desk.message, text: \"hello ${person.account.name}\"}"))
	l.accounts("id name\n a Acme")
	l.people("id account_id email role\n p a p@x buyer\n q a q@x user")
	l.apply()
	l.sent("p@x hello Acme")
	l.invalid(course("", "{send: desk.message, text: \"${person.email}\"}"), "person")
}

func TestR53_fanOutOfAnEffectIsFixedAndOfAKeepLive(t *testing.T) {
	l := newLife(t, course("exit: [{after: 30d}]", "{keep: desk.list, name: A, for: account.people, order: person.rank, limit: 2}", "{id: mail, send: desk.message, text: hi, for: account.people, order: person.rank, limit: 2}",
		"{wait: 1d}", "{send: desk.message, id: again, text: again, for: steps.mail.records}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email rank\n p a p@x 2\n q a q@x 3\n r a r@x 4")
	l.apply()
	l.in("list A", "p@x", "q@x")
	l.sent("p@x hi", "q@x hi")
	l.people("id account_id email rank\n p a p@x 2\n q a q@x 3\n r a r@x 4\n s a s@x 1")
	l.later("1d")
	l.in("list A", "p@x", "s@x")
	l.sent("p@x hi", "q@x hi", "p@x again", "q@x again")
}

func TestR54_lanesAreRowsOfTheirOwnAndEndWithTheirMember(t *testing.T) {
	l := newLife(t, course(`goal: 'account.people.exists(x, x.role == "won")'`, "{for: account.people, steps: [{keep: desk.list, name: A}, {wait: 10d}]}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x new\n q a q@x new")
	l.apply()
	l.in("list A", "p@x", "q@x")
	if lanes := l.member("p", "a").Lanes; len(lanes) != 2 {
		t.Errorf("lanes: %+v", lanes)
	}
	l.people("id account_id email role\n p a p@x won\n q a q@x new") // any person's goal is the account's
	l.apply()
	l.out("a", "converted")
	l.in("list A")
}

func TestR55_anEmptyFanOutIsToldAndPassed(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: hi, for: account.people}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	p := l.apply()
	if n := l.about(p, "p").Unknowns["step send_desk_message reaches nobody"]; n != 1 {
		t.Errorf("told of %d", n)
	}
	l.sent("a two")
}

func TestR43_aGiftGoesOutBehindItsGate(t *testing.T) {
	l := newLife(t, course("", "{id: address, task: desk.task, by: boss, title: Confirm the address, asks: {street: string}, timeout: 2d, on_timeout: [{exit: no address}]}",
		"{send: desk.gift, payload: {street: \"${steps.address.answers.street}\"}}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "done", "1d", "street", "Main St")
	l.later("2d")
	if got := l.desk.Sent("gift"); len(got) != 1 || got[0].ID != "a" || got[0].Fields["street"] != "Main St" {
		t.Errorf("gifts: %v", got)
	}
	l.out("b", "exited: no address")
}
