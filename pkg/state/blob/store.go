// Package blob keeps a state in a bucket: named objects of which one can be replaced only by who knows the one before (compare-and-swap).
// Object storages and folders are buckets.
//
//	head        what the state is made of: one small object, replaced with every commit
//	log/…       the changes of one commit each, or of many together; written once
//	backups/…   whole states, as [state.Encode] gives them; written once. The last ten are kept, and the newest is what the log goes on from
//	damaged/…   what a state was made of that was damaged and replaced, for who wants to look at it
//	lock        who has the lock, how far it is, and when it last said so
//
// A commit puts its changes and then the head that names them: it is kept whole or not at all, durably, and costs what it changes and a head
// of some kilobytes. Sixty-four commits are put together into one object, and those again, so that a head stays small; at the end of a session
// that changed something a whole state is written, read back and compared: from then on it is a backup. What a killed process leaves is named by
// no head, is ignored, and is taken away by a later session.
//
// A lock that was not renewed for its time is free. Taking it, or breaking it, writes a head with another token, so that the head that its old
// holder knows is no longer there: whatever that process does, and however late, it can commit nothing.
//
// A damaged head, or a damaged object of the log, loses nothing that was committed before it: the newest whole state and the log since make the
// state anew, as a backup that is called rebuilt-….
//
// Every object but the lock has a checksum, which every reading checks, and is encrypted where there is a sealer.
package blob

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/seal"
)

// Expiry is how long a lock holds that is not renewed, unless said otherwise.
const Expiry = 60 * time.Second

// Options is what a store is made of.
type Options struct {
	Bucket Bucket
	Sealer *seal.Sealer     // nil: nothing is encrypted
	Now    func() time.Time // what others are told about since when somebody has the lock
	Expiry time.Duration    // how long a lock holds that is not renewed; 0: [Expiry]
	// Settle is how long after it was put a lock is looked at again before it counts: for buckets that look and put in two steps, so that of two
	// who put at once both may be told that they did. 0: at once.
	Settle time.Duration
}

// Store is a state in a bucket. It may be used by several goroutines at once.
type Store struct {
	bucket Bucket
	box    Box
	now    func() time.Time
	expiry time.Duration
	settle time.Duration
}

// New gives the store of a bucket. It makes no call.
func New(o Options) *Store {
	return &Store{bucket: o.Bucket, box: Box{o.Sealer}, now: o.Now, expiry: cmp.Or(o.Expiry, Expiry), settle: o.Settle}
}

// Where names the bucket.
func (s *Store) Where() string { return s.bucket.Where("") }

// Exists tells whether there is a state, good or not: also where there are only backups of one.
func (s *Store) Exists(ctx context.Context) (bool, error) {
	v, err := s.look(ctx)
	switch {
	case errors.Is(err, state.ErrNone):
		return false, nil
	case err != nil && v == nil:
		return false, err
	}
	return true, nil //nolint:nilerr // what can't be read is there: reading it says what is wrong
}

// Read gives the state as of now; see [state.Store].
func (s *Store) Read(ctx context.Context) (*state.Snapshot, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return r.Read(ctx)
}

// Whole gives the state with its journal; see [state.Store].
func (s *Store) Whole(ctx context.Context) (*state.Whole, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return r.Whole(ctx)
}

// Journal gives the pages of a run, or of all; see [state.Store].
func (s *Store) Journal(ctx context.Context, run string) ([]state.Page, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return r.Journal(ctx, run)
}

// view is what the bucket says of the state: what was listed before its head was read.
type view struct {
	list []Entry
	etag string // of the head; "": there is none
	head *head  // nil if it is not there or can't be read
}

// latest gives the highest number of a head that anything in the bucket was written for.
func (v *view) latest() int64 {
	var last int64
	if v.head != nil {
		last = v.head.Write
	}
	for _, e := range v.list {
		if write, _, ok := writeOf(e.Name); ok {
			last = max(last, write)
		}
	}
	return last
}

// look reads the head. With [state.ErrNone] and a *[state.DamagedError] there is a view none the less. A head is outdated if anything was
// written for a head after the one that is next to it: the list was made before, so that no commit can come between. Who may not list is not told
// of what is outdated.
func (s *Store) look(ctx context.Context) (*view, error) {
	v := &view{}
	var listing error
	v.list, listing = s.bucket.List(ctx)
	there := slices.ContainsFunc(v.list, func(e Entry) bool { return e.Name == headName })
	object, err := s.get(ctx, headName, there)
	switch {
	case errors.Is(err, ErrNotFound) && listing != nil: // or a state whose head was lost would be none
		return nil, fmt.Errorf("listing %s: %w", s.Where(), listing)
	case errors.Is(err, ErrNotFound) && len(backupsIn(v.list)) == 0:
		return v, state.ErrNone
	case errors.Is(err, ErrNotFound):
		return v, s.damaged(ctx, headName, &Flaw{What: fmt.Sprintf("is missing, though there are %d backups beside it", len(backupsIn(v.list)))})
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", s.bucket.Where(headName), err)
	}
	v.etag = object.ETag
	h, err := s.unpackHead(object.Data)
	if err != nil {
		return v, s.damaged(ctx, headName, err)
	}
	if last := v.latest(); last > h.Write+1 {
		return v, s.damaged(ctx, headName, &Flaw{What: fmt.Sprintf("is older than what was written after it: it is number %d, and there are objects of number %d: somebody put an old one back", h.Write, last)})
	}
	v.head = h
	if h.State == nil {
		return v, state.ErrNone
	}
	return v, nil
}

// put puts an object and, where the reply was lost, finds out what became of it. [ErrConflict]: it is not there and will not be; any other
// error: it is not known whether it will be.
func (s *Store) put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	got, err := s.bucket.Put(ctx, name, data, etag)
	if err == nil {
		return got, nil
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	object, readErr := s.get(look, name, etag == "" && errors.Is(err, ErrConflict))
	switch {
	case readErr == nil && bytes.Equal(object.Data, data):
		return object.ETag, nil
	case readErr == nil && object.ETag != etag, errors.Is(readErr, ErrNotFound) && etag != "":
		return "", ErrConflict
	case errors.Is(err, ErrConflict) && readErr == nil: // not ErrConflict: what is there is what was to be replaced
		return "", fmt.Errorf("writing %s: the server refuses to replace what is there, which is what it was to replace: try again", s.bucket.Where(name))
	case errors.Is(err, ErrConflict): // it may be our own: of a request that was made twice, since the first answer was lost
		return "", fmt.Errorf("writing %s: it is not known what is there: %w", s.bucket.Where(name), readErr)
	}
	return "", fmt.Errorf("writing %s: %w", s.bucket.Where(name), err)
}

// get reads an object. One of which the server has just said that it is there is looked for again: some replace an object in two steps, and say
// in between that there is none.
func (s *Store) get(ctx context.Context, name string, there bool) (*Object, error) {
	const again = 5
	object, err := s.bucket.Get(ctx, name)
	for n := 0; n < again && there && errors.Is(err, ErrNotFound); n++ {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond << n):
			object, err = s.bucket.Get(ctx, name)
		}
	}
	return object, err
}

// patience is how long what must still be done may take after the caller has given up.
const patience = 15 * time.Second
