package exprtest

import (
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// hash stands for how values in changes are made unreadable.
func hash(text string) string { return "#" + text }

// evaluated puts what came out of segments, scores and stages in place.
func (f *Facts) evaluated(b *playbook.Book, d *expr.Data) {
	for _, s := range b.Segments {
		d.Segments[s.Name] = f.verdict(s.Name, d.Frame.Table(s.Of))
	}
	for _, s := range b.Scores {
		if points, ok := f.Scores[s.Name]; ok {
			t := d.Frame.Table(s.Of)
			d.Scores[s.Name] = &expr.Scored{Points: make([]int64, t.Rows), Doubtful: frame.NewBits(t.Rows)}
			for row := range t.Rows {
				d.Scores[s.Name].Points[row] = points[t.Key(row)]
			}
		}
	}
	for _, m := range b.Stages {
		if stages, ok := f.Stages[m.Name]; ok {
			t := d.Frame.Table(m.Of)
			d.Stages[m.Name] = &expr.Staged{Names: m.StageNames(), At: make([]int32, t.Rows), Doubtful: frame.NewBits(t.Rows)}
			for row := range t.Rows {
				d.Stages[m.Name].At[row] = int32(m.Index(stages[t.Key(row)]) + 1)
			}
		}
	}
}

// verdict makes the verdict of a segment.
func (f *Facts) verdict(segment string, t *frame.Table) frame.Verdict {
	v := frame.NewVerdict(t.Rows)
	for row := range t.Rows {
		switch f.Segments[segment][t.Key(row)] {
		case "T":
			v.True.Add(row)
		case "?":
			v.Unknown.Add(row)
		}
	}
	return v
}

// changes gives the observed changes as runs keep them: unreadable, oldest first.
func (f *Facts) changes() map[expr.ChangedField]map[string][]expr.Change {
	out := map[expr.ChangedField]map[string][]expr.Change{}
	for _, c := range f.Changes {
		field := expr.ChangedField{Entity: c.Entity, Field: c.Field}
		if out[field] == nil {
			out[field] = map[string][]expr.Change{}
		}
		out[field][c.Key] = append(out[field][c.Key], expr.Change{From: hash(c.From), To: hash(c.To), At: c.At})
	}
	for _, byKey := range out {
		for _, list := range byKey {
			slices.SortStableFunc(list, func(a, b expr.Change) int { return a.At.Compare(b.At) })
		}
	}
	return out
}

// standing tells where records stand in plays.
type standing struct{ *Facts }

// Enrolled implements [expr.Standing].
func (s standing) Enrolled(play, key string) bool {
	return s.Facts.Enrolled[play][key]
}

// Finished implements [expr.Standing].
func (s standing) Finished(play, outcome, key string) bool {
	found := s.Facts.Finished[play][key]
	return found != "" && (outcome == "*" || outcome == found)
}
