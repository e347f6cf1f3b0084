package http_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/http/fake"
	"github.com/playctl/playctl/pkg/state/memory"
)

var (
	meta = state.Meta{Version: state.Version, Lineage: "lineage", Salt: "salt-planted", Playbook: "demo", Created: now()}
	ada  = state.Holder{ID: "run-ada", Operation: "apply", Who: "ada@host", PID: 1, Since: now()}
	bob  = state.Holder{ID: "run-bob", Operation: "apply", Who: "bob@host", PID: 2, Since: now()}
)

// kinds are the servers that there are.
var kinds = map[string]bool{"any": false, "gitlab": true}

func step(n int) *state.Changes {
	return &state.Changes{
		Effects: []state.Effect{{Key: fmt.Sprint("effect-planted-", n), Status: state.Happened, At: now()}},
		Pages:   []state.Page{{Run: "r", Seq: n, At: now(), Kind: state.EndedPage, Lines: []state.Line{{N: n, Status: "done"}}}},
		Run:     &state.Run{ID: "r", Serial: int64(n), Started: now(), Status: state.Running},
	}
}

// stateAfter gives what a state is after so many steps.
func stateAfter(t *testing.T, n int) *state.Snapshot {
	t.Helper()
	m := memory.New()
	session := must(m.Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	for i := 1; i <= n; i++ {
		check(t, session.Commit(t.Context(), step(i)))
	}
	return must(m.Read(t.Context()))(t)
}

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

// begun gives a session with a new state of so many steps.
func begun(t *testing.T, s state.Store, steps int) state.Session {
	t.Helper()
	session := must(s.Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	for n := 1; n <= steps; n++ {
		check(t, session.Commit(t.Context(), step(n)))
	}
	return session
}

func holds(t *testing.T, r interface {
	Read(ctx context.Context) (*state.Snapshot, error)
}, want *state.Snapshot) {
	t.Helper()
	if diff := cmp.Diff(want, must(r.Read(t.Context()))(t), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("Read (-want +got):\n%s", diff)
	}
}

// Every request fails once, in every way: before the server acted, after it did, with an answer that says nothing. All of it is settled without
// anybody having to do anything, and every step is kept once.
func TestSession_getsOverEveryFaultAtEveryRequest(t *testing.T) {
	for kind, gitlab := range kinds {
		for _, how := range []fake.Fault{fake.Before, fake.After, fake.Broken, fake.Odd} {
			for k := 1; ; k++ {
				server := fake.New(t)
				failed := ""
				server.Fail(func(method, path string, n int) fake.Fault {
					if n == k {
						failed = method + " " + path
						return how
					}
					return fake.None
				})
				s := open(t, server.Settings("s", gitlab))
				session, err := s.Lock(t.Context(), ada)
				if err != nil {
					t.Fatalf("%s: fault %d at request %d (%s): Lock: %v", kind, how, k, failed, err)
				}
				for n := range 4 {
					if n == 0 {
						err = session.Create(t.Context(), meta)
					} else {
						err = session.Commit(t.Context(), step(n))
					}
					if err != nil {
						t.Fatalf("%s: fault %d at request %d (%s): step %d: %v", kind, how, k, failed, n, err)
					}
				}
				if err := session.Unlock(); err != nil {
					t.Fatalf("%s: fault %d at request %d (%s): Unlock: %v", kind, how, k, failed, err)
				}
				if failed == "" {
					break
				}
				server.Fail(nil)
				holds(t, s, stateAfter(t, 3))
				if h := must(s.Holder(t.Context()))(t); h != nil {
					t.Fatalf("%s: fault %d at request %d (%s): the lock is still %v's", kind, how, k, failed, h)
				}
			}
		}
	}
}

// A server that is away for longer than is waited for stops the run; the next call finds out what was kept.
func TestCommit_whileTheServerIsAwayStopsTheRun(t *testing.T) {
	for kind, gitlab := range kinds {
		for _, taken := range []bool{false, true} {
			server := fake.New(t)
			s := open(t, server.Settings("s", gitlab))
			session := begun(t, s, 1)
			away := false
			server.Fail(func(method, path string, _ int) fake.Fault {
				switch {
				case away:
					return fake.Before
				case method == "POST" && !strings.HasSuffix(path, "/lock"):
					away = true
					if taken {
						return fake.After
					}
					return fake.Before
				}
				return fake.None
			})
			err := session.Commit(t.Context(), step(2))
			var unwritable *state.UnwritableError
			if !errors.As(err, &unwritable) || unwritable.Hint == "" {
				t.Errorf("%s: Commit: %v, want an UnwritableError with a hint", kind, err)
			}
			server.Fail(nil)
			want := 1
			if taken {
				want = 2
			}
			holds(t, session, stateAfter(t, want))
			check(t, session.Commit(t.Context(), step(2)))
			check(t, session.Commit(t.Context(), step(3)))
			check(t, session.Unlock())
			holds(t, s, stateAfter(t, 3))
		}
	}
}

// Who lost the lock commits nothing, on a server that looks at locks, on one that answers 500 to it, and on one that doesn't look.
func TestCommit_afterTheLockWasBrokenIsRefused(t *testing.T) {
	for _, lenient := range []bool{false, true} {
		for kind, gitlab := range kinds {
			server := fake.New(t)
			server.Lenient = lenient
			s := open(t, server.Settings("s", gitlab))
			first := begun(t, s, 1)
			check(t, s.Break(t.Context(), ada.ID))
			var lost *state.LostError
			if err := first.Commit(t.Context(), step(2)); !errors.As(err, &lost) || lost.By != nil {
				t.Errorf("%s: Commit of who has no lock: %v, want a LostError", kind, err)
			}
			second := must(s.Lock(t.Context(), bob))(t)
			check(t, second.Commit(t.Context(), step(2)))
			if err := first.Commit(t.Context(), step(9)); !errors.As(err, &lost) {
				t.Errorf("%s: Commit of who lost the lock: %v, want a LostError", kind, err)
			} else if !gitlab && (lost.By == nil || lost.By.ID != bob.ID) {
				t.Errorf("%s: it was lost to %v, want bob", kind, lost.By)
			}
			check(t, first.Unlock())
			check(t, second.Commit(t.Context(), step(3)))
			check(t, second.Unlock())
			holds(t, s, stateAfter(t, 3))
		}
	}
}

// The lock of a process that was killed stays until somebody breaks it by the ID that is shown.
func TestLock_ofAKilledProcessIsShownAndBroken(t *testing.T) {
	for kind, gitlab := range kinds {
		server := fake.New(t)
		s := open(t, server.Settings("s", gitlab))
		begun(t, s, 1)
		var locked *state.LockedError
		_, err := s.Lock(t.Context(), bob)
		if !errors.As(err, &locked) || locked.Holder.ID != ada.ID {
			t.Fatalf("%s: Lock: %v, want it locked by run-ada", kind, err)
		}
		want := ada
		if gitlab { // it keeps its own user and time, and nothing of the rest
			want = state.Holder{ID: ada.ID, Who: "gitlab-user", Since: now()}
		}
		if diff := cmp.Diff(want, locked.Holder); diff != "" {
			t.Errorf("%s: holder (-want +got):\n%s", kind, diff)
		}
		check(t, s.Break(t.Context(), locked.Holder.ID))
		second := must(s.Lock(t.Context(), bob))(t)
		check(t, second.Unlock())
	}
}

// A lock that Terraform itself holds is told as well.
func TestLock_ofTerraformIsShown(t *testing.T) {
	server := fake.New(t)
	s := open(t, server.Settings("s", false))
	server.Lock("/s", map[string]string{"ID": "6431e2f5", "Operation": "OperationTypeApply", "Info": "", "Who": "eve@laptop", "Created": "2026-11-22T08:00:00.123456Z"})
	var locked *state.LockedError
	if _, err := s.Lock(t.Context(), ada); !errors.As(err, &locked) || !strings.Contains(err.Error(), "eve@laptop (OperationTypeApply) since 2026-11-22T08:00:00Z") {
		t.Errorf("Lock: %v", err)
	}
}

// GitLab reads the fields of Terraform's state, and takes every serial once.
func TestCommit_postsWhatGitLabReads(t *testing.T) {
	server := fake.New(t)
	s := open(t, server.Settings("s", true))
	session := begun(t, s, 2)
	var doc struct {
		Version int
		Serial  int64
		Lineage string
	}
	check(t, json.Unmarshal(server.Get("/api/v4/projects/4711/terraform/state/s"), &doc))
	if doc.Version != 4 || doc.Serial != 3 || doc.Lineage != "lineage" {
		t.Errorf("the third document has %+v, want version 4, serial 3", doc)
	}
	check(t, session.Unlock())
	requests, _ := server.Requests()
	for _, r := range requests {
		if strings.HasPrefix(r, "LOCK") || strings.HasPrefix(r, "UNLOCK") {
			t.Errorf("GitLab was asked %s", r)
		}
	}
}
