package conntest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// patience is how long a claim may take outside of `go test`.
const patience = 2 * time.Minute

// T is what claims need of a [testing.T].
type T interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
	Skip(...any)
	Skipf(string, ...any)
	Context() context.Context
}

// Verdict is how one claim ended. It holds if there are neither failures nor a reason to skip it.
type Verdict struct {
	Claim    string
	Skipped  string // why it was not tested
	Failures []string
}

// Judge tests a connector outside of `go test`, one claim after the other, and tells of each. open makes an empty system for a claim, as Harness.New does in
// a test, and clear takes it away.
func Judge(ctx context.Context, h Harness, open func(T) (s System, clear func()), told func(Verdict)) {
	h.fill()
	for _, c := range claims() {
		if ctx.Err() != nil {
			return
		}
		j := &judge{}
		if p, lacks := c.lacks(h); lacks {
			j.skipped = fmt.Sprintf("it never %s", p)
		} else {
			j.hear(ctx, func() {
				s, clear := open(j)
				defer clear()
				if s.Identities == nil && slices.Contains(c.needs, Resolves) {
					j.Skip("nobody said whom it knows")
				}
				c.test(newBench(j, h, s))
			})
		}
		told(Verdict{Claim: c.name, Skipped: j.skipped, Failures: j.failures})
	}
}

// lacks names a power that a claim needs and the connector has not.
func (c claim) lacks(h Harness) (Power, bool) {
	for _, p := range c.needs {
		if !slices.Contains(h.Powers, p) {
			return p, true
		}
	}
	return "", false
}

// judge hears one claim.
type judge struct {
	ctx      context.Context
	mu       sync.Mutex
	skipped  string
	failures []string
}

// hear runs a claim to its end, however that comes.
func (j *judge) hear(ctx context.Context, claim func()) {
	var cancel context.CancelFunc
	j.ctx, cancel = context.WithTimeout(ctx, patience)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if broken := recover(); broken != nil {
				j.Errorf("it broke the suite: %v", broken)
			}
		}()
		claim()
	}()
	<-done
}

func (j *judge) Helper()                      {}
func (j *judge) Context() context.Context     { return j.ctx }
func (j *judge) Error(what ...any)            { j.fail(fmt.Sprintln(what...)) }
func (j *judge) Errorf(form string, a ...any) { j.fail(fmt.Sprintf(form, a...)) }
func (j *judge) Fatal(what ...any)            { j.Error(what...); runtime.Goexit() }
func (j *judge) Fatalf(form string, a ...any) { j.Errorf(form, a...); runtime.Goexit() }
func (j *judge) Skipf(form string, a ...any)  { j.Skip(fmt.Sprintf(form, a...)) }
func (j *judge) Skip(what ...any) {
	j.mu.Lock()
	j.skipped = fmt.Sprint(what...)
	j.mu.Unlock()
	runtime.Goexit()
}

func (j *judge) fail(why string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.failures) < 5 { // more say the same
		j.failures = append(j.failures, why)
	}
}
