package rest_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

func TestA1_tokenEndpointsOfAnyShape(t *testing.T) {
	for name, c := range map[string]struct {
		token, wants, answer string
	}{
		"a GET with everything in its query": {`{get: /token, query: {grant_type: client_credentials, client_secret: "${settings.secret}"}, access: json.access_token, expires_in: json.expires_in}`,
			"GET client_secret=s%2F3cret&grant_type=client_credentials ", `{"access_token": "t-abcd", "expires_in": 3599, "scope": "x"}`},
		"JSON in camel case": {`{post: /token, body: '{"clientSecret": settings.secret}', access: json.accessToken, expires_in: json.expiresIn}`,
			`POST  {"clientSecret":"s/3cret"}`, `{"accessToken": "t-abcd", "expiresIn": "3600"}`},
		"a form, the token of a user inside": {`{post: /token, form: {client_secret: "${settings.secret}"}, ok: json.ok, access: json.authed_user.access_token}`,
			`POST  client_secret=s%2F3cret`, `{"ok": true, "access_token": "t-other", "authed_user": {"access_token": "t-abcd"}}`},
		"a token as plain text": {`{post: /token, raw: settings.secret, decode: text, access: text}`, `POST  s/3cret`, `t-abcd`},
		"basic credentials in a header of its own": {`{post: /token, headers: {X-Auth: "basic ${base64.encode(bytes(settings.secret))}"}, access: "json[0].t"}`,
			"POST  ", `[{"t": "t-abcd"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, func(w http.ResponseWriter, r call) {
				switch {
				case r.path == "/token" && r.method+" "+r.query+" "+r.body == c.wants && r.header.Get("Authorization") == "":
					reply(w, 200, c.answer)
				case r.path == "/members" && r.bearer() == "t-abcd":
					reply(w, 200, `{"results": ["a"]}`)
				default:
					unauthorized(w)
				}
			})
			s := v.open("settings: {secret: {secret: true}}\nauth: {bearer: auth.token, token: "+c.token+"}"+plain, map[string]any{"secret": "s/3cret"})
			if got := members(t, s, "x"); len(got) != 1 || v.count("/token") != 1 {
				t.Error(got, v.calls())
			}
		})
	}
}

func TestA1_anAnswerWithoutATokenIsNoToken(t *testing.T) {
	for _, answer := range []string{`{"ok": false, "error": "invalid_code", "hint": "s/3cret"}`, `{}`, `{"access_token": null}`, `{"access_token": ""}`, `<html>`, ``} {
		v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 200, answer) })
		s := v.open("settings: {secret: {secret: true}}\nauth: {bearer: auth.token, token: {post: /token, form: {s: '${settings.secret}'}, access: json.access_token}}"+plain, map[string]any{"secret": "s/3cret"})
		_, err := s.Members(t.Context(), place("list", "x"))
		if err == nil || v.count("/members") != 0 || strings.Contains(err.Error(), "3cret") {
			t.Errorf("%s: %v, and %d requests without a token", answer, err, v.count("/members"))
		}
	}
}

func TestA2_theAddressComesWithTheToken(t *testing.T) {
	revoked := false
	instance := func(token string) *vendor {
		return newVendor(t, func(w http.ResponseWriter, r call) {
			if r.bearer() != token || token == "t-one" && revoked {
				unauthorized(w)
				return
			}
			reply(w, 200, `{"results": ["`+token+`"]}`)
		})
	}
	one, two := instance("t-one"), instance("t-two")
	login := newVendor(t, nil)
	login.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if revoked {
			reply(w, 200, `{"access_token": "t-two", "instance_url": "`+two.URL+`/"}`)
			return
		}
		reply(w, 200, `{"access_token": "t-one", "instance_url": "`+one.URL+`"}`)
	})
	s := login.open("\nbase: ${auth.instance_url}\nauth: {bearer: auth.token, token: {post: '"+login.URL+"/token', access: json.access_token, vars: {instance_url: json.instance_url}}}"+plain, nil)
	if got := members(t, s, "x"); got[0] != "t-one" {
		t.Error(got)
	}
	revoked = true // the account is moved to another instance
	if got := members(t, s, "x"); got[0] != "t-two" {
		t.Error(got)
	}
	if n := one.count("/members"); n != 2 {
		t.Errorf("the old instance was asked %d times", n)
	}
}

func TestA2_aTokenDoesNotLeaveTLS(t *testing.T) {
	login := newVendor(t, func(w http.ResponseWriter, _ call) {
		reply(w, 200, `{"access_token": "t-one", "instance_url": "http://example.com"}`)
	})
	s := login.open("\nbase: ${auth.instance_url}\nauth: {bearer: auth.token, token: {post: '"+login.URL+"/token', access: json.access_token, vars: {instance_url: json.instance_url}}}"+plain, nil)
	if _, err := s.Members(t.Context(), place("list", "x")); err == nil || !strings.Contains(err.Error(), "not https://") {
		t.Error(err)
	}
}

// minting is a vendor that gives tokens t-1, t-2, …, of which the last is good.
func minting(t *testing.T, expires func(n int) string) (v *vendor, revoke func()) {
	n, good := 0, ""
	v = newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.path == "/token":
			n++
			good = fmt.Sprintf("t-token-%d", n)
			reply(w, 200, `{"access_token": "`+good+`"`+expires(n)+`}`)
		case r.bearer() == good:
			reply(w, 200, `{"results": ["a"]}`)
		default:
			unauthorized(w)
		}
	})
	return v, func() { v.mu.Lock(); defer v.mu.Unlock(); good = "none" }
}

const tokened = `
auth: {bearer: auth.token, token: {post: /token, access: json.access_token, expires_in: "json.?expires_in"}}
` + plain

func TestA3_aTokenWithoutAnEndIsUsedUntilItIsRefused(t *testing.T) {
	v, revoke := minting(t, func(int) string { return "" })
	s := v.open(strings.Replace(tokened, `, expires_in: "json.?expires_in"`, "", 1), nil)
	for range 3 {
		members(t, s, "x")
	}
	if n := v.count("/token"); n != 1 {
		t.Errorf("%d tokens", n)
	}
	revoke()
	members(t, s, "x")
	if n := v.count("/token"); n != 2 {
		t.Errorf("%d tokens", n)
	}
}

func TestA3_whatIsLeftOfALifeIsNotAWholeOne(t *testing.T) {
	for _, c := range []struct {
		expires string
		most    int // tokens for 20 reads
	}{{`, "expires_in": 3600`, 1}, {`, "expires_in": 40`, 1}, {`, "expires_in": "40"`, 1}, {`, "expires_in": 0`, 20}, {`, "expires_in": null`, 1}, {``, 1}} {
		v, _ := minting(t, func(int) string { return c.expires })
		s := v.openSlowly(tokened, nil)
		for range 20 {
			members(t, s, "x")
		}
		if n := v.count("/token"); n > c.most {
			t.Errorf("%s: %d tokens", c.expires, n)
		}
	}
	// An end that comes while the run goes on: a thousand times as fast, a life of 61 s is over at once.
	v, _ := minting(t, func(int) string { return `, "expires_in": 61` })
	s := v.open(tokened, nil)
	for until := time.Now().Add(5 * time.Second); v.count("/token") < 3 && time.Now().Before(until); {
		members(t, s, "x")
	}
	if v.count("/token") < 3 {
		t.Error("tokens are used after their end")
	}
}

// rotating is a vendor whose refresh tokens are good once.
type rotating struct {
	*vendor
	good, access string
	n, refused   int
	lose         bool // the answer to the next mint
}

func newRotating(t *testing.T) *rotating {
	x := &rotating{good: "refresh-0"}
	x.vendor = newVendor(t, func(w http.ResponseWriter, r call) {
		form, _ := url.ParseQuery(r.body)
		switch {
		case r.path == "/token" && form.Get("refresh_token") == x.good:
			x.n++
			x.good, x.access = fmt.Sprintf("refresh-%d", x.n), fmt.Sprintf("access-%d", x.n)
			if x.lose {
				cut(w)
				return
			}
			reply(w, 200, `{"access_token": "`+x.access+`", "refresh_token": "`+x.good+`"}`)
		case r.path == "/token":
			x.refused++
			reply(w, 400, `{"error": "invalid_grant", "token": "`+form.Get("refresh_token")+`"}`)
		case r.bearer() == x.access:
			reply(w, 200, `{"results": ["a"]}`)
		default:
			unauthorized(w)
		}
	})
	return x
}

const rotated = `
settings: {refresh_token: {secret: true}}
auth: {bearer: auth.token, token: {post: /token, form: {refresh_token: "${refresh_token}"}, access: json.access_token, refresh_token: json.refresh_token}}
` + plain

func TestA4_aRefreshTokenIsKeptAsSoonAsItIsReplaced(t *testing.T) {
	x := newRotating(t)
	var kept string
	options := connector.Options{Settings: map[string]any{"refresh_token": "refresh-0"}, Keep: func(_ context.Context, setting, value string) error {
		if setting != "refresh_token" {
			t.Errorf("%s is kept", setting)
		}
		kept = value
		return nil
	}}
	s := x.openWith(rotated, options)
	for n := 1; n <= 3; n++ {
		members(t, s, "x")
		if kept != fmt.Sprintf("refresh-%d", n) || kept != x.good {
			t.Fatalf("kept is %q, and only %q is good", kept, x.good)
		}
		x.access = "revoked"
	}
	options.Settings = map[string]any{"refresh_token": kept}
	members(t, x.openWith(rotated, options), "x") // the next run
	if x.refused != 0 {
		t.Errorf("a spent token was used %d times", x.refused)
	}
}

func TestA4_aRefreshTokenThatCannotBeKeptIsNotSpent(t *testing.T) {
	x := newRotating(t)
	s := x.openWith(rotated, connector.Options{Settings: map[string]any{"refresh_token": "refresh-0"}, Keep: func(context.Context, string, string) error {
		return errors.New("it came from the environment")
	}})
	_, err := s.Members(t.Context(), place("list", "x"))
	if err == nil || !strings.Contains(err.Error(), "the environment") || x.n != 0 {
		t.Errorf("%v, and %d tokens were spent", err, x.n)
	}
}

func TestA4_aRefreshTokenIsNotSpentTwiceWhenTheAnswerIsLost(t *testing.T) {
	x := newRotating(t)
	x.lose = true
	s := x.open(rotated, map[string]any{"refresh_token": "refresh-0"})
	_, err := s.Members(t.Context(), place("list", "x"))
	if err == nil || x.count("/token") != 1 {
		t.Errorf("%v after %d requests", err, x.count("/token"))
	}
	if _, err := newRotating(t).open(rotated, map[string]any{"refresh_token": "a-spent-token"}).Members(t.Context(), place("list", "x")); err == nil || strings.Contains(err.Error(), "spent-token") || !strings.Contains(err.Error(), "credentials") {
		t.Error(err)
	}
}

func TestA4_manyRequestsSpendOneRefreshToken(t *testing.T) {
	x := newRotating(t)
	s := x.open(rotated, map[string]any{"refresh_token": "refresh-0"})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { members(t, s, "x") })
	}
	all.Wait()
	if x.n != 1 {
		t.Errorf("%d were spent", x.n)
	}
}

func TestA5_tokensAreAskedForAsRarelyAsTheVendorWants(t *testing.T) {
	var last time.Time
	good, early := "", 0
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.path == "/token" && time.Since(last) < 60*time.Millisecond: // of a window of 60 s
			early++
			reply(w, 429, `{}`)
		case r.path == "/token":
			last = time.Now()
			good = "t-" + last.Format("150405.000000")
			reply(w, 200, `{"access_token": "`+good+`"}`)
		case r.bearer() == good:
			good = "none" // each token is good once, and refused while the window is still shut
			reply(w, 200, `{"results": ["a"]}`)
		default:
			unauthorized(w)
		}
	})
	s := v.open("limits:\n  - {rate: 1, per: 60s, match: request.path == '/token'}\n"+tokened, nil)
	for range 3 {
		members(t, s, "x")
	}
	if n := v.count("/token"); n != 3 || early != 0 {
		t.Errorf("%d tokens were asked for, %d of them too early", n, early)
	}
}

func TestA5_refusedCredentialsAreTriedOnce(t *testing.T) {
	v := newVendor(t, func(w http.ResponseWriter, _ call) { reply(w, 401, `{"error": "invalid_client"}`) })
	s := v.open(tokened+"actions:\n  message: {send: {post: /messages, body: item.id, retry: never}}\n", nil)
	list := items(strings.Split("a b c d e f g h i j k l m n o p q r s t", " ")...)
	out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: list})
	if !notBegun(err) || out[0].Status != 0 || out[19].Status != 0 || v.count("/token") != 1 || v.count("/messages") != 0 {
		t.Errorf("%v: %v, after %d requests for a token", err, out, v.count("/token"))
	}
}

func TestA6_anExpiredTokenInsideA200IsReplacedAndTheRequestRepeatedOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		stale int // requests that are refused
		acts  int
		asked int
		want  string
	}{{"once", 1, 1, 2, "done"}, {"for ever", 1000, 0, 2, ""}} {
		t.Run(c.name, func(t *testing.T) {
			acts, refused := 0, 0
			v := newVendor(t, func(w http.ResponseWriter, r call) {
				switch {
				case r.path == "/token":
					reply(w, 200, `{"access_token": "t-`+r.path+`"}`)
				case refused < c.stale:
					refused++
					reply(w, 200, `{"success": false, "errors": [{"code": "602", "message": "Access token expired"}]}`)
				default:
					acts++
					reply(w, 200, `{"success": true, "result": [{"id": 7}]}`)
				}
			})
			s := v.open(`
auth: {bearer: auth.token, token: {post: /token, access: json.access_token}}
errors:
  - {when: 'json.errors[0].code in ["601", "602"]', do: refresh_auth}
actions:
  message: {send: {post: /messages, body: item.id, ok: json.success, retry: never, receipt: "json.result[0].id"}}
`, nil)
			out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")})
			if notBegun(err) != (c.want == "") {
				t.Error(err)
			}
			wantOutcomes(t, out, c.want)
			if acts != c.acts || v.count("/messages") != c.asked {
				t.Errorf("it acted %d times, and was asked %d times", acts, v.count("/messages"))
			}
		})
	}
}

func TestA7_anAssertionIsSignedWithAPrivateKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	clock := noon
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		form, _ := url.ParseQuery(r.body)
		parts := strings.Split(form.Get("assertion"), ".")
		if r.path != "/token" || len(parts) != 3 {
			reply(w, map[bool]int{true: 200, false: 401}[r.bearer() == "t-abcd" && clock.Equal(noon.Add(2*time.Hour))], `{"results": ["a"]}`)
			return
		}
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		signature, err := base64.RawURLEncoding.DecodeString(parts[2])
		if err == nil {
			err = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
		}
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		var c struct {
			Iss      string
			Iat, Exp int64
		}
		if json.Unmarshal(claims, &c) != nil || err != nil || c.Iss != "me" || c.Iat != clock.Unix() || c.Exp <= clock.Unix() {
			reply(w, 400, `{"error": "invalid_grant"}`)
			return
		}
		reply(w, 200, `{"access_token": "t-abcd"}`)
	})
	s := v.openWith(`
settings: {key: {secret: true}}
auth:
  bearer: auth.token
  token:
    post: /token
    form: {assertion: '${jwt_rs256({"iss": "me", "iat": epoch(now), "exp": epoch(now) + 300}, settings.key)}'}
    access: json.access_token
`+plain, connector.Options{Settings: map[string]any{"key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}, Now: func() time.Time { return clock }})
	if _, err := s.Members(t.Context(), place("list", "x")); err == nil {
		t.Error("the token is refused before two hours have passed")
	}
	clock = noon.Add(2 * time.Hour) // an assertion of when the run began is too old now
	members(t, s, "x")
}

func TestA7_everyTryIsSignedAnew(t *testing.T) {
	tries, sent := 0, map[string]bool{}
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		stamp := r.header.Get("X-Timestamp")
		mac := hmac.New(sha256.New, []byte("s3cret-key"))
		mac.Write([]byte(r.method + " " + r.path + "." + stamp + "." + r.body))
		proof := hmac.New(sha256.New, []byte("s3cret-key"))
		proof.Write([]byte("acme"))
		query, _ := url.ParseQuery(r.query)
		switch {
		case r.header.Get("X-Signature") != hex.EncodeToString(mac.Sum(nil)), sent[stamp], query.Get("appsecret_proof") != hex.EncodeToString(proof.Sum(nil)), query.Get("a") != "1 2":
			reply(w, 403, `{"error": "bad or old signature"}`)
		default:
			sent[stamp] = true
			if tries++; tries < 3 {
				w.Header().Set("Retry-After", "1")
				reply(w, 429, `{}`)
				return
			}
			reply(w, 200, `{}`)
		}
	})
	clock := noon
	s := v.openWith(`
settings: {key: {secret: true}}
errors:
  - {when: status == 429, do: retry, after: header("Retry-After")}
auth:
  headers: {X-Timestamp: '${string(epoch(now))}', X-Signature: '${hmac_sha256(settings.key, request.method + " " + request.path + "." + string(epoch(now)) + "." + request.text)}'}
  query: {appsecret_proof: '${hmac_sha256(settings.key, "acme")}'}
actions:
  message: {send: {post: '/messages?a=1+2', body: '{"to": item.id}', retry: never}}
`, connector.Options{Settings: map[string]any{"key": "s3cret-key"}, Now: func() time.Time { clock = clock.Add(time.Minute); return clock }})
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("ä")), "done")
}

func TestA8_credentialsStandWhereTheVendorLooks(t *testing.T) {
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for auth, want := range map[string]string{
		`{headers: {Authorization: "Token token=${settings.key}"}}`:                             "Authorization: Token token=k:/+é",
		`{headers: {Authorization: 'token ${settings.user}:${settings.key}'}}`:                  "Authorization: token u@x.example:k:/+é",
		`{basic: {user: settings.key}}`:                                                         "Authorization: " + basic("k:/+é:"),
		`{basic: {user: '"anystring"', password: settings.key}}`:                                "Authorization: " + basic("anystring:k:/+é"),
		`{basic: {user: 'settings.user + "/token"', password: settings.key}}`:                   "Authorization: " + basic("u@x.example/token:k:/+é"),
		`{headers: {X-Api-Key: "${settings.key}", X-User: "${settings.user}"}}`:                 "X-Api-Key: k:/+é",
		`{bearer: settings.key}`:                                                                "Authorization: Bearer k:/+é",
		`{query: {api_key: "${settings.key}"}}`:                                                 "?api_key=k:/+é",
		`{headers: {Authorization: "${settings.user}"}, query: {k: "x"}, bearer: settings.key}`: "?k=x",
	} {
		v := newVendor(t, func(w http.ResponseWriter, r call) {
			got := ""
			if name, _, ok := strings.Cut(want, ": "); ok {
				got = name + ": " + r.header.Get(name)
			} else if q, err := url.QueryUnescape(r.query); err == nil {
				got = "?" + q
			}
			if got != want {
				t.Errorf("%s: %q", auth, got)
			}
			reply(w, 200, `{"results": []}`)
		})
		members(t, v.open("settings: {key: {secret: true}, user: {}}\nauth: "+auth+plain, map[string]any{"key": "k:/+é", "user": "u@x.example"}), "x")
	}
}

func TestA9_eachHostGetsItsOwnKeyAndNoOther(t *testing.T) {
	host := func(own, other string) *vendor {
		return newVendor(t, func(w http.ResponseWriter, r call) {
			if r.header.Get("X-Key") != own || strings.Contains(fmt.Sprint(r), other) {
				unauthorized(w)
				return
			}
			reply(w, 200, `{"results": [{"id": "`+own+`", "name": "n"}], "next": "/more"}`)
		})
	}
	one, two := host("key-of-one", "key-of-two"), host("key-of-two", "key-of-one")
	s := one.open(`
settings: {one: {secret: true}, two: {secret: true}, second: {}}
auth: {headers: {X-Key: '${request.url.startsWith(settings.second + "/") ? settings.two : settings.one}'}}
collections:
  list: {members: {get: /members, records: json.results, key: it.id}}
objects:
  company: {list: {get: '${settings.second}/companies', records: json.results, key: it.id, paginator: {cursor: 'page == 0 ? json.next : null', into: url}}}
`, map[string]any{"one": "key-of-one", "two": "key-of-two", "second": two.URL})
	members(t, s, "x")
	if err := s.Records(t.Context(), "company", []string{"id"}, time.Time{}, func([]any) error { return nil }); err != nil {
		t.Error(err)
	}
	if two.count("/more") != 1 { // a relative link is one of the host that gave it
		t.Error(two.calls())
	}
}

func TestA10_anAddressThatIsASecretIsNotTold(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, call){
		"refused": func(w http.ResponseWriter, r call) { reply(w, 403, "no hook at "+r.path+"?"+r.query) },
		"escaped": func(w http.ResponseWriter, r call) {
			reply(w, 404, strings.ReplaceAll(`{"path": "`+r.path+`"}`, "/", `\/`))
		},
		"broken":   func(w http.ResponseWriter, r call) { reply(w, 500, "panic while serving "+r.query) },
		"cut":      func(w http.ResponseWriter, _ call) { cut(w) },
		"moved":    func(w http.ResponseWriter, r call) { w.Header().Set("Location", r.path+"/"); reply(w, 308, r.path) },
		"too long": func(w http.ResponseWriter, r call) { reply(w, 400, strings.Repeat("x", 150)+" "+r.path) },
	} {
		v := newVendor(t, answer)
		address := v.URL + "/services/T0123456/B0123456789/abcdefXYZ0123456789?sig=0123456789abcdefSIG"
		s := v.open("settings: {url: {secret: true}}\nactions:\n  message: {send: {post: '${settings.url}', body: item.id, retry: never}}\n", map[string]any{"url": address})
		for range 2 { // the second time nobody listens
			out, err := s.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: place("message", ""), Items: items("a")})
			for _, leak := range []string{"abcdefXYZ", "B0123456789/", "0123456789abcdefSIG", "services/T0"} {
				if said := fmt.Sprint(out, err); strings.Contains(said, leak) {
					t.Errorf("%s: %s", name, said)
				}
			}
			v.Close()
		}
	}
}

func TestA11_aSignedAddressIsAskedWithoutCredentials(t *testing.T) {
	storage := newVendor(t, func(w http.ResponseWriter, r call) {
		if r.header.Get("Authorization") != "" || r.header.Get("X-Key") != "" || r.query != "sig=a%2Fb%2B&x=1" || strings.Contains(r.query, "key=") {
			reply(w, 400, `<Error>only one auth mechanism allowed</Error>`)
			return
		}
		reply(w, 200, "id,ok\na,true\nb,false\n")
	})
	v := newVendor(t, func(w http.ResponseWriter, r call) {
		switch {
		case r.bearer() != "t-secret":
			unauthorized(w)
		case r.path == "/jobs":
			reply(w, 201, `{"id": 7}`)
		default:
			reply(w, 200, `{"state": "done", "url": "`+storage.URL+`/x?sig=a%2Fb%2B&x=1"}`)
		}
	})
	s := v.open(`
settings: {token: {secret: true}}
auth: {bearer: settings.token, headers: {X-Key: "${settings.token}"}, query: {key: "${settings.token}"}}
actions:
  message:
    send:
      post: /jobs
      batch: 10
      body: keys
      retry: never
      job:
        poll: {get: '/jobs/${job.id}'}
        done: json.state == "done"
        results:
          - {get: '${ended.url}', auth: none, decode: csv, outcomes: [{list: json, key: it.id, cases: [{when: it.ok == "true", is: done}, {is: rejected, why: '"no"'}]}]}
`, map[string]any{"token": "t-secret"})
	wantOutcomes(t, write(t, s, connector.Send, place("message", ""), items("a", "b", "c")), "done", "rejected: no", "in doubt")
}
