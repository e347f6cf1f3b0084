package rest_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// sending is a manifest with one action whose request is given.
func sending(call string) string { return "actions:\n  message:\n    send: " + call + "\n" }

// adding is a manifest with lists to which a call adds.
func adding(call string) string { return "collections:\n  list:\n    add: " + call + "\n" }

func TestB1_theVersionGoesWhereItIsWanted(t *testing.T) {
	for name, c := range map[string]struct{ manifest, path, header string }{
		"path":   {"base: '%s/rest/v${api}'\n", "/rest/v202609/messages", ""},
		"header": {"headers: {Acme-Version: '${api}'}\n", "/messages", "202609"},
		"both":   {"base: '%s/${api}'\nheaders: {Acme-Version: '${api}'}\n", "/202609/messages", "202609"},
	} {
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			status := 200
			if r.path != c.path || r.header.Get("Acme-Version") != c.header {
				status = 426
			}
			reply(w, status, `{}`)
		})
		text := "api: '202609'\nsunset: 2027-09-30\n" + sending("{post: /messages, body: item.id, retry: never}") + c.manifest
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, v.URL)
		}
		wantOutcomes(t, write(t, v.open(text, nil), connector.Send, place("message", ""), items("a")), "done")
		if name != "header" {
			continue
		}
		d, problems := rest.Load("acme.yaml", []byte("connector: acme\nbase: https://x.example\n"+text))
		if problems.Errors() > 0 || d.Version != "202609" || d.Sunset != "2027-09-30" {
			t.Error(problems, d.Version, d.Sunset)
		}
	}
}

// echo is a vendor that does what it is asked if the request is as wanted.
func echo(t *testing.T, wanted ...string) *vendor {
	t.Helper()
	n := 0
	return newVendor(t, func(w http.ResponseWriter, r call) {
		got := strings.TrimSpace(r.method + " " + r.path + " " + r.query + " " + r.header.Get("Content-Type") + " " + r.body)
		if n >= len(wanted) || got != strings.Join(strings.Fields(wanted[n]), " ") && got != wanted[n] {
			t.Errorf("request %d: %q", n, got)
			reply(w, 400, `{}`)
			return
		}
		n++
		reply(w, 200, `{}`)
	})
}

func TestB2_aBodyMayBeABareList(t *testing.T) {
	v := echo(t, `PUT /add  application/json [1,22,"x-3"]`)
	out := write(t, v.open(adding(`{put: /add, batch: 5, body: 'keys.map(k, k.matches("^[0-9]+$") ? dyn(int(k)) : dyn(k))', retry: safe, otherwise: done}`), nil), connector.Add, place("list", "x"), items("1", "22", "x-3"))
	wantOutcomes(t, out, "done", "done", "done")
}

func TestB3_aMatrixWithinAFieldOfAForm(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		form, err := url.ParseQuery(r.body)
		var payload struct {
			Schema []string
			Data   [][]any
		}
		if err != nil || json.Unmarshal([]byte(form.Get("payload")), &payload) != nil || form.Get("session") != "1" {
			reply(w, 400, `{}`)
			return
		}
		if diff := cmp.Diff([][]any{{"a&b=c+d%20", "Zoë \"Z\"", nil}, {"2", nil, true}}, payload.Data); diff != "" || strings.Join(payload.Schema, " ") != "EMAIL FN OK" {
			t.Error(diff, payload.Schema)
		}
		reply(w, 200, `{}`)
	})
	s := v.open(sending(`
      post: /users
      batch: 100
      form: {session: "1", payload: '${json_text({"schema": ["EMAIL", "FN", "OK"], "data": items.map(i, [i.id, i.fields[?"fn"].orValue(null), i.fields[?"ok"].orValue(null)])})}'}
      retry: safe
      otherwise: done`), nil)
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), []connector.Item{{ID: "a&b=c+d%20", Fields: map[string]any{"fn": `Zoë "Z"`}}, {ID: "2", Fields: map[string]any{"ok": true}}}), "done", "done")
}

func TestB4_listsInQueriesAsTheVendorWritesThem(t *testing.T) {
	for query, want := range map[string]string{
		`{id: '${keys}'}`:                        "id=1&id=2%263&id=4%2C5",
		`{"id[]": '${keys}'}`:                    "id%5B%5D=1&id%5B%5D=2%263&id%5B%5D=4%2C5",
		`{ids: '${keys.join(",")}'}`:             "ids=1%2C2%263%2C4%2C5",
		`{ids: '${keys.map(k, "(" + k + ")")}'}`: "ids=%281%29&ids=%282%263%29&ids=%284%2C5%29",
		`{none: '${[]}', absent: '${items[7].id}', null: '${null}', x: "1"}`: "x=1",
	} {
		v := echo(t, "POST /add "+want)
		wantOutcomes(t, write(t, v.open(adding(`{post: /add, batch: 5, query: `+query+`, retry: safe, otherwise: done}`), nil), connector.Add, place("list", "x"), items("1", "2&3", "4,5")), "done", "done", "done")
	}
}

func TestB5_aDELETEHasItsBodyAndItsQuery(t *testing.T) {
	v := echo(t, `DELETE /lists/x%2Fy/leads.json id=1&id=2 application/json {"input":[{"id":"1"},{"id":"2"}]}`)
	s := v.open("collections:\n  list:\n    remove: {delete: '/lists/${name}/leads.json', query: {id: '${keys}'}, batch: 300, body: '{\"input\": keys.map(k, {\"id\": k})}', retry: safe, otherwise: done}\n", nil)
	wantOutcomes(t, write(t, s, connector.Remove, place("list", "x/y"), items("1", "2")), "done", "done")
}

func TestB6_formsAndQueriesOfAPOST(t *testing.T) {
	v := echo(t, `POST /cadence_memberships cadence_id=9&person_id=1%2B1`, `POST /cadence_memberships  application/x-www-form-urlencoded cadence_id=9&note=a+%26+b&person_id=1%2B1`)
	item := []connector.Item{{ID: "1+1", Fields: map[string]any{"note": "a & b"}}}
	wantOutcomes(t, write(t, v.open(sending(`{post: /cadence_memberships, query: {person_id: '${item.id}', cadence_id: "9"}, retry: never}`), nil), connector.Send, place("message", ""), item), "done")
	wantOutcomes(t, write(t, v.open(sending(`{post: /cadence_memberships, form: {person_id: '${item.id}', cadence_id: "9", note: '${item.fields.note}', unknown: '${item.fields.unknown}'}, retry: never}`), nil), connector.Send, place("message", ""), item), "done")
}

func TestB7_aQueryThatIsTooLongGoesAsTheBodyOfAPOST(t *testing.T) {
	for _, n := range []int{3, 300} {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf("person-%04d@example.com", i)
		}
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			query, form := r.query, ""
			if len(query) > 1000 {
				reply(w, 414, `{}`)
				return
			}
			if q, _ := url.ParseQuery(query); r.method == http.MethodPost && q.Get("_method") == "GET" {
				form = r.body
			} else if r.method == http.MethodGet {
				form = query
			}
			values, _ := url.ParseQuery(form)
			var rows []string
			for _, key := range strings.Split(values.Get("filterValues"), ",") {
				rows = append(rows, fmt.Sprintf(`{"id": %q, "email": %q}`, "id-"+key, key))
			}
			reply(w, 200, `{"result": [`+strings.Join(rows, ",")+`]}`)
		})
		s := v.open(`
objects:
  lead:
    identities: [{field: email, when: 'id.contains("@")'}]
    find: {get: /leads.json, batch: 300, query: {filterType: '${field}', filterValues: '${values.join(",")}'}, long_query: {over: 900, query: {_method: GET}}, records: json.result, key: it.id, value: it.email}
`, nil)
		found, err := s.Resolve(t.Context(), "lead", keys)
		if err != nil || len(found) != n || found[keys[n-1]].ID != "id-"+keys[n-1] || len(v.calls()) != 1 {
			t.Errorf("%d: %v, found %d in %d calls", n, err, len(found), len(v.calls()))
		}
	}
}

func TestB8_anEnvelopeWithItsMediaType(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.header.Get("Content-Type") != "application/vnd.api+json" || r.header.Get("Accept") != "application/vnd.api+json" {
			reply(w, 415, `{"errors": [{"id": "unsupportedMediaType"}]}`)
			return
		}
		if want := `{"data":{"attributes":{"name":"Ann"},"id":7,"type":"prospect"}}`; r.body != want {
			t.Errorf("%s", r.body)
		}
		reply(w, 200, `{"data": {"id": 7}}`)
	})
	s := v.open(`
headers: {Accept: application/vnd.api+json}
objects:
  prospect:
    update: {patch: '/prospects/${item.id}', headers: {Content-Type: application/vnd.api+json}, body: '{"data": {"type": "prospect", "id": int(item.id), "attributes": item.fields}}', retry: safe}
`, nil)
	out := write(t, s, connector.Set, place("prospect", ""), []connector.Item{{ID: "7", Fields: map[string]any{"name": "Ann"}}, {ID: "no number", Fields: map[string]any{}}})
	wantOutcomes(t, out, "done", "rejected: ") // the second can't be said in this API, and does not keep the first
	if len(v.calls()) != 1 {
		t.Errorf("%d requests", len(v.calls()))
	}
}

func TestB9_recordsGoUpAndComeDownAsCSV(t *testing.T) {
	var rows [][]string
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.method == http.MethodPut && r.header.Get("Content-Type") == "text/csv" {
			var err error
			if rows, err = csv.NewReader(strings.NewReader(r.body)).ReadAll(); err != nil {
				t.Error(err)
			}
			w.WriteHeader(201)
			return
		}
		w.Header().Set("Content-Type", "text/csv")
		cw := csv.NewWriter(w)
		_ = cw.WriteAll(rows)
	})
	s := v.open(`
objects:
  lead:
    any_field: true
    read: {get: /results, batch: 100, decode: csv, records: json, key: it.Id, fields: it}
    update: {put: /batches, batch: 100, headers: {Content-Type: text/csv}, raw: 'csv([["Id", "Name"]] + items.map(i, [i.id, i.fields.Name]))', retry: safe, otherwise: done}
`, nil)
	want := map[string]map[string]string{"1": {"Name": "Ann, \"A\"\nB"}, "2": {"Name": "=1+1"}, "3": {"Name": ""}}
	list := []connector.Item{}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		list = append(list, connector.Item{ID: id, Fields: map[string]any{"Name": want[id]["Name"]}})
	}
	wantOutcomes(t, write(t, s, connector.Set, place("lead", ""), list), "done", "done", "done")
	got, err := s.Fields(t.Context(), "lead", []string{"1", "2", "3", "4"}, []string{"Name"})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// nasty are values that end a quotation where nobody looks.
var nasty = []string{"plain", "O'Brien", `O\'Brien`, `\`, `\\`, `'`, `''`, `' OR Name != '`, `" or 1 = 1 or "`, `a\" b`, "x') UNION SELECT 1 --", "{{lead.Email}}", "${x}", "%27", "a\\' OR '1", "Zoë 東京", "a,b", `'\`}

// unquote reads the literal at the beginning of a text as the language that is meant does, and gives what is behind it.
func unquote(text string, quote byte, backslash bool) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case backslash && text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] == quote && !backslash && i+1 < len(text) && text[i+1] == quote:
			i++
			b.WriteByte(quote)
		case text[i] == quote:
			return b.String(), text[i+1:]
		default:
			b.WriteByte(text[i])
		}
	}
	return "unterminated", ""
}

func TestB10_valuesInQueriesStayValues(t *testing.T) {
	for function, c := range map[string]struct {
		quote     byte
		backslash bool
	}{"soql_quote": {'\'', true}, "jql_quote": {'"', true}, "formula_quote": {'\'', true}, "sql_quote": {'\'', false}} {
		known := ""
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			q, _ := url.ParseQuery(r.query)
			var rows []string
			for rest := strings.TrimPrefix(q.Get("q"), "SELECT Id FROM Lead WHERE Name IN ("); ; {
				value := ""
				value, rest = unquote(rest, c.quote, c.backslash)
				rows = append(rows, fmt.Sprintf(`{"id": "id-%x", "name": %s}`, value, quoted(value)))
				if rest == ")" {
					break
				}
				if !strings.HasPrefix(rest, ", ") {
					t.Errorf("%s: behind a value is %q", function, rest)
					return
				}
				rest = rest[2:]
			}
			known = strings.Join(rows, ",")
			reply(w, 200, `{"records": [`+known+`]}`)
		})
		s := v.open(`
objects:
  lead:
    identities: [{field: name, when: "true"}]
    find: {get: /query, batch: 100, query: {q: '${"SELECT Id FROM Lead WHERE Name IN (" + values.map(v, `+function+`(v)).join(", ") + ")"}'}, records: json.records, key: it.id, value: it.name}
`, nil)
		found, err := s.Resolve(t.Context(), "lead", nasty)
		if err != nil || len(found) != len(nasty) {
			t.Errorf("%s: %v, found %d of %d", function, err, len(found), len(nasty))
		}
		for _, value := range nasty {
			if want := fmt.Sprintf("id-%x", value); found[value].ID != want {
				t.Errorf("%s: %q is %+v", function, value, found[value])
			}
		}
	}
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func TestB10_aValueWithACommaIsNotTwoValues(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) { // commas can't be escaped in this API
		q, _ := url.ParseQuery(r.query)
		var rows []string
		for _, value := range strings.Split(q.Get("filterValues"), ",") {
			if value != "" {
				rows = append(rows, fmt.Sprintf(`{"id": "id-%s", "name": %q}`, value, value))
			}
		}
		reply(w, 200, `{"result": [`+strings.Join(rows, ",")+`]}`)
	})
	s := v.open(`
objects:
  lead:
    identities: [{field: name, when: "true"}]
    find: {get: /leads, batch: 100, query: {filterValues: '${values.filter(v, !v.contains(",")).join(",")}'}, records: json.result, key: it.id, value: it.name}
`, nil)
	found, err := s.Resolve(t.Context(), "lead", []string{"Ann", "Bob,Carl", "Carl"})
	if diff := cmp.Diff(map[string]connector.Identified{"Ann": {ID: "id-Ann"}, "Carl": {ID: "id-Carl"}}, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestB11_bracesOfTheVendorStayAsTheyAre(t *testing.T) {
	v := echo(t, `POST /messages/%7B%7Bmy.Token%7D%7D t=%7B%7Blead.First+Name%7D%7D application/json {"body":"Hi {{lead.First Name:default=you}}, ${settings.secret} costs $5","fixed":"{{my.Sender}}"}`)
	s := v.open("settings: {secret: {secret: true}}\n"+sending(`{post: '/messages/${item.id}', query: {t: '{{lead.First Name}}'}, body: '{"body": item.fields.text, "fixed": "{{my.Sender}}"}', retry: never}`), map[string]any{"secret": "s3cret"})
	item := []connector.Item{{ID: "{{my.Token}}", Fields: map[string]any{"text": "Hi {{lead.First Name:default=you}}, ${settings.secret} costs $5"}}}
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), item), "done")
}

func TestB12_whatClearsAFieldIsTheVendorsToSay(t *testing.T) {
	fields := map[string]any{"n": int64(3), "yes": true, "gone": nil, "empty": "", "half": 0.5}
	for body, want := range map[string]string{
		`texts(item.fields)`: `{"empty":"","gone":"","half":"0.5","n":"3","yes":"true"}`,
		`item.fields`:        `{"empty":"","gone":null,"half":0.5,"n":3,"yes":true}`,
		`item.fields.transformMapEntry(k, v, v != null, {k: v})`:        `{"empty":"","half":0.5,"n":3,"yes":true}`,
		`item.fields.transformMap(k, v, v == "" ? null : v)`:            `{"empty":null,"gone":null,"half":0.5,"n":3,"yes":true}`,
		`{"a": 1, ?"b": item.fields[?"none"], ?"c": item.fields[?"n"]}`: `{"a":1,"c":3}`,
	} {
		v := echo(t, "PATCH /x  application/json "+want)
		s := v.open("objects:\n  lead:\n    update: {patch: /x, body: '"+body+"', retry: safe}\n", nil)
		wantOutcomes(t, write(t, s, connector.Set, place("lead", ""), []connector.Item{{ID: "1", Fields: fields}}), "done")
	}
}

func TestB13_aPUTThatWipesWhatItDoesNotNameIsGivenAll(t *testing.T) {
	record, etag, meddle := map[string]any{"id": 7.0, "name": "Ann", "note": "old", "lists": []any{1.0, 2.0}}, 1, false
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.path != "/subscribers/7":
			reply(w, 404, `{"message": "not found"}`)
		case r.method == http.MethodGet:
			w.Header().Set("ETag", fmt.Sprint(etag))
			text, _ := json.Marshal(map[string]any{"data": record})
			reply(w, 200, string(text))
			if meddle { // somebody else writes between the two
				record["lists"], etag = []any{3.0}, etag+1
			}
		case r.header.Get("If-Match") != fmt.Sprint(etag):
			reply(w, 412, `{"message": "it was changed"}`)
		default:
			record, etag = map[string]any{}, etag+1
			if err := json.Unmarshal([]byte(r.body), &record); err != nil {
				t.Error(err)
			}
			reply(w, 200, `{}`)
		}
	})
	s := v.open(`
errors:
  - {when: status == 412, do: retry, why: '"somebody else wrote it"'}
objects:
  subscriber:
    any_field: true
    update:
      prepare:
        - {get: '/subscribers/${item.id}', take: {record: json.data, etag: header("ETag")}}
      put: /subscribers/${item.id}
      headers: {If-Match: '${prepared.etag}'}
      body: merge(prepared.record, item.fields)
      retry: safe
`, nil)
	item := []connector.Item{{ID: "7", Fields: map[string]any{"note": "new"}}, {ID: "8", Fields: map[string]any{"note": "new"}}}
	wantOutcomes(t, write(t, s, connector.Set, place("subscriber", ""), item), "done", "rejected: ")
	want := map[string]any{"id": 7.0, "name": "Ann", "note": "new", "lists": []any{1.0, 2.0}}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Error(diff)
	}
	meddle = true
	wantOutcomes(t, write(t, s, connector.Set, place("subscriber", ""), []connector.Item{{ID: "7", Fields: map[string]any{"note": "newer"}}}), "later: somebody else wrote it")
	if diff := cmp.Diff([]any{3.0}, record["lists"]); diff != "" || record["note"] != "new" {
		t.Errorf("what somebody else wrote is lost: %v", record)
	}
}

func TestB14_requestsStayBelowTheBytesThatAreTaken(t *testing.T) {
	const most = 200
	acted := map[string]int{}
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		var list []struct{ ID, Text string }
		if len(r.body) > most || json.Unmarshal([]byte(r.body), &list) != nil || len(list) > 4 {
			t.Errorf("%d bytes, %d items", len(r.body), len(list))
			reply(w, 413, `{}`)
			return
		}
		for _, x := range list {
			acted[x.ID]++
		}
		reply(w, 200, `{}`)
	})
	s := v.open(sending(`{post: /messages, batch: 4, bytes: 200, body: 'items.map(i, {"ID": i.id, "Text": i.fields.text})', retry: never, otherwise: done}`), nil)
	var list []connector.Item
	var want []string
	for i, size := range []int{10, 10, 10, 10, 100, 60, 176, 1, 177, 178, 5000, 3} {
		list = append(list, connector.Item{ID: fmt.Sprint(i), Fields: map[string]any{"text": strings.Repeat("x", size)}})
		want = append(want, map[bool]string{true: "done", false: "rejected: 200 that Acme takes"}[len(fmt.Sprintf(`[{"ID":"%d","Text":"%s"}]`, i, strings.Repeat("x", size))) <= most])
	}
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), list), want...)
	for i, w := range want {
		if n := acted[fmt.Sprint(i)]; n != map[bool]int{true: 1}[w == "done"] {
			t.Errorf("item %d was done %d times", i, n)
		}
	}
}

func TestB15_sideEffectsAreSuppressed(t *testing.T) {
	assigned := 0
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.header.Get("Sforce-Auto-Assign") != "FALSE" {
			assigned++
		}
		if r.header.Get("Sforce-Duplicate-Rule-Header") != "allowSave=true" {
			reply(w, 400, `[{"errorCode": "DUPLICATES_DETECTED"}]`)
			return
		}
		reply(w, 201, `{"id": "00Q1"}`)
	})
	s := v.open(sending(`{post: /lead, headers: {Sforce-Auto-Assign: "FALSE", Sforce-Duplicate-Rule-Header: allowSave=true}, body: '{"Email": item.id}', retry: never, receipt: json.id}`), nil)
	if out := write(t, s, connector.Send, place("message", ""), items("a")); out[0].Receipt != "00Q1" || assigned != 0 {
		t.Error(out, assigned)
	}
}

func TestB16_identitiesAreNormalisedBeforeTheyAreHashed(t *testing.T) {
	hash := func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if strings.Contains(r.body, "@") || strings.Contains(r.body, "555") {
			t.Errorf("in clear: %s", r.body)
		}
		reply(w, 200, `{}`)
	})
	s := v.open(adding(`{post: /users, batch: 10, body: 'items.map(i, {"email": sha256(lower(squeeze(i.id))), "phone": i.fields[?"phone"].hasValue() ? dyn(sha256(e164(i.fields.phone))) : null})', retry: safe, otherwise: done}`)+"    fields: [phone]\n", nil)
	write(t, s, connector.Add, place("list", "x"), []connector.Item{{ID: " Ann@Example.COM\t", Fields: map[string]any{"phone": "+1 (555) 123-4567"}}, {ID: "bob@example.com"}})
	want := `[{"email":"` + hash("ann@example.com") + `","phone":"` + hash("+15551234567") + `"},{"email":"` + hash("bob@example.com") + `","phone":null}]`
	if got := v.calls()[0].body; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
