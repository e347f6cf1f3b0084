package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// progressEvery is how often at most the holder's progress is told.
const progressEvery = 500 * time.Millisecond

// keeper renews a lock for as long as somebody has it.
type keeper struct {
	store   *Store
	release func() error // of the guard
	end     context.CancelFunc
	ended   chan struct{}
	news    chan struct{} // that there is progress to tell

	gone chan struct{} // closed when the lock is lost
	lose func()        // closes it

	mu    sync.Mutex // held while the note is on its way
	note  note
	etag  string
	until *time.Timer // loses the lock when it has not been renewed for its time; nil where a guard has it

	telling  sync.Mutex // who tells must not wait for the note
	progress string
}

func (s *Store) newKeeper(n note, etag string) *keeper {
	k := &keeper{store: s, note: n, etag: etag, gone: make(chan struct{})}
	k.lose = sync.OnceFunc(func() { close(k.gone) })
	return k
}

// put puts the note, with which the lock's time begins anew: it is counted from before the note was on its way.
func (k *keeper) put(ctx context.Context) error {
	data, err := json.Marshal(k.note)
	if err != nil {
		return fmt.Errorf("writing the lock: %w", err)
	}
	begun := k.countdown()
	etag, err := k.store.put(ctx, lockName, data, k.etag)
	if err != nil {
		stop(begun)
		return err
	}
	stop(k.until)
	k.etag, k.until = etag, begun
	return nil
}

// countdown begins the time after which a lock is lost that is not renewed. Where a guard has it, it is lost with the process.
func (k *keeper) countdown() *time.Timer {
	if _, guarded := k.store.bucket.(Guard); guarded || k.note.Holder == nil {
		return nil
	}
	return time.AfterFunc(k.note.Expiry, k.lose)
}

func stop(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// start renews the lock four times within its time, and when there is progress to tell.
func (k *keeper) start() {
	ctx, cancel := context.WithCancel(context.Background())
	k.end, k.ended, k.news = cancel, make(chan struct{}), make(chan struct{}, 1)
	go func() {
		defer close(k.ended)
		tick := time.NewTicker(k.note.Expiry / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			case <-k.news:
			}
			if !k.renew(ctx) {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(progressEvery, k.note.Expiry/4)):
			}
		}
	}()
}

// renew puts the note again. It reports whether the lock is still ours, as far as is known: one that couldn't be reached is tried again.
func (k *keeper) renew(ctx context.Context) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	holder := *k.note.Holder
	holder.Progress = k.told()
	k.note.Holder = &holder
	k.note.Beat++
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := k.put(ctx); errors.Is(err, ErrConflict) {
		if !k.adopt(ctx) {
			k.lose()
		}
	}
	return !k.isLost()
}

// adopt takes over a note that we put before and whose reply was lost.
func (k *keeper) adopt(ctx context.Context) bool {
	n, object, err := k.store.note(ctx)
	if err != nil {
		return true // not known
	}
	if object == nil || n.Token != k.note.Token {
		return false
	}
	k.etag = object.ETag
	return true
}

// told gives the progress that was told last.
func (k *keeper) told() string {
	k.telling.Lock()
	defer k.telling.Unlock()
	return k.progress
}

// tell keeps the holder's progress for the next renewal, which comes soon.
func (k *keeper) tell(text string) {
	k.telling.Lock()
	defer k.telling.Unlock()
	if k.progress == text {
		return
	}
	k.progress = text
	select {
	case k.news <- struct{}{}:
	default:
	}
}

// isLost reports whether somebody else is known to have the lock, or may have it.
func (k *keeper) isLost() bool {
	select {
	case <-k.gone:
		return true
	default:
		return false
	}
}

// stop gives the lock back, if it is still ours.
func (k *keeper) stop() error {
	k.end()
	<-k.ended
	k.mu.Lock()
	defer k.mu.Unlock()
	var err error
	stop(k.until)
	if !k.isLost() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		err = k.free(ctx)
	}
	return errors.Join(err, k.release())
}

// free puts a note of nobody. A lock that somebody else has meanwhile stays.
func (k *keeper) free(ctx context.Context) error {
	k.note.Holder = nil
	k.note.Beat++
	err := k.put(ctx)
	if errors.Is(err, ErrConflict) && k.adopt(ctx) {
		err = k.put(ctx)
	}
	if errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}
