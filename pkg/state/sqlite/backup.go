package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/state"
	lib "modernc.org/sqlite/lib"
)

// keptBackups is how many good copies are kept.
const keptBackups = 10

// Backups lists the copies, newest first, without looking whether they are good. Newest is by when they were made: after an older state
// was restored, serials begin again from there.
func (s *Store) Backups(context.Context) ([]state.Backup, error) {
	if err := s.checkEnvironment(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.file("backups"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	var list []state.Backup
	for _, e := range entries {
		serial, ok := backupSerial(e.Name())
		info, err := e.Info()
		if !ok || err != nil || !info.Mode().IsRegular() {
			continue
		}
		list = append(list, state.Backup{Name: e.Name(), Where: filepath.Join(s.file("backups"), e.Name()), Serial: serial, At: info.ModTime(), Size: info.Size()})
	}
	slices.SortFunc(list, func(a, b state.Backup) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Serial, a.Serial)) })
	return list, nil
}

// backupName names the backup of a serial.
func backupName(serial int64) string { return fmt.Sprintf("state-%d.db", serial) }

// backupSerial reads the name of a backup.
func backupSerial(name string) (int64, bool) {
	digits, isState := strings.CutPrefix(name, "state-")
	digits, isDB := strings.CutSuffix(digits, ".db")
	serial, err := strconv.ParseInt(digits, 10, 64)
	return serial, isState && isDB && err == nil && serial >= 0
}

// outdated refuses a state that is older than one of its own backups: an old copy was put in its place, and what was done since would be
// done again.
func (s *Store) outdated(ctx context.Context, m state.Meta) error {
	list, _ := s.Backups(ctx) // that there are none to compare with is found out when one is to be made
	for _, b := range list {
		if b.Serial <= m.Serial {
			continue
		}
		if kept, err := metaOf(ctx, b.Where); err != nil || kept.Lineage != m.Lineage || kept.Serial <= m.Serial {
			continue
		}
		return s.refuse(fmt.Sprintf("is older than its own backup: it has serial %d, %s has %d", m.Serial, b.Where, b.Serial), "bring back the newer one")
	}
	return nil
}

// metaOf reads how a file names itself.
func metaOf(ctx context.Context, path string) (meta, error) {
	c, err := connect(ctx, path, readOnly)
	if err != nil {
		return meta{}, err
	}
	defer c.close()
	if err := c.identify(ctx); err != nil {
		return meta{}, err
	}
	return c.meta(ctx)
}

// backup copies the state, page by page through SQLite, and keeps the copy under its serial once it is whole, checked and on the disk.
// Only then do the oldest copies go, so that there is a good one at any moment.
func (s *Store) backup(ctx context.Context, c *conn, serial int64) error {
	dir := s.file("backups")
	temporary := filepath.Join(dir, "state.db.new")
	target := filepath.Join(dir, backupName(serial))
	err := os.Mkdir(dir, 0o700)
	if err == nil || errors.Is(err, fs.ErrExist) {
		err = copyDatabase(ctx, c, temporary)
	}
	if err == nil {
		err = publish(temporary, target)
	}
	if err != nil {
		_ = os.Remove(temporary)
		if code(err)&0xff == lib.SQLITE_CORRUPT {
			return s.explain("backing up", err)
		}
		return unwritable(target, err)
	}
	return s.rotate(target)
}

// copyDatabase makes a checked copy of a database.
func copyDatabase(ctx context.Context, c *conn, to string) error {
	if err := touch(to); err != nil {
		return err
	}
	b, err := c.NewBackup(uri(to, scratch))
	if err != nil {
		return err
	}
	_, err = b.Step(-1) // all pages
	if finished := b.Finish(); err == nil {
		err = finished
	}
	if err != nil {
		return err
	}
	if err := checkFile(ctx, to, quick); err != nil {
		return errors.New("the copy " + err.Error()) // not wrapped: it is not the state that is damaged
	}
	return nil
}

// touch makes an empty file that only its owner may read.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// publish gives a finished file its name so that it is there, whole, even after the machine crashes.
func publish(temporary, target string) error {
	if err := syncFile(temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, target); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(target))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes a folder's entries durable, where the system can: on Windows a folder can't be synced.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	for _, none := range []error{fs.ErrPermission, fs.ErrInvalid, errors.ErrUnsupported} {
		if errors.Is(err, none) {
			return nil
		}
	}
	return err
}

// rotate removes the oldest backups, and never the one just made.
func (s *Store) rotate(made string) error {
	list, err := s.Backups(context.Background())
	if err != nil {
		return err
	}
	for i, b := range list {
		if i < keptBackups || b.Where == made {
			continue
		}
		if err := os.Remove(b.Where); err != nil {
			return fmt.Errorf("removing an old backup: %w", err)
		}
	}
	return nil
}
