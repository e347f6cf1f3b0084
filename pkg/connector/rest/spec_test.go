package rest_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// held is a vendor whose official specs we have: what its manifest can send is held against them.
type held struct {
	name  string
	specs []spec
	// world starts a server that answers as the vendor does; settings are those of the connector to it.
	world func(t *testing.T) (client *http.Client, settings map[string]any)
	// pages says that the world has second pages of everything.
	pages bool
	// Representative items. What is not given is made up.
	ids        map[string][]string       // own ids, by object, collection, action or task
	identities map[string][]string       // by object
	fields     map[string]map[string]any // to set, by object; of memberships, by collection; the payload, by action or task
	names      map[string]string         // a collection that there is, by kind
	fresh      map[string]string         // one that there is not yet
}

// vendorsHeld are the vendors whose official specs are in testdata/specs.
func vendorsHeld(t *testing.T) []held {
	return []held{slackHeld(t), jiraHeld(t), marketoHeld(t), intercomHeld(t)}
}

// vendorsWithout are vendors that have published no spec, or none that may be kept here.
func vendorsWithout() []held {
	return []held{outreachHeld(), linkedinHeld(), webhookHeld()}
}

// TestManifests_everyCallIsMade has every call made of the manifests of which there is no spec.
func TestManifests_everyCallIsMade(t *testing.T) {
	for _, h := range vendorsWithout() {
		t.Run(h.name, func(t *testing.T) {
			if got := h.exercise(t); len(got) == 0 {
				t.Error("nothing was sent")
			}
		})
	}
}

// TestManifests_sendWhatTheSpecsTake has every call of the manifests made, and holds each request that goes out against the official specs. What they
// have against one is in testdata/specs/deviations.yaml, with the reason why it is right; what is there for nothing fails too.
func TestManifests_sendWhatTheSpecsTake(t *testing.T) {
	known := readDeviations(t)
	for _, h := range vendorsHeld(t) {
		t.Run(h.name, func(t *testing.T) {
			got := map[deviation]bool{}
			operations := map[string]bool{}
			for _, s := range h.exercise(t) {
				operation, against := s.check(h.specs)
				operations[operation] = true
				for _, says := range against {
					d := deviation{h.name, operation, says}
					if known[d] == "" && !got[d] {
						t.Errorf("%s (for %s): %s\n  %s %s", operation, s.op, says, s.request.URL, s.body)
					}
					got[d] = true
				}
			}
			for d := range known {
				if d.vendor == h.name && !got[d] {
					t.Errorf("deviations.yaml has for nothing: %s: %s", d.operation, d.says)
				}
			}
			t.Logf("%d operations: %s", len(operations), strings.Join(slices.Sorted(maps.Keys(operations)), ", "))
		})
	}
}

// recorder keeps every request on its way, and for what it was.
type recorder struct {
	to http.RoundTripper

	mu  sync.Mutex
	op  string
	got []sent
}

// RoundTrip implements [http.RoundTripper].
func (x *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	x.mu.Lock()
	x.got = append(x.got, sent{x.op, r.Clone(r.Context()), body})
	x.mu.Unlock()
	return x.to.RoundTrip(r)
}

// exercise has every call of a vendor's manifest made at least once, and gives the requests.
func (h held) exercise(t *testing.T) []sent {
	t.Helper()
	data, err := rest.Manifest(h.name)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := rest.Read(h.name+".yaml", data)
	if m == nil {
		t.Fatal(problems)
	}
	client, settings := h.world(t)
	e := &exercise{held: h, T: t, m: m, recorder: &recorder{to: client.Transport}}
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	if e.c, err = rest.Driver(m, rest.Hurry(1000)).Open(connector.Options{Name: h.name, Settings: settings, Now: now, Transport: e.recorder}); err != nil {
		t.Fatal(err)
	}
	e.everything()
	e.wantEverything()
	return e.recorder.got
}

// exercise is one manifest whose calls are made.
type exercise struct {
	held
	*testing.T
	m        *manifest.Manifest
	c        connector.Connector
	recorder *recorder
	receipts map[string][]string
}

// do makes a call, by its place in the manifest.
func (e *exercise) do(place string, call *manifest.Call, f func() error) {
	e.Helper()
	if call == nil {
		return
	}
	e.recorder.mu.Lock()
	e.recorder.op = place
	e.recorder.mu.Unlock()
	if err := f(); err != nil {
		e.Errorf("%s: %v", place, err)
	}
}

func (e *exercise) everything() {
	e.receipts = map[string][]string{}
	e.do("check", e.m.Check, func() error { return e.c.Check(e.Context()) })
	for _, o := range e.m.Objects {
		e.object(o)
	}
	for _, c := range e.m.Collections {
		e.collection(c)
	}
	for _, a := range e.m.Actions {
		at := "actions." + a.Name + "."
		e.do(at+"send", a.Send, func() error { return e.write(connector.Send, connector.Collection{Kind: a.Name}, e.items(a.Name)) })
		e.do(at+"lookup", a.Lookup, func() error { return e.lookup(a.Name) })
	}
	for _, k := range e.m.Tasks {
		at := "tasks." + k.Name + "."
		e.do(at+"create", k.Create, func() error { return e.write(connector.Task, connector.Collection{Kind: k.Name}, e.items(k.Name)) })
		e.do(at+"lookup", k.Lookup, func() error { return e.lookup(k.Name) })
		e.do(at+"poll", k.Poll, func() error {
			reports, err := e.c.(connector.TaskReader).Tasks(e.Context(), k.Name, e.receipts[k.Name])
			if err == nil && len(reports) == 0 {
				err = fmt.Errorf("no reports of %q", e.receipts[k.Name])
			}
			return err
		})
		e.do(at+"cancel", k.Cancel, func() error {
			return e.write(connector.Cancel, connector.Collection{Kind: k.Name}, items(e.receipts[k.Name]...))
		})
	}
}

func (e *exercise) object(o *manifest.Object) {
	at := "objects." + o.Name + "."
	var names []string
	for _, f := range o.Fields {
		names = append(names, f.Name)
	}
	e.do(at+"list", o.List, func() error {
		for _, since := range []time.Time{{}, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)} {
			if err := e.c.(connector.RecordReader).Records(e.Context(), o.Name, names, since, func([]any) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	e.do(at+"read", o.Read, func() error {
		_, err := e.c.(connector.FieldReader).Fields(e.Context(), o.Name, e.ids[o.Name], names)
		return err
	})
	e.do(at+"find", o.Find, func() error {
		found, err := e.c.(connector.Resolver).Resolve(e.Context(), o.Name, e.identities[o.Name])
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("none of %q is found", e.identities[o.Name])
		}
		return err
	})
	e.do(at+"update", o.Update, func() error { return e.write(connector.Set, connector.Collection{Kind: o.Name}, e.items(o.Name)) })
}

func (e *exercise) collection(c *manifest.Collection) {
	at, there := "collections."+c.Name+".", connector.Collection{Kind: c.Name, Name: e.names[c.Name]}
	e.do(at+"find", c.Find, func() error { return e.c.(connector.CollectionChecker).CheckCollection(e.Context(), there) })
	e.do(at+"names", c.Names, func() error { _, err := e.c.(connector.Lister).Collections(e.Context(), c.Name); return err })
	e.do(at+"create", c.Create, func() error {
		return e.c.(connector.Creator).Create(e.Context(), connector.Collection{Kind: c.Name, Name: e.fresh[c.Name]})
	})
	e.do(at+"add", c.Add, func() error { return e.write(connector.Add, there, e.items(c.Name)) })
	e.do(at+"update", c.Update, func() error { return e.write(connector.Set, there, e.items(c.Name)) })
	e.do(at+"members", c.Members, func() error { _, err := e.c.(connector.MemberReader).Members(e.Context(), there); return err })
	e.do(at+"remove", c.Remove, func() error { return e.write(connector.Remove, there, e.items(c.Name)) })
}

// items gives representative items of a kind.
func (e *exercise) items(kind string) []connector.Item {
	out := items(e.ids[kind]...)
	if len(out) == 0 {
		out = []connector.Item{{Key: "key-1"}, {Key: "key-2"}}
	}
	for i := range out {
		out[i].Fields, out[i].Source = e.fields[kind], connector.Source{Play: "renewals", Step: "call", Record: "account/1"}
	}
	return out
}

func (e *exercise) write(v connector.Verb, target connector.Collection, list []connector.Item) error {
	outcomes, err := e.c.(connector.Writer).Write(e.Context(), connector.Batch{Verb: v, Target: target, Items: list})
	for i, o := range outcomes {
		if o.Status != connector.Done && o.Status != connector.Already && err == nil {
			err = fmt.Errorf("item %d is %s: %s", i, o.Status, o.Reason)
		}
		if v == connector.Task {
			e.receipts[target.Kind] = append(e.receipts[target.Kind], o.Receipt)
		}
	}
	return err
}

func (e *exercise) lookup(kind string) error {
	found, err := e.c.(connector.Looker).Lookup(e.Context(), kind, []string{"key-1", "key-2", "key-" + strings.Join(e.ids[kind], " key-")})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("nothing of what was made is found")
	}
	return err
}

// wantEverything holds that each call of the manifest was made.
func (e *exercise) wantEverything() {
	e.Helper()
	for place, call := range callsOf(e.m) {
		address := addressPattern(call.URL.String())
		made := slices.ContainsFunc(e.recorder.got, func(s sent) bool {
			same := s.request.Method == call.Method || call.LongQuery != nil && s.request.Method == http.MethodPost
			return same && address.MatchString(s.request.URL.Path) && (s.op == place || !direct(place))
		})
		if !made {
			e.Errorf("no request was made by %s: %s %s", place, call.Method, call.URL)
		}
		if call.Page != nil && e.pages && !slices.ContainsFunc(e.recorder.got, func(s sent) bool {
			return (s.op == place || !direct(place)) && address.MatchString(s.request.URL.Path) && laterPage(s, call)
		}) {
			e.Errorf("no second page was asked for by %s: %s %s", place, call.Method, call.URL)
		}
	}
}

// laterPage reports whether a request is for another page than the first of a call. Of one whose next page has an address of its own it is any after the first.
func laterPage(s sent, call *manifest.Call) bool {
	where, name, _ := strings.Cut(call.Page.Into, ".")
	switch where {
	case "query":
		first := slices.IndexFunc(call.Query, func(p manifest.Param) bool { return p.Name == name })
		return s.request.URL.Query().Has(name) && (first < 0 || s.request.URL.Query().Get(name) != call.Query[first].Value.String())
	case "body":
		return strings.Contains(string(s.body), `"`+name[strings.LastIndex(name, ".")+1:]+`"`)
	}
	return true
}

// direct reports whether a call is made for itself, and not on the way to another.
func direct(place string) bool {
	return strings.Count(place, ".") == 2 && !strings.HasSuffix(place, ".find") && (!strings.HasSuffix(place, ".lookup") || !strings.HasPrefix(place, "collections."))
}

// addressPattern matches the paths that a template can give.
func addressPattern(template string) *regexp.Regexp {
	template = regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(template, "\x00") // an expression may have a ? in it
	template, _, _ = strings.Cut(template, "?")
	parts := strings.Split(template, "\x00")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	out := strings.Join(parts, "[^/]+") + "$"
	if parts[0] == "" { // an address of its own
		out = strings.TrimPrefix(out, "[^/]+")
	}
	return regexp.MustCompile(out)
}

// callsOf gives every call of a manifest by its place.
func callsOf(m *manifest.Manifest) map[string]*manifest.Call {
	out := map[string]*manifest.Call{}
	add := func(place string, c *manifest.Call) {
		if c == nil {
			return
		}
		out[place] = c
		for i, p := range c.Prepare {
			out[fmt.Sprintf("%s.prepare.%d", place, i)] = &p.Call
		}
		if j := c.Job; j != nil {
			out[place+".job.poll"] = j.Poll
			for i, s := range j.Steps {
				out[fmt.Sprintf("%s.job.steps.%d", place, i)] = s
			}
			for i, s := range j.Results {
				out[fmt.Sprintf("%s.job.results.%d", place, i)] = s
			}
		}
	}
	add("check", m.Check)
	if m.Auth.Token != nil {
		add("auth.token", &m.Auth.Token.Call)
	}
	for _, o := range m.Objects {
		for name, c := range map[string]*manifest.Call{"list": o.List, "read": o.Read, "find": o.Find, "update": o.Update} {
			add("objects."+o.Name+"."+name, c)
		}
	}
	for _, c := range m.Collections {
		for name, call := range map[string]*manifest.Call{"find": c.Find, "names": c.Names, "create": c.Create, "members": c.Members, "lookup": c.Lookup, "add": c.Add, "remove": c.Remove, "update": c.Update} {
			add("collections."+c.Name+"."+name, call)
		}
	}
	for _, a := range m.Actions {
		add("actions."+a.Name+".send", a.Send)
		add("actions."+a.Name+".lookup", a.Lookup)
	}
	for _, k := range m.Tasks {
		for name, c := range map[string]*manifest.Call{"create": k.Create, "cancel": k.Cancel, "poll": k.Poll, "lookup": k.Lookup} {
			add("tasks."+k.Name+"."+name, c)
		}
	}
	return out
}
