package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/playctl/playctl/pkg/state"
	lib "modernc.org/sqlite/lib"
)

// interrupted reports whether a file couldn't be read because the process that last wrote it died while it was committing: its pages are
// partly the new ones, and the journal beside it has the old ones, waiting for the next writer to put them back.
func interrupted(err error) bool { return code(err) == lib.SQLITE_READONLY_ROLLBACK }

// journal is where SQLite keeps the pages that a transaction replaces.
func journal(path string) string { return path + "-journal" }

// untouched lets f look at a file, or, if that is interrupted, at a copy in a temporary folder in which the old pages are back: whoever
// only looks must not put them back in the file itself. It looks again when a writer was at work meanwhile; SQLite also takes a file for
// interrupted whose journal vanishes while it looks, because a commit ends.
func untouched(ctx context.Context, path string, f func(path string) error) error {
	for range 10 {
		err := f(path)
		if !interrupted(err) {
			return err
		}
		if done, err := onCopy(ctx, path, f); done {
			return err
		}
	}
	return errors.New("it is written without a pause")
}

// onCopy lets f look at a copy of an interrupted file. It is not done if the file is no longer interrupted.
func onCopy(ctx context.Context, path string, f func(path string) error) (done bool, err error) {
	dir, err := os.MkdirTemp("", "playctl-state-")
	if err != nil {
		return true, uncopied(os.TempDir(), err)
	}
	defer os.RemoveAll(dir)
	duplicate := filepath.Join(dir, "state.db")
	before := stamps(path)
	err = errors.Join(copyFile(path, duplicate), copyFile(journal(path), journal(duplicate)))
	if errors.Is(err, fs.ErrNotExist) || stamps(path) != before {
		return false, nil
	}
	if err != nil {
		return true, uncopied(dir, err)
	}
	if err := rollBack(ctx, duplicate); err != nil {
		return true, err
	}
	return true, f(duplicate)
}

// uncopied says that the copy can't be made, and where it is made: not beside the state, which is only looked at.
func uncopied(dir string, err error) error {
	return &state.UnwritableError{Where: dir, Err: fmt.Errorf("copying the interrupted file: %w", err),
		Hint: "a run was killed while it wrote, and the state is read from a copy with that undone: free space in the folder for temporary files, or name another one (TMPDIR); " +
			"the next apply puts the state itself right"}
}

// stamp is what tells that a file was written.
type stamp struct {
	size int64
	time time.Time
}

// stamps gives the stamps of a file and its journal, zero ones for a file that isn't there.
func stamps(path string) [2]stamp {
	var s [2]stamp
	for i, p := range []string{path, journal(path)} {
		if info, err := os.Stat(p); err == nil {
			s[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return s
}

// rollBack lets SQLite put the old pages back: the first read over a writing connection does.
func rollBack(ctx context.Context, path string) error {
	c, err := connect(ctx, path, readWrite)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.number(ctx, "PRAGMA user_version")
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
