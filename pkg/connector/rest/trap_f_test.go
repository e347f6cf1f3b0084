package rest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// slidingWindow is a sliding slidingWindow of a vendor, in which so many points may be used.
type slidingWindow struct {
	most int
	per  time.Duration
	used []use
}

type use struct {
	at   time.Time
	cost int
}

// take uses points, unless there are none left.
func (x *slidingWindow) take(cost int) bool {
	now, sum := time.Now(), cost
	kept := x.used[:0]
	for _, u := range x.used {
		if now.Sub(u.at) < x.per {
			kept = append(kept, u)
			sum += u.cost
		}
	}
	if x.used = kept; sum > x.most {
		return false
	}
	x.used = append(x.used, use{now, cost})
	return true
}

// limited is a vendor that counts how often it had to refuse.
type limited struct {
	*vendor
	refused, taken int
}

func newLimited(t *testing.T, take func(r call) bool) *limited {
	x := &limited{}
	x.vendor = newVendor(t, func(w http.ResponseWriter, r call) {
		if !take(r) {
			x.refused++
			w.Header().Set("Retry-After", "1")
			reply(w, 429, `{}`)
			return
		}
		x.taken++
		reply(w, 200, `{"id": "m"}`)
	})
	return x
}

// want sends to so many, and holds that the vendor was never asked for too much.
func (x *limited) want(text string, n int) {
	x.t.Helper()
	var list []connector.Item
	for i := range n {
		list = append(list, connector.Item{ID: fmt.Sprintf("u%d", i%3), Key: fmt.Sprint(i)})
	}
	for _, o := range write(x.t, x.open(text, nil), connector.Send, place("message", ""), list) {
		if o.Status != connector.Done {
			x.t.Errorf("%+v", o)
		}
	}
	if x.refused != 0 || x.taken != n {
		x.t.Errorf("%d were refused, %d taken", x.refused, x.taken)
	}
}

const messages = "\nactions:\n  message: {send: {post: '/messages/${item.id}', body: item.key, retry: never, receipt: json.id}}\n"

func TestF1_severalWindowsAtOnce(t *testing.T) {
	second, minute, own := &slidingWindow{most: 5, per: 20 * time.Millisecond}, &slidingWindow{most: 20, per: 100 * time.Millisecond}, &slidingWindow{most: 2, per: 15 * time.Millisecond}
	x := newLimited(t, func(r call) bool {
		return (r.path != "/messages/u0" || own.take(1)) && second.take(1) && minute.take(1)
	})
	x.want("limits:\n  - {rate: 5, per: 20s}\n  - {rate: 20, per: 100s}\n  - {rate: 2, per: 15s, match: request.path.endsWith('/u0')}"+messages, 40)
}

func TestF2_callsThatCostMore(t *testing.T) {
	w := &slidingWindow{most: 60, per: 30 * time.Millisecond}
	cost := func(page int) int { return map[bool]int{true: 1, false: 30}[page <= 2] }
	x := newShelf(t, 23, 5, func(x *shelf, res http.ResponseWriter) {
		page := max(1, number(x.params.Get("page")))
		if !w.take(cost(page)) {
			t.Errorf("too many points at page %d", page)
		}
		rows, last := x.rows((page - 1) * 5)
		reply(res, 200, fmt.Sprintf(`{"data": %s, "next": %s}`, rows, map[bool]string{true: "null", false: fmt.Sprint(page + 1)}[last == x.n]))
	})
	s := x.open("limits:\n  - {rate: 60, per: 30s, cost: 'int(request.query[?\"page\"].orValue(\"1\")) > 2 ? 30 : 1'}\n"+reads(`get: /m, paginator: {cursor: json.next, into: query.page}`), nil)
	for range 2 {
		x.wantAll(s)
	}
}

func TestF2_aCallThatCostsMoreThanThereIsDoesNotWaitForEver(t *testing.T) {
	x := newLimited(t, func(call) bool { return true })
	x.want("limits:\n  - {rate: 5, per: 5s, cost: '50'}"+messages, 3)
}

func TestF3_noMoreRequestsAtOnceThanTheVendorTakes(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(2 * time.Millisecond) // so that requests meet
		mu.Lock()
		now--
		mu.Unlock()
		_, _ = io.WriteString(w, `{"id": "m"}`)
	}))
	defer server.Close()
	for _, c := range []struct{ limits, most string }{{"limits: [{at_once: 2}]", "2"}, {"limits: [{at_once: 1, match: 'request.method == \"POST\"'}]", "1"}, {"limits: [{at_once: 1}, {at_once: 3}]", "1"}} {
		d, problems := rest.Load("acme.yaml", []byte("connector: acme\nbase: "+server.URL+"\n"+c.limits+messages), rest.Hurry(1000))
		if problems.Errors() > 0 {
			t.Fatal(problems)
		}
		s, err := d.Open(connector.Options{Now: func() time.Time { return noon }, Transport: http.DefaultTransport})
		if err != nil {
			t.Fatal(err)
		}
		most = 0
		write(t, s.(*rest.System), connector.Send, place("message", ""), items(strings.Fields("a b c d e f g h i j k l")...))
		if got := fmt.Sprint(most); got != c.most {
			t.Errorf("%s: %s at once", c.limits, got)
		}
	}
}

func TestF4_aLimitForEachOfSomething(t *testing.T) {
	windows := map[string]*slidingWindow{}
	x := newLimited(t, func(r call) bool {
		if windows[r.path] == nil {
			windows[r.path] = &slidingWindow{most: 1, per: 20 * time.Millisecond}
		}
		return windows[r.path].take(1)
	})
	start := time.Now()
	x.want("limits:\n  - {rate: 1, per: 20s, by: request.path}"+messages, 9)
	if took := time.Since(start); took > 9*20*time.Millisecond {
		t.Errorf("three channels with three messages each took %s, as if they were one", took)
	}
}

func TestF5_whenToComeAgainInAnyForm(t *testing.T) {
	date := noon.Add(-3 * time.Hour) // the vendor's clock, not ours
	for _, c := range []struct{ name, after, header, value, body string }{
		{"seconds", `header("Retry-After")`, "Retry-After", "20", ""},
		{"seconds with a fraction", `header("Retry-After")`, "Retry-After", "20.0", ""},
		{"an HTTP date", `header("Retry-After")`, "Retry-After", date.Add(20 * time.Second).Format(http.TimeFormat), ""},
		{"milliseconds", `double(header("X-Interval-Milliseconds")) / 1000.0`, "X-Interval-Milliseconds", "20000", ""},
		{"seconds since 1970", `header("X-RateLimit-Reset")`, "X-RateLimit-Reset", fmt.Sprint(date.Unix() + 20), ""},
		{"milliseconds since 1970", `header("X-RateLimit-Reset")`, "X-RateLimit-Reset", fmt.Sprint(date.UnixMilli() + 20_000), ""},
		{"a time with a zone", `header("X-Reset")`, "X-Reset", date.Add(20 * time.Second).In(time.FixedZone("", 5*3600)).Format(time.RFC3339), ""},
		{"a time without one", `header("X-Reset")`, "X-Reset", date.Add(20 * time.Second).Format("2006-01-02T15:04:05"), ""},
		{"a duration", `header("X-Reset")`, "X-Reset", "20s", ""},
		{"minutes in JSON inside a header", `int(double(regex.extract(header("X-Usage"), "regain_access\":([0-9.]+)").orValue("0")) * 60.0)`, "X-Usage", `{"act_1":[{"estimated_time_to_regain_access":0.3333334}]}`, ""},
		{"words in a message", `int(regex.extract(json.error.message, "Retry in ([0-9]+) seconds").value())`, "X", "", `{"error": {"message": "Too many requests. Retry in 20 seconds."}}`},
		{"a number in the body", `json.parameters.retry_after`, "X", "", `{"parameters": {"retry_after": 20}}`},
		{"nothing but what the manifest says", `20`, "X", "", ""},
	} {
		var first, second time.Time
		v := newVendor(t, func(w http.ResponseWriter, _ call) {
			w.Header().Set("Date", date.Format(http.TimeFormat))
			if first.IsZero() {
				first = time.Now()
				w.Header().Set(c.header, c.value)
				reply(w, 429, c.body)
				return
			}
			second = time.Now()
			reply(w, 200, `{}`)
		})
		s := v.open("errors:\n  - {when: status == 429, do: retry, after: '"+c.after+"'}"+messages, nil)
		out := write(t, s, connector.Send, place("message", ""), items("a"))
		if wait := second.Sub(first); out[0].Status != connector.Done || wait < 19*time.Millisecond || wait > 900*time.Millisecond {
			t.Errorf("%s: %v after %s", c.name, out[0], wait)
		}
	}
}

func TestF5_whatCannotBeReadOrIsAbsurdIsNotObeyed(t *testing.T) {
	for value, want := range map[string]string{
		"": "done", "soon": "done", "-5": "done", "0": "done", "NaN": "done", "1e400": "done", "Wed, 21 Oct 2015 07:28:00 GMT": "done", "١٠": "done",
		"3600": "later", "121": "later", "999999999": "later", "24h": "later", "Fri, 31 Dec 9999 23:59:59 GMT": "later", "4102444800": "later",
	} {
		n := 0
		v := newVendor(t, func(w http.ResponseWriter, _ call) {
			if n++; n == 1 {
				w.Header().Set("Retry-After", value)
				reply(w, 429, `{}`)
				return
			}
			reply(w, 200, `{}`)
		})
		out := write(t, v.open("errors:\n  - {when: status == 429, do: retry, after: header('Retry-After')}"+messages, nil), connector.Send, place("message", ""), items("a"))
		t.Run(value, func(t *testing.T) { wantOutcomes(t, out, want) })
		if n > 2 {
			t.Errorf("%s: asked %d times", value, n)
		}
	}
}

func TestF5_aVendorThatIsUsedUpSaysSoInAHeader(t *testing.T) {
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, _ call) {
		n++
		w.Header().Set("Sforce-Limit-Info", fmt.Sprintf("api-usage=%d/100", 90+n))
		reply(w, 200, `{}`)
	})
	s := v.open(`
limits: [{at_once: 1}]
spent:
  - {when: 'double(header("Sforce-Limit-Info").split("=")[1].split("/")[0]) >= 0.95 * double(header("Sforce-Limit-Info").split("/")[1])', why: '"95 % of the daily calls are used: " + header("Sforce-Limit-Info")'}
`+messages, nil)
	out := write(t, s, connector.Send, place("message", ""), items(strings.Fields("a b c d e f g h")...))
	done, later := 0, 0
	for _, o := range out {
		switch {
		case o.Status == connector.Done:
			done++
		case o.Status == connector.Later && strings.Contains(o.Reason, "95/100"):
			later++
		}
	}
	if done != 5 || later != 3 || n != 5 {
		t.Errorf("%d done, %d later, %d requests: %v", done, later, n, out)
	}
}

func TestF6_aQuotaThatIsSpentEndsTheRunAndAThrottleDoesNot(t *testing.T) {
	const rules = `
errors:
  - {when: 'status == 429 && json.policyName == "DAILY"', do: stop_run, why: '"the daily quota of HubSpot is spent"'}
  - {when: 'status == 403 && type(json) == list && json[0].errorCode == "REQUEST_LIMIT_EXCEEDED"', do: stop_run, why: 'json[0].message'}
  - {when: status == 402, do: stop_run, why: '"no credits are left"'}
  - {when: status == 429, do: retry, after: 1}
  - {when: status == 403, do: fail, why: '"it is not allowed"'}
collections:
  list: {members: {get: /m, records: json, key: it}}
`
	for _, c := range []struct {
		status       int
		answer, want string
		stops        bool
	}{
		{429, `{"policyName": "DAILY"}`, "later: daily quota", true}, {429, `{"policyName": "SECONDLY"}`, "done", false},
		{403, `[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]`, "later: TotalRequests", true}, {403, `[{"errorCode": "INSUFFICIENT_ACCESS"}]`, "rejected: not allowed", false},
		{402, ``, "later: no credits", true},
	} {
		n := 0
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			if n++; n == 1 {
				reply(w, c.status, c.answer)
				return
			}
			reply(w, 200, map[string]string{http.MethodGet: `[]`}[r.method])
		})
		s := v.open(rules+messages, nil)
		t.Run(c.answer, func(t *testing.T) {
			wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("a")), c.want)
		})
		before := n
		out := write(t, s, connector.Send, place("message", ""), items("b"))
		_, err := s.Members(t.Context(), place("list", "x"))
		if stopped := n == before; stopped != c.stops || (err != nil) != c.stops || (out[0].Status == connector.Later) != c.stops {
			t.Errorf("%s: %d requests afterwards, %v, %v", c.answer, n-before, out, err)
		}
	}
}

func TestF7_eachClassIsRepeatedAsFarAsItMayBe(t *testing.T) {
	for class, c := range map[string]struct {
		asked, acts int
		want        string
	}{"never": {1, 1, "in doubt"}, "lookup": {1, 1, "in doubt"}, "key": {2, 1, "done"}, "safe": {2, 2, "done"}} {
		asked, acts, keys := 0, 0, map[string]bool{}
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			if r.method == http.MethodGet {
				reply(w, 200, fmt.Sprintf(`[{"key": "key-a", "id": "m%d"}, {"key": "other", "id": "m9"}]`, acts))
				return
			}
			asked++
			if class != "key" || !keys[r.header.Get("Idempotency-Key")] {
				acts++
			}
			keys[r.header.Get("Idempotency-Key")] = true
			if asked == 1 {
				cut(w)
				return
			}
			reply(w, 200, `{}`)
		})
		s := v.open("actions:\n  message:\n    send: {post: /m, headers: {Idempotency-Key: '${item.key}'}, body: item.id, retry: "+class+"}\n    lookup: {get: /m, query: {key: '${keys}'}, batch: 10, records: json, key: it.key, receipt: it.id}\n", nil)
		out := write(t, s, connector.Send, place("message", ""), items("a"))
		t.Run(class, func(t *testing.T) { wantOutcomes(t, out, c.want) })
		if asked != c.asked || acts != c.acts {
			t.Errorf("%s: asked %d times, acted %d times", class, asked, acts)
		}
		if found, err := s.Lookup(t.Context(), "message", []string{"key-a", "key-b"}); err != nil || len(found) != 1 || found["key-a"] != "m"+fmt.Sprint(acts) {
			t.Error(found, err)
		}
	}
}

func TestF8_theKeyGoesWhereTheVendorLooksForIt(t *testing.T) {
	for name, c := range map[string]struct {
		call string
		key  func(r call) string
	}{
		"header":     {`{post: /m, headers: {Idempotency-Key: '${item.key}'}, body: item.id, retry: key}`, func(r call) string { return r.header.Get("Idempotency-Key") }},
		"body":       {`{post: /m, body: '{"to": item.id, "idempotency_key": item.key}', retry: key}`, func(r call) string { return strings.Split(r.body, `"`)[3] }},
		"uuid":       {`{post: /m, body: '{"id": uuid(item.key)}', retry: key}`, func(r call) string { return r.body }},
		"query":      {`{post: /m, query: {messageId: '${sha256(item.key)}'}, retry: key}`, func(r call) string { return r.query }},
		"path":       {`{put: '/m/${item.key}', body: item.id, retry: safe}`, func(r call) string { return r.path }},
		"form":       {`{post: /m, form: {k: '${item.key}'}, retry: key}`, func(r call) string { q, _ := url.ParseQuery(r.body); return q.Get("k") }},
		"a property": {`{post: /m, body: '{"properties": {"playctl_key": item.key}}', retry: key}`, func(r call) string { return strings.Split(r.body, `"`)[5] }},
	} {
		acts := map[string]int{}
		n := 0
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			n++
			if acts[c.key(r)] == 0 {
				acts[c.key(r)]++
			}
			if n%2 == 1 {
				cut(w)
				return
			}
			reply(w, 200, `{}`)
		})
		s := v.open(sending(c.call), nil)
		list := []connector.Item{{ID: "a", Key: "play/step 1"}, {ID: "a", Key: "play/step 2"}}
		for range 2 { // the run, and one that has forgotten the first
			wantOutcomes(t, write(t, s, connector.Send, place("message", ""), list), "done", "done")
		}
		if len(acts) != 2 || acts[""] != 0 {
			t.Errorf("%s: %v", name, acts)
		}
	}
}
