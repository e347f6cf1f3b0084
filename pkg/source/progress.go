package source

import (
	"sync/atomic"
	"time"
)

// Progress says how far the reading of one entity is. It is told from one goroutine at a time, about ten times a second for each entity
// that moves, and a last time when all are read.
type Progress struct {
	Entity string
	Rows   int
	Bytes  int64
	Total  int64 // size of the file; 0 of a connector, of which Bytes is 0 too
}

// interval is the time between two reports of progress.
const interval = 100 * time.Millisecond

// meter is how far one entity is, for another goroutine to see.
type meter struct {
	entity string
	total  int64
	rows   atomic.Int64
	bytes  atomic.Int64
}

func (m *meter) set(rows int, bytes int64) {
	m.rows.Store(int64(rows))
	m.bytes.Store(bytes)
}

func (m *meter) progress() Progress {
	return Progress{Entity: m.entity, Rows: int(m.rows.Load()), Bytes: m.bytes.Load(), Total: m.total}
}

// watch tells tell how far the readings are until stop is called, which tells a last time.
func watch(tell func(Progress), readings []*reading) (stop func()) {
	if tell == nil {
		return func() {}
	}
	told := make([]Progress, len(readings))
	look := func() {
		for i, x := range readings {
			if p := x.progress.progress(); p != told[i] && (p.Bytes > 0 || p.Rows > 0) {
				told[i] = p
				tell(p)
			}
		}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				look()
			case <-quit:
				look()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
