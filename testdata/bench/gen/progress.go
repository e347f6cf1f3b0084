package main

import (
	"fmt"
	"io"
	"time"
)

// progress says how far a long run is, once a second, on a line that it rewrites.
type progress struct {
	out   io.Writer // nil: says nothing
	total int
	next  time.Time // when it speaks again
	spoke bool
}

// newProgress stays silent for the first three seconds.
func newProgress(out io.Writer, total int) *progress {
	return &progress{out: out, total: total, next: time.Now().Add(3 * time.Second)}
}

func (p *progress) tell(done int) {
	if p.out == nil || done%1000 != 0 || time.Now().Before(p.next) {
		return
	}
	p.next, p.spoke = time.Now().Add(time.Second), true
	fmt.Fprintf(p.out, "\r%d of %d accounts", done, p.total)
}

// end clears the line.
func (p *progress) end() {
	if p.spoke {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
