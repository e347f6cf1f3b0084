package faulty

import (
	"context"
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Fault is what one call meets. The zero value is none: the call goes through.
type Fault struct {
	kind  kind
	done  int   // cutIn: so many items are done
	told  int   // cutIn: of so many the outcome is told
	items []int // single: positions; none for all
	reply connector.Outcome
	acts  bool // the system acts all the same
}

type kind uint8

const (
	none kind = iota
	notBegun
	cut
	cutIn
	hang
	single
	short
	long
	swapped
	unknown
)

// NotBegun fails the call before the system was asked anything, and says so.
func NotBegun() Fault { return Fault{kind: notBegun} }

// CutBefore cuts the connection before the system acted: nobody knows whether it did.
func CutBefore() Fault { return Fault{kind: cut} }

// CutAfter cuts the connection after the system acted: everything is done, and the reply is lost.
func CutAfter() Fault { return Fault{kind: cut, acts: true} }

// CutIn cuts the connection in the middle of a batch: the first items are done, and of the first told of them the outcomes came through.
func CutIn(done, told int) Fault { return Fault{kind: cutIn, done: done, told: min(done, told)} }

// Hang makes the call wait until its context ends. Before that the system acted, or did not.
func Hang(acted bool) Fault { return Fault{kind: hang, acts: acted} }

// Reject refuses the items at these positions, all if none is given, and does the others.
func Reject(items ...int) Fault {
	return Fault{kind: single, items: items, reply: connector.Outcome{Status: connector.Rejected, Reason: "refused"}}
}

// Later takes nothing of the items at these positions, all if none is given, and asks to come again; it does the others.
func Later(items ...int) Fault {
	return Fault{kind: single, items: items, reply: connector.Outcome{Status: connector.Later, Reason: "too many requests"}}
}

// Doubt leaves it open whether the items at these positions, all if none is given, were done; happened tells whether they were.
func Doubt(happened bool, items ...int) Fault {
	return Fault{kind: single, items: items, acts: happened, reply: connector.Outcome{Status: connector.InDoubt, Reason: "the answer was lost"}}
}

// TooFew does everything and answers for one item less.
func TooFew() Fault { return Fault{kind: short} }

// TooMany does everything and answers for one item more.
func TooMany() Fault { return Fault{kind: long} }

// Swapped does everything and gives the answers in the opposite order. Nobody can notice that: what is recorded of the items is then as
// wrong as the system was.
func Swapped() Fault { return Fault{kind: swapped} }

// Unknown does everything and answers with a status that there is none of.
func Unknown() Fault { return Fault{kind: unknown} }

// write carries out a batch as far as the fault lets it.
func (f Fault) write(ctx context.Context, w connector.Writer, b connector.Batch) ([]connector.Outcome, error) {
	switch f.kind {
	case none:
		return w.Write(ctx, b)
	case notBegun:
		return nil, &connector.NotBegunError{Err: ErrCut}
	case cutIn:
		return f.cutIn(ctx, w, b)
	case single:
		return f.single(ctx, w, b)
	case cut, hang:
		if f.acts {
			if _, err := w.Write(context.WithoutCancel(ctx), b); err != nil { // who hangs up does not stop it
				return nil, err
			}
		}
		return nil, f.read(ctx)
	}
	return f.wrong(w.Write(ctx, b))
}

// read fails a call that is no write.
func (f Fault) read(ctx context.Context) error {
	switch f.kind {
	case none:
		return nil
	case hang:
		<-ctx.Done()
		return ctx.Err()
	}
	return ErrCut
}

// cutIn does the first items only.
func (f Fault) cutIn(ctx context.Context, w connector.Writer, b connector.Batch) ([]connector.Outcome, error) {
	outcomes := make([]connector.Outcome, len(b.Items))
	first := b
	first.Items = b.Items[:min(f.done, len(b.Items))]
	if len(first.Items) > 0 {
		done, err := w.Write(ctx, first)
		if err != nil {
			return nil, err
		}
		copy(outcomes, done[:min(f.told, len(done))])
	}
	return outcomes, ErrCut
}

// single has some items meet a reply of their own.
func (f Fault) single(ctx context.Context, w connector.Writer, b connector.Batch) ([]connector.Outcome, error) {
	passed := b
	passed.Items = nil
	var at []int
	for i, item := range b.Items {
		if f.acts || !f.meets(i) {
			passed.Items, at = append(passed.Items, item), append(at, i)
		}
	}
	outcomes := make([]connector.Outcome, len(b.Items))
	var err error
	if len(passed.Items) > 0 {
		var some []connector.Outcome
		some, err = w.Write(ctx, passed)
		for n := range min(len(some), len(at)) {
			outcomes[at[n]] = some[n]
		}
	}
	if errors.As(err, new(*connector.NotBegunError)) && f.acts {
		return nil, err
	}
	for i := range outcomes {
		if f.meets(i) {
			outcomes[i] = f.reply
		}
	}
	return outcomes, err
}

func (f Fault) meets(item int) bool { return len(f.items) == 0 || slices.Contains(f.items, item) }

// wrong spoils an answer.
func (f Fault) wrong(outcomes []connector.Outcome, err error) ([]connector.Outcome, error) {
	outcomes = slices.Clone(outcomes)
	switch {
	case err != nil || len(outcomes) == 0:
	case f.kind == short:
		outcomes = outcomes[:len(outcomes)-1]
	case f.kind == long:
		outcomes = append(outcomes, connector.Outcome{Status: connector.Done})
	case f.kind == swapped:
		slices.Reverse(outcomes)
	case f.kind == unknown:
		for i := range outcomes {
			outcomes[i] = connector.Outcome{Status: 77}
		}
	}
	return outcomes, err
}
