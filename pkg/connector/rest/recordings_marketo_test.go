package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

const marketoToken = `{"access_token":"token-1","token_type":"bearer","expires_in":3599,"scope":"api@acme.example"}`

// marketoRecording is of 2021; its API has the version that it still has.
var marketoRecording = recording{
	vendor: "marketo",
	settings: func(base string) map[string]any {
		return map[string]any{"base_url": base, "client_id": "id-1", "client_secret": "secret-1", "folder": "12"}
	},
	replayed: 148, others: 7,
	meetings: []meeting{
		{"a token", func(x recorded) bool { return x.Path == "/identity/oauth/token" }, replayMarketoToken},
		{"leads that are found, by the reading and the look-up of leads", func(x recorded) bool { return x.Method == "GET" && x.Path == "/rest/v1/leads.json" }, replayMarketoLeads},
		{"leads that are deleted: no operation of ours does", func(x recorded) bool { return x.query("_method") == "DELETE" }, nil},
		{"leads that are made, changed or skipped with a reason within 200, by the update of leads", func(x recorded) bool { return x.Method == "POST" && x.Path == "/rest/v1/leads.json" }, replayMarketoUpdate},
		{"who is in a list, asked for by POST with _method=GET", func(x recorded) bool { return strings.HasPrefix(x.Path, "/rest/v1/list/") }, replayMarketoMembers},
		{"leads that are added to a list", func(x recorded) bool { return x.Method == "POST" && strings.HasPrefix(x.Path, "/rest/v1/lists/") }, replayMarketoAdd},
		{"leads that are removed from a list, some not in it", func(x recorded) bool { return x.Method == "DELETE" }, replayMarketoRemove},
		{"a list found by its name, or a warning that there is none", func(x recorded) bool { return strings.HasSuffix(x.Path, "/staticList/byName.json") }, replayMarketoFind},
		{"a list is made", func(x recorded) bool { return strings.HasSuffix(x.Path, "/staticLists.json") }, replayMarketoCreate},
		{"folders, deletions of lists and descriptions: we don't ask for them", func(x recorded) bool {
			return strings.Contains(x.Path, "/folder/") || strings.HasSuffix(x.Path, "/delete.json") || strings.HasSuffix(x.Path, "/describe.json")
		}, nil},
	},
}

type marketoAnswer struct{ Result []map[string]any }

// ids gives the ids of an answer's leads.
func (a marketoAnswer) ids() []string {
	out := []string{}
	for _, r := range a.Result {
		out = append(out, connector.Text(r["id"]))
	}
	return out
}

// ended gives what became of each lead, where some words mean it was so before.
func (a marketoAnswer) ended(done, already []string) []string {
	var out []string
	for _, r := range a.Result {
		code := ""
		reason := ""
		for _, x := range reasonsOf(r) {
			code = x["code"]
			reason = x["code"] + " " + x["message"]
		}
		status := r["status"].(string)
		switch {
		case slices.Contains(done, status):
			out = append(out, "done")
		case slices.Contains(already, status), code != "" && slices.Contains(already, code):
			out = append(out, "already")
		default:
			out = append(out, "rejected: "+reason)
		}
	}
	return out
}

func reasonsOf(r map[string]any) []map[string]string {
	var out []map[string]string
	list, _ := r["reasons"].([]any)
	for _, x := range list {
		of := x.(map[string]any)
		out = append(out, map[string]string{"code": of["code"].(string), "message": of["message"].(string)})
	}
	return out
}

func replayMarketoToken(p *tape, x recorded) {
	p.besides(map[string]string{"GET /rest/v1/leads/describe2.json": `{"requestId":"1#2","success":true,"result":[]}`})
	p.wantSame(x, p.connector().Check(p.Context()), nil, nil)
	want := "Bearer " + read[struct {
		Token string `json:"access_token"`
	}](p.T, x.Response).Token
	if got := p.asked[len(p.asked)-1].header.Get("Authorization"); got != want {
		p.Errorf("%s: the next request is signed with %q, want %q", x, got, want)
	}
}

// besidesMarketo answers tokens, and looks for a list.
func besidesMarketo(p *tape, list string) {
	p.besides(map[string]string{"GET /identity/oauth/token": marketoToken, "GET /rest/asset/v1/staticList/byName.json": list})
}

const marketoList7 = `{"success":true,"errors":[],"requestId":"1#2","warnings":[],"result":[{"id":7,"name":"High value"}]}`

func replayMarketoLeads(p *tape, x recorded) {
	besidesMarketo(p, "")
	answer := read[marketoAnswer](p.T, x.Response)
	fields, ids := map[string]map[string]string{}, map[string][]string{}
	names := map[string]bool{}
	for _, r := range answer.Result {
		id := connector.Text(r["id"])
		fields[id] = map[string]string{}
		for name, value := range r {
			names[name] = true
			if value != nil {
				fields[id][name] = connector.Text(value)
			}
		}
		if email, ok := r["email"].(string); ok {
			ids[strings.ToLower(email)] = append(ids[strings.ToLower(email)], id)
		}
	}
	p.wantResolved(x, "lead", ids, "nobody@example.org")
	if len(fields) > 0 {
		p.again()
		p.wantFields(x, "lead", fields, slices.Sorted(maps.Keys(names)))
	}
}

func replayMarketoUpdate(p *tape, x recorded) {
	besidesMarketo(p, "")
	body := read[struct{ Input []map[string]any }](p.T, x.Body)
	b := connector.Batch{Verb: connector.Set, Target: named("lead", "")}
	for i, in := range body.Input {
		id := fmt.Sprint(900 + i) // of one that is made
		if own, ok := in["id"]; ok {
			id = connector.Text(own)
		}
		delete(in, "id")
		b.Items = append(b.Items, connector.Item{ID: id, Fields: in})
	}
	p.wantWritten(x, b, read[marketoAnswer](p.T, x.Response).ended([]string{"created", "updated"}, nil))
}

func replayMarketoMembers(p *tape, x recorded) {
	besidesMarketo(p, marketoList7)
	got, err := p.connector().Members(p.Context(), named("list", "High value"))
	p.wantSame(x, err, slices.Sorted(slices.Values(read[marketoAnswer](p.T, x.Response).ids())), got)
}

func replayMarketoAdd(p *tape, x recorded) {
	besidesMarketo(p, marketoList7)
	answer := read[marketoAnswer](p.T, x.Response)
	p.wantWritten(x, connector.Batch{Verb: connector.Add, Target: named("list", "High value"), Items: itemsOf(answer.ids())}, answer.ended([]string{"added"}, []string{"memberof"}))
	p.wantInLast(x, answer.ids())
}

func replayMarketoRemove(p *tape, x recorded) {
	besidesMarketo(p, marketoList7)
	answer := read[marketoAnswer](p.T, x.Response)
	p.wantWritten(x, connector.Batch{Verb: connector.Remove, Target: named("list", "High value"), Items: itemsOf(answer.ids())}, answer.ended([]string{"removed"}, []string{"notmemberof", "1015"}))
	p.wantInLast(x, answer.ids())
}

func replayMarketoFind(p *tape, x recorded) {
	p.besides(map[string]string{"GET /identity/oauth/token": marketoToken})
	p.wantCollection(x, named("list", "High value"), len(read[marketoAnswer](p.T, x.Response).Result) == 1)
}

func replayMarketoCreate(p *tape, x recorded) {
	answer := read[marketoAnswer](p.T, x.Response)
	added, _ := json.Marshal(map[string]any{"success": true, "result": []any{map[string]any{"id": 1, "status": "added"}}})
	p.besides(map[string]string{"GET /identity/oauth/token": marketoToken, "GET /rest/asset/v1/staticList/byName.json": `{"success":true,"errors":[],"warnings":["No assets found for the given search criteria."]}`,
		"POST /rest/v1/lists/" + answer.ids()[0] + "/leads.json": string(added)})
	c := p.connector()
	p.wantSame(x, c.Create(p.Context(), named("list", "High value")), nil, nil)
	out, err := c.Write(p.Context(), connector.Batch{Verb: connector.Add, Target: named("list", "High value"), Items: itemsOf([]string{"1"})}) // by the id that it was given
	p.wantSame(x, err, []connector.Outcome{{Status: connector.Done}}, out)
}
