package rest_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// planted are secrets, by the setting that holds them. None is a part of what may be said.
var planted = map[string]any{
	"token":         `tok-5ecret/+="1`,
	"refresh_token": "refresh-5ecret-2",
	"user":          "user-5ecret-3",
	"password":      "pass:5ecret<4>",
	"hook":          "https://hooks.example/services/T5ECRET55/B5ecret555555/x5ecret55555555?sig=q5ecret%2F6",
	"short":         "5ecret-",
}

const leaky = `
settings: {token: {secret: true}, refresh_token: {secret: true}, user: {secret: true}, password: {secret: true}, hook: {secret: true}, short: {secret: true}}
auth:
  basic: {user: settings.user, password: settings.password}
  headers: {X-Access: '${auth.token}', X-Own: '${auth.own}'}
  query: {api_key: '${settings.token}'}
  token: {post: /token, form: {refresh_token: '${refresh_token}', client_secret: '${settings.password}'}, access: json.access, refresh_token: json.refresh, vars: {own: json.own}}
errors:
  - {when: status == 429, do: retry, after: 3600, why: text}
  - {when: status == 404, do: fail, why: '"not here: " + text'}
check: {get: '/check/${settings.token}', query: {hook: '${settings.hook}'}}
objects:
  company:
    identities: [{field: domain, when: id.contains(".")}]
    list: {get: '/companies/${settings.token}', records: json.results, key: it.id, fields: it}
    read: {post: /read, body: settings.token, records: json.results, key: it.id, fields: it}
    find: {get: /find, query: {q: '${settings.user}'}, records: json.results, key: it.id, value: it.domain}
    update: {post: /update, body: '{"n": int(settings.token)}', retry: safe}
collections:
  list:
    find: {get: '/lists/${name}/${settings.token}', id: json.id}
    create: {post: /lists, form: {name: '${settings.password}'}}
    names: {get: /lists, records: json.results, name: it.name}
    members: {get: /m, query: {list: '${id}'}, records: json.results, key: it}
    add: {put: /add, query: {list: '${id}'}, body: keys, retry: safe, outcomes: [{list: '[text]', by: position, is: rejected, why: it}]}
actions:
  message: {send: {post: '${settings.hook}', body: item.id, retry: never}, lookup: {get: /sent, records: json.results, key: it.key, receipt: it.id}}
tasks:
  task: {create: {post: '/tasks/${settings.short}', raw: settings.refresh_token, retry: never}, poll: {get: /polled, records: json.results, key: it.id, status: it.status}}
`

// said gathers all that a connector says when everything is asked of it.
func said(t *testing.T, s *rest.System) string {
	t.Helper()
	ctx := t.Context()
	var all []any
	add := func(values ...any) { all = append(all, values...) }
	add(s.Check(ctx), s.CheckCollection(ctx, place("list", "x")), s.Create(ctx, place("list", "x")))
	add(s.Collections(ctx, "list"))
	add(s.Members(ctx, place("list", "x")))
	add(s.Fields(ctx, "company", []string{"1"}, []string{"name"}))
	add(s.Resolve(ctx, "company", []string{"a.example"}))
	add(s.Lookup(ctx, "message", []string{"k"}))
	add(s.Tasks(ctx, "task", []string{"1"}))
	add(s.Records(ctx, "company", []string{"id"}, time.Time{}, func([]any) error { return nil }))
	for verb, target := range map[connector.Verb]connector.Collection{connector.Add: place("list", "x"), connector.Set: place("company", ""), connector.Send: place("message", ""), connector.Task: place("task", ""), connector.Cancel: place("task", "")} {
		add(s.Write(ctx, connector.Batch{Verb: verb, Target: target, Items: items("a")}))
	}
	return fmt.Sprintf("%v %+v %#v", all, all, s.Describe())
}

func TestSecrets_areInNothingThatIsSaid(t *testing.T) {
	minted := `{"access": "access-5ecret-7", "refresh": "refresh-5ecret-8", "own": "own-x-9"}`
	echo := func(status int) func(http.ResponseWriter, call) {
		return func(w http.ResponseWriter, r call) {
			if r.path == "/token" {
				reply(w, 200, minted)
				return
			}
			body := ""
			if r.header.Get("Content-Type") == "application/x-www-form-urlencoded" {
				body, _ = url.QueryUnescape(r.body)
			}
			basic, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.header.Get("Authorization"), "Basic "))
			text := fmt.Sprintf("%s %s?%s %v %s %s %s", strings.Repeat("x", number(r.header.Get("Content-Length"))), r.path, r.query, r.header, r.body, body, basic)
			switch status / 1000 {
			case 1: // as JSON writes it
				text = strings.ReplaceAll(quoted(text), "/", `\/`)
			case 2: // so that the secret is where what is shown ends
				text = strings.Repeat("x", 190) + r.header.Get("X-Access") + " " + r.query
			}
			w.Header().Set("Location", "/"+r.query)
			reply(w, status%1000, text)
		}
	}
	answers := map[string]func(http.ResponseWriter, call){
		"cut": func(w http.ResponseWriter, r call) {
			if r.path == "/token" {
				reply(w, 200, minted)
				return
			}
			cut(w)
		},
		"no token":      func(w http.ResponseWriter, r call) { reply(w, 400, r.body+" "+fmt.Sprint(r.header)) },
		"a bad token":   func(w http.ResponseWriter, r call) { reply(w, 200, `{"error": `+quoted(r.body)+`}`) },
		"a token's cut": func(w http.ResponseWriter, _ call) { cut(w) },
		"a bad address": func(w http.ResponseWriter, r call) { reply(w, 200, `{"access": "a", "refresh": "r"}`+r.body) },
	}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 409, 429, 500, 502, 1400, 1500, 2400, 2200} {
		answers[fmt.Sprint(status)] = echo(status)
	}
	for name, answer := range answers {
		v := newVendor(t, answer)
		s := v.openWith(leaky, connector.Options{Settings: planted, Transport: toLoopback{v}})
		text := said(t, s)
		for _, leak := range []string{"5ecret", "5ECRET", base64.StdEncoding.EncodeToString([]byte("user-5ecret-3"))[:16]} {
			if i := strings.Index(text, leak); i >= 0 {
				t.Errorf("%s: …%s…", name, text[max(0, i-150):min(len(text), i+40)])
			}
		}
	}
}

// toLoopback sends whatever is sent to the vendor of a test.
type toLoopback struct{ v *vendor }

// RoundTrip implements [http.RoundTripper].
func (l toLoopback) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	to, err := url.Parse(l.v.URL)
	if err != nil {
		return nil, err
	}
	out.URL.Scheme, out.URL.Host = to.Scheme, to.Host
	return l.v.Client().Transport.RoundTrip(out)
}
