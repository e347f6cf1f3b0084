package blob

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// lockName is the object that says who has the lock. It is not encrypted, so that everybody can tell.
const lockName = "lock"

// note is its content.
type note struct {
	Form   int           `json:"playctl_lock"`
	Token  string        `json:"token"`
	Beat   int64         `json:"beat"`   // counts how often it was renewed, so that every one is another
	Expiry time.Duration `json:"expiry"` // how long it holds from when it was put
	Holder *state.Holder `json:"holder,omitempty"`
}

// newToken names a session, and nothing else.
func newToken() string { return strings.ToLower(rand.Text()[:16]) }

// Lock takes the lock, or says at once who has it: it doesn't wait. The session of a damaged state can do nothing but Replace it.
func (s *Store) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	if p, ok := s.bucket.(Prover); ok {
		if err := p.Prove(ctx); err != nil {
			return nil, err
		}
	}
	release, err := s.hold(ctx)
	if err != nil {
		return nil, err
	}
	if who.Since.IsZero() {
		who.Since = s.now()
	}
	k, err := s.take(ctx, who)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	k.release = release
	session, err := s.begin(ctx, k)
	if err != nil {
		return nil, errors.Join(err, k.stop())
	}
	return session, nil
}

// hold takes the guard of a bucket that has one.
func (s *Store) hold(ctx context.Context) (release func() error, err error) {
	g, ok := s.bucket.(Guard)
	if !ok {
		return func() error { return nil }, nil
	}
	release, err = g.Hold(ctx)
	if errors.Is(err, ErrHeld) {
		n, _, _ := s.note(ctx)
		return nil, locked(n)
	}
	return release, err
}

// take makes the lock ours.
func (s *Store) take(ctx context.Context, who state.Holder) (*keeper, error) {
	n, object, err := s.note(ctx)
	if err != nil {
		return nil, err
	}
	if s.taken(n, object) {
		return nil, locked(n)
	}
	k := s.newKeeper(note{Form: form, Token: newToken(), Beat: 1, Expiry: s.expiry, Holder: &who}, "")
	if object != nil {
		k.etag = object.ETag
	}
	err = k.put(ctx)
	if errors.Is(err, ErrConflict) { // somebody was quicker
		n, _, err = s.note(ctx)
		return nil, cmp.Or(err, locked(n))
	}
	if err == nil {
		err = s.settled(ctx, k)
	}
	if err != nil {
		return nil, err
	}
	k.start()
	return k, nil
}

// settled looks again whether a lock that was just put is ours. The last who put it has it.
func (s *Store) settled(ctx context.Context, k *keeper) error {
	if s.settle == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), k.free(context.WithoutCancel(ctx)))
	case <-time.After(s.settle):
	}
	n, object, err := s.note(ctx)
	switch {
	case err != nil: // or it would hold for its time, with nobody to renew it
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		return errors.Join(err, k.free(ctx))
	case n.Token != k.note.Token:
		return locked(n)
	}
	k.etag = object.ETag
	return nil
}

// locked says who has the lock.
func locked(n *note) error {
	if n == nil || n.Holder == nil {
		return &state.LockedError{Holder: state.Holder{Who: "another process"}}
	}
	return &state.LockedError{Holder: *n.Holder}
}

// note reads who has the lock. Nothing is a note of nobody; of what can't be read it is not known who has it, but since when.
func (s *Store) note(ctx context.Context) (*note, *Object, error) {
	object, err := s.bucket.Get(ctx, lockName)
	switch {
	case errors.Is(err, ErrNotFound):
		return &note{}, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("looking at the lock %s: %w", s.bucket.Where(lockName), err)
	}
	var n note
	if json.Unmarshal(object.Data, &n) != nil || n.Form == 0 {
		n = note{Expiry: s.expiry, Holder: &state.Holder{Who: "somebody whose lock " + s.bucket.Where(lockName) + " can't be read"}}
	}
	return &n, object, nil
}

// taken reports whether a note is of somebody who has the lock. Where the bucket has a guard that is known otherwise.
func (s *Store) taken(n *note, object *Object) bool {
	if _, ok := s.bucket.(Guard); ok {
		return false
	}
	return n.Holder != nil && object.Age <= n.Expiry
}

// Holder tells who has the lock; nil: nobody, or somebody who has not renewed it for its time.
func (s *Store) Holder(ctx context.Context) (*state.Holder, error) {
	n, object, err := s.note(ctx)
	if err != nil {
		return nil, err
	}
	if g, ok := s.bucket.(Guard); ok {
		held, err := g.Held(ctx)
		if err != nil || !held {
			return nil, err
		}
		return &locked(n).(*state.LockedError).Holder, nil //nolint:errorlint // it is one
	}
	if !s.taken(n, object) {
		return nil, nil
	}
	return n.Holder, nil
}

// Break takes the lock from the holder with that ID. First its session is fenced off, so that it commits nothing any more, and then the lock is
// free. Where a guard says that the holder lives, it is an error.
func (s *Store) Break(ctx context.Context, id string) error {
	for range attempts {
		holder, err := s.Holder(ctx)
		switch {
		case err != nil:
			return err
		case holder == nil:
			return errors.New("breaking the lock: nobody has it")
		case holder.ID != id:
			return fmt.Errorf("breaking the lock: %w", &state.LockedError{Holder: *holder})
		}
		if _, ok := s.bucket.(Guard); ok {
			return fmt.Errorf("breaking the lock: %w; its process lives, or the lock would be free: end that process", &state.LockedError{Holder: *holder})
		}
		n, object, err := s.note(ctx)
		if err != nil {
			return err
		}
		if object == nil || n.Holder == nil || n.Holder.ID != id {
			continue
		}
		if err := s.fence(ctx); err != nil {
			return fmt.Errorf("breaking the lock: %w", err)
		}
		k := s.newKeeper(note{Form: form, Token: newToken(), Beat: n.Beat + 1}, object.ETag)
		if err := k.put(ctx); !errors.Is(err, ErrConflict) { // its holder may just have renewed it
			return err
		}
	}
	return errors.New("breaking the lock: its holder goes on renewing it: try again")
}

// attempts is how often something is tried again that somebody else came before.
const attempts = 20

// fence writes a head that is the same but for its token, so that nobody who knows the one before can commit.
func (s *Store) fence(ctx context.Context) error {
	for range attempts {
		v, err := s.look(ctx)
		var damaged *state.DamagedError
		switch {
		case errors.As(err, &damaged), err == nil && v.head == nil, errors.Is(err, state.ErrNone) && v.head == nil:
			return nil // whoever has the lock can't commit to that
		case err != nil && !errors.Is(err, state.ErrNone):
			return err
		}
		if _, err = s.putHead(ctx, v.head.next(newToken()), v.etag); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return errors.New("its holder goes on committing: try again")
}

func (s *Store) putHead(ctx context.Context, h *head, etag string) (string, error) {
	data, err := s.packHead(h)
	if err != nil {
		return "", err
	}
	return s.put(ctx, headName, data, etag)
}
