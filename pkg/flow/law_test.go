package flow_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// allowAll passes the guards.
var allowAll = flow.Options{Allowed: []string{"removals", "empty-source", "clock"}}

// edited changes the plays, unless members stand on a step that the change takes away.
func (h *house) edited(t *rapid.T, plays randomPlays, o options) randomPlays {
	h.Helper()
	changed := plays.edit(t, o)
	for _, m := range h.snapshot().Members { // also those whose record is missing now, and who would be met by a later plan
		for _, p := range changed {
			stands := func(s randomStep) bool { return s.id == m.Step }
			if m.Active() && m.Step != "" && p.name == m.Play && !slices.ContainsFunc(p.steps, stands) {
				return plays
			}
		}
	}
	h.plays(changed.String())
	var gone *journey.StepGoneError
	if _, err := h.tryPlan(flow.Options{}); errors.As(err, &gone) {
		h.plays(plays.String())
		return plays
	} else if err != nil {
		h.Fatal(err)
	}
	return changed
}

// TestLaw_planAfterApplyIsEmpty holds over random playbooks and records: after an apply there is nothing more to do, and doing it again
// changes nothing; two plans are equal to the byte, whatever the order of the records; the collections hold whom an oracle says.
func TestLaw_planAfterApplyIsEmpty(t *testing.T) {
	o := options{}
	law(t, o, func(rt *rapid.T, h *house, plays randomPlays) {
		h.unsettled = true
		oracle := newOracle(h)
		for range rapid.IntRange(1, 4).Draw(rt, "chapters") {
			data := drawData(rt, h.now, false)
			data.set(rt, h)
			byHand(rt, h)
			oracle.look()
			first := planJSON(h)
			data.shuffle(h)
			if again := planJSON(h); again != first {
				rt.Fatalf("another plan, other bytes:\n%s", cmp.Diff(first, again))
			}
			p := h.apply(allowAll)
			oracle.check(rt, plays, data)
			h.neverTwice()
			h.onceInAPlay()
			writes := len(h.desk.Batches()) + len(h.other.Batches())
			if again := h.plan(); !again.Plan.Empty() {
				rt.Fatalf("after\n%s\nthere is still to do:\n%s", words(p.Plan), words(again.Plan))
			}
			h.apply(allowAll)
			if n := len(h.desk.Batches()) + len(h.other.Batches()); n != writes {
				rt.Fatalf("nothing was to do, and %d batches were written", n-writes)
			}
			h.wait(time.Duration(rapid.IntRange(1, 60).Draw(rt, "hours")) * time.Hour)
			if rapid.IntRange(0, 2).Draw(rt, "edits") == 0 {
				plays = h.edited(rt, plays, o)
			}
		}
	})
}

// planJSON gives a plan as JSON.
func planJSON(h *house) string {
	h.Helper()
	data, err := json.MarshalIndent(h.plan().Plan, "", " ")
	if err != nil {
		h.Fatal(err)
	}
	return string(data)
}

// onceInAPlay holds that nobody is in a play twice with the same value of per.
func (h *house) onceInAPlay() {
	h.Helper()
	type place struct {
		play   string
		record state.Record
		per    string
	}
	seen := map[place]bool{}
	for _, m := range h.snapshot().Members {
		at := place{m.Play, m.Record, m.Per}
		if m.Active() && seen[at] {
			h.Errorf("%s is twice in play %s", m.Record, m.Play)
		}
		seen[at] = seen[at] || m.Active()
	}
}

// nobodyLeftBehind holds that everybody who is in a collection is kept by an active member, or was added for good. It leaves out what can't
// be read back: whose id changed or is gone from the records can't be taken out there, since the state holds no ids; the plan warns of it.
func (h *house) nobodyLeftBehind() {
	h.Helper()
	s := h.snapshot()
	active := map[string]bool{}
	for _, m := range s.Members {
		active[m.Key] = m.Active()
	}
	held := map[string]bool{}
	for _, x := range s.Held {
		if x.Added || slices.ContainsFunc(x.Keepers, func(k state.Keeper) bool { return active[k.Member] }) {
			held[x.Connector+" "+x.Kind+" "+x.Name+" "+x.Token] = true
		}
	}
	for name, m := range map[string]*memory.System{"desk": h.desk, "other": h.other} {
		for _, list := range []string{"list A", "list B", "list C"} {
			for _, id := range members(h, m, list) {
				if !held[name+" "+list+" "+s.Meta.Token(id)] {
					h.Errorf("%s was left behind in %s.%s", id, name, list)
				}
			}
		}
	}
}

// TestLaw_faultsLoseNothingAndRepeatNothing has connectors fail in every way at random, with records missing, plays paused, drained, edited
// and limited. Whatever happens: no effect twice, nobody twice in a play, and once the connectors work again nobody is left behind.
func TestLaw_faultsLoseNothingAndRepeatNothing(t *testing.T) {
	o := options{blind: true, limits: true, statuses: true, names: true}
	law(t, o, func(rt *rapid.T, h *house, plays randomPlays) {
		h.unsettled = true
		for range rapid.IntRange(1, 5).Draw(rt, "chapters") {
			drawData(rt, h.now, true).set(rt, h)
			for range rapid.IntRange(0, 3).Draw(rt, "faults") {
				fault(rt, h)
			}
			if rapid.IntRange(0, 5).Draw(rt, "down") == 0 {
				h.other.Down(errors.New("out of order"))
			}
			h.attempt(allowAll, "")
			h.other.Down(nil)
			h.neverTwice()
			h.onceInAPlay()
			h.wait(time.Duration(rapid.IntRange(1, 80).Draw(rt, "hours")) * time.Hour)
			if rapid.IntRange(0, 2).Draw(rt, "edits") == 0 {
				plays = h.edited(rt, plays, o)
			}
		}
		calm := func() bool {
			_, r := h.attempt(allowAll, "")
			return r.Complete() && h.plan().Plan.Empty()
		}
		for range 40 { // replies that were scripted are used up, and limits let everybody in
			if calm() {
				break
			}
		}
		if p := h.plan().Plan; !p.Empty() {
			rt.Fatalf("it never comes to an end:\n%s", words(p))
		}
		h.neverTwice()
		h.onceInAPlay()
		h.nobodyLeftBehind()
		h.plays("") // and when all plays are gone nobody is kept
		for range 40 {
			if calm() {
				break
			}
		}
		h.nobodyLeftBehind()
		for _, x := range h.snapshot().Held {
			if len(x.Keepers) > 0 {
				rt.Errorf("%s is still kept in %s.%s %s", x.Record, x.Connector, x.Kind, x.Name)
			}
		}
	})
}

// fault has one record or one call fail.
func fault(t *rapid.T, h *house) {
	systems := map[string]*memory.System{"desk": h.desk, "other": h.other, "blind": h.blind}
	replies := map[string]memory.Reply{"rejects": memory.Reject("no"), "defers": memory.Defer(), "does and doubts": memory.Doubt(true),
		"doubts": memory.Doubt(false), "does and fails": memory.Fail(errors.New("cut"), true), "fails": memory.Fail(errors.New("cut"), false),
		"is busy for": memory.Fail(&connector.NotBegunError{Err: errors.New("busy")}, false)}
	system, id := rapid.SampledFrom(slices.Sorted(maps.Keys(systems))).Draw(t, "system"), rapid.SampledFrom(ids[:8]).Draw(t, "faulty")
	reply := rapid.SampledFrom(slices.Sorted(maps.Keys(replies))).Draw(t, "reply")
	systems[system].Script(id, replies[reply])
	h.tell("once, %s %s %s", system, reply, id)
}

// TestLaw_killedAnywhereEndsTheSame kills a run at a random door to the outside, runs it again, and ends where an undisturbed run ends.
func TestLaw_killedAnywhereEndsTheSame(t *testing.T) {
	o := options{stopAtAll: true, apart: true, names: true}
	law(t, o, func(rt *rapid.T, h *house, plays randomPlays) {
		h.unsettled = true
		calm := newHouseIn(rt, h.dir, plays.String())
		calm.unsettled = true
		for range rapid.IntRange(1, 3).Draw(rt, "chapters") {
			drawData(rt, h.now, true).set(rt, h)
			k := &killer{}
			calm.arm(k)
			calm.apply(allowAll)
			h.arm(&killer{at: rapid.IntRange(1, k.doors).Draw(rt, "door")})
			if !h.die(allowAll) {
				rt.Fatal("it was not killed")
			}
			h.disarm()
			h.apply(allowAll)
			if d := cmp.Diff(strings.Split(calm.bottomLine(), "\n"), strings.Split(h.bottomLine(), "\n")); d != "" {
				rt.Fatalf("it ends otherwise (-calm +killed):\n%s", d)
			}
			h.neverTwice()
			hours := time.Duration(rapid.IntRange(1, 60).Draw(rt, "hours")) * time.Hour
			h.wait(hours)
			calm.wait(hours)
		}
	})
}

// oracle knows who must be in the collections of desk and other: from who is in which play and which steps they took, and nothing else.
type oracle struct {
	h      *house
	before map[slot]bool
	prior  *state.Snapshot
	ours   map[slot]bool
	added  map[slot]bool
	last   map[hold][]slot // by what a keep held a record, as of the last run
}

// slot is one id in one collection.
type slot struct{ connector, list, id string }

// hold is a keep's hold on a record.
type hold struct{ member, step, record string }

// claim is what one step wants of a slot.
type claim struct {
	present, keep, taken, ending bool
	priority, step               int
	play                         string
}

func newOracle(h *house) *oracle {
	return &oracle{h: h, ours: map[slot]bool{}, added: map[slot]bool{}, last: map[hold][]slot{}}
}

// content gives everybody in the collections.
func (o *oracle) content() map[slot]bool {
	out := map[slot]bool{}
	for name, m := range map[string]*memory.System{"desk": o.h.desk, "other": o.h.other} {
		for _, list := range []string{"A", "B", "C"} {
			for _, id := range members(o.h, m, "list "+list) {
				out[slot{name, list, id}] = true
			}
		}
	}
	return out
}

// look takes the state before an apply.
func (o *oracle) look() { o.before, o.prior = o.content(), o.h.snapshot() }

// check holds the collections against what must be in them after an apply without faults.
func (o *oracle) check(t *rapid.T, plays randomPlays, data randomData) {
	claims, stays := o.claims(plays, data)
	want := map[slot]bool{}
	for _, connector := range []string{"desk", "other"} {
		for _, list := range []string{"A", "B", "C"} {
			for _, id := range ids {
				s := slot{connector, list, id}
				if !o.before[s] {
					o.ours[s], o.added[s] = false, false
				}
				if o.settle(s, claims[s], stays[s]) {
					want[s] = true
				} else {
					o.ours[s], o.added[s] = false, false
				}
			}
		}
	}
	if d := cmp.Diff(want, o.content(), cmp.AllowUnexported(slot{})); d != "" {
		t.Fatalf("others are in the collections than must be (-want +got):\n%s\n%s", d, plays)
	}
}

// settle decides whether a slot's id must be in the collection.
func (o *oracle) settle(s slot, claims []claim, stays bool) bool {
	any := func(test func(claim) bool) bool { return slices.ContainsFunc(claims, test) }
	if !any(func(c claim) bool { return c.present || c.taken }) { // nobody wants it, or removes only stand
		if stays || o.added[s] || !o.ours[s] {
			return o.before[s]
		}
		return false
	}
	keeps := any(func(c claim) bool { return c.keep })
	best := slices.MinFunc(claims, func(a, b claim) int {
		yield := func(c claim) int {
			if keeps && c.ending && !c.present {
				return 1
			}
			return 0
		}
		if d := yield(a) - yield(b); d != 0 {
			return d
		}
		if d := b.priority - a.priority; d != 0 {
			return d
		}
		if d := strings.Compare(a.play, b.play); d != 0 {
			return d
		}
		return b.step - a.step
	})
	if !best.present {
		stands := !any(func(c claim) bool { return !c.present && c.taken })
		return stands && o.before[s] && (!o.ours[s] || o.added[s])
	}
	o.ours[s] = o.ours[s] || !o.before[s]
	o.added[s] = o.added[s] || o.ours[s] && any(func(c claim) bool { return c.present && !c.keep })
	return true
}

// claims finds what every step wants of every slot, and the slots of records whose id is not known now.
func (o *oracle) claims(plays randomPlays, data randomData) (map[slot][]claim, map[slot]bool) {
	before := map[string]state.Member{}
	for _, m := range o.prior.Members {
		before[m.Key] = m
	}
	claims, stays, last := map[slot][]claim{}, map[slot]bool{}, map[hold][]slot{}
	for _, m := range o.h.snapshot().Members {
		p := plays.find(m.Play)
		was, known := before[m.Key]
		ends := !m.Active() && m.Outcome == state.Completed && (!known || was.Active())
		if p == nil || m.HeldOut || !m.Active() && !ends {
			continue
		}
		for i, s := range p.steps {
			done := func(m state.Member) bool {
				return slices.ContainsFunc(m.Done, func(d state.StepDone) bool { return d.ID == s.id && d.Outcome != "skipped" })
			}
			taken := !done(was)
			if !done(m) || s.verb != "keep" && s.verb != "remove" && (s.verb != "add" || !taken) {
				continue
			}
			c := claim{present: s.verb != "remove", keep: s.verb == "keep", taken: taken, ending: ends, priority: p.priority, step: i, play: p.name}
			for record, id := range reached(s, m.Record.Key, data) {
				h := hold{m.Key, s.id, record}
				if id == "" { // stays where it is
					for _, at := range o.last[h] {
						stays[at] = true
					}
					last[h] = o.last[h]
					continue
				}
				at := slot{s.connector, s.name, id}
				claims[at] = append(claims[at], c)
				last[h] = []slot{at}
			}
		}
	}
	o.last = last
	return claims, stays
}

// reached gives the records that a step reaches for an account, with their ids; "" for one that has none.
func reached(s randomStep, account string, data randomData) map[string]string {
	var people []map[string]string
	for _, p := range data.people {
		if p["account_id"] == account && (s.reach != 2 || p["rank"] > "1") {
			people = append(people, p)
		}
	}
	out := map[string]string{}
	switch s.reach {
	case 0:
		return map[string]string{account: account}
	case 3:
		out[account] = account
	case 4:
		slices.SortStableFunc(people, func(a, b map[string]string) int { return strings.Compare(b["rank"], a["rank"]) })
		people = people[:min(1, len(people))]
	}
	for _, p := range people {
		out[p["id"]] = p["email"]
	}
	return out
}
