package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// hubspot is HubSpot as facts.md §1 says it behaves: batches answer 201 or 207 with results and errors in any order, lists say which records are
// missing in a 200, searches are paged, names of lists have no case.
type hubspot struct {
	world
	records map[string]map[string]map[string]string // by type and id
	lists   []*hubspotList
	events  []map[string]any
	next    int
	page    int // the size of pages of lists and searches; 0: as asked for
}

type hubspotList struct {
	id, name, of, processing string
	members                  map[string]bool
}

func newHubspot(t *testing.T) *hubspot {
	h := &hubspot{records: map[string]map[string]map[string]string{"contact": {}, "company": {}, "deal": {}, "tasks": {}}, next: 500}
	h.answer = h.serve
	h.writes = func(r *http.Request) bool {
		p := r.URL.Path
		return strings.Contains(p, "/memberships/") || strings.HasSuffix(p, "/batch/update") || strings.HasSuffix(p, "/send") || p == "/crm/v3/objects/tasks"
	}
	h.refused = func(w http.ResponseWriter) {
		reply(w, 429, `{"status":"error","message":"You have reached your secondly limit.","correlationId":"c","category":"RATE_LIMITS"}`)
	}
	h.start(t)
	return h
}

func (h *hubspot) connector(t *testing.T) connector.Connector {
	return h.connect(t, "hubspot", map[string]any{"token": "pat-123", "base_url": h.URL, "event": "pe1_played", "task_answers": "next_step,budget"})
}

func (h *hubspot) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	switch p := r.Method + " " + r.URL.Path; {
	case r.Header.Get("Authorization") != "Bearer pat-123":
		h.refuse(w, 401, "INVALID_AUTHENTICATION", "Authentication credentials not found")
	case strings.HasPrefix(p, "GET /crm/v3/lists/object-type-id/"):
		h.listByName(w, path[4], path[6])
	case p == "POST /crm/v3/lists/search":
		h.searchLists(w, in)
	case p == "POST /crm/v3/lists":
		h.createList(w, in)
	case strings.HasPrefix(p, "GET /crm/v3/lists/"), strings.HasPrefix(p, "PUT /crm/v3/lists/"):
		h.memberships(w, r, path, body)
	case p == "GET /crm/v3/owners":
		h.owners(w, r)
	case p == "POST /events/v3/send":
		h.event(w, in)
	case p == "POST /crm/v3/objects/tasks":
		h.createTask(w, in)
	case strings.HasPrefix(p, "GET /crm/v3/objects/"):
		h.list(w, r, path[3])
	case strings.HasSuffix(p, "/batch/read"):
		h.batchRead(w, path[3], in)
	case strings.HasSuffix(p, "/batch/update"):
		h.batchUpdate(w, path[3], in)
	case strings.HasSuffix(p, "/search"):
		h.search(w, path[3], in)
	default:
		h.refuse(w, 404, "NOT_FOUND", "there is no "+p)
	}
}

func (h *hubspot) refuse(w http.ResponseWriter, status int, category, message string) {
	replyJSON(w, status, map[string]any{"status": "error", "message": message, "correlationId": "c-1", "category": category})
}

// replyJSON writes an answer.
func replyJSON(w http.ResponseWriter, status int, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	reply(w, status, string(data))
}

func (h *hubspot) list1(of, name string) *hubspotList {
	for _, l := range h.lists {
		if l.of == of && strings.EqualFold(l.name, name) {
			return l
		}
	}
	return nil
}

func (l *hubspotList) json() map[string]any {
	return map[string]any{"listId": l.id, "name": l.name, "objectTypeId": l.of, "processingType": l.processing}
}

func (h *hubspot) listByName(w http.ResponseWriter, of, escaped string) {
	name, _ := url.PathUnescape(escaped)
	l := h.list1(of, name)
	if l == nil {
		h.refuse(w, 404, "OBJECT_NOT_FOUND", "List does not exist")
		return
	}
	replyJSON(w, 200, map[string]any{"list": l.json()})
}

func (h *hubspot) searchLists(w http.ResponseWriter, in map[string]any) {
	offset, _ := in["offset"].(float64)
	size := 20
	if h.page > 0 {
		size = h.page
	}
	end := min(len(h.lists), int(offset)+size)
	lists := []any{}
	for _, l := range h.lists[int(offset):end] {
		lists = append(lists, l.json())
	}
	replyJSON(w, 200, map[string]any{"lists": lists, "hasMore": end < len(h.lists), "offset": end, "total": len(h.lists)})
}

func (h *hubspot) createList(w http.ResponseWriter, in map[string]any) {
	l := h.makeList(in["objectTypeId"].(string), in["name"].(string), in["processingType"].(string))
	replyJSON(w, 200, map[string]any{"list": l.json()})
}

func (h *hubspot) makeList(of, name, processing string) *hubspotList {
	h.next++
	l := &hubspotList{id: strconv.Itoa(h.next), name: name, of: of, processing: processing, members: map[string]bool{}}
	h.lists = append(h.lists, l)
	return l
}

func (h *hubspot) memberships(w http.ResponseWriter, r *http.Request, path []string, body []byte) {
	i := slices.IndexFunc(h.lists, func(l *hubspotList) bool { return l.id == path[3] })
	if i < 0 {
		h.refuse(w, 404, "OBJECT_NOT_FOUND", "List does not exist")
		return
	}
	l := h.lists[i]
	if r.Method == http.MethodGet {
		h.members(w, r, l)
		return
	}
	var ids []string
	if json.Unmarshal(body, &ids) != nil || l.processing == "DYNAMIC" {
		h.refuse(w, 400, "VALIDATION_ERROR", "the body is no array of ids, or the list is dynamic")
		return
	}
	changed, missing := []string{}, []string{}
	adds := path[5] == "add"
	for _, id := range ids {
		switch {
		case !numeric(id):
			missing = append(missing, id)
		case l.members[id] != adds:
			changed = append(changed, id)
			l.members[id] = adds
		}
	}
	answer := map[string]any{"recordIdsMissing": missing, "recordIdsRemoved": changed, "recordsIdsAdded": []string{}}
	if adds {
		answer["recordIdsRemoved"], answer["recordsIdsAdded"] = []string{}, changed
	}
	replyJSON(w, 200, answer)
}

func numeric(id string) bool {
	_, err := strconv.ParseUint(id, 10, 63)
	return err == nil
}

func (l *hubspotList) ids() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for id, in := range l.members {
			if in && !yield(id) {
				return
			}
		}
	})
}

func (h *hubspot) members(w http.ResponseWriter, r *http.Request, l *hubspotList) {
	results := []any{}
	ids, next := h.cut(l.ids(), r.URL.Query().Get("after"), r.URL.Query().Get("limit"))
	for _, id := range ids {
		results = append(results, map[string]any{"recordId": id, "membershipTimestamp": "2026-11-23T09:00:00Z"})
	}
	replyJSON(w, 200, paged(results, next))
}

// cut gives a page of ids, and where the next begins: "" after the last.
func (h *hubspot) cut(ids []string, after, limit string) (page []string, next string) {
	from, _ := strconv.Atoi(after)
	size, _ := strconv.Atoi(limit)
	if h.page > 0 {
		size = h.page
	}
	end := min(len(ids), from+size)
	if end < len(ids) {
		next = strconv.Itoa(end)
	}
	return ids[min(from, len(ids)):end], next
}

func paged(results []any, next string) map[string]any {
	out := map[string]any{"results": results}
	if next != "" {
		out["paging"] = map[string]any{"next": map[string]any{"after": next, "link": "?after=" + next}}
	}
	return out
}

func (h *hubspot) owners(w http.ResponseWriter, r *http.Request) {
	results := []any{}
	for n := range 3 {
		email := fmt.Sprintf("rep-%d@acme.example", n)
		if asked := r.URL.Query().Get("email"); asked == "" || strings.EqualFold(asked, email) {
			results = append(results, map[string]any{"id": strconv.Itoa(71 + n), "email": email, "firstName": "Rep"})
		}
	}
	replyJSON(w, 200, paged(results, ""))
}

func (h *hubspot) event(w http.ResponseWriter, in map[string]any) {
	for _, e := range h.events {
		if e["uuid"] == in["uuid"] {
			h.refuse(w, 409, "CONFLICT", "an event with this uuid was accepted before")
			return
		}
	}
	h.events = append(h.events, in)
	w.WriteHeader(http.StatusNoContent)
}

func (h *hubspot) createTask(w http.ResponseWriter, in map[string]any) {
	h.next++
	id := strconv.Itoa(h.next)
	of := "tasks"
	h.records[of][id] = strings1(in["properties"])
	if list, _ := in["associations"].([]any); len(list) > 0 {
		a := list[0].(map[string]any)
		h.records[of][id]["to"] = fmt.Sprint(a["to"].(map[string]any)["id"], " ", a["types"].([]any)[0].(map[string]any)["associationTypeId"])
	}
	replyJSON(w, 201, h.record(of, id, nil))
}

// strings1 gives properties, which HubSpot has as text.
func strings1(value any) map[string]string {
	out := map[string]string{}
	of, _ := value.(map[string]any)
	for name, x := range of {
		out[name] = x.(string)
	}
	return out
}

func (h *hubspot) record(of, id string, properties []string) map[string]any {
	shown := map[string]any{"hs_object_id": id}
	for _, p := range properties {
		shown[p] = nil
		if value, ok := h.records[of][id][p]; ok {
			shown[p] = value
		}
	}
	return map[string]any{"id": id, "properties": shown, "createdAt": "2026-11-23T09:00:00Z", "updatedAt": "2026-11-23T09:00:00Z", "archived": false}
}

func (h *hubspot) list(w http.ResponseWriter, r *http.Request, of string) {
	q := r.URL.Query()
	ids, next := h.cut(slices.Sorted(maps.Keys(h.records[of])), q.Get("after"), q.Get("limit"))
	results := []any{}
	for _, id := range ids {
		results = append(results, h.record(of, id, strings.Split(q.Get("properties"), ",")))
	}
	replyJSON(w, 200, paged(results, next))
}

func texts(value any) []string {
	var out []string
	list, _ := value.([]any)
	for _, x := range list {
		out = append(out, x.(string))
	}
	return out
}

// batchRead answers 207 when some are not there. Results come in an order of their own.
func (h *hubspot) batchRead(w http.ResponseWriter, of string, in map[string]any) {
	results, missing := []any{}, []string{}
	by, _ := in["idProperty"].(string)
	for _, x := range in["inputs"].([]any) {
		asked := x.(map[string]any)["id"].(string)
		id := asked
		if by != "" {
			id = h.holder(of, by, asked)
		}
		if h.records[of][id] == nil {
			missing = append(missing, asked)
			continue
		}
		results = append(results, h.record(of, id, texts(in["properties"])))
	}
	slices.Reverse(results)
	out, status := map[string]any{"status": "COMPLETE", "results": results}, 200
	if len(missing) > 0 {
		status = 207
		out["numErrors"], out["errors"] = 1, []any{map[string]any{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects", "context": map[string]any{"ids": missing}}}
	}
	replyJSON(w, status, out)
}

func (h *hubspot) holder(of, property, value string) string {
	for id, properties := range h.records[of] {
		if strings.EqualFold(properties[property], value) {
			return id
		}
	}
	return ""
}

// batchUpdate refuses a batch as a whole where an id comes twice, and single records in a 207.
func (h *hubspot) batchUpdate(w http.ResponseWriter, of string, in map[string]any) {
	seen := map[string]bool{}
	inputs := in["inputs"].([]any)
	for _, x := range inputs {
		id := x.(map[string]any)["id"].(string)
		if seen[id] || len(inputs) > 100 {
			h.refuse(w, 400, "VALIDATION_ERROR", "Duplicate IDs found in batch input: ["+id+"]. IDs must be unique")
			return
		}
		seen[id] = true
	}
	results, errs := []any{}, []any{}
	for _, x := range inputs {
		input := x.(map[string]any)
		id := input["id"].(string)
		if category, why := h.against(of, id, strings1(input["properties"])); why != "" {
			errs = append(errs, map[string]any{"status": "error", "category": category, "message": why, "context": map[string]any{"objectWriteTraceId": []any{input["objectWriteTraceId"]}}})
			continue
		}
		if h.records[of][id] == nil {
			h.records[of][id] = map[string]string{}
		}
		maps.Copy(h.records[of][id], strings1(input["properties"]))
		results = append(results, h.record(of, id, nil))
	}
	slices.Reverse(results)
	status := 200
	if len(errs) > 0 {
		status = 207
	}
	replyJSON(w, status, map[string]any{"status": "COMPLETE", "results": results, "errors": errs, "numErrors": len(errs)})
}

func (h *hubspot) against(of, id string, properties map[string]string) (category, why string) {
	switch {
	case of == "tasks" && h.records[of][id] == nil, !numeric(id):
		return "OBJECT_NOT_FOUND", "Could not get some objects"
	case properties["closedate"] == "asd000":
		return "VALIDATION_ERROR", "asd000 was not a valid long."
	}
	return "", ""
}

func (h *hubspot) search(w http.ResponseWriter, of string, in map[string]any) {
	filter := in["filterGroups"].([]any)[0].(map[string]any)["filters"].([]any)[0].(map[string]any)
	property, values := filter["propertyName"].(string), texts(filter["values"])
	var found []string
	for id, properties := range h.records[of] {
		if slices.Contains(values, strings.ToLower(properties[property])) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	after, _ := in["after"].(string)
	ids, next := h.cut(found, after, fmt.Sprint(in["limit"]))
	results := []any{}
	for _, id := range ids {
		results = append(results, h.record(of, id, texts(in["properties"])))
	}
	out := paged(results, next)
	out["total"] = len(found)
	replyJSON(w, 200, out)
}

// system is an empty HubSpot for the suite.
func (h *hubspot) system(t *testing.T) conntest.System {
	types := map[string]string{"list": "0-1", "company_list": "0-2", "deal_list": "0-3"}
	ann, bob := hubspotID(100001), hubspotID(100002)
	h.records["contact"] = map[string]map[string]string{ann: {"email": "ann@acme.example"}, bob: {"email": "bob@acme.example"}}
	identities := &conntest.Identities{Known: map[string]string{"ann@acme.example": ann, "bob@acme.example": bob}, Spellings: map[string]string{"ANN@acme.Example": "ann@acme.example"}, Batch: 100}
	return conntest.System{
		Connector: h.connector(t),
		Make: func(c connector.Collection) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.makeList(types[c.Kind], c.Name, "MANUAL")
		},
		Seed: func(c connector.Collection, ids []string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, id := range ids {
				h.list1(types[c.Kind], c.Name).members[id] = true
			}
		},
		Members: func(c connector.Collection) []string {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.list1(types[c.Kind], c.Name).ids()
		},
		Sent:  h.sent,
		Tasks: h.tasks,
		People: &conntest.People{
			Begin: func(_, id string) { h.touch(id, map[string]string{"hs_task_status": "IN_PROGRESS"}) },
			Finish: func(_, id, outcome string, answers map[string]string) {
				h.touch(id, map[string]string{"hs_task_status": "COMPLETED", "hs_task_completion_date": "2026-11-23T10:00:00Z", "playctl_outcome": outcome})
				h.touch(id, answers)
			},
			Close: func(_, id string) { h.touch(id, map[string]string{"hs_task_status": "DEFERRED"}) },
			Delete: func(_, id string) {
				h.mu.Lock()
				defer h.mu.Unlock()
				delete(h.records["tasks"], id)
			},
		},
		Identities: identities,
		Inject:     h.inject,
	}
}

func (h *hubspot) touch(id string, properties map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.Copy(h.records["tasks"][id], properties)
}

// sent gives the events. Their uuid is made of the effect's key.
func (h *hubspot) sent(string) []connector.Item {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []connector.Item
	for _, e := range h.events {
		out = append(out, connector.Item{Key: keyOf(e["uuid"].(string)), ID: e["objectId"].(string)})
	}
	slices.SortStableFunc(out, byKey) // they come several at once
	return out
}

func (h *hubspot) tasks(string) []connector.Item {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []connector.Item
	for _, id := range slices.Sorted(maps.Keys(h.records["tasks"])) {
		p := h.records["tasks"][id]
		to, _, _ := strings.Cut(p["to"], " ")
		out = append(out, connector.Item{Key: p["playctl_key"], ID: to, Fields: map[string]any{connector.TaskTitle: p["hs_task_subject"]}})
	}
	slices.SortStableFunc(out, byKey)
	return out
}

func byKey(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) }

func hubspotID(n int) string { return strconv.Itoa(1_000_000 + n) }

// restPowers are those that a manifest can give a connector, and more.
func restPowers(more ...conntest.Power) []conntest.Power {
	return append([]conntest.Power{conntest.Writes, conntest.ReadMembers, conntest.ReadFields, conntest.Looks, conntest.Creates, conntest.ReadTasks, conntest.Lists, conntest.ReadRecords,
		conntest.Resolves}, more...)
}

// restNames are awkward names that can stand in an address.
func restNames() []string {
	return slices.DeleteFunc(conntest.AwkwardNames(), func(n string) bool { return n == "." || n == ".." })
}

func TestHubspot_isAConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			h := newHubspot(t)
			return h.system(t)
		},
		Powers: restPowers(),
		Action: "event", Object: "company", Fields: []string{"name", "description"}, ID: hubspotID, Names: restNames(), Many: 1500, Blind: true,
		IDs: []string{"1", "20", "300", "9007199254740993", "07"},
	})
}
