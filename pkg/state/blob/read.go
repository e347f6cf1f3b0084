package blob

import (
	"context"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
	"golang.org/x/sync/errgroup"
)

// parallel is how many objects are read at once.
const parallel = 8

// read gives the state as of now. A state whose objects are taken away while they are read has a new head, from which it is read again.
func (s *Store) read(ctx context.Context) (*memory.Replica, error) {
	var last *view
	for {
		v, err := s.look(ctx)
		if err != nil {
			return nil, err
		}
		r, err := s.load(ctx, v.head)
		var bad *faulty
		switch {
		case err == nil:
			return r, nil
		case !errors.As(err, &bad):
			return nil, err
		case last != nil && last.etag == v.etag:
			return nil, s.damaged(ctx, bad.name, bad.err)
		}
		last = v
	}
}

// faulty says which object of a state is missing or can't be read.
type faulty struct {
	name string
	err  error
}

func (f *faulty) Error() string { return f.name + " " + f.err.Error() }
func (f *faulty) Unwrap() error { return f.err }

// load reads all that a head names, and checks it.
func (s *Store) load(ctx context.Context, h *head) (*memory.Replica, error) {
	refs := append([]ref{h.State.Base}, h.State.Log...)
	bodies := make([][]byte, len(refs))
	group, ctx2 := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, r := range refs {
		group.Go(func() (err error) {
			kind := logKind
			if i == 0 {
				kind = StateKind
			}
			bodies[i], err = s.fetch(ctx2, kind, r)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	w, err := state.Decode(bodies[0])
	if err != nil {
		return nil, &faulty{h.State.Base.Name, &Flaw{What: err.Error()}}
	}
	r, err := memory.Replicate(ctx, w)
	if err != nil {
		return nil, err
	}
	for i, body := range bodies[1:] {
		if err := play(ctx, r, body); err != nil {
			return nil, &faulty{h.State.Log[i].Name, err}
		}
	}
	if got, err := r.Read(ctx); err != nil || got.Meta.Lineage != h.State.Lineage || got.Meta.Serial != h.State.Serial {
		return nil, &faulty{headName, &Flaw{What: fmt.Sprintf("speaks of lineage %s, serial %d, and what it names makes another state", h.State.Lineage, h.State.Serial)}}
	}
	return r, nil
}

// fetch reads an object that a head names, and checks it.
func (s *Store) fetch(ctx context.Context, kind string, r ref) ([]byte, error) {
	object, err := s.bucket.Get(ctx, r.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, &faulty{r.Name, &Flaw{What: "is missing"}}
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", s.bucket.Where(r.Name), err)
	}
	body, err := s.box.Unpack(kind, object.Data)
	if err == nil && sum(object.Data) != r.Sum {
		err = &Flaw{What: "is not the one that the head speaks of: its checksum is another one"}
	}
	if err != nil {
		return nil, &faulty{r.Name, err}
	}
	return body, nil
}

// play has a replica make the changes of a body.
func play(ctx context.Context, r *memory.Replica, body []byte) error {
	list, err := decodeCommits(body)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := r.Commit(ctx, c.changes()); err != nil {
			return err
		}
	}
	return nil
}
