// Package faulty makes a connector fail on order: before its system acted or after, in the middle of a batch, by hanging, by answering wrongly.
//
// [Wrap] puts a [Script] before a connector. What the script says of the nth write, reading or look-up happens to that call, and everything
// else goes through; the same calls in the same order meet the same faults. The wrapped connector has exactly the optional interfaces that
// the connector itself has.
//
// It is used by tests only: the property tests of pkg/flow (fault_test.go) and the crash harness (testdata/crash), which hangs its kill
// points on [Script.OnWrite]. What a single record meets, by its id, is scripted at pkg/connector/memory, which is a system of its own and
// knows more about the inside of a batch than a wrapper can.
package faulty

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

// Script says which calls fail, and how. Its methods may be called from several goroutines. The zero value lets everything through.
type Script struct {
	// Writes, Reads and Lookups are by number, from 1: of Write; of Members, Fields, Collections, MembershipsOf, MembershipFields and Tasks
	// together; of Lookup. To a reading or a look-up every fault that says how far a write came is a call that fails.
	Writes, Reads, Lookups map[int]Fault
	// Collections are those whose members can't be read, by what happens: the order of readings that go on at once is nobody's.
	Collections map[connector.Collection]Fault
	// Batch, if it is not 0, is how many items a write takes at the most, whatever the connector says.
	Batch int
	// OnWrite, if set, is called before each write, and after those that come back.
	OnWrite func(b connector.Batch, after bool)

	mu                     sync.Mutex
	writes, reads, lookups int
}

// Calls tells how many calls there were so far.
func (s *Script) Calls() (writes, reads, lookups int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes, s.reads, s.lookups
}

// next counts a call and gives its fault; its zero value is none.
func (s *Script) next(count *int, faults map[int]Fault) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	*count++
	return faults[*count]
}

// Wrap gives c with the faults of a script. It is an error if c has a set of optional interfaces that [shapes] does not list.
func Wrap(c connector.Connector, s *Script) (connector.Connector, error) {
	w := &wrapper{Connector: c, script: s}
	want := powersOf(c)
	for _, shape := range shapes(w) {
		if powersOf(shape) == want {
			return shape, nil
		}
	}
	return nil, fmt.Errorf("wrapping a connector: no shape has its %d interfaces (%011b): add a line to shapes", want.count(), want)
}

// Driver gives a driver whose connectors have the faults of one script.
func Driver(d connector.Driver, s *Script) connector.Driver {
	open := d.Open
	if s.Batch != 0 {
		d.Spec.Batch = s.Batch
	}
	d.Open = func(o connector.Options) (connector.Connector, error) {
		c, err := open(o)
		if err != nil {
			return nil, err
		}
		return Wrap(c, s)
	}
	return d
}

// wrapper has every optional interface; what is seen of it is one of its shapes.
type wrapper struct {
	connector.Connector
	script *Script
}

// Describe gives the connector's own spec, with the script's size of batches.
func (w *wrapper) Describe() connector.Spec {
	s := w.Connector.Describe()
	if w.script.Batch != 0 {
		s.Batch = w.script.Batch
	}
	return s
}

// Write writes, unless the script has something else happen.
func (w *wrapper) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	fault := w.script.next(&w.script.writes, w.script.Writes)
	if w.script.OnWrite != nil {
		w.script.OnWrite(b, false)
	}
	outcomes, err := fault.write(ctx, w.Connector.(connector.Writer), b)
	if w.script.OnWrite != nil {
		w.script.OnWrite(b, true)
	}
	return outcomes, err
}

// read makes a reading or a look-up meet its fault.
func (w *wrapper) read(ctx context.Context) error {
	return w.script.next(&w.script.reads, w.script.Reads).read(ctx)
}

// ErrCut is what a call fails with whose connection was cut.
var ErrCut = errors.New("the connection was cut")
