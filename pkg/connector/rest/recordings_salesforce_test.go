package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// salesforceRecording is of 2021 and 2022, with version 42 of the API.
var salesforceRecording = recording{
	vendor: "salesforce",
	settings: func(base string) map[string]any {
		return map[string]any{"login_url": base, "client_id": "id-1", "client_secret": "secret-1", "event": "Played__e"}
	},
	replayed: 497, others: 443,
	meetings: []meeting{
		{"records that a query gives, by the listing and the look-up of records", func(x recorded) bool { return from(x) == "Account" || from(x) == "Contact" || from(x) == "Lead" }, replaySalesforceQuery},
		{"a campaign found by its name, or not", func(x recorded) bool { return from(x) == "Campaign" }, replaySalesforceCampaign},
		{"who is in a campaign", func(x recorded) bool {
			return from(x) == "CampaignMember" && !strings.HasPrefix(x.query("q"), "SELECT Id")
		}, replaySalesforceMembers},
		{"ids of memberships, by the removal from a campaign", func(x recorded) bool { return from(x) == "CampaignMember" }, replaySalesforceMemberships},
		{"topics: no collection of ours", func(x recorded) bool { return strings.HasPrefix(from(x), "Topic") }, nil},
		{"a collection of records is updated, some failing within 200", func(x recorded) bool { return x.Method == "PATCH" }, replaySalesforceUpdate},
		{"a collection of records is made, some failing within 200, by the making of tasks and the adding to campaigns", func(x recorded) bool { return x.Method == "POST" && strings.HasSuffix(x.Path, "/composite/sobjects") }, replaySalesforceInsert},
		{"a collection of records is deleted, by the removal from a campaign", func(x recorded) bool { return x.Method == "DELETE" }, replaySalesforceDelete},
		{"a campaign is made", func(x recorded) bool { return strings.HasSuffix(x.Path, "/sobjects/Campaign") }, replaySalesforceCreate},
		{"a single record is made, by the publishing of an event", func(x recorded) bool { return strings.HasSuffix(x.Path, "/sobjects/Topic") }, replaySalesforceEvent},
		{"a record that is not there (404), by the reading of records", func(x recorded) bool { return x.Status == 404 }, replaySalesforceMissing},
		{"records read one by one: we read them by queries", func(x recorded) bool {
			return x.Method == "GET" && strings.Contains(x.Path, "/sobjects/") && !strings.HasSuffix(x.Path, "/describe")
		}, nil},
		{"descriptions of objects: we don't ask for them", func(x recorded) bool { return strings.HasSuffix(x.Path, "/describe") }, nil},
		{"logins by SOAP: we have tokens", func(x recorded) bool { return strings.HasPrefix(x.Path, "/services/Soap/") }, nil},
	},
}

// from gives the object that a query asks for; "" if it is none.
func from(x recorded) string {
	_, text, _ := strings.Cut(x.query("q"), " FROM ")
	object, _, _ := strings.Cut(text, " ")
	return object
}

type salesforceQuery struct{ Records []map[string]any }

type salesforceResult struct {
	ID      string
	Success bool
	Errors  []struct{ StatusCode, Message string }
}

// ended gives what a result says in the words of outcomes.
func (r salesforceResult) ended() string {
	if r.Success {
		return "done"
	}
	return fmt.Sprintf("rejected: %s: %s", r.Errors[0].StatusCode, r.Errors[0].Message)
}

// selected gives the fields that a query asks for, but for the id.
func selected(x recorded) []string {
	text, _, _ := strings.Cut(strings.TrimPrefix(x.query("q"), "SELECT "), " FROM ")
	var out []string
	for _, f := range strings.Split(text, ",") {
		if f = strings.TrimSpace(f); f != "Id" {
			out = append(out, f)
		}
	}
	return out
}

// salesforceAside has the tape answer tokens; the token says where the org is.
func salesforceAside(p *tape, more map[string]string) {
	answers := map[string]string{"POST /services/oauth2/token": fmt.Sprintf(`{"access_token":"session-1","instance_url":%q}`, p.URL)}
	maps.Copy(answers, more)
	p.besides(answers)
}

func replaySalesforceQuery(p *tape, x recorded) {
	salesforceAside(p, nil)
	object, fields := strings.ToLower(from(x)), selected(x)
	rows, ids := [][]string{}, map[string][]string{}
	for _, r := range read[salesforceQuery](p.T, x.Response).Records {
		row := []string{r["Id"].(string)}
		for _, f := range fields {
			row = append(row, connector.Text(r[f]))
		}
		rows = append(rows, row)
		if email, ok := r["Email"].(string); ok {
			ids[strings.ToLower(email)] = append(ids[strings.ToLower(email)], row[0])
		}
	}
	p.wantRecords(x, object, fields, rows)
	if slices.Contains(fields, "Email") {
		p.again()
		p.wantResolved(x, object, ids, "nobody@example.org")
	}
}

func replaySalesforceCampaign(p *tape, x recorded) {
	salesforceAside(p, nil)
	p.wantCollection(x, named("campaign", "High value"), len(read[salesforceQuery](p.T, x.Response).Records) == 1)
}

func leadID(n int) string { return id18Of(fmt.Sprintf("00Q%012d", n)) }

// foundMembers answers the queries for a campaign and the memberships of items.
func foundMembers(ids, members []string) map[string]string {
	records := []any{}
	for i := range members {
		records = append(records, map[string]any{"Id": members[i], "LeadId": ids[i]})
	}
	text, _ := json.Marshal(map[string]any{"totalSize": len(records), "done": true, "records": records})
	return map[string]string{
		`GET~SELECT Id, Name FROM Campaign WHERE Name = 'High value' LIMIT 2`: `{"totalSize":1,"done":true,"records":[{"Id":"7014S00000097HcQAI"}]}`,
		"GET~" + lookedUp(ids): string(text),
	}
}

// lookedUp is the query by which the manifest looks for memberships.
func lookedUp(ids []string) string {
	return "SELECT Id, LeadId FROM CampaignMember WHERE CampaignId = '7014S00000097HcQAI' AND LeadId IN ('" + strings.Join(append(slices.Clone(ids), "000000000000000AAA"), "', '") + "')"
}

func replaySalesforceMembers(p *tape, x recorded) {
	aside := foundMembers(nil, nil)
	delete(aside, "GET~"+lookedUp(nil))
	salesforceAside(p, aside)
	want, member := []string{}, selected(x)[0]
	for _, r := range read[salesforceQuery](p.T, x.Response).Records {
		want = append(want, r[member].(string))
	}
	got, err := p.connector().Members(p.Context(), named(map[string]string{"LeadId": "lead_campaign", "ContactId": "campaign"}[member], "High value"))
	p.wantSame(x, err, slices.Sorted(slices.Values(want)), got)
}

// replaySalesforceMemberships removes who the recorded query found: the ids in the request that deletes are those of the memberships.
func replaySalesforceMemberships(p *tape, x recorded) {
	records := read[salesforceQuery](p.T, x.Response).Records
	var leads, members []string
	want := []string{}
	for _, r := range records {
		leads, members = append(leads, r["LeadId"].(string)), append(members, r["Id"].(string))
		want = append(want, "done")
	}
	leads, want = append(leads, leadID(99)), append(want, "already")
	aside := foundMembers(nil, nil)
	delete(aside, "GET~"+lookedUp(nil))
	results, _ := json.Marshal(slices.Repeat([]any{map[string]any{"success": true, "errors": []any{}}}, len(records)))
	aside["DELETE /services/data/v66.0/composite/sobjects"] = string(results)
	salesforceAside(p, aside)
	p.wantWritten(x, connector.Batch{Verb: connector.Remove, Target: named("lead_campaign", "High value"), Items: itemsOf(leads)}, want)
	p.wantInLast(x, members)
}

func replaySalesforceUpdate(p *tape, x recorded) {
	salesforceAside(p, nil)
	body := read[struct{ Records []map[string]any }](p.T, x.Body)
	b := connector.Batch{Verb: connector.Set}
	for _, r := range body.Records {
		b.Target = named(strings.ToLower(r["attributes"].(map[string]any)["type"].(string)), "")
		id := firstText(r["Id"], r["id"])
		fields := maps.Clone(r)
		for _, name := range []string{"attributes", "Id", "id"} {
			delete(fields, name)
		}
		b.Items = append(b.Items, connector.Item{ID: id, Fields: fields})
	}
	p.wantWritten(x, b, endings(p, x))
}

func firstText(values ...any) string {
	for _, v := range values {
		if text, ok := v.(string); ok {
			return text
		}
	}
	return ""
}

// endings gives what became of each record, in the order of the request.
func endings(p *tape, x recorded) []string {
	var want []string
	for _, r := range read[[]salesforceResult](p.T, x.Response) {
		want = append(want, r.ended())
	}
	return want
}

func replaySalesforceInsert(p *tape, x recorded) {
	results := read[[]salesforceResult](p.T, x.Response)
	b := connector.Batch{Verb: connector.Task, Target: named("task", "")}
	for i := range results {
		b.Items = append(b.Items, connector.Item{Key: fmt.Sprint("key-", i), Fields: map[string]any{"title": "Call"}})
	}
	salesforceAside(p, nil)
	p.wantWritten(x, b, endings(p, x))
	p.again()
	salesforceAside(p, nil)
	out, err := p.connector().Write(p.Context(), b)
	for i, o := range out {
		if err == nil && o.Receipt != results[i].ID {
			p.Errorf("%s: the receipt of %d is %q, want %q", x, i, o.Receipt, results[i].ID)
		}
	}
	p.again()
	salesforceAside(p, foundMembers(nil, nil))
	b.Verb, b.Target = connector.Add, named("lead_campaign", "High value")
	for i := range b.Items {
		b.Items[i].ID = leadID(i)
	}
	p.wantWritten(x, b, endings(p, x))
}

func replaySalesforceDelete(p *tape, x recorded) {
	results := read[[]salesforceResult](p.T, x.Response)
	var leads, members []string
	for i, r := range results {
		leads, members = append(leads, leadID(i)), append(members, r.ID)
	}
	salesforceAside(p, foundMembers(leads, members))
	p.wantWritten(x, connector.Batch{Verb: connector.Remove, Target: named("lead_campaign", "High value"), Items: itemsOf(leads)}, endings(p, x))
	p.wantInLast(x, members)
}

func replaySalesforceCreate(p *tape, x recorded) {
	salesforceAside(p, map[string]string{`GET~SELECT Id, Name FROM Campaign WHERE Name = 'High value' LIMIT 2`: `{"totalSize":0,"done":true,"records":[]}`})
	c := p.connector()
	p.wantSame(x, c.Create(p.Context(), named("campaign", "High value")), nil, nil)
	p.wantSame(x, c.CheckCollection(p.Context(), named("campaign", "High value")), nil, nil) // its id is known now, and is not asked for
}

func replaySalesforceEvent(p *tape, x recorded) {
	salesforceAside(p, nil)
	out, err := p.connector().Write(p.Context(), connector.Batch{Verb: connector.Send, Target: named("event", ""), Items: []connector.Item{{Key: "k", Fields: map[string]any{"text": "x"}}}})
	p.wantSame(x, err, []connector.Outcome{{Status: connector.Done, Receipt: read[salesforceResult](p.T, x.Response).ID}}, out)
}

func replaySalesforceMissing(p *tape, x recorded) {
	salesforceAside(p, nil)
	got, err := p.connector().Fields(p.Context(), "contact", []string{"0034S000005YJX9QAO"}, []string{"Email"})
	p.wantSame(x, err, map[string]map[string]string{}, got)
}
