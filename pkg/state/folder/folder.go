// Package folder keeps a state in a folder of files, encrypted: `backend: local` with `encrypt:`. It is [blob] over files.
//
//	DIR/.playctl/sealed/            the objects; DIR/.playctl/ENV/sealed/ for a named environment
//	DIR/.playctl/sealed/guard.lock  locked by the kernel while somebody has a session: a process that is killed holds nothing
//	DIR/.playctl/sealed/swap.lock   locked by the kernel while an object is compared and replaced
//
// Files are readable by their owner only. One is written beside its place, synced, renamed to it, and its folder is synced: it is always the old
// or the new one, whole.
package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/seal"
)

// Store is a state kept in a folder. It may be used by several goroutines at once.
type Store struct {
	*blob.Store
	plain string // where the state would be if it were not encrypted
}

// Open gives the store of an environment of the playbook in dir, "" for the one without a name. A nil sealer encrypts nothing. It makes no call.
// The error is that of a name that would lead out of the playbook's folder.
func Open(dir, environment string, sealer *seal.Sealer, now func() time.Time) (*Store, error) {
	if err := state.CheckEnvironment(environment); err != nil {
		return nil, err
	}
	home := filepath.Join(dir, ".playctl", environment)
	return &Store{
		Store: blob.New(blob.Options{Bucket: Bucket(filepath.Join(home, "sealed"), dir), Sealer: sealer, Now: now}),
		plain: filepath.Join(home, "state.db"),
	}, nil
}

// Missing is the error for a state that should be there and isn't. One that is not encrypted may be.
func (s *Store) Missing(ctx context.Context) *state.DamagedError {
	e := s.Store.Missing(ctx)
	if _, err := os.Stat(s.plain); err == nil {
		e.Hint = fmt.Sprintf("%s is there, which is not encrypted: move it with playctl init --migrate-state", s.plain)
	}
	return e
}

// Bucket gives a folder of files as a bucket: dir, which is made when it is needed, in top, which is not.
func Bucket(dir, top string) blob.Bucket { return &bucket{dir: dir, top: top} }

// bucket is a folder of files.
type bucket struct {
	dir string
	top string // is not made if it is missing
}

// Where gives a file's path.
func (b *bucket) Where(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// Get reads a file.
func (b *bucket) Get(ctx context.Context, name string) (*blob.Object, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	data, err := os.ReadFile(b.Where(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, blob.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &blob.Object{Data: data, ETag: tagOf(data)}, nil
}

func tagOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// swapFor is how long one waits for who compares and replaces a file: on a file system over a network a lock may be stuck.
const swapFor = 30 * time.Second

// Put writes a file in the place of the one with that tag.
func (b *bucket) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err := b.makeFolder(filepath.Dir(b.Where(name))); err != nil {
		return "", err
	}
	swap := flock.New(b.Where("swap.lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	waiting, cancel := context.WithTimeout(ctx, swapFor)
	defer cancel()
	if got, err := swap.TryLockContext(waiting, time.Millisecond); err != nil || !got {
		if ctx.Err() == nil && waiting.Err() != nil {
			err = fmt.Errorf("it has been locked for %s, for what takes a moment", swapFor)
		}
		return "", state.Unwritable(b.Where("swap.lock"), err)
	}
	defer swap.Unlock() //nolint:errcheck // closing the file unlocks it in any case
	there, err := b.Get(ctx, name)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		there = &blob.Object{}
	case err != nil:
		return "", err
	}
	if there.ETag != etag {
		return "", blob.ErrConflict
	}
	if err := write(b.Where(name), data); err != nil {
		return "", state.Unwritable(b.Where(name), err)
	}
	return tagOf(data), nil
}

// makeFolder makes the folders of a file that are missing, but not the playbook's.
func (b *bucket) makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if _, err := os.Stat(b.top); err != nil {
		return state.Unwritable(dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return state.Unwritable(dir, err)
	}
	for d := dir; len(d) > len(b.top); d = filepath.Dir(d) {
		if err := syncFolder(filepath.Dir(d)); err != nil {
			return state.Unwritable(d, err)
		}
	}
	return nil
}

// write makes a file with this content, durably.
func write(path string, data []byte) error {
	temporary := path + ".new"
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = bytes.NewReader(data).WriteTo(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a folder's entries durable, where the system can: on Windows a folder can't be synced.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Delete removes files.
func (b *bucket) Delete(_ context.Context, names ...string) error {
	for _, name := range names {
		if err := os.Remove(b.Where(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// List gives all files. One that goes meanwhile is not there.
func (b *bucket) List(context.Context) ([]blob.Entry, error) {
	var out []blob.Entry
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".new") {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, relErr := filepath.Rel(b.dir, path)
		if err == nil && relErr == nil {
			out = append(out, blob.Entry{Name: filepath.ToSlash(name), Size: info.Size(), At: info.ModTime()})
		}
		return errors.Join(err, relErr)
	})
	return out, err
}

// Hold takes the kernel's lock, which ends with the process.
func (b *bucket) Hold(ctx context.Context) (func() error, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := b.makeFolder(b.dir); err != nil {
		return nil, err
	}
	guard := b.guard()
	for n := 0; ; n++ { // who only asks for the holder has it for a moment
		got, err := guard.TryLock()
		switch {
		case err != nil:
			return nil, state.Unwritable(b.Where("guard.lock"), err)
		case got:
			b.clean()
			return guard.Unlock, nil
		case n == 5:
			return nil, blob.ErrHeld
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// clean removes what a killed process began to write. An error is dropped: it is only in the way.
func (b *bucket) clean() {
	_ = filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".new") {
			_ = os.Remove(path)
		}
		return nil
	})
}

// Held tells whether somebody has it, by sharing it for a moment.
func (b *bucket) Held(ctx context.Context) (bool, error) {
	guard := flock.New(b.Where("guard.lock"), flock.SetFlag(os.O_RDONLY))
	got, err := guard.TryRLock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, ctx.Err()
	case err != nil:
		return false, fmt.Errorf("looking at the lock: %w", err)
	case got:
		return false, guard.Unlock()
	}
	return true, ctx.Err()
}

func (b *bucket) guard() *flock.Flock {
	return flock.New(b.Where("guard.lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
}
