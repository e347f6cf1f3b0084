package conntest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// Fault is something that goes wrong in the next write. The system must be as it was before the write, unless the fault says otherwise.
type Fault uint8

const (
	// Refused: the system takes nothing and asks to come again (a 429).
	Refused Fault = iota + 1
	// Broken: the system fails once without having done anything (a 500), and then is fine.
	Broken
	// CutBefore: the connection ends before the system has acted.
	CutBefore
	// CutAfter: the system acts, and its answer is lost.
	CutAfter
	// Stalled: no answer comes until the context ends; the system has not acted.
	Stalled
)

var faultNames = [...]string{Refused: "refused", Broken: "broken", CutBefore: "cut before", CutAfter: "cut after", Stalled: "stalled"}

// String gives the fault in words.
func (f Fault) String() string { return faultNames[f] }

var allFaults = []Fault{Refused, Broken, CutBefore, CutAfter, Stalled}

var faultClaims = []claim{
	{"outcomes are honest whatever goes wrong: adding", []Power{Writes}, (*bench).addsHonestly},
	{"outcomes are honest whatever goes wrong: sending", []Power{Writes}, (*bench).sendsHonestly},
	{"nothing is sent twice whatever goes wrong", []Power{Writes}, (*bench).sendsOnceInSpite},
	{"outcomes are honest whatever goes wrong: tasks", []Power{Writes}, (*bench).givesHonestly},
	{"no task is made twice whatever goes wrong", []Power{Writes}, (*bench).givesOnceInSpite},
	{"a task is cancelled whatever goes wrong before", []Power{Writes, ReadTasks}, (*bench).cancelsInSpite},
}

// meet injects a fault and gives a context that ends soon if the fault needs that.
func (b *bench) meet(f Fault) (restore func()) {
	if b.Inject == nil {
		b.Skip("the harness injects no faults")
	}
	b.Inject(f)
	live := b.ctx
	cancel := context.CancelFunc(func() {})
	if f == Stalled {
		b.ctx, cancel = context.WithTimeout(live, 20*time.Millisecond)
	}
	return func() {
		cancel()
		b.ctx = live
		if f == Stalled { // on a slow machine the write may have ended before it met it, and the next one would wait for ever
			b.Inject(0)
		}
	}
}

func (b *bench) addsHonestly() {
	for _, f := range allFaults {
		c, list := b.collection(f.String()), items(b.ids(0, 3)...)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Add, c, list)
		restore()
		b.wantHonestAdds(c, list, outcomes, err)
		b.write(connector.Add, c, list)
		b.wantInside(c, b.ids(0, 3)...)
	}
}

// wantHonestAdds compares outcomes with who is in a collection that was empty: done is in it, what was not begun is not, and what
// is in doubt may be.
func (b *bench) wantHonestAdds(c connector.Collection, list []connector.Item, outcomes []connector.Outcome, err error) {
	b.Helper()
	if !b.knows() {
		return
	}
	inside := b.inside(c)
	for i, item := range list {
		_, in := slices.BinarySearch(inside, b.normalized([]string{item.ID})[0])
		b.wantHonest(i, ending(outcomes, i, err), in)
	}
}

// ending gives the status of an item of a call that may have failed: 0 if it was not begun.
func ending(outcomes []connector.Outcome, i int, err error) connector.Status {
	switch {
	case i < len(outcomes) && outcomes[i].Status != 0:
		return outcomes[i].Status
	case errors.As(err, new(*connector.NotBegunError)):
		return 0
	}
	return connector.InDoubt
}

// wantHonest compares what an outcome says with whether it happened.
func (b *bench) wantHonest(i int, s connector.Status, happened bool) {
	b.Helper()
	switch s {
	case connector.InDoubt:
	case connector.Done, connector.Already:
		if !happened {
			b.Errorf("item %d is %s and did not happen", i, s)
		}
	default:
		if happened {
			b.Errorf("item %d happened, and its outcome says that it did not (%d)", i, s)
		}
	}
}

func (b *bench) sendsHonestly() {
	b.needActions()
	if b.Sent == nil {
		b.Skip("the harness does not tell what was sent")
	}
	for n, f := range allFaults {
		list := b.sendings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Send, b.action(), list)
		restore()
		for i, item := range list {
			b.wantHonest(i, ending(outcomes, i, err), times(b.Sent(b.Action), item.Key) > 0)
		}
	}
}

// times tells how often a key is among items.
func times(items []connector.Item, key string) int {
	n := 0
	for _, item := range items {
		if item.Key == key {
			n++
		}
	}
	return n
}

// sendsOnceInSpite does what a run does: it settles what is in doubt as the retry class says, and sends what was not done again.
func (b *bench) sendsOnceInSpite() {
	b.needActions()
	if b.Sent == nil || b.retry() == connector.Never {
		b.Skip("a person is asked")
	}
	for n, f := range allFaults {
		list := b.sendings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Send, b.action(), list)
		restore()
		b.send(b.unsettled(connector.ActionKind{Name: b.Action, Retry: b.retry()}, list, outcomes, err)...)
		for _, item := range list {
			if n := times(b.Sent(b.Action), item.Key); n != 1 {
				b.Errorf("%s: %s was sent %d times", f, item.Key, n)
			}
		}
	}
}

// unsettled gives the items that may be sent again: those known not to have happened, and of those in doubt the ones that the system
// does not know or that it would drop.
func (b *bench) unsettled(kind connector.ActionKind, list []connector.Item, outcomes []connector.Outcome, err error) []connector.Item {
	var again []connector.Item
	for i, item := range list {
		switch ending(outcomes, i, err) {
		case connector.Done, connector.Already, connector.Rejected:
			continue
		case connector.InDoubt:
			if kind.Retry == connector.Lookup && b.isKnown(kind.Name, item.Key) {
				continue
			}
		}
		again = append(again, item)
	}
	return again
}

func (b *bench) isKnown(action, key string) bool {
	found, err := b.Connector.(connector.Looker).Lookup(b.ctx, action, []string{key})
	if err != nil {
		b.Fatal(err)
	}
	_, ok := found[key]
	return ok
}

func (b *bench) givesHonestly() {
	b.needTasks()
	if b.Tasks == nil {
		b.Skip("the harness does not tell which tasks there are")
	}
	for n, f := range allFaults {
		list := b.taskings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Task, b.tasks(), list)
		restore()
		for i, item := range list {
			b.wantHonest(i, ending(outcomes, i, err), times(b.Tasks(b.Task), item.Key) > 0)
		}
	}
}

func (b *bench) givesOnceInSpite() {
	b.needTasks()
	if b.Tasks == nil || b.taskRetry() == connector.Never {
		b.Skip("a person is asked")
	}
	for n, f := range allFaults {
		list := b.taskings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Task, b.tasks(), list)
		restore()
		b.give(b.unsettled(connector.ActionKind{Name: b.Task, Retry: b.taskRetry()}, list, outcomes, err)...)
		for _, item := range list {
			if n := times(b.Tasks(b.Task), item.Key); n != 1 {
				b.Errorf("%s: %s was made %d times", f, item.Key, n)
			}
		}
	}
}

// cancelsInSpite cancels, meets a fault, and cancels again: that is always safe, and the second ends it.
func (b *bench) cancelsInSpite() {
	b.needTasks()
	for n, f := range allFaults {
		list := receipts(b.give(b.taskings(n*2, n*2+2)...))
		restore := b.meet(f)
		outcomes, err := b.try(connector.Cancel, b.tasks(), items(list...))
		restore()
		for i, r := range list {
			_, status := b.report(r)
			b.wantHonest(i, ending(outcomes, i, err), status != connector.TaskOpen)
		}
		for i, o := range b.write(connector.Cancel, b.tasks(), items(list...)) {
			if o.Status != connector.Done && o.Status != connector.Already {
				b.Errorf("%s: cancelling task %d again is %s", f, i, o.Status)
			}
		}
		for _, r := range list {
			if _, status := b.report(r); status != connector.TaskCancelled {
				b.Errorf("%s: after cancelling again a task is %s", f, status)
			}
		}
	}
}
