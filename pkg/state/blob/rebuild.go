package blob

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// rebuilt begins the name of a state that was made of a backup and of the log since, without a head that names them.
const rebuilt = "rebuilt-"

// rebuilding is such a state.
type rebuilding struct {
	backup state.Backup
	whole  *state.Whole
}

// rebuild makes a state of the newest whole one and of what was written to the log after it, up to the first object that can't be read. It may have
// what a process that was killed was about to commit: that says more than was done, never less. Without a log that goes on
// from the newest whole one there is nothing to rebuild: then it is nil.
func (s *Store) rebuild(ctx context.Context, list []Entry) *rebuilding {
	bases := backupsIn(list)
	if len(bases) == 0 {
		return nil
	}
	w, err := s.Backup(ctx, strings.TrimPrefix(bases[0].Name, backupFolder))
	if err != nil {
		return nil
	}
	r, err := replicate(ctx, w)
	if err != nil {
		return nil
	}
	out := &rebuilding{backup: state.Backup{Where: s.bucket.Where(logFolder), Size: bases[0].Size}}
	for _, e := range logSince(list, bases[0].Name) {
		object, err := s.bucket.Get(ctx, e.Name)
		if err != nil {
			break
		}
		body, err := s.box.Unpack(logKind, object.Data)
		if err != nil || r.play(ctx, body) != nil {
			break
		}
		write, _, _ := writeOf(e.Name)
		out.backup.Name, out.backup.At, out.backup.Size = fmt.Sprintf("%s%012d", rebuilt, write), e.At, out.backup.Size+e.Size
	}
	if out.backup.Name == "" {
		return nil
	}
	if out.whole, err = r.store.Whole(ctx); err != nil {
		return nil
	}
	out.backup.Serial = out.whole.Meta.Serial
	return out
}

// logSince picks what of the log goes on from a whole state, in order. Objects that were put together stand after those that they are made of:
// what is done twice in the same order comes to the same.
func logSince(list []Entry, base string) []Entry {
	from, _, _ := writeOf(base)
	var out []Entry
	for _, e := range list {
		if _, of, ok := writeOf(e.Name); ok && of == from && strings.HasPrefix(e.Name, logFolder) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int {
		first, second := orderOf(a.Name), orderOf(b.Name)
		return cmp.Or(cmp.Compare(first[0], second[0]), cmp.Compare(first[1], second[1]), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// orderOf reads from an object's name for which head it was written, and as which object of its session.
func orderOf(name string) [2]int64 {
	write, _, _ := writeOf(name)
	n, _ := strconv.ParseInt(name[strings.LastIndex(name, "-")+1:], 10, 64) // 0 for what has none
	return [2]int64{write, n}
}
