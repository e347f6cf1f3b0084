package rest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

// desk has every operation that reads.
const desk = `
errors: [{when: status == 404, do: absent}]
objects:
  contact:
    identities: [{field: email, when: 'id.contains("@")'}]
    list: {get: /contacts, records: json.data, key: it.id, fields: it.fields}
    read: {get: /contacts, records: json.data, key: it.id, fields: it.fields}
    find: {get: /contacts, records: json.data, key: it.id, value: it.fields.email}
collections:
  list:
    of: contact
    find: {get: '/lists/${name}', id: json.list.id}
    members: {get: '/lists/${id}/members', records: json.data, key: it.id}
    add: {put: '/lists/${id}/members', body: keys, retry: safe}
tasks:
  task:
    create: {post: /tasks, body: item.key, retry: lookup, receipt: json.id}
    lookup: {get: /tasks, records: json.data, key: it.key, receipt: it.id}
    poll: {get: /tasks, records: json.data, key: it.id, status: it.state}
`

// TestRead_anAnswerThatIsNoneIsNoEmptyOne: who took a page of maintenance, or an answer of another form, for "there is nothing" would have everybody
// leave, and every task be gone.
func TestRead_anAnswerThatIsNoneIsNoEmptyOne(t *testing.T) {
	list := connector.Collection{Kind: "list", Name: "A"}
	reads := map[string]func(s connector.Connector) error{
		"members": func(s connector.Connector) error {
			_, err := s.(connector.MemberReader).Members(t.Context(), list)
			return err
		},
		"fields": func(s connector.Connector) error {
			_, err := s.(connector.FieldReader).Fields(t.Context(), "contact", []string{"1"}, []string{"a"})
			return err
		},
		"identities": func(s connector.Connector) error {
			_, err := s.(connector.Resolver).Resolve(t.Context(), "contact", []string{"a@x"})
			return err
		},
		"tasks": func(s connector.Connector) error {
			_, err := s.(connector.TaskReader).Tasks(t.Context(), "task", []string{"1"})
			return err
		},
		"look-up": func(s connector.Connector) error {
			_, err := s.(connector.Looker).Lookup(t.Context(), "task", []string{"k"})
			return err
		},
		"the collection": func(s connector.Connector) error {
			return s.(connector.CollectionChecker).CheckCollection(t.Context(), list)
		},
	}
	for name, body := range map[string]string{"a page": "<html>Down for maintenance</html>", "an empty object": "{}", "another name": `{"items": []}`, "a text": `"ok"`, "nothing": ""} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) {
			if strings.HasPrefix(body, "<") {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			_, _ = io.WriteString(w, body)
		})
		s := v.open(desk, nil)
		for what, read := range reads {
			if err := read(s); err == nil || strings.Contains(err.Error(), "no such collection") {
				t.Errorf("%s for %s is taken for an answer: %v", name, what, err)
			}
		}
	}
}

// TestRead_aRecordWithoutItsKeyIsNoRecord: a renamed field would make a list of nobody.
func TestRead_aRecordWithoutItsKeyIsNoRecord(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, c call) {
		if c.path == "/lists/A" {
			reply(w, 200, `{"list": {"id": "7"}}`)
			return
		}
		reply(w, 200, `{"data": [{"id": "1"}, {"identifier": "2"}]}`)
	})
	_, err := v.open(desk, nil).Members(t.Context(), connector.Collection{Kind: "list", Name: "A"})
	if err == nil || !strings.Contains(err.Error(), "it.id") {
		t.Errorf("%v", err)
	}
}

// TestWrite_aTaskWithoutAReceiptIsInDoubt: it could not be asked for, and would be taken for one that others have deleted.
func TestWrite_aTaskWithoutAReceiptIsInDoubt(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, `{"number": "1"}`) })
	out, err := v.open(desk, nil).Write(t.Context(), connector.Batch{Verb: connector.Task, Target: connector.Collection{Kind: "task"}, Items: items("a")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "in doubt: json.id")
}

// TestRead_aServerThatBreaksDownIsAskedAgain, whether or not its manifest says so.
func TestRead_aServerThatBreaksDownIsAskedAgain(t *testing.T) {
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, _ call) {
		if n++; n < 3 {
			reply(w, 500, `{}`)
			return
		}
		reply(w, 200, `{"data": []}`)
	})
	if _, err := v.open(desk, nil).Tasks(t.Context(), "task", []string{"1"}); err != nil || n != 3 {
		t.Errorf("%v after %d tries", err, n)
	}
}
