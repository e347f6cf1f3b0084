package exprtest

import (
	"context"
	"maps"
	"slices"
)

// patience is how many records shrinking looks at in all: a small world is tried some thousand times, one of 50,000 records a few dozen.
const patience = 1_000_000

// Shrink looks for a smaller question and a smaller world that engines still disagree on.
func Shrink(ctx context.Context, d *Disagreement, engines []Engine) *Disagreement {
	s := &shrinker{ctx: ctx, engines: engines, best: d, left: patience}
	for {
		before := s.size()
		s.records()
		s.expressions()
		s.values()
		if s.size() == before || s.left <= 0 {
			s.best.World.Facts.forget(s.best.World)
			return s.best
		}
	}
}

// shrinker makes a disagreement smaller step by step.
type shrinker struct {
	ctx     context.Context
	engines []Engine
	best    *Disagreement
	left    int // records to look at
}

func (s *shrinker) size() int {
	n := s.best.World.Size()
	for _, x := range s.best.Question.nodes {
		n += x.size()
	}
	for _, list := range s.best.World.Records {
		for _, r := range list {
			n += len(r.Values) + len(r.Parents)
		}
	}
	return n
}

// try takes a question and a world if engines still disagree on them.
func (s *shrinker) try(q Question, w *World) bool {
	if s.left -= w.Size() + 300; s.left < 0 || s.ctx.Err() != nil {
		return false
	}
	c, err := q.compile(s.best.Book)
	if err != nil {
		return false
	}
	found := Ask(s.ctx, w.Data(s.best.Book.Book), s.engines, []*Compiled{c}, nil)
	if len(found) == 0 || found[0].Engine != s.best.Engine {
		return false
	}
	found[0].Book, found[0].World, found[0].Found = s.best.Book, w, s.best.Found
	s.best = found[0]
	return true
}

// records leaves out records: halves first, then ever fewer.
func (s *shrinker) records() {
	for _, e := range s.best.Book.Entities {
		for n := len(s.best.World.Records[e.Name]); n > 0; n /= 2 {
			for from := 0; from < len(s.best.World.Records[e.Name]); {
				list := s.best.World.Records[e.Name]
				rest := slices.Concat(list[:from], list[min(from+n, len(list)):])
				if !s.try(s.best.Question, s.best.World.with(e.Name, rest)) {
					from += n
				}
			}
		}
	}
}

// with gives the world with other records of an entity.
func (w *World) with(entity string, list []*Record) *World {
	out := &World{Records: maps.Clone(w.Records), Facts: w.Facts}
	out.Records[entity] = list
	return out
}

// expressions puts parts of expressions in the place of wholes of the same type, and plain literals in the place of others.
func (s *shrinker) expressions() {
	for i := 0; i < len(s.best.Question.nodes); i++ {
		for changed := true; changed && s.left > 0; {
			changed = false
			var all []*Node
			s.best.Question.nodes[i].walk(func(n *Node) { all = append(all, n) })
			for _, n := range all {
				if s.part(i, n) {
					changed = true
					break
				}
			}
		}
	}
}

// part tries to put something smaller in the place of a node.
func (s *shrinker) part(i int, n *Node) bool {
	var smaller []*Node
	n.walk(func(x *Node) {
		if x != n && x.t == n.t {
			smaller = append(smaller, x)
		}
	})
	if n.size() > 1 {
		smaller = append(smaller, simplest(n.t)...)
	}
	for _, x := range smaller {
		nodes := slices.Clone(s.best.Question.nodes)
		nodes[i] = nodes[i].replaced(n, x)
		if s.try(s.best.Question.asked(nodes), s.best.World) {
			return true
		}
	}
	return false
}

// simplest gives plain values of a type.
func simplest(t typ) []*Node {
	values := map[typ][]string{boolean: {"true", "false"}, integer: {"0", "1"}, double: {"0.0", "1.0"}, text: {`""`, `"a"`}, moment: {"now"}, span: {"days(1)"}}[t]
	if t.isList() && t.elem().entity() == "" {
		values = []string{"[]"}
	}
	out := make([]*Node, len(values))
	for i, v := range values {
		out[i] = form(t, primary, "literal", v)
	}
	return out
}

// values leaves out values and parents of what records are left, where they are few.
func (s *shrinker) values() {
	if s.best.World.Size() > 40 {
		return
	}
	for _, e := range s.best.Book.Entities {
		for i := range s.best.World.Records[e.Name] {
			r := s.best.World.Records[e.Name][i]
			for _, name := range slices.Sorted(maps.Keys(r.Values)) {
				s.record(e.Name, i, func(r *Record) { delete(r.Values, name) })
			}
			for _, name := range slices.Sorted(maps.Keys(r.Parents)) {
				s.record(e.Name, i, func(r *Record) { delete(r.Parents, name) })
			}
		}
	}
}

// record tries a change of one record.
func (s *shrinker) record(entity string, i int, change func(*Record)) {
	list := slices.Clone(s.best.World.Records[entity])
	r := &Record{Key: list[i].Key, Parents: maps.Clone(list[i].Parents), Values: maps.Clone(list[i].Values)}
	change(r)
	list[i] = r
	s.try(s.best.Question, s.best.World.with(entity, list))
}

// forget drops facts about records that are not there.
func (f *Facts) forget(w *World) {
	there := map[string]bool{}
	for _, list := range w.Records {
		for _, r := range list {
			there[r.Key] = true
		}
	}
	f.Segments, f.Scores, f.Stages = only(f.Segments, there), only(f.Scores, there), only(f.Stages, there)
	f.Enrolled, f.Finished = only(f.Enrolled, there), only(f.Finished, there)
	f.Changes = slices.DeleteFunc(slices.Clone(f.Changes), func(c Change) bool { return !there[c.Key] })
}

// only keeps what is about keys that are there.
func only[T any](facts map[string]map[string]T, there map[string]bool) map[string]map[string]T {
	out := map[string]map[string]T{}
	for name, byKey := range facts {
		out[name] = map[string]T{}
		for key, v := range byKey {
			if there[key] {
				out[name][key] = v
			}
		}
	}
	return out
}
