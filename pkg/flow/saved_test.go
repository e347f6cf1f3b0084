package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// save plans and saves the plan, as playctl plan --out does.
func (h *house) save() *plan.Saved {
	h.Helper()
	salt := ""
	if _, err := h.store.Read(h.ctx); errors.Is(err, state.ErrNone) {
		salt = h.meta().Salt
	}
	data, err := json.Marshal(plan.Save(h.plan().Plan, plan.SaveOptions{ID: "plan-" + h.now.Format(time.RFC3339), Salt: salt}))
	if err != nil {
		h.Fatal(err)
	}
	saved, err := plan.ParseSaved(data)
	if err != nil {
		h.Fatal(err)
	}
	return saved
}

// applySaved applies a saved plan that fits.
func (h *house) applySaved(saved *plan.Saved) (*flow.Planned, *plan.Kept) {
	h.Helper()
	if err := h.check(saved); err != nil {
		h.Fatal(err)
	}
	var kept *plan.Kept
	p, r := h.attempt(flow.Options{}, saved.ID, func(p *flow.Planned) {
		kept = saved.Restrict(p.Plan)
		if err := p.Judge.Judge(context.Background(), p.Plan); err != nil {
			h.Fatal(err)
		}
	})
	if !r.Complete() {
		h.Fatalf("apply: %v %+v", r.Err, r.Outcomes)
	}
	return p, kept
}

// check holds a saved plan against how things are now.
func (h *house) check(saved *plan.Saved) error {
	h.Helper()
	book := h.program().Book
	return saved.Check(book.Name, book.Environment, book.Files, h.snapshot(), h.now)
}

func TestSavedPlan_onlyWhatIsInBoth(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", `{send: desk.message, text: "hi ${account.name}"}`))
	h.accounts("id tier name\n a gold Acme\n b gold Beta\n c gold Ceta\n d tin Deta")
	saved := h.save()
	h.wait(time.Hour)
	h.accounts("id tier name\n a gold Acme\n b gold Changed\n c tin Ceta\n d gold Deta") // b's text differs, c is not wanted, d was not shown
	p, kept := h.applySaved(saved)
	h.in("list A", "a", "b")
	h.sent("a hi Acme")
	if kept.Unapproved != 4 || kept.Unwanted != 4 { // b's message; d and its two operations; c and its two, b's message
		t.Errorf("%d unapproved, %d unwanted: %s", kept.Unapproved, kept.Unwanted, strings.Join(kept.Samples, "; "))
	}
	h.does(p, "one a enters", "one b enters", "add desk.list \"A\" a", "add desk.list \"A\" b", "send desk.message a text=hi Acme")
	h.apply()
	h.in("list A", "a", "b", "d") // the edge of d stayed pending
	h.sent("a hi Acme", "b hi Changed", "d hi Deta")
}

func TestSavedPlan_usedOnce(t *testing.T) {
	h := newHouse(t, keeper(""))
	saved := h.save()
	h.applySaved(saved)
	h.stale(saved, "the saved plan is stale: it was applied on 2026-03-03T09:00:00Z by run run-1; a plan is used once")
}

func (h *house) stale(saved *plan.Saved, want string) {
	h.Helper()
	var stale *plan.StaleError
	if err := h.check(saved); !errors.As(err, &stale) || err.Error() != want {
		h.Errorf("got %v\nwant %s", err, want)
	}
}

func TestSavedPlan_staleAfterAnotherApply(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.apply()
	saved := h.save()
	if err := h.check(saved); err != nil {
		t.Error(err)
	}
	h.wait(time.Minute)
	h.apply()
	h.stale(saved, "the saved plan is stale: the state changed since: it was made at serial 1, the state is at 2 by run run-2 on 2026-03-03T09:01:00Z")
}

func TestSavedPlan_staleForANewStateThatIsThere(t *testing.T) {
	h := newHouse(t, keeper(""))
	saved := h.save()
	h.apply()
	h.stale(saved, "the saved plan is stale: it was made when there was no state yet, which run run-1 began on 2026-03-03T09:00:00Z")
}

func TestSavedPlan_otherPlaybook(t *testing.T) {
	h := newHouse(t, keeper(""))
	saved := h.save()
	h.plays(keeper("limit: 5"))
	h.write("more.yaml", "segments: {}\n")
	h.stale(saved, "the saved plan is stale: the playbook changed since: more.yaml is new, plays.yaml was edited")
}

func TestSavedPlan_expires(t *testing.T) {
	h := newHouse(t, keeper(""))
	saved := h.save()
	h.wait(24 * time.Hour)
	if err := h.check(saved); err != nil {
		t.Error(err)
	}
	h.wait(time.Second)
	h.stale(saved, "the saved plan is stale: it expired on 2026-03-04T09:00:00Z")
}

func TestSavedPlan_holdsNoAddressOrPayload(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{keep: desk.list, name: A, for: account.people}`, `{send: desk.message, text: "dear ${account.name}", for: account.people}`,
		`{set: desk.company, fields: {owner: "${account.name}"}}`))
	h.accounts("id tier name\n a gold secret-name")
	h.people("id account_id email\n p a secret@x")
	saved := h.save()
	data, err := json.Marshal(saved)
	if err != nil {
		t.Fatal(err)
	}
	if len(saved.Operations) != 3 {
		t.Fatalf("%d operations", len(saved.Operations))
	}
	if strings.Contains(string(data), "secret") || strings.Contains(string(data), "dear") {
		t.Errorf("it does: %s", data)
	}
	h.applySaved(saved)
	if data, err = json.Marshal(h.snapshot()); err != nil || strings.Contains(string(data), "secret") {
		t.Errorf("the state holds an address or a payload: %s", data)
	}
}

// TestSavedPlan_sharedOperation holds an approval of one of two entries that share a member of a list.
func TestSavedPlan_sharedOperation(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+
		segmentPlay("two", "account.size > 5", "", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}", "{keep: desk.list, name: B}"))
	h.accounts("id tier size\n a gold 1")
	saved := h.save()
	h.accounts("id tier size\n a gold 9")
	h.applySaved(saved)
	h.in("list A", "a")
	h.in("list B")
	h.sent()
	h.active("two")
	for _, held := range h.snapshot().Held {
		if len(held.Keepers) != 1 {
			t.Errorf("held for who did not enter: %+v", held)
		}
	}
	h.apply()
	h.in("list B", "a")
	h.sent("a hi")
}

// TestSavedPlan_exitsThatWereNotShown holds that nobody leaves, and nothing is withdrawn, that the plan did not show.
func TestSavedPlan_exitsThatWereNotShown(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}")+segmentPlay("two", "account.size > 5", "", "{keep: desk.list, name: A}", "{keep: desk.list, name: B}"))
	h.accounts("id tier size\n a gold 9\n b gold 1\n c gold 9")
	h.apply()
	h.accounts("id tier size\n a gold 9\n b tin 1\n c tin 1")
	saved := h.save()
	h.accounts("id tier size\n a tin 9\n b tin 1\n c gold 1") // a leaves one: not shown. c leaves two, as shown, and not one
	h.applySaved(saved)
	h.active("one", "a", "c")
	h.active("two", "a")
	h.in("list A", "a", "c")
	h.in("list B", "a")
	h.does(h.apply(), "one a leaves: exited left the segment", "release a of desk.list \"A\"")
}

// TestSavedPlan_stopsBeforeAnUnapprovedStep holds that a member goes as far as was approved, and no further.
func TestSavedPlan_stopsBeforeAnUnapprovedStep(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: first}", `{send: desk.message, id: two, text: "${account.name}"}`, "{keep: desk.list, name: A}"))
	h.accounts("id tier name\n a gold Acme")
	saved := h.save()
	h.accounts("id tier name\n a gold Other")
	h.applySaved(saved)
	h.sent("a first")
	h.in("list A")
	h.does(h.apply(), "send desk.message a text=Other", "add desk.list \"A\" a")
}

func TestSavedPlan_batchOfUnapprovedEntriesStaysPending(t *testing.T) {
	h := newHouse(t, greeter(`trigger: {cron: "0 8 * * *"}`))
	h.accounts("id tier\n a gold")
	h.apply()
	h.wait(day)
	saved := h.save()
	h.accounts("id tier\n a gold\n b gold")
	h.applySaved(saved)
	h.sent("a hi")
	h.wait(time.Minute)
	h.apply()
	h.sent("a hi", "b hi")
	h.wait(time.Hour)
	h.apply()
	h.sent("a hi", "b hi")
}

func TestSavedPlan_eventsOfUnapprovedEntriesStayPending(t *testing.T) {
	h := newHouse(t, eventful("reentry: always"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.wait(2 * time.Hour)
	h.events("a visit 1h 1")
	saved := h.save()
	h.wait(time.Minute)
	h.events("a visit 1h 1", "b visit 1h 2")
	h.applySaved(saved)
	h.sent("a 1")
	h.wait(time.Minute)
	h.apply()
	h.sent("a 1", "b 2")
	h.wait(time.Minute)
	h.apply()
	h.sent("a 1", "b 2")
}

// TestSavedPlan_guardsJudgeWhatIsLeft holds that removals that were not approved, and so are not made, don't refuse those that were.
func TestSavedPlan_guardsJudgeWhatIsLeft(t *testing.T) {
	h := newHouse(t, keeper(""))
	var all []map[string]string
	for _, k := range keys(200) {
		all = append(all, map[string]string{"id": k, "tier": "gold"})
	}
	h.rows("account", all)
	h.apply()
	all[0]["tier"] = "tin"
	h.rows("account", all)
	saved := h.save()
	for _, row := range all {
		row["tier"] = "tin"
	}
	h.rows("account", all)
	h.applySaved(saved)
	if n := len(members(t, h.desk, "list A")); n != 199 {
		t.Errorf("%d are left", n)
	}
}
