package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/playctl/playctl/pkg/source"
)

// patience is how long work may take before its progress is shown.
const patience = 500 * time.Millisecond

// progress shows how far long work has come: on standard error, only on a terminal, and only once it has taken a while.
type progress struct {
	mu    sync.Mutex
	shown bool
	start time.Time
	now   func() time.Time
	bar   *progressbar.ProgressBar
	read  map[string][2]int64 // bytes read and to read, by entity
}

func (a *app) progress(what string) *progress {
	p := &progress{now: a.Now, start: a.Now(), read: map[string][2]int64{}}
	if a.Terminal(2) && !a.quiet && !a.json {
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(a.Stderr), progressbar.OptionSetDescription(what),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	a.bar.Store(p)
	return p
}

// reading shows how much of all files has been read.
func (p *progress) reading(r source.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read[r.Entity] = [2]int64{r.Bytes, r.Total}
	var done, total int64
	for _, n := range p.read {
		done, total = done+n[0], total+n[1]
	}
	text := fmt.Sprintf("reading %s: %d rows", r.Entity, r.Rows)
	if done >= total {
		text = "evaluating"
	}
	p.set(done, total, text)
}

// applying shows how many operations are done.
func (p *progress) applying(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(int64(done), int64(total), fmt.Sprintf("applying: %d of %d", done, total))
}

// set draws the bar. What can't be drawn is no reason to fail.
func (p *progress) set(done, total int64, text string) {
	if p.bar == nil || p.now().Sub(p.start) < patience || total == 0 {
		return
	}
	p.shown = true
	p.bar.ChangeMax64(total)
	p.bar.Describe(text)
	_ = p.bar.Set64(done)
}

// hide clears the line for something that is said meanwhile.
func (p *progress) hide() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		_ = p.bar.Clear()
	}
}

// done takes the bar away.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		_ = p.bar.Finish()
	}
}
