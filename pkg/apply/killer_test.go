package apply_test

import (
	"context"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/state"
)

// killer ends the process, as far as a test can tell, before or after a commit or a write: at one of the doors to the outside.
type killer struct {
	doors int
	at    int // the door to be killed at, from 1
}

type killed struct{}

func (k *killer) door() {
	if k.doors++; k.doors == k.at {
		panic(killed{})
	}
}

type killerSession struct {
	state.Session
	k *killer
}

func (s killerSession) Commit(ctx context.Context, c *state.Changes) error {
	s.k.door()
	err := s.Session.Commit(ctx, c)
	s.k.door()
	return err
}

type killerDesk struct {
	*memory.System
	k *killer
}

func (d killerDesk) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	d.k.door()
	out, err := d.System.Write(ctx, b)
	d.k.door()
	return out, err
}

// die applies what a journey wants until it is killed, and reports whether it was.
func (s *scene) die(at int, j journeyer) (was bool) {
	s.Helper()
	k := &killer{at: at}
	s.wrap = func(session state.Session) state.Session { return killerSession{session, k} }
	s.open = killerDesk{s.desk, k}
	defer func() {
		s.wrap, s.open = nil, s.desk
		if e := recover(); e != nil {
			if _, ok := e.(killed); !ok {
				panic(e)
			}
			was = true
		}
	}()
	s.attempt(j)
	return false
}

// everywhere has something happen to a new scene after a run of it was killed at each door in turn.
func everywhere(s func() *scene, j journeyer, then func(s *scene, door int)) {
	for door := 1; ; door++ {
		now := s()
		was := now.die(door, j)
		then(now, door)
		if !was {
			return
		}
	}
}
