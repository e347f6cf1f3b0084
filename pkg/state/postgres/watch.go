package postgres

import (
	"context"
	"sync"
	"time"
)

// The server frees the lock of a connection that has not answered for 50 s (see keepAlive); the watch is done with it before that.
const (
	watchEvery = 2 * time.Second
	watchFor   = 20 * time.Second // how long the server may take to answer
)

// watch notices that the lock's connection has ended while nothing is asked of it: somebody broke the lock, or the server is gone.
type watch struct {
	gone  chan struct{} // closed when the lock is lost
	lose  func()        // closes it
	ended chan struct{} // closed with the session
	close func()
}

func newWatch() *watch {
	w := &watch{gone: make(chan struct{}), ended: make(chan struct{})}
	w.lose = sync.OnceFunc(func() { close(w.gone) })
	w.close = sync.OnceFunc(func() { close(w.ended) })
	return w
}

// lost reports whether the lock is known to be lost, or may be.
func (w *watch) lost() bool {
	select {
	case <-w.gone:
		return true
	default:
		return false
	}
}

// start asks until the session ends or the lock is lost. answers waits for the server, however long that takes: to break it off would end the
// connection.
func (w *watch) start(answers func() bool) {
	go func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-w.ended:
				return
			case <-w.gone:
				return
			case <-tick.C:
			}
			late := time.AfterFunc(watchFor, w.lose)
			if !answers() {
				w.lose()
			}
			late.Stop()
		}
	}()
}

// answers reports whether the connection that has the lock still does. One that is at work does so by that.
func (s *session) answers() bool {
	if !s.mu.TryLock() {
		return true
	}
	defer s.mu.Unlock()
	return s.unlocked || s.conn.Ping(context.Background()) == nil
}
