package http

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// lockInfo is how the protocol says who has a lock. GitLab keeps ID, Who (its own user) and Created, and gives back the rest as whoever asks sent it.
type lockInfo struct {
	ID        string
	Operation string
	Info      string
	Who       string
	Version   string
	Created   string
	Path      string
}

// details stand in Info: who it is, for other playctls.
type details struct {
	ID     string       `json:"id"` // of the lock that they are about
	Holder state.Holder `json:"holder"`
}

// asking begins the ID of a lock that is taken for a moment, to find out who has it.
const asking = "asking"

// newToken names a session, and nothing else.
func newToken() string { return strings.ToLower(rand.Text()[:16]) }

// infoOf gives a lock's info. The lock's ID is the holder's and a token, so that every session has another.
func (s *Store) infoOf(id string, h state.Holder) lockInfo {
	text, _ := json.Marshal(details{id, h}) // strings, a number and a time of this age
	return lockInfo{ID: id, Operation: cmp.Or(h.Operation, "playctl"), Info: string(text), Who: h.Who, Version: "playctl", Created: h.Since.UTC().Format(time.RFC3339Nano),
		Path: where(s.client.address)}
}

// holder reads who has a lock from an answer to who asked for it.
func (i *lockInfo) holder(asked lockInfo) state.Holder {
	var d details
	if json.Unmarshal([]byte(i.Info), &d) == nil && d.ID == i.ID {
		return d.Holder
	}
	h := state.Holder{ID: i.ID, Who: cmp.Or(i.Who, "another process"), Operation: i.Operation}
	if at := strings.LastIndex(i.ID, "."); at > 0 {
		h.ID = i.ID[:at]
	}
	if i.Info == asked.Info { // it is not the holder's
		h.Operation = ""
	}
	if since, err := time.Parse(time.RFC3339, i.Created); err == nil {
		h.Since = since.UTC()
	}
	return h
}

// tryLock asks for a lock once. nil: it is ours; else who has it.
func (s *Store) tryLock(ctx context.Context, info lockInfo) (*lockInfo, error) {
	body, err := json.Marshal(info)
	if err != nil {
		return nil, err
	}
	a, err := s.client.do(ctx, s.client.lockLimit, s.client.lockMethod, s.client.lock, body)
	if err != nil {
		return nil, err
	}
	switch a.status {
	case nethttp.StatusOK, nethttp.StatusCreated, nethttp.StatusNoContent:
		return nil, nil
	case nethttp.StatusLocked, nethttp.StatusConflict:
		by := &lockInfo{}
		_ = json.Unmarshal(a.body, by) // who doesn't say who has it says that somebody has
		return by, nil
	}
	return nil, &statusError{a.status, where(s.client.lock)}
}

// obtain asks for a lock. A reply that was lost is asked for again by the same ID: whoever has it then is ourselves.
func (s *Store) obtain(ctx context.Context, info lockInfo) (*lockInfo, error) {
	ctx, cancel := bounded(ctx, closing)
	defer cancel()
	for n := 0; ; n++ {
		by, err := s.tryLock(ctx, info)
		switch {
		case err == nil && by != nil && by.ID == info.ID:
			return nil, nil
		case err == nil && (by == nil || n >= attempts || !strings.HasPrefix(by.ID, asking+".")):
			return by, nil
		case err != nil && (n >= tries || !passing(err)):
			return nil, fmt.Errorf("locking the state: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(firstWait / 2):
		}
	}
}

// attempts is how often a lock that somebody only asks about is tried again.
const attempts = 20

// giveBack gives a lock back. A reply that was lost is asked for again.
func (s *Store) giveBack(ctx context.Context, info lockInfo) error {
	ctx, cancel := bounded(ctx, closing)
	defer cancel()
	body, err := json.Marshal(info)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		a, err := s.client.do(ctx, s.client.lockLimit, s.client.unlockMethod, s.client.unlock, body)
		if err == nil && a.status < 300 || n > 0 && err == nil && a.status < 500 { // after a lost reply it may have been given back before
			return nil
		}
		if err == nil {
			err = &statusError{a.status, where(s.client.unlock)}
		}
		if n >= tries || !passing(err) {
			return fmt.Errorf("unlocking the state: %w", err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(firstWait):
		}
	}
}

// Lock takes the lock, or says at once who has it. The session of a damaged state can do nothing but Replace it.
func (s *Store) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	if who.Since.IsZero() {
		who.Since = s.now()
	}
	token := newToken()
	info := s.infoOf(who.ID[:min(len(who.ID), 200)]+"."+token, who)
	by, err := s.obtain(ctx, info)
	if err != nil {
		return nil, err
	}
	if by != nil {
		return nil, &state.LockedError{Holder: by.holder(info)}
	}
	session := &session{store: s, info: info, token: token}
	if err := session.begin(ctx); err != nil {
		return nil, errors.Join(err, s.giveBack(context.WithoutCancel(ctx), info))
	}
	return session, nil
}

// ask finds out who has the lock, by taking it for a moment: the protocol has no other way.
func (s *Store) ask(ctx context.Context) (*lockInfo, *state.Holder, error) {
	info := s.infoOf(asking+"."+newToken(), state.Holder{Operation: "lock-info", Who: "somebody who asks", Since: s.now()})
	by, err := s.obtain(ctx, info)
	if err != nil {
		return nil, nil, err
	}
	if by == nil {
		return nil, nil, s.giveBack(context.WithoutCancel(ctx), info)
	}
	h := by.holder(info)
	return by, &h, nil
}

// Holder tells who has the lock; nil: nobody.
func (s *Store) Holder(ctx context.Context) (*state.Holder, error) {
	_, h, err := s.ask(ctx)
	return h, err
}

// Break takes the lock from the holder with that ID, by giving it back in its name.
func (s *Store) Break(ctx context.Context, id string) error {
	by, holder, err := s.ask(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("breaking the lock: %w", err)
	case holder == nil:
		return errors.New("breaking the lock: nobody has it")
	case holder.ID != id:
		return fmt.Errorf("breaking the lock: %w", &state.LockedError{Holder: *holder})
	}
	return s.giveBack(ctx, *by)
}
