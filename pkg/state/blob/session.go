package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// session is the store while it is locked. Its methods may be called by several goroutines; they wait for one another.
type session struct {
	store *Store
	keep  *keeper
	token string

	mu       sync.Mutex
	view     *view             // as last read or written; view.head is nil while broken is set
	broken   error             // why the state can only be replaced
	pending  []byte            // a head of which it is not known whether it was written
	replica  *memory.Replica   // what the head stands for; nil until it is needed
	fresh    map[string][]byte // the bodies of the last commits' objects, for putting them together
	puts     int               // objects that were put, for their names
	changed  bool              // more was kept than records of runs
	unlocked bool
}

var errUnlocked = errors.New("using the state: it is no longer locked")

// begin opens a session on a lock that is ours. It writes a head that is the same but for its token: from then on nobody who had the lock before
// can commit. A damaged head stays as it is.
func (s *Store) begin(ctx context.Context, k *keeper) (*session, error) {
	session := &session{store: s, keep: k, token: k.note.Token, fresh: map[string][]byte{}}
	for range attempts {
		v, err := s.look(ctx)
		session.view = v
		var damaged *state.DamagedError
		switch {
		case errors.As(err, &damaged):
			session.broken = err
			return session, nil
		case err != nil && !errors.Is(err, state.ErrNone):
			return nil, err
		}
		h := &head{Write: v.latest() + 1, Fence: session.token}
		if v.head != nil {
			h = v.head.next(session.token)
		}
		etag, err := s.putHead(ctx, h, v.etag)
		if err == nil {
			session.view = &view{list: v.list, etag: etag, head: h}
			return session, nil
		}
		if !errors.Is(err, ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("locking %s: somebody else goes on writing there", s.Where())
}

// ready says why the session can't be used, if it can't.
func (s *session) ready(ctx context.Context) error {
	switch {
	case s.unlocked:
		return errUnlocked
	case ctx.Err() != nil:
		return ctx.Err()
	case s.keep.isLost():
		return s.lost(ctx)
	}
	return s.settle(ctx)
}

// usable is ready for what needs a state that is not damaged.
func (s *session) usable(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.broken
}

// lost says who has the lock now.
func (s *session) lost(ctx context.Context) error {
	e := &state.LostError{Where: s.store.Where()}
	if by, err := s.store.Holder(ctx); err == nil && by != nil {
		if n, _, err := s.store.note(ctx); err == nil && n.Token != s.token {
			e.By = by
		}
	}
	return e
}

// settle finds out what became of a head of which that was not known. If it was written, what it stands for is read anew.
func (s *session) settle(ctx context.Context) error {
	if s.pending == nil {
		return nil
	}
	object, err := s.store.bucket.Get(ctx, headName)
	switch {
	case errors.Is(err, ErrNotFound) && s.view.etag == "", err == nil && object.ETag == s.view.etag:
		s.pending = nil // it was not
		return nil
	case err != nil && !errors.Is(err, ErrNotFound):
		return fmt.Errorf("reading %s: %w", s.store.bucket.Where(headName), err)
	case err != nil || !bytes.Equal(object.Data, s.pending):
		return s.lost(ctx)
	}
	h, err := s.store.unpackHead(object.Data)
	if err != nil {
		return err
	}
	s.advance(h, object.ETag)
	s.replica, s.broken = nil, nil
	return nil
}

// advance makes a head that was written the present one.
func (s *session) advance(h *head, etag string) {
	s.view = &view{list: s.view.list, etag: etag, head: h}
	s.pending = nil
}

// write puts the next head. Somebody else's head in the place of ours means that the lock was lost.
func (s *session) write(ctx context.Context, h *head) error {
	data, err := s.store.packHead(h)
	if err != nil {
		return err
	}
	etag, err := s.store.put(ctx, headName, data, s.view.etag)
	switch {
	case errors.Is(err, ErrConflict):
		return s.lost(ctx)
	case err != nil:
		s.pending = data
		return err
	}
	s.advance(h, etag)
	return nil
}

// object puts an object that the next head will name.
func (s *session) object(ctx context.Context, folder, kind string, of int64, body []byte) (ref, error) {
	data, err := s.store.box.Pack(kind, body)
	if err != nil {
		return ref{}, err
	}
	s.puts++
	name := nameOf(folder, s.view.latest()+1, of, s.token, s.puts)
	if s.view.head != nil {
		name = nameOf(folder, s.view.head.Write+1, of, s.token, s.puts)
	}
	if _, err := s.store.put(ctx, name, data, ""); err != nil {
		return ref{}, err
	}
	return ref{Name: name, Size: int64(len(data)), Sum: sum(data)}, nil
}

// Create makes a new, empty state.
func (s *session) Create(ctx context.Context, m state.Meta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.view.head.State != nil {
		return fmt.Errorf("creating %s: %w", s.store.Where(), fs.ErrExist)
	}
	m.Version = state.Version
	return s.place(ctx, &state.Whole{Snapshot: state.Snapshot{Meta: m}}, s.view.head.next(s.token))
}

// Replace puts a state in the place of the one that is there, good or not. A good one gets a backup first.
func (s *session) Replace(ctx context.Context, w *state.Whole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.broken != nil {
		return s.replaceDamaged(ctx, w)
	}
	if p := s.view.head.State; p != nil && len(p.Log) > 0 {
		if err := s.checkpoint(ctx, true); err != nil {
			return err
		}
	}
	return s.place(ctx, w, s.view.head.next(s.token))
}

// replaceDamaged begins a new row of heads, after everything that is there.
func (s *session) replaceDamaged(ctx context.Context, w *state.Whole) error {
	n, _, err := s.store.note(ctx)
	if err != nil {
		return err
	}
	if n.Token != s.token {
		return s.lost(ctx)
	}
	if err := s.setAside(ctx); err != nil {
		return err
	}
	h := &head{Write: s.view.latest() + 1, Fence: s.token, Backups: namesOf(backupsIn(s.view.list))}
	if err := s.place(ctx, w, h); err != nil {
		return err
	}
	s.broken = nil
	return nil
}

// setAside copies what the damaged state is made of, for who wants to look at it. What can't be read is left out.
func (s *session) setAside(ctx context.Context) error {
	names := []string{headName}
	for _, e := range s.view.list {
		if strings.HasPrefix(e.Name, logFolder) {
			names = append(names, e.Name)
		}
	}
	if bases := backupsIn(s.view.list); len(bases) > 0 {
		names = append(names, bases[0].Name)
	}
	for _, name := range names {
		object, err := s.store.bucket.Get(ctx, name)
		if err != nil {
			continue
		}
		if _, err := s.store.put(ctx, fmt.Sprintf("%s%012d/%s", asideFolder, s.view.latest()+1, name), object.Data, ""); err != nil {
			return err
		}
	}
	return nil
}

// place writes a whole state and a head that names it.
func (s *session) place(ctx context.Context, w *state.Whole, h *head) error {
	r, err := memory.Replicate(ctx, w)
	if err != nil {
		return err
	}
	base, err := s.base(ctx, r)
	if err != nil {
		return err
	}
	h.State = &pointer{Lineage: w.Meta.Lineage, Serial: w.Meta.Serial, Base: base, Readers: s.store.box.Sealer.Readers()}
	if w.Meta.Serial > 0 {
		h.keep(base.Name)
	}
	if err := s.write(ctx, h); err != nil {
		return err
	}
	s.replica, s.changed, s.fresh = r, true, map[string][]byte{}
	return nil
}

// Read gives the state as of now.
func (s *session) Read(ctx context.Context) (*state.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if s.view.head.State == nil {
		return nil, state.ErrNone
	}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s.replica.Read(ctx)
}

// load reads the state, once a session.
func (s *session) load(ctx context.Context) error {
	if s.replica != nil {
		return nil
	}
	r, err := s.store.load(ctx, s.view.head)
	var bad *faulty
	if errors.As(err, &bad) {
		s.broken = s.store.damaged(ctx, bad.name, bad.err)
		return s.broken
	}
	s.replica = r
	return err
}

// Progress tells others how far the holder is.
func (s *session) Progress(text string) { s.keep.tell(text) }

// Lost is closed once somebody else has the lock, or it was not renewed for its time.
func (s *session) Lost() <-chan struct{} { return s.keep.gone }

// Unlock makes a backup of what the session kept, takes away what no head names, and gives the lock back in any case: an error says that one of
// these couldn't be done, not that the state is worse for it. A second Unlock does nothing.
func (s *session) Unlock() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	err := s.tidy(ctx)
	s.unlocked = true
	var lost *state.LostError
	if errors.As(err, &lost) {
		err = nil // whoever has the lock will see to it
	}
	return errors.Join(err, s.keep.stop())
}
