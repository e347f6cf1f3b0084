package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Collections gives the names of the collections of a kind: those that have a file.
func (d *desk) Collections(ctx context.Context, kind string) ([]string, error) {
	var names []string
	err := d.eachCollection(ctx, kind, func(_ *os.Root, _, name string) error {
		names = append(names, name)
		return nil
	})
	slices.Sort(names)
	return names, err
}

// MembershipsOf gives the collections of a kind that ids are in, by the ids as asked for. It reads every collection of the kind, and one
// that can't be read is an error: who is in it is not known.
func (d *desk) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	inside := make(map[string][]string, len(ids)) // by normalized id; those asked for have a key
	for _, id := range ids {
		inside[normalize(id)] = nil
	}
	err := d.eachCollection(ctx, kind, func(root *os.Root, rel, name string) error {
		t, err := d.load(root, rel)
		if err != nil {
			return err
		}
		for _, id := range t.ids {
			names, asked := inside[id]
			if asked && (len(names) == 0 || names[len(names)-1] != name) {
				inside[id] = append(names, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for _, id := range ids {
		if names := inside[normalize(id)]; len(names) > 0 {
			found[id] = slices.Sorted(slices.Values(names))
		}
	}
	return found, nil
}

// eachCollection calls do for the file of every collection of a kind, in no order of names. A kind whose folder does not exist has none.
func (d *desk) eachCollection(ctx context.Context, kind string, do func(root *os.Root, rel, name string) error) error {
	dir, err := kindFolder(kind)
	if err != nil {
		return err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	root, err := d.folder.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return d.unreadable(dir, err)
	}
	for _, e := range entries {
		name, ok := decodeName(strings.TrimSuffix(e.Name(), ".csv"))
		if !ok || !isCollectionFile(e.Name()) {
			continue // somebody's notes, a lock or a temporary file; Check tells of those that look like ours
		}
		if err := errors.Join(ctx.Err(), do(root, path.Join(dir, e.Name()), name)); err != nil {
			return err
		}
	}
	return nil
}

// MembershipFields gives the values of fields of those ids that are in the collection, by the ids as asked for. An empty cell is no
// value.
func (d *desk) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (values map[string]map[string]string, err error) {
	err = d.reading(ctx, c, func(rel string, t *table) error {
		if err := d.distinct(rel, t); err != nil {
			return err
		}
		values = t.fields(ids, fields)
		return nil
	})
	return values, err
}

// kindFolder gives the folder of a kind of collection.
func kindFolder(kind string) (string, error) {
	for _, k := range kinds {
		if k.name == kind {
			return k.folder, nil
		}
	}
	return "", fmt.Errorf("finding collections: files has no such kind as %q", kind)
}
