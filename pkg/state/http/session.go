package http

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// session is the store while it is locked. Its methods may be called by several goroutines; they wait for one another.
type session struct {
	store *Store
	info  lockInfo
	token string

	mu       sync.Mutex
	last     *document       // as last read or posted; nil: there is none
	serial   int64           // of the next document
	broken   error           // why the state can only be replaced
	pending  *document       // one of which it is not known whether it was taken
	replica  *memory.Replica // what last stands for; nil: there is no state, or it is to be read anew
	changed  bool            // more was kept than records of runs
	unlocked bool
}

var errUnlocked = errors.New("using the state: it is no longer locked")

// begin reads the state. One that is damaged can only be replaced.
func (s *session) begin(ctx context.Context) error {
	d, w, err := s.store.open(ctx)
	var damaged *state.DamagedError
	switch {
	case errors.As(err, &damaged):
		s.last, s.broken, s.replica = d, err, nil
	case errors.Is(err, state.ErrNone):
		s.last, s.broken, s.replica = nil, nil, nil
	case err != nil:
		return err
	default:
		r, err := memory.Replicate(ctx, w)
		if err != nil {
			return err
		}
		s.last, s.broken, s.replica = d, nil, r
	}
	s.serial = s.store.latest(ctx) + 1
	if s.last != nil {
		s.serial = max(s.serial, s.last.Serial+1)
	}
	return nil
}

// ready says why the session can't be used, if it can't, and finds out what became of a document of which that was not known.
func (s *session) ready(ctx context.Context) error {
	switch {
	case s.unlocked:
		return errUnlocked
	case ctx.Err() != nil:
		return ctx.Err()
	case s.pending == nil:
		return nil
	}
	before, sent := s.last, s.pending
	if err := s.begin(ctx); err != nil {
		return err
	}
	if s.broken == nil && !s.last.same(sent) && !(before == nil && s.last == nil) && !s.last.same(before) {
		return s.lost(ctx)
	}
	s.pending = nil
	return nil
}

// usable is ready for what needs a state that is not damaged.
func (s *session) usable(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.broken
}

// lost says who has the lock now.
func (s *session) lost(ctx context.Context) error {
	e := &state.LostError{Where: s.store.Where()}
	if by, h, err := s.store.ask(ctx); err == nil && by != nil && by.ID != s.info.ID {
		e.By = h
	}
	return e
}

// holds asks for the lock by its own ID, so that who has lost it posts nothing, whatever the server would take. If it is free then it was broken.
func (s *session) holds(ctx context.Context) error {
	by, err := s.store.tryLock(ctx, s.info)
	switch {
	case err != nil && passing(err):
		return nil // not known: the server will refuse what is posted, or take it
	case err != nil:
		return err
	case by == nil:
		return errors.Join(s.lostTo(nil), s.store.giveBack(context.WithoutCancel(ctx), s.info))
	case by.ID != s.info.ID && by.ID != "":
		h := by.holder(s.info)
		return s.lostTo(&h)
	}
	return nil
}

func (s *session) lostTo(h *state.Holder) error {
	return &state.LostError{Where: s.store.Where(), By: h}
}

// write posts a state. A reply that was lost is found by reading the document back: the one before means that it may be posted again, since a
// server that took it after all refuses a serial that it has.
func (s *session) write(ctx context.Context, w *state.Whole) error {
	d, data, err := s.store.encode(w, s.serial, s.token)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if err := s.holds(ctx); err != nil {
			return err
		}
		err := s.store.client.post(ctx, data, s.info.ID)
		if err == nil {
			break
		}
		there, readErr := s.lookBack(ctx)
		switch {
		case readErr != nil:
			s.pending = d
			return s.unwritable(err)
		case there.same(d):
			err = nil
		case there != nil && s.last == nil, there == nil && s.last != nil, there != nil && !there.same(s.last):
			return s.lost(ctx)
		}
		if err == nil {
			break
		}
		if !passing(err) || n >= tries {
			return s.unwritable(err)
		}
		select {
		case <-ctx.Done():
			s.pending = d
			return ctx.Err()
		case <-time.After(firstWait << n):
		}
	}
	s.last, s.serial, s.pending, s.broken = d, s.serial+1, nil, nil
	return nil
}

// lookBack reads what is there after a post of which the reply was lost. What can't be parsed is what was there before where that was so then.
func (s *session) lookBack(ctx context.Context) (*document, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	data, err := s.store.client.get(ctx)
	if err != nil || data == nil {
		return nil, err
	}
	d, err := parse(data)
	if err != nil && s.broken != nil {
		return s.last, nil
	}
	return d, err
}

// settling is how long finding out what became of a post may take after the caller has given up.
const settling = 30 * time.Second

// unwritable says why nothing more can be kept.
func (s *session) unwritable(err error) error {
	return &state.UnwritableError{Where: s.store.Where(), Err: err, Hint: "run again once the server can be written to: what was recorded before is kept"}
}

// Create makes a new, empty state.
func (s *session) Create(ctx context.Context, m state.Meta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.last != nil {
		return fmt.Errorf("creating %s: %w", s.store.Where(), fs.ErrExist)
	}
	m.Version = state.Version
	return s.place(ctx, &state.Whole{Snapshot: state.Snapshot{Meta: m}})
}

// place posts another state.
func (s *session) place(ctx context.Context, w *state.Whole) error {
	r, err := memory.Replicate(ctx, w)
	if err != nil {
		return err
	}
	whole, err := r.Whole(ctx)
	if err != nil {
		return err
	}
	if err := s.write(ctx, whole); err != nil {
		return err
	}
	s.replica, s.changed = r, true
	return nil
}

// Read gives the state as of now.
func (s *session) Read(ctx context.Context) (*state.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if s.replica == nil {
		return nil, state.ErrNone
	}
	return s.replica.Read(ctx)
}

// Commit keeps one transaction, by posting the whole state. When it has an error nothing of it is kept, unless the server has not been heard of
// since: then the next call finds out.
func (s *session) Commit(ctx context.Context, c *state.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.replica == nil {
		return fmt.Errorf("writing %s: %w", s.store.Where(), state.ErrNone)
	}
	if c.Empty() {
		return nil
	}
	if err := s.amend(ctx, c); err != nil {
		return err
	}
	s.changed = s.changed || !c.RunOnly()
	return nil
}

// amend makes changes in memory and posts what comes of them. If that is not taken, the state is read anew before it is used again.
func (s *session) amend(ctx context.Context, c *state.Changes) error {
	err := s.replica.Commit(ctx, c)
	if err != nil {
		return err
	}
	whole, err := s.replica.Whole(ctx)
	if err == nil {
		err = s.write(ctx, whole)
	}
	if err != nil && s.pending == nil {
		s.pending = s.last
	}
	return err
}

// Progress is lost: the protocol can tell nobody.
func (s *session) Progress(string) {}

// Lost is nil: the protocol does not tell who has a lock.
func (s *session) Lost() <-chan struct{} { return nil }

// Unlock makes a backup of what the session kept on this machine and gives the lock back in any case: an error says that one of these couldn't be
// done, not that the state is worse for it. A second Unlock does nothing.
func (s *session) Unlock() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil
	}
	s.unlocked = true
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	var backup error
	if s.changed && s.replica != nil {
		backup = s.backup(ctx)
	}
	if s.holds(ctx) != nil { // somebody else's is not ours to give
		return backup
	}
	return errors.Join(backup, s.store.giveBack(ctx, s.info))
}
