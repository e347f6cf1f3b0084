package rest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// receiver is a webhook's: it wants signatures as Standard Webhooks have them, and takes an event once.
type receiver struct {
	world
	t      *testing.T
	events []map[string]any
	seen   map[string]bool
	bodies []string // of everything that came
	status int      // of the next answer; 0: 202
}

func newReceiver(t *testing.T) *receiver {
	x := &receiver{t: t, seen: map[string]bool{}}
	x.answer = x.serveEvent
	x.writes = func(*http.Request) bool { return true }
	x.start(t)
	return x
}

func (x *receiver) settings() map[string]any {
	return map[string]any{"url": x.URL + "/in/secret-path?team=1", "secret": webhookSecret, "token": "hook-token"}
}

func (x *receiver) serveEvent(w http.ResponseWriter, r *http.Request, body []byte) {
	x.bodies = append(x.bodies, string(body))
	id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(webhookSecret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want || id == "" || at == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Header.Get("Authorization") != "Bearer hook-token" || r.URL.RequestURI() != "/in/secret-path?team=1" || r.Header.Get("Idempotency-Key") != id {
		x.t.Errorf("%s %v", r.URL, r.Header)
	}
	if x.status != 0 {
		w.WriteHeader(x.status)
		x.status = 0
		return
	}
	in := map[string]any{}
	if err := json.Unmarshal(body, &in); err != nil {
		x.t.Error(err)
	}
	if !x.seen[id] {
		x.seen[id] = true
		x.events = append(x.events, in)
	}
	w.WriteHeader(http.StatusAccepted)
}

func (x *receiver) sent() (out []connector.Item) {
	for _, e := range x.events {
		of := func(name string) string { text, _ := e[name].(string); return text }
		out = append(out, connector.Item{ID: of("record"), Key: of("id"), Fields: e["data"].(map[string]any)})
	}
	slices.SortFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func TestWebhook_isAsTheSuiteSays(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			x := newReceiver(t)
			return conntest.System{Connector: x.connect(t, "webhook", x.settings()), Inject: x.inject, Make: func(connector.Collection) {},
				Sent: func(string) (out []connector.Item) {
					x.locked(func() { out = x.sent() })
					return out
				}}
		},
		Powers: []conntest.Power{conntest.Writes}, Action: "event", Blind: true,
	})
}

func TestWebhook_answers(t *testing.T) {
	for status, want := range map[int]string{200: "done", 400: "rejected", 410: "rejected: no more events", 429: "done", 503: "done", 500: "done", 409: "in doubt", 302: "rejected: another address"} {
		x := newReceiver(t)
		x.status = status
		out, err := x.connect(t, "webhook", x.settings()).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "event"}, Items: []connector.Item{{Key: "k1", Fields: map[string]any{"text": "hello"}}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(http.StatusText(status), func(t *testing.T) { wantOutcomes(t, out, want) })
		for _, body := range x.bodies[1:] {
			if body != x.bodies[0] {
				t.Errorf("a repeat is another event: %s and %s", x.bodies[0], body)
			}
		}
	}
}

func TestWebhook_events(t *testing.T) {
	x := newReceiver(t)
	c := x.connect(t, "webhook", x.settings()).(connector.Writer)
	item := connector.Item{ID: "acme.example", Key: "k1", Fields: map[string]any{"name": "account.risk", "at": time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, Source: connector.Source{Play: "save", Step: "tell"}}
	out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "event"}, Items: []connector.Item{item}})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
	if want := `{"data":{"at":"2026-11-23T09:00:00Z","name":"account.risk"},"id":"k1","play":"save","record":"acme.example","step":"tell","type":"account.risk"}`; x.bodies[0] != want {
		t.Errorf("sent was %s, want %s", x.bodies[0], want)
	}
	bare := newReceiver(t)
	bare.answer = func(w http.ResponseWriter, r *http.Request, _ []byte) {
		if r.Header.Get("Webhook-Signature") != "" || r.Header.Get("Authorization") != "" || r.Header.Get("Webhook-Id") != "k1" {
			t.Errorf("without a secret: %v", r.Header)
		}
	}
	if out, err = bare.connect(t, "webhook", map[string]any{"url": bare.URL}).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "event"}, Items: []connector.Item{item}}); err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done")
}

func webhookHeld() held {
	return held{name: "webhook", fields: map[string]map[string]any{"event": {"text": "hello"}}, world: func(t *testing.T) (*http.Client, map[string]any) {
		x := newReceiver(t)
		return x.Client(), x.settings()
	}}
}
