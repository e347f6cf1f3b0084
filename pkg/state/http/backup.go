package http

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// keptBackups is how many good copies are kept.
const keptBackups = 10

// copyOf reads the name of a backup: of which document and of which serial it is.
func copyOf(name string) (write, serial int64, ok bool) {
	parts := strings.Split(name, "-")
	if len(parts) != 3 {
		return 0, 0, false
	}
	write, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	serial, err = strconv.ParseInt(parts[1], 10, 64)
	return write, serial, err == nil && len(parts[2]) == 8
}

// backup copies the state to this machine, reads the copy back, and only then lets go of the oldest.
func (s *session) backup(ctx context.Context) error {
	w, err := s.replica.Whole(ctx)
	if err != nil {
		return err
	}
	body, err := state.Encode(w)
	if err != nil {
		return err
	}
	data, err := s.store.box.Pack(blob.StateKind, body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	name := fmt.Sprintf("%012d-%d-%s", s.last.Serial, w.Meta.Serial, hex.EncodeToString(sum[:4]))
	if _, err := s.store.local.Put(ctx, name, data, ""); err != nil && !errors.Is(err, blob.ErrConflict) { // or it is there
		return fmt.Errorf("backing up: %w", err)
	}
	if _, err := s.store.Backup(ctx, name); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	list, err := s.store.Backups(ctx)
	if err != nil {
		return err
	}
	for _, old := range list[min(len(list), keptBackups):] {
		if old.Name == name {
			continue
		}
		if err := s.store.local.Delete(ctx, old.Name); err != nil {
			return fmt.Errorf("removing an old backup: %w", err)
		}
	}
	return nil
}

// Backups lists the copies on this machine, newest first, without looking whether they are good.
func (s *Store) Backups(ctx context.Context) ([]state.Backup, error) {
	list, err := s.local.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	var out []state.Backup
	for _, e := range list {
		if _, serial, ok := copyOf(e.Name); ok {
			out = append(out, state.Backup{Name: e.Name, Where: s.local.Where(e.Name), Serial: serial, At: e.At, Size: e.Size})
		}
	}
	slices.SortFunc(out, func(a, b state.Backup) int { return cmp.Compare(b.Name, a.Name) })
	return out, nil
}

// Backup reads one of them by its name, and checks all of it.
func (s *Store) Backup(ctx context.Context, name string) (*state.Whole, error) {
	if _, _, ok := copyOf(name); !ok || strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("reading a backup: there is no %q in %s", name, s.local.Where(""))
	}
	object, err := s.local.Get(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("reading a backup: %s: %w", s.local.Where(name), err)
	}
	w, err := s.unpack(object.Data)
	if err != nil {
		return nil, &state.DamagedError{Where: s.local.Where(name), What: err.Error(), Hint: "choose another one: playctl state backups"}
	}
	return w, nil
}

// latest gives the highest serial of a document that this machine has a copy of.
func (s *Store) latest(ctx context.Context) int64 {
	var last int64
	list, _ := s.local.List(ctx) // none is as good
	for _, e := range list {
		if write, _, ok := copyOf(e.Name); ok {
			last = max(last, write)
		}
	}
	return last
}

// outdated refuses a document that is older than a copy of the same state on this machine: somebody put an old version back, and what was done
// since would be done again.
func (s *Store) outdated(ctx context.Context, d *document) error {
	list, _ := s.Backups(ctx) // none is nothing to compare with
	for _, b := range list {
		write, _, _ := copyOf(b.Name)
		if write <= d.Serial {
			continue
		}
		if w, err := s.Backup(ctx, b.Name); err == nil && w.Meta.Lineage == d.Lineage {
			return &blob.Flaw{What: fmt.Sprintf("is older than its own backup: it is document %d, %s is of document %d", d.Serial, b.Where, write)}
		}
	}
	return nil
}

// Replace puts a state in the place of the one that is there, good or not. A good one gets a backup first.
func (s *session) Replace(ctx context.Context, w *state.Whole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	switch {
	case s.replica != nil:
		if err := s.backup(ctx); err != nil {
			return err
		}
	case s.broken != nil:
		if err := s.setAside(ctx); err != nil {
			return err
		}
	}
	return s.place(ctx, w)
}

// aside begins the names of copies of documents that were damaged.
const aside = "damaged-"

// setAside copies a damaged document to this machine, for who wants to look at it.
func (s *session) setAside(ctx context.Context) error {
	data, err := s.store.get(ctx)
	if err != nil {
		return err
	}
	if _, err := s.store.local.Put(ctx, fmt.Sprintf("%s%012d", aside, s.serial), data, ""); err != nil && !errors.Is(err, blob.ErrConflict) {
		return fmt.Errorf("setting the damaged state aside: %w", err)
	}
	return nil
}

// sweepAside takes these copies away.
func (s *session) sweepAside(ctx context.Context) error {
	list, err := s.store.local.List(ctx)
	if err != nil {
		return fmt.Errorf("listing backups: %w", err)
	}
	for _, e := range list {
		if !strings.HasPrefix(e.Name, aside) {
			continue
		}
		if err := s.store.local.Delete(ctx, e.Name); err != nil {
			return fmt.Errorf("removing what was set aside: %w", err)
		}
	}
	return nil
}

// Purge puts a state in the place of the one that is there, and leaves no copy of that on this machine: see [state.Session]. The server may have
// versions, as GitLab does: how long is up to whoever owns it.
func (s *session) Purge(ctx context.Context, w *state.Whole, goes func(*state.Whole) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.sweepAside(ctx); err != nil { // first of all: what is interrupted after the state was replaced looks as if it were done
		return err
	}
	if err := s.place(ctx, w); err != nil {
		return err
	}
	if err := s.backup(ctx); err != nil {
		return err
	}
	list, err := s.store.Backups(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		if write, _, _ := copyOf(b.Name); write == s.last.Serial {
			continue
		}
		old, err := s.store.Backup(ctx, b.Name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && !goes(old) {
			continue
		}
		if err := s.store.local.Delete(ctx, b.Name); err != nil {
			return fmt.Errorf("removing a backup: %w", err)
		}
	}
	return nil
}
