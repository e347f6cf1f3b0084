package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// zendeskWorld is a help desk with one ticket field, 44, for outcomes.
func zendeskWorld(t *testing.T, sent *[]string) *world {
	tickets := map[string]map[string]any{}
	var base string
	show := func(status int, value any) (int, string) {
		out, _ := json.Marshal(value)
		return status, string(out)
	}
	list := func(keep func(map[string]any) bool) (int, string) {
		found := []any{}
		for _, ticket := range tickets {
			if keep(ticket) {
				found = append(found, ticket)
			}
		}
		return show(200, map[string]any{"tickets": found})
	}
	x := small(t, func(what string, q url.Values, body string) (int, string) {
		*sent = append(*sent, what+" "+q.Encode()+" "+body)
		var in struct{ Ticket map[string]any }
		_ = json.Unmarshal([]byte(body), &in)
		switch {
		case what == "GET /api/v2/users.json" || what == "GET /api/v2/organizations.json":
			kind := strings.TrimSuffix(strings.TrimPrefix(what, "GET /api/v2/"), ".json")
			if q.Get("page[after]") == "" {
				return 200, `{"` + kind + `": [{"id": 1, "name": "A"}], "meta": {"has_more": true}, "links": {"next": "` + base + `/api/v2/` + kind + `.json?page[after]=x"}}`
			}
			return 200, `{"` + kind + `": [{"id": 2, "name": "B"}], "meta": {"has_more": false}, "links": {"next": null}}`
		case what == "GET /api/v2/users/search.json":
			return 200, `{"users": [{"id": 70, "email": "Rep@acme.example"}, {"id": 71, "email": "rep@acme.example.org"}]}`
		case what == "POST /api/v2/tickets.json":
			id := len(tickets) + 35
			tickets[fmt.Sprint(id)] = in.Ticket
			in.Ticket["id"], in.Ticket["status"] = id, "new"
			in.Ticket["custom_fields"] = []any{map[string]any{"id": 43, "value": "x"}, map[string]any{"id": 44, "value": "booked"}}
			return show(201, map[string]any{"ticket": in.Ticket})
		case what == "GET /api/v2/tickets.json":
			return list(func(ticket map[string]any) bool { return ticket["external_id"] == q.Get("external_id") })
		case what == "GET /api/v2/tickets/show_many.json":
			return list(func(ticket map[string]any) bool { return strings.Contains(q.Get("ids"), fmt.Sprint(ticket["id"])) })
		case strings.Contains(what, "/tickets/"):
			ticket := tickets[strings.TrimSuffix(what[strings.LastIndex(what, "/")+1:], ".json")]
			for name, value := range in.Ticket {
				ticket[name] = value
			}
			ticket["updated_at"] = "2026-11-23T09:30:00Z"
			return show(200, map[string]any{"ticket": ticket})
		}
		return 200, `{"users": [], "organizations": []}`
	})
	base = x.URL
	return x
}

func zendeskSettings(x *world) map[string]any {
	return map[string]any{"base_url": x.URL, "email": "ops@acme.example", "token": "zendesk-token", "outcome_field": "44"}
}

func zendeskHeld() held {
	return held{name: "zendesk", ids: map[string][]string{"user": {"1"}, "organization": {"2"}, "ticket": {"1"}}, identities: map[string][]string{"user": {"rep@acme.example"}},
		fields: map[string]map[string]any{"user": {"name": "Ann"}, "organization": {"notes": "x"}, "ticket": {"title": "Call", "assignee": "rep@acme.example"}},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := zendeskWorld(t, new([]string))
			return x.Client(), zendeskSettings(x)
		}}
}

func TestZendesk_tickets(t *testing.T) {
	var sent []string
	x := zendeskWorld(t, &sent)
	c := x.connect(t, "zendesk", zendeskSettings(x)).(*rest.System)
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Task, Target: connector.Collection{Kind: "ticket"}, Items: []connector.Item{{ID: "1", Key: "k1",
		Fields: map[string]any{"title": "Call", "assignee": "rep@acme.example", "due": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), "notes": "ask"}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	want := `POST /api/v2/tickets.json  {"ticket":{"assignee_id":70,"comment":{"body":"Call\n\nask","public":false},"due_at":"2026-12-01T09:00:00Z","external_id":"k1","requester_id":1,"subject":"Call","tags":["playctl"],"type":"task"}}`
	if got := sent[len(sent)-1]; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	found, err := c.Lookup(t.Context(), "ticket", []string{"k0", "k1"})
	if err != nil || len(found) != 1 || found["k1"] != "35" {
		t.Errorf("%v, %v", found, err)
	}
	report := func() connector.TaskReport {
		reports, err := c.Tasks(t.Context(), "ticket", []string{"35", "99"})
		if err != nil || len(reports) != 1 {
			t.Fatal(reports, err)
		}
		return reports["35"]
	}
	if r := report(); r.Status != connector.TaskOpen || !r.TouchedAt.IsZero() || r.Outcome != "booked" {
		t.Errorf("%+v", r)
	}
	if out, err = c.Write(t.Context(), connector.Batch{Verb: connector.Cancel, Target: connector.Collection{Kind: "ticket"}, Items: items("35", "99")}); err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "already")
	if r := report(); r.Status != connector.TaskCancelled || r.DoneAt.IsZero() || !strings.Contains(sent[len(sent)-2], `"tags":["playctl","playctl_cancelled"]`) {
		t.Errorf("%+v, %s", r, sent[len(sent)-2])
	}
}

func sendosoWorld(t *testing.T, sent *[]string, status *int) *world {
	refresh := 0
	return small(t, func(what string, _ url.Values, body string) (int, string) {
		*sent = append(*sent, what+" "+body)
		switch {
		case what == "POST /oauth/token" && !strings.Contains(body, fmt.Sprintf("refresh_token=refresh-%d", refresh)):
			return 401, `{"error": "invalid_grant"}`
		case what == "POST /oauth/token":
			refresh++
			return 200, fmt.Sprintf(`{"access_token": "sendoso-%d", "expires_in": 7200, "refresh_token": "refresh-%d"}`, refresh, refresh)
		case what == "POST /api/v3/send" && *status != 0:
			return *status, `{"success": false, "message": "Touch not found"}`
		case what == "POST /api/v3/send":
			return 200, `{"success": true, "message": "Request received.", "tracking_code": "abc"}`
		}
		return 200, `{"touches": []}`
	})
}

func sendosoSettings(x *world) map[string]any {
	return map[string]any{"client_id": "c", "client_secret": "sendoso-secret", "refresh_token": "refresh-0", "redirect_uri": "https://acme.example/back", "base_url": x.URL}
}

func sendosoHeld() held {
	return held{name: "sendoso", fields: map[string]map[string]any{"package": {"touch_id": int64(7)}}, world: func(t *testing.T) (*http.Client, map[string]any) {
		x := sendosoWorld(t, new([]string), new(int))
		return x.Client(), sendosoSettings(x)
	}}
}

// TestSendoso_nothingIsSentTwice is trap F7: a repeat is a second gift.
func TestSendoso_nothingIsSentTwice(t *testing.T) {
	for status, want := range map[int]string{0: "done", 404: "rejected: Touch not found", 503: "in doubt", 429: "later"} {
		var sent []string
		x := sendosoWorld(t, &sent, &status)
		out, err := x.connect(t, "sendoso", sendosoSettings(x)).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "package"},
			Items: []connector.Item{{ID: "ann@acme.example", Key: "k", Fields: map[string]any{"touch_id": int64(7), "name": "Ann"}}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(want, func(t *testing.T) { wantOutcomes(t, out, want) })
		if last := sent[len(sent)-1]; len(sent) != 2 || last != `POST /api/v3/send {"send":{"email":"ann@acme.example","name":"Ann","touch_id":7}}` {
			t.Errorf("sent %q", sent)
		}
	}
}
