package rest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

const lists = `
settings: {token: {secret: true}}
auth: {bearer: settings.token}
errors:
  - {when: status == 429, do: retry, after: header("Retry-After")}
  - {when: 'status in [502, 503]', do: retry}
  - {when: status == 404, do: absent}
collections:
  list:
    fold_names: true
    find: {get: '/lists/${name}', id: json.id, writable: 'json.?kind.orValue("manual") == "manual"'}
    members: {get: '/lists/${id}/members', query: {limit: "2"}, records: json.results, key: text(it.id), paginator: {cursor: json.next, into: query.after}}
    add: {put: '/lists/${id}/add', batch: 2, body: keys, retry: safe, outcomes: [{list: json.missing, key: it, is: rejected, why: '"no such record"'}], otherwise: done}
actions:
  message: {send: {post: /messages, body: '{"to": item.id, "text": item.fields.text}', retry: never, receipt: json.id}}
`

func TestWrite_addsInBatchesAndReadsWhatIsTold(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, c call) {
		switch c.path {
		case "/lists/Early%20intent%2F1":
			reply(w, 200, `{"id": 7}`)
		case "/lists/7/add":
			reply(w, 200, `{"missing": ["c"]}`)
		default:
			reply(w, 404, `{}`)
		}
	})
	s := v.open(lists, map[string]any{"token": "secret-token"})
	out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "list", Name: "Early intent/1"}, Items: items("a", "b", "c", "a")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "done", "rejected: no such record", "already")
	var sent []string
	for _, c := range v.calls() {
		if c.header.Get("Authorization") != "Bearer secret-token" {
			t.Errorf("%s %s is not signed", c.method, c.path)
		}
		var ids []string
		if c.method == http.MethodPut && json.Unmarshal([]byte(c.body), &ids) == nil {
			sent = append(sent, strings.Join(ids, "+"))
		}
	}
	slices.Sort(sent)
	if diff := cmp.Diff([]string{"a+b", "c"}, sent); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Members(t.Context(), connector.Collection{Kind: "list", Name: "none"}); err == nil || !strings.Contains(err.Error(), "no such collection") {
		t.Errorf("a list that there is not: %v", err)
	}
}

func TestWrite_aMessageWhoseAnswerIsLostIsInDoubt(t *testing.T) {
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, _ call) {
		if n++; n == 1 {
			cut(w)
			return
		}
		reply(w, 200, `{"id": "m1"}`)
	})
	s := v.open(lists, map[string]any{"token": "secret-token"})
	send := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{ID: "u1", Key: "k1", Fields: map[string]any{"text": "hello"}}}}
	out, err := s.Write(t.Context(), send)
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "in doubt")
	if out, err = s.Write(t.Context(), send); err != nil || out[0].Receipt != "m1" || out[0].Status != connector.Done {
		t.Errorf("%v, %v", out, err)
	}
	if len(v.calls()) != 2 {
		t.Errorf("it was sent %d times", len(v.calls()))
	}
}

func TestMembers_followsPages(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, c call) {
		switch c.path + "?" + c.query {
		case "/lists/x?":
			reply(w, 200, `{"id": "9"}`)
		case "/lists/9/members?limit=2":
			reply(w, 200, `{"results": [{"id": 3}, {"id": 1}], "next": "p2"}`)
		case "/lists/9/members?after=p2&limit=2":
			reply(w, 200, `{"results": [{"id": 2}], "next": null}`)
		default:
			t.Errorf("asked for %s?%s", c.path, c.query)
		}
	})
	ids, err := v.open(lists, nil).Members(t.Context(), connector.Collection{Kind: "list", Name: "x"})
	if diff := cmp.Diff([]string{"1", "2", "3"}, ids); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestWrite_whoIsInSinceALostTryIsOurs: the vendor takes somebody in, its answer is lost, and to the second try it says that they are in already. Were
// that told as it is, playctl would take them for somebody else's, and never take them out again.
func TestWrite_whoIsInSinceALostTryIsOurs(t *testing.T) {
	in := map[string]bool{"before": true}
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, c call) {
		var id string
		if err := json.Unmarshal([]byte(c.body), &id); err != nil {
			t.Error(err)
		}
		was := in[id]
		in[id] = true
		if n++; n == 1 {
			cut(w)
			return
		}
		reply(w, 200, map[bool]string{true: `{"was": "in"}`, false: `{"was": "out"}`}[was])
	})
	s := v.open(`
collections:
  list: {add: {post: '/lists/${name}', body: item.id, retry: safe, outcomes: [{list: '[json]', by: position, cases: [{when: it.was == "in", is: already}, {is: done}]}]}}
`, nil)
	for _, c := range [][2]string{{"lost", "done"}, {"before", "already"}} {
		out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "list", Name: "a"}, Items: items(c[0])})
		if err != nil {
			t.Fatal(err)
		}
		wantOutcomes(t, out, c[1])
	}
}
