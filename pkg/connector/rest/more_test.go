package rest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// moreVendors have small worlds only: each holds what its vendor is known for, and that every call of its manifest is made.
func moreVendors() []held {
	return []held{googleHeld(), metaHeld(), teamsHeld(), salesloftHeld(), listmonkHeld(), zendeskHeld(), sendosoHeld()}
}

func TestMore_everyCallIsMade(t *testing.T) {
	for _, h := range moreVendors() {
		t.Run(h.name, func(t *testing.T) {
			if got := h.exercise(t); len(got) == 0 {
				t.Error("nothing was sent")
			}
		})
	}
}

// small starts a world that answers by method and path, with what it is given of the body and the query.
func small(t *testing.T, answer func(what string, q url.Values, body string) (int, string)) *world {
	t.Helper()
	x := &world{answer: func(w http.ResponseWriter, r *http.Request, body []byte) {
		status, text := answer(r.Method+" "+r.URL.Path, r.URL.Query(), string(body))
		reply(w, status, text)
	}}
	x.start(t)
	return x
}

func googleWorld(t *testing.T, sent *[]string) *world {
	return small(t, func(what string, _ url.Values, body string) (int, string) {
		*sent = append(*sent, what+" "+body)
		switch {
		case what == "POST /token":
			return 200, `{"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"}`
		case what == "GET /v1/accountTypes/GOOGLE_ADS/accounts/77/userLists":
			return 200, `{"userLists": [{"name": "accountTypes/GOOGLE_ADS/accounts/77/userLists/9", "id": "9", "displayName": "Early intent"}, {"id": "10", "displayName": "Closed", "membershipStatus": "CLOSED"}]}`
		case what == "POST /v1/accountTypes/GOOGLE_ADS/accounts/77/userLists":
			return 200, `{"id": "11"}`
		case strings.Contains(body, "REJECTED"):
			return 403, `{"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "The terms and conditions have not been signed."}}`
		case strings.Contains(body, `"bad"`):
			return 400, `{"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "There was a problem with the request."}}`
		}
		return 200, `{"requestId": "req-1"}`
	})
}

func googleSettings(x *world) map[string]any {
	return map[string]any{"account": "77", "login_account": "1", "client_id": "c", "client_secret": "google-secret", "refresh_token": "google-refresh", "terms_accepted": true, "base_url": x.URL, "token_url": x.URL + "/token"}
}

func googleHeld() held {
	return held{name: "google-ads", ids: map[string][]string{"audience": {hashed("a"), hashed("b")}}, names: map[string]string{"audience": "Early intent"}, fresh: map[string]string{"audience": "New"},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := googleWorld(t, new([]string))
			return x.Client(), googleSettings(x)
		}}
}

func TestGoogle_audiences(t *testing.T) {
	var sent []string
	x := googleWorld(t, &sent)
	c := x.connect(t, "google-ads", googleSettings(x))
	found, err := c.(connector.Resolver).Resolve(t.Context(), "audience", []string{"Ann.B@Gmail.com", "ann.b@acme.example"})
	if err != nil || found["Ann.B@Gmail.com"].ID != hashed("annb@gmail.com") || found["ann.b@acme.example"].ID != hashed("ann.b@acme.example") {
		t.Errorf("%v, %v", found, err)
	}
	out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "audience", Name: "Early intent"}, Items: items(hashed("a"), "bad", hashed("b"))})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: There was a problem", "done")
	first := sent[slices.IndexFunc(sent, func(s string) bool { return strings.Contains(s, "ingest") })]
	for _, part := range []string{`"productDestinationId":"9"`, `"loginAccount":{"accountId":"1","accountType":"GOOGLE_ADS"}`, `"operatingAccount":{"accountId":"77"`, `"encoding":"HEX"`, `"customerMatchTermsOfServiceStatus":"ACCEPTED"`} {
		if !strings.Contains(first, part) {
			t.Errorf("%s lacks %s", first, part)
		}
	}
	if err := c.(connector.CollectionChecker).CheckCollection(t.Context(), connector.Collection{Kind: "audience", Name: "Closed"}); err == nil {
		t.Error("a list that is closed can be written")
	}
	settings := googleSettings(x)
	settings["terms_accepted"] = false
	out, err = x.connect(t, "google-ads", settings).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "audience", Name: "Early intent"}, Items: items(hashed("a"))})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "rejected: not been signed")
}

func metaWorld(t *testing.T, sent *[]string) *world {
	return small(t, func(what string, q url.Values, body string) (int, string) {
		form, _ := url.ParseQuery(body)
		*sent = append(*sent, what+" "+q.Encode()+" "+form.Get("payload"))
		var p struct {
			Schema []string
			Data   [][]string
		}
		switch {
		case what == "GET /v25.0/act_5":
			return 200, `{"id": "act_5"}`
		case what == "GET /v25.0/act_5/customaudiences" && q.Get("after") == "":
			return 200, `{"data": [{"id": "1", "name": "Other", "subtype": "LOOKALIKE"}], "paging": {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/…access_token=secret"}}`
		case what == "GET /v25.0/act_5/customaudiences":
			return 200, `{"data": [{"id": "2385", "name": "Early intent", "subtype": "CUSTOM", "operation_status": {"code": 200}}], "paging": {"cursors": {"after": "y"}}}`
		case what == "POST /v25.0/act_5/customaudiences":
			return 200, `{"id": "2386"}`
		case json.Unmarshal([]byte(form.Get("payload")), &p) != nil || !slices.Equal(p.Schema, []string{"EMAIL_SHA256"}):
			return 400, `{"error": {"code": 100, "message": "Invalid parameter"}}`
		case len(*sent) == 3: // the first of a write
			return 500, `{"error": {"code": 2, "is_transient": true, "message": "Service temporarily unavailable"}}`
		}
		bad := 0
		for _, row := range p.Data {
			if len(row) != 1 || len(row[0]) != 64 {
				bad++
			}
		}
		return 200, fmt.Sprintf(`{"audience_id": "2385", "num_received": %d, "num_invalid_entries": %d, "invalid_entry_samples": {}}`, len(p.Data), bad)
	})
}

func metaSettings(x *world) map[string]any {
	return map[string]any{"token": "meta-token", "app_secret": "meta-secret", "account": "5", "base_url": x.URL}
}

func metaHeld() held {
	return held{name: "meta-ads", ids: map[string][]string{"audience": {hashed("a"), hashed("b")}}, names: map[string]string{"audience": "Early intent"}, fresh: map[string]string{"audience": "New"},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := metaWorld(t, new([]string))
			return x.Client(), metaSettings(x)
		}}
}

// TestMeta_looksForTheBadOnes is traps B3, D5: members go as a matrix inside a form, and an answer counts the bad ones without naming them.
func TestMeta_looksForTheBadOnes(t *testing.T) {
	var sent []string
	x := metaWorld(t, &sent)
	out, err := x.connect(t, "meta-ads", metaSettings(x)).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "audience", Name: "Early intent"}, Items: items(hashed("a"), hashed("b"), "bad", hashed("c"))})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "done", "rejected: no hash", "done")
	if !strings.Contains(sent[0], "appsecret_proof="+hmacHex("meta-secret", "meta-token")) {
		t.Errorf("%s is not signed", sent[0])
	}
}

func hmacHex(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func teamsHeld() held {
	return held{name: "teams", fields: map[string]map[string]any{"message": {"text": "hello"}}, world: func(t *testing.T) (*http.Client, map[string]any) {
		x := small(t, func(string, url.Values, string) (int, string) { return http.StatusAccepted, "" })
		return x.Client(), map[string]any{"url": x.URL + "/workflows/1?sig=secretsig"}
	}}
}

func TestTeams_messages(t *testing.T) {
	answers := []string{"", "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403", "1"}
	var sent []string
	x := small(t, func(what string, q url.Values, body string) (int, string) {
		sent = append(sent, body)
		if what != "POST /workflows/1" || q.Get("sig") != "secretsig" {
			t.Errorf("%s %v", what, q)
		}
		return http.StatusAccepted, answers[len(sent)-1]
	})
	c := x.connect(t, "teams", map[string]any{"url": x.URL + "/workflows/1?sig=secretsig"}).(connector.Writer)
	for i, want := range []string{"done", "rejected: HTTP error 403", "done"} {
		out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{Key: "k", Fields: map[string]any{"subject": "At risk", "text": "Acme"}}}})
		if err != nil {
			t.Fatal(err)
		}
		wantOutcomes(t, out, want)
		if !strings.Contains(sent[i], `"contentType":"application/vnd.microsoft.card.adaptive"`) || !strings.Contains(sent[i], `{"text":"Acme","type":"TextBlock","wrap":true}`) {
			t.Errorf("sent %s", sent[i])
		}
	}
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{Key: "k", Fields: map[string]any{"text": strings.Repeat("x", 30_000)}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "rejected: more than the 28000")
}

func salesloftWorld(t *testing.T, sent *[]string) *world {
	tasks, on := map[string]string{}, map[string]bool{} // ids by key; who is on the cadence
	return small(t, func(what string, q url.Values, body string) (int, string) {
		*sent = append(*sent, what+" "+q.Encode()+" "+body)
		page := func(data string) (int, string) {
			return 200, `{"metadata": {"paging": {"per_page": 100, "current_page": 1, "next_page": null}}, "data": [` + data + `]}`
		}
		in := map[string]any{}
		_ = json.Unmarshal([]byte(body), &in)
		switch what {
		case "GET /v2/people.json":
			if q.Get("page") == "" && q.Get("per_page") == "100" && len(q["ids[]"])+len(q["email_addresses[]"]) == 0 {
				return 200, `{"metadata": {"paging": {"next_page": 2}}, "data": [{"id": 1, "email_address": "ann@acme.example"}]}`
			}
			return page(`{"id": 2, "email_address": "Bob@acme.example", "title": "CEO"}`)
		case "GET /v2/users.json":
			return page(`{"id": 70, "email": "rep@acme.example"}`)
		case "GET /v2/cadences.json":
			return page(`{"id": 9, "name": "MQA outbound"}`)
		case "GET /v2/cadence_memberships.json":
			var list []string
			for person := range on {
				if q.Get("person_id") == "" || q.Get("person_id") == person {
					list = append(list, `{"id": 5`+person+`, "person": {"id": `+person+`}}`)
				}
			}
			return page(strings.Join(list, ","))
		case "POST /v2/cadence_memberships.json":
			on[q.Get("person_id")] = true
			return 200, `{"data": {"id": 52}}`
		case "DELETE /v2/cadence_memberships/52.json":
			delete(on, "2")
			return 204, ""
		case "POST /v2/tasks.json":
			tasks[in["idempotency_key"].(string)] = "80"
			return 201, `{"data": {"id": 80}}`
		case "GET /v2/tasks.json":
			var list []string
			for key := range tasks {
				list = append(list, fmt.Sprintf(`{"id": 80, "idempotency_key": %q, "current_state": "scheduled", "completed_at": null}`, key))
			}
			return page(strings.Join(list, ","))
		}
		return 200, `{"data": {}}`
	})
}

func salesloftHeld() held {
	return held{name: "salesloft", ids: map[string][]string{"person": {"2"}, "cadence": {"2"}, "task": {"2"}}, identities: map[string][]string{"person": {"bob@acme.example"}, "user": {"rep@acme.example"}},
		fields: map[string]map[string]any{"person": {"title": "CEO"}, "cadence": {"user_id": int64(70)}, "task": {"title": "Call", "assignee": "rep@acme.example"}}, names: map[string]string{"cadence": "MQA outbound"},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := salesloftWorld(t, new([]string))
			return x.Client(), map[string]any{"token": "salesloft-token", "base_url": x.URL}
		}}
}

func TestSalesloft_cadences(t *testing.T) {
	var sent []string
	x := salesloftWorld(t, &sent)
	c := x.connect(t, "salesloft", map[string]any{"token": "salesloft-token", "base_url": x.URL, "user": "70"}).(*rest.System)
	there := connector.Collection{Kind: "cadence", Name: "MQA outbound"}
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: there, Items: items("2")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	if want := "POST /v2/cadence_memberships.json cadence_id=9&person_id=2&user_id=70 "; sent[len(sent)-1] != want {
		t.Errorf("sent %q, want %q", sent[len(sent)-1], want)
	}
	if ids, err := c.Members(t.Context(), there); err != nil || !slices.Equal(ids, []string{"2"}) {
		t.Errorf("%q, %v", ids, err)
	}
	out, err = c.Write(t.Context(), connector.Batch{Verb: connector.Remove, Target: there, Items: items("2", "3")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "already")
}

func listmonkWorld(t *testing.T, sent *[]string) *world {
	return small(t, func(what string, q url.Values, body string) (int, string) {
		*sent = append(*sent, what+" "+q.Encode()+" "+body)
		switch what {
		case "GET /api/lists":
			return 200, `{"data": {"results": [{"id": 3, "name": "News"}], "total": 1, "per_page": 100, "page": 1}}`
		case "POST /api/lists":
			return 200, `{"data": {"id": 4}}`
		case "GET /api/subscribers":
			return 200, `{"data": {"results": [{"id": 1, "email": "Ann.O'Neil@acme.example", "name": "Ann", "attribs": {"tier": "gold"}}], "total": 1}}`
		}
		return 200, `{"data": true}`
	})
}

func listmonkHeld() held {
	return held{name: "listmonk", ids: map[string][]string{"subscriber": {"1"}, "list": {"1"}, "message": {"1"}}, identities: map[string][]string{"subscriber": {"ann.o'neil@acme.example"}},
		fields: map[string]map[string]any{"message": {"template_id": int64(2)}}, names: map[string]string{"list": "News"}, fresh: map[string]string{"list": "New"},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := listmonkWorld(t, new([]string))
			return x.Client(), map[string]any{"user": "api", "token": "listmonk-token", "base_url": x.URL}
		}}
}

func TestListmonk_quotesAddresses(t *testing.T) {
	var sent []string
	x := listmonkWorld(t, &sent)
	c := x.connect(t, "listmonk", map[string]any{"user": "api", "token": "listmonk-token", "base_url": x.URL}).(*rest.System)
	found, err := c.Resolve(t.Context(), "list", []string{"ann.o'neil@acme.example", "x') OR 1=1 --@acme.example"})
	if err != nil || len(found) != 1 || found["ann.o'neil@acme.example"].ID != "1" {
		t.Errorf("%v, %v", found, err)
	}
	q, _ := url.ParseQuery(strings.Fields(sent[0])[2])
	if want := `LOWER(subscribers.email) IN ('ann.o''neil@acme.example', 'x'') or 1=1 --@acme.example')`; q.Get("query") != want {
		t.Errorf("asked with %s, want %s", q.Get("query"), want)
	}
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "list", Name: "News"}, Items: items("1", "2")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "done")
	if want := `PUT /api/subscribers/lists  {"action":"add","ids":[1,2],"status":"confirmed","target_list_ids":[3]}`; sent[len(sent)-1] != want {
		t.Errorf("sent %s, want %s", sent[len(sent)-1], want)
	}
}
