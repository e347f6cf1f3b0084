package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// buyers writes a play of people who buy, who enter at once and leave with the segment.
func buyers(name, more string, steps ...string) string {
	return "\n  " + name + ":\n    of: person\n    segment: person.role == \"buyer\"\n    trigger: entry\n    backfill: true\n    on_leave: exit\n    " + more +
		"\n    steps:\n      - " + strings.Join(steps, "\n      - ") + "\n"
}

// directoryHouse is a house whose desk knows people by ids of its own, beside their e-mail addresses: ann is 1 and bob 2.
type directoryHouse struct {
	*house
	*memory.Directory
}

func newDirectoryHouse(t *testing.T, plays string) *directoryHouse {
	t.Helper()
	h := newHouse(t, "roles: {rep: {assign: '\"r\"'}}\nplays:"+plays)
	d := memory.NewDirectory(h.desk)
	h.drivers[0] = d.Driver("desk")
	d.Know("ann@x", "1")
	d.Know("bob@x", "2")
	h.accounts("id tier\n a gold")
	return &directoryHouse{h, d}
}

// notKnown holds who is named as not known to a system: "step connector why: keys".
func (h *directoryHouse) notKnown(p *flow.Planned, play string, want ...string) {
	h.Helper()
	var got []string
	for _, s := range h.about(p, play).NotKnown {
		if s.Count != len(s.Sample) {
			h.Errorf("of %d, %q are named", s.Count, s.Sample)
		}
		got = append(got, fmt.Sprintf("%s %s %s: %s", s.Step, s.Connector, s.Why, strings.Join(s.Sample, " ")))
	}
	if !slices.Equal(got, want) {
		h.Errorf("not known are %q, want %q", got, want)
	}
}

// since gives what was asked for since so many look-ups.
func (h *directoryHouse) since(before int) []memory.Asked { return h.Asked()[before:] }

// anonymous holds that no e-mail address is in the state.
func (h *directoryHouse) anonymous() {
	h.Helper()
	text, err := json.Marshal(h.snapshot())
	if err != nil || strings.Contains(string(text), "@") {
		h.Errorf("the state knows addresses (%v): %s", err, text)
	}
}

const noSuchPerson = "person not addressable in desk: it knows no such person"

// TestIdentity_membershipsAreComparedByID holds that the wants, the ledger and the collection speak of one id, that it is looked up once a run, and
// that neither other spellings nor another address of the same record are another member.
func TestIdentity_membershipsAreComparedByID(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: A}")+buyers("two", "", "{keep: desk.list, name: B}", "{keep: desk.list, name: C}"))
	h.people("id account_id email role\n ann a Ann@X buyer\n bob a bob@x buyer")
	h.put("list A", "1")
	h.does(h.plan(), "one ann enters", "one bob enters", "two ann enters", "two bob enters", `add desk.list "A" 2`, `add desk.list "B" 1`, `add desk.list "B" 2`,
		`add desk.list "C" 1`, `add desk.list "C" 2`)
	if d := cmp.Diff([]memory.Asked{{Kind: "list", Identities: []string{"Ann@X", "bob@x"}}}, h.Asked()); d != "" {
		t.Errorf("asked for (-want +got):\n%s", d)
	}
	h.apply()
	h.in("list A", "1", "2")
	h.in("list B", "1", "2")
	h.anonymous()
	h.Know("robert@x", "2")
	h.people("id account_id email role\n ann a ann@x buyer\n bob a robert@x buyer")
	h.does(h.apply())
	h.take("list B", "2")
	h.does(h.apply(), `add desk.list "B" 2 (drift)`)
}

// TestIdentity_removalsNeedNoLookUp holds that who has left is taken out by the id in the state: also where its address is not known any more, and
// of what can't be read.
func TestIdentity_removalsNeedNoLookUp(t *testing.T) {
	for _, blind := range []bool{false, true} {
		h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: A}"))
		if blind {
			h.drivers[0].Open = func(connector.Options) (connector.Connector, error) { return h.WriteOnly(), nil }
		}
		h.people("id account_id email role\n ann a ann@x buyer\n bob a bob@x buyer")
		h.apply()
		h.people("id account_id email role\n ann a ann@x buyer\n bob a bob@x user")
		h.Forget("bob@x")
		before := len(h.Asked())
		p := h.plan()
		if asked := h.since(before); len(asked) != 1 || !slices.Equal(asked[0].Identities, []string{"ann@x"}) {
			t.Errorf("asked for %v", asked)
		}
		h.does(p, "one bob leaves: exited left the segment", `remove desk.list "A" 2 (withdrawn)`+map[bool]string{true: " (assumed)"}[blind])
		h.apply()
		h.in("list A", "1")
		h.people("id account_id email role\n bob a bob@x user")
		h.unsettled = true
		for range 2 {
			h.wait(365 * 24 * time.Hour)
			h.apply() // the record is gone, and its address with it
		}
		h.in("list A")
		if held := h.snapshot().Held; len(held) > 0 {
			t.Errorf("still held: %+v", held)
		}
	}
}

// TestIdentity_whoIsNotKnownDoesNotEnter holds that a record whom no step can reach waits to enter, named, until its system knows it.
func TestIdentity_whoIsNotKnownDoesNotEnter(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{send: desk.message, text: hi}"))
	h.Know("info@x", "7")
	h.Know("info@x", "8")
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer\n info a info@x buyer\n none a - buyer")
	p := h.apply()
	h.does(p, "one ann enters", "one ann ends", "send desk.message 1 text=hi")
	if n := h.about(p, "one").Funnel.NotAddressable; n != 3 {
		t.Errorf("%d are not addressable", n)
	}
	h.notKnown(p, "one", " desk it knows no such person: cid", " desk several records have this address: info")
	h.Know("cid@x", "3")
	h.Forget("info@x")
	h.Know("info@x", "8")
	h.apply()
	h.apply()
	h.sent("1 hi", "3 hi", "8 hi")
	h.anonymous()
}

// TestIdentity_effectsWait holds that who is in a play and not known where something is to be done waits at that step, named, while others go on; that
// it is done once when the system knows who it is, and never again.
func TestIdentity_effectsWait(t *testing.T) {
	steps := []string{"{keep: other.list, name: A}", "{set: desk.person, fields: {tier: x}}", "{send: desk.message, text: hi}", "{add: desk.list, name: B}", "{keep: desk.list, name: A}"}
	h := newDirectoryHouse(t, buyers("one", "", steps...))
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer")
	p := h.apply()
	h.notKnown(p, "one", "set_desk_person desk it knows no such person: cid")
	h.waits(p, "one", map[string]int{"step set_desk_person: " + noSuchPerson: 1})
	h.sent("1 hi")
	h.in("list A", "1")
	h.inside(h.other, "list A", "ann@x", "cid@x")
	h.wait(40 * 24 * time.Hour) // a wait of this kind is not late
	h.apply()
	h.Know("cid@x", "3")
	h.apply()
	h.Forget("cid@x")
	h.apply()
	h.Know("cid@x", "3")
	h.apply()
	h.sent("1 hi", "3 hi")
	h.in("list A", "1", "3")
	h.in("list B", "1", "3")
	if records := h.desk.Contents().Records; len(records) != 2 || records[1].ID != "3" {
		t.Errorf("desk has %v", records)
	}
}

// TestIdentity_keepsAndRemovesGoOn holds that a step that stands does not hold up its member: it takes hold when the system knows the record, what it
// holds stays while it does not, and nobody is taken out who is nobody there. Of several, nobody can say who is to be taken out.
func TestIdentity_keepsAndRemovesGoOn(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: A}", "{remove: desk.list, name: B}", "{send: other.message, text: hi}"))
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer")
	p := h.apply()
	h.notKnown(p, "one", "keep_desk_list_a desk it knows no such person: cid", "remove_desk_list_b desk it knows no such person: cid")
	if n := h.about(p, "one").Unknowns["step keep_desk_list_a: "+noSuchPerson]; n != 1 {
		t.Errorf("counted are %v", h.about(p, "one").Unknowns)
	}
	if n := len(h.other.Sent("message")); n != 2 {
		t.Errorf("%d were sent", n)
	}
	h.in("list A", "1")
	h.Know("cid@x", "3")
	h.does(h.apply(), `add desk.list "A" 3`)
	h.Forget("ann@x")
	h.does(h.apply())
	h.in("list A", "1", "3")
	h.Know("ann@x", "1")
	h.Know("dan@x", "4")
	h.Know("dan@x", "5")
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer\n dan a dan@x buyer")
	h.waits(h.apply(), "one", map[string]int{"step remove_desk_list_b: person not addressable in desk: several records have this address": 1})
}

// TestIdentity_ofSeveralRecordsOneIsPassedBy holds that one of a step's records who is not known holds up nobody.
func TestIdentity_ofSeveralRecordsOneIsPassedBy(t *testing.T) {
	h := newDirectoryHouse(t, play("one", "", "{send: desk.message, text: hi, for: account.people}", "{keep: desk.list, name: A, for: account.people}"))
	h.people("id account_id email\n ann a ann@x\n cid a cid@x")
	p := h.apply()
	h.notKnown(p, "one", "keep_desk_list_a desk it knows no such person: cid", "send_desk_message desk it knows no such person: cid")
	h.Know("cid@x", "3")
	h.apply()
	h.sent("1 hi")
	h.in("list A", "1", "3")
}

// TestIdentity_onErrorContinue holds that a step of which it does not matter whether it fails does not wait for who is not known.
func TestIdentity_onErrorContinue(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: other.list, name: A}", "{send: desk.message, text: hi, on_error: continue}", "{send: other.message, text: hi}"))
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer")
	p := h.apply()
	h.notKnown(p, "one", "send_desk_message desk it knows no such person: cid")
	if m := h.member("one", "cid"); len(m.Done) != 3 || m.Done[1].Outcome != "failed" {
		t.Errorf("member: %+v", m.Done)
	}
	h.Know("cid@x", "3")
	h.apply()
	h.sent("1 hi")
}

// TestIdentity_tasksNeedNone holds that a person of ours is given a task about a record that its system does not know, without an id, and about one
// that it knows with its id.
func TestIdentity_tasksNeedNone(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{task: desk.task, title: call, by: rep, timeout: 5d}"))
	h.people("id account_id email role\n ann a ann@x buyer\n cid a cid@x buyer")
	h.notKnown(h.apply(), "one")
	h.tasks("1 call: open", "call: open")
	h.Know("cid@x", "3")
	h.does(h.apply())
	h.anonymous()
}

// TestIdentity_resolverFails holds that a system that can't look anybody up holds up the steps at it, and what it holds stays; others go on.
func TestIdentity_resolverFails(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: A}", "{send: desk.message, text: hi}")+buyers("two", "", "{keep: other.list, name: A}", "{send: desk.message, text: two}"))
	h.people("id account_id email role\n ann a ann@x buyer\n bob a bob@x user")
	h.apply()
	h.people("id account_id email role\n ann a ann@x user\n bob a bob@x buyer")
	h.FailResolving(errors.New("status 503"))
	p := h.apply()
	h.waits(p, "one", map[string]int{"step keep_desk_list_a is blocked: looking up 1 records: status 503": 1})
	h.waits(p, "two", map[string]int{"step send_desk_message is blocked: looking up 1 records: status 503": 1})
	h.in("list A", "1")
	h.inside(h.other, "list A", "bob@x")
	h.sent("1 hi", "1 two")
	h.FailResolving(nil)
	h.apply()
	h.in("list A", "2")
	h.sent("1 hi", "1 two", "2 hi", "2 two")
}

// TestIdentity_doubtOfWhomNobodyKnows holds that an effect that may have been done is not passed by, nor done again, while it is not known of whom it was.
func TestIdentity_doubtOfWhomNobodyKnows(t *testing.T) {
	for _, happened := range []bool{true, false} {
		more := map[bool]string{true: ", on_error: continue"}[happened] // which does not go on from what is in doubt
		h := newDirectoryHouse(t, buyers("one", "", "{send: desk.message, text: hi"+more+"}", "{add: desk.list, name: A}"))
		h.people("id account_id email role\n ann a ann@x buyer")
		h.desk.Script("1", memory.Doubt(happened))
		h.partly()
		h.Forget("ann@x")
		h.desk.Down(errors.New("down")) // else the doubt would be looked up
		h.apply()
		if m := h.member("one", "ann"); len(m.Done) != 0 {
			t.Errorf("done are %+v", m.Done)
		}
		h.desk.Down(nil)
		at := map[bool]string{true: "add_desk_list_a", false: "send_desk_message"}[happened]
		h.notKnown(h.apply(), "one", at+" desk it knows no such person: ann")
		if m := h.member("one", "ann"); len(m.Done) != map[bool]int{true: 1, false: 0}[happened] {
			t.Errorf("looked up, and done are %+v", m.Done)
		}
		h.Know("ann@x", "1")
		h.apply()
		h.sent("1 hi")
		h.in("list A", "1")
	}
}

// TestIdentity_doubtOfOneOfSeveral holds the same of one of a step's records: it is not passed by.
func TestIdentity_doubtOfOneOfSeveral(t *testing.T) {
	h := newDirectoryHouse(t, play("one", "", "{send: desk.message, text: hi, for: account.people}", "{send: other.message, text: after}"))
	h.people("id account_id email\n ann a ann@x\n bob a bob@x")
	h.desk.Script("1", memory.Doubt(false))
	h.partly()
	h.Forget("ann@x")
	h.desk.Down(errors.New("down"))
	h.waits(h.apply(), "one", map[string]int{"step send_desk_message: " + noSuchPerson: 1})
	h.desk.Down(nil)
	h.Know("ann@x", "1")
	h.apply()
	h.sent("1 hi", "2 hi")
	if n := len(h.other.Sent("message")); n != 1 {
		t.Errorf("%d were sent after it", n)
	}
}

// TestIdentity_limitLooksAhead holds that who can't enter takes nobody's place, and that it takes few rounds to find that out.
func TestIdentity_limitLooksAhead(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "limit: 1", "{keep: desk.list, name: A}"))
	var rows []map[string]string
	for i := range 200 {
		rows = append(rows, map[string]string{"id": fmt.Sprintf("p%03d", i), "account_id": "a", "email": fmt.Sprintf("nobody%d@x", i), "role": "buyer"})
	}
	rows = append(rows, map[string]string{"id": "q", "account_id": "a", "email": "bob@x", "role": "buyer"})
	h.rows("person", rows)
	h.does(h.plan(), "one q enters", `add desk.list "A" 2`)
	asked := h.Asked()
	if n := len(asked); n > 6 {
		t.Errorf("%d rounds", n)
	}
	if n := len(asked[0].Identities); n > 1 {
		t.Errorf("%d were asked for, and one enters", n)
	}
}

// TestIdentity_drift holds that what stands at a system is compared by its ids, that those whom it does not know are told of, and that others in a
// collection are known by their ids.
func TestIdentity_drift(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: A}", "{set: desk.person, fields: {tier: gold}}"))
	h.Know("cid@x", "3")
	h.people("id account_id email role\n ann a ann@x buyer\n bob a bob@x user\n cid a cid@x buyer")
	h.apply()
	h.put("list A", "2", "9")
	h.take("list A", "1")
	h.desk.PutFields("person", "1", map[string]any{"tier": "tin"})
	h.Forget("cid@x")
	d, err := flow.Drift(h.ctx, h.world(), h.program(), h.snapshot(), flow.Options{})
	if err != nil || len(d.Members) != 1 || len(d.Fields) != 1 {
		t.Fatalf("drift: %+v (%v)", d, err)
	}
	m, f := d.Members[0], d.Fields[0]
	if len(m.Gone) != 1 || m.Gone[0].Record.Key != "ann" || m.Others != 2 || !slices.Equal(m.Known, []state.Record{{Entity: "person", Key: "bob"}}) {
		t.Errorf("members: %+v", m)
	}
	if f.Checked != 1 || len(f.Differ) != 1 || f.Differ[0].Record.Key != "ann" || f.Differ[0].Have != "tin" {
		t.Errorf("fields: %+v", f)
	}
	if want := []string{"1 record was not compared with desk.person, which does not know them by their identities, such as cid"}; !slices.Equal(d.Warnings, want) {
		t.Errorf("warnings: %q", d.Warnings)
	}
	h.FailResolving(errors.New("status 503"))
	d, err = flow.Drift(h.ctx, h.world(), h.program(), h.snapshot(), flow.Options{})
	if err != nil || d.Members[0].Others != 2 || len(d.Members[0].Known) != 0 || len(d.Unread()) != 1 || len(d.Warnings) != 1 {
		t.Errorf("without look-ups: %+v (%v)", d, err)
	}
}

// TestIdentity_found holds that a collection is taken over by the ids that its system knows the playbook's records by.
func TestIdentity_found(t *testing.T) {
	h := newDirectoryHouse(t, buyers("one", "", "{keep: desk.list, name: B}"))
	h.people("id account_id email role\n ann a ann@x buyer\n bob a bob@x user")
	h.put("list A", "1", "9")
	place := connector.At("desk", "list", "A")
	found, err := flow.Found(h.ctx, h.world(), h.program(), place, "a.csv")
	if err != nil || !slices.Equal(found.Keys, []string{"ann"}) || found.Unknown != 1 {
		t.Errorf("found: %+v (%v)", found, err)
	}
	h.FailResolving(errors.New("status 503"))
	if _, err := flow.Found(h.ctx, h.world(), h.program(), place, "a.csv"); err == nil || !strings.Contains(err.Error(), `desk.list "A": looking up 3 records: status 503`) {
		t.Errorf("without look-ups: %v", err)
	}
}

// TestIdentity_connectorsWithoutIDsAreNotAsked holds that nothing of it is noted for connectors that know records by what the playbook calls them.
func TestIdentity_connectorsWithoutIDsAreNotAsked(t *testing.T) {
	h := newHouse(t, "plays:"+buyers("one", "", "{keep: desk.list, name: A}"))
	h.accounts("id tier\n a gold")
	h.people("id account_id email role\n ann a Ann@X buyer\n none a - buyer")
	p := h.apply()
	h.in("list A", "ann@x")
	if d := cmp.Diff([]journey.NotKnown(nil), h.about(p, "one").NotKnown); d != "" {
		t.Error(d)
	}
}
