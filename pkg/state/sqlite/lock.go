package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/playctl/playctl/pkg/state"
)

// Lock takes the lock, or says at once who has it: it doesn't wait. It makes the folder .playctl if need be, and finds out here, before
// anything is done, that the folder can't be written to (*[state.UnwritableError]). The session of a damaged state can do nothing but
// Replace it: anything else is its *[state.DamagedError].
func (s *Store) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	if err := errors.Join(ctx.Err(), s.checkEnvironment()); err != nil {
		return nil, err
	}
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	lock := flock.New(s.file("state.lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	for n := 0; n < 5 && err == nil && !got && !s.noticed(); n++ { // who only asks for the holder has it for a moment
		time.Sleep(10 * time.Millisecond)
		got, err = lock.TryLock()
	}
	if err != nil {
		return nil, unwritable(s.file("state.lock"), err)
	}
	if !got {
		return nil, &state.LockedError{Holder: s.holder()}
	}
	session, err := s.begin(ctx, lock, who)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return session, nil
}

// Holder tells who has the lock; nil: nobody.
func (s *Store) Holder(ctx context.Context) (*state.Holder, error) {
	if err := errors.Join(ctx.Err(), s.checkEnvironment()); err != nil {
		return nil, err
	}
	lock := flock.New(s.file("state.lock"), flock.SetFlag(os.O_RDONLY))
	got, err := lock.TryRLock() // shared, so that two who ask don't take one another for holders
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking at the lock: %w", err)
	case got:
		return nil, lock.Unlock()
	}
	holder := s.holder()
	return &holder, nil
}

// Break refuses: the kernel frees the lock of a process that has ended, so that whoever has it lives.
func (s *Store) Break(ctx context.Context, id string) error {
	holder, err := s.Holder(ctx)
	switch {
	case err != nil:
		return err
	case holder == nil:
		return errors.New("breaking the lock: nobody has it")
	case holder.ID != id:
		return fmt.Errorf("breaking the lock: %w", &state.LockedError{Holder: *holder})
	}
	return fmt.Errorf("breaking the lock: %w; its process lives, or the lock would be free: end that process", &state.LockedError{Holder: *holder})
}

// makeFolder makes .playctl and the environment's folder in it, but not the playbook's folder itself.
func (s *Store) makeFolder() error {
	for _, dir := range []string{filepath.Join(s.dir, ".playctl"), s.file("")} {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return unwritable(dir, err)
		}
	}
	return nil
}

// noticed reports whether somebody says that he has the lock.
func (s *Store) noticed() bool {
	_, err := os.Stat(s.file("holder.json"))
	return err == nil
}

// holder reads who has the lock. Whoever just took it may not have said so yet.
func (s *Store) holder() state.Holder {
	var h state.Holder
	text, err := os.ReadFile(s.file("holder.json"))
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil || h.Who == "" {
		return state.Holder{Who: "another process"}
	}
	return h
}

// progressEvery is how often at most the holder's progress is written.
const progressEvery = 200 * time.Millisecond

// notice tells others who holds the lock, in a file that is always whole.
type notice struct {
	path string

	mu     sync.Mutex
	holder state.Holder
	timer  *time.Timer // runs for progressEvery after a write; nil: none is running
	stale  bool        // the file is behind holder
	closed bool
}

// post writes a notice for the first time.
func post(path string, h state.Holder) (*notice, error) {
	n := &notice{path: path, holder: h}
	return n, n.write()
}

// progress changes the notice: at once, or when the last change is progressEvery ago.
func (n *notice) progress(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed || text == n.holder.Progress {
		return
	}
	n.holder.Progress, n.stale = text, true
	if n.timer == nil {
		n.flush()
	}
}

// flush writes what is new. An error is dropped, since the notice may be lost.
func (n *notice) flush() {
	n.timer = nil
	if n.closed || !n.stale {
		return
	}
	_ = n.write()
	n.stale = false
	n.timer = time.AfterFunc(progressEvery, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.flush()
	})
}

// write replaces the file. It need not outlive a crash of the machine, which frees the lock, so it is not synced.
func (n *notice) write() error {
	text, err := json.Marshal(n.holder)
	if err != nil {
		return err
	}
	if err := os.WriteFile(n.path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(n.path+".new", n.path)
}

// remove takes the notice away.
func (n *notice) remove() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.timer != nil {
		n.timer.Stop()
	}
	if err := os.Remove(n.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the lock's notice: %w", err)
	}
	return nil
}
