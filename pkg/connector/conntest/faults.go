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
	return func() { cancel(); b.ctx = live }
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
	if b.Sent == nil {
		b.Skip("the harness does not tell what was sent")
	}
	for n, f := range allFaults {
		list := b.sendings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Send, b.action(), list)
		restore()
		for i, item := range list {
			b.wantHonest(i, ending(outcomes, i, err), b.times(item.Key) > 0)
		}
	}
}

// times tells how often a key was sent.
func (b *bench) times(key string) int {
	n := 0
	for _, item := range b.Sent(b.Action) {
		if item.Key == key {
			n++
		}
	}
	return n
}

// sendsOnceInSpite does what a run does: it settles what is in doubt as the retry class says, and sends what was not done again.
func (b *bench) sendsOnceInSpite() {
	if b.Sent == nil || b.retry() == connector.Never {
		b.Skip("a person is asked")
	}
	for n, f := range allFaults {
		list := b.sendings(n*3, n*3+3)
		restore := b.meet(f)
		outcomes, err := b.try(connector.Send, b.action(), list)
		restore()
		b.send(b.unsettled(list, outcomes, err)...)
		for _, item := range list {
			if times := b.times(item.Key); times != 1 {
				b.Errorf("%s: %s was sent %d times", f, item.Key, times)
			}
		}
	}
}

// unsettled gives the items that may be sent again: those known not to have happened, and of those in doubt the ones that the system
// does not know or that it would drop.
func (b *bench) unsettled(list []connector.Item, outcomes []connector.Outcome, err error) []connector.Item {
	var again []connector.Item
	for i, item := range list {
		switch ending(outcomes, i, err) {
		case connector.Done, connector.Already, connector.Rejected:
			continue
		case connector.InDoubt:
			if b.retry() == connector.Lookup && b.isKnown(item.Key) {
				continue
			}
		}
		again = append(again, item)
	}
	return again
}

func (b *bench) isKnown(key string) bool {
	found, err := b.Connector.(connector.Looker).Lookup(b.ctx, b.Action, []string{key})
	if err != nil {
		b.Fatal(err)
	}
	_, ok := found[key]
	return ok
}
