package blob

import (
	"context"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't.
func (s *Store) Missing(ctx context.Context) *state.DamagedError {
	return s.refuse(ctx, headName, "is missing")
}

// damaged says what is wrong with an object, and how the state is brought back.
func (s *Store) damaged(ctx context.Context, name string, err error) *state.DamagedError {
	var f *Flaw
	if errors.As(err, &f) && f.Hint != "" {
		return state.Foreign(ctx, s, s.bucket.Where(name), f.What, f.Hint)
	}
	return s.refuse(ctx, name, err.Error())
}

// refuse says what is wrong, and what brings the state back, or what to do where there is no good backup.
func (s *Store) refuse(ctx context.Context, name, what string) *state.DamagedError {
	return state.Damaged(ctx, s, s.bucket.Where(name), what, fmt.Sprintf("there is no good backup in %s: look whether the playbook names the right place (state:), and whether "+
		"its versions or backups have an older %s; without one, empty that place, take this environment's line out of playctl.lineage and run `playctl apply --new-state`, which knows "+
		"of nothing that was done and may do it again", s.bucket.Where(backupFolder), s.bucket.Where(headName)))
}
