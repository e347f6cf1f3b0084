package rest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// generic is the manifest of a vendor that has all that a manifest can speak of. Its server is a system in memory.
const generic = `
connector: acme
title: Acme
auth: {bearer: auth.token, token: {post: /token, access: json.access_token, expires_in: 60}}
errors:
  - {when: status == 401, do: refresh_auth}
  - {when: status == 429, do: retry, after: header("Retry-After")}
  - {when: status == 500, do: retry, unexecuted: true}
  - {when: status == 404, do: absent}
objects:
  company:
    any_field: true
    normalize: 'id.contains("@") ? lower(id.trim()) : id.trim()'
    identities: [{field: email, when: 'id.contains("@")', fold: true}]
    find: {post: /find, batch: 3, body: '{"names": values}', records: json, key: it.id, value: it.name}
    list: {post: /records, body: '{"after": cursor, "fields": fields}', records: json.rows, key: it.id, fields: it.fields, paginator: {cursor: json.next, into: body.after}}
    read: {post: /fields, batch: 7, body: '{"ids": keys, "fields": fields}', records: json, key: it.id, fields: it.fields}
    update: {post: /write/set, batch: 4, body: '{"items": items}', retry: safe, outcomes: TOLD}
collections:
  list:
    of: company
    any_field: true
    find: {post: /named, body: '{"name": name}', id: json.id}
    names: {get: /names, records: json, name: it}
    create: {post: /made, body: '{"name": name}', id: json.id}
    members: {post: /members, body: '{"name": id, "after": cursor, "fields": fields}', records: json.rows, key: it.id, fields: it.fields, paginator: {cursor: json.next, into: body.after}}
    add: {post: /write/add, batch: 5, body: '{"name": id, "items": items}', retry: safe, outcomes: TOLD}
    remove: {post: /write/remove, batch: 5, body: '{"name": id, "items": items}', retry: safe, outcomes: TOLD}
    update: {post: /write/set, batch: 5, body: '{"name": id, "items": items}', retry: safe, outcomes: TOLD}
actions:
  message:
    send: {post: /write/send, batch: 2, body: '{"items": items}', retry: lookup, outcomes: TOLD}
    lookup: {post: /lookup, batch: 4, body: '{"kind": "message", "keys": keys}', records: json, key: it.key, receipt: it.receipt}
tasks:
  task:
    create: {post: /write/task, batch: 2, body: '{"items": items}', retry: lookup, outcomes: TOLD}
    cancel: {post: /write/cancel, batch: 3, body: '{"items": items}', retry: safe, outcomes: TOLD}
    poll: {post: /tasks, batch: 4, body: '{"keys": keys}', records: json, key: it.receipt, status: it.Status, outcome: it.Outcome, answers: it.Answers, done_at: it.DoneAt, touched_at: it.TouchedAt}
    lookup: {post: /lookup, batch: 4, body: '{"kind": "task", "keys": keys}', records: json, key: it.key, receipt: it.receipt}
`

// told says what became of each item, by its position.
const told = `[{list: json, by: position, cases: [{when: it.status == "done", is: done, receipt: it.receipt}, {when: it.status == "already", is: already}, {is: rejected, why: it.reason}]}]`

// backed is a server over a system in memory.
type backed struct {
	world
	t *testing.T
	m *memory.Directory
}

// asked is what requests to it say.
type asked struct {
	Name, After, Kind        string
	Names, Fields, IDs, Keys []string
	Items                    []connector.Item
}

func newBacked(t *testing.T) *backed {
	b := &backed{t: t, m: memory.NewDirectory(&memory.System{Spec: memory.Spec()})}
	b.answer, b.writes = b.does, func(r *http.Request) bool { return len(r.URL.Path) > 6 && r.URL.Path[:7] == "/write/" }
	b.start(t)
	return b
}

func (b *backed) does(w http.ResponseWriter, r *http.Request, body []byte) {
	var q asked
	if err := json.Unmarshal(body, &q); err != nil && len(body) > 0 {
		b.t.Errorf("%s: %v: %s", r.URL.Path, err, body)
	}
	ctx, list := b.t.Context(), connector.Collection{Kind: "list", Name: q.Name}
	var out any
	var err error
	switch path := r.URL.Path; path {
	case "/token":
		out = map[string]any{"access_token": "t-abcd"}
	case "/find":
		out, err = b.found(q)
	case "/names":
		out, err = b.m.Collections(ctx, "list")
	case "/named":
		_, err = b.m.Members(ctx, list)
		out = map[string]any{"id": q.Name}
	case "/made":
		err = b.m.Create(ctx, list)
		out = map[string]any{"id": q.Name}
	case "/members":
		out, err = b.members(list, q)
	case "/records":
		out, err = b.records(q)
	case "/fields":
		fields, failed := b.m.Fields(ctx, "company", q.IDs, q.Fields)
		out, err = rowsOf(fields), failed
	case "/lookup":
		out, err = b.lookedUp(q)
	case "/tasks":
		out, err = b.reports(q)
	default:
		out, err = b.write(path[len("/write/"):], list, q)
	}
	status := http.StatusOK
	if err != nil {
		status, out = http.StatusUnprocessableEntity, map[string]any{"error": err.Error()}
		if errors.Is(err, connector.ErrNoCollection) {
			status = http.StatusNotFound
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		b.t.Error(err)
	}
	reply(w, status, string(text))
}

type row struct {
	ID     string         `json:"id"`
	Fields map[string]any `json:"fields"`
}

func rowsOf(of map[string]map[string]string) []row {
	out := []row{}
	for id, fields := range of {
		values := map[string]any{}
		for name, value := range fields {
			values[name] = value
		}
		out = append(out, row{id, values})
	}
	return out
}

// pageOf gives the rows behind one, a thousand at a time.
func pageOf(all []row, after string) any {
	i, found := slices.BinarySearchFunc(all, after, func(r row, id string) int { return compare(r.ID, id) })
	if found {
		i++
	}
	all = all[i:]
	out := map[string]any{"rows": all, "next": nil}
	if len(all) > 1000 {
		out["rows"], out["next"] = all[:1000], all[999].ID
	}
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (b *backed) members(list connector.Collection, q asked) (any, error) {
	ids, err := b.m.Members(b.t.Context(), list)
	if err != nil {
		return nil, err
	}
	fields := map[string]map[string]string{}
	if len(q.Fields) > 0 {
		if fields, err = b.m.MembershipFields(b.t.Context(), list, ids, q.Fields); err != nil {
			return nil, err
		}
	}
	all := make([]row, len(ids))
	for i, id := range ids {
		all[i] = rowsOf(map[string]map[string]string{id: fields[id]})[0]
	}
	return pageOf(all, q.After), nil
}

func (b *backed) records(q asked) (any, error) {
	all := []row{}
	err := b.m.Records(b.t.Context(), "company", append([]string{"id"}, q.Fields...), time.Time{}, func(values []any) error {
		fields := map[string]any{}
		for i, name := range q.Fields {
			fields[name] = values[i+1]
		}
		all = append(all, row{connector.Text(values[0]), fields})
		return nil
	})
	return pageOf(all, q.After), err
}

func (b *backed) found(q asked) (any, error) {
	out := []map[string]string{}
	found, err := b.m.Resolve(b.t.Context(), "company", q.Names)
	for name, x := range found {
		if x.ID != "" {
			out = append(out, map[string]string{"id": x.ID, "name": name})
			continue
		}
		out = append(out, map[string]string{"id": "4", "name": name}, map[string]string{"id": "5", "name": name})
	}
	return out, err
}

func (b *backed) lookedUp(q asked) (any, error) {
	out := []map[string]string{}
	found, err := b.m.Lookup(b.t.Context(), q.Kind, q.Keys)
	for key, receipt := range found {
		out = append(out, map[string]string{"key": key, "receipt": receipt})
	}
	return out, err
}

func (b *backed) reports(q asked) (any, error) {
	type report struct {
		Receipt string `json:"receipt"`
		connector.TaskReport
	}
	out := []report{}
	found, err := b.m.Tasks(b.t.Context(), "task", q.Keys)
	for receipt, r := range found {
		out = append(out, report{receipt, r})
	}
	return out, err
}

// write carries out what is asked, and tells what became of each.
func (b *backed) write(verb string, list connector.Collection, q asked) (any, error) {
	batch := connector.Batch{Items: q.Items, Target: list}
	for v := connector.Add; v <= connector.Cancel; v++ {
		if v.String() == verb {
			batch.Verb = v
		}
	}
	switch {
	case batch.Verb == connector.Set && list.Name == "":
		batch.Target.Kind = "company"
	case batch.Verb == connector.Send:
		batch.Target.Kind = "message"
	case batch.Verb > connector.Send:
		batch.Target.Kind = "task"
	}
	out := []map[string]string{}
	told, err := b.m.Write(b.t.Context(), batch)
	for _, o := range told {
		out = append(out, map[string]string{"status": o.Status.String(), "receipt": o.Receipt, "reason": o.Reason})
	}
	return out, err
}

// system is what the suite sees of it.
func (b *backed) system(t *testing.T) conntest.System {
	d, problems := rest.Load("acme.yaml", []byte(strings.ReplaceAll(generic, "TOLD", told)+"base: "+b.URL+"\n"), rest.Hurry(1000))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	c, err := d.Open(connector.Options{Now: func() time.Time { return noon }, Transport: b.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{"ann@x.example": "1", "bob@x.example": "2", "zoë@x.example": "3"}
	for address, id := range known {
		b.m.Know(address, id)
	}
	b.m.Know("info@x.example", "4")
	b.m.Know("info@x.example", "5")
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	return conntest.System{
		Connector: c, Inject: b.inject, Sent: func(action string) []connector.Item { return inOrder(b.m.Sent(action)) },
		Make: func(c connector.Collection) { b.m.Put(c) },
		Seed: func(c connector.Collection, ids []string) { b.m.Put(c, ids...) },
		Members: func(c connector.Collection) []string {
			ids, err := b.m.Members(t.Context(), c)
			must(err)
			return ids
		},
		Tasks: func(kind string) (out []connector.Item) {
			for _, task := range b.m.Contents().Tasks {
				out = append(out, task.Item)
			}
			return inOrder(out)
		},
		People: &conntest.People{
			Begin: func(_, receipt string) { must(b.m.TouchTask(receipt, noon)) },
			Finish: func(_, receipt, outcome string, answers map[string]string) {
				must(b.m.CompleteTask(receipt, outcome, answers, noon))
			},
			Close: func(_, receipt string) { must(b.m.CancelTask(receipt)) }, Delete: func(_, receipt string) { must(b.m.DeleteTask(receipt)) },
		},
		Identities: &conntest.Identities{Known: known, Several: []string{"info@x.example"}, Spellings: map[string]string{"Ann@X.example": "ann@x.example"}},
	}
}

// inOrder gives what came by several requests at once in the order of its keys.
func inOrder(list []connector.Item) []connector.Item {
	slices.SortStableFunc(list, func(a, b connector.Item) int { return compare(a.Key, b.Key) })
	return list
}

// TestConnector holds the engine to the contract, with every power that a manifest can have.
func TestConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New:    func(t *testing.T) conntest.System { return newBacked(t).system(t) },
		Powers: restPowers(conntest.Normalizes, conntest.ReadMembershipFields),
		Many:   2500,
	})
}
