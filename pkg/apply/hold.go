package apply

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// heldKey is a holding's identity.
type heldKey struct{ connector, kind, name, token string }

func keyOf(h *state.Held) heldKey { return heldKey{h.Connector, h.Kind, h.Name, h.Token} }

// transaction is a commit being put together: the last word on each holding.
type transaction struct {
	state.Changes
	held map[heldKey]*state.Held // nil for one that is gone
}

// hold carries out one change of a holding, on what is held by now.
func (r *runner) hold(t *transaction, change *plan.Hold) {
	key := keyOf(&change.Held)
	if change.Gone {
		delete(r.held, key)
		t.note(key, nil)
		return
	}
	h := change.Held
	h.Keepers = nil
	if known := r.held[key]; known != nil {
		h = *known
	}
	h.Ours = h.Ours || change.Held.Ours
	h.Added = h.Added || change.Added
	if k := change.Keeper; k != nil && !slices.Contains(h.Keepers, *k) {
		h.Keepers = append(slices.Clone(h.Keepers), *k)
		slices.SortFunc(h.Keepers, func(a, b state.Keeper) int {
			return cmp.Or(strings.Compare(a.Member, b.Member), strings.Compare(a.Step, b.Step))
		})
	}
	r.held[key] = &h
	t.note(key, &h)
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
		delete(r.held, key)
		t.note(key, nil)
		return
	}
	r.held[key] = &h
	t.note(key, &h)
}

// holdings gives what is held now of what an operation changes, nil where nothing is.
func (r *runner) holdings(o *plan.Operation) map[heldKey]*state.Held {
	out := map[heldKey]*state.Held{}
	for i := range o.Holds {
		key := keyOf(&o.Holds[i].Held)
		out[key] = r.held[key]
	}
	return out
}

// restore takes an intent back that came to nothing.
func (r *runner) restore(t *transaction, before map[heldKey]*state.Held) {
	for key, h := range before {
		if r.held[key] = h; h == nil {
			delete(r.held, key)
		}
		t.note(key, h)
	}
}

func (t *transaction) note(key heldKey, h *state.Held) {
	if t.held == nil {
		t.held = map[heldKey]*state.Held{}
	}
	t.held[key] = h
}

// commit keeps a transaction if there is anything in it. A run that was told to stop still records what it did.
func (r *runner) commit(ctx context.Context, t *transaction) error {
	for key, h := range t.held {
		if h == nil {
			t.HeldGone = append(t.HeldGone, state.Held{Connector: key.connector, Kind: key.kind, Name: key.name, Token: key.token})
		} else {
			t.Held = append(t.Held, *h)
		}
	}
	if t.Empty() {
		return nil
	}
	return r.Session.Commit(context.WithoutCancel(ctx), &t.Changes)
}
