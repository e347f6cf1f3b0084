package s3_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/s3"
	"github.com/playctl/playctl/pkg/state/s3/s3test"
)

// begun is when everything in these tests happens.
var begun = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

var (
	meta = state.Meta{Version: state.Version, Lineage: "lineage", Salt: "00ff", Playbook: "demo", Created: begun}
	ada  = state.Holder{ID: "run-ada", Operation: "apply", Who: "ada@host", PID: 1, Since: begun}
)

// transport is a way to HTTP that fails on order.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A server that overwrites what it was told not to is refused before anything is kept there.
func TestLock_refusesAServerWithoutConditionalWrites(t *testing.T) {
	for _, header := range []string{"If-Match", "If-None-Match"} {
		deaf := transport(func(r *http.Request) (*http.Response, error) {
			r.Header.Del(header)
			return http.DefaultTransport.RoundTrip(r)
		})
		_, err := open(t, s3test.Fake(t), "k", deaf).Lock(t.Context(), ada)
		var unwritable *state.UnwritableError
		if !errors.As(err, &unwritable) || !strings.Contains(err.Error(), "this server overwrites objects that it was told not to overwrite") || !strings.Contains(unwritable.Hint, "postgres") {
			t.Errorf("without %s: %v", header, err)
		}
	}
	refusing := transport(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("If-None-Match") == "" {
			return http.DefaultTransport.RoundTrip(r)
		}
		return &http.Response{StatusCode: http.StatusNotImplemented, Header: http.Header{}, Request: r, ProtoMajor: 1,
			Body: io.NopCloser(strings.NewReader("<Error><Code>NotImplemented</Code><Message>no</Message></Error>"))}, nil
	})
	if _, err := open(t, s3test.Fake(t), "k", refusing).Lock(t.Context(), ada); err == nil || !strings.Contains(err.Error(), "this server has no conditional writes") {
		t.Errorf("a server that says so: %v", err)
	}
}

// The answer to every request of a session is lost once, after the server acted: the library asks again, is told that there is another object, and that is
// found to be its own.
func TestCommit_whoseAnswerIsLostIsKeptOnce(t *testing.T) {
	server := s3test.Fake(t)
	for k := 1; ; k += 2 { // every other one will do: each is waited for
		var mu sync.Mutex
		n, failed := 0, ""
		losing := transport(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			n++
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil || n != k {
				return response, err
			}
			failed = r.Method + " " + r.URL.Path
			_ = response.Body.Close()
			return nil, errors.New("the connection was cut")
		})
		s := open(t, server, fmt.Sprint("lost/", k), losing)
		if err := threeSteps(t, s); err != nil {
			t.Fatalf("answer %d was lost (%s): %v", k, failed, err)
		}
		if got := must(s.Read(t.Context()))(t); got.Meta.Serial != 3 || len(got.Effects) != 3 {
			t.Fatalf("answer %d was lost (%s): %d effects, serial %d", k, failed, len(got.Effects), got.Meta.Serial)
		}
		if failed == "" {
			return
		}
	}
}

func threeSteps(t *testing.T, s state.Store) error {
	session, err := s.Lock(t.Context(), ada)
	if err != nil {
		return err
	}
	if err := session.Create(t.Context(), meta); err != nil {
		return err
	}
	for n := 1; n <= 3; n++ {
		c := &state.Changes{Effects: []state.Effect{{Key: fmt.Sprint("e", n), At: begun}}, Run: &state.Run{ID: "r", Serial: int64(n), Started: begun}}
		if err := session.Commit(t.Context(), c); err != nil {
			return err
		}
	}
	return session.Unlock()
}

// Of sixteen who want the lock at once one has it, and the others are told who.
func TestLock_ofSixteenOneHasIt(t *testing.T) {
	server := s3test.Fake(t)
	check(t, threeSteps(t, open(t, server, "k", http.DefaultTransport)))
	for range 3 {
		var mu sync.Mutex
		var got []state.Session
		var all sync.WaitGroup
		for n := range 16 {
			s := open(t, server, "k", http.DefaultTransport)
			all.Go(func() {
				session, err := s.Lock(t.Context(), state.Holder{ID: fmt.Sprint("run-", n), Who: "ada@host"})
				mu.Lock()
				defer mu.Unlock()
				var locked *state.LockedError
				if err == nil {
					got = append(got, session)
				} else if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder.ID, "run-") {
					t.Errorf("Lock: %v", err)
				}
			})
		}
		all.Wait()
		if len(got) != 1 {
			t.Fatalf("%d have the lock", len(got))
		}
		check(t, got[0].Unlock())
	}
}

// Environments are next to one another, and none sees another's objects.
func TestOpen_everyEnvironmentHasAStateOfItsOwn(t *testing.T) {
	server := s3test.Fake(t)
	stores := map[string]state.Store{}
	for _, environment := range []string{"", "prod"} {
		s, err := s3.Open(state.Options{Environment: environment, Settings: server.Settings(""), Now: time.Now, Transport: http.DefaultTransport})
		stores[environment] = must(s, err)(t)
	}
	check(t, threeSteps(t, stores[""]))
	if there := must(stores["prod"].Exists(t.Context()))(t); there {
		t.Error("prod has the state of the one without a name")
	}
	if a, b := stores[""].Where(), stores["prod"].Where(); a != "s3://states/playctl/default" || b != "s3://states/playctl/prod" {
		t.Errorf("they are at %s and %s", a, b)
	}
}

func TestOpen_saysWhichSettingIsWrongAndNoSecret(t *testing.T) {
	good := s3test.Fake(t).Settings("k")
	for name, wrong := range map[string]any{
		"endpoint": "https://ada:planted@host", "access_key": 3, "secret_key": []any{"planted"}, "path_style": "planted?", "lock_expiry": "1s", "lock_settle": "planted", "encrypt": "planted", "region": 3,
	} {
		settings := map[string]any{}
		for key, value := range good {
			settings[key] = value
		}
		settings[name] = wrong
		_, err := s3.Open(state.Options{Settings: settings, Now: time.Now})
		if err == nil || !strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s3.Open(state.Options{Settings: map[string]any{"bucket": "b", "access_key": "a"}, Now: time.Now}); err == nil {
		t.Error("a key without its secret is no error")
	}
	if _, err := s3.Open(state.Options{Environment: "../x", Settings: good, Now: time.Now}); err == nil {
		t.Error("an environment that leads elsewhere is no error")
	}
}

// A bucket that is not there is said to be, with what to do.
func TestLock_ofABucketThatIsNotThereSaysSo(t *testing.T) {
	server := s3test.Fake(t)
	server.Bucket = "another"
	_, err := open(t, server, "k", http.DefaultTransport).Lock(t.Context(), ada)
	if err == nil || !strings.Contains(err.Error(), `there is no bucket "another": make it`) || strings.Contains(err.Error(), "planted") {
		t.Errorf("Lock: %v", err)
	}
}
