package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// batchOf reads the ids of a request's body.
func batchOf(t *testing.T, r call) []string {
	t.Helper()
	var ids []string
	if err := json.Unmarshal([]byte(r.body), &ids); err != nil {
		t.Errorf("%s: %v", r.body, err)
	}
	return ids
}

// holding is a vendor that takes up to 100 ids a request into a list, and answers as said. It counts how often it did what.
type holding struct {
	*vendor
	in    map[string]bool
	added map[string]int
	sizes []int
}

func newHolding(t *testing.T, answer func(h *holding, w http.ResponseWriter, ids []string)) *holding {
	h := &holding{in: map[string]bool{}, added: map[string]int{}}
	h.vendor = newVendor(t, func(w http.ResponseWriter, r call) {
		ids := batchOf(t, r)
		h.sizes = append(h.sizes, len(ids))
		answer(h, w, ids)
	})
	return h
}

func (h *holding) add(id string) {
	h.in[id] = true
	h.added[id]++
}

func TestD1_resultsAtTheSamePlaceAsTheItems(t *testing.T) {
	h := newHolding(t, func(h *holding, w http.ResponseWriter, ids []string) {
		var results []string
		for _, id := range ids {
			switch {
			case strings.HasPrefix(id, "bad"):
				results = append(results, `{"status": "skipped", "reasons": [{"code": "1004", "message": "Lead not found"}]}`)
			case h.in[id]:
				results = append(results, `{"status": "memberof", "reasons": [{"code": "1015"}]}`)
			default:
				h.add(id)
				results = append(results, `{"id": 7, "status": "added"}`)
			}
		}
		if slices.Contains(ids, "short") { // an answer that ends too early
			results = results[:len(results)-1]
		}
		if slices.Contains(ids, "long") {
			results = append(results, `{"status": "added"}`)
		}
		reply(w, 200, `{"result": [`+strings.Join(results, ",")+`]}`)
	})
	h.in["old"] = true
	s := h.open(adding(`
      post: /add
      batch: 4
      body: keys
      retry: safe
      outcomes:
        - list: json.result
          by: position
          cases:
            - {when: it.status == "added", is: done}
            - {when: 'it.?reasons[0].?code.orValue("") == "1015"', is: already}
            - {when: it.status == "skipped", is: rejected, why: 'it.reasons[0].message'}`), nil)
	out := write(t, s, connector.Add, place("list", "x"), items("bad1", "a", "old", "b", "short", "bad2", "c", "d", "long", "e"))
	wantOutcomes(t, out, "rejected: Lead not found", "done", "already", "done", "done", "rejected: Lead", "done", "in doubt", "done", "done")
}

func TestD2_resultsAndErrorsThatNameTheirItem(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		var body struct{ Inputs []struct{ Trace, To string } }
		if err := json.Unmarshal([]byte(r.body), &body); err != nil {
			t.Error(err)
		}
		var results, errs []string
		for _, x := range body.Inputs {
			switch x.To {
			case "bad":
				errs = append(errs, `{"message": "Invalid", "context": {"trace": ["`+x.Trace+`"]}}`)
			case "gone", "lost":
				errs = append(errs, `{"message": "Unknown", "context": {"ids": ["gone", "lost"]}}`)
			case "silent":
			default:
				results = append(results, `{"id": "m-`+x.Trace+`", "trace": "`+x.Trace+`"}`)
			}
		}
		slices.Reverse(results) // in any order
		reply(w, 207, `{"results": [`+strings.Join(results, ",")+`], "errors": [`+strings.Join(errs, ",")+`]}`)
	})
	s := v.open(sending(`
      post: /batch
      batch: 100
      body: '{"Inputs": items.map(i, {"Trace": i.key, "To": i.id})}'
      retry: lookup
      outcomes:
        - {list: json.results, key: it.trace, is: done, receipt: it.id}
        - {list: 'json.errors.filter(e, has(e.context.trace))', keys: it.context.trace, is: rejected, why: it.message}
        - {list: 'json.errors.filter(e, has(e.context.ids))', keys: it.context.ids, is: rejected, why: it.message}
    lookup: {get: /found, records: json.results, key: it.trace, receipt: it.id}`), nil)
	out := write(t, s, connector.Send, place("message", ""), items("a", "bad", "b", "gone", "silent", "lost"))
	wantOutcomes(t, out, "done", "rejected: Invalid", "done", "rejected: Unknown", "in doubt", "rejected: Unknown")
	if out[0].Receipt != "m-key-a" || out[2].Receipt != "m-key-b" {
		t.Error(out)
	}
}

func TestD2_twoMessagesToOnePersonAreNotTakenForOne(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		var results []string
		for _, id := range batchOf(t, r) {
			to, text, _ := strings.Cut(id, " ")
			results = append(results, `{"to": "`+to+`", "ok": `+fmt.Sprint(text != "bad")+`}`)
		}
		reply(w, 200, `[`+strings.Join(results, ",")+`]`)
	})
	s := v.open(sending(`{post: /m, batch: 10, body: 'items.map(i, i.id + " " + i.fields.text)', retry: never, outcomes: [{list: json, key: it.to, cases: [{when: it.ok, is: done}, {is: rejected, why: '"bad"'}]}]}`), nil)
	text := func(to, text string) connector.Item {
		return connector.Item{ID: to, Fields: map[string]any{"text": text}}
	}
	out := write(t, s, connector.Send, place("message", ""), []connector.Item{text("a", "hello"), text("b", "hello"), text("a", "bad")})
	wantOutcomes(t, out, "done", "done", "rejected: bad")
}

func TestD3_errorsUnderTheNumberOfTheirItem(t *testing.T) {
	for answer, clause := range map[string]string{
		`{"issues": [{"key": "P-1"}], "errors": [{"failedElementNumber": 1, "elementErrors": {"errors": {"project": "required"}}}, {"failedElementNumber": 9}]}`: `{list: json.errors, index: it.failedElementNumber, is: rejected, why: it.elementErrors.errors.project}`,
		`{"errors": {"1": {"code": 400, "message": "required"}}}`:                                                      `{list: 'json.errors.map(k, {"at": int(k), "why": json.errors[k].message})', index: it.at, is: rejected, why: it.why}`,
		`{"results": [{"index": 0, "success": true}, {"index": 1, "error": "required"}, {"index": -1, "error": "x"}]}`: `{list: 'json.results.filter(r, has(r.error))', index: it.index, is: rejected, why: it.error}`,
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open(sending(`{post: /bulk, batch: 50, body: keys, retry: never, otherwise: done, outcomes: [`+clause+`]}`), nil)
		wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("a", "b", "c")), "done", "rejected: required", "done")
	}
}

func TestD4_idsThatAreMissingAreReportedInA200(t *testing.T) {
	h := newHolding(t, func(h *holding, w http.ResponseWriter, ids []string) {
		added, missing := []string{}, []string{}
		for _, id := range ids {
			if strings.HasPrefix(id, "9") {
				missing = append(missing, id)
				continue
			}
			h.add(id)
			added = append(added, id)
		}
		a, _ := json.Marshal(added)
		reply(w, 200, `{"recordIdsAdded": `+string(a)+`, "recordIdsMissing": [`+strings.Join(missing, ", ")+`]}`) // as numbers
	})
	s := h.open(adding(`{put: /add, batch: 2, body: keys, retry: safe, outcomes: [{list: json.recordIdsMissing, key: it, is: rejected, why: '"there is no such record"'}, {list: json.recordIdsAdded, key: it, is: done}]}`), nil)
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("1", "91", "92", "93", "2")), "done", "rejected: no such record", "rejected: no such", "rejected: no such", "done")
}

func TestD5_whereOnlyCountsAreToldTheBatchIsHalvedUntilTheyAreClear(t *testing.T) {
	h := newHolding(t, func(h *holding, w http.ResponseWriter, ids []string) {
		n := 0
		for _, id := range ids {
			if !strings.HasPrefix(id, "bad") {
				h.add(id)
				n++
			}
		}
		reply(w, 200, fmt.Sprintf(`{"num_received": %d, "num_invalid_entries": %d}`, n, len(ids)-n))
	})
	s := h.open(adding(`{post: /users, batch: 8, body: keys, retry: safe, otherwise: done, errors: [{when: json.num_received < request.items, do: split, why: '"it is invalid"'}]}`), nil)
	out := write(t, s, connector.Add, place("list", "x"), items("a", "b", "c", "bad1", "d", "e", "f", "bad2", "g", "h"))
	wantOutcomes(t, out, "done", "done", "done", "rejected: it is invalid", "done", "done", "done", "rejected: it is invalid", "done", "done")
	if len(h.in) != 8 {
		t.Error(h.in)
	}
}

func TestD6_oneBadRecordThatRefusesAllIsFoundByHalves(t *testing.T) {
	for _, rule := range []string{"split: status == 400", "errors: [{when: status == 400, do: split, why: json.message}]"} {
		h := newHolding(t, func(h *holding, w http.ResponseWriter, ids []string) {
			for _, id := range ids {
				if strings.HasPrefix(id, "bad") {
					reply(w, 400, `{"message": "`+id+` is no record"}`)
					return
				}
			}
			for _, id := range ids {
				h.add(id)
			}
			reply(w, 200, `{}`)
		})
		s := h.open(sending("{post: /create, batch: 16, body: keys, retry: never, otherwise: done, "+rule+"}"), nil)
		ids, want := []string{}, []string{}
		for i := range 16 {
			id, end := fmt.Sprintf("r%d", i), "done"
			if i == 3 || i == 4 || i == 15 {
				id = fmt.Sprintf("bad%d", i)
				end = "rejected: " + id + " is no record"
			}
			ids, want = append(ids, id), append(want, end)
		}
		wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items(ids...)), want...)
		for id, n := range h.added {
			if n != 1 {
				t.Errorf("%s was created %d times", id, n)
			}
		}
		if len(h.added) != 13 || len(h.sizes) > 25 {
			t.Errorf("%d created with %d requests", len(h.added), len(h.sizes))
		}
	}
}

func TestD7_whatWasSoBeforeIsNoError(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case strings.HasSuffix(r.path, "/new"):
			reply(w, 201, `{"id": 1}`)
		case strings.HasSuffix(r.path, "/active"):
			reply(w, 422, `{"errors": [{"id": "validationError", "detail": "Contact is already active in this sequence"}]}`)
		case strings.HasSuffix(r.path, "/twice"):
			reply(w, 400, `[{"errorCode": "DUPLICATE_VALUE", "message": "Already a campaign member."}]`)
		case strings.HasSuffix(r.path, "/out"):
			reply(w, 404, `{"message": "not in list"}`)
		default:
			reply(w, 422, `{"errors": [{"id": "validationError", "detail": "Mailbox can't be blank"}]}`)
		}
	})
	const is = `outcomes: [{list: '[status]', by: position, cases: [{when: it >= 400, is: already}, {is: done}]}]`
	s := v.open(`
collections:
  list:
    add:
      post: /states/${item.id}
      retry: safe
      errors:
        - {when: 'status == 422 && json.errors[0].detail.contains("already active")', do: success}
        - {when: 'type(json) == list && json[0].errorCode == "DUPLICATE_VALUE"', do: success}
        - {when: status == 422, do: fail, why: 'json.errors[0].detail'}
      `+is+`
    remove: {delete: '/states/${item.id}', retry: safe, errors: [{when: status == 404, do: absent}]}
`, nil)
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("new", "active", "twice", "bad")), "done", "already", "already", "rejected: Mailbox")
	wantOutcomes(t, write(t, s, connector.Remove, place("list", "x"), items("new", "out")), "done", "already")
}

func TestD8_aSuccessThatNamesNobodyIsNone(t *testing.T) {
	for _, answer := range []string{`{"results": [], "errors": []}`, `{}`, `{"results": null}`, ``, `{"results": [{"id": "z"}]}`, `{"results": [{}]}`} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open(adding(`{post: /add, batch: 10, body: keys, retry: safe, outcomes: [{list: json.results, key: it.id, is: done}]}`), nil)
		wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), items("a", "b")), "in doubt: says nothing of it", "in doubt: says nothing of it")
	}
}

func TestD9_whatIsTwiceInABatchIsSentOnce(t *testing.T) {
	h := newHolding(t, func(h *holding, w http.ResponseWriter, ids []string) {
		folded := map[string]bool{}
		for _, id := range ids {
			if folded[strings.ToLower(id)] {
				reply(w, 400, `{"message": "duplicate id in batch"}`)
				return
			}
			folded[strings.ToLower(id)] = true
		}
		for _, id := range slices.Sorted(maps.Keys(folded)) {
			h.add(id)
		}
		reply(w, 200, `{}`)
	})
	s := h.open(`
collections:
  list:
    of: contact
    add: {post: /add, batch: 10, body: keys, retry: safe, otherwise: done}
    remove: {post: /remove, batch: 2, body: keys, retry: safe, otherwise: done}
objects:
  contact:
    normalize: lower(id)
    any_field: true
    update: {post: /update, batch: 10, body: keys, retry: safe, otherwise: done}
`, nil)
	list := items("a@x.example", "b@x.example", "A@X.example", "a@x.example", "c@x.example")
	wantOutcomes(t, write(t, s, connector.Add, place("list", "x"), list), "done", "done", "already", "already", "done")
	wantOutcomes(t, write(t, s, connector.Remove, place("list", "x"), list), "done", "done", "already", "already", "done")
	// Two settings of one record are both made, one after the other.
	wantOutcomes(t, write(t, s, connector.Set, place("contact", ""), list), "done", "done", "done", "done", "done")
	if diff := cmp.Diff(map[string]int{"a@x.example": 5, "b@x.example": 3, "c@x.example": 3}, h.added); diff != "" {
		t.Error(diff)
	}
}
