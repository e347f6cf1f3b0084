package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// faults is a server whose answers to messages are a script: "429 1" is refused with Retry-After, "+" acts and then goes on with what follows it: "+cut",
// "+502". After the last of them it acts and answers.
type faults struct {
	*httptest.Server
	mu     sync.Mutex
	script []string
	asked  int
	acts   int
	keys   map[string]bool // nil: it knows no keys
	ended  chan struct{}
}

func newFaults(t *testing.T, class, script string) *faults {
	f := &faults{script: strings.Split(script, ", "), ended: make(chan struct{})}
	if class == "key" {
		f.keys = map[string]bool{}
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() { close(f.ended); f.Close() })
	return f
}

func (f *faults) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		reply(w, 200, `{"access_token": "t-abcd"}`)
		return
	}
	_, _ = io.ReadAll(r.Body)
	f.mu.Lock()
	f.asked++
	step := "+200"
	if len(f.script) > 0 {
		step, f.script = f.script[0], f.script[1:]
	}
	step, acts := strings.CutPrefix(step, "+")
	if key := r.Header.Get("Idempotency-Key"); acts && (f.keys == nil || !f.keys[key]) {
		f.acts++
		if f.keys != nil {
			f.keys[key] = true
		}
	}
	f.mu.Unlock()
	status, after, _ := strings.Cut(step, " ")
	switch status {
	case "cut":
		cut(w)
	case "half":
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id": `)
		_ = http.NewResponseController(w).Flush()
		cut(w)
	case "hang":
		select {
		case <-r.Context().Done():
		case <-f.ended:
		}
	default:
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		reply(w, number(status), `{"id": "m"}`)
	}
}

// open makes a connector that sends messages of a class.
func (f *faults) open(t *testing.T, class, more string, options ...rest.Option) *rest.System {
	t.Helper()
	text := `connector: acme
title: Acme
base: ` + f.URL + `
auth: {bearer: auth.token, token: {post: /token, access: json.access_token}}
errors:
  - {when: status == 429, do: retry, after: header("Retry-After")}
  - {when: status == 502, do: retry}
  - {when: status == 503, do: retry, unexecuted: true}
  - {when: status == 401, do: refresh_auth}
actions:
  message:
    send: {post: /m, headers: {Idempotency-Key: '${item.key}'}, body: item.id, retry: ` + class + `, receipt: json.id}
    lookup: {get: /m, records: json, key: it.key, receipt: it.id}
` + more
	d, problems := rest.Load("acme.yaml", []byte(text), append([]rest.Option{rest.Hurry(1000)}, options...)...)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	c, err := d.Open(connector.Options{Now: func() time.Time { return noon }, Transport: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*rest.System)
}

var classes = []string{"never", "lookup", "key", "safe"}

// TestRetry_isWhatTheClassAllows has each class meet each fault: what is said, how often was asked, and how often it was done.
func TestRetry_isWhatTheClassAllows(t *testing.T) {
	const seven = "429, 429, 429, 429, 429, 429, 429"
	for script, want := range map[string][4]string{ // outcome, requests, acts of never, lookup, key, safe
		"+200":                     {"done 1 1", "done 1 1", "done 1 1", "done 1 1"},
		"429, 429":                 {"done 3 1", "done 3 1", "done 3 1", "done 3 1"},
		"429 1":                    {"done 2 1", "done 2 1", "done 2 1", "done 2 1"},
		"429 3600":                 {"later 1 0", "later 1 0", "later 1 0", "later 1 0"},
		"429 99999999999999999999": {"done 2 1", "done 2 1", "done 2 1", "done 2 1"}, // no number of anything
		seven:                      {"later 7 0", "later 7 0", "later 7 0", "later 7 0"},
		"500":                      {"in doubt 1 0", "in doubt 1 0", "in doubt 1 0", "done 2 1"}, // no rule says that it may be repeated
		"+500":                     {"in doubt 1 1", "in doubt 1 1", "in doubt 1 1", "done 2 2"},
		"502":                      {"in doubt 1 0", "in doubt 1 0", "done 2 1", "done 2 1"},
		"+502":                     {"in doubt 1 1", "in doubt 1 1", "done 2 1", "done 2 2"},
		"503":                      {"done 2 1", "done 2 1", "done 2 1", "done 2 1"},
		"cut":                      {"in doubt 1 0", "in doubt 1 0", "done 2 1", "done 2 1"},
		"+cut":                     {"in doubt 1 1", "in doubt 1 1", "done 2 1", "done 2 2"},
		"+half":                    {"in doubt 1 1", "in doubt 1 1", "done 2 1", "done 2 2"},
		"hang":                     {"in doubt 1 0", "in doubt 1 0", "done 2 1", "done 2 1"},
		"+hang":                    {"in doubt 1 1", "in doubt 1 1", "done 2 1", "done 2 2"},
		"400":                      {"rejected 1 0", "rejected 1 0", "rejected 1 0", "rejected 1 0"},
		"401":                      {"done 2 1", "done 2 1", "done 2 1", "done 2 1"},
		"401, 401":                 {"not begun 2 0", "not begun 2 0", "not begun 2 0", "not begun 2 0"},
		"429, +cut":                {"in doubt 2 1", "in doubt 2 1", "done 3 1", "done 3 2"},
		"+cut, " + seven[5:]:       {"in doubt 1 1", "in doubt 1 1", "in doubt 7 1", "in doubt 7 1"}, // what the first did stays in doubt
		"+cut, 429 3600":           {"in doubt 1 1", "in doubt 1 1", "in doubt 2 1", "in doubt 2 1"},
		"+cut, 401, 429 3600":      {"in doubt 1 1", "in doubt 1 1", "in doubt 3 1", "in doubt 3 1"},
		"+cut, 400":                {"in doubt 1 1", "in doubt 1 1", "in doubt 2 1", "rejected 2 1"}, // a repeat of what is safe is answered as the first was
		"+cut, 401, 401":           {"in doubt 1 1", "in doubt 1 1", "in doubt 3 1", "in doubt 3 1"},
		"302":                      {"rejected 1 0", "rejected 1 0", "rejected 1 0", "rejected 1 0"},
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			for i, class := range classes {
				f := newFaults(t, class, script)
				s := f.open(t, class, "", rest.Patience(250*time.Millisecond))
				out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")})
				f.mu.Lock()
				got := fmt.Sprintf("%s %d %d", ended(out[0], err), f.asked, f.acts)
				f.mu.Unlock()
				if got != want[i] {
					t.Errorf("%s: %s, want %s (%s)", class, got, want[i], out[0].Reason)
				}
			}
		})
	}
}

// ended tells how an item came to its end.
func ended(o connector.Outcome, err error) string {
	switch {
	case o.Status != 0:
		return o.Status.String()
	case notBegun(err):
		return "not begun"
	}
	return fmt.Sprintf("failed: %v", err)
}

func TestRetry_whatNeverReachedTheVendorIsNotBegun(t *testing.T) {
	for _, class := range classes {
		f := newFaults(t, class, "+200")
		s := f.open(t, class, "")
		f.Close()
		out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a", "b")})
		if !notBegun(err) || out[0].Status != 0 || out[1].Status != 0 {
			t.Errorf("%s: %v, %v", class, out, err)
		}
	}
}

func TestRetry_whatMayHaveBeenDoneStaysInDoubtWhenTheVendorIsGone(t *testing.T) {
	for _, class := range []string{"key", "safe"} {
		f := newFaults(t, class, "+cut")
		s := f.open(t, class, "")
		if _, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("z")}); err != nil {
			t.Fatal(err)
		}
		f.script = []string{"+cut"}
		f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = f.Listener.Close() // nobody is there for the next try
			f.ServeHTTP(w, r)
		})
		out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")})
		if err != nil || out[0].Status != connector.InDoubt {
			t.Errorf("%s: %v, %v", class, out, err)
		}
	}
}

func TestRetry_endsWithItsContext(t *testing.T) {
	for _, class := range classes {
		for script, want := range map[string]string{
			"429 100": "later 0", // it waits to come again
			"hang":    "in doubt 0",
			"+hang":   "in doubt 1",
		} {
			t.Run(class+" "+script, func(t *testing.T) {
				t.Parallel()
				f := newFaults(t, class, script)
				ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
				defer cancel()
				out, err := f.open(t, class, "", rest.Hurry(100)).Write(ctx, connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")})
				if got := fmt.Sprintf("%s %d", ended(out[0], err), f.acts); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			})
		}
		t.Run(class+" waiting for a limit", func(t *testing.T) {
			t.Parallel()
			f := newFaults(t, class, "+200")
			s := f.open(t, class, "limits:\n  - {rate: 1, per: 24h, match: request.path == '/m'}\n")
			ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
			defer cancel()
			out, err := s.Write(ctx, connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a", "b", "c")})
			n := map[string]int{}
			for _, o := range out {
				n[ended(o, err)]++
			}
			if n["done"] != 1 || n["not begun"] != 2 || f.acts != 1 {
				t.Errorf("%v: %v", n, err)
			}
		})
		over, end := context.WithCancel(t.Context())
		end()
		if out, err := newFaults(t, class, "+200").open(t, class, "").Write(over, connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")}); ended(out[0], err) != "not begun" {
			t.Errorf("%s: %v, %v when it is over before", class, out, err)
		}
	}
}

func TestRetry_readingIsAlwaysSafe(t *testing.T) {
	for script, want := range map[string]bool{"429": true, "502, 503": true, "cut, half": true, "hang": true, "500": true, "429 3600": false, "404": false} {
		f := newFaults(t, "safe", script)
		s := f.open(t, "safe", "collections:\n  list: {members: {get: /m, records: '[json.id]', key: it}}\n", rest.Patience(150*time.Millisecond))
		if ids, err := s.Members(t.Context(), place("list", "x")); (err == nil) != want || want && len(ids) != 1 {
			t.Errorf("%s: %v, %v", script, ids, err)
		}
	}
}
