package cli

import (
	"context"
	"errors"
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
		return
	}
}
