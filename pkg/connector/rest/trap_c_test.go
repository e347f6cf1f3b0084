package rest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// says writes an answer of any type.
func says(w http.ResponseWriter, status int, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func TestC1_successIsWhatTheBodySaysNotTheStatus(t *testing.T) {
	for _, c := range []struct{ name, ok, answer, want string }{
		{"success", `json.success`, `{"success": true}`, "done"},
		{"no success", `json.success`, `{"success": false, "errors": [{"code": "1003", "message": "Action not valid"}]}`, `rejected: Action not valid`},
		{"ok", `json.ok`, `{"ok": true, "warning": "x"}`, "done"},
		{"not ok", `json.ok`, `{"ok": false, "error": "channel_not_found"}`, "rejected: channel_not_found"},
		{"ok is not said", `json.ok`, `{}`, "rejected: "},
		{"not even JSON", `json.ok`, `<html>Welcome</html>`, "rejected: Welcome"},
		{"an error of JSON-RPC", `!has(json.error)`, `{"jsonrpc": "2.0", "error": {"code": 200, "message": "Odoo Server Error"}}`, "rejected: Odoo Server Error"},
		{"a result of JSON-RPC", `!has(json.error)`, `{"jsonrpc": "2.0", "result": 7}`, "done"},
		{"a text", `text == "1"`, `1`, "done"},
		{"a text that is another", `text == "1"`, `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429`, "rejected: endpoint returned"},
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, c.answer) })
		out := write(t, v.open(sending(`{post: /m, body: item.id, retry: never, ok: '`+c.ok+`'}`), nil), connector.Send, place("message", ""), items("a"))
		t.Run(c.name, func(t *testing.T) { wantOutcomes(t, out, c.want) })
	}
}

func TestC1_aRateLimitInsideA200IsTriedAgain(t *testing.T) {
	acts, n := 0, 0
	v := newVendor(t, func(w http.ResponseWriter, _ call) {
		if n++; n == 1 {
			reply(w, 200, `{"success": false, "errors": [{"code": "606"}]}`)
			return
		}
		acts++
		reply(w, 200, `{"success": true}`)
	})
	s := v.open("errors:\n  - {when: 'json.errors[0].code == \"606\"', do: retry, after: 20}\n"+sending(`{post: /m, body: item.id, retry: never, ok: json.success}`), nil)
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("a")), "done")
	if acts != 1 {
		t.Errorf("it acted %d times", acts)
	}
}

func TestC2_answersThatAreNoJSON(t *testing.T) {
	for _, c := range []struct {
		status                    int
		kind, text, more, receipt string
	}{
		{202, "", "", "", ""}, {204, "", "", "", ""}, {200, "text/plain", "ok", "", ""}, {200, "text/html", "1", ", ok: 'text == \"1\"'", ""}, {200, "application/json", "", ", receipt: json.id", ""},
		{201, "text/plain", " m-17\n", ", decode: text, receipt: 'regex.extract(text, \"[^ \\n]+\")'", "m-17"}, {200, "application/json", `"m-18"`, ", receipt: json", "m-18"}, {200, "text/plain", "\ufeff1", "", ""},
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { says(w, c.status, c.kind, c.text) })
		out := write(t, v.open(sending(`{post: /m, body: item.id, retry: never`+c.more+`}`), nil), connector.Send, place("message", ""), items("a"))
		if out[0].Status != connector.Done || out[0].Receipt != c.receipt {
			t.Errorf("%d %q: %+v", c.status, c.text, out[0])
		}
	}
}

func TestC3_theReasonIsReadOfErrorsOfAnyShape(t *testing.T) {
	const why = `type(json) == list ? json[0].message : type(json.error) == string ? json.error : json.error.message`
	for answer, want := range map[string]string{
		`[{"errorCode": "REQUIRED_FIELD_MISSING", "message": "Required: LastName"}]`: "Required: LastName",
		`{"error": {"type": "INVALID", "message": "Unknown field"}}`:                 "Unknown field",
		`{"error": "NOT_FOUND"}`:        "NOT_FOUND",
		`Gift could not be sent, sorry`: "Gift could not be sent, sorry",
		`{"other": 1}`:                  `{"other": 1}`,
		`[]`:                            `[]`,
		``:                              "status 422 Unprocessable Entity",
		`"prose in JSON"`:               "prose in JSON",
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 422, answer) })
		s := v.open("errors:\n  - {when: status == 422, do: fail, why: '"+why+"'}\n"+sending(`{post: /m, body: item.id, retry: never}`), nil)
		out := write(t, s, connector.Send, place("message", ""), items("a"))
		if out[0].Status != connector.Rejected || !strings.Contains(out[0].Reason, want) {
			t.Errorf("%s: %+v", answer, out[0])
		}
	}
}

func TestC4_codesAreTexts(t *testing.T) {
	for _, code := range []string{`"607"`, `607`, `607.0`} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, `{"errors": [{"code": `+code+`}]}`) })
		s := v.open("errors:\n  - {when: 'text(json.errors[0].code) == \"607\"', do: stop_run, why: '\"the daily quota is spent\"'}\n"+sending(`{post: /m, body: item.id, retry: never}`), nil)
		wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("a", "b")), "later: daily quota", "later: daily quota")
	}
}

func TestC5_aMapByIdIsAListWhenItIsEmpty(t *testing.T) {
	for answer, want := range map[string][]string{
		`{"contacts": {"12": {"id": 12}, "7": {"id": 7}}}`: {"12", "7"}, `{"contacts": []}`: {}, `{"contacts": {}}`: {}, `{"contacts": null}`: {}, `{}`: {},
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open("collections:\n  list: {members: {get: /m, records: 'has(json.contacts) && json.contacts != null ? json.contacts.map(k, k) : []', key: text(it)}}\n", nil)
		if diff := cmp.Diff(want, members(t, s, "x")); diff != "" {
			t.Error(answer, diff)
		}
	}
}

func TestC6_whatIsMissingInARowIsMissingInTheRecord(t *testing.T) {
	for answer, list := range map[string]string{
		`{"values": [["id", "name", "city"], ["1", "Ann"], ["2"], [], ["3", "", "Graz"]]}`:                                                `{get: /v, records: 'json.values.slice(1, size(json.values)).filter(r, size(r) > 0)', key: 'it[0]', fields: '{?"name": it[?1], ?"city": it[?2]}'}`,
		`{"records": [{"id": 1, "fields": {"name": "Ann"}}, {"id": 2, "fields": {}}, {"id": 3, "fields": {"name": "", "city": "Graz"}}]}`: `{get: /v, records: json.records, key: it.id, fields: it.fields}`,
		"id,name,city\n1,Ann\n2\n3,,Graz,more\n": `{get: /v, decode: csv, records: json, key: it.id, fields: it}`,
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open("objects:\n  person: {any_field: true, list: "+list+"}\n", nil)
		var got [][]any
		if err := s.Records(t.Context(), "person", []string{"id", "name", "city"}, time.Time{}, func(row []any) error { got = append(got, []any{connector.Text(row[0]), row[1], row[2]}); return nil }); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([][]any{{"1", "Ann", nil}, {"2", nil, nil}, {"3", "", "Graz"}}, got); diff != "" {
			t.Error(answer, diff)
		}
	}
}

func TestC7_theIdComesInAHeader(t *testing.T) {
	made := 0
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.method == http.MethodGet:
			reply(w, 200, `{"elements": []}`)
		case r.path == "/dmpSegments":
			made++
			w.Header().Set("X-RestLi-Id", "urn:li:dmpSegment:9")
			w.WriteHeader(201)
		case r.path == "/dmpSegments/urn:li:dmpSegment:9/users":
			w.Header().Set("Location", "/users/17")
			w.WriteHeader(201)
		default:
			t.Errorf("asked for %s", r.path)
			reply(w, 404, `{}`)
		}
	})
	s := v.open(`
collections:
  list:
    find: {get: /dmpSegments, records: json.elements, name: it.name, id: it.id}
    create: {post: /dmpSegments, body: '{"name": name}', id: header("x-restli-id")}
    add: {post: '/dmpSegments/${id}/users', body: item.id, retry: safe, receipt: 'header("Location").split("/")[2]'}
`, nil)
	if err := s.Create(t.Context(), place("list", "x")); err != nil || made != 1 {
		t.Fatal(err, made)
	}
	if out := write(t, s, connector.Add, place("list", "x"), items("a")); out[0].Receipt != "17" {
		t.Error(out)
	}
}

func TestC8_namesThatAreSpeltInTwoWays(t *testing.T) {
	for _, answer := range []string{`{"recordsIdsAdded": [1], "recordIdsMissing": [2]}`, `{"recordIdsAdded": ["1"], "recordIdsMissing": [2]}`, `{"recordIdsAdded": ["1"], "recordsIdsMissing": ["2"]}`} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open(adding(`
      put: /add
      batch: 10
      body: keys
      retry: safe
      outcomes:
        - {list: 'json.?recordIdsAdded.or(json.?recordsIdsAdded).orValue([])', key: it, is: done}
        - {list: 'json.?recordIdsMissing.or(json.?recordsIdsMissing).orValue([])', key: it, is: rejected, why: '"there is no such record"'}`), nil)
		wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("1", "2", "3")), "done", "rejected: no such record", "in doubt: says nothing of it")
	}
}
