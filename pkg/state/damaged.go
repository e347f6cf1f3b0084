package state

import "context"

// DamagedError says that a state is there and can't be used: cut short, garbage, of a newer version, of another playbook, or missing
// where one was expected. What to do is in Backup, or else in Hint.
type DamagedError struct {
	Where string
	What  string
	// Backup is the newest good one, which brings the state back; nil if there is none.
	Backup *Backup
	// Foreign says that the state may well be good, and is not for this playctl, or not as the playbook says: a newer playctl's, encrypted. Then
	// Hint is the remedy, and Backup what there is besides.
	Foreign bool
	// Hint is what else to do. With a Backup that is the remedy it goes on from that.
	Hint string
}

// Error gives place and damage; the remedy is in Backup and Hint.
func (e *DamagedError) Error() string { return e.Where + ": " + e.What }

// Copies are the backups of a state, as a [Store] has them.
type Copies interface {
	Backups(ctx context.Context) ([]Backup, error)
	Backup(ctx context.Context, name string) (*Whole, error)
}

// Damaged says what is wrong with a state, and what brings it back: the newest good backup, or else what the hint says.
func Damaged(ctx context.Context, from Copies, where, what, otherwise string) *DamagedError {
	e := &DamagedError{Where: where, What: what, Backup: newestGood(ctx, from)}
	if e.Backup == nil {
		e.Hint = otherwise
	}
	return e
}

// Foreign says that a state is not for this playctl, or not as the playbook says.
func Foreign(ctx context.Context, from Copies, where, what, hint string) *DamagedError {
	return &DamagedError{Where: where, What: what, Hint: hint, Foreign: true, Backup: newestGood(ctx, from)}
}

// newestGood finds the newest backup that is whole. That they can't be listed is as good as there being none.
func newestGood(ctx context.Context, from Copies) *Backup {
	list, _ := from.Backups(ctx)
	for _, b := range list {
		if w, err := from.Backup(ctx, b.Name); err == nil {
			b.Serial = w.Meta.Serial
			return &b
		}
	}
	return nil
}
