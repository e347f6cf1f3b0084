package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Store is a place where a state is kept. It may be used by several goroutines at once.
type Store interface {
	// Where names the place, without secrets: a path, s3://bucket/key.
	Where() string
	// Exists tells, at little cost, whether there is something that may be a state.
	Exists(ctx context.Context) (bool, error)
	// Read gives the state as of now, without a lock and without writing anything. [ErrNone] means that there is none yet.
	Read(ctx context.Context) (*Snapshot, error)
	// Journal gives the pages of one run, or of all ("") by run, in order. A run without any has none.
	Journal(ctx context.Context, run string) ([]Page, error)
	// Whole gives the state with all of its journal, as of one moment: like Read, without a lock.
	Whole(ctx context.Context) (*Whole, error)
	// Lock takes the exclusive lock; *[LockedError] says who has it. The session of a damaged state can do nothing but Replace it.
	Lock(ctx context.Context, who Holder) (Session, error)
	// Holder tells who has the lock; nil: nobody.
	Holder(ctx context.Context) (*Holder, error)
	// Break takes the lock from the holder with that ID: one on a machine that is gone. If somebody else has it, or nobody, or a process that
	// is known to live, that is an error.
	Break(ctx context.Context, id string) error
	// Backups lists the copies that are kept, newest first, without looking whether they are good.
	Backups(ctx context.Context) ([]Backup, error)
	// Backup reads one of them by its name, and checks all of it.
	Backup(ctx context.Context, name string) (*Whole, error)
	// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't.
	Missing(ctx context.Context) *DamagedError
}

// Backup is a copy of a state.
type Backup struct {
	Name   string    `json:"name"`  // unique in its store
	Where  string    `json:"where"` // as [Store.Where]
	Serial int64     `json:"serial"`
	At     time.Time `json:"at"`   // when it was made
	Size   int64     `json:"size"` // in bytes
}

// Session is a locked store.
type Session interface {
	// Create makes a new, empty state.
	Create(ctx context.Context, m Meta) error
	// Read gives the state as of now.
	Read(ctx context.Context) (*Snapshot, error)
	// Commit keeps one transaction durably: it survives the machine's crash once Commit has returned. Once the lock was lost, or taken, it
	// keeps nothing and says so (*[LostError]).
	Commit(ctx context.Context, c *Changes) error
	// Replace puts a state in the place of the one that is there, if there is one, which gets a backup first.
	Replace(ctx context.Context, w *Whole) error
	// Purge puts a state in the place of the one that is there so that nothing of what that one held, and this one doesn't, can be read any
	// more: it keeps no copy of the old one, makes a backup of the new one, and then removes the backups that goes says go, and those that
	// can't be read. What is left over of either goes as well. Interrupted, it can be begun again.
	Purge(ctx context.Context, w *Whole, goes func(*Whole) bool) error
	// Progress tells others who ask for the lock how far the holder is. It may be lost.
	Progress(text string)
	// Lost is closed once the session knows that its lock is gone, or may be: nothing may be begun under it any more. It is nil where only a
	// commit finds out.
	Lost() <-chan struct{}
	// Unlock gives the lock back.
	Unlock() error
}

// Holder is who holds a lock.
type Holder struct {
	ID        string    `json:"id"`        // of the run
	Operation string    `json:"operation"` // apply
	Who       string    `json:"who"`       // user@host
	PID       int       `json:"pid,omitempty"`
	Since     time.Time `json:"since"`
	Progress  string    `json:"progress,omitempty"`
}

// ErrNone says that there is no state yet.
var ErrNone = errors.New("no state yet")

// LockedError says that somebody else holds the lock.
type LockedError struct{ Holder Holder }

// Error names the holder, since when, and how far it is, as far as that is known.
func (e *LockedError) Error() string {
	h := e.Holder
	text := "the state is locked by " + h.Who
	switch {
	case h.Operation != "" && h.PID != 0:
		text += fmt.Sprintf(" (%s, pid %d)", h.Operation, h.PID)
	case h.Operation != "":
		text += fmt.Sprintf(" (%s)", h.Operation)
	}
	if !h.Since.IsZero() {
		text += " since " + h.Since.UTC().Format(time.RFC3339)
	}
	if h.Progress != "" {
		text += ": " + h.Progress
	}
	return text
}

// LostError says that a session has lost its lock: it expired, or somebody broke it. Nothing of the transaction that met it was kept, unless
// it says so.
type LostError struct {
	Where string
	By    *Holder // who has it now; nil if that is not known
	// Kept says that the transaction that met it was kept none the less: nothing may be done by it any more, since the lock is not ours.
	Kept bool
}

// Error says who has the lock now.
func (e *LostError) Error() string {
	text := e.Where + ": the lock was lost"
	if e.Kept {
		text += " after the last of it was kept"
	}
	if e.By != nil {
		text += ": " + (&LockedError{Holder: *e.By}).Error()
	}
	return text
}
