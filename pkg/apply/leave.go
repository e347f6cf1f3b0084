package apply

import (
	"context"
	"fmt"
	"time"
)

// leaveAfter is how long a call may take to end once its context has. One that goes on hangs in something that hears of no context, such as a file on
// a server that is gone.
const leaveAfter = 3 * time.Second

// ended is how a call ended.
type ended[T any] struct {
	value  T
	err    error
	broken any // what it panicked with
}

// leaving makes a call, and leaves it to itself if it goes on after its context has ended: it may or may not do what it was asked for.
func leaving[T any](ctx context.Context, call func() (T, error)) (T, error) {
	done := make(chan ended[T], 1)
	go func() {
		var e ended[T]
		defer func() {
			e.broken = recover()
			done <- e
		}()
		e.value, e.err = call()
	}()
	var e ended[T]
	select {
	case e = <-done:
	case <-ctx.Done():
		select {
		case e = <-done:
		case <-time.After(leaveAfter):
			e.err = fmt.Errorf("it did not answer for %s after it was called off: %w", leaveAfter, context.Cause(ctx))
		}
	}
	if e.broken != nil {
		panic(e.broken) // where it is told of
	}
	return e.value, e.err
}
