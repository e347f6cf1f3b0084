package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// findFormer finds what names the record where the state was before it was moved: what is beside the playbook goes with it, other places are
// told of.
func (e *erasing) findFormer(ctx context.Context, s *state.Snapshot) error {
	local, err := flow.OpenState(ctx, e.w, &playbook.Backend{Name: "local"}, e.p.Book.Environment)
	if err != nil {
		return err
	}
	e.shown.Outside = append(e.shown.Outside, movedFrom(s, e.app.store.Where(), local.Where())...)
	if local.Where() == e.app.store.Where() {
		return nil
	}
	backups, err := e.backups(ctx, local)
	if err != nil {
		return err
	}
	old, err := local.Whole(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !errors.Is(err, state.ErrNone), err != nil && backups > 0:
		e.shown.Outside = append(e.shown.Outside, fmt.Sprintf("%s, where the state was before: %s; %s there may name it; remove what is there", local.Where(), err, count(backups, "backup")))
		return nil
	case err != nil, old.Meta.Lineage != s.Meta.Lineage:
		return nil
	}
	named := backups > 0 || e.names(old)
	if named {
		e.shown.Former = fmt.Sprintf("%s, where the state was before, with %s", local.Where(), count(backups, "backup"))
	}
	if named || e.found.Again {
		e.former = local
	}
	return nil
}

// movedFrom tells from where the state was moved, but for the places that are purged: what it left there may name anybody.
func movedFrom(s *state.Snapshot, purged ...string) []string {
	var out []string
	for i := range s.Runs {
		r := &s.Runs[i]
		if r.Operation != state.OpMigrate || r.Status != state.Succeeded ||
			slices.ContainsFunc(purged, func(where string) bool { return strings.HasPrefix(r.Message, movedFromTo(where, "")) }) {
			continue
		}
		text := fmt.Sprintf("where the state was: it was %s on %s; what it left there, with its backups, may name it; remove it there", r.Message, r.Started.UTC().Format("2006-01-02"))
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// movedFromTo is what the run of a move says: by it one that was interrupted is known again, and where the state was.
func movedFromTo(from, to string) string { return "moved from " + from + " to " + to }

// purgeFormer purges the place where the state was, under its lock.
func (e *erasing) purgeFormer(ctx context.Context) (err error) {
	a := e.app
	present := a.store
	a.store = e.former
	defer func() { a.store = present }()
	session, err := a.lock(ctx, e.p, state.OpForget, e.o.lockTimeout)
	if err != nil {
		return err
	}
	defer a.unlocking(session, &err)
	return e.purgeIn(ctx, e.former, session)
}
