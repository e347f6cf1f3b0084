package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
)

// progressEvery is how often at most the holder's progress is written.
const progressEvery = 200 * time.Millisecond

// notice tells others how far the holder is, over another connection than the lock's, which is busy.
type notice struct {
	store *Store
	fence int64

	mu      sync.Mutex
	text    string
	written string
	running bool // somebody writes, or waits for progressEvery to be over
	closed  bool
	idle    sync.WaitGroup
}

func newNotice(s *Store, fence int64) *notice { return &notice{store: s, fence: fence} }

// progress changes the notice: at once, or when the last change is progressEvery ago. It does not wait for that.
func (n *notice) progress(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text = text
	if n.closed || n.running || text == n.written {
		return
	}
	n.running = true
	n.idle.Go(n.flush)
}

// flush writes what is new until nothing is.
func (n *notice) flush() {
	for {
		n.mu.Lock()
		if n.closed || n.text == n.written {
			n.running = false
			n.mu.Unlock()
			return
		}
		text := n.text
		n.written = text
		n.mu.Unlock()
		n.write(text)
		time.Sleep(progressEvery)
	}
}

// write writes the progress. An error is dropped, since the notice may be lost.
func (n *notice) write(text string) {
	ctx, cancel := context.WithTimeout(context.Background(), pg.ConnectTimeout)
	defer cancel()
	_ = n.store.with(ctx, "writing the progress to", func(c *pgx.Conn) error {
		return discard(c.Exec(ctx, "UPDATE "+n.store.place.table("holder")+" SET progress = $1 WHERE fence = $2", storable(text), n.fence))
	})
}

// close ends the notice. A write that is under way changes nothing but the session's own row.
func (n *notice) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
}
