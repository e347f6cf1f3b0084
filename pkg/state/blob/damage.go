package blob

import (
	"context"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't.
func (s *Store) Missing(ctx context.Context) *state.DamagedError {
	v := &view{}
	v.list, _ = s.bucket.List(ctx)
	return s.refuse(ctx, v, headName, "is missing")
}

// damaged says what is wrong with an object, and how the state is brought back.
func (s *Store) damaged(ctx context.Context, v *view, name string, err error) *state.DamagedError {
	var f *Flaw
	if errors.As(err, &f) && f.Hint != "" {
		return &state.DamagedError{Where: s.bucket.Where(name), What: f.What, Hint: f.Hint}
	}
	return s.refuse(ctx, v, name, err.Error())
}

// refuse names the newest good backup and the command that restores it.
func (s *Store) refuse(ctx context.Context, v *view, name, what string) *state.DamagedError {
	refusal := &state.DamagedError{Where: s.bucket.Where(name), What: what}
	if r := s.rebuild(ctx, v.list); r != nil {
		refusal.Hint = fmt.Sprintf("restore what the newest backup and the log since make, of serial %d: playctl state restore %s", r.backup.Serial, r.backup.Name)
		return refusal
	}
	for _, e := range backupsIn(v.list) {
		short := e.Name[len(backupFolder):]
		if _, serial, _ := writeOf(e.Name); serial == 0 { // a new state, which is no copy of anything
			continue
		}
		if w, err := s.Backup(ctx, short); err == nil {
			refusal.Hint = fmt.Sprintf("restore the newest good backup, of serial %d: playctl state restore %s", w.Meta.Serial, short)
			return refusal
		}
	}
	refusal.Hint = fmt.Sprintf("there is no good backup in %s: look whether the playbook names the right place (state:), and whether its versions or backups have an older %s; "+
		"without one, empty that place, take this environment's line out of playctl.lineage and run `playctl apply --new-state`, which knows of nothing that was done and may do it again",
		s.bucket.Where(backupFolder), s.bucket.Where(headName))
	return refusal
}
