package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

func (i *intercom) connector(t *testing.T) connector.Connector {
	return i.connect(t, "intercom", i.settings())
}

func TestIntercom_fieldsThatItDoesNotKnowAreCustom(t *testing.T) {
	i := newIntercom(t)
	id := intercomID(1)
	c := i.connector(t)
	out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Set, Target: named("contact", ""), Items: []connector.Item{
		{ID: id, Fields: map[string]any{"name": "Ann", "phone": "", "tier": "gold", "renewal_at": time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}}, {ID: intercomID(2), Fields: map[string]any{"role": "lead"}},
		{ID: "nobody", Fields: map[string]any{"name": "Bob"}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: client_error: Contact with user role can't be converted to a lead", "rejected: not_found: User Not Found")
	want := map[string]any{"name": "Ann", "phone": nil, "custom_attributes": map[string]any{"tier": "gold", "renewal_at": 1796083200.0}}
	if diff := cmp.Diff(want, i.contacts[id]); diff != "" {
		t.Error(diff)
	}
	got, err := c.(connector.FieldReader).Fields(t.Context(), "contact", []string{id, "nobody"}, []string{"name", "tier", "phone"})
	if diff := cmp.Diff(map[string]map[string]string{id: {"name": "Ann", "tier": "gold"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestIntercom_aCompanyThatIsNotThereIsFoundByHalves(t *testing.T) {
	i := newIntercom(t)
	i.makeTag("gtm")
	var list []connector.Item
	want := repeated("done", 7)
	for n := range 7 {
		list = append(list, connector.Item{ID: intercomID(n)})
	}
	list[4].ID, want[4] = "nobody", "rejected: not_found: Company Not Found"
	out, err := i.connector(t).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: named("company_tag", "gtm"), Items: list})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, want...)
	if got := inside(i.makeTag("gtm").companies); len(got) != 6 {
		t.Errorf("in it are %q", got)
	}
}

// TestIntercom_whoWasJustMadeIsWaitedFor: a message to a contact that was just made is answered 404 at first.
func TestIntercom_whoWasJustMadeIsWaitedFor(t *testing.T) {
	i := newIntercom(t)
	n, whole := 0, i.answer
	i.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
		if n++; n <= 2 {
			i.fail(w, 404, "not_found", "User Not Found")
			return
		}
		whole(w, r, body)
	}
	out, err := i.connector(t).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named("message", ""), Items: []connector.Item{
		{ID: intercomID(1), Key: "k", Fields: map[string]any{"text": "Hello", "subject": "Hi"}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	want := map[string]any{"message_type": "email", "subject": "Hi", "template": "plain", "body": "Hello", "from": map[string]any{"type": "admin", "id": 991.0}, "to": map[string]any{"type": "user", "id": intercomID(1)}}
	if diff := cmp.Diff([]map[string]any{want}, i.messages); diff != "" {
		t.Error(diff)
	}
}

func TestIntercom_anEventIsAcceptedWithoutAWord(t *testing.T) {
	i := newIntercom(t)
	out, err := i.connector(t).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: named("event", ""), Items: []connector.Item{
		{ID: intercomID(1), Key: "k", Fields: map[string]any{"event": "renewal-played", "seats": int64(12)}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	want := map[string]any{"event_name": "renewal-played", "id": intercomID(1), "created_at": 1795424400.0, "metadata": map[string]any{"seats": 12.0}}
	if diff := cmp.Diff([]map[string]any{want}, i.messages); diff != "" {
		t.Error(diff)
	}
}

func TestIntercom_companiesComeInNumberedPages(t *testing.T) {
	i := newIntercom(t)
	var want []string
	for n := range 131 { // pages of 60
		i.companies[intercomID(n)] = map[string]any{"company_id": fmt.Sprint("acme-", n), "name": fmt.Sprint("Acme ", n), "custom_attributes": map[string]any{"tier": "gold"}}
		want = append(want, fmt.Sprint(intercomID(n), " Acme ", n, " gold"))
	}
	c := i.connector(t)
	var got []string
	err := c.(connector.RecordReader).Records(t.Context(), "company", []string{"id", "name", "tier"}, time.Time{}, func(row []any) error {
		got = append(got, fmt.Sprint(row[0], " ", row[1], " ", row[2]))
		return nil
	})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	found, err := c.(connector.Resolver).Resolve(t.Context(), "company_tag", []string{"acme-7", "acme-130", "none", intercomID(3)})
	ids := map[string]connector.Identified{"acme-7": {ID: intercomID(7)}, "acme-130": {ID: intercomID(130)}, intercomID(3): {ID: intercomID(3)}}
	if diff := cmp.Diff(ids, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for n := range 131 {
		i.makeTag("gtm").companies[intercomID(n)] = true
	}
	members, err := c.(connector.MemberReader).Members(t.Context(), named("company_tag", "gtm")) // pages of 50
	if err != nil || len(members) != 131 || !slices.IsSorted(members) {
		t.Errorf("there are %d members, %v", len(members), err)
	}
}

// TestIntercom_aSliceOfTenSecondsIsWaitedFor: a 429 says when its slice ends, as seconds since 1970; the vendor's clock counts.
func TestIntercom_aSliceOfTenSecondsIsWaitedFor(t *testing.T) {
	i := newIntercom(t)
	n, whole := 0, i.answer
	var times []time.Time
	i.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
		times = append(times, time.Now())
		if n++; n == 1 {
			w.Header().Set("Date", "Mon, 23 Nov 2026 09:00:00 GMT")
			w.Header().Set("X-RateLimit-Reset", "1795424490") // 90 s later; the test hurries a thousand times
			i.fail(w, 429, "rate_limit_exceeded", "The rate limit for the App has been exceeded")
			return
		}
		whole(w, r, body)
	}
	if err := i.connector(t).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(times) != 2 || times[1].Sub(times[0]) < 90*time.Millisecond || times[1].Sub(times[0]) > 5*time.Second {
		t.Errorf("it was asked at %v", times)
	}
}

func TestIntercom_aTicketIsAssigned(t *testing.T) {
	i := newIntercom(t)
	out, err := i.connector(t).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Task, Target: named("ticket", ""), Items: []connector.Item{
		{ID: intercomID(1), Key: "k", Fields: map[string]any{"title": "Call Acme", "assignee": "REP-2@acme.example", "notes": "They asked"}}}})
	if err != nil {
		t.Fatal(err)
	}
	ticket := i.tickets[out[0].Receipt]
	want := map[string]any{"_default_title_": "Call Acme", "_default_description_": "They asked"}
	if diff := cmp.Diff(want, ticket["ticket_attributes"]); diff != "" || fmt.Sprint(ticket["assignment"]) != "map[admin_assignee_id:73]" || !strings.Contains(fmt.Sprint(ticket["contacts"]), intercomID(1)) {
		t.Errorf("%s\n%v", diff, ticket)
	}
}
