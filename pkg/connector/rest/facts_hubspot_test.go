package rest_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// hubspotHeld has no official spec that may be held: it has every call of the manifest made.
func hubspotHeld(world func(t *testing.T) (*http.Client, map[string]any)) held {
	task := map[string]any{connector.TaskTitle: "Call Acme", connector.TaskAssignee: "rep-1@acme.example", connector.TaskDue: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)}
	return held{name: "hubspot", world: world,
		ids: map[string][]string{"contact": {"7"}, "company": {"8"}, "deal": {"9"}, "list": {"7"}, "company_list": {"8"}, "deal_list": {"9"}, "event": {"7"}, "task": {"8"}, "contact_task": {"7"},
			"deal_task": {"9"}},
		identities: map[string][]string{"contact": {"ann@acme.example"}, "company": {"acme.example"}, "owner": {"rep-2@acme.example"}},
		fields: map[string]map[string]any{"contact": {"firstname": "Ann"}, "company": {"name": "Acme"}, "deal": {"amount": 12.5}, "event": {"event": "pe1_viewed", "page": "pricing"}, "task": task,
			"contact_task": task, "deal_task": task},
		names: map[string]string{"list": "gtm", "company_list": "gtm", "deal_list": "gtm"}, fresh: map[string]string{"list": "new", "company_list": "newer", "deal_list": "newest"},
	}
}

func TestHubspot_everyCallIsUnderstood(t *testing.T) {
	var h *hubspot
	exercised := hubspotHeld(func(t *testing.T) (*http.Client, map[string]any) {
		h = newHubspot(t)
		h.page = 1 // each list has a second page
		h.records["contact"]["7"], h.records["company"]["8"], h.records["deal"]["9"] = map[string]string{"email": "ann@acme.example"}, map[string]string{"domain": "acme.example"}, map[string]string{}
		for _, of := range []string{"0-1", "0-2", "0-3"} {
			h.makeList(of, "GTM", "MANUAL")
		}
		return h.Client(), map[string]any{"token": "pat-123", "base_url": h.URL}
	}).exercise(t)
	if h.records["contact"]["7"]["firstname"] != "Ann" || h.records["company"]["8"]["name"] != "Acme" || h.records["deal"]["9"]["amount"] != "12.5" {
		t.Errorf("set are %v", h.records)
	}
	var given []string
	for _, task := range h.records["tasks"] {
		given = append(given, fmt.Sprint(task["to"], " ", task["hubspot_owner_id"], " ", task["hs_timestamp"], " ", task["hs_task_status"]))
	}
	slices.Sort(given)
	want := []string{"7 204 72 2026-12-01T09:00:00Z DEFERRED", "8 192 72 2026-12-01T09:00:00Z DEFERRED", "9 216 72 2026-12-01T09:00:00Z DEFERRED"}
	if diff := cmp.Diff(want, given); diff != "" {
		t.Error(diff)
	}
	if e := h.events[0]; e["eventName"] != "pe1_viewed" || fmt.Sprint(e["properties"]) != "map[page:pricing]" {
		t.Errorf("the event is %v", e)
	}
	if len(exercised) < 30 {
		t.Errorf("only %d requests were made", len(exercised))
	}
}

func TestHubspot_aBadRecordOfABatchIsRejectedAlone(t *testing.T) {
	h := newHubspot(t)
	c := h.connector(t).(connector.Writer)
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Set, Target: named("contact", ""), Items: []connector.Item{
		{ID: "7", Fields: map[string]any{"firstname": "Ann"}}, {ID: "nobody", Fields: map[string]any{"firstname": "Bob"}}, {ID: "9", Fields: map[string]any{"closedate": "asd000"}},
		{ID: "7", Fields: map[string]any{"firstname": "Anna"}}, {ID: "10", Fields: map[string]any{"phone": nil}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: Could not get some objects", "rejected: asd000 was not a valid long.", "done", "done")
	if h.records["contact"]["7"]["firstname"] != "Anna" {
		t.Errorf("the record is %v", h.records["contact"]["7"])
	}
}

// TestHubspot_refusals have the vendor answer an addition to a list in its own ways.
func TestHubspot_refusals(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		header  map[string]string
		answer  string
		once    bool // the second time it is done
		want    string
		stopped string // why nothing more goes; "": it does
	}{
		"the rate of ten seconds, without Retry-After": {status: 429, once: true, want: "done",
			answer: `{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}`},
		"the rate of a second":          {status: 429, once: true, want: "done", answer: `{"status":"error","message":"You have reached your secondly limit.","category":"RATE_LIMITS"}`},
		"the day's quota":               {status: 429, want: "later: the daily quota is spent", stopped: "the daily quota is spent", answer: `{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"}`},
		"the last call of the day":      {status: 200, header: map[string]string{"X-HubSpot-RateLimit-Daily-Remaining": "0"}, want: "done", stopped: "the daily quota is spent", answer: `{"recordsIdsAdded":["7"],"recordIdsMissing":[]}`},
		"a lock":                        {status: 423, once: true, want: "done", answer: `{"status":"error","message":"locked"}`},
		"a token that is not taken":     {status: 401, want: "", answer: `{"status":"error","message":"Authentication credentials not found."}`},
		"a list that takes none":        {status: 400, want: "rejected: dynamic", answer: `{"status":"error","message":"the list is dynamic"}`},
		"who is not there":              {status: 200, want: "rejected: no such record", answer: `{"recordIdsMissing":["7"],"recordsIdsAdded":[]}`},
		"the other name of those added": {status: 200, want: "done", answer: `{"recordIdsMissing":[],"recordIdsAdded":["7"]}`},
		"who was in it":                 {status: 200, want: "already", answer: `{"recordIdsMissing":[],"recordsIdsAdded":[]}`},
		"a success that names nobody":   {status: 200, want: "in doubt: says nothing of it", answer: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			added := 0
			v := newVendor(t, func(w http.ResponseWriter, r call) {
				if strings.HasPrefix(r.path, "/crm/v3/lists/object-type-id/") {
					reply(w, 200, `{"list":{"listId":"5","processingType":"MANUAL"}}`)
					return
				}
				if added++; added > 1 && c.once {
					reply(w, 200, `{"recordsIdsAdded":["7"]}`)
					return
				}
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				reply(w, c.status, c.answer)
			})
			s, err := builtIn(t, "hubspot").Open(connector.Options{Settings: map[string]any{"token": "pat-123", "base_url": v.URL}, Now: time.Now, Transport: v.Client().Transport})
			if err != nil {
				t.Fatal(err)
			}
			add := connector.Batch{Verb: connector.Add, Target: named("list", "gtm"), Items: items("7")}
			out, err := s.(connector.Writer).Write(t.Context(), add)
			if c.want == "" {
				if err == nil || !strings.Contains(err.Error(), "token is not taken") || strings.Contains(err.Error(), "pat-123") {
					t.Errorf("it gives %v, %v", out, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantOutcomes(t, out, c.want)
			before := added
			out, err = s.(connector.Writer).Write(t.Context(), add)
			if gone := added > before; gone != (c.stopped == "") {
				t.Errorf("the next one goes: %v: %v, %v", gone, out, err)
			}
			if c.stopped != "" && len(out) == 1 && (out[0].Status != connector.Later || !strings.Contains(out[0].Reason, c.stopped)) {
				t.Errorf("the next one is %v", out[0])
			}
		})
	}
}

func TestHubspot_aDomainOfTwoCompaniesIsNone(t *testing.T) {
	h := newHubspot(t)
	h.page = 1
	for id, domain := range map[string]string{"1": "acme.example", "2": "Acme.example", "3": "birch.example"} {
		h.records["company"][id] = map[string]string{"domain": domain}
	}
	found, err := h.connector(t).(connector.Resolver).Resolve(t.Context(), "company_list", []string{"ACME.example", "birch.example", "42", "none.example"})
	want := map[string]connector.Identified{"ACME.example": {Why: "2 records have it as their domain"}, "birch.example": {ID: "3"}, "42": {ID: "42"}}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestHubspot_aDynamicListIsNotWritten(t *testing.T) {
	h := newHubspot(t)
	h.makeList("0-1", "VIPs", "DYNAMIC")
	h.makeList("0-1", "Others", "MANUAL")
	c := h.connector(t)
	if _, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("list", "vips"), Items: items("7")}); err == nil || !strings.Contains(err.Error(), "rules") {
		t.Errorf("adding gives %v", err)
	}
	names, err := c.(connector.Lister).Collections(t.Context(), "list")
	if err != nil || !slices.Equal(names, []string{"Others"}) {
		t.Errorf("those that can be written are %q, %v", names, err)
	}
}

func TestHubspot_aTaskSaysWhatIsAsked(t *testing.T) {
	h := newHubspot(t)
	out, err := h.connector(t).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Task, Target: named("task", ""), Items: []connector.Item{
		{ID: "8", Key: "k1", Fields: map[string]any{"title": "Call Acme", "assignee": "rep-0@acme.example", "notes": "They asked for it", "asks": []any{"next_step"}, "outcomes": []any{"booked", "not now"}}},
		{ID: "8", Key: "k2", Fields: map[string]any{"title": "Call Birch", "assignee": "nobody@acme.example"}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: assignee: nobody there is known by it")
	task := maps.Clone(h.records["tasks"][out[0].Receipt])
	for name, want := range map[string]string{"hs_task_subject": "Call Acme", "hubspot_owner_id": "71", "playctl_key": "k1",
		"hs_task_body": "They asked for it\nTo be answered: next_step\nEnds as one of: booked | not now"} {
		if task[name] != want {
			t.Errorf("%s is %q, want %q", name, task[name], want)
		}
	}
}
