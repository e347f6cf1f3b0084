package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// jiraWorld is a site with one project.
type jiraWorld struct {
	world
	issues   map[string]*jiraIssue
	next     int  // the id of the next one
	upserts  bool // what is set is there then, as the suite has it
	users    []map[string]any
	comments []string
	jql      []string // what was searched for
	noWay    bool     // no transition leads anywhere
}

type jiraIssue struct {
	fields     map[string]any
	properties map[string]any
	status     string // To Do, In Progress, Done, Cancelled
	changed    time.Time
}

var jiraCategories = map[string]string{"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Cancelled": "done"}

func newJira(t *testing.T) *jiraWorld {
	x := &jiraWorld{issues: map[string]*jiraIssue{}, next: 90000}
	for i := range 3 {
		x.users = append(x.users, map[string]any{"accountId": fmt.Sprintf("acc-rep-%d", i), "displayName": fmt.Sprintf("Rep %d", i), "emailAddress": fmt.Sprintf("Rep-%d@acme.example", i), "accountType": "atlassian", "active": true})
	}
	x.users = append(x.users, map[string]any{"accountId": "acc-shy", "displayName": "shy", "accountType": "atlassian", "active": true}, // shows no address
		map[string]any{"accountId": "acc-app", "displayName": "rep-0 app", "accountType": "app", "active": true})
	x.answer = x.serveJira
	x.writes = func(r *http.Request) bool {
		return r.Method == http.MethodPut || r.Method == http.MethodPost && !strings.Contains(r.URL.Path, "search") && !strings.Contains(r.URL.Path, "bulkfetch")
	}
	x.start(t)
	return x
}

func (x *jiraWorld) settings() map[string]any {
	return map[string]any{"base_url": x.URL, "email": "ops@acme.example", "token": "jira-secret", "project": "GTM", "outcome_field": "customfield_10050", "answers_fields": "next_step=customfield_10051, budget=customfield_10052"}
}

func (x *jiraWorld) serveJira(w http.ResponseWriter, r *http.Request, body []byte) {
	in := map[string]any{}
	_ = json.Unmarshal(body, &in)
	if user, password, _ := r.BasicAuth(); user != "ops@acme.example" || password != "jira-secret" {
		reply(w, http.StatusUnauthorized, `{"message": "Client must be authenticated to access this resource.", "status-code": 401}`)
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/rest/api/3/"), "/")
	switch r.Method + " " + parts[0] {
	case "GET myself":
		reply(w, 200, `{"accountId": "acc-ops"}`)
	case "POST search":
		x.serveSearch(w, in)
	case "GET user":
		x.serveUsers(w, r.URL.Query().Get("query"))
	case "GET issue", "POST issue", "PUT issue":
		x.serveIssues(w, r, parts[1:], in)
	default:
		reply(w, http.StatusNotFound, `{"errorMessages": ["no such path"], "errors": {}}`)
	}
}

func jiraJSON(w http.ResponseWriter, status int, value any) {
	out, _ := json.Marshal(value)
	reply(w, status, string(out))
}

func jiraError(w http.ResponseWriter, status int, messages []string, errors map[string]string) {
	if messages == nil {
		messages = []string{}
	}
	if errors == nil {
		errors = map[string]string{}
	}
	jiraJSON(w, status, map[string]any{"errorMessages": messages, "errors": errors})
}

func (x *jiraWorld) serveIssues(w http.ResponseWriter, r *http.Request, parts []string, in map[string]any) {
	switch {
	case len(parts) == 0:
		x.create(w, in)
		return
	case parts[0] == "bulkfetch":
		x.serveFetch(w, in)
		return
	}
	issue := x.issues[parts[0]]
	if issue == nil && x.upserts && (r.Method == http.MethodPut && len(parts) == 1 || parts[len(parts)-1] == "comment") {
		issue = x.put(parts[0], map[string]any{"labels": []any{}})
	}
	switch {
	case issue == nil:
		jiraError(w, http.StatusNotFound, []string{"Issue does not exist or you do not have permission to see it."}, nil)
	case len(parts) == 1 && r.Method == http.MethodGet:
		out := x.shown(parts[0], issue, nil)
		out["transitions"] = []any{}
		if !x.noWay {
			out["transitions"] = []any{jiraTransition("11", "In Progress"), jiraTransition("31", "Done"), jiraTransition("41", "Cancelled")}
		}
		jiraJSON(w, 200, out)
	case len(parts) == 1:
		for name, value := range in["fields"].(map[string]any) {
			issue.fields[name] = value
		}
		w.WriteHeader(http.StatusNoContent)
	case parts[1] == "transitions":
		to := map[string]string{"11": "In Progress", "31": "Done", "41": "Cancelled"}[in["transition"].(map[string]any)["id"].(string)]
		x.move(issue, to)
		w.WriteHeader(http.StatusNoContent)
	case parts[1] == "properties":
		issue.properties[parts[2]] = in
		w.WriteHeader(http.StatusOK)
	case parts[1] == "comment":
		text, _ := json.Marshal(in["body"])
		x.comments = append(x.comments, string(text))
		jiraJSON(w, http.StatusCreated, map[string]any{"id": fmt.Sprint(500 + len(x.comments))})
	}
}

func jiraTransition(id, to string) any {
	return map[string]any{"id": id, "name": "to " + to, "to": map[string]any{"name": to, "statusCategory": map[string]any{"key": jiraCategories[to]}}}
}

func (x *jiraWorld) move(issue *jiraIssue, to string) {
	issue.status, issue.changed = to, time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
}

func (x *jiraWorld) put(id string, fields map[string]any) *jiraIssue {
	x.issues[id] = &jiraIssue{fields: fields, properties: map[string]any{}, status: "To Do"}
	return x.issues[id]
}

// ids gives those of the issues, sorted.
func (x *jiraWorld) ids() []string { return slices.Sorted(maps.Keys(x.issues)) }

func (x *jiraWorld) create(w http.ResponseWriter, in map[string]any) {
	fields := in["fields"].(map[string]any)
	summary, _ := fields["summary"].(string)
	switch {
	case strings.TrimSpace(summary) == "":
		jiraError(w, http.StatusBadRequest, nil, map[string]string{"summary": "You must specify a summary of the issue."})
		return
	case strings.ContainsAny(summary, "\n\r"):
		jiraError(w, http.StatusBadRequest, nil, map[string]string{"summary": "The summary is invalid because it contains newline characters."})
		return
	}
	for _, l := range fields["labels"].([]any) {
		if strings.Contains(l.(string), " ") {
			jiraError(w, http.StatusBadRequest, nil, map[string]string{"labels": "The label '" + l.(string) + "' contains spaces which is invalid."})
			return
		}
	}
	id := strconv.Itoa(x.next)
	x.next++
	issue := x.put(id, fields)
	for _, p := range in["properties"].([]any) {
		issue.properties[p.(map[string]any)["key"].(string)] = p.(map[string]any)["value"]
	}
	jiraJSON(w, http.StatusCreated, map[string]any{"id": id, "key": "GTM-" + id, "self": x.URL})
}

// shown gives an issue as Jira does; fields: those that are wanted, nil: all.
func (x *jiraWorld) shown(id string, issue *jiraIssue, fields []any) map[string]any {
	const form = "2006-01-02T15:04:05.000-0700"
	all := map[string]any{}
	for name, value := range issue.fields {
		all[name] = value
	}
	all["status"] = map[string]any{"name": issue.status, "statusCategory": map[string]any{"key": jiraCategories[issue.status]}}
	all["statuscategorychangedate"], all["updated"], all["resolution"], all["resolutiondate"] = issue.changed.Format(form), issue.changed.Format(form), nil, nil
	if jiraCategories[issue.status] == "done" {
		all["resolution"], all["resolutiondate"] = map[string]any{"name": "Done"}, issue.changed.Format(form)
	}
	wanted := map[string]any{}
	for name, value := range all {
		if fields == nil || slices.Contains(fields, any(name)) {
			wanted[name] = value
		}
	}
	return map[string]any{"id": id, "key": "GTM-" + id, "fields": wanted, "properties": issue.properties}
}

func (x *jiraWorld) serveFetch(w http.ResponseWriter, in map[string]any) {
	ids, fields := in["issueIdsOrKeys"].([]any), in["fields"].([]any)
	if len(ids) > 100 {
		jiraError(w, http.StatusBadRequest, []string{"too many issues"}, nil)
		return
	}
	list, seen := []any{}, map[any]bool{}
	for _, id := range ids {
		if issue := x.issues[id.(string)]; issue != nil && !seen[id] {
			seen[id] = true
			list = append(list, x.shown(id.(string), issue, fields))
		}
	}
	jiraJSON(w, 200, map[string]any{"issues": list, "issueErrors": []any{}})
}

var labelsIn = regexp.MustCompile(`labels in \((.*)\)`)

func (x *jiraWorld) serveSearch(w http.ResponseWriter, in map[string]any) {
	jql := in["jql"].(string)
	x.jql = append(x.jql, jql)
	var wanted []string
	if m := labelsIn.FindStringSubmatch(jql); m != nil {
		for _, l := range strings.Split(m[1], ", ") {
			label, err := strconv.Unquote(l)
			if err != nil {
				jiraError(w, http.StatusBadRequest, []string{"Error in the JQL Query"}, nil)
				return
			}
			wanted = append(wanted, label)
		}
	}
	var found []any
	for _, id := range x.ids() {
		issue := x.issues[id]
		if wanted != nil && !slices.ContainsFunc(issue.fields["labels"].([]any), func(l any) bool { return slices.Contains(wanted, l.(string)) }) {
			continue
		}
		found = append(found, x.shown(id, issue, in["fields"].([]any)))
	}
	from, most := 0, int(in["maxResults"].(float64))
	if token, ok := in["nextPageToken"].(string); ok {
		from, _ = strconv.Atoi(token)
	}
	out := map[string]any{"issues": found[from:min(len(found), from+most)], "isLast": from+most >= len(found)}
	if from+most < len(found) {
		out["nextPageToken"] = strconv.Itoa(from + most)
	}
	jiraJSON(w, 200, out)
}

// serveUsers finds by parts of names and by addresses, as Jira does, whether it shows them or not.
func (x *jiraWorld) serveUsers(w http.ResponseWriter, query string) {
	list := []any{}
	local, _, _ := strings.Cut(strings.ToLower(query), "@")
	for _, u := range x.users {
		email, shows := u["emailAddress"].(string)
		if shows && strings.EqualFold(email, query) || strings.Contains(strings.ToLower(u["displayName"].(string)), local) {
			list = append(list, u)
		}
	}
	jiraJSON(w, 200, list)
}

// given are the tasks as the suite compares them.
func (x *jiraWorld) given() []connector.Item {
	var out []connector.Item
	for _, issue := range x.issues {
		p, _ := issue.properties["playctl"].(map[string]any)
		if p == nil {
			continue
		}
		key, _ := p["key"].(string)
		if key == "" {
			key = strings.TrimPrefix(issue.fields["labels"].([]any)[1].(string), "playctl-")
		}
		out = append(out, connector.Item{Key: key})
	}
	slices.SortFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func TestJira_isAsTheSuiteSays(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			x := newJira(t)
			x.upserts = true
			in := func(receipt string, do func(*jiraIssue)) {
				x.locked(func() { do(x.issues[receipt]) })
			}
			return conntest.System{
				Connector: x.connect(t, "jira", x.settings()),
				Make:      func(connector.Collection) {},
				Inject:    x.inject,
				Tasks: func(string) (out []connector.Item) {
					x.locked(func() { out = x.given() })
					return out
				},
				People: &conntest.People{
					Begin: func(_, r string) { in(r, func(i *jiraIssue) { x.move(i, "In Progress") }) },
					Finish: func(_, r, outcome string, answers map[string]string) {
						in(r, func(i *jiraIssue) {
							x.move(i, "Done")
							i.fields["customfield_10050"] = map[string]any{"value": outcome, "id": "1"}
							for name, field := range map[string]string{"next_step": "customfield_10051", "budget": "customfield_10052"} {
								if text, ok := answers[name]; ok {
									i.fields[field] = text
								}
							}
						})
					},
					Close:  func(_, r string) { in(r, func(i *jiraIssue) { x.move(i, "Cancelled") }) },
					Delete: func(_, r string) { x.locked(func() { delete(x.issues, r) }) },
				},
				Identities: &conntest.Identities{Kind: "user", Known: map[string]string{"rep-0@acme.example": "acc-rep-0", "rep-1@acme.example": "acc-rep-1"},
					Spellings: map[string]string{"REP-0@acme.example": "rep-0@acme.example"}, Batch: 1},
			}
		},
		Powers: []conntest.Power{conntest.Writes, conntest.ReadFields, conntest.ReadRecords, conntest.Resolves, conntest.ReadTasks, conntest.Looks},
		Object: "issue", Action: "comment", Task: "task", Fields: []string{"customfield_10060", "customfield_10061"},
		ID: func(n int) string { return strconv.Itoa(10000 + n) }, Many: 250, Blind: true,
	})
}

func jiraHeld(t *testing.T) held {
	return held{name: "jira", pages: true, specs: []spec{readSpec(t, "jira", "")},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := newJira(t)
			x.put("10000", map[string]any{"summary": "x", "labels": []any{}})
			x.put("10001", map[string]any{"summary": "y", "labels": []any{}})
			for n := range 150 { // a second page, of what a look-up finds too
				x.put(strconv.Itoa(20000+n), map[string]any{"summary": "z", "labels": []any{"playctl", "playctl-key-1"}})
			}
			return x.Client(), x.settings()
		},
		ids:        map[string][]string{"issue": {"10000", "10001"}, "comment": {"10000"}},
		identities: map[string][]string{"user": {"rep-1@acme.example"}},
		fields: map[string]map[string]any{
			"issue":   {"summary": "New", "labels": []any{"a"}, "priority": "High", "assignee": "acc-rep-1", "duedate": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), "customfield_1": 3.5},
			"comment": {"text": "first\n\nsecond"},
			"task": {"title": "Call Acme", "assignee": "rep-1@acme.example", "due": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), "notes": "ask for\nthe budget", "asks": []any{"next_step"},
				"outcomes": []any{"booked"}, "priority": map[string]any{"name": "High"}},
		},
	}
}
