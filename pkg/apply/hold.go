package apply

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// heldKey is a holding's identity.
type heldKey struct{ connector, kind, name, token string }

func keyOf(h *state.Held) heldKey { return heldKey{h.Connector, h.Kind, h.Name, h.Token} }

// transaction is a commit being put together: the last word on each holding.
type transaction struct {
	state.Changes
	held    map[heldKey]*state.Held // nil for one that is gone
	touched []*memberState          // members that are to be recorded
}

// hold carries out one change of a holding, on what is held by now.
func (r *runner) hold(t *transaction, change *plan.Hold) {
	key := keyOf(&change.Held)
	if change.Gone {
		r.note(t, key, nil)
		return
	}
	h := change.Held
	h.Keepers = nil
	if known := r.held[key]; known != nil {
		h = *known
	}
	if h.Since.IsZero() { // meant so far
		h.Since = change.Held.Since
	}
	h.Ours = h.Ours || change.Held.Ours
	h.Added = h.Added && !change.Anew || change.Added
	h.Keepers = slices.DeleteFunc(slices.Clone(h.Keepers), func(k state.Keeper) bool { return slices.Contains(change.Drop, k) })
	if k := change.Keeper; k != nil && !slices.Contains(h.Keepers, *k) {
		h.Keepers = append(h.Keepers, *k)
		slices.SortFunc(h.Keepers, func(a, b state.Keeper) int {
			return cmp.Or(strings.Compare(a.Member, b.Member), strings.Compare(a.Step, b.Step), strings.Compare(a.Lane, b.Lane))
		})
	}
	r.note(t, key, &h)
}

// mean notes that somebody is about to be added, and for whom: from then on the member is playctl's to take out, whatever becomes of the
// write. It has no Since until the write was confirmed. It gives what was held before.
func (r *runner) mean(t *transaction, o *plan.Operation) *state.Held {
	key := keyOf(&o.Holds[0].Held)
	before := r.held[key]
	for _, change := range o.Holds {
		change.Held.Since, change.Drop = time.Time{}, nil
		r.hold(t, &change)
	}
	return before
}

// release takes keepers off a holding.
func (r *runner) release(t *transaction, release *plan.Release) {
	key := keyOf(&release.Held)
	known := r.held[key]
	if known == nil {
		return
	}
	h := *known
	h.Keepers = slices.DeleteFunc(slices.Clone(h.Keepers), func(k state.Keeper) bool { return slices.Contains(release.Keepers, k) })
	if release.Gone && len(h.Keepers) == 0 {
		r.note(t, key, nil)
		return
	}
	r.note(t, key, &h)
}

// note keeps what is held now under a key; nil for nothing.
func (r *runner) note(t *transaction, key heldKey, h *state.Held) {
	if r.held[key] = h; h == nil {
		delete(r.held, key)
	}
	if t.held == nil {
		t.held = map[heldKey]*state.Held{}
	}
	t.held[key] = h
}

// commit keeps a transaction if there is anything in it. A run that was told to stop still records what it did.
func (r *runner) commit(ctx context.Context, t *transaction) error {
	t.Held = slices.Grow(t.Held, len(t.held))
	for key, h := range t.held {
		if h == nil {
			t.HeldGone = append(t.HeldGone, state.Held{Connector: key.connector, Kind: key.kind, Name: key.name, Token: key.token})
		} else {
			t.Held = append(t.Held, *h)
		}
	}
	t.held = nil
	if t.Empty() {
		return nil
	}
	err := r.Session.Commit(context.WithoutCancel(ctx), &t.Changes)
	if err != nil && !kept(err) {
		r.missed(t)
	}
	return err
}

// kept reports whether a commit was kept that ended with an error: the lock was lost with it.
func kept(err error) bool {
	var lost *state.LostError
	return errors.As(err, &lost) && lost.Kept
}
