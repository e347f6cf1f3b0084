package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// far is `backend: far`: a state on another machine, whose lock does not end with a process here. It is kept in the folder far. Who left a lock
// there stands in the file far/left.
func far() state.Driver {
	return state.Driver{Name: "far", Title: "another machine", Settings: []state.Setting{{Name: "room", Help: "a part of it"},
		{Name: "dies", Help: "before or after: where a process is killed that puts another state in the place of this one; waits: it makes the file arrived and waits there for the file go"},
		{Name: "loses", Help: "after how many commits a run loses its lock to somebody else"}},
		Open: func(o state.Options) (state.Store, error) {
			room, _ := o.Settings["room"].(string)
			dir := filepath.Join(o.Dir, "far", room)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, err
			}
			dies, _ := o.Settings["dies"].(string)
			loses, _ := strconv.Atoi(fmt.Sprint(o.Settings["loses"]))
			return &farStore{Store: sqlite.Open(dir, o.Environment, o.Now), left: filepath.Join(dir, "left"), dies: dies, loses: loses}, nil
		}}
}

type farStore struct {
	*sqlite.Store
	left  string
	dies  string
	loses int
}

// dying is a session in which the process is killed when a state is replaced.
type dying struct {
	state.Session
	when string
	dir  string
}

func (s dying) Replace(ctx context.Context, w *state.Whole) error {
	switch s.when {
	case "before":
		die()
	case "waits":
		if err := os.WriteFile(filepath.Join(s.dir, "arrived"), nil, 0o600); err != nil {
			return err
		}
		for range 1000 {
			if _, err := os.Stat(filepath.Join(s.dir, "go")); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	err := s.Session.Replace(ctx, w)
	if s.when == "after" {
		die()
	}
	return err
}

// holder gives who left a lock; nil: nobody.
func (s *farStore) holder() *state.Holder {
	text, err := os.ReadFile(s.left)
	if err != nil {
		return nil
	}
	return &state.Holder{ID: strings.TrimSpace(string(text)), Operation: "apply", Who: "runner@gone", Since: time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC), Progress: "3 of 9 operations"}
}

func (s *farStore) Holder(ctx context.Context) (*state.Holder, error) {
	if h := s.holder(); h != nil {
		return h, nil
	}
	return s.Store.Holder(ctx)
}

func (s *farStore) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	if h := s.holder(); h != nil {
		return nil, &state.LockedError{Holder: *h}
	}
	session, err := s.Store.Lock(ctx, who)
	switch {
	case err != nil:
		return nil, err
	case s.dies != "":
		return dying{session, s.dies, filepath.Dir(s.left)}, nil
	case s.loses > 0:
		return &losing{session, s.loses}, nil
	}
	return session, nil
}

// losing is a session that loses its lock after some commits.
type losing struct {
	state.Session
	left int
}

func (l *losing) Commit(ctx context.Context, c *state.Changes) error {
	if l.left--; l.left < 0 {
		return &state.LostError{Where: "far", By: &state.Holder{ID: "5", Operation: "apply", Who: "bob@desk", Since: time.Date(2026, 11, 22, 8, 59, 0, 0, time.UTC)}}
	}
	return l.Session.Commit(ctx, c)
}

func (s *farStore) Break(_ context.Context, id string) error {
	if h := s.holder(); h == nil || h.ID != id {
		return errors.New("breaking the lock: somebody else has it")
	}
	return os.Remove(s.left)
}

// smuggle has the last run of a playbook have an effect that its journal knows nothing of, and somebody held by a member who is not there.
func smuggle(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "smuggle DIR")
	standOf(ts).smuggled = true
	ctx := context.Background()
	session, err := sqlite.Open(ts.MkAbs(args[0]), "", time.Now).Lock(ctx, state.Holder{Who: "mallory"})
	ts.Check(err)
	s, err := session.Read(ctx)
	ts.Check(err)
	r := state.Record{Entity: "account", Key: "a-05"}
	ts.Check(session.Commit(ctx, &state.Changes{
		Effects: []state.Effect{{Key: "feed", Member: s.Members[0].Key, Connector: "desk", Action: "message", Record: r, Status: state.Happened, Run: s.Runs[len(s.Runs)-1].ID}},
		Held:    []state.Held{{Connector: "desk", Kind: "audience", Name: "Intent", Token: "x", Record: r, Keepers: []state.Keeper{{Member: "nobody", Step: "s"}}}},
	}))
	ts.Check(session.Unlock())
}
