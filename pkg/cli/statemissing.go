package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// stateMissing refuses to start afresh where a state is expected: everybody would enter, and be mailed, again.
func (a *app) stateMissing(ctx context.Context, p *flow.Program, store state.Store, lineage string) error {
	missing := store.Missing(ctx)
	missing.What += ", and playctl.lineage says that this playbook was applied before: without its state everybody would enter, and be sent, everything again"
	if left := a.leftBehind(ctx, p, store, lineage); left != "" {
		missing.Hint, missing.Backup = left, nil
		return missing
	}
	missing.Hint += "; to begin again on purpose, first take this environment's line out of playctl.lineage"
	if list, err := store.Backups(ctx); err == nil && len(list) > 0 {
		missing.Hint += ", and move the backups away: " + placeOf(list)
	}
	return missing
}

// neverBegun gives the empty state of a playbook that was never applied. One that has backups, or a state where it would be kept unless the
// playbook said otherwise, was applied: its playctl.lineage is lost too, and to begin anew would be to mail everybody again.
func (a *app) neverBegun(ctx context.Context, p *flow.Program, store state.Store) (*state.Snapshot, error) {
	w, b, err := newestBegun(ctx, store)
	if err != nil {
		return nil, err
	}
	if s, err := store.Read(ctx); !errors.Is(err, state.ErrNone) { // the first apply may have made both since the state was looked for
		return s, err
	}
	refusal := &state.DamagedError{Where: store.Where(), What: "is missing, and so is playctl.lineage, but this playbook was applied before: "}
	left := a.leftBehind(ctx, p, store, "")
	switch {
	case w != nil:
		refusal.What += "there are backups of its state in " + placeOf([]state.Backup{*b})
		refusal.Hint = fmt.Sprintf("restore the newest good one, of serial %d, which makes both again: %s; to begin again on purpose, move them away",
			w.Meta.Serial, a.invocation("state restore", b.Name))
	case left != "":
		refusal.What += "its state is elsewhere"
		refusal.Hint = left + "; to begin again on purpose, move that away"
	default:
		return &state.Snapshot{}, nil
	}
	return nil, refusal
}

// newestBegun finds the newest good backup in which something was recorded; nil: there is none.
func newestBegun(ctx context.Context, store state.Store) (*state.Whole, *state.Backup, error) {
	return newestBackup(ctx, store, func(w *state.Whole) bool { return w.Meta.Serial > 0 })
}

// newestBackup finds the newest good backup of which something is so; nil: there is none.
func newestBackup(ctx context.Context, store state.Store, so func(*state.Whole) bool) (*state.Whole, *state.Backup, error) {
	list, err := store.Backups(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		if w, err := store.Backup(ctx, list[i].Name); err == nil && so(w) {
			return w, &list[i], nil
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	return nil, nil, nil
}

// placeOf names the place that backups are in.
func placeOf(list []state.Backup) string { return filepath.Dir(list[0].Where) }

// leftBehind finds the state of a lineage, of any for "", beside the playbook, where it was unless the playbook said otherwise, and words how it
// comes to where it is looked for: "" if it is not there.
func (a *app) leftBehind(ctx context.Context, p *flow.Program, store state.Store, lineage string) string {
	w, err := a.world()
	if err != nil {
		return ""
	}
	local, err := flow.OpenState(ctx, w, &playbook.Backend{Name: "local"}, p.Book.Environment)
	if err != nil {
		return ""
	}
	if local.Where() == store.Where() {
		return a.sealedBehind(p)
	}
	s, err := local.Read(ctx)
	if err != nil || lineage != "" && s.Meta.Lineage != lineage {
		return ""
	}
	onItsWay := s.Meta.MovedTo == store.Where() && slices.ContainsFunc(s.Runs, func(r state.Run) bool {
		return r.Operation == state.OpMigrate && r.Status == state.Running
	})
	if s.Meta.MovedTo == "" || onItsWay {
		return "it is in " + local.Where() + " still: move it with " + a.invocation("init", "--migrate-state")
	}
	return ""
}

// sealedBehind words what is to be done about an encrypted state beside the playbook, which does not say encrypt any more.
func (a *app) sealedBehind(p *flow.Program) string {
	dir := filepath.Join(a.dir, ".playctl", p.Book.Environment, "sealed")
	if _, err := os.Stat(filepath.Join(dir, "head")); err != nil {
		return ""
	}
	return "an encrypted state is in " + dir + ": say encrypt: again in the playbook (state:), or move it: " + a.moveBack() + "; " + whatWasSaid
}

// moveBack words the command that moves the state from where the playbook does not say any more that it is.
func (a *app) moveBack() string {
	return a.invocation("init", "--migrate-state", "--from", "../was.yaml")
}

// whatWasSaid says what was.yaml is. In the folder of the playbook it would be a part of it.
const whatWasSaid = "../was.yaml is a file with the state: section that named that place, as in: git show HEAD~1:./playbook.yaml > ../was.yaml"
