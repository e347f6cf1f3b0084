package rest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
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

func (s *salesforce) settings() map[string]any {
	return map[string]any{"login_url": s.URL, "client_id": "id-1", "client_secret": "secret-1", "event": "Played__e", "task_answers": "next_step=Next_Step__c, budget=Budget__c"}
}

// salesforceHeld has no official spec: it has every call of the manifest made.
func salesforceHeld(world func(t *testing.T) (*http.Client, map[string]any)) held {
	task := map[string]any{connector.TaskTitle: "Call Acme", connector.TaskAssignee: "rep-1@acme.example", connector.TaskDue: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)}
	account, contact, lead, opportunity := salesforceID(11), salesforceID(12), salesforceID(13), salesforceID(14)
	return held{name: "salesforce", world: world,
		ids: map[string][]string{"account": {account}, "contact": {contact}, "lead": {lead}, "opportunity": {opportunity}, "campaign": {contact}, "lead_campaign": {lead}, "event": {account},
			"task": {account}, "contact_task": {contact}, "lead_task": {lead}, "opportunity_task": {opportunity}},
		identities: map[string][]string{"contact": {"ann@acme.example"}, "lead": {"bob@acme.example"}, "user": {"rep-2@acme.example"}},
		fields: map[string]map[string]any{"account": {"Name": "Acme", "Description": ""}, "contact": {"Title": "CFO"}, "lead": {"Status": "Open"}, "opportunity": {"Amount": 12.5}, "campaign": {"Status": "Sent"},
			"lead_campaign": {"Status": "Sent"}, "event": {"event": "Seen__e", "Text__c": "x"}, "task": task, "contact_task": task, "lead_task": task, "opportunity_task": task},
		names: map[string]string{"campaign": "gtm", "lead_campaign": "gtm"}, fresh: map[string]string{"campaign": "new", "lead_campaign": "newer"},
	}
}

func TestSalesforce_everyCallIsUnderstood(t *testing.T) {
	var s *salesforce
	requests := salesforceHeld(func(t *testing.T) (*http.Client, map[string]any) {
		s = newSalesforce(t)
		s.page = 1 // each query has a second page, if there are two records
		s.objects["Account"][salesforceID(11)] = map[string]any{"Name": "Akme", "Description": "old"}
		s.objects["Contact"][salesforceID(12)], s.objects["Contact"][salesforceID(20)] = map[string]any{"Email": "ann@acme.example"}, map[string]any{"Email": "eve@acme.example"}
		s.objects["Lead"][salesforceID(13)] = map[string]any{"Email": "bob@acme.example"}
		s.insert("Campaign", map[string]any{"Name": "gtm"})
		return s.Client(), s.settings()
	}).exercise(t)
	if a := s.objects["Account"][salesforceID(11)]; a["Name"] != "Acme" || a["Description"] != nil {
		t.Errorf("the account is %v: an empty text is null", a)
	}
	var given []string
	for _, task := range s.objects["Task"] {
		given = append(given, fmt.Sprint(task["WhatId"], " ", task["WhoId"], " ", task["ActivityDate"], " ", task["Status"], " ", task["OwnerId"] == "005000000000002AAA"))
	}
	slices.Sort(given)
	want := []string{"003000000000011AAA <nil> 2026-12-01 Deferred true", "003000000000014AAA <nil> 2026-12-01 Deferred true", "<nil> 003000000000012AAA 2026-12-01 Deferred true",
		"<nil> 003000000000013AAA 2026-12-01 Deferred true"}
	if diff := cmp.Diff(want, given); diff != "" {
		t.Error(diff)
	}
	for _, r := range requests {
		if r.request.URL.Path != "/services/oauth2/token" && r.request.Header.Get("Sforce-Auto-Assign") != "FALSE" {
			t.Errorf("%s %s would have assignment rules run", r.request.Method, r.request.URL)
		}
	}
}

func TestSalesforce_aTokenIsSignedForWhoRuns(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := newSalesforce(t)
	settings := s.settings()
	delete(settings, "client_secret")
	settings["username"], settings["private_key"] = "ops@acme.example", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	if err := s.connect(t, "salesforce", settings).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	form := s.grants[0]
	payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(form.Get("assertion"), ".")[1])
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	exp, _ := claims["exp"].(float64)
	delete(claims, "exp")
	want := map[string]any{"iss": "id-1", "sub": "ops@acme.example", "aud": "https://login.salesforce.com"}
	if diff := cmp.Diff(want, claims); diff != "" || exp == 0 || form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || form.Has("client_secret") || form.Has("client_id") {
		t.Errorf("%s\nexp %v, form %v", diff, exp, slices.Collect(maps.Keys(form)))
	}
}

func TestSalesforce_aSessionThatEndsIsOpenedAgain(t *testing.T) {
	s := newSalesforce(t)
	s.insert("Campaign", map[string]any{"Name": "gtm"})
	c := s.connector(t)
	add := func(id string) {
		t.Helper()
		out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("campaign", "gtm"), Items: items(id)})
		if err != nil {
			t.Fatal(err)
		}
		wantOutcomes(t, out, "done")
	}
	add(salesforceID(1))
	s.mu.Lock()
	s.minted += 10 // the session of before is of no use any more
	s.mu.Unlock()
	add(salesforceID(2))
	if len(s.grants) != 2 {
		t.Errorf("%d tokens were asked for, want 2", len(s.grants))
	}
}

func TestSalesforce_itsShareOfTheDayEndsTheRun(t *testing.T) {
	for limit, stops := range map[string]bool{"api-usage=4749/5000": false, "api-usage=4750/5000": true, "api-usage=10/5000 per-app-api-usage=17/250(appName=x)": false} {
		s := newSalesforce(t)
		s.limit = limit
		c := s.connector(t)
		if err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Check(t.Context()); (err != nil) != stops || stops && !strings.Contains(err.Error(), "share of the daily API calls") {
			t.Errorf("%s: the next call gives %v", limit, err)
		}
	}
}

func TestSalesforce_refusals(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		want   string
		later  bool // nothing more goes
	}{
		"the quota, which is a 403":  {403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]`, "later: the quota of API calls is spent", true},
		"no right, which is one too": {403, `[{"errorCode":"INSUFFICIENT_ACCESS","message":"no access"}]`, "rejected: INSUFFICIENT_ACCESS: no access", false},
		"a lock of a row":            {200, `[{"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"unable to obtain exclusive access"}]}]`, "later: UNABLE_TO_LOCK_ROW", false},
		"who is in it":               {200, `[{"success":false,"errors":[{"statusCode":"DUPLICATE_VALUE","message":"Already a campaign member."}]}]`, "already", false},
		"a rule that is not met":     {200, `[{"success":false,"errors":[{"statusCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"no consent","fields":["ContactId"]}]}]`, "rejected: FIELD_CUSTOM_VALIDATION_EXCEPTION: no consent", false},
		"fewer results than records": {200, `[]`, "in doubt", false},
		"a mistake of ours":          {400, `[{"errorCode":"JSON_PARSER_ERROR","message":"Unexpected character"}]`, "rejected: JSON_PARSER_ERROR", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSalesforce(t)
			s.insert("Campaign", map[string]any{"Name": "gtm"})
			added, whole := 0, s.answer
			s.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
				if strings.HasSuffix(r.URL.Path, "/composite/sobjects") {
					added++
					reply(w, c.status, c.answer)
					return
				}
				whole(w, r, body)
			}
			add := connector.Batch{Verb: connector.Add, Target: named("campaign", "gtm"), Items: items(salesforceID(1))}
			conn := s.connector(t).(connector.Writer)
			out, err := conn.Write(t.Context(), add)
			if err != nil {
				t.Fatal(err)
			}
			wantOutcomes(t, out, c.want)
			if _, err := conn.Write(t.Context(), add); err != nil && !c.later {
				t.Fatal(err)
			}
			if gone := added == 2; gone == c.later {
				t.Errorf("the next one goes: %v", gone)
			}
		})
	}
}

func TestSalesforce_queriesGoOnAtARelativeAddress(t *testing.T) {
	s := newSalesforce(t)
	s.page = 2
	for n := range 5 {
		s.objects["Account"][salesforceID(n)] = map[string]any{"Name": fmt.Sprint("Acme ", n), "SystemModstamp": fmt.Sprintf("2026-11-0%dT00:00:00.000+0000", n+1)}
	}
	c := s.connector(t).(connector.RecordReader)
	read := func(since time.Time) (names []string) {
		t.Helper()
		if err := c.Records(t.Context(), "account", []string{"Id", "Name"}, since, func(row []any) error {
			names = append(names, connector.Text(row[0])[14:15]+" "+connector.Text(row[1]))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return names
	}
	if diff := cmp.Diff([]string{"0 Acme 0", "1 Acme 1", "2 Acme 2", "3 Acme 3", "4 Acme 4"}, read(time.Time{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3 Acme 3", "4 Acme 4"}, read(time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC))); diff != "" {
		t.Error(diff)
	}
}

func TestSalesforce_namesAreQuoted(t *testing.T) {
	s := newSalesforce(t)
	name := `O'Neil' OR Name != '\`
	id := s.insert("Campaign", map[string]any{"Name": name})
	for range 2 {
		s.insert("Campaign", map[string]any{"Name": "Twice"})
	}
	c := s.connector(t)
	out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("campaign", name), Items: items("0034S000005YJVl")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	if m := s.objects["CampaignMember"][out[0].Receipt]; m["CampaignId"] != id || m["ContactId"] != "0034S000005YJVlQAO" {
		t.Errorf("the member is %v", m)
	}
	if _, err := c.(connector.MemberReader).Members(t.Context(), named("campaign", "Twice")); err == nil || !strings.Contains(err.Error(), "several campaigns have this name") {
		t.Errorf("a name of two campaigns gives %v", err)
	}
	found, err := c.(connector.Resolver).Resolve(t.Context(), "campaign", []string{"ann'@acme.example"})
	if err != nil || len(found) != 0 {
		t.Errorf("an address with a quote gives %v, %v", found, err)
	}
}
