package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// outreachWorld is an org: JSON:API, ids that are numbers, refresh tokens of which each is good once.
type outreachWorld struct {
	world
	kinds   map[string]map[int]*resource // prospects, accounts, users, sequences, sequenceStates, tasks, mailboxes
	next    int
	upserts bool
	refresh string // the refresh token that is good
	access  string // the access token that is
	minted  int
	size    int // records a page, at the most
	asked   []string
	before  []func(http.ResponseWriter) bool // answers before any other
}

type resource struct {
	attributes map[string]any
	relations  map[string]int // id by name; its type is the name
}

func newOutreach(t *testing.T) *outreachWorld {
	x := &outreachWorld{kinds: map[string]map[int]*resource{}, next: 900000, refresh: "refresh-0", size: 1000}
	for _, kind := range []string{"prospects", "accounts", "users", "sequences", "sequenceStates", "tasks", "mailboxes"} {
		x.kinds[kind] = map[int]*resource{}
	}
	x.add("prospects", 1, map[string]any{"emails": []any{"Ann@acme.example", "ann@home.example"}})
	x.add("prospects", 2, map[string]any{"emails": []any{"bob@acme.example"}})
	x.add("prospects", 3, map[string]any{"emails": []any{"bob@acme.example", "cy,d@acme.example"}})
	for i := range 3 {
		x.add("users", 70+i, map[string]any{"email": fmt.Sprintf("rep-%d@acme.example", i)})
	}
	x.answer = x.serveOutreach
	x.writes = func(r *http.Request) bool {
		return r.Method != http.MethodGet && !strings.HasPrefix(r.URL.Path, "/oauth")
	}
	x.start(t)
	return x
}

func (x *outreachWorld) add(kind string, id int, attributes map[string]any) *resource {
	x.kinds[kind][id] = &resource{attributes, map[string]int{}}
	return x.kinds[kind][id]
}

func (x *outreachWorld) settings() map[string]any {
	return map[string]any{"client_id": "app", "client_secret": "app-secret", "refresh_token": "refresh-0", "redirect_uri": "https://acme.example/back", "mailbox": "5",
		"base_url": x.URL + "/api/v2", "token_url": x.URL + "/oauth/token"}
}

func (x *outreachWorld) serveOutreach(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.URL.Path == "/oauth/token" {
		x.mint(w, string(body))
		return
	}
	x.asked = append(x.asked, r.Method+" "+r.URL.RequestURI())
	if len(x.before) > 0 {
		first := x.before[0]
		if x.before = x.before[1:]; first(w) {
			return
		}
	}
	switch {
	case r.Header.Get("Content-Type") != "application/vnd.api+json":
		outreachError(w, http.StatusUnsupportedMediaType, "unsupportedMediaType", "Expected Content-Type header to be 'application/vnd.api+json'.")
		return
	case r.Header.Get("Authorization") != "Bearer "+x.access:
		outreachError(w, http.StatusUnauthorized, "unauthorized", "The access token is invalid.")
		return
	}
	var in struct {
		Data struct {
			Type          string
			ID            int
			Attributes    map[string]any
			Relationships map[string]struct {
				Data struct {
					Type string
					ID   int
				}
			}
		}
	}
	if len(body) > 0 && json.Unmarshal(body, &in) != nil {
		outreachError(w, http.StatusBadRequest, "badRequest", "The document is malformed.")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v2/"), "/")
	kind, id := parts[0], 0
	if len(parts) > 1 {
		id, _ = strconv.Atoi(parts[1])
	}
	there := x.kinds[kind][id]
	if there == nil && x.upserts && r.Method == http.MethodPatch {
		there = x.add(kind, id, map[string]any{})
	}
	switch {
	case len(parts) == 1 && r.Method == http.MethodGet:
		x.list(w, r, kind)
	case len(parts) == 1:
		relations := map[string]int{}
		for name, to := range in.Data.Relationships {
			relations[name] = to.Data.ID
		}
		x.create(w, kind, in.Data.Type, in.Data.Attributes, relations)
	case there == nil:
		outreachError(w, http.StatusNotFound, "resourceNotFound", fmt.Sprintf("Could not find '%s' with ID '%s'.", strings.TrimSuffix(kind, "s"), parts[1]))
	case len(parts) == 4:
		x.act(w, kind, id, there, parts[3], r.URL.Query())
	case r.Method == http.MethodPatch && (in.Data.ID != id || in.Data.Type+"s" != kind):
		outreachError(w, http.StatusUnprocessableEntity, "validationError", "type and id must match the address")
	case r.Method == http.MethodPatch:
		maps.Copy(there.attributes, in.Data.Attributes)
		x.show(w, http.StatusOK, kind, id)
	default:
		x.show(w, http.StatusOK, kind, id)
	}
}

// mint gives tokens: the refresh token that it takes is spent.
func (x *outreachWorld) mint(w http.ResponseWriter, body string) {
	form, _ := url.ParseQuery(body)
	if form.Get("grant_type") != "refresh_token" || form.Get("client_id") != "app" || form.Get("client_secret") != "app-secret" || form.Get("redirect_uri") == "" || form.Get("refresh_token") != x.refresh {
		reply(w, http.StatusBadRequest, `{"error": "invalid_grant", "error_description": "The provided authorization grant is invalid, expired or revoked"}`)
		return
	}
	x.minted++
	x.refresh, x.access = fmt.Sprintf("refresh-%d", x.minted), fmt.Sprintf("access-%d", x.minted)
	reply(w, 200, fmt.Sprintf(`{"access_token": %q, "token_type": "bearer", "expires_in": 7200, "refresh_token": %q, "scope": "prospects.all", "created_at": 1763888400}`, x.access, x.refresh))
}

func outreachError(w http.ResponseWriter, status int, id, detail string) {
	out, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"id": id, "title": id, "detail": detail}}})
	w.Header().Set("Content-Type", "application/vnd.api+json")
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

func (x *outreachWorld) shown(kind string, id int) map[string]any {
	r, relations := x.kinds[kind][id], map[string]any{}
	for name, to := range r.relations {
		relations[name] = map[string]any{"data": map[string]any{"type": name, "id": to}}
	}
	relations["tasks"] = map[string]any{"links": map[string]any{"related": "…"}}
	return map[string]any{"type": strings.TrimSuffix(kind, "s"), "id": id, "attributes": r.attributes, "relationships": relations}
}

func (x *outreachWorld) show(w http.ResponseWriter, status int, kind string, id int) {
	out, _ := json.Marshal(map[string]any{"data": x.shown(kind, id)})
	reply(w, status, string(out))
}

// list gives the records that a query's filters leave, page by page, and the whole address of the next one.
func (x *outreachWorld) list(w http.ResponseWriter, r *http.Request, kind string) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("page[size]"))
	size = min(max(size, 1), x.size)
	if q.Get("page[size]") == "" {
		size = min(50, x.size)
	}
	after, _ := strconv.Atoi(q.Get("page[after]"))
	data, links := []any{}, map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(x.kinds[kind])) {
		if id <= after || !x.passes(kind, id, q) {
			continue
		}
		if len(data) == size {
			q.Set("page[after]", fmt.Sprint(after))
			links["next"] = x.URL + r.URL.Path + "?" + q.Encode()
			break
		}
		data, after = append(data, x.shown(kind, id)), id
	}
	out, _ := json.Marshal(map[string]any{"data": data, "links": links, "meta": map[string]any{"count": 0, "count_truncated": true}})
	reply(w, 200, string(out))
}

// passes reports whether a record has what the filters say.
func (x *outreachWorld) passes(kind string, id int, q url.Values) bool {
	r := x.kinds[kind][id]
	for name, values := range q {
		field, is := strings.CutPrefix(name, "filter[")
		if !is {
			continue
		}
		field = strings.TrimSuffix(strings.TrimSuffix(field, "[]"), "]")
		if !strings.HasSuffix(name, "[]") || q.Get("newFilterSyntax") != "true" {
			values = strings.Split(values[0], ",")
		}
		if strings.Contains(values[0], "..") { // of times; all of them are new
			continue
		}
		if of, isRelation := strings.CutSuffix(field, "][id"); isRelation {
			if !slices.Contains(values, fmt.Sprint(r.relations[of])) {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(values, func(v string) bool { return x.has(r, id, field, v) }) {
			return false
		}
	}
	return true
}

func (x *outreachWorld) has(r *resource, id int, field, value string) bool {
	if field == "id" {
		return fmt.Sprint(id) == value
	}
	if list, ok := r.attributes[field].([]any); ok {
		return slices.ContainsFunc(list, func(v any) bool { return strings.EqualFold(v.(string), value) })
	}
	return strings.EqualFold(fmt.Sprint(r.attributes[field]), value)
}

func (x *outreachWorld) create(w http.ResponseWriter, kind, given string, attributes map[string]any, relations map[string]int) {
	if given+"s" != kind {
		outreachError(w, http.StatusUnprocessableEntity, "validationError", "the type is not that of the address")
		return
	}
	if attributes == nil {
		attributes = map[string]any{}
	}
	switch kind {
	case "sequenceStates":
		for _, s := range x.kinds[kind] {
			if s.relations["prospect"] == relations["prospect"] && s.relations["sequence"] == relations["sequence"] && s.attributes["state"] == "active" {
				outreachError(w, http.StatusUnprocessableEntity, "validationError", "Prospect is already active in the sequence.")
				return
			}
		}
		if relations["mailbox"] == 0 || relations["prospect"] == 0 {
			outreachError(w, http.StatusUnprocessableEntity, "validationError", "Mailbox can't be blank.")
			return
		}
		attributes["state"] = "active"
	case "tasks":
		if note, _ := attributes["note"].(string); len(note) > 65535 {
			outreachError(w, http.StatusUnprocessableEntity, "validationError", "Note is too long.")
			return
		}
		attributes["state"], attributes["taskType"] = "incomplete", "manual"
	}
	x.next++
	x.kinds[kind][x.next] = &resource{attributes, relations}
	x.show(w, http.StatusCreated, kind, x.next)
}

// act does an action on a record.
func (x *outreachWorld) act(w http.ResponseWriter, kind string, id int, r *resource, action string, q url.Values) {
	switch action {
	case "finish":
		if r.attributes["state"] != "active" {
			outreachError(w, http.StatusUnprocessableEntity, "validationError", "Sequence state is not active.")
			return
		}
		r.attributes["state"] = "finished"
	case "updateNote":
		if q.Get("actionParams[note]") == "" {
			outreachError(w, http.StatusBadRequest, "badRequest", "note is missing")
			return
		}
		r.attributes["note"] = q.Get("actionParams[note]")
	case "markComplete":
		x.complete(r)
	}
	x.show(w, http.StatusOK, kind, id)
}

func (x *outreachWorld) complete(r *resource) {
	r.attributes["state"], r.attributes["completedAt"] = "complete", "2026-11-23T09:30:00.000Z"
}

// sequence gives a sequence by its name.
func (x *outreachWorld) sequence(name string) int {
	for id, s := range x.kinds["sequences"] {
		if s.attributes["name"] == name {
			return id
		}
	}
	return 0
}

// enrol makes a prospect active in a sequence.
func (x *outreachWorld) enrol(sequence, prospect int, state string) {
	x.next++
	x.add("sequenceStates", x.next, map[string]any{"state": state}).relations = map[string]int{"sequence": sequence, "prospect": prospect}
}

func (x *outreachWorld) inside(sequence int) (ids []string) {
	for _, s := range x.kinds["sequenceStates"] {
		if s.relations["sequence"] == sequence && s.attributes["state"] == "active" {
			ids = append(ids, fmt.Sprint(s.relations["prospect"]))
		}
	}
	return ids
}

// given are the tasks as the suite compares them.
func (x *outreachWorld) given() (out []connector.Item) {
	for _, task := range x.kinds["tasks"] {
		note := task.attributes["note"].(string)
		out = append(out, connector.Item{ID: fmt.Sprint(task.relations["subject"]), Key: note[strings.LastIndex(note, "playctl:")+len("playctl:"):]})
	}
	slices.SortFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func TestOutreach_isAsTheSuiteSays(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			x := newOutreach(t)
			x.upserts = true
			task := func(receipt string, do func(*resource)) {
				id, _ := strconv.Atoi(receipt)
				x.locked(func() { do(x.kinds["tasks"][id]) })
			}
			x.kinds["prospects"] = map[int]*resource{}
			s := conntest.System{
				Connector: x.connect(t, "outreach", x.settings()), Inject: x.inject,
				Make: func(c connector.Collection) {
					x.locked(func() {
						if x.sequence(c.Name) == 0 {
							x.next++
							x.add("sequences", x.next, map[string]any{"name": c.Name, "enabled": true, "locked": false})
						}
					})
				},
				Members: func(c connector.Collection) (ids []string) {
					x.locked(func() { ids = x.inside(x.sequence(c.Name)) })
					return ids
				},
				Seed: func(c connector.Collection, ids []string) {
					x.locked(func() {
						for _, id := range ids {
							n, _ := strconv.Atoi(id)
							x.enrol(x.sequence(c.Name), n, "active")
						}
					})
				},
				Tasks: func(string) (out []connector.Item) {
					x.locked(func() { out = x.given() })
					return out
				},
				People: &conntest.People{
					Begin: func(_, _ string) {}, // nothing shows it
					Finish: func(_, r, outcome string, answers map[string]string) {
						task(r, func(r *resource) {
							note := strings.Replace(r.attributes["note"].(string), "Outcome: ", "Outcome: "+outcome, 1)
							for name, text := range answers {
								note = strings.Replace(note, "Answer "+name+": ", "Answer "+name+": "+text, 1)
							}
							r.attributes["note"] = note
							x.complete(r)
						})
					},
					Close: func(_, r string) {
						task(r, func(r *resource) {
							r.attributes["note"] = "Cancelled by playctl\n" + r.attributes["note"].(string)
							x.complete(r)
						})
					},
					Delete: func(_, r string) { id, _ := strconv.Atoi(r); x.locked(func() { delete(x.kinds["tasks"], id) }) },
				},
				Identities: &conntest.Identities{Kind: "user", Known: map[string]string{"rep-0@acme.example": "70", "rep-1@acme.example": "71"}, Spellings: map[string]string{"REP-1@acme.example": "rep-1@acme.example"}, Batch: 25},
			}
			return s
		},
		Powers: []conntest.Power{conntest.Writes, conntest.ReadMembers, conntest.ReadFields, conntest.ReadRecords, conntest.Resolves, conntest.ReadTasks, conntest.Looks, conntest.Lists},
		Object: "prospect", Collection: "sequence", Task: "task", Fields: []string{"title", "company"}, ID: func(n int) string { return strconv.Itoa(100000 + n) },
		IDs: []string{"4", "50", "499999"}, Many: 250, Blind: true,
		Answers: slices.DeleteFunc(conntest.AwkwardIDs(), func(s string) bool { return strings.ContainsAny(s, "\n\r") }), // a line each
	})
}

func (x *outreachWorld) open(t *testing.T, keep func(string) error) *rest.System {
	t.Helper()
	o := connector.Options{Settings: x.settings(), Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }, Transport: x.Client().Transport}
	if keep != nil {
		o.Keep = func(_ context.Context, name, value string) error {
			if name != "refresh_token" {
				t.Errorf("kept is %s", name)
			}
			return keep(value)
		}
	}
	c, err := builtIn(t, "outreach").Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*rest.System)
}

// TestOutreach_keepsEveryRefreshToken is trap A4: of refresh tokens each is good once.
func TestOutreach_keepsEveryRefreshToken(t *testing.T) {
	x := newOutreach(t)
	var kept []string
	c := x.open(t, func(value string) error { kept = append(kept, value); return nil })
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.locked(func() { x.access = "another" }) // it ended in the middle
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if x.minted != 2 || kept[len(kept)-1] != "refresh-2" || !slices.Contains(kept, "refresh-1") {
		t.Errorf("%d tokens, kept %q", x.minted, kept)
	}
}

func TestOutreach_resolvesAddresses(t *testing.T) {
	x := newOutreach(t)
	x.size = 1 // every record on a page of its own
	got, err := x.open(t, nil).Resolve(t.Context(), "sequence", []string{"ANN@home.example", "ann@acme.example", "bob@acme.example", "cy,d@acme.example", "nobody@acme.example", "17"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]connector.Identified{"ANN@home.example": {ID: "1"}, "ann@acme.example": {ID: "1"}, "bob@acme.example": {Why: "2 records have it as their emails"}, "cy,d@acme.example": {ID: "3"}, "17": {ID: "17"}} {
		if got[id] != want {
			t.Errorf("%s is %+v, want %+v", id, got[id], want)
		}
	}
	if len(got) != 5 {
		t.Errorf("%v", got)
	}
}

// TestOutreach_comesAgainWhenAsked holds when: in seconds, as the time at which a limit ends, as the time at which maintenance ends.
func TestOutreach_comesAgainWhenAsked(t *testing.T) {
	x := newOutreach(t)
	answer := func(status int, header, value, id string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool {
			w.Header().Set("Date", "Mon, 23 Nov 2026 09:00:00 GMT")
			w.Header().Set(header, value)
			outreachError(w, status, id, "Come again.")
			return true
		}
	}
	x.before = []func(http.ResponseWriter) bool{answer(429, "Retry-After", "2", "rateLimitExceeded"), answer(429, "X-RateLimit-Reset", "1795424404", "rateLimitExceeded"),
		answer(503, "Retry-After", "2026-11-23T09:00:05Z", "scheduledServerMaintenance")}
	x.add("sequences", 9, map[string]any{"name": "MQA", "enabled": true})
	out, err := x.open(t, nil).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "sequence", Name: "MQA"}, Items: items("1")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	if len(x.asked) != 5 { // three of them refused
		t.Errorf("%q", x.asked)
	}
	later := newOutreach(t)
	later.before = []func(http.ResponseWriter) bool{func(http.ResponseWriter) bool { return false }, answer(503, "Retry-After", "2026-11-23T11:00:00Z", "scheduledServerMaintenance")}
	later.add("sequences", 9, map[string]any{"name": "MQA", "enabled": true})
	out, err = later.open(t, nil).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "sequence", Name: "MQA"}, Items: items("1")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "later") // two hours are for another run
}

func TestOutreach_sequencesAndTheirMembers(t *testing.T) {
	x := newOutreach(t)
	x.size = 2
	x.add("sequences", 9, map[string]any{"name": "MQA, EMEA", "enabled": true})
	x.add("sequences", 10, map[string]any{"name": "Off", "enabled": false})
	x.enrol(9, 1, "active")
	x.enrol(9, 2, "finished")
	x.enrol(9, 3, "paused")
	x.enrol(9, 4, "active")
	x.enrol(10, 5, "active")
	c := x.open(t, nil)
	there := connector.Collection{Kind: "sequence", Name: "MQA, EMEA"}
	ids, err := c.Members(t.Context(), there)
	if err != nil || !slices.Equal(ids, []string{"1", "3", "4"}) {
		t.Errorf("members are %q, %v", ids, err)
	}
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: there, Items: []connector.Item{{ID: "1"}, {ID: "2", Fields: map[string]any{"mailbox": int64(8)}}, {ID: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "already", "done", "rejected")
	if s := x.kinds["sequenceStates"][x.next]; s.relations["mailbox"] != 8 || s.relations["prospect"] != 2 || out[1].Receipt != fmt.Sprint(x.next) {
		t.Errorf("%+v, receipt %s", s, out[1].Receipt)
	}
	out, err = c.Write(t.Context(), connector.Batch{Verb: connector.Remove, Target: there, Items: items("2", "7")})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "already")
	if err := c.CheckCollection(t.Context(), connector.Collection{Kind: "sequence", Name: "Off"}); err == nil {
		t.Error("a sequence that is off can be written")
	}
}

func TestOutreach_tasks(t *testing.T) {
	x := newOutreach(t)
	c := x.open(t, nil)
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Task, Target: connector.Collection{Kind: "task"}, Items: []connector.Item{
		{ID: "1", Key: "k1", Fields: map[string]any{"title": "Call Acme", "action": "call", "assignee": "REP-1@acme.example", "due": time.Date(2026, 12, 1, 10, 0, 0, 0, time.FixedZone("", 3600)), "notes": "ask"}},
		{Key: "k2", Fields: map[string]any{"title": "Nobody's", "assignee": "nobody@acme.example"}},
		{Key: "k3", Fields: map[string]any{"title": "About nobody"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: assignee: nobody there is known by it", "done")
	for _, task := range x.kinds["tasks"] {
		if !strings.HasPrefix(task.attributes["note"].(string), "Call") {
			continue
		}
		want := map[string]any{"action": "call", "note": "Call Acme\nask\nplayctl:k1", "dueAt": "2026-12-01T09:00:00Z", "state": "incomplete", "taskType": "manual"}
		if !maps.Equal(task.attributes, want) || !maps.Equal(task.relations, map[string]int{"owner": 71, "subject": 1}) {
			t.Errorf("%v %v", task.attributes, task.relations)
		}
	}
}

func outreachHeld() held {
	return held{name: "outreach", pages: true,
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := newOutreach(t)
			x.add("accounts", 30, map[string]any{"domain": "acme.example", "name": "Acme"})
			x.add("sequences", 9, map[string]any{"name": "MQA", "enabled": true})
			x.add("sequences", 10, map[string]any{"name": "MQA", "enabled": true})
			x.add("accounts", 31, map[string]any{"domain": "acme.example", "name": "Acme"})
			x.size = 1 // a second page of everything
			return x.Client(), x.settings()
		},
		ids:        map[string][]string{"prospect": {"1", "2"}, "account": {"30"}, "sequence": {"1", "2"}, "task": {"1"}},
		identities: map[string][]string{"prospect": {"ann@acme.example"}, "account": {"acme.example"}, "user": {"rep-1@acme.example"}},
		fields: map[string]map[string]any{"prospect": {"title": "CEO", "score": 3.5, "tags": []any{"a"}}, "account": {"industry": "Chemicals", "numberOfEmployees": int64(40)}, "sequence": {"mailbox": int64(5)},
			"task": {"title": "Call Acme", "assignee": "rep-1@acme.example", "due": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), "asks": []any{"next_step"}, "outcomes": []any{"booked"}}},
		names: map[string]string{"sequence": "MQA"},
	}
}
