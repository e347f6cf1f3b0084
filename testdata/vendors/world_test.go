package vendors_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
	states "github.com/playctl/playctl/pkg/state/all"
)

// hurry is how many times as fast times go by, of the engine's waits and of the vendors' limits and tokens alike.
const hurry = 2000

// secret is every credential of the book.
const secret = "planted-credential-of-the-vendors"

// world is five simulated vendors, and a folder from which playctl is run.
type world struct {
	*testing.T
	dir     string
	now     time.Time
	vendors map[string]*vendor
	ids     atomic.Int64
}

// vendor is one simulated vendor.
type vendor struct {
	server *simulate.Server
	url    string
}

// report is what a simulator tells of itself.
type report struct {
	Effects []effect       `json:"effects"`
	Twice   []effect       `json:"twice"`
	Faults  map[string]int `json:"faults"`
}

type effect struct {
	Does, Kind, ID, Key string
	Fields              map[string]any
}

// manifests are the vendors' manifests, and paths where their APIs are on their hosts.
var (
	manifests = map[string]string{"CRM": "hubspot", "MAP": "marketo", "ADS": "linkedin-ads", "SALES": "outreach", "CHAT": "slack"}
	paths     = map[string]string{"ADS": "/rest", "SALES": "/api/v2", "CHAT": "/api"}
)

// drivers are read once: a run of the command would read the manifests that it uses.
var drivers = rest.Drivers(rest.Hurry(hurry))

// newWorld starts the vendors with the records and collections that the book speaks of.
func newWorld(t *testing.T, faults simulate.Faults, seed int64) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir(), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), vendors: map[string]*vendor{}}
	begun := time.Now()
	for name, manifest := range manifests {
		text, err := rest.Manifest(manifest)
		if err != nil {
			t.Fatal(err)
		}
		m, problems := rest.Read(manifest+".yaml", text)
		if problems.Errors() > 0 {
			t.Fatal(problems)
		}
		server := simulate.New(m, simulate.Options{Now: func() time.Time { return w.now.Add(time.Since(begun) * hurry) }, Settings: map[string]any{"token": secret, "client_secret": secret,
			"client_id": "playctl", "refresh_token": "the first one", "redirect_uri": "https://example.com"},
			Exists: func(_, id string) bool { return strings.HasPrefix(id, "#") }, Faults: faults, Seed: seed}) // channels
		at := httptest.NewServer(server)
		t.Cleanup(at.Close)
		w.vendors[name] = &vendor{server, at.URL}
	}
	w.fill()
	return w
}

// accounts is how many accounts there are, each of two people.
const accounts = 12

// fill puts in what was there before playctl came.
func (w *world) fill() {
	put := func(vendor, object string, record map[string]any) {
		w.Helper()
		if err := w.vendors[vendor].server.Put(object, record); err != nil {
			w.Fatal(err)
		}
	}
	for i := range accounts {
		put("CRM", "company", map[string]any{"id": fmt.Sprint(100 + i), "domain": fmt.Sprintf("a%d.example", i)})
		for j := range 2 {
			email := fmt.Sprintf("p%d-%d@a%d.example", i, j, i)
			put("CRM", "contact", map[string]any{"id": fmt.Sprint(1000 + 10*i + j), "email": email})
			put("MAP", "lead", map[string]any{"id": fmt.Sprint(2000 + 10*i + j), "email": email})
			put("ADS", "member", map[string]any{"id": fmt.Sprintf("%x", sha256.Sum256([]byte(email)))})
			put("SALES", "prospect", map[string]any{"id": fmt.Sprint(3000 + 10*i + j), "emails": []any{email}})
		}
	}
	put("CRM", "owner", map[string]any{"id": "77", "email": "ada@acme.example"})
	put("CHAT", "user", map[string]any{"id": "U77", "email": "ada@acme.example"})
	for _, x := range [][3]string{{"CRM", "list", "In market"}, {"MAP", "list", "Nurture"}, {"ADS", "audience", "Early intent"}, {"SALES", "sequence", "MQA outbound"}} {
		if err := w.vendors[x[0]].server.Make(x[1], x[2]); err != nil {
			w.Fatal(err)
		}
	}
	if err := os.CopyFS(w.dir, os.DirFS("book")); err != nil {
		w.Fatal(err)
	}
	w.file("refresh_token", "the first one\n")
	w.records(accounts, 0)
}

// records writes the records: as many accounts are in market, but for the first ones.
func (w *world) records(until, from int) {
	var a, p strings.Builder
	a.WriteString("id,name,domain,intent,owner\n")
	p.WriteString("id,account_id,email\n")
	for i := range accounts {
		intent := 10
		if i >= from && i < until {
			intent = 90
		}
		fmt.Fprintf(&a, "%d,Account %d,a%d.example,%d,ada@acme.example\n", 100+i, i, i, intent)
		for j := range 2 {
			fmt.Fprintf(&p, "p%d-%d,%d,P%d-%d@a%d.example\n", i, j, 100+i, i, j, i)
		}
	}
	w.file("data/accounts.csv", a.String())
	w.file("data/people.csv", p.String())
}

func (w *world) file(name, text string) {
	w.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// run runs a command line.
func (w *world) run(args ...string) (code int, out string) {
	w.Helper()
	var mu sync.Mutex
	var buffer bytes.Buffer
	both := locked{&mu, &buffer}
	env := []string{"TOKEN=" + secret, "SALES_TOKEN=" + w.vendors["SALES"].url + "/oauth/token"}
	for name, v := range w.vendors {
		env = append(env, name+"="+v.url+paths[name])
	}
	world := &cli.World{Stdin: strings.NewReader(""), Stdout: both, Stderr: both, Terminal: func(int) bool { return false }, Dir: w.dir, Environ: env,
		Now: func() time.Time { return w.now }, NewID: func() string { return fmt.Sprintf("id-%06d", w.ids.Add(1)) }, Transport: http.DefaultTransport,
		Drivers: drivers, Backends: states.Drivers(), User: "ada@desk", PID: 7, Version: "1.2.3"}
	code = cli.Main(context.Background(), world, args)
	if text := buffer.String(); strings.Contains(text, secret) {
		w.Errorf("a credential is in the output of %v:\n%s", args, text)
	}
	return code, buffer.String()
}

type locked struct {
	mu *sync.Mutex
	to io.Writer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// get asks a simulator about itself.
func (v *vendor) get(t *testing.T, what string, into any) {
	t.Helper()
	response, err := http.Get(v.url + "/_playctl/" + what)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// place is where a world has ended: who is in which collection, which messages and tasks there are, and what stands in the fields that were set.
func (w *world) place() []string {
	w.Helper()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(w.vendors)) {
		v := w.vendors[name]
		members := map[string]map[string][]string{}
		v.get(w.T, "members", &members)
		for kind, of := range members {
			for list, ids := range of {
				slices.Sort(ids)
				out = append(out, fmt.Sprintf("%s %s %q: %s", name, kind, list, strings.Join(ids, " ")))
			}
		}
		var r report
		v.get(w.T, "effects", &r)
		for _, e := range r.Effects {
			if e.Does == "send" || e.Does == "task" {
				out = append(out, fmt.Sprintf("%s %s %s: %s %s", name, e.Does, e.Kind, e.ID, text(e.Fields)))
			}
		}
	}
	slices.Sort(out)
	return out
}

// text gives what people read of an effect.
func text(fields map[string]any) string {
	for _, name := range []string{"text", "title", "hs_task_subject"} {
		if s, ok := fields[name].(string); ok {
			return s
		}
	}
	data, _ := json.Marshal(fields)
	return string(data)
}
