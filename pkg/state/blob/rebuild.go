package blob

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// rebuilt begins the name of a state that was made of a backup and of the log since, without a head that names them.
const rebuilt = "rebuilt-"

// rebuilding is such a state.
type rebuilding struct {
	backup  state.Backup
	whole   *state.Whole
	counted map[string]bool // objects whose size was added
}

// rebuild makes a state of the newest whole one and of the commits of the log that go on from it, up to the first that can't be read. Without any
// there is nothing to rebuild: then it is nil.
//
// A commit that another one goes on from was kept. Of the last it is not known, unless the head can be read: a process that was killed, or had lost
// its lock, may have written it for nothing. Of that what it adds is taken, and not what it takes away: that says more than was done, never less.
func (s *Store) rebuild(ctx context.Context, list []Entry) *rebuilding {
	bases := backupsIn(list)
	if len(bases) == 0 {
		return nil
	}
	w, err := s.Backup(ctx, strings.TrimPrefix(bases[0].Name, backupFolder))
	if err != nil {
		return nil
	}
	r, err := memory.Replicate(ctx, w)
	if err != nil {
		return nil
	}
	out := &rebuilding{backup: state.Backup{Where: s.bucket.Where(logFolder), Size: bases[0].Size}}
	l := s.chainOf(ctx, list, bases[0].Name)
	for _, c := range l.kept() {
		if r.Commit(ctx, c.changes()) != nil {
			break
		}
		out.goOn(&l, c)
	}
	if out.backup.Name == "" {
		return nil
	}
	if out.whole, err = r.Whole(ctx); err != nil {
		return nil
	}
	out.backup.Serial = out.whole.Meta.Serial
	return out
}

// goOn notes that a commit is in it.
func (r *rebuilding) goOn(l *chain, c *commit) {
	write, _, _ := strings.Cut(c.ID, "-")
	number, _ := strconv.ParseInt(write, 10, 64) // it is ours
	e := l.from[c.ID]
	r.backup.Name, r.backup.At = fmt.Sprintf("%s%012d", rebuilt, number), e.At
	if r.counted == nil {
		r.counted = map[string]bool{}
	}
	if !r.counted[e.Name] {
		r.counted[e.Name] = true
		r.backup.Size += e.Size
	}
}

// chain is what a log has, by which commit it goes on from.
type chain struct {
	after  map[string][]*commit
	from   map[string]Entry // by ID: the object that it is in, the first of several
	proven map[string]bool  // by ID: it was kept
}

// chainOf reads the log that goes on from a whole state. What can't be read is left out, and with it what goes on from that.
func (s *Store) chainOf(ctx context.Context, list []Entry, base string) chain {
	l := chain{after: map[string][]*commit{}, from: map[string]Entry{}, proven: map[string]bool{}}
	h := &head{}
	if object, err := s.bucket.Get(ctx, headName); err == nil {
		if read, err := s.unpackHead(object.Data); err == nil {
			h = read
		}
	}
	for _, e := range logSince(list, base) {
		object, err := s.bucket.Get(ctx, e.Name)
		if err != nil {
			continue
		}
		body, err := s.box.Unpack(logKind, object.Data)
		if err != nil {
			continue
		}
		commits, err := decodeCommits(body)
		if err != nil {
			continue
		}
		for _, c := range commits {
			l.proven[c.ID] = l.proven[c.ID] || h.names(e.Name)
			if _, again := l.from[c.ID]; again { // objects that were put together stand beside those that they are made of
				continue
			}
			l.from[c.ID], l.proven[c.After] = e, true
			l.after[c.After] = append(l.after[c.After], c)
		}
	}
	return l
}

// kept gives the commits in their order, the last ones without what they take away where it is not known whether they were kept.
func (l *chain) kept() []*commit {
	var out []*commit
	for at := ""; len(out) <= len(l.from); {
		next := l.after[at]
		i := slices.IndexFunc(next, func(c *commit) bool { return l.proven[c.ID] })
		if i < 0 {
			for _, c := range next {
				out = append(out, c.adding())
			}
			return out
		}
		out, at = append(out, next[i]), next[i].ID
	}
	return out
}

// adding gives a commit without what it takes away.
func (c *commit) adding() *commit {
	more := *c
	w := &more.wire
	w.PlaysGone, w.MembersGone, w.TruthsGone, w.HeldGone, w.EffectsGone, w.TasksGone = nil, nil, nil, nil, nil, nil
	w.SeenGone, w.ChangesGone, w.FailuresGone, w.ErasedGone, w.MovedTo = nil, nil, nil, nil, nil
	return &more
}

// logSince picks what of the log goes on from a whole state, in order.
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
