package rehearse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/playctl/playctl/pkg/document"
)

// Search says how to look for what breaks invariants.
type Search struct {
	Seed   uint64
	Scenes int // how many scenes are tried
	// Progress is told before each scene; may be nil.
	Progress func(done, total int)
}

// mostShrinking is how many scenes are tried to find a smaller one that breaks the same invariant.
const mostShrinking = 600

// Search looks for records and times that break an invariant, and gives an outcome for each invariant. A scene that breaks one is made smaller
// as far as that goes, and told. When the context ends it gives what is known so far, and its error.
func (r *Runner) Search(ctx context.Context, invariants []*Invariant, how Search) ([]*Outcome, error) {
	start := r.World.Clock()
	var outcomes []*Outcome
	left := slices.Clone(invariants)
	for _, i := range invariants {
		outcomes = append(outcomes, &Outcome{Name: i.Name, File: i.File()})
	}
	if len(invariants) == 0 {
		return nil, nil
	}
	g, err := r.generator()
	if err != nil {
		return nil, err
	}
	for n := 0; n < how.Scenes && len(left) > 0; n++ {
		if how.Progress != nil {
			how.Progress(n, how.Scenes)
		}
		g.Rand = rand.New(rand.NewPCG(how.Seed, uint64(n)))
		scene := g.scene()
		b, err := r.try(ctx, scene, left, outcomes[0])
		if err != nil {
			return outcomes, fmt.Errorf("scene %d of seed %d: %w", n+1, how.Seed, err)
		}
		if b == nil {
			continue
		}
		at := slices.Index(invariants, b.invariant)
		scene, b, err = r.shrink(ctx, scene, b, outcomes[at])
		outcomes[at].Failures = append(outcomes[at].Failures, r.tell(scene, b, how.Seed, n))
		if left = slices.DeleteFunc(left, func(i *Invariant) bool { return i == b.invariant }); err != nil {
			return outcomes, err
		}
		n-- // the others may be broken by the same scene
	}
	for _, o := range outcomes {
		o.Took = r.World.Clock().Sub(start)
	}
	return outcomes, nil
}

// generator gives what draws scenes for the playbook.
func (r *Runner) generator() (*generator, error) {
	tree, _, err := document.ReadDir(r.World.Dir)
	if err != nil {
		return nil, err
	}
	g := &generator{book: r.Program.Book, schemas: schemasOf(r.Program.Book), words: newVocabulary(tree.Files), start: standardStart(r.Program.Book.Zone)}
	for _, v := range r.Program.Book.Variables {
		g.words.variable(v.Value)
	}
	return g, nil
}

// shrink makes a scene smaller that breaks an invariant: without the runs after that, then without each record, change, run and value in turn, for
// as long as the invariant is broken all the same.
func (r *Runner) shrink(ctx context.Context, s *scene, b *breach, out *Outcome) (*scene, *breach, error) {
	s = s.until(b)
	tries := 0
	for smaller := true; smaller; {
		smaller = false
		for part := s.parts() - 1; part >= 0 && tries < mostShrinking; part-- {
			trial := s.without(part)
			if trial == nil {
				continue
			}
			tries++
			broken, err := r.try(ctx, trial, []*Invariant{b.invariant}, out)
			if err != nil {
				return s, b, ctx.Err()
			}
			if broken != nil {
				s, b, smaller = trial.until(broken), broken, true
				part = min(part, s.parts())
			}
		}
	}
	return s, b, nil
}

// until gives a scene that ends where an invariant is broken.
func (s *scene) until(b *breach) *scene {
	out := *s
	out.runs = slices.DeleteFunc(slices.Clone(s.runs), b.at.Before)
	out.changes = slices.DeleteFunc(slices.Clone(s.changes), func(c change) bool { return c.at.After(b.at) })
	return &out
}

// parts counts what can be left out of a scene: records, changes, runs, and values of records.
func (s *scene) parts() int {
	n := len(s.records) + len(s.changes) + len(s.runs)
	for _, x := range s.records {
		n += len(x.Values)
	}
	return n
}

// without leaves a part out; nil where there is nothing to leave out. Records come last, so that those go first that are shrunk from the end.
func (s *scene) without(part int) *scene {
	out := *s
	for i, x := range s.records {
		if part < len(x.Values) {
			return s.withoutValue(i, part)
		}
		part -= len(x.Values)
	}
	switch changes := part - len(s.runs); {
	case changes < 0:
		out.runs = slices.Delete(slices.Clone(s.runs), part, part+1)
	case changes < len(s.changes):
		out.changes = slices.Delete(slices.Clone(s.changes), changes, changes+1)
	default:
		at := changes - len(s.changes)
		out.records = slices.Delete(slices.Clone(s.records), at, at+1)
	}
	return &out
}

// withoutValue has a value of a record be missing, unless it is its key, that of a parent or the time of an event.
func (s *scene) withoutValue(record, slot int) *scene {
	x := s.records[record]
	if x.Values[slot] == nil || x.fixed[slot] {
		return nil
	}
	out := *s
	out.records = slices.Clone(s.records)
	x.Values = slices.Clone(x.Values)
	x.Values[slot] = nil
	out.records[record] = x
	return &out
}

// tell words what breaks an invariant: the records, as a test would give them, the runs, and what happened to the record.
func (r *Runner) tell(s *scene, b *breach, seed uint64, n int) Failure {
	i := b.invariant
	zone := r.Program.Book.Zone
	p := i.Never.Node().Problem("invariant %s is broken for %s after the run of %s (seed %d, scene %d)", i.Name, b.record, clock(b.at, zone), seed, n+1)
	schemas := schemasOf(r.Program.Book)
	var found []string
	for _, x := range s.records {
		found = append(found, "given "+x.Entity+": "+x.words(schemas[x.Entity], zone))
	}
	for _, c := range s.changes {
		found = append(found, fmt.Sprintf("from %s %s: %s", clock(c.at, zone), c.record.Entity, c.record.words(schemas[c.record.Entity], zone)))
	}
	for _, t := range s.runs {
		found = append(found, "run of "+clock(t, zone))
	}
	return Failure{Problem: p, Found: append(found, b.touches...)}
}
