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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// shelf is what a vendor that gives pages holds: people with numbers from 1 on.
type shelf struct {
	*vendor
	n, size int
	params  url.Values // of the request
	header  http.Header
	path    string
	body    map[string]any
}

// newShelf makes one with n people, whose pages have size of them.
func newShelf(t *testing.T, n, size int, answer func(x *shelf, w http.ResponseWriter)) *shelf {
	x := &shelf{n: n, size: size}
	x.vendor = newVendor(t, func(w http.ResponseWriter, r call) {
		x.params, _ = url.ParseQuery(r.query)
		x.header, x.path, x.body = r.header, r.path, map[string]any{}
		_ = json.Unmarshal([]byte(r.body), &x.body)
		answer(x, w)
	})
	return x
}

// rows gives the people behind a number, as JSON, and the number of the last of them.
func (x *shelf) rows(after int) (text string, last int) {
	var rows []string
	for i := after + 1; i <= min(after+x.size, x.n); i++ {
		rows = append(rows, fmt.Sprintf(`{"id": %d}`, i))
		last = i
	}
	return "[" + strings.Join(rows, ", ") + "]", last
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// reads is a list whose members are read by a call.
func reads(call string) string {
	return "collections:\n  list: {members: {records: json.data, key: text(it.id), " + call + "}}\n"
}

// wantAll holds that each of the people was read, and each once.
func (x *shelf) wantAll(s connector.MemberReader) {
	x.t.Helper()
	got, err := s.Members(x.t.Context(), place("list", "x"))
	want := make([]string, x.n)
	for i := range want {
		want[i] = fmt.Sprint(i + 1)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		x.t.Errorf("%d by %d: %v %s", x.n, x.size, err, diff)
	}
}

// sizes are how many people there are for pages of 5.
var sizes = []int{0, 1, 4, 5, 6, 10, 13}

func TestE1_aCursorInTheBody(t *testing.T) {
	for into, how := range map[string]string{
		"query.after":       `get: /m, paginator: {cursor: json.paging.next.after, into: query.after}`,
		"body.paging.after": `post: /m, body: '{"limit": 5, "paging": {"size": 5}}', paginator: {cursor: json.paging.next.after, into: body.paging.after}`,
		"header.X-After":    `get: /m, paginator: {cursor: json.paging.next.after, into: header.X-After}`,
		"an expression":     `post: /m, query: {p: "1"}, body: '{"paging": {"after": cursor}}', paginator: {cursor: json.paging.next.after, into: query.same}`,
		"form":              `post: /m, form: {limit: "5"}, paginator: {cursor: json.paging.next.after, into: body.after}`,
	} {
		for _, n := range sizes {
			x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
				after := x.params.Get("after") + x.header.Get("X-After")
				if paging, ok := x.body["paging"].(map[string]any); ok && paging["after"] != nil {
					after = fmt.Sprint(paging["after"])
				}
				if form, _ := url.ParseQuery(x.asked[len(x.asked)-1].body); into == "form" {
					after = form.Get("after")
				}
				rows, last := x.rows(number(strings.TrimPrefix(after, "c/+")))
				if last > 0 && last < x.n {
					reply(w, 200, fmt.Sprintf(`{"data": %s, "paging": {"next": {"after": "c/+%d"}}}`, rows, last))
					return
				}
				reply(w, 200, `{"data": `+rows+`}`)
			})
			x.wantAll(x.open(reads(how), nil))
		}
	}
}

func TestE2_aWholeLinkToTheNextPage(t *testing.T) {
	for _, n := range sizes {
		var v *shelf
		v = newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
			rows, last := x.rows(number(x.params.Get("page[after]")))
			next := "null"
			if last > 0 && last < x.n {
				next = fmt.Sprintf(`"%s/api/v2/people?page%%5Bafter%%5D=%d&page%%5Bsize%%5D=5"`, v.URL, last)
			}
			reply(w, 200, `{"data": `+rows+`, "links": {"next": `+next+`}}`)
		})
		v.wantAll(v.open(reads(`get: /people, query: {"page[size]": "5"}, paginator: {cursor: json.links.next, into: url}`), nil))
	}
}

func TestE2_aLinkToAnotherHostIsNotFollowed(t *testing.T) {
	thief := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, `{"data": [{"id": 666}]}`) })
	for _, link := range []string{thief.URL + "/m?p=2", "//" + strings.TrimPrefix(thief.URL, "http://") + "/m", "https://127.0.0.1/m", "http://user@localhost/m", "ftp://127.0.0.1/m", "http://[::1", "javascript:alert(1)"} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, `{"data": [{"id": 1}], "next": "`+link+`"}`) })
		s := v.open("settings: {token: {secret: true}}\nauth: {bearer: settings.token}\n"+reads(`get: /m, paginator: {cursor: json.next, into: url}`), map[string]any{"token": "t-secret"})
		if ids, err := s.Members(t.Context(), place("list", "x")); err == nil {
			t.Errorf("%s is followed: %v", link, ids)
		}
		if len(thief.calls()) != 0 {
			t.Fatalf("%s: the token went to another host", link)
		}
	}
}

func TestE3_aRelativeLinkToTheNextPage(t *testing.T) {
	for _, form := range []string{"/services/data/v64.0/query/01g-%d", "01g-%d", "?after=%d"} {
		for _, n := range sizes {
			x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
				if !strings.HasPrefix(x.path, "/services/data/v64.0/query") {
					t.Errorf("asked for %s", x.path)
				}
				_, after, _ := strings.Cut(x.path, "01g-")
				rows, last := x.rows(number(after + x.params.Get("after")))
				if done := last == 0 || last == x.n; done {
					reply(w, 200, `{"done": true, "data": `+rows+`}`)
					return
				}
				reply(w, 200, `{"done": false, "data": `+rows+`, "nextRecordsUrl": "`+fmt.Sprintf(form, last)+`"}`)
			})
			x.wantAll(x.open(reads(`get: /services/data/v64.0/query/, paginator: {cursor: 'json.done ? null : json.nextRecordsUrl', into: url}`), nil))
		}
	}
}

func TestE4_numbersOfPages(t *testing.T) {
	for _, n := range sizes {
		x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
			page := max(1, number(x.params.Get("page")))
			rows, last := x.rows((page - 1) * x.size)
			next := "null"
			if last > 0 && last < x.n {
				next = fmt.Sprint(page + 1)
			}
			reply(w, 200, `{"data": `+rows+`, "metadata": {"paging": {"next_page": `+next+`}}}`)
		})
		x.wantAll(x.open(reads(`get: /m, paginator: {cursor: json.metadata.paging.next_page, into: query.page}`), nil))
		x.wantAll(x.open(reads(`get: /m, query: {page: '${page + 1}'}, paginator: {cursor: 'size(json.data) < 5 ? null : dyn(page + 2)', into: query.page}`), nil))
	}
}

func TestE5_anOffsetUntilThereIsNoMore(t *testing.T) {
	for _, n := range sizes {
		x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
			rows, last := x.rows(number(x.params.Get("offset")))
			reply(w, 200, fmt.Sprintf(`{"data": %s, "hasMore": %v}`, rows, last > 0 && last < x.n))
		})
		x.wantAll(x.open(reads(`get: /m, paginator: {cursor: 'json.hasMore ? seen : null', into: query.offset}`), nil))
	}
}

func TestE6_anOffsetUntilAPageIsEmptyOrAWarningSaysSo(t *testing.T) {
	for _, n := range sizes {
		x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
			rows, last := x.rows(number(x.params.Get("offset")))
			if last == 0 {
				reply(w, 200, `{"success": true, "warnings": ["No assets found for the given search criteria."]}`)
				return
			}
			reply(w, 200, `{"success": true, "data": `+rows+`}`)
		})
		text := reads(`get: /m, query: {maxReturn: "5"}, ok: json.success, paginator: {cursor: 'has(json.data) ? seen : null', into: query.offset}`)
		x.wantAll(x.open(strings.Replace(text, "records: json.data", "records: 'json.?data.orValue([])'", 1), nil))
	}
}

func TestE7_aCursorInAHeaderThatEndsWithTheWordNull(t *testing.T) {
	for _, n := range sizes {
		x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
			rows, last := x.rows(number(strings.TrimPrefix(x.params.Get("locator"), "L")))
			locator := "null"
			if last > 0 && last < x.n {
				locator = fmt.Sprintf("L%d", last)
			}
			w.Header().Set("Sforce-Locator", locator)
			reply(w, 200, `{"data": `+rows+`}`)
		})
		x.wantAll(x.open(reads(`get: /m, paginator: {cursor: 'header("Sforce-Locator") == "null" ? null : header("Sforce-Locator")', into: query.locator}`), nil))
	}
}

func TestE8_aCursorThatIsEmptyIsTheEnd(t *testing.T) {
	for _, end := range []string{`""`, `null`, ``} {
		for _, n := range sizes {
			x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
				rows, last := x.rows(number(strings.TrimSuffix(x.params.Get("cursor"), "=")))
				if last > 0 && last < x.n {
					reply(w, 200, fmt.Sprintf(`{"data": %s, "response_metadata": {"next_cursor": "%d="}}`, rows, last))
					return
				}
				reply(w, 200, `{"data": `+rows+strings.TrimSuffix(`, "response_metadata": {"next_cursor": `+end+`}`, map[bool]string{true: `, "response_metadata": {"next_cursor": }`}[end == ""])+`}`)
			})
			x.wantAll(x.open(reads(`get: /m, paginator: {cursor: json.response_metadata.next_cursor, into: query.cursor}`), nil))
		}
	}
}

// people reads them as records, in which repeats show.
func people(t *testing.T, v *vendor, list string) ([]string, error) {
	t.Helper()
	s := v.open("objects:\n  person:\n    any_field: true\n    list: {records: json.data, key: it.id, fields: it, "+list+"}\n", nil)
	var got []string
	err := s.Records(t.Context(), "person", []string{"id"}, time.Time{}, func(row []any) error {
		got = append(got, connector.Text(row[0]))
		return nil
	})
	return got, err
}

func TestE9_aSearchThatGivesTenAtTheMostBeginsAnewBehindThem(t *testing.T) {
	for _, inclusive := range []bool{false, true} {
		for _, n := range []int{0, 9, 10, 11, 20, 35} {
			x := newShelf(t, n, 5, func(x *shelf, w http.ResponseWriter) {
				offset, from := number(x.params.Get("offset")), number(x.params.Get("from"))
				if inclusive && from > 0 {
					from--
				}
				if offset >= 10 {
					reply(w, 400, `{"message": "a search gives 10 at the most"}`)
					return
				}
				rows, _ := x.rows(from + offset)
				reply(w, 200, `{"data": `+rows+`, "total": 7}`)
			})
			got, err := people(t, x.vendor, `get: /search, query: {from: '${from}'}, paginator: {cursor: 'size(json.data) < 5 ? null : dyn((page + 1) * 5 % 10)', into: query.offset, most: 10, from: it.id}`)
			want := []string(nil)
			for i := range n {
				want = append(want, fmt.Sprint(i+1))
			}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%d, inclusive %v: %v %s", n, inclusive, err, diff)
			}
		}
	}
}

func TestE9_moreThanASearchGivesAtOneValueIsAnError(t *testing.T) {
	for _, value := range []string{`"2026-11-23"`, `[1]`, `{"a": 1}`, `null`} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) {
			reply(w, 200, `{"data": [{"id": 1, "at": `+value+`}, {"id": 2, "at": `+value+`}], "next": "x"}`)
		})
		if got, err := people(t, v, `get: /search, query: {from: '${from}'}, paginator: {cursor: json.next, into: query.c, most: 2, from: it.at}`); err == nil || !strings.Contains(err.Error(), "more than 2 records") {
			t.Errorf("%s: %v, %v", value, got, err)
		}
	}
}

func TestE10_aCursorThatIsForgottenIsAskedForAnewAndNobodyIsGivenTwice(t *testing.T) {
	forgets, n := 2, 0
	x := newShelf(t, 13, 5, func(x *shelf, w http.ResponseWriter) {
		after := number(x.params.Get("offset"))
		if after == 10 && n < forgets {
			n++
			reply(w, 422, `{"error": {"type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}}`)
			return
		}
		rows, last := x.rows(after)
		if last == x.n {
			reply(w, 200, `{"data": `+rows+`}`)
			return
		}
		reply(w, 200, fmt.Sprintf(`{"data": %s, "offset": "%d"}`, rows, last))
	})
	const call = `get: /m, errors: [{when: 'json.error.type == "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"', do: restart}], paginator: {cursor: json.offset, into: query.offset}`
	x.wantAll(x.open(reads(call), nil))
	n = 0
	got, err := people(t, x.vendor, call)
	if err != nil || len(got) != 13 || got[12] != "13" || n != 2 {
		t.Error(err, got, n)
	}
	forgets, n = 1000, 0
	if got, err := people(t, x.vendor, call); err == nil || n > 10 {
		t.Errorf("a vendor that forgets for ever: %v after %d times, %v", got, n, err)
	}
}

func TestE10_oneScrollAtATimeKeepsItsCursor(t *testing.T) {
	at, open := 0, false
	x := newShelf(t, 13, 5, func(x *shelf, w http.ResponseWriter) {
		if x.params.Get("scroll_param") == "" {
			if open {
				reply(w, 400, `{"errors": [{"code": "scroll_exists"}]}`)
				return
			}
			at, open = 0, true
		}
		rows, last := x.rows(at)
		at = last
		if last == 0 {
			open = false
		}
		reply(w, 200, `{"data": `+rows+`, "scroll_param": "the-same"}`)
	})
	x.wantAll(x.open(reads(`get: /scroll, paginator: {cursor: 'size(json.data) == 0 ? null : json.scroll_param', into: query.scroll_param}`), nil))
	stuck := newVendor(t, func(w http.ResponseWriter, _ call) {
		reply(w, 200, `{"data": [{"id": 1}], "scroll_param": "the-same"}`)
	})
	if _, err := stuck.open(reads(`get: /scroll, paginator: {cursor: json.scroll_param, into: query.scroll_param}`), nil).Members(t.Context(), place("list", "x")); err == nil || len(stuck.calls()) > 5 {
		t.Errorf("the same page for ever: %v after %d requests", err, len(stuck.calls()))
	}
	flip := 0
	circle := newVendor(t, func(w http.ResponseWriter, _ call) {
		flip++
		reply(w, 200, fmt.Sprintf(`{"data": [{"id": %d}], "scroll_param": "%d", "request": "%d"}`, flip%2, flip%2, flip))
	})
	if _, err := circle.open(reads(`get: /scroll, paginator: {cursor: json.scroll_param, into: query.scroll_param}`), nil).Members(t.Context(), place("list", "x")); err == nil || len(circle.calls()) > 9 {
		t.Errorf("pages in a circle: %v after %d requests", err, len(circle.calls()))
	}
}

func TestE11_aTotalThatIsWrongEndsNothing(t *testing.T) {
	for _, total := range []string{`-1`, `-2`, `0`, `4`, `"10000+"`, `null`, `99999`} {
		x := newShelf(t, 13, 5, func(x *shelf, w http.ResponseWriter) {
			rows, _ := x.rows(number(x.params.Get("offset")))
			reply(w, 200, `{"data": `+rows+`, "total": `+total+`}`)
		})
		x.wantAll(x.open(reads(`get: /m, paginator: {cursor: 'size(json.data) < 5 ? null : seen', into: query.offset}`), nil))
	}
}

func TestE12_idsFirstThenTheirFields(t *testing.T) {
	x := newShelf(t, 13, 5, func(x *shelf, w http.ResponseWriter) {
		if x.path == "/batch/read" {
			var rows []string
			for _, input := range x.body["inputs"].([]any) {
				rows = append(rows, fmt.Sprintf(`{"id": %q, "properties": {"name": "n%s"}}`, input.(map[string]any)["id"], input.(map[string]any)["id"]))
			}
			if len(rows) > 4 {
				reply(w, 400, `{"message": "4 at the most"}`)
				return
			}
			slices.Reverse(rows)
			reply(w, 200, `{"data": [`+strings.Join(rows, ",")+`]}`)
			return
		}
		rows, last := x.rows(number(x.params.Get("after")))
		reply(w, 200, fmt.Sprintf(`{"data": %s, "after": %s}`, rows, map[bool]string{true: "null", false: fmt.Sprint(last)}[last == x.n]))
	})
	s := x.open(reads(`get: /memberships, paginator: {cursor: json.after, into: query.after}`)+`
objects:
  contact:
    any_field: true
    read: {post: /batch/read, batch: 4, body: '{"inputs": keys.map(k, {"id": k}), "properties": fields}', records: json.data, key: it.id, fields: it.properties}
`, nil)
	ids := members(t, s, "x")
	fields, err := s.Fields(t.Context(), "contact", append(ids, ids[0]), []string{"name"})
	if err != nil || len(fields) != 13 || fields["13"]["name"] != "n13" || x.count("/batch/read") != 4 {
		t.Error(err, fields, x.count("/batch/read"))
	}
}
