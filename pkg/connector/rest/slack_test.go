package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// slackWorld is a workspace: everything is answered with status 200, and cursors that are "" end a list.
type slackWorld struct {
	world
	users    map[string]string          // e-mail address by id
	channels map[string]map[string]bool // members by name
	archived map[string]bool
	messages []map[string]any
	hooked   []string // what the incoming webhook was sent
	kinds    []string // the content types of what was posted
	fails    string   // the error that the next message gets
}

func newSlack(t *testing.T) *slackWorld {
	x := &slackWorld{users: map[string]string{"U1": "ann@acme.example", "U2": "Bob@acme.example", "U3": "cy@acme.example"}, channels: map[string]map[string]bool{}, archived: map[string]bool{}}
	x.answer = x.serveSlack
	x.writes = func(r *http.Request) bool {
		return strings.Contains(r.URL.Path, "chat.") || strings.Contains(r.URL.Path, "invite") || strings.Contains(r.URL.Path, "kick") || strings.Contains(r.URL.Path, "services")
	}
	x.start(t)
	return x
}

func (x *slackWorld) settings() map[string]any {
	return map[string]any{"token": "xoxb-1-secret", "base_url": x.URL + "/api", "webhook_url": x.URL + "/services/T1/B1/secretsecret"}
}

func (x *slackWorld) serveSlack(w http.ResponseWriter, r *http.Request, body []byte) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	in := map[string]any{}
	_ = json.Unmarshal(body, &in)
	text := func(name string) string {
		if v, ok := in[name].(string); ok {
			return v
		}
		return r.URL.Query().Get(name)
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/services/"):
		x.serveHook(w, string(body), in)
		return
	case r.Header.Get("Authorization") != "Bearer xoxb-1-secret":
		slackError(w, "invalid_auth")
		return
	}
	channel := x.channel(text("channel"))
	switch method {
	case "auth.test":
		reply(w, 200, `{"ok": true, "user_id": "U0"}`)
	case "users.lookupByEmail":
		x.serveUser(w, func(_, email string) bool { return strings.EqualFold(email, text("email")) }, "users_not_found")
	case "users.info":
		x.serveUser(w, func(id, _ string) bool { return id == text("user") }, "user_not_found")
	case "users.list":
		x.servePage(w, r, "members", slices.Sorted(maps.Keys(x.users)), func(id string) any { return x.user(id) })
	case "conversations.list":
		x.servePage(w, r, "channels", slices.Sorted(maps.Keys(x.channels)), func(name string) any {
			return map[string]any{"id": "C" + name, "name": name, "is_archived": x.archived[name]}
		})
	case "conversations.create":
		if x.channels[text("name")] != nil {
			slackError(w, "name_taken")
			return
		}
		x.channels[text("name")] = map[string]bool{}
		slackOK(w, map[string]any{"channel": map[string]any{"id": "C" + text("name"), "name": text("name")}})
	case "conversations.open":
		slackOK(w, map[string]any{"channel": map[string]any{"id": "G-" + text("users")}})
	case "conversations.members":
		if channel == nil {
			slackError(w, "channel_not_found")
			return
		}
		x.servePage(w, r, "members", slices.Sorted(maps.Keys(channel)), func(id string) any { return id })
	case "conversations.invite", "conversations.kick":
		x.serveMember(w, method, channel, text("users")+text("user"))
	case "chat.postMessage":
		x.servePost(w, r, in)
	default:
		slackError(w, "unknown_method")
	}
}

// locked looks behind the world.
func (x *world) locked(do func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	do()
}

func slackOK(w http.ResponseWriter, values map[string]any) {
	values["ok"] = true
	out, _ := json.Marshal(values)
	reply(w, http.StatusOK, string(out))
}

func slackError(w http.ResponseWriter, code string) {
	reply(w, http.StatusOK, `{"ok": false, "error": "`+code+`"}`)
}

func (x *slackWorld) channel(id string) map[string]bool {
	return x.channels[strings.TrimPrefix(id, "C")]
}

func (x *slackWorld) user(id string) map[string]any {
	return map[string]any{"id": id, "name": "name-" + id, "is_bot": false, "profile": map[string]any{"email": x.users[id], "real_name": "Real " + id}}
}

func (x *slackWorld) serveUser(w http.ResponseWriter, is func(id, email string) bool, missing string) {
	for id, email := range x.users {
		if is(id, email) {
			slackOK(w, map[string]any{"user": x.user(id)})
			return
		}
	}
	slackError(w, missing)
}

func (x *slackWorld) servePage(w http.ResponseWriter, r *http.Request, name string, all []string, show func(string) any) {
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	list, next := []any{}, ""
	for i := from; i < len(all); i++ {
		if len(list) == limit {
			next = strconv.Itoa(i)
			break
		}
		list = append(list, show(all[i]))
	}
	slackOK(w, map[string]any{name: list, "response_metadata": map[string]any{"next_cursor": next}})
}

func (x *slackWorld) serveMember(w http.ResponseWriter, method string, channel map[string]bool, id string) {
	in := channel[id]
	switch {
	case channel == nil:
		slackError(w, "channel_not_found")
	case !strings.HasPrefix(id, "U"):
		slackError(w, "user_not_found")
	case method == "conversations.kick" && !in:
		slackError(w, "not_in_channel")
	case method == "conversations.invite" && in:
		slackError(w, "already_in_channel")
	case method == "conversations.kick":
		delete(channel, id)
		slackOK(w, map[string]any{})
	default:
		channel[id] = true
		slackOK(w, map[string]any{})
	}
}

func (x *slackWorld) servePost(w http.ResponseWriter, r *http.Request, in map[string]any) {
	x.kinds = append(x.kinds, r.Header.Get("Content-Type"))
	to, _ := in["channel"].(string)
	switch {
	case x.fails != "":
		slackError(w, x.fails)
		x.fails = ""
	case to == "" || to == "#nowhere":
		slackError(w, "channel_not_found")
	case in["text"] == "" && in["blocks"] == nil:
		slackError(w, "no_text")
	default:
		x.messages = append(x.messages, in)
		slackOK(w, map[string]any{"channel": to, "ts": fmt.Sprintf("1503435956.%06d", len(x.messages))})
	}
}

// serveHook answers as incoming webhooks do: in text.
func (x *slackWorld) serveHook(w http.ResponseWriter, body string, in map[string]any) {
	if in["text"] == "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("no_text"))
		return
	}
	x.hooked = append(x.hooked, body)
	_, _ = w.Write([]byte("ok"))
}

func TestSlack_isAsTheSuiteSays(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			x := newSlack(t)
			c := x.connect(t, "slack", x.settings())
			return conntest.System{
				Connector: c,
				Make:      func(c connector.Collection) { x.locked(func() { x.channels[c.Name] = map[string]bool{} }) },
				Seed: func(c connector.Collection, ids []string) {
					x.locked(func() {
						for _, id := range ids {
							x.channels[c.Name][id] = true
						}
					})
				},
				Members: func(c connector.Collection) (ids []string) {
					x.locked(func() { ids = slices.Collect(maps.Keys(x.channels[c.Name])) })
					return ids
				},
				Sent: func(string) (items []connector.Item) {
					x.locked(func() { items = x.sentItems() })
					return items
				},
				Inject:     x.inject,
				Identities: &conntest.Identities{Kind: "channel", Known: map[string]string{"ann@acme.example": "U1", "bob@acme.example": "U2"}, Spellings: map[string]string{"ANN@acme.example": "ann@acme.example"}, Batch: 1},
			}
		},
		Powers:     []conntest.Power{conntest.Writes, conntest.ReadMembers, conntest.ReadFields, conntest.ReadRecords, conntest.Resolves, conntest.Creates, conntest.Lists},
		Collection: "channel", Object: "user", Action: "message", Fields: []string{"email", "title"},
		ID:    func(n int) string { return fmt.Sprintf("U%06d", n) },
		IDs:   []string{"U00", "UABC", "Uabc"},
		Names: []string{"gtm", "gtm-emea", "zürich", "東京", "a_b", "1"}, Many: 250,
	})
}

// sentItems are the messages as the suite compares them: of the payload Slack keeps the text.
func (x *slackWorld) sentItems() []connector.Item {
	var out []connector.Item
	for _, m := range x.messages {
		payload, _ := m["metadata"].(map[string]any)["event_payload"].(map[string]any)
		out = append(out, connector.Item{ID: connector.Text(m["channel"]), Key: connector.Text(payload["key"])})
	}
	slices.SortFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) }) // several go at once
	return out
}

func TestSlack_messagesGoToWhomTheyAreFor(t *testing.T) {
	x := newSlack(t)
	c := x.connect(t, "slack", x.settings()).(connector.Writer)
	send := func(id string, fields map[string]any) connector.Outcome {
		t.Helper()
		out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{ID: id, Key: "k1", Fields: fields}}})
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	for _, m := range []struct {
		id      string
		fields  map[string]any
		channel string
	}{
		{"U1", map[string]any{"text": "hello"}, "U1"},
		{"", map[string]any{"text": "hello", "to": "#gtm"}, "#gtm"},
		{"", map[string]any{"text": "hello", "to": "bob@acme.example"}, "U2"},
		{"", map[string]any{"message": "hello", "to": []any{"bob@acme.example"}}, "U2"},
		{"U9", map[string]any{"body": "hello", "to": []any{"bob@acme.example", "ann@acme.example"}}, "G-U2,U1"},
	} {
		before := len(x.messages)
		out := send(m.id, m.fields)
		if out.Status != connector.Done || len(x.messages) != before+1 || x.messages[before]["channel"] != m.channel || x.messages[before]["text"] != "hello" {
			t.Errorf("%v: %+v, sent %v, want channel %s", m.fields, out, x.messages[before:], m.channel)
			continue
		}
		if want := m.channel + " " + fmt.Sprintf("1503435956.%06d", before+1); out.Receipt != want {
			t.Errorf("the receipt is %q, want %q", out.Receipt, want)
		}
	}
	if x.kinds[0] != "application/json; charset=utf-8" {
		t.Errorf("posted as %q: Slack warns of a missing charset", x.kinds[0])
	}
	for _, m := range []struct {
		fields map[string]any
		why    string
	}{
		{map[string]any{"text": "", "to": "#gtm"}, "no_text"},
		{map[string]any{"text": "hello", "to": "#nowhere"}, "channel_not_found"},
		{map[string]any{"text": "hello", "to": "nobody@acme.example"}, "to: nobody there is known by it"},
	} {
		if out := send("", m.fields); out.Status != connector.Rejected || !strings.Contains(out.Reason, m.why) || strings.Contains(out.Reason, "@") {
			t.Errorf("%v: %+v, want %s", m.fields, out, m.why)
		}
	}
}

// TestSlack_errorsWithinAnAnswerOf200 is what Slack says where others use a status: C1, A6.
func TestSlack_errorsWithinAnAnswerOf200(t *testing.T) {
	for code, want := range map[string]string{"internal_error": "in doubt: internal_error", "fatal_error": "in doubt", "msg_too_long": "rejected: msg_too_long", "ratelimited": "done",
		"token_revoked": "later: the token is not taken: token_revoked", "missing_scope": "later"} {
		x := newSlack(t)
		c := x.connect(t, "slack", x.settings()).(connector.Writer)
		x.fails = code
		out, err := c.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{ID: "U1", Key: "k", Fields: map[string]any{"text": "hi"}}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(code, func(t *testing.T) { wantOutcomes(t, out, want) })
	}
}

func TestSlack_incomingWebhooksAnswerInText(t *testing.T) {
	x := newSlack(t)
	c := x.connect(t, "slack", x.settings()).(connector.Writer)
	post := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "post"}, Items: []connector.Item{{Key: "k1", Fields: map[string]any{"text": "hello"}}, {Key: "k2", Fields: map[string]any{"text": ""}}}}
	out, err := c.Write(t.Context(), post)
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: no_text")
	if len(x.hooked) != 1 || x.hooked[0] != `{"text":"hello"}` {
		t.Errorf("posted %q", x.hooked)
	}
	settings := x.settings()
	delete(settings, "webhook_url")
	out, err = x.connect(t, "slack", settings).(connector.Writer).Write(t.Context(), post)
	if err != nil || len(x.hooked) != 1 {
		t.Errorf("without an address: %v, posted %q", err, x.hooked)
	}
	wantOutcomes(t, out, "rejected: webhook_url is not set", "rejected")
	x.Close() // the address is the secret
	out, err = c.Write(t.Context(), post)
	if said := fmt.Sprint(out, err); strings.Contains(said, "secretsecret") {
		t.Errorf("the secret is told: %s", said)
	}
}

func TestSlack_readsUsers(t *testing.T) {
	x := newSlack(t)
	for n := range 401 { // more than two pages
		x.users[fmt.Sprintf("UX%03d", n)] = fmt.Sprintf("x%d@acme.example", n)
	}
	c := x.connect(t, "slack", x.settings())
	n, bob := 0, ""
	err := c.(connector.RecordReader).Records(t.Context(), "user", []string{"id", "email", "name", "title"}, time.Time{}, func(row []any) error {
		if n++; row[0] == "U2" {
			bob = fmt.Sprint(row)
		}
		return nil
	})
	if err != nil || n != 404 || bob != "[U2 Bob@acme.example name-U2 <nil>]" {
		t.Errorf("%d users, %s, %v", n, bob, err)
	}
	fields, err := c.(connector.FieldReader).Fields(t.Context(), "user", []string{"U1", "U77"}, []string{"email", "is_bot", "title"})
	if err != nil || len(fields) != 1 || fields["U1"]["email"] != "ann@acme.example" || fields["U1"]["is_bot"] != "false" {
		t.Errorf("%v, %v", fields, err)
	}
}

func slackHeld(t *testing.T) held {
	return held{name: "slack", pages: true, specs: []spec{readSpec(t, "slack", "/api")},
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := newSlack(t)
			x.channels["gtm"] = map[string]bool{"U1": true}
			for n := range 250 { // a second page of each
				id := fmt.Sprint("U1", n)
				x.users[id], x.channels["gtm"][id], x.channels["a"+id] = id+"@acme.example", true, map[string]bool{}
			}
			return x.Client(), x.settings()
		},
		ids:        map[string][]string{"user": {"U1"}, "channel": {"U2"}, "message": {"U1"}},
		identities: map[string][]string{"user": {"ann@acme.example"}},
		fields: map[string]map[string]any{
			"message": {"text": "hello", "to": []any{"ann@acme.example", "bob@acme.example"}, "blocks": []any{map[string]any{"type": "divider"}}, "thread_ts": "1503435956.000001",
				"username": "playctl", "icon_emoji": ":tada:", "icon_url": "https://acme.example/icon.png", "mrkdwn": true, "unfurl_links": false, "unfurl_media": false},
			"post": {"text": "hello"},
		},
		names: map[string]string{"channel": "gtm"}, fresh: map[string]string{"channel": "new"},
	}
}
