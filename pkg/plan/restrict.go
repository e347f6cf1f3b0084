package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/journey"
)

// Kept is what a saved plan approves of a new one, and what it does not.
type Kept struct {
	Plan *Plan
	// Unapproved counts operations and entries that the new plan has and the saved one does not: they are not done.
	Unapproved int
	// Unwanted counts what was approved and is no longer wanted.
	Unwanted int
	Samples  []string // of both, in words, at most ten
}

// Restrict limits a new plan to what was approved: operations with equal digests, and the entries and exits that were shown. Guards are to
// judge what is left.
func (s *Saved) Restrict(p *Plan) *Kept {
	a := newApproval(s, p)
	before := slices.Clone(p.Members)
	p.narrow(a.operation, a.member)
	p.recountPlays(before, func(f *journey.Funnel) *int { return &f.Unapproved })
	a.unwanted(s)
	return a.kept
}

func (k *Kept) note(count *int, text string) {
	*count++
	if len(k.Samples) < 10 {
		k.Samples = append(k.Samples, text)
	}
}

// approval is what a saved plan approves, and what of it the new plan has.
type approval struct {
	kept    *Kept
	digests map[string]string // of operations, by key
	changes map[string]string // of members, by key
	seen    map[string]bool   // keys of approved operations and members that the new plan has
}

func newApproval(s *Saved, p *Plan) *approval {
	a := &approval{kept: &Kept{Plan: p}, digests: map[string]string{}, changes: map[string]string{}, seen: map[string]bool{}}
	for _, o := range s.Operations {
		a.digests[o.Key] = o.Digest
	}
	for _, m := range s.Members {
		a.changes[m.Member] = m.Change
	}
	return a
}

// operation reports whether an operation was approved.
func (a *approval) operation(o *Operation) bool {
	if a.digests[o.Key] == o.Digest && o.Digest != "" {
		a.seen[o.Key] = true
		return true
	}
	a.kept.note(&a.kept.Unapproved, "not approved: "+o.Verb.String()+" "+o.Place().Title()+" for "+o.Record.String())
	return false
}

// member reports whether a member does not enter or leave but as it was shown.
func (a *approval) member(m *Member) bool {
	if !m.Enters && !m.Leaves {
		return true
	}
	if a.changes[m.After.Key] == m.change() {
		a.seen[m.After.Key] = true
		return true
	}
	a.kept.note(&a.kept.Unapproved, "not approved: "+m.After.Record.String()+" "+m.change()+" in "+m.After.Play)
	return false
}

// unwanted counts what was approved and the new plan does not have.
func (a *approval) unwanted(s *Saved) {
	for _, o := range s.Operations {
		if !a.seen[o.Key] {
			a.kept.note(&a.kept.Unwanted, "no longer wanted: "+o.Verb+" "+o.Target+" for "+o.Record)
		}
	}
	for _, m := range s.Members {
		if !a.seen[m.Member] {
			a.kept.note(&a.kept.Unwanted, "no longer wanted: "+m.Record+" "+m.Change+" in "+m.Play)
		}
	}
}
