package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// intercom is Intercom as facts.md §13 says it behaves: contacts are tagged one by one, errors are lists, a 429 says when its slice of ten seconds ends.
type intercom struct {
	world
	contacts, companies map[string]map[string]any
	tags                []*intercomTag
	tickets             map[string]map[string]any
	messages            []map[string]any
	page                int
}

type intercomTag struct {
	id, name            string
	contacts, companies map[string]bool
}

func newIntercom(t *testing.T) *intercom {
	i := &intercom{contacts: map[string]map[string]any{}, companies: map[string]map[string]any{}, tickets: map[string]map[string]any{}, page: 150}
	i.answer = i.serve
	i.writes = func(r *http.Request) bool {
		return r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/search") && !strings.HasSuffix(r.URL.Path, "/list")
	}
	i.refused = func(w http.ResponseWriter) {
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix()+2, 10))
		i.fail(w, 429, "rate_limit_exceeded", "The rate limit for the App has been exceeded")
	}
	i.start(t)
	return i
}

func (i *intercom) settings() map[string]any {
	return map[string]any{"token": "token-1", "base_url": i.URL, "admin_id": "991", "ticket_type": "88", "event": "played", "task_answers": "next_step=Next step,budget"}
}

func (i *intercom) fail(w http.ResponseWriter, status int, code, message string) {
	replyJSON(w, status, map[string]any{"type": "error.list", "request_id": "r-1", "errors": []any{map[string]any{"code": code, "message": message}}})
}

func (i *intercom) missing(w http.ResponseWriter) {
	i.fail(w, 404, "not_found", "Resource Not Found")
}

func (i *intercom) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Header.Get("Authorization") != "Bearer token-1" || r.Header.Get("Intercom-Version") != "2.15" {
		i.fail(w, 401, "unauthorized", "Access Token Invalid")
		return
	}
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch p := r.Method + " /" + path[0]; {
	case p == "GET /me":
		reply(w, 200, `{"type":"admin","id":"991"}`)
	case p == "GET /admins":
		i.admins(w)
	case p == "GET /tags":
		i.listTags(w)
	case p == "POST /tags":
		i.tag(w, in)
	case strings.HasSuffix(p, "/contacts"):
		i.contact(w, r, path, in)
	case strings.HasSuffix(p, "/companies"):
		i.company(w, r, path, in)
	case strings.HasSuffix(p, "/tickets"):
		i.ticket(w, r.Method, path, in)
	case p == "POST /messages":
		i.messages = append(i.messages, in)
		replyJSON(w, 200, map[string]any{"type": "admin_message", "id": strconv.Itoa(len(i.messages))})
	case p == "POST /events":
		i.messages = append(i.messages, in)
		w.WriteHeader(http.StatusAccepted)
	default:
		i.missing(w)
	}
}

func (i *intercom) admins(w http.ResponseWriter) {
	list := []any{}
	for n := range 3 {
		list = append(list, map[string]any{"type": "admin", "id": strconv.Itoa(71 + n), "email": fmt.Sprintf("rep-%d@acme.example", n)})
	}
	replyJSON(w, 200, map[string]any{"type": "admin.list", "admins": list})
}

func (i *intercom) tagged(match func(*intercomTag) bool) *intercomTag {
	if n := slices.IndexFunc(i.tags, match); n >= 0 {
		return i.tags[n]
	}
	return nil
}

func (i *intercom) makeTag(name string) *intercomTag {
	tag := i.tagged(func(x *intercomTag) bool { return x.name == name })
	if tag == nil {
		tag = &intercomTag{id: strconv.Itoa(4900 + len(i.tags)), name: name, contacts: map[string]bool{}, companies: map[string]bool{}}
		i.tags = append(i.tags, tag)
	}
	return tag
}

func (t *intercomTag) json() map[string]any {
	return map[string]any{"type": "tag", "id": t.id, "name": t.name}
}

func (i *intercom) listTags(w http.ResponseWriter) {
	list := []any{}
	for _, tag := range i.tags {
		list = append(list, tag.json())
	}
	replyJSON(w, 200, map[string]any{"type": "list", "data": list})
}

// tag makes a tag, or tags companies: all of them or none.
func (i *intercom) tag(w http.ResponseWriter, in map[string]any) {
	companies, _ := in["companies"].([]any)
	for _, x := range companies {
		if !hex24.MatchString(x.(map[string]any)["id"].(string)) {
			i.fail(w, 404, "not_found", "Company Not Found")
			return
		}
	}
	tag := i.makeTag(in["name"].(string))
	for _, x := range companies {
		company := x.(map[string]any)
		tag.companies[company["id"].(string)] = company["untag"] != true
	}
	replyJSON(w, 200, tag.json())
}

var hex24 = regexp.MustCompile(`^[0-9a-f]{24}$`)

func (i *intercom) contact(w http.ResponseWriter, r *http.Request, path []string, in map[string]any) {
	switch {
	case len(path) == 1:
		i.give(w, sortedKeys(i.contacts), i.contacts, r.URL.Query().Get("starting_after"))
	case path[1] == "search":
		i.search(w, in)
	case !hex24.MatchString(path[1]):
		i.fail(w, 404, "not_found", "User Not Found")
	case len(path) > 2:
		i.tagContact(w, path, in)
	case r.Method == http.MethodPut:
		i.change(w, i.contacts, path[1], in)
	case i.contacts[path[1]] == nil:
		i.fail(w, 404, "not_found", "User Not Found")
	default:
		replyJSON(w, 200, shownContact(path[1], i.contacts[path[1]]))
	}
}

func sortedKeys(of map[string]map[string]any) []string { return slices.Sorted(maps.Keys(of)) }

func shownContact(id string, of map[string]any) map[string]any {
	out := map[string]any{"id": id}
	maps.Copy(out, of)
	return out
}

func (i *intercom) change(w http.ResponseWriter, of map[string]map[string]any, id string, in map[string]any) {
	if in["role"] == "lead" {
		i.fail(w, 400, "client_error", "Contact with user role can't be converted to a lead")
		return
	}
	if of[id] == nil {
		of[id] = map[string]any{"custom_attributes": map[string]any{}}
	}
	custom, _ := in["custom_attributes"].(map[string]any)
	maps.Copy(of[id]["custom_attributes"].(map[string]any), custom)
	delete(in, "custom_attributes")
	maps.Copy(of[id], in)
	replyJSON(w, 200, shownContact(id, of[id]))
}

func (i *intercom) tagContact(w http.ResponseWriter, path []string, in map[string]any) {
	id := fmt.Sprint(in["id"])
	if len(path) > 3 {
		id = path[3]
	}
	tag := i.tagged(func(t *intercomTag) bool { return t.id == id })
	if tag == nil || len(path) > 3 && !tag.contacts[path[1]] {
		i.missing(w)
		return
	}
	tag.contacts[path[1]] = len(path) == 3
	replyJSON(w, 200, tag.json())
}

// search finds by tag, or by one of several values.
func (i *intercom) search(w http.ResponseWriter, in map[string]any) {
	query := in["query"].(map[string]any)
	var found []string
	if query["field"] == "tag_id" {
		tag := i.tagged(func(t *intercomTag) bool { return t.id == query["value"] })
		found = inside(tag.contacts)
	} else {
		filters := query["value"].([]any)
		if len(filters) > 15 {
			i.fail(w, 400, "invalid_query", "too many filters")
			return
		}
		for _, id := range sortedKeys(i.contacts) {
			if slices.ContainsFunc(filters, func(x any) bool {
				f := x.(map[string]any)
				return strings.EqualFold(fmt.Sprint(i.contacts[id][f["field"].(string)]), fmt.Sprint(f["value"]))
			}) {
				found = append(found, id)
			}
		}
	}
	after, _ := in["pagination"].(map[string]any)["starting_after"].(string)
	i.give(w, found, i.contacts, after)
}

func inside(of map[string]bool) []string {
	var out []string
	for id, in := range of {
		if in {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// give answers a page of those behind a cursor.
func (i *intercom) give(w http.ResponseWriter, ids []string, of map[string]map[string]any, after string) {
	from, _ := strconv.Atoi(after)
	end := min(len(ids), from+i.page)
	data, pages := []any{}, map[string]any{"type": "pages", "per_page": i.page}
	for _, id := range ids[from:end] {
		data = append(data, shownContact(id, of[id]))
	}
	if end < len(ids) {
		pages["next"] = map[string]any{"per_page": i.page, "starting_after": strconv.Itoa(end)}
	}
	replyJSON(w, 200, map[string]any{"type": "list", "data": data, "total_count": len(ids), "pages": pages})
}

func (i *intercom) company(w http.ResponseWriter, r *http.Request, path []string, in map[string]any) {
	q := r.URL.Query()
	switch {
	case len(path) == 2 && path[1] == "list":
		i.numbered(w, sortedKeys(i.companies), q)
	case len(path) == 1 && q.Get("tag_id") != "":
		i.numbered(w, inside(i.tagged(func(t *intercomTag) bool { return t.id == q.Get("tag_id") }).companies), q)
	case len(path) == 1:
		for id, c := range i.companies {
			if c["company_id"] == q.Get("company_id") {
				replyJSON(w, 200, shownContact(id, c))
				return
			}
		}
		i.fail(w, 404, "company_not_found", "Company Not Found")
	case r.Method == http.MethodPut && hex24.MatchString(path[1]):
		i.change(w, i.companies, path[1], in)
	case i.companies[path[1]] == nil:
		i.fail(w, 404, "company_not_found", "Company Not Found")
	default:
		replyJSON(w, 200, shownContact(path[1], i.companies[path[1]]))
	}
}

// numbered answers one of the numbered pages.
func (i *intercom) numbered(w http.ResponseWriter, ids []string, q url.Values) {
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	data := []any{}
	for _, id := range ids[min(len(ids), (page-1)*size):min(len(ids), page*size)] {
		data = append(data, shownContact(id, i.companies[id]))
	}
	replyJSON(w, 200, map[string]any{"type": "list", "data": data, "total_count": len(ids), "pages": map[string]any{"type": "pages", "page": page, "per_page": size, "total_pages": (len(ids) + size - 1) / size}})
}

func (i *intercom) ticket(w http.ResponseWriter, method string, path []string, in map[string]any) {
	if method == http.MethodPost {
		id := strconv.Itoa(494 + len(i.tickets))
		i.tickets[id] = map[string]any{"type": "ticket", "open": true, "ticket_state": map[string]any{"category": "submitted"}, "ticket_attributes": in["ticket_attributes"],
			"contacts": in["contacts"], "assignment": in["assignment"], "updated_at": 1795338000}
		replyJSON(w, 200, shownContact(id, i.tickets[id]))
		return
	}
	ticket := i.tickets[path[1]]
	if ticket == nil || ticket["deleted"] == true {
		i.fail(w, 404, "ticket_not_found", "Ticket not found")
		return
	}
	maps.Copy(ticket, in)
	replyJSON(w, 200, shownContact(path[1], ticket))
}

func (i *intercom) touch(id, category string, more, attributes map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if category != "" {
		i.tickets[id]["ticket_state"] = map[string]any{"category": category}
	}
	maps.Copy(i.tickets[id], more)
	maps.Copy(i.tickets[id]["ticket_attributes"].(map[string]any), attributes)
}

// tasks gives the tickets. Their effect's key is not told to Intercom: the suite numbers both alike.
func (i *intercom) tasks(string) []connector.Item {
	i.mu.Lock()
	defer i.mu.Unlock()
	var out []connector.Item
	for _, t := range i.tickets {
		title := fmt.Sprint(t["ticket_attributes"].(map[string]any)["_default_title_"])
		item := connector.Item{ID: t["contacts"].([]any)[0].(map[string]any)["id"].(string), Fields: map[string]any{connector.TaskTitle: title}}
		if n, ok := strings.CutPrefix(title, "Call number "); ok {
			item.Key = fmt.Sprintf("task-%04s", n)
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, byID)
	return out
}

func byID(a, b connector.Item) int { return strings.Compare(a.ID, b.ID) }

func (i *intercom) sent(string) []connector.Item {
	i.mu.Lock()
	defer i.mu.Unlock()
	var out []connector.Item
	for _, m := range i.messages {
		item := connector.Item{ID: m["to"].(map[string]any)["id"].(string)}
		if n, ok := strings.CutPrefix(fmt.Sprint(m["body"]), "Hello "); ok {
			item.Key = fmt.Sprintf("key-%04s", n)
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, byID)
	return out
}

func intercomID(n int) string { return fmt.Sprintf("6064d546%016x", n) }

func (i *intercom) system(t *testing.T) conntest.System {
	ann, bob := intercomID(100001), intercomID(100002)
	for id, email := range map[string]string{ann: "ann@acme.example", bob: "bob@acme.example", intercomID(100003): "two@acme.example", intercomID(100004): "two@acme.example"} {
		i.contacts[id] = map[string]any{"email": email, "custom_attributes": map[string]any{}}
	}
	named := func(c connector.Collection) map[string]bool {
		if c.Kind == "company_tag" {
			return i.makeTag(c.Name).companies
		}
		return i.makeTag(c.Name).contacts
	}
	return conntest.System{
		Connector: i.connect(t, "intercom", i.settings()),
		Make: func(c connector.Collection) {
			i.mu.Lock()
			defer i.mu.Unlock()
			if c.Kind == "tag" { // those of companies are the same ones
				i.makeTag(c.Name)
			}
		},
		Seed: func(c connector.Collection, ids []string) {
			i.mu.Lock()
			defer i.mu.Unlock()
			for _, id := range ids {
				named(c)[id] = true
			}
		},
		Members: func(c connector.Collection) []string {
			i.mu.Lock()
			defer i.mu.Unlock()
			return inside(named(c))
		},
		Sent:   i.sent,
		Tasks:  i.tasks,
		People: i.people(),
		Identities: &conntest.Identities{Known: map[string]string{"ann@acme.example": ann, "bob@acme.example": bob}, Batch: 15, Several: []string{"two@acme.example"},
			Spellings: map[string]string{"BOB@acme.example": "bob@acme.example"}},
		Inject: i.inject,
	}
}

func (i *intercom) people() *conntest.People {
	return &conntest.People{
		Begin: func(_, id string) { i.touch(id, "in_progress", nil, nil) },
		Finish: func(_, id, outcome string, answers map[string]string) {
			attributes := map[string]any{"Outcome": outcome}
			for name, attribute := range map[string]string{"next_step": "Next step", "budget": "budget"} {
				if text, ok := answers[name]; ok {
					attributes[attribute] = text
				}
			}
			i.touch(id, "resolved", nil, attributes)
		},
		Close:  func(_, id string) { i.touch(id, "", map[string]any{"open": false}, nil) },
		Delete: func(_, id string) { i.touch(id, "", map[string]any{"deleted": true}, nil) },
	}
}

func TestIntercom_isAConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New:        func(t *testing.T) conntest.System { return newIntercom(t).system(t) },
		Powers:     []conntest.Power{conntest.Writes, conntest.ReadMembers, conntest.ReadFields, conntest.Creates, conntest.ReadTasks, conntest.Lists, conntest.ReadRecords, conntest.Resolves},
		Collection: "tag", Action: "message", Object: "company", Task: "ticket", Fields: []string{"name", "industry"}, ID: intercomID, Many: 400, Blind: true,
		IDs: []string{"600e1e3ae063b9d803d7c156", "6064d5464b4a359d4df671e9", "000000000000000000000000"},
	})
}

func intercomHeld(t *testing.T) held {
	ann, acme, bob := intercomID(1), intercomID(2), intercomID(3)
	return held{name: "intercom", pages: true, specs: []spec{readSpec(t, "intercom", "")},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			i := newIntercom(t)
			i.page = 1 // a second page of everything
			i.contacts[ann], i.contacts[bob] = map[string]any{"email": "ann@acme.example", "custom_attributes": map[string]any{}}, map[string]any{"email": "bob@acme.example", "custom_attributes": map[string]any{}}
			i.companies[acme] = map[string]any{"company_id": "acme", "custom_attributes": map[string]any{}}
			i.makeTag("gtm")
			return i.Client(), i.settings()
		},
		ids:        map[string][]string{"contact": {ann}, "company": {acme}, "tag": {ann, bob}, "company_tag": {acme}, "event": {ann}, "message": {ann}, "ticket": {ann}},
		identities: map[string][]string{"contact": {"ann@acme.example", "bob@acme.example"}, "company": {"acme"}, "admin": {"rep-1@acme.example"}},
		fields: map[string]map[string]any{
			"contact": {"name": "Ann", "external_id": "7", "unsubscribed_from_emails": true, "owner_id": int64(71), "signed_up_at": time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), "tier": "gold"},
			"company": {"name": "Acme", "size": int64(70), "website": "https://acme.example", "tier": "gold"},
			"event":   {"event": "invited-friend", "code": "x1"},
			"message": {"text": "Hello", "subject": "Hi"},
			"ticket":  {connector.TaskTitle: "Call Acme", connector.TaskAssignee: "rep-1@acme.example", "notes": "about it"},
		},
		names: map[string]string{"tag": "gtm", "company_tag": "gtm"}, fresh: map[string]string{"tag": "new", "company_tag": "newer"},
	}
}
