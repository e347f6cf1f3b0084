package crash

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	states "github.com/playctl/playctl/pkg/state/all"
)

// place is where the state of a house is kept.
type place struct {
	name     string // the backend's
	settings map[string]any
	said     map[string]any // what the book says in place of some of them
	remote   bool           // it is not in the house's folder
	environ  []string       // what a process needs to know of it
}

// local is the default place.
var local = place{name: "local"}

// top is what the book says of the place.
func (p place) top(t testing.TB) string {
	t.Helper()
	if p.settings == nil {
		return ""
	}
	said := map[string]any{"backend": p.name}
	maps.Copy(said, p.settings)
	maps.Copy(said, p.said)
	return "state: " + encoded(t, said)
}

// store opens the state of a house.
func (p place) store(t testing.TB, dir string) state.Store {
	t.Helper()
	for _, d := range states.Drivers() {
		if d.Name == p.name {
			s, err := d.Open(state.Options{Dir: dir, Settings: p.settings, Now: time.Now, Transport: http.DefaultTransport})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	t.Fatalf("there is no backend %q", p.name)
	return nil
}

// journal gives all of a state's journal; none if there is no state.
func (p place) journal(t testing.TB, dir string) []state.Page {
	t.Helper()
	pages, err := p.store(t, dir).Journal(t.Context(), "")
	if err != nil && !errors.Is(err, state.ErrNone) {
		t.Fatal(err)
	}
	return pages
}

// snapshot reads a state.
func (p place) snapshot(t testing.TB, dir string) *state.Snapshot {
	t.Helper()
	s, err := p.store(t, dir).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	timesIn    = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*"`)
	runsIn     = regexp.MustCompile(`"(run|by_run|from_run)":"[^"]*"`)
	attemptsIn = regexp.MustCompile(`"attempts":\d+`)
	receiptsIn = regexp.MustCompile(`"receipt":"[a-z]+\.jsonl:\d+"`)
	tookIn     = regexp.MustCompile(`"took(_working)?":\d+`)
)

// known gives what a state knows, sorted, without what differs from run to run: times, runs, attempts, salts, the lines of receipts.
func known(t testing.TB, s *state.Snapshot) []string {
	t.Helper()
	var out []string
	add := func(kind string, v any) {
		text := encoded(t, v)
		for _, x := range []*regexp.Regexp{timesIn, runsIn, attemptsIn, receiptsIn, tookIn} {
			text = x.ReplaceAllString(text, "…")
		}
		out = append(out, kind+" "+text)
	}
	for _, x := range s.Plays {
		add("play", x)
	}
	for _, x := range s.Members {
		add("member", x)
	}
	for _, x := range s.Truths {
		add("truth", x)
	}
	for _, x := range s.Held {
		x.Token = ""
		add("held", x)
	}
	for _, x := range s.Effects {
		x.Reason = "" // of an earlier try
		add("effect", x)
	}
	for _, x := range s.Tasks {
		x.Assignee = ""
		add("task", x)
	}
	for _, x := range s.Failures {
		add("failure", x)
	}
	slices.Sort(out)
	return out
}

// inDoubt gives the effects of which nobody knows whether they happened.
func inDoubt(s *state.Snapshot) (out []state.Effect) {
	for _, e := range s.Effects {
		if e.Status == state.Intended || e.Status == state.InDoubt {
			out = append(out, e)
		}
	}
	return out
}

// resolve has somebody look into the systems and tell what is true of the effects in doubt, and gives how many there were.
func (p place) resolve(t testing.TB, h *house) int {
	t.Helper()
	doubts := inDoubt(p.snapshot(t, h.dir))
	happened := map[string]bool{}
	for _, f := range h.world(t) {
		happened[f.effect] = true
	}
	for _, e := range doubts {
		args := []string{"resolve", e.Key, "--yes", "--retry"}
		if happened[e.Key] {
			args = []string{"resolve", e.Key, "--yes", "--done", "--receipt", "letter " + e.Key}
		}
		mustEnd(t, 0, h.scripted(t, p.environ, args...))
	}
	return len(doubts)
}

// carry brings a state, if there is one, from one place to another.
func carry(t testing.TB, from, to place, fromDir, toDir string) {
	t.Helper()
	store := from.store(t, fromDir)
	s, err := store.Read(t.Context())
	if errors.Is(err, state.ErrNone) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	session, err := to.store(t, toDir).Lock(t.Context(), state.Holder{ID: "carry", Who: "crash"})
	if err != nil {
		t.Fatal(err)
	}
	err = session.Replace(t.Context(), &state.Whole{Snapshot: *s, Journal: from.journal(t, fromDir)})
	if err := errors.Join(err, session.Unlock()); err != nil {
		t.Fatal(err)
	}
}
