package rest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// linkedinWorld is an ad account's segments, which can be written and not be read.
type linkedinWorld struct {
	world
	segments []*linkedinSegment // by id: 500 and on
	sent     []string           // every body and every header, for what may not be in them
	status   int                // what the next write gets; 0: it is done
	message  string
}

type linkedinSegment struct {
	name, kind, status string
	members            map[string]bool
}

func newLinkedin(t *testing.T) *linkedinWorld {
	x := &linkedinWorld{}
	x.answer = x.serveLinkedin
	x.writes = func(r *http.Request) bool { return r.Method == http.MethodPost }
	x.start(t)
	return x
}

func (x *linkedinWorld) settings() map[string]any {
	return map[string]any{"token": "li-secret", "account": "512", "base_url": x.URL + "/rest", "source_platform": "PLAYCTL"}
}

func (x *linkedinWorld) add(name, kind string) *linkedinSegment {
	x.segments = append(x.segments, &linkedinSegment{name, kind, "READY", map[string]bool{}})
	return x.segments[len(x.segments)-1]
}

func (x *linkedinWorld) named(name, kind string) *linkedinSegment {
	for _, s := range x.segments {
		if s.name == name && s.kind == kind {
			return s
		}
	}
	return nil
}

func linkedinError(w http.ResponseWriter, status int, message string) {
	out, _ := json.Marshal(map[string]any{"status": status, "message": message, "serviceErrorCode": 65600, "code": "ERROR"})
	reply(w, status, string(out))
}

func (x *linkedinWorld) serveLinkedin(w http.ResponseWriter, r *http.Request, body []byte) {
	x.sent = append(x.sent, r.URL.String(), fmt.Sprint(r.Header), string(body))
	switch {
	case r.Header.Get("Authorization") != "Bearer li-secret":
		linkedinError(w, http.StatusUnauthorized, "Invalid access token")
		return
	case r.Header.Get("LinkedIn-Version") != "202608" || r.Header.Get("X-Restli-Protocol-Version") != "2.0.0":
		linkedinError(w, http.StatusUpgradeRequired, "Requested version is not active")
		return
	case x.status != 0 && r.Method == http.MethodPost:
		linkedinError(w, x.status, x.message)
		x.status = 0
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/rest/dmpSegments"), "/")
	switch {
	case len(parts) == 1 && r.Method == http.MethodGet:
		x.list(w, r)
	case len(parts) == 1:
		x.create(w, body)
	default:
		n, _ := strconv.Atoi(parts[1])
		x.stream(w, r, x.segments[n-500], parts[2], body)
	}
}

func (x *linkedinWorld) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("q") != "account" || q.Get("account") != "urn:li:sponsoredAccount:512" {
		linkedinError(w, http.StatusBadRequest, "Invalid param")
		return
	}
	start, _ := strconv.Atoi(q.Get("start"))
	count, _ := strconv.Atoi(q.Get("count"))
	elements := []any{}
	for i := start; i < len(x.segments) && len(elements) < count; i++ {
		s := x.segments[i]
		elements = append(elements, map[string]any{"id": 500 + i, "name": s.name, "type": s.kind, "status": s.status})
	}
	out, _ := json.Marshal(map[string]any{"elements": elements, "paging": map[string]any{"start": start, "count": count, "links": []any{}}})
	reply(w, 200, string(out))
}

func (x *linkedinWorld) create(w http.ResponseWriter, body []byte) {
	var in struct {
		Name, Type, Account, AccessPolicy, SourcePlatform string
		Destinations                                      []struct{ Destination string }
	}
	if json.Unmarshal(body, &in) != nil || in.Account != "urn:li:sponsoredAccount:512" || in.SourcePlatform != "PLAYCTL" || len(in.Destinations) != 1 {
		linkedinError(w, http.StatusBadRequest, "The segment is invalid")
		return
	}
	x.add(in.Name, in.Type)
	w.Header().Set("X-Restli-Id", strconv.Itoa(499+len(x.segments)))
	w.WriteHeader(http.StatusCreated)
}

// stream takes members: of each it is told by its position what became of it.
func (x *linkedinWorld) stream(w http.ResponseWriter, r *http.Request, s *linkedinSegment, what string, body []byte) {
	var in struct {
		Elements []struct {
			Action                                string
			UserIDs                               []struct{ IDType, IDValue string }
			OrganizationURN, CompanyWebsiteDomain string
		}
	}
	if json.Unmarshal(body, &in) != nil || r.Header.Get("X-Restli-Method") != "BATCH_CREATE" || len(in.Elements) > 5000 || (what == "users") != (s.kind == "USER") {
		linkedinError(w, http.StatusBadRequest, "The batch is invalid")
		return
	}
	told := []any{}
	for _, e := range in.Elements {
		id := e.OrganizationURN + e.CompanyWebsiteDomain
		if what == "users" {
			id = e.UserIDs[0].IDValue
			if raw, err := hex.DecodeString(id); err != nil || len(raw) != sha256.Size || e.UserIDs[0].IDType != "SHA256_EMAIL" {
				told = append(told, map[string]any{"status": 400, "error": map[string]any{"status": 400, "message": "idValue is no SHA256_EMAIL"}})
				continue
			}
		}
		if s.members[id] = true; e.Action == "REMOVE" {
			delete(s.members, id)
		}
		told = append(told, map[string]any{"status": 201})
	}
	out, _ := json.Marshal(map[string]any{"elements": told})
	reply(w, 200, string(out))
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestLinkedin_isAsTheSuiteSays(t *testing.T) {
	var sorted []string // ids sort as their numbers do
	for n := range 2000 {
		sorted = append(sorted, hashed(fmt.Sprint(n)))
	}
	slices.Sort(sorted)
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			x := newLinkedin(t)
			return conntest.System{
				Connector: x.connect(t, "linkedin-ads", x.settings()), Inject: x.inject,
				Make: func(c connector.Collection) {
					x.locked(func() {
						kind := map[bool]string{true: "USER", false: "COMPANY"}[c.Kind == "audience"]
						if x.named(c.Name, kind) == nil {
							x.add(c.Name, kind)
						}
					})
				},
				Members: func(c connector.Collection) (ids []string) {
					x.locked(func() { ids = slices.Collect(maps.Keys(x.named(c.Name, "USER").members)) })
					return ids
				},
				Identities: &conntest.Identities{Known: map[string]string{"ann@acme.example": hashed("ann@acme.example"), "bob@acme.example": hashed("bob@acme.example")},
					Spellings: map[string]string{" Ann@ACME.example": "ann@acme.example"}, Anybody: true},
			}
		},
		Powers:     []conntest.Power{conntest.Writes, conntest.Resolves, conntest.Creates, conntest.Lists, conntest.Normalizes},
		Collection: "audience", Object: "member", ID: func(n int) string { return sorted[n] }, IDs: []string{hashed("x"), hashed("y")}, Many: 1500, Blind: true,
	})
}

// TestLinkedin_noAddressLeavesTheMachine holds that people are known by hashes: B16.
func TestLinkedin_noAddressLeavesTheMachine(t *testing.T) {
	x := newLinkedin(t)
	x.add("Early intent", "USER")
	c := x.connect(t, "linkedin-ads", x.settings())
	found, err := c.(connector.Resolver).Resolve(t.Context(), "audience", []string{" Ann@Acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	id := found[" Ann@Acme.example"].ID
	if want := hashed("ann@acme.example"); id != want {
		t.Errorf("the id is %s, want %s", id, want)
	}
	list := []connector.Item{{ID: id, Fields: map[string]any{"firstName": "Ann", "lastName": "", "shoe": "7"}}, {ID: "17"}}
	out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "audience", Name: "Early intent"}, Items: list})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcomes(t, out, "done", "rejected: idValue is no SHA256_EMAIL")
	sent := strings.Join(x.sent, "\n")
	if strings.Contains(strings.ToLower(sent), "acme.example") || !strings.Contains(sent, `"firstName":"Ann"`) || strings.Contains(sent, "lastName") || strings.Contains(sent, "shoe") {
		t.Errorf("sent was\n%s", sent)
	}
}

// TestLinkedin_audiencesAreWriteOnly is trap G1: plans over them say assumed.
func TestLinkedin_audiencesAreWriteOnly(t *testing.T) {
	x := newLinkedin(t)
	c := x.connect(t, "linkedin-ads", x.settings())
	for _, k := range c.Describe().Collections {
		if !k.WriteOnly || !k.OpaqueIDs {
			t.Errorf("%+v", k)
		}
	}
	if _, ok := connector.As[connector.MemberReader](c); ok {
		t.Error("it reads members")
	}
}

func TestLinkedin_companies(t *testing.T) {
	x := newLinkedin(t)
	for n := range 230 { // more than two pages, of both kinds
		x.add(fmt.Sprint("A", n), []string{"USER", "COMPANY"}[n%2])
	}
	x.add("Early intent", "USER")
	s := x.add("Early intent", "COMPANY")
	c := x.connect(t, "linkedin-ads", x.settings())
	there := connector.Collection{Kind: "company_audience", Name: "Early intent"}
	write := func(v connector.Verb, ids ...string) {
		t.Helper()
		out, err := c.(connector.Writer).Write(t.Context(), connector.Batch{Verb: v, Target: there, Items: items(ids...)})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			wantOutcomes(t, []connector.Outcome{o}, "done")
		}
	}
	write(connector.Add, "acme.example", "urn:li:organization:1337")
	if got := slices.Sorted(maps.Keys(s.members)); !slices.Equal(got, []string{"acme.example", "urn:li:organization:1337"}) {
		t.Errorf("members are %q", got)
	}
	write(connector.Remove, "acme.example", "urn:li:organization:1337")
	if len(s.members) > 0 {
		t.Errorf("members are %v", s.members)
	}
	names, err := c.(connector.Lister).Collections(t.Context(), "company_audience")
	if err != nil || len(names) != 116 {
		t.Errorf("%d names, %v", len(names), err)
	}
	s.status = "EXPIRED"
	if err := x.connect(t, "linkedin-ads", x.settings()).(connector.CollectionChecker).CheckCollection(t.Context(), there); err == nil || errors.Is(err, connector.ErrNoCollection) {
		t.Errorf("a segment that has expired: %v", err)
	}
}

func TestLinkedin_errors(t *testing.T) {
	for _, c := range []struct {
		status        int
		message, want string
	}{
		{429, "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.", "later: DAY limit"},
		{429, "Resource level throttle MEMBER MINUTE limit for calls to this resource is reached.", "done"},
		{500, "Internal Server Error", "done"}, // to add again changes nothing
		{426, "Requested version 20240101 is not active", "later: set version: to a later one"},
		{400, "Audience is archived", "rejected: Audience is archived"},
	} {
		x := newLinkedin(t)
		x.add("Early intent", "USER")
		x.status, x.message = c.status, c.message
		out, err := x.connect(t, "linkedin-ads", x.settings()).(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "audience", Name: "Early intent"}, Items: items(hashed("a"))})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.message, func(t *testing.T) { wantOutcomes(t, out, c.want) })
	}
}

func linkedinHeld() held {
	return held{name: "linkedin-ads", pages: true,
		world: func(t *testing.T) (*http.Client, map[string]any) {
			x := newLinkedin(t)
			for range 100 { // what is looked for is on the second page
				x.add("Another", "USER")
			}
			x.add("Early intent", "USER")
			x.add("Early intent", "COMPANY")
			return x.Client(), x.settings()
		},
		ids:    map[string][]string{"audience": {hashed("a"), hashed("b")}, "company_audience": {"acme.example", "urn:li:organization:1337"}},
		fields: map[string]map[string]any{"audience": {"firstName": "Ann"}},
		names:  map[string]string{"audience": "Early intent", "company_audience": "Early intent"}, fresh: map[string]string{"audience": "New", "company_audience": "New"},
	}
}
