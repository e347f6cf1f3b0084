package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

func TestG1_whatCannotBeReadIsSaidToBeWriteOnly(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, `{}`) })
	s := v.open(`
collections:
  audience: {add: {post: /a, body: keys, retry: safe}, remove: {delete: /a, body: keys, retry: safe}}
  list: {members: {get: /m, records: json, key: it}, add: {post: /a, body: keys, retry: safe}}
`, nil)
	audience, _ := s.Describe().CollectionKind("audience")
	list, _ := s.Describe().CollectionKind("list")
	if !audience.WriteOnly || list.WriteOnly {
		t.Error(audience, list)
	}
	if _, err := s.Members(t.Context(), place("audience", "x")); err == nil || errors.Is(err, connector.ErrNoCollection) {
		t.Errorf("nobody is in it: %v", err)
	}
	blind := v.open("collections:\n  audience: {add: {post: /a, body: keys, retry: safe}}\n", nil)
	if _, ok := connector.As[connector.MemberReader](blind); ok {
		t.Error("it reads members")
	}
}

func TestG2_whatWasMadeIsUsedWhenItCanBe(t *testing.T) {
	var made time.Time
	early := 0
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.path == "/segments" && r.method == http.MethodPost:
			made = time.Now()
			reply(w, 201, `{"id": 7}`)
		case r.path == "/segments":
			reply(w, 200, `[]`) // it is not listed for long
		case time.Since(made) < 5*time.Millisecond: // of 5 s
			early++
			reply(w, 404, `{"message": "no such segment"}`)
		default:
			reply(w, 200, `{}`)
		}
	})
	s := v.open(`
collections:
  list:
    find: {get: /segments, records: json, name: it.name, id: it.id}
    create: {post: /segments, body: '{"name": name}', id: json.id, wait: 6s}
    add: {post: '/segments/${id}/users', body: keys, retry: safe}
`, nil)
	if err := s.Create(t.Context(), place("list", "x")); err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("a")), "done")
	if early != 0 {
		t.Errorf("asked %d times too early", early)
	}
}

func TestG2_a404SoonAfterMakingIsTriedAgain(t *testing.T) {
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.path == "/contacts/1/tags" {
			if n++; n <= 2 {
				reply(w, 404, `{"errors": [{"code": "not_found"}]}`)
				return
			}
		}
		reply(w, 200, `{}`)
	})
	s := v.open(adding(`{post: '/contacts/${item.id}/tags', body: name, retry: safe, errors: [{when: status == 404, do: retry, after: 5}]}`), nil)
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("1")), "done")
}

// bulk is a vendor that works jobs off: open, upload, close, wait, results.
type bulk struct {
	*vendor
	uploaded, state string
	polls, acts     int
	fault           string
	cuts            int
}

func newBulk(t *testing.T, fault string) *bulk {
	b := &bulk{fault: fault}
	b.vendor = newVendor(t, func(w http.ResponseWriter, r call) {
		at := r.method + " " + r.path
		if fault == "cut "+at && b.cuts == 0 {
			b.cuts++
			b.act(t, at, r)
			cut(w)
			return
		}
		if status, ok := strings.CutPrefix(fault, at+" "); ok {
			reply(w, number(status), `[{"message": "`+status+` here"}]`)
			return
		}
		b.act(t, at, r)
		switch at {
		case "POST /jobs":
			w.Header().Set("Location", "/jobs/j1")
			reply(w, 201, `{"id": "j1", "state": "Open"}`)
		case "GET /jobs/j1":
			if b.polls++; b.polls > 3 && b.state == "UploadComplete" && fault != "slow" {
				b.state, b.acts = map[bool]string{true: "Failed", false: "JobComplete"}[fault == "fails"], b.acts+1
			}
			reply(w, 200, `{"id": "j1", "state": "`+b.state+`"}`)
		case "GET /jobs/j1/ok":
			says(w, 200, "text/csv", "sf__Id,Id\n00a,a\n00c,c\n")
		case "GET /jobs/j1/failed":
			says(w, 200, "text/csv", "sf__Error,Id\n\"REQUIRED: x, y\",b\n")
		default:
			reply(w, 200, `{}`)
		}
	})
	return b
}

func (b *bulk) act(t *testing.T, at string, r call) {
	switch at {
	case "POST /jobs":
		b.state = "Open"
	case "PUT /jobs/j1/batches":
		if b.state != "Open" || r.header.Get("Content-Type") != "text/csv" {
			t.Errorf("uploaded when it is %s", b.state)
		}
		b.uploaded += r.body
	case "PATCH /jobs/j1":
		b.state = "UploadComplete"
	}
}

const bulkJob = `
objects:
  lead:
    any_field: true
    update:
      post: /jobs
      batch: 100
      body: '{"operation": "update"}'
      retry: never
      job:
        steps:
          - {put: '/jobs/${job.id}/batches', headers: {Content-Type: text/csv}, raw: 'csv([["Id", "Name"]] + items.map(i, [i.id, i.fields.n]))'}
          - {patch: '${job_headers["location"]}', body: '{"state": "UploadComplete"}', retry: safe}
        poll: {get: '/jobs/${job.id}'}
        every: 2s
        most: 60s
        done: json.state == "JobComplete"
        fails: 'json.state in ["Failed", "Aborted"]'
        results:
          - {get: '/jobs/${job.id}/ok', decode: csv, outcomes: [{list: json, key: it.Id, is: done, receipt: it.sf__Id}]}
          - {get: '/jobs/${job.id}/failed', decode: csv, outcomes: [{list: json, key: it.Id, is: rejected, why: it.sf__Error}]}
errors:
  - {when: 'status in [400, 403]', do: fail, why: 'json[0].message'}
`

func TestG3_aJobIsFollowedToItsEnd(t *testing.T) {
	for fault, c := range map[string]struct {
		want []string
		acts int
	}{
		"":                         {[]string{"done", "rejected: REQUIRED: x, y", "done", "in doubt: says nothing of it"}, 1},
		"POST /jobs 400":           {[]string{"rejected: 400 here", "rejected", "rejected", "rejected"}, 0},
		"POST /jobs 503":           {[]string{"in doubt", "in doubt", "in doubt", "in doubt"}, 0},
		"PUT /jobs/j1/batches 403": {[]string{"rejected: 403 here", "rejected", "rejected", "rejected"}, 0},
		"cut PUT /jobs/j1/batches": {[]string{"in doubt", "in doubt", "in doubt", "in doubt"}, 0},
		"cut PATCH /jobs/j1":       {[]string{"done", "rejected: REQUIRED: x, y", "done", "in doubt: says nothing of it"}, 1}, // closing twice is closing
		"cut GET /jobs/j1":         {[]string{"done", "rejected: REQUIRED: x, y", "done", "in doubt: says nothing of it"}, 1},
		"GET /jobs/j1 403":         {[]string{"in doubt: 403 here", "in doubt", "in doubt", "in doubt"}, 0},
		"fails":                    {[]string{"in doubt: the job failed", "in doubt", "in doubt", "in doubt"}, 1},
		"slow":                     {[]string{"in doubt: has not ended after 1m", "in doubt", "in doubt", "in doubt"}, 0},
		"GET /jobs/j1/failed 403":  {[]string{"in doubt: 403 here", "in doubt", "in doubt", "in doubt"}, 1},
	} {
		t.Run(fault, func(t *testing.T) {
			b := newBulk(t, fault)
			s := b.open(bulkJob, nil)
			list := []connector.Item{}
			for _, id := range []string{"a", "b", "c", "d"} {
				list = append(list, connector.Item{ID: id, Fields: map[string]any{"n": "x,\"" + id}})
			}
			wantOutcomes(t, write(t, s, connector.Set, place("lead", ""), list), c.want...)
			if b.acts != c.acts || b.count("/jobs") != 1 {
				t.Errorf("it acted %d times, and %d jobs were opened", b.acts, b.count("/jobs"))
			}
			if want := "Id,Name\na,\"x,\"\"a\"\n"; b.uploaded != "" && !strings.HasPrefix(b.uploaded, want) {
				t.Errorf("uploaded is %q", b.uploaded)
			}
		})
	}
}

func TestG4_aListThatIsMadeByRulesIsNotWritten(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.method != http.MethodGet {
			t.Errorf("%s %s", r.method, r.path)
		}
		reply(w, 200, `{"id": 7, "type": "DYNAMIC"}`)
	})
	s := v.open(`
collections:
  list:
    find: {get: '/lists/${name}', id: json.id, writable: json.type != "DYNAMIC"}
    add: {post: '/lists/${id}/add', body: keys, retry: safe}
    remove: {post: '/lists/${id}/remove', body: keys, retry: safe}
`, nil)
	for _, verb := range []connector.Verb{connector.Add, connector.Remove} {
		out, err := s.Write(t.Context(), connector.Batch{Verb: verb, Target: place("list", "x"), Items: items("a", "b")})
		if !notBegun(err) || out[0].Status != 0 || !strings.Contains(err.Error(), "rules") {
			t.Errorf("%v, %v", out, err)
		}
	}
	if err := s.CheckCollection(t.Context(), place("list", "x")); err == nil || errors.Is(err, connector.ErrNoCollection) {
		t.Error(err)
	}
}

func TestG5_spellingsOfOneIdAreOne(t *testing.T) {
	const short, long = "0035g00000Abcde", "0035g00000AbcdeAAB"
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case strings.HasPrefix(r.path, "/lists/"):
			reply(w, 200, `{"id": 7}`)
		case strings.HasPrefix(r.path, "/find"):
			q, _ := url.ParseQuery(r.query)
			reply(w, 200, fmt.Sprintf(`[{"Id": %q, "Email": %q}]`, long, strings.ToUpper(q.Get("email"))))
		default:
			reply(w, 200, `[{"id": "`+long+`", "ok": true, "Name": "Ann"}]`)
		}
	})
	s := v.open(`
objects:
  contact:
    any_field: true
    normalize: id18(id)
    identities: [{field: Email, when: 'id.contains("@")', fold: true}]
    find: {get: /find, query: {email: '${values[0]}'}, records: json, key: it.Id, value: it.Email}
    read: {get: /read, batch: 10, records: json, key: it.id, fields: it}
collections:
  list:
    of: contact
    fold_names: true
    find: {get: '/lists/${name}', id: json.id}
    add: {post: /add, query: {list: '${id}'}, batch: 10, body: keys, retry: safe, outcomes: [{list: json, key: it.id, is: done}]}
`, nil)
	if s.Normalize("list", short) != s.Normalize("contact", long) {
		t.Error("15 and 18 characters are two records")
	}
	wantOutcomes(t, write(t, s, connector.Add, place("list", "Early Intent"), items(short, long)), "done", "already")
	wantOutcomes(t, write(t, s, connector.Add, place("list", "EARLY intent"), items(short)), "done")
	if n := v.count("/lists/Early%20Intent") + v.count("/lists/EARLY%20intent"); n != 1 {
		t.Errorf("one list was looked for %d times", n)
	}
	got, err := s.Fields(t.Context(), "contact", []string{short, long}, []string{"Name"})
	if diff := cmp.Diff(map[string]map[string]string{short: {"Name": "Ann"}, long: {"Name": "Ann"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	found, err := s.Resolve(t.Context(), "list", []string{"ann@x.example", "Ann@X.example", short})
	want := map[string]connector.Identified{"ann@x.example": {ID: long}, "Ann@X.example": {ID: long}, short: {ID: short}}
	if diff := cmp.Diff(want, found); err != nil || diff != "" || v.count("/find") != 1 {
		t.Error(err, diff, v.count("/find"))
	}
}

func TestG6_aRemovalTakesTheIdOfTheMembership(t *testing.T) {
	in := map[string]string{"m1": "p1", "m2": "p2", "m3": "p3"} // memberships of people
	removed := map[string]int{}
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		id := strings.TrimPrefix(r.path, "/memberships/")
		switch {
		case r.method == http.MethodGet:
			q, _ := url.ParseQuery(r.query)
			var rows []string
			for m, p := range in {
				if slices.Contains(strings.Split(q.Get("person"), ","), p) && q.Get("list") == "7" {
					rows = append(rows, fmt.Sprintf(`{"id": %q, "person": {"id": %q}}`, m, strings.ToUpper(p)))
				}
			}
			reply(w, 200, "["+strings.Join(rows, ",")+"]")
		case r.method == http.MethodDelete && in[id] != "":
			delete(in, id)
			removed[id]++
			w.WriteHeader(204)
		case r.method == http.MethodPatch && in[id] != "":
			reply(w, 200, `{}`)
		case r.method == http.MethodPost:
			for i, p := range batchOf(t, r) { // many go in at once
				in[fmt.Sprintf("n%d", i)] = p
			}
			reply(w, 200, `{}`)
		default:
			t.Errorf("%s %s", r.method, r.path)
			reply(w, 404, `{}`)
		}
	})
	s := v.open(`
objects: {person: {normalize: lower(id)}}
collections:
  list:
    of: person
    any_field: true
    find: {get: '/memberships?list=7&person=none', id: '"7"'}
    lookup: {get: /memberships, batch: 2, query: {list: '${id}', person: '${keys.join(",")}'}, records: json, key: it.id, member: it.person.id}
    add: {post: /memberships, query: {list: '${id}'}, batch: 100, body: keys, retry: safe, otherwise: done}
    remove: {delete: '/memberships/${item.membership}', retry: safe}
    update: {patch: '/memberships/${item.membership}', body: item.fields, retry: safe}
`, nil)
	wantOutcomes(t, write(t, s, connector.Remove, place("list", "x"), items("p1", "p9", "P1", "p3")), "done", "already", "already", "done")
	if diff := cmp.Diff(map[string]int{"m1": 1, "m3": 1}, removed); diff != "" || len(in) != 1 {
		t.Error(diff, in)
	}
	wantOutcomes(t, write(t, s, connector.Set, place("list", "x"), items("p2", "p1")), "done", "rejected: no member of")
	before := len(v.calls())
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("p4", "p5", "p6")), "done", "done", "done")
	if n := len(v.calls()) - before; n != 1 {
		t.Errorf("three went in with %d requests", n)
	}
}

func TestG7_whatWasMergedIsKnownByItsNewId(t *testing.T) {
	merged := map[string]string{"1": "9", "2": "2", "9": "9"} // 1 is 9 now
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		var ids []string
		_ = json.Unmarshal([]byte(r.body), &ids)
		rows := map[string][]string{}
		for _, id := range ids {
			if into := merged[id]; into != "" {
				rows[into] = append(rows[into], `"`+id+`"`)
			}
		}
		var out []string
		for _, id := range []string{"2", "9"} {
			if rows[id] != nil {
				out = append(out, `{"id": "`+id+`", "merged": [`+map[string]string{"9": `"1", "0"`}[id]+`]}`)
			}
		}
		reply(w, 200, "["+strings.Join(out, ",")+"]")
	})
	s := v.open(`
objects:
  contact:
    identities: [{field: id, when: 'id.matches("^[0-9]+$")'}]
    find:
      post: /batch/read
      batch: 100
      body: values
      records: 'json.map(r, ([r.id] + r.merged).map(was, {"was": was, "id": r.id})).flatten()'
      key: it.id
      value: it.was
`, nil)
	found, err := s.Resolve(t.Context(), "contact", []string{"1", "2", "3", "9"})
	want := map[string]connector.Identified{"1": {ID: "9"}, "2": {ID: "2"}, "9": {ID: "9"}}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestG9_aStatusThatIsChangedByATransition(t *testing.T) {
	status := map[string]string{"P-1": "new", "P-2": "done", "P-3": "new", "P-4": "locked"}
	moves := map[string]int{}
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		id := strings.Split(r.path, "/")[2]
		switch {
		case status[id] == "":
			reply(w, 404, `{"errorMessages": ["Issue does not exist"]}`)
		case r.method == http.MethodGet:
			transitions := `[{"id": "11", "to": "progress"}, {"id": "31", "to": "cancelled"}]`
			if status[id] == "locked" {
				transitions = `[]`
			}
			reply(w, 200, `{"status": "`+status[id]+`", "transitions": `+transitions+`}`)
		case r.body != `{"transition":{"id":"31"}}` || status[id] == "done":
			t.Errorf("%s %s", r.path, r.body)
			reply(w, 400, `{}`)
		default:
			status[id] = "done"
			moves[id]++
			w.WriteHeader(204)
		}
	})
	s := v.open(`
tasks:
  task:
    create: {post: /issue, body: item.fields, retry: never}
    cancel:
      prepare:
        - get: /issue/${item.id}
          errors: [{when: status == 404, do: absent}]
          ends:
            - {when: json.status == "done", is: already}
            - {when: 'json.transitions.filter(x, x.to == "cancelled") == []', is: rejected, why: '"the workflow does not let it be cancelled"'}
          take: {transition: 'json.transitions.filter(x, x.to == "cancelled")[0].id'}
      post: /issue/${item.id}/transitions
      body: '{"transition": {"id": prepared.transition}}'
      retry: safe
`, nil)
	out := write(t, s, connector.Cancel, place("task", ""), items("P-1", "P-2", "P-9", "P-3", "P-4", "P-1"))
	wantOutcomes(t, out, "done", "already", "already", "done", "rejected: workflow does not let", "already")
	if diff := cmp.Diff(map[string]int{"P-1": 1, "P-3": 1}, moves); diff != "" {
		t.Error(diff)
	}
}
