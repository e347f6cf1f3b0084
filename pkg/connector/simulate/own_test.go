package simulate_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

// acme is a manifest as a user writes one: nothing in it is for simulating.
const acme = `
connector: acme
title: Acme
settings:
  key: {type: string, secret: true, required: true, help: a key}
  base_url: {type: string, required: true, help: where it is}
base: ${settings.base_url}
auth:
  bearer: auth.token
  token: {post: /oauth/token, form: {grant_type: refresh, secret: '${settings.key}', refresh_token: '${refresh_token}'}, access: json.access_token, expires_in: json.expires_in, refresh_token: json.refresh_token}
limits: [{rate: 3, per: 1s, match: 'request.path.startsWith("/lists/slow")'}]
errors:
  - {when: status == 401, do: refresh_auth}
  - {when: status == 429, do: retry, after: header("Retry-After")}
  - {when: status == 404, do: absent}
objects:
  person:
    fields: {name: string, email: string}
    any_field: true
    list: {get: /people, query: {limit: "100", changed: '${since == null ? optional.none() : optional.of(text(since))}'}, records: json.people, key: text(it.id), fields: it.attributes, paginator: {cursor: json.next, into: query.after}}
    read: {get: /people, query: {ids: '${keys.join(",")}'}, batch: 50, records: json.people, key: text(it.id), fields: it.attributes}
    update: {post: /people/batch, batch: 50, body: '{"people": items.map(i, {"id": int(i.id), "attributes": i.fields})}', retry: safe,
      outcomes: [{list: json.results, by: position, cases: [{when: it.ok, is: done}, {is: rejected, why: it.error}]}]}
collections:
  list:
    of: person
    find: {get: /lists, query: {name: '${name}'}, id: 'json.lists[0].id'}
    names: {get: /lists/all, records: json.lists, name: it.name}
    create: {post: /lists, body: '{"name": name}', id: json.id}
    members: {get: '/lists/${id}/members', query: {limit: "100"}, records: json.members, key: text(it), paginator: {cursor: json.next, into: query.after}}
    add: {post: '/lists/${id}/members', batch: 50, body: '{"ids": keys}', retry: safe, outcomes: [{list: json.unknown, key: it, is: rejected, why: '"nobody has this id"'}, {list: json.there, key: it, is: already}], otherwise: done}
    remove: {delete: '/lists/${id}/members/${item.id}', retry: safe}
actions:
  message: {of: person, send: {post: /messages, headers: {Idempotency-Key: '${item.key}'}, body: '{"to": item.id, "text": item.fields.text}', retry: key, receipt: json.message.id}}
tasks:
  task:
    of: person
    create: {post: /tasks, body: '{"person": item.id, "title": item.fields.title, ?"due": item.fields.?due, "ref": item.key}', retry: lookup, receipt: text(json.id)}
    lookup: {get: /tasks, query: {refs: '${keys.join(",")}'}, batch: 50, records: json.tasks, key: it.ref, receipt: text(it.id)}
    poll: {get: /tasks, query: {ids: '${keys.join(",")}'}, batch: 50, records: json.tasks, key: text(it.id), status: 'it.state == "closed" ? "done" : it.state == "void" ? "cancelled" : "open"', outcome: it.result, done_at: it.closed_at}
    cancel: {post: '/tasks/${item.id}/void', retry: safe}
`

func acmeManifest(t testing.TB) *manifest.Manifest {
	t.Helper()
	m, problems := rest.Read("acme.yaml", []byte(acme))
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// newAcme is one with five people, two of them in a list.
func newAcme(t testing.TB, o simulate.Options) *vendor {
	t.Helper()
	v := newVendor(t, acmeManifest(t), nil, o)
	err := v.Seed(fstest.MapFS{
		"person.csv":             {Data: []byte("id,name\n1,Ann\n2,Bob\n3,Cleo\n4,Dan\n5,Eve\n")},
		"list/Early intent.json": {Data: []byte(`["1", {"id": 2}]`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vendor) write(t *testing.T, verb connector.Verb, kind, name string, list ...connector.Item) []connector.Outcome {
	t.Helper()
	out, err := v.Connector.(connector.Writer).Write(t.Context(), connector.Batch{Verb: verb, Target: connector.Collection{Kind: kind, Name: name}, Items: list})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func statuses(out []connector.Outcome) string {
	var words []string
	for _, o := range out {
		words = append(words, o.Status.String())
	}
	return strings.Join(words, ", ")
}

// TestServer_simulatesAManifestAsItIs holds that nothing has to be added to one whose answers are read by places.
func TestServer_simulatesAManifestAsItIs(t *testing.T) {
	v := newAcme(t, simulate.Options{Page: 2})
	if len(v.Problems()) > 0 {
		t.Fatal(v.Problems())
	}
	var people []string
	err := v.Connector.(connector.RecordReader).Records(t.Context(), "person", []string{"id", "name"}, time.Time{}, func(row []any) error {
		people = append(people, connector.Text(row[0])+" "+connector.Text(row[1]))
		return nil
	})
	if want := []string{"1 Ann", "2 Bob", "3 Cleo", "4 Dan", "5 Eve"}; err != nil || !slices.Equal(people, want) {
		t.Errorf("read are %v (%v), want %v", people, err, want)
	}
	if got := statuses(v.write(t, connector.Add, "list", "Early intent", connector.Item{ID: "2"}, connector.Item{ID: "3"}, connector.Item{ID: "9"})); got != "already, done, rejected" {
		t.Errorf("adding gives %s", got)
	}
	if got := statuses(v.write(t, connector.Remove, "list", "Early intent", connector.Item{ID: "1"}, connector.Item{ID: "5"})); got != "done, done" && got != "done, already" {
		t.Errorf("removing gives %s", got)
	}
	members, err := v.Connector.(connector.MemberReader).Members(t.Context(), connector.Collection{Kind: "list", Name: "Early intent"})
	if err != nil || !slices.Equal(members, []string{"2", "3"}) {
		t.Errorf("members are %v, %v", members, err)
	}
	if got := statuses(v.write(t, connector.Set, "person", "", connector.Item{ID: "4", Fields: map[string]any{"name": "Daniel"}}, connector.Item{ID: "9", Fields: map[string]any{"name": "Nobody"}})); got != "done, rejected" {
		t.Errorf("setting gives %s", got)
	}
	fields, err := v.Connector.(connector.FieldReader).Fields(t.Context(), "person", []string{"4", "9"}, []string{"name"})
	if err != nil || len(fields) != 1 || fields["4"]["name"] != "Daniel" {
		t.Errorf("fields are %v, %v", fields, err)
	}
}

// TestServer_tasksGoOn holds that a task is given, found by its key, finished by a person, and seen as that.
func TestServer_tasksGoOn(t *testing.T) {
	v := newAcme(t, simulate.Options{})
	list := v.write(t, connector.Task, "task", "", connector.Item{ID: "1", Key: "k-1", Fields: map[string]any{"title": "Call"}}, connector.Item{ID: "2", Key: "k-2", Fields: map[string]any{"title": "Write"}})
	found, err := v.Connector.(connector.Looker).Lookup(t.Context(), "task", []string{"k-1", "k-9"})
	if err != nil || len(found) != 1 || found["k-1"] != list[0].Receipt {
		t.Errorf("found are %v, %v", found, err)
	}
	if err := v.Work(simulate.Work{Kind: "task", Receipt: list[0].Receipt, Do: "finish", Outcome: "booked"}); err != nil {
		t.Fatal(err)
	}
	v.write(t, connector.Cancel, "task", "", connector.Item{ID: list[1].Receipt})
	reports, err := v.Connector.(connector.TaskReader).Tasks(t.Context(), "task", []string{list[0].Receipt, list[1].Receipt})
	if err != nil || reports[list[0].Receipt].Status != connector.TaskDone || reports[list[0].Receipt].Outcome != "booked" || reports[list[1].Receipt].Status != connector.TaskCancelled {
		t.Errorf("reports are %+v, %v", reports, err)
	}
}

// TestServer_keyIsSentOnce holds that the vendor drops what comes again by its key.
func TestServer_keyIsSentOnce(t *testing.T) {
	v := newAcme(t, simulate.Options{})
	message := connector.Item{ID: "1", Key: "k-1", Fields: map[string]any{"text": "Hello"}}
	first, second := v.write(t, connector.Send, "message", "", message), v.write(t, connector.Send, "message", "", message)
	if did := v.Did(); did.Count != 1 || len(did.Twice) != 0 || first[0].Receipt != second[0].Receipt {
		t.Errorf("done is %+v; receipts are %q and %q", did, first[0].Receipt, second[0].Receipt)
	}
}

// TestServer_tokens holds that requests want a token that was issued, that it ends, and that a refresh token is taken once.
func TestServer_tokens(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s := simulate.New(acmeManifest(t), simulate.Options{Now: func() time.Time { return now }, Lasts: time.Minute})
	at := httptest.NewServer(s)
	t.Cleanup(at.Close)
	if status, _ := call(t, at, "GET", "/people", "", ""); status != http.StatusUnauthorized {
		t.Errorf("without a token the status is %d", status)
	}
	_, body := call(t, at, "POST", "/oauth/token", "", "grant_type=refresh&refresh_token=first")
	access, _ := body["access_token"].(string)
	if status, _ := call(t, at, "GET", "/people", access, ""); status != http.StatusOK || body["expires_in"] != 60.0 {
		t.Errorf("with %v the status is %d", body, status)
	}
	if status, _ := call(t, at, "POST", "/oauth/token", "", "grant_type=refresh&refresh_token=first"); status != http.StatusUnauthorized {
		t.Errorf("a refresh token that was used is taken: %d", status)
	}
	now = now.Add(time.Minute)
	if status, _ := call(t, at, "GET", "/people", access, ""); status != http.StatusUnauthorized {
		t.Errorf("after its end the token is taken: %d", status)
	}
}

// TestServer_ratesAreThoseOfTheManifest holds that more than allowed is a 429 with Retry-After, and that the window goes by.
func TestServer_ratesAreThoseOfTheManifest(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s := simulate.New(acmeManifest(t), simulate.Options{Now: func() time.Time { return now }, Lenient: true})
	at := httptest.NewServer(s)
	t.Cleanup(at.Close)
	_, body := call(t, at, "POST", "/oauth/token", "", "grant_type=refresh&refresh_token=a")
	access, _ := body["access_token"].(string)
	var got []int
	for range 4 {
		status, _ := call(t, at, "GET", "/lists/slow/members", access, "")
		got = append(got, status)
	}
	now = now.Add(time.Second)
	status, _ := call(t, at, "GET", "/lists/slow/members", access, "")
	if want := []int{200, 200, 200, 429, 200}; !slices.Equal(append(got, status), want) {
		t.Errorf("statuses are %v, want %v", append(got, status), want)
	}
}

func call(t *testing.T, at *httptest.Server, method, path, token, form string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, at.URL+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := at.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	data, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if a.StatusCode == http.StatusTooManyRequests && a.Header.Get("Retry-After") == "" {
		t.Error("a 429 does not say when to come again")
	}
	body := map[string]any{}
	_ = json.Unmarshal(data, &body) // an answer may be text
	return a.StatusCode, body
}

// insist writes what is not done yet again, as the runs after one that was cut off do: what is in doubt too, since the vendor drops what comes again.
func (v *vendor) insist(t *testing.T, verb connector.Verb, kind, name string, list ...connector.Item) {
	t.Helper()
	for range 10 {
		out, err := v.Connector.(connector.Writer).Write(t.Context(), connector.Batch{Verb: verb, Target: connector.Collection{Kind: kind, Name: name}, Items: list})
		var rest []connector.Item
		for i, o := range out {
			if o.Status != connector.Done && o.Status != connector.Already {
				rest = append(rest, list[i])
			}
		}
		if list = rest; len(list) == 0 && err == nil {
			return
		}
	}
	t.Fatalf("%s goes on and on", verb)
}

// TestFaults_endInTheSamePlace holds that with every fault on, our client ends in the same place as without, with no effect twice.
func TestFaults_endInTheSamePlace(t *testing.T) {
	work := func(v *vendor) {
		var list, messages []connector.Item
		for n := range 40 {
			id := string(rune('1' + n%5))
			list = append(list, connector.Item{ID: id})
			messages = append(messages, connector.Item{ID: id, Key: "k-" + strings.Repeat("x", n), Fields: map[string]any{"text": "Hello"}})
		}
		v.insist(t, connector.Add, "list", "Early intent", list...)
		v.insist(t, connector.Send, "message", "", messages...)
		v.insist(t, connector.Remove, "list", "Early intent", connector.Item{ID: "3"}, connector.Item{ID: "4"})
	}
	calm := newAcme(t, simulate.Options{Free: true})
	work(calm)
	for _, seed := range []int64{1, 2, 3} {
		faults := simulate.Faults{}
		for _, text := range []string{"429=5", "500=7", "503=11", "cut-before=9", "cut-after=8", "expire=13"} {
			name, f, err := simulate.ParseFault(text)
			if err != nil {
				t.Fatal(err)
			}
			faults[name] = f
		}
		wild := newAcme(t, simulate.Options{Free: true, Faults: faults, Seed: seed})
		work(wild)
		did := wild.Did()
		if len(did.Twice) > 0 || did.Count != calm.Did().Count || len(did.Faults) != len(faults) {
			t.Errorf("seed %d: %d effects, want %d; %d twice; faults %v", seed, did.Count, calm.Did().Count, len(did.Twice), did.Faults)
		}
		if got, want := wild.Members()["list"]["Early intent"], calm.Members()["list"]["Early intent"]; !slices.Equal(got, want) {
			t.Errorf("seed %d: members are %v, want %v", seed, got, want)
		}
	}
}

// TestFaults_aBadRecordSinksNoOther holds that one record of a batch can be refused, and stays so.
func TestFaults_aBadRecordSinksNoOther(t *testing.T) {
	v := newAcme(t, simulate.Options{Free: true, Faults: simulate.Faults{"bad": {Every: 1}}})
	out := v.write(t, connector.Add, "list", "Early intent", connector.Item{ID: "3"}, connector.Item{ID: "4"}, connector.Item{ID: "5"})
	if got := statuses(out); strings.Count(got, "rejected") != 1 || strings.Count(got, "done") != 2 {
		t.Errorf("outcomes are %s", got)
	}
}

// TestControl_isTalkedToByHTTP holds what a rehearsal asks beside the vendor's API.
func TestControl_isTalkedToByHTTP(t *testing.T) {
	v := newAcme(t, simulate.Options{})
	v.write(t, connector.Add, "list", "Early intent", connector.Item{ID: "3"})
	v.write(t, connector.Task, "task", "", connector.Item{ID: "3", Key: "k1", Fields: map[string]any{"title": "Call"}})
	at := &httptest.Server{URL: v.at}
	for _, row := range []struct{ method, path, body, want string }{
		{"GET", "effects", "", `"id": "3"`},
		{"GET", "members", "", `"3"`},
		{"GET", "requests", "", `"does": "add list"`},
		{"PUT", "faults", `{"429": 5, "slow": "9:1s"}`, `"every": 5`},
		{"PUT", "faults", `{"418": 5}`, `is no fault`},
		{"PUT", "faults", `{"slow": 5}`, `does not say how slow`},
		{"GET", "tasks", "", `"receipt": `},
		{"GET", "tasks", "", `"status": "open"`},
		{"POST", "records", `{"object": "person", "records": [{"id": "6", "name": "Fay"}]}`, `"records": 1`},
		{"POST", "members", `{"kind": "list", "name": "New", "members": ["6"]}`, `"members": 1`},
		{"POST", "tasks", `{"kind": "task", "receipt": "none", "do": "finish"}`, `there is no such task`},
		{"POST", "expire", ``, `true`},
		{"DELETE", "effects", "", `"count": 0`},
		{"GET", "nothing", "", `there is no GET`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), row.method, at.URL+"/_playctl/"+row.path, strings.NewReader(row.body))
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err != nil || !strings.Contains(string(data), row.want) {
			t.Errorf("%s %s: %s (%v), want %s", row.method, row.path, data, err, row.want)
		}
	}
}

// TestSeed_tellsWhatIsWrong holds that data that does not fit is refused with its file.
func TestSeed_tellsWhatIsWrong(t *testing.T) {
	s := simulate.New(acmeManifest(t), simulate.Options{Now: time.Now})
	for name, want := range map[string]string{"people.csv": `people.csv: acme has no object "people": it has person`, "person.txt": "expected .csv or .json", "lists/A.csv": `acme has no "lists": its collections are list`} {
		err := s.Seed(fstest.MapFS{name: {Data: []byte("id\n1\n")}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if err := s.Seed(fstest.MapFS{"person.json": {Data: []byte(`[{"name": "Ann"}]`)}}); err == nil || !strings.Contains(err.Error(), "a person has no id") {
		t.Errorf("a record without an id: %v", err)
	}
}
