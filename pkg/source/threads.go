package source

import "sync"

// threads bounds how many goroutines work at the same time, over all files: one for each place in the channel. With nil everything is
// done where and when it is asked for.
type threads chan struct{}

// newThreads gives two threads: reading must leave the machine to others as well.
func newThreads() threads { return make(threads, 2) }

// do runs f when there is a place for it.
func (th threads) do(f func()) {
	th <- struct{}{}
	f()
	<-th
}

// each runs f for every number below n, several at the same time, and waits until all are done.
func (th threads) each(n int, f func(i int)) {
	if th == nil || n == 1 {
		for i := range n {
			th.one(func() { f(i) })
		}
		return
	}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { th.do(func() { f(i) }) })
	}
	all.Wait()
}

// one runs f and waits for it.
func (th threads) one(f func()) {
	if th == nil {
		f()
		return
	}
	th.do(f)
}

// begin starts f. What it gives waits until f is done.
func (th threads) begin(f func()) (wait func()) {
	if th == nil {
		return f
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		th.do(f)
	}()
	return func() { <-done }
}
