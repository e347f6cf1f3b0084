package cli

import (
	"context"
	"errors"
	"time"
)

var errInterrupted = errors.New("interrupted")

// stopped reports whether there was an interrupt.
func (a *app) stopped() bool {
	select {
	case <-a.stop:
		return true
	default:
		return false
	}
}

// watchInterrupts turns interrupts into a stop: the first one ends a command that only reads, and lets an apply end what is in flight; the
// second one ends everything now.
func (a *app) watchInterrupts(ctx context.Context) {
	for seen := 1; ; seen++ {
		select {
		case <-ctx.Done():
			return
		case _, open := <-a.Interrupts:
			if !open {
				return
			}
		}
		if seen == 1 {
			close(a.stop)
			if a.acting.Load() {
				a.bar.Load().hide()
				a.warn("stopping: what is in flight ends, nothing new begins (Ctrl-C again: stop now)")
				continue
			}
		}
		a.cancel(errInterrupted)
		if a.acting.Load() {
			a.warn("stopping now: what does not answer in a moment is recorded as in doubt")
		}
		return
	}
}

// nothingChanged words the end of a command that was interrupted before it acted.
const nothingChanged = "interrupted: nothing was changed"

// How long an interrupted command may take to end: one that has a lock gives it back.
const (
	endPatience    = 500 * time.Millisecond
	lockedPatience = 10 * time.Second
)

// deaf tells of an interrupted command that does not end: it waits for something that does not hear of interrupts, such as a named pipe to which
// nobody writes, or a file on a server that is gone. It is left then, and ends with the process. One that acts is waited for.
func (a *app) deaf(ctx context.Context) <-chan error {
	left := make(chan error, 1)
	go func() {
		<-ctx.Done()
		time.Sleep(endPatience)
		err := fail(exitInterrupted, "", "%s", nothingChanged)
		if a.locking.Load() {
			time.Sleep(lockedPatience - endPatience)
			err = fail(exitInterrupted, a.invocation("lock-info")+" shows whether the lock is still held", "interrupted, and it did not end by itself: it waits for something that does not answer")
		}
		if !a.acting.Load() && errors.Is(context.Cause(ctx), errInterrupted) {
			left <- err
		}
	}()
	return left
}
