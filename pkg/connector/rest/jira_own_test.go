package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

func jiraTask(key string, fields map[string]any) connector.Batch {
	return connector.Batch{Verb: connector.Task, Target: connector.Collection{Kind: "task"}, Items: []connector.Item{{Key: key, Fields: fields, Source: connector.Source{Play: "mqa", Step: "call"}}}}
}

func TestJira_makesAnIssueOfATask(t *testing.T) {
	x := newJira(t)
	c := x.connect(t, "jira", x.settings()).(connector.Writer)
	out, err := c.Write(t.Context(), jiraTask("k1", map[string]any{"title": "Call\nAcme", "assignee": "REP-1@acme.example", "due": time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC), "notes": "ask for\n\nthe budget",
		"asks": []any{"next_step"}, "outcomes": []any{"booked", "not now"}}))
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	if out[0].Receipt != "90000" {
		t.Errorf("the receipt is %q", out[0].Receipt)
	}
	got := x.issues["90000"].fields
	for name, want := range map[string]string{
		"summary": "Call Acme", "duedate": "2026-12-01", "assignee": `{"id":"acc-rep-1"}`, "project": `{"key":"GTM"}`, "issuetype": `{"name":"Task"}`, "labels": `["playctl","playctl-k1"]`,
		"description": `{"content":[{"content":[{"text":"ask for","type":"text"}],"type":"paragraph"},{"type":"paragraph"},{"content":[{"text":"the budget","type":"text"}],"type":"paragraph"},` +
			`{"content":[{"text":"To be answered: next_step","type":"text"}],"type":"paragraph"},{"content":[{"text":"Ends as one of: booked | not now","type":"text"}],"type":"paragraph"}],"type":"doc","version":1}`,
	} {
		if text := connector.Text(got[name]); text != want {
			t.Errorf("%s is %s, want %s", name, text, want)
		}
	}
	if p := connector.Text(x.issues["90000"].properties["playctl"]); p != `{"key":"k1","play":"mqa","step":"call"}` {
		t.Errorf("the property is %s", p)
	}
}

// TestJira_quotesWhatItSearchesFor is trap B10: a key is no part of a query.
func TestJira_quotesWhatItSearchesFor(t *testing.T) {
	x := newJira(t)
	settings := x.settings()
	settings["project"] = `G"TM`
	c := x.connect(t, "jira", settings).(connector.Looker)
	if _, err := c.Lookup(t.Context(), "task", []string{`a" OR project = "HR`, "b"}); err != nil {
		t.Fatal(err)
	}
	if want := `project = "G\"TM" AND labels in ("playctl-a\" OR project = \"HR", "playctl-b")`; !slices.Equal(x.jql, []string{want}) {
		t.Errorf("searched for %q, want %s", x.jql, want)
	}
}

func TestJira_readsWhatHasChanged(t *testing.T) {
	x := newJira(t)
	for _, id := range []string{"10001", "10002", "10003"} {
		x.put(id, map[string]any{"summary": "s" + id, "labels": []any{"a"}, "assignee": map[string]any{"accountId": "acc-1"}, "priority": map[string]any{"name": "High"}})
	}
	c := x.connect(t, "jira", x.settings()).(connector.RecordReader)
	var rows []string
	err := c.Records(t.Context(), "issue", []string{"id", "key", "summary", "status", "assignee", "priority", "customfield_1"}, time.Date(2026, 11, 23, 7, 59, 30, 0, time.UTC), func(row []any) error {
		rows = append(rows, connector.Text(row))
		return nil
	})
	if want := `["10002","GTM-10002","s10002","To Do","acc-1","High",null]`; err != nil || len(rows) != 3 || rows[1] != want {
		t.Errorf("%q, %v, want %s", rows, err, want)
	}
	if want := `project = "GTM" AND updated >= "-61m" ORDER BY key`; x.jql[0] != want {
		t.Errorf("searched for %q, want %s", x.jql, want)
	}
}

// TestJira_findsPeople holds that a search by an address, which finds names too and shows the addresses of some only, makes nobody of the wrong one.
func TestJira_findsPeople(t *testing.T) {
	x := newJira(t)
	x.users = append(x.users, map[string]any{"accountId": "acc-twin-1", "displayName": "twin", "accountType": "atlassian", "active": true}, map[string]any{"accountId": "acc-twin-2", "displayName": "twin", "accountType": "atlassian", "active": true},
		map[string]any{"accountId": "acc-gone", "displayName": "gone", "emailAddress": "gone@acme.example", "accountType": "atlassian", "active": false})
	got, err := x.connect(t, "jira", x.settings()).(connector.Resolver).Resolve(t.Context(), "user", []string{"rep-0@acme.example", "shy@acme.example", "twin@acme.example", "gone@acme.example", "nobody@acme.example", "acc-5"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]connector.Identified{"rep-0@acme.example": {ID: "acc-rep-0"}, "shy@acme.example": {ID: "acc-shy"}, "twin@acme.example": {Why: "2 records have it as their emailAddress"}, "acc-5": {ID: "acc-5"}}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s is %+v, want %+v", id, got[id], w)
		}
	}
}

// TestJira_cancelsByATransition is trap G9: to a status of those that say so, where there is one; a task that can't be closed is told.
func TestJira_cancelsByATransition(t *testing.T) {
	x := newJira(t)
	c := x.connect(t, "jira", x.settings())
	for range 3 {
		if _, err := c.(connector.Writer).Write(t.Context(), jiraTask("k", map[string]any{"title": "Call"})); err != nil {
			t.Fatal(err)
		}
	}
	cancel := func(ids ...string) []connector.Outcome {
		out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Cancel, Target: connector.Collection{Kind: "task"}, Items: items(ids...)})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	x.move(x.issues["90001"], "Done")
	wantOutcomes(t, cancel("90000", "90001", "12345"), "done", "already", "already")
	if s := x.issues["90000"].status; s != "Cancelled" || x.issues["90001"].status != "Done" {
		t.Errorf("it is %s", s)
	}
	x.noWay = true
	wantOutcomes(t, cancel("90002"), "rejected: no transition leads from To Do to a status that is done")
	x.noWay = false
	x.locked(func() {
		x.move(x.issues["90002"], "Done")
		x.issues["90002"].properties["playctl"] = map[string]any{"cancelled": true}
	})
	reports, err := c.(connector.TaskReader).Tasks(t.Context(), "task", []string{"90000", "90001", "90002"})
	if err != nil || reports["90000"].Status != connector.TaskCancelled || reports["90001"].Status != connector.TaskDone || reports["90002"].Status != connector.TaskCancelled {
		t.Errorf("%+v, %v", reports, err)
	}
}

func TestJira_errors(t *testing.T) {
	x := newJira(t)
	settings := x.settings()
	settings["token"] = "wrong-secret"
	if err := x.connect(t, "jira", settings).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "the e-mail address and the token are not taken") || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with a wrong token: %v", err)
	}
	said := 0
	answer := x.answer
	x.answer = func(w http.ResponseWriter, r *http.Request, body []byte) {
		if said++; said == 1 {
			w.Header().Set("Retry-After", "5")
			w.Header().Set("RateLimit-Reason", "jira-burst-based")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		answer(w, r, body)
	}
	out, err := x.connect(t, "jira", x.settings()).(connector.Writer).Write(t.Context(), jiraTask("k1", map[string]any{"title": "Call"}))
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	out, err = x.connect(t, "jira", x.settings()).(connector.Writer).Write(t.Context(), jiraTask("k 2", map[string]any{"title": "Call"}))
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "rejected: labels: The label 'playctl-k 2' contains spaces which is invalid.")
}

func TestJira_commentsAreDocuments(t *testing.T) {
	x := newJira(t)
	x.put("10000", map[string]any{"labels": []any{}})
	send := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "comment"}, Items: []connector.Item{{ID: "10000", Key: "k1", Fields: map[string]any{"text": "one\n\ntwo"}}}}
	out, err := x.connect(t, "jira", x.settings()).(connector.Writer).Write(t.Context(), send)
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	want := `{"content":[{"content":[{"text":"one","type":"text"}],"type":"paragraph"},{"type":"paragraph"},{"content":[{"text":"two","type":"text"}],"type":"paragraph"}],"type":"doc","version":1}`
	if len(x.comments) != 1 || x.comments[0] != want || out[0].Receipt != "501" {
		t.Errorf("%q, receipt %s", x.comments, out[0].Receipt)
	}
}
