package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

func TestMarketo_tokensOfCampaignsStayAsTheyAre(t *testing.T) {
	m := newMarketo(t)
	out, err := m.connect(t, "marketo", m.settings()).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named("campaign", ""), Items: []connector.Item{
		{ID: "7149", Key: "k1", Fields: map[string]any{"campaign": int64(1003), "{{my.headline}}": "Hello {{lead.First Name}}", "seats": int64(12)}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	got := map[string]any{}
	for _, x := range m.asked[0]["tokens"].([]any) {
		got[x.(map[string]any)["name"].(string)] = x.(map[string]any)["value"]
	}
	if diff := cmp.Diff(map[string]any{"{{my.headline}}": "Hello {{lead.First Name}}", "{{my.seats}}": "12"}, got); diff != "" || fmt.Sprint(m.asked[0]["leads"]) != "[map[id:7149]]" {
		t.Errorf("%s\nof %v", diff, m.asked[0]["leads"])
	}
}

// TestMarketo_errorsWithin200 has each of its codes be answered to an addition to a list, or to the request of a campaign.
func TestMarketo_errorsWithin200(t *testing.T) {
	for code, c := range map[string]struct {
		add, send string // what becomes of it; "done" if it is tried again
		stops     bool
	}{
		"601":  {"done", "done", false}, // the token is invalid, or expired: another one, and once more
		"602":  {"done", "done", false},
		"606":  {"done", "done", false}, // the rate
		"615":  {"done", "done", false}, // too many at once
		"608":  {"done", "done", false}, // not available for a moment
		"713":  {"done", "done", false},
		"607":  {"later: the daily quota is spent", "later: the daily quota is spent", true},
		"604":  {"in doubt: 604 Message of 604", "in doubt: 604 Message of 604", false}, // it took too long: it may have been done
		"611":  {"in doubt: 611", "in doubt: 611", false},
		"603":  {"rejected: 603 Message of 603", "rejected: 603", false},
		"609":  {"rejected: 609", "rejected: 609", false},
		"1003": {"rejected: 1003", "rejected: 1003", false},
	} {
		t.Run(code, func(t *testing.T) {
			m := newMarketo(t)
			m.make("gtm", "")
			writes, whole := 0, m.answer
			m.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
				if m.writes(r) && r.URL.Path != "/identity/oauth/token" {
					if writes++; writes == 1 {
						m.fail(w, code, "Message of "+code)
						return
					}
				}
				whole(w, r, body)
			}
			s := m.connect(t, "marketo", m.settings()).(connector.Writer)
			out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("list", "gtm"), Items: items("7")})
			if err != nil {
				t.Fatal(err)
			}
			wantOutcomes(t, out, c.add)
			if c.add == "done" && writes != 2 {
				t.Errorf("it was written %d times, want 2", writes)
			}
			if writes = 0; c.stops {
				s = m.connect(t, "marketo", m.settings()).(connector.Writer)
			}
			out, err = s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named("campaign", ""), Items: items("7")})
			if err != nil {
				t.Fatal(err)
			}
			wantOutcomes(t, out, c.send)
			if sent := len(m.asked); sent != map[bool]int{true: 1, false: 0}[c.send == "done"] {
				t.Errorf("the campaign was requested %d times", sent)
			}
			before := writes
			_, err = s.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("list", "gtm"), Items: items("8")})
			if gone := writes > before; gone == c.stops {
				t.Errorf("the next one goes: %v, %v", gone, err)
			}
		})
	}
}

func TestMarketo_aListOfTwoFoldersIsNone(t *testing.T) {
	m := newMarketo(t)
	m.answer = func(w http.ResponseWriter, r *http.Request, _ []byte) {
		if r.URL.Path == "/identity/oauth/token" {
			m.mint(w, r.URL.Query())
			return
		}
		m.succeed(w, []any{map[string]any{"id": 1, "name": "gtm"}, map[string]any{"id": 2, "name": "gtm"}})
	}
	if _, err := m.connect(t, "marketo", m.settings()).(connector.MemberReader).Members(t.Context(), named("list", "gtm")); err == nil || !strings.Contains(err.Error(), "several lists have this name") {
		t.Errorf("it gives %v", err)
	}
}

func TestMarketo_whoIsNoLeadIsRejectedAndTheOthersAreDone(t *testing.T) {
	m := newMarketo(t)
	m.make("gtm", "").members[7] = true
	s := m.connect(t, "marketo", m.settings()).(connector.Writer)
	out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("list", "gtm"), Items: items("6", "7", "9999999999", "nobody")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "already", "rejected: skipped: 1004 Lead not found", "rejected: 1004")
	out, err = s.Write(t.Context(), connector.Batch{Verb: connector.Remove, Target: named("list", "gtm"), Items: items("6", "8", "nobody")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "already", "already")
	out, err = s.Write(t.Context(), connector.Batch{Verb: connector.Set, Target: named("lead", ""), Items: []connector.Item{{ID: "7", Fields: map[string]any{"company": "other company"}},
		{ID: "8", Fields: map[string]any{"company": ""}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "rejected: 1006 Field 'company' not found", "done")
	if value, there := m.leads[8]["company"]; !there || value != nil {
		t.Errorf("an empty text is %v (%v), and null clears", value, there)
	}
}

// TestMarketo_whatHasACommaIsNoAddress: the values of a look-up are separated by commas, and there is no way to escape one.
func TestMarketo_whatHasACommaIsNoAddress(t *testing.T) {
	m := newMarketo(t)
	m.leads[7] = map[string]any{"email": "ann@acme.example"}
	found, err := m.connect(t, "marketo", m.settings()).(connector.Resolver).Resolve(t.Context(), "list", []string{"bob,ann@acme.example", "ann@acme.example"})
	want := map[string]connector.Identified{"ann@acme.example": {ID: "7"}, "bob,ann@acme.example": {ID: "bob,ann@acme.example"}}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestMarketo_aTokenWithNoLifeLeftServes has the vendor give the same token again, with 0 seconds left.
func TestMarketo_aTokenWithNoLifeLeftServes(t *testing.T) {
	m := newMarketo(t)
	whole := m.answer
	m.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
		if r.URL.Path == "/identity/oauth/token" {
			m.minted = 1
			reply(w, 200, `{"access_token":"token-1","token_type":"bearer","expires_in":0,"scope":"api@acme.example"}`)
			return
		}
		whole(w, r, body)
	}
	c := m.connect(t, "marketo", m.settings())
	for range 3 {
		if err := c.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMarketo_aSecretThatIsWrongIsSaid(t *testing.T) {
	m := newMarketo(t)
	settings := m.settings()
	settings["client_secret"] = "another-secret"
	err := m.connect(t, "marketo", settings).Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "No client with requested id") || strings.Contains(err.Error(), "another-secret") {
		t.Errorf("it gives %v", err)
	}
}

// TestManifests_sayWhichSettingIsMissing: what one operation only needs is asked for by that operation, and nothing goes to the vendor.
func TestManifests_sayWhichSettingIsMissing(t *testing.T) {
	m := newMarketo(t)
	s := m.connect(t, "marketo", map[string]any{"base_url": m.URL, "client_id": "id-1", "client_secret": "secret-1"})
	out, err := s.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named("campaign", ""), Items: items("7")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "rejected: neither the step nor the connector says which campaign")
	i := newIntercom(t)
	c := i.connect(t, "intercom", map[string]any{"base_url": i.URL, "token": "token-1"}).(connector.Writer)
	for kind, want := range map[string]string{"event": "rejected: neither the step nor the connector says which event", "message": "rejected: the connector does not say from whom: set admin_id"} {
		out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named(kind, ""), Items: []connector.Item{{ID: intercomID(1), Key: "k", Fields: map[string]any{"text": "Hello"}}}})
		if err != nil {
			t.Fatal(err)
		}
		wantOutcomes(t, out, want)
	}
	if len(i.messages) > 0 || len(m.asked) > 0 {
		t.Errorf("went: %v %v", i.messages, m.asked)
	}
}
