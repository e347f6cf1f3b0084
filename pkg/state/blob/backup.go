package blob

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// keptBackups is how many good whole states are kept.
const keptBackups = 10

// closing is how long the end of a session may take.
const closing = 10 * time.Minute

// keep adds a backup to those that are kept, and lets go of the oldest. The one that is added was read back: there is a good one at any moment.
func (h *head) keep(name string) {
	if h.Backups = append(h.Backups, name); len(h.Backups) > keptBackups {
		h.Backups = slices.Delete(h.Backups, 0, len(h.Backups)-keptBackups)
	}
}

// base writes a whole state and reads it back.
func (s *session) base(ctx context.Context, r *memory.Replica) (ref, error) {
	w, err := r.Whole(ctx)
	if err != nil {
		return ref{}, err
	}
	body, err := state.Encode(w)
	if err != nil {
		return ref{}, err
	}
	made, err := s.object(ctx, backupFolder, StateKind, w.Meta.Serial, body)
	if err != nil {
		return ref{}, err
	}
	back, err := s.store.fetch(ctx, StateKind, made)
	if err != nil {
		return ref{}, fmt.Errorf("backing up: reading %s back: %w", s.store.bucket.Where(made.Name), err)
	}
	if !bytes.Equal(back, body) {
		return ref{}, fmt.Errorf("backing up: %s is not what was written", s.store.bucket.Where(made.Name))
	}
	return made, nil
}

// checkpoint writes the state whole, and the log begins anew. It is a backup if that is wanted: where nothing but records of runs was kept it would
// only take the place of a copy of something else.
func (s *session) checkpoint(ctx context.Context, backup bool) error {
	if err := s.load(ctx); err != nil {
		return err
	}
	base, err := s.base(ctx, s.replica)
	if err != nil {
		return err
	}
	h := s.view.head.next(s.token)
	h.State.Base, h.State.Log, h.State.Last, h.State.Readers = base, nil, "", s.store.box.Sealer.Readers()
	if backup {
		h.keep(base.Name)
	}
	if err := s.write(ctx, h); err != nil {
		return err
	}
	s.fresh = map[string][]byte{}
	return nil
}

// tidy ends what a session wrote. A log of many records of runs, or of more bytes than the state it goes on from, is worth a whole state too, and so
// are other recipients than before, who could not read the old one.
func (s *session) tidy(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.broken != nil || s.view.head.State == nil {
		return nil
	}
	p := s.view.head.State
	var size int64
	for _, r := range p.Log {
		size += r.Size
	}
	worth := len(p.Log) > 0 && (s.changed || len(p.Log) >= together || size > p.Base.Size)
	if worth || p.Readers != s.store.box.Sealer.Readers() {
		if err := s.checkpoint(ctx, s.changed); err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// sweep takes away what our head does not name, if it was written for ours or one before. What was written for a later one is of somebody who
// has the lock since, and that one's heads name nothing older that ours doesn't.
func (s *session) sweep(ctx context.Context) error {
	list, err := s.store.bucket.List(ctx)
	if err != nil {
		return fmt.Errorf("listing %s: %w", s.store.Where(), err)
	}
	var old []string
	for _, e := range list {
		if write, _, ok := writeOf(e.Name); ok && write <= s.view.head.Write && !s.view.head.names(e.Name) {
			old = append(old, e.Name)
		}
	}
	if err := s.store.bucket.Delete(ctx, old...); err != nil {
		return fmt.Errorf("taking away what is no longer needed in %s: %w", s.store.Where(), err)
	}
	return nil
}

// backupsIn picks the whole states out of a list, newest first.
func backupsIn(list []Entry) []Entry {
	var out []Entry
	for _, e := range list {
		if _, _, ok := writeOf(e.Name); ok && strings.HasPrefix(e.Name, backupFolder) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(b.Name, a.Name) })
	return out
}

// namesOf gives the last ten of a list of backups, oldest first, as a head has them.
func namesOf(list []Entry) []string {
	var out []string
	for _, e := range list[:min(len(list), keptBackups)] {
		out = append(out, e.Name)
	}
	slices.Reverse(out)
	return out
}

// Backups lists the whole states, newest first, without looking whether they are good. Of a state that can't be read that is all there are, and
// before them what the newest one and the log since make, if there is one; else it is those that were finished.
func (s *Store) Backups(ctx context.Context) ([]state.Backup, error) {
	list, err := s.bucket.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing backups: %w", err)
	}
	var out []state.Backup
	h := s.readable(ctx, list)
	if h == nil {
		if r := s.rebuild(ctx, list); r != nil {
			out = append(out, r.backup)
		}
	}
	for _, e := range backupsIn(list) {
		if _, serial, _ := writeOf(e.Name); serial > 0 && (h == nil || slices.Contains(h.Backups, e.Name)) { // a new state is no copy of anything
			out = append(out, state.Backup{Name: strings.TrimPrefix(e.Name, backupFolder), Where: s.bucket.Where(e.Name), Serial: serial, At: e.At, Size: e.Size})
		}
	}
	return out, nil
}

// readable gives the head of a state that can be read, or of none; nil: it can't be.
func (s *Store) readable(ctx context.Context, list []Entry) *head {
	object, err := s.bucket.Get(ctx, headName)
	if err != nil {
		return nil
	}
	h, err := s.unpackHead(object.Data)
	if err != nil || (&view{list: list, head: h}).latest() > h.Write+1 {
		return nil
	}
	if h.State != nil && len(h.State.Log) > 0 { // without a log there is nothing to rebuild
		if _, err := s.load(ctx, h); err != nil {
			return nil
		}
	}
	return h
}

// Backup reads one of them by its name, and checks all of it.
func (s *Store) Backup(ctx context.Context, name string) (*state.Whole, error) {
	if strings.HasPrefix(name, rebuilt) {
		if list, err := s.bucket.List(ctx); err == nil {
			if r := s.rebuild(ctx, list); r != nil && r.backup.Name == name {
				return r.whole, nil
			}
		}
	}
	full := backupFolder + name
	if _, _, ok := writeOf(full); !ok || strings.Contains(name, "/") {
		return nil, fmt.Errorf("reading a backup: there is no %q in %s", name, s.bucket.Where(backupFolder))
	}
	object, err := s.bucket.Get(ctx, full)
	if err != nil {
		return nil, fmt.Errorf("reading a backup: %s: %w", s.bucket.Where(full), err)
	}
	body, err := s.box.Unpack(StateKind, object.Data)
	if err == nil {
		var w *state.Whole
		if w, err = state.Decode(body); err == nil {
			return w, nil
		}
	}
	return nil, &state.DamagedError{Where: s.bucket.Where(full), What: err.Error(), Hint: "choose another one: playctl state backups"}
}
