package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// marketo is Marketo as facts.md §2 says it behaves: nearly every answer is a 200, errors are in it, results are in the order of the input, and what is
// skipped says why.
type marketo struct {
	world
	leads  map[int]map[string]any
	lists  []*marketoList
	asked  []map[string]any // requests of campaigns
	minted int
	page   int
}

type marketoList struct {
	id      int
	name    string
	folder  string
	members map[int]bool
}

func newMarketo(t *testing.T) *marketo {
	m := &marketo{leads: map[int]map[string]any{}, page: 300}
	m.answer = m.serve
	m.writes = func(r *http.Request) bool {
		return r.Method == http.MethodDelete || r.Method == http.MethodPost && r.URL.Query().Get("_method") == "" && !strings.HasPrefix(r.URL.Path, "/rest/asset/")
	}
	m.refused = func(w http.ResponseWriter) { m.fail(w, "606", "Max rate limit '100' exceeded with in '20' secs") }
	m.start(t)
	return m
}

func (m *marketo) settings() map[string]any {
	return map[string]any{"base_url": m.URL, "client_id": "id-1", "client_secret": "secret-1", "campaign": "1003", "folder": "12"}
}

func (m *marketo) fail(w http.ResponseWriter, code, message string) {
	replyJSON(w, 200, map[string]any{"requestId": "e42b#1", "success": false, "errors": []any{map[string]any{"code": code, "message": message}}})
}

func (m *marketo) succeed(w http.ResponseWriter, result any) {
	replyJSON(w, 200, map[string]any{"requestId": "e42b#2", "success": true, "result": result})
}

func (m *marketo) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	q := r.URL.Query()
	if q.Get("_method") == "GET" {
		q, _ = url.ParseQuery(string(body))
		r.Method = http.MethodGet
	}
	if r.URL.Path == "/identity/oauth/token" {
		m.mint(w, q)
		return
	}
	if r.Header.Get("Authorization") != fmt.Sprint("Bearer token-", m.minted) {
		m.fail(w, "601", "Access token invalid")
		return
	}
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch p := r.Method + " " + r.URL.Path; {
	case p == "GET /rest/v1/leads/describe2.json":
		m.succeed(w, []any{})
	case p == "GET /rest/v1/leads.json":
		m.find(w, q)
	case p == "POST /rest/v1/leads.json":
		m.update(w, in)
	case p == "GET /rest/v1/lists.json":
		m.names(w, q)
	case p == "GET /rest/asset/v1/staticList/byName.json":
		m.byName(w, q.Get("name"))
	case p == "POST /rest/asset/v1/staticLists.json":
		form, _ := url.ParseQuery(string(body))
		l := m.make(form.Get("name"), form.Get("folder"))
		m.succeed(w, []any{map[string]any{"id": l.id, "name": l.name}})
	case strings.HasPrefix(r.URL.Path, "/rest/v1/lists/"):
		m.members(w, r.Method, path[3], q, in)
	case strings.HasSuffix(p, "/trigger.json"):
		m.trigger(w, path[3], in)
	default:
		m.fail(w, "610", "Requested resource not found")
	}
}

func (m *marketo) mint(w http.ResponseWriter, q url.Values) {
	if q.Get("client_secret") != "secret-1" || q.Get("grant_type") != "client_credentials" {
		reply(w, 401, `{"error":"unauthorized","error_description":"No client with requested id"}`)
		return
	}
	m.minted++
	replyJSON(w, 200, map[string]any{"access_token": fmt.Sprint("token-", m.minted), "token_type": "bearer", "expires_in": 3599, "scope": "api@acme.example"})
}

// find gives leads by a field: never those that have none of the values.
func (m *marketo) find(w http.ResponseWriter, q url.Values) {
	values := strings.Split(q.Get("filterValues"), ",")
	if q.Get("filterValues") == "" || len(values) > 300 {
		m.fail(w, "1003", "Invalid filterValues")
		return
	}
	var ids []int
	for id, lead := range m.leads {
		value := fmt.Sprint(lead[q.Get("filterType")])
		if q.Get("filterType") == "id" {
			value = strconv.Itoa(id)
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	m.leadsPage(w, ids, q)
}

// leadsPage answers a page of leads, those of their fields that were asked for.
func (m *marketo) leadsPage(w http.ResponseWriter, ids []int, q url.Values) {
	from, _ := strconv.Atoi(q.Get("nextPageToken"))
	end := min(len(ids), from+m.page)
	result := []any{}
	for _, id := range ids[from:end] {
		shown := map[string]any{"id": id}
		for _, f := range strings.Split(q.Get("fields"), ",") {
			if f != "id" && f != "" {
				shown[f] = m.leads[id][f]
			}
		}
		result = append(result, shown)
	}
	out := map[string]any{"requestId": "e42b#3", "success": true, "result": result}
	if end < len(ids) {
		out["nextPageToken"], out["moreResult"] = strconv.Itoa(end), true
	}
	replyJSON(w, 200, out)
}

func skipped(code, message string) map[string]any {
	return map[string]any{"status": "skipped", "reasons": []any{map[string]any{"code": code, "message": message}}}
}

// known reports whether there is a lead of an id: there are a billion.
func known(value any) (int, bool) {
	id, ok := value.(float64)
	return int(id), ok && id < 1e9
}

func (m *marketo) update(w http.ResponseWriter, in map[string]any) {
	result := []any{}
	for _, x := range in["input"].([]any) {
		fields := x.(map[string]any)
		id, ok := known(fields["id"])
		switch {
		case !ok:
			result = append(result, skipped("1004", "Lead not found"))
			continue
		case fields["company"] == "other company":
			result = append(result, skipped("1006", "Field 'company' not found"))
			continue
		}
		if m.leads[id] == nil {
			m.leads[id] = map[string]any{}
		}
		for name, value := range fields {
			m.leads[id][name] = value
		}
		result = append(result, map[string]any{"id": id, "status": "updated"})
	}
	m.succeed(w, result)
}

func (m *marketo) list(match func(*marketoList) bool) *marketoList {
	if i := slices.IndexFunc(m.lists, match); i >= 0 {
		return m.lists[i]
	}
	return nil
}

func (m *marketo) named(name string) *marketoList {
	return m.list(func(l *marketoList) bool { return l.name == name })
}

func (m *marketo) make(name, folder string) *marketoList {
	l := &marketoList{id: 1100 + len(m.lists), name: name, folder: folder, members: map[int]bool{}}
	m.lists = append(m.lists, l)
	return l
}

func (m *marketo) byName(w http.ResponseWriter, name string) {
	l := m.named(name)
	if l == nil {
		replyJSON(w, 200, map[string]any{"success": true, "errors": []any{}, "requestId": "e42b#4", "warnings": []any{"No assets found for the given search criteria."}})
		return
	}
	m.succeed(w, []any{map[string]any{"id": l.id, "name": l.name}})
}

func (m *marketo) names(w http.ResponseWriter, q url.Values) {
	from, _ := strconv.Atoi(q.Get("nextPageToken"))
	end := min(len(m.lists), from+5)
	result := []any{}
	for _, l := range m.lists[from:end] {
		result = append(result, map[string]any{"id": l.id, "name": l.name})
	}
	out := map[string]any{"requestId": "e42b#5", "success": true, "result": result}
	if end < len(m.lists) {
		out["nextPageToken"] = strconv.Itoa(end)
	}
	replyJSON(w, 200, out)
}

func (m *marketo) members(w http.ResponseWriter, method, list string, q url.Values, in map[string]any) {
	l := m.list(func(l *marketoList) bool { return strconv.Itoa(l.id) == list })
	if l == nil {
		m.fail(w, "1013", "List "+list+" not found")
		return
	}
	ids := l.ids()
	switch method {
	case http.MethodGet:
		m.leadsPage(w, ids, q)
	case http.MethodPost:
		result := []any{}
		for _, x := range in["input"].([]any) {
			result = append(result, l.add(x.(map[string]any)["id"]))
		}
		m.succeed(w, result)
	case http.MethodDelete:
		result := []any{}
		for _, id := range q["id"] {
			result = append(result, l.remove(id))
		}
		m.succeed(w, result)
	}
}

func (l *marketoList) ids() []int {
	var ids []int
	for id, in := range l.members {
		if in {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (l *marketoList) add(value any) map[string]any {
	id, ok := known(value)
	if !ok {
		return skipped("1004", "Lead not found")
	}
	status := "added"
	if l.members[id] {
		status = "memberof"
	}
	l.members[id] = true
	return map[string]any{"id": id, "status": status}
}

func (l *marketoList) remove(text string) map[string]any {
	id, err := strconv.Atoi(text)
	if err != nil {
		return skipped("1004", "Lead not found")
	}
	if !l.members[id] {
		out := skipped("1015", "Lead not in list")
		out["id"] = id
		return out
	}
	l.members[id] = false
	return map[string]any{"id": id, "status": "removed"}
}

func (m *marketo) trigger(w http.ResponseWriter, campaign string, in map[string]any) {
	if campaign != "1003" {
		m.fail(w, "1013", "Campaign not found")
		return
	}
	m.asked = append(m.asked, in["input"].(map[string]any))
	m.succeed(w, []any{map[string]any{"id": 1003}})
}

// sent gives what campaigns were requested for. Their effect's key is not told to Marketo: the suite numbers both alike.
func (m *marketo) sent(string) []connector.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []connector.Item
	for _, in := range m.asked {
		id := int(in["leads"].([]any)[0].(map[string]any)["id"].(float64))
		item := connector.Item{ID: strconv.Itoa(id)}
		for _, x := range in["tokens"].([]any) {
			if token := x.(map[string]any); token["name"] == "{{my.number}}" {
				item.Key = fmt.Sprintf("key-%04s", token["value"])
			}
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, func(a, b connector.Item) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (m *marketo) system(t *testing.T) conntest.System {
	m.leads[100001], m.leads[100002] = map[string]any{"email": "ann@acme.example"}, map[string]any{"email": "bob@acme.example"}
	m.leads[100003], m.leads[100004] = map[string]any{"email": "twice@acme.example"}, map[string]any{"email": "twice@acme.example"}
	return conntest.System{
		Connector: m.connect(t, "marketo", m.settings()),
		Make: func(c connector.Collection) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.make(c.Name, "")
		},
		Seed: func(c connector.Collection, ids []string) {
			m.mu.Lock()
			defer m.mu.Unlock()
			for _, id := range ids {
				n, _ := strconv.Atoi(id)
				m.named(c.Name).members[n] = true
			}
		},
		Members: func(c connector.Collection) []string {
			m.mu.Lock()
			defer m.mu.Unlock()
			var out []string
			for _, id := range m.named(c.Name).ids() {
				out = append(out, strconv.Itoa(id))
			}
			return out
		},
		Sent: m.sent,
		Identities: &conntest.Identities{Known: map[string]string{"ann@acme.example": "100001", "bob@acme.example": "100002"}, Batch: 100,
			Spellings: map[string]string{"Ann@Acme.example": "ann@acme.example"}, Several: []string{"twice@acme.example"}},
		Inject: m.inject,
	}
}

func TestMarketo_isAConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New:    func(t *testing.T) conntest.System { return newMarketo(t).system(t) },
		Powers: []conntest.Power{conntest.Writes, conntest.ReadMembers, conntest.ReadFields, conntest.Creates, conntest.Lists, conntest.Resolves},
		Action: "campaign", Object: "lead", Fields: []string{"company", "title"}, ID: hubspotID, Many: 1500, Blind: true,
		IDs: []string{"1", "20", "300", "999999"},
	})
}

func marketoHeld(t *testing.T) held {
	many := []string{"ann@acme.example"}
	for n := range 99 { // too many for an address
		many = append(many, fmt.Sprintf("somebody-with-a-rather-long-name-%03d@a-rather-long-domain.acme.example", n))
	}
	return held{name: "marketo", pages: true, specs: []spec{readSpec(t, "marketo-mapi", ""), readSpec(t, "marketo-asset", ""), readSpec(t, "marketo-identity", "")},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			m := newMarketo(t)
			m.page = 1 // a second page of everything
			m.leads[100001], m.leads[100002] = map[string]any{"email": "ann@acme.example"}, map[string]any{"email": "somebody-with-a-rather-long-name-007@a-rather-long-domain.acme.example"}
			for _, name := range []string{"gtm", "a", "b", "c", "d", "e"} {
				m.make(name, "")
			}
			return m.Client(), m.settings()
		},
		ids:        map[string][]string{"lead": {"100001", "100002"}, "list": {"100001", "100002"}, "campaign": {"100001"}},
		identities: map[string][]string{"lead": many},
		fields:     map[string]map[string]any{"lead": {"company": "Acme", "leadScore": int64(7), "unsubscribed": false}, "campaign": {"campaign": int64(1003), "{{my.headline}}": "Hello", "text": "Hello"}},
		names:      map[string]string{"list": "gtm"}, fresh: map[string]string{"list": "new"},
	}
}
