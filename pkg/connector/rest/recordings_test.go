package rest_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// recorded is an exchange of the real vendor. See testdata/recordings/README.md.
type recorded struct {
	Vendor, File, Method, Path string
	Seq, Status                int
	Query                      map[string]any
	Body, Response             json.RawMessage
	Headers                    map[string]string
}

func (x recorded) String() string {
	return fmt.Sprintf("%s %s #%d: %s %s %d", x.Vendor, x.File, x.Seq, x.Method, x.Path, x.Status)
}

// query gives a parameter of the query, which was recorded escaped.
func (x recorded) query(name string) string {
	text, err := url.QueryUnescape(fmt.Sprint(x.Query[name]))
	if err != nil || x.Query[name] == nil {
		return ""
	}
	return text
}

// read reads JSON into a value; what is not of its form is a mistake of the test.
func read[T any](t *testing.T, data json.RawMessage) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("reading a recording: %v: %s", err, data)
	}
	return out
}

// meeting is an operation of ours that meets some of the exchanges; replay is nil where none does, and what says why.
type meeting struct {
	what   string
	meets  func(recorded) bool
	replay func(*tape, recorded)
}

// recording is one vendor's: what is replayed, and what is not applicable, is counted here so that neither can change unseen.
type recording struct {
	vendor           string
	settings         func(base string) map[string]any
	aside            map[string]string // answers of requests that are not the recorded one, by method and path
	meetings         []meeting
	replayed, others int
}

// TestRecordings replays every recorded exchange that an operation of ours would meet: what the operation makes of the answer is compared with what the
// test reads in it.
func TestRecordings(t *testing.T) {
	for _, r := range []recording{hubspotRecording, salesforceRecording, marketoRecording, intercomRecording} {
		t.Run(r.vendor, func(t *testing.T) {
			met := map[string]int{}
			tape := newTape(t, r)
			for _, x := range recordings(t, r.vendor) {
				i := slices.IndexFunc(r.meetings, func(m meeting) bool { return m.meets(x) })
				if i < 0 {
					t.Errorf("%s: nobody says which operation meets it", x)
					continue
				}
				met[r.meetings[i].what]++
				if replay := r.meetings[i].replay; replay != nil {
					tape.begin(x)
					replay(tape, x)
				}
			}
			r.report(t, met)
		})
	}
}

// report prints what was replayed and what not, and holds the counts.
func (r recording) report(t *testing.T, met map[string]int) {
	replayed, others := 0, 0
	for _, m := range r.meetings {
		if met[m.what] == 0 {
			t.Errorf("%q meets nothing", m.what)
		}
		if m.replay != nil {
			replayed += met[m.what]
			t.Logf("%4d replayed: %s", met[m.what], m.what)
		} else {
			others += met[m.what]
		}
	}
	for _, m := range r.meetings {
		if m.replay == nil {
			t.Logf("%4d not applicable: %s", met[m.what], m.what)
		}
	}
	t.Logf("%s: %d replayed, %d not applicable", r.vendor, replayed, others)
	if replayed != r.replayed || others != r.others {
		t.Errorf("%d were replayed and %d were not, want %d and %d", replayed, others, r.replayed, r.others)
	}
}

func recordings(t *testing.T, vendor string) []recorded {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "recordings", vendor+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []recorded
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		out = append(out, read[recorded](t, lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// tape is a server on loopback that answers with what was recorded: once, and only where it is not asked aside.
type tape struct {
	*testing.T
	recording
	*httptest.Server

	mu     sync.Mutex
	now    recorded
	played int
	after  string // the answer to who asks again; "" where that is wrong
	asked  []call
}

func newTape(t *testing.T, r recording) *tape {
	p := &tape{T: t, recording: r}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// begin has an exchange be the next one.
func (p *tape) begin(x recorded) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.played, p.after, p.asked = x, 0, "", nil
}

// again has the same answer be given once more, for another operation.
func (p *tape) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.played = 0
}

// ServeHTTP implements [http.Handler].
func (p *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, call{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
	if answer, ok := p.aside[r.Method+" "+r.URL.Path]; ok && (p.now.Method+" "+p.now.Path) != r.Method+" "+r.URL.Path {
		reply(w, 200, answer)
		return
	}
	if answer, ok := p.beside(r); ok {
		reply(w, 200, answer)
		return
	}
	if p.played++; p.played > 1 {
		if p.after == "" {
			p.Errorf("%s: asked again: %s %s", p.now, r.Method, r.URL)
		}
		reply(w, 200, p.after)
		return
	}
	for name, value := range p.now.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(p.now.Status)
	var text string // a body that is no JSON was recorded as a text
	if json.Unmarshal(p.now.Response, &text) == nil {
		_, _ = io.WriteString(w, text)
		return
	}
	_, _ = w.Write(p.now.Response)
}

// beside answers the look-ups that a test has before the recorded request.
func (p *tape) beside(r *http.Request) (string, bool) {
	for path, answer := range p.aside {
		if path == r.Method+"~"+r.URL.Query().Get("q") {
			return answer, true
		}
	}
	return "", false
}

// connector gives a new one, which has met nothing yet.
func (p *tape) connector() *rest.System {
	p.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	c, err := builtIn(p.T, p.vendor).Open(connector.Options{Name: p.vendor, Settings: p.settings(p.URL), Now: now, Transport: p.Client().Transport})
	if err != nil {
		p.Fatal(err)
	}
	return c.(*rest.System)
}

// wantPlayed holds that the recorded answer was asked for.
func (p *tape) wantPlayed() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.played == 0 {
		p.Errorf("%s: it was not asked for", p.now)
	}
}

// wantSame compares what an operation made of the answer with what the test read in it.
func (p *tape) wantSame(x recorded, err error, want, got any) {
	p.Helper()
	p.wantPlayed()
	if err != nil {
		p.Errorf("%s: %v", x, err)
	} else if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		p.Errorf("%s: it is read otherwise (-want +got):\n%s", x, diff)
	}
}

// wantFields reads fields of records, and compares them.
func (p *tape) wantFields(x recorded, object string, want map[string]map[string]string, fields []string) {
	p.Helper()
	got, err := p.connector().Fields(p.Context(), object, slices.Sorted(maps.Keys(want)), fields)
	p.wantSame(x, err, want, got)
}

// wantRecords reads an object's records, and compares them: rows of id and fields, as text.
func (p *tape) wantRecords(x recorded, object string, fields []string, want [][]string) {
	p.Helper()
	rows := [][]string{}
	err := p.connector().Records(p.Context(), object, append([]string{"id"}, fields...), time.Time{}, func(values []any) error {
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = connector.Text(v)
		}
		rows = append(rows, row)
		return nil
	})
	p.wantSame(x, err, want, rows)
}

// wantResolved asks for identities: each is one id, or of several.
func (p *tape) wantResolved(x recorded, kind string, ids map[string][]string, asked ...string) {
	p.Helper()
	identities := slices.Compact(slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(ids)), asked...))))
	found, err := p.connector().Resolve(p.Context(), kind, identities)
	want, got := map[string]string{}, map[string]string{}
	for identity, list := range ids {
		if want[identity] = list[0]; len(list) > 1 {
			want[identity] = fmt.Sprint("several: ", len(list))
		}
	}
	for identity, one := range found {
		if got[identity] = one.ID; one.Why != "" {
			got[identity] = fmt.Sprint("several: ", len(ids[identity]))
		}
	}
	p.wantSame(x, err, want, got)
}

// wantWritten writes a batch, and compares what became of each item: a status, and a reason behind a colon.
func (p *tape) wantWritten(x recorded, b connector.Batch, want []string) {
	p.Helper()
	out, err := p.connector().Write(p.Context(), b)
	p.wantPlayed()
	if err != nil {
		p.Errorf("%s: %v", x, err)
		return
	}
	got := make([]string, len(out))
	for i, o := range out {
		if got[i] = o.Status.String(); o.Reason != "" {
			got[i] += ": " + o.Reason
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.Errorf("%s: it is read otherwise (-want +got):\n%s", x, diff)
	}
}

// wantCollection looks for a collection by its name: it is there, or it is not.
func (p *tape) wantCollection(x recorded, c connector.Collection, there bool) {
	p.Helper()
	err := p.connector().CheckCollection(p.Context(), c)
	p.wantPlayed()
	if there && err != nil || !there && !errors.Is(err, connector.ErrNoCollection) {
		p.Errorf("%s: there: %v, and it is read as %v", x, there, err)
	}
}

// wantInLast holds that the last request speaks of all of some texts, in its query or its body.
func (p *tape) wantInLast(x recorded, texts []string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.asked[len(p.asked)-1]
	for _, text := range texts {
		if !strings.Contains(last.query+last.body, text) {
			p.Errorf("%s: the last request has no %s: %s %s", x, text, last.query, last.body)
		}
	}
}

// besides has requests be answered beside the recorded one.
func (p *tape) besides(answers map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.aside = answers
}

// named gives a place, for short.
func named(kind, name string) connector.Collection {
	return connector.Collection{Kind: kind, Name: name}
}

// itemsOf gives items with ids.
func itemsOf(ids []string) []connector.Item {
	out := make([]connector.Item, len(ids))
	for i, id := range ids {
		out[i].ID = id
	}
	return out
}

// repeated gives a text n times.
func repeated(text string, n int) []string { return slices.Repeat([]string{text}, n) }
