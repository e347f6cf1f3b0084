package amend

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// digests has the records of runs go with their journals, of which they hold a digest, where they did so before.
func (s *scrubber) digests(w *state.Whole, before []state.Page) {
	was, is := digestsOf(before), digestsOf(w.Journal)
	for i := range w.Runs {
		r := &w.Runs[i]
		if old, now := was[r.ID], is[r.ID]; old != now && strings.HasPrefix(r.Digest, old) {
			r.Digest = now + strings.TrimPrefix(r.Digest, old)
		}
	}
}

// digestsOf gives the digests of what runs planned, by run, as far as there is anything.
func digestsOf(pages []state.Page) map[string]string {
	out := map[string]string{}
	for part := range audit.ByRun(pages) {
		operations := audit.Operations(part)
		out[part[0].Run] = state.OperationsDigest(func(yield func(string, string) bool) {
			for i := range operations {
				if o := &operations[i]; !o.PlannedAt.IsZero() && !yield(o.Key, o.Digest) {
					return
				}
			}
		})
	}
	return out
}

// pages takes whom they are about out of lines of the journal, whose pages are by run.
func (s *scrubber) pages(list []state.Page) []state.Page {
	out := slices.Clone(list)
	var about map[int]bool
	for i := range out {
		if i == 0 || out[i].Run != out[i-1].Run {
			about = s.linesAbout(list[i:])
		}
		lines := slices.Clone(out[i].Lines)
		for j := range lines {
			l := &lines[j]
			if about[l.N] && !blank(l) {
				s.purged["journal line"]++
				*l = state.Line{N: l.N, Verb: l.Verb, Connector: l.Connector, Kind: l.Kind, Name: l.Name, Play: l.Play, Step: l.Step, Status: l.Status}
			}
			l.Reason, l.Receipt = s.text(l.Reason), s.text(l.Receipt)
		}
		out[i].Lines = lines
	}
	return out
}

// linesAbout gives the positions of operations of the first run in a list of pages that are about the record: planned lines say whom they are
// about.
func (s *scrubber) linesAbout(list []state.Page) map[int]bool {
	about := map[int]bool{}
	for i := range list {
		if list[i].Run != list[0].Run {
			break
		}
		for _, l := range list[i].Lines {
			if l.Record == s.record || l.Lane == LaneOf(s.record) || l.Member != "" && s.members[l.Member] || l.Effect != "" && s.effects[l.Effect] {
				about[l.N] = true
			}
		}
	}
	return about
}

// blank reports whether a line names nobody already.
func blank(l *state.Line) bool {
	return l.Record == (state.Record{}) && l.Key+l.Digest+l.Lane+l.Member+l.Effect+l.Reason+l.Receipt == ""
}
