package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockName  = ".lock"
	lockWait  = 30 * time.Second
	lockRetry = 2 * time.Millisecond
)

// lock keeps other processes from writing to the folder until unlock is called. It waits up to lockWait.
func (f folder) lock(ctx context.Context, root *os.Root) (unlock func(), err error) {
	// Made through root, so that a link can't lead out of the folder.
	file, err := root.OpenFile(lockName, os.O_CREATE|os.O_RDONLY, newFile)
	if err != nil {
		return nil, fmt.Errorf("locking %s: making %s: %w", f.shown, lockName, cause(err))
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("locking %s: %w", f.shown, cause(err))
	}
	waiting, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l := flock.New(filepath.Join(f.path, lockName), flock.SetFlag(os.O_RDONLY))
	_, err = l.TryLockContext(waiting, lockRetry)
	switch {
	case ctx.Err() != nil:
		_ = l.Close()
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("locking %s: another process has held %s for %s", f.shown, lockName, lockWait)
	case err != nil:
		return nil, fmt.Errorf("locking %s: %w", f.shown, cause(err))
	}
	return func() { _ = l.Close() }, nil
}
