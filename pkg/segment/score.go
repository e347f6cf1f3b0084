package segment

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// ScoreResult is one score's result.
type ScoreResult struct {
	Name     string
	Of       string
	Least    int64 // of all records; 0 if there are none
	Most     int64
	Doubtful int // records for which a rule was unknown and gave nothing
}

// points is a score as a node.
type points struct {
	score *playbook.Score
	rules []*pointsRule
}

// pointsRule is one compiled rule of a score: either a condition, or an each.
type pointsRule struct {
	*playbook.ScoreRule
	when *expr.Program
	each *expr.Each
}

func (c *compiler) score(s *playbook.Score) *node {
	n, is := &node{ref: ref{aScore, s.Name}, at: s.At}, &points{score: s}
	n.is = is
	for _, rule := range s.Rules {
		compiled := &pointsRule{ScoreRule: rule}
		if rule.Each.Exists() {
			compiled.each = c.each(n, s.Of, rule)
		} else {
			compiled.when = c.program(n, rule.When, expr.Scope{Self: s.Of}, expr.Condition)
		}
		if compiled.when != nil || compiled.each != nil {
			is.rules = append(is.rules, compiled)
		}
	}
	return n
}

// each compiles the list of a rule, and its condition over one record of it; nil if there are problems.
func (c *compiler) each(n *node, of string, rule *playbook.ScoreRule) *expr.Each {
	scope := expr.Scope{Self: of}
	list := c.program(n, rule.Each, scope, expr.Records)
	if list == nil {
		return nil
	}
	entity := c.book.Entity(list.Entity())
	if entity == nil { // the list's type could not be read; that was said
		return nil
	}
	if rule.HalfLife > 0 && entity.Time == "" && len(entity.Unread) == 0 {
		p := rule.HalfLifeAt.Problem("half_life is about events, and %s has no time", entity.Name)
		p.Hint = "remove half_life, or give " + entity.Name + " a time:"
		c.problems.Add(p)
	}
	scope.Element = expr.Element{Name: cmp.Or(rule.As, entity.Name), Entity: entity.Name}
	if slices.Contains(expr.Scope{Self: of}.Names(), scope.Element.Name) {
		c.problems.Add(taken(rule, scope.Element.Name))
		return nil
	}
	each := &expr.Each{List: list, When: c.program(n, rule.When, scope, expr.Condition)}
	if rule.When.Exists() && each.When == nil {
		return nil
	}
	return each
}

// taken is about a rule's name for one record of its list that means something else.
func taken(rule *playbook.ScoreRule, name string) diag.Problem {
	at := rule.AsAt
	if rule.As == "" {
		at = rule.EachAt
	}
	p := at.Problem("%s means something else here already", name)
	p.Hint = "write as: x, and speak of each record as x"
	return p
}

func (s *points) programs() []*expr.Program {
	var out []*expr.Program
	for _, rule := range s.rules {
		if out = append(out, rule.when); rule.each != nil {
			out = append(out, rule.each.List, rule.each.When)
		}
	}
	return out
}

func (s *points) evaluate(ctx context.Context, r *run) error {
	rows := r.data.Frame.Table(s.score.Of).Rows
	out := &expr.Scored{Points: make([]int64, rows), Doubtful: frame.NewBits(rows)}
	for _, rule := range s.rules {
		if err := rule.add(ctx, r, out); err != nil {
			return err
		}
	}
	for row, sum := range out.Points {
		out.Points[row] = s.bounded(sum)
	}
	r.data.Scores[s.score.Name] = out
	told := ScoreResult{Name: s.score.Name, Of: s.score.Of, Doubtful: out.Doubtful.Count()}
	if rows > 0 {
		told.Least, told.Most = slices.Min(out.Points), slices.Max(out.Points)
	}
	r.out.Scores = append(r.out.Scores, told)
	return nil
}

// bounded holds a sum to the score's maximum.
func (s *points) bounded(sum int64) int64 {
	if s.score.Max > 0 {
		return min(sum, int64(s.score.Max))
	}
	return sum
}

// add gives the rule's points to every record.
func (r *pointsRule) add(ctx context.Context, in *run, out *expr.Scored) error {
	if r.each != nil {
		clock := r.clock(in.data)
		return in.engine.Each(ctx, r.each, nil, func(found vector.Found) {
			given, timeless := worth(r, in.data.Now, clock, found.Rows)
			if out.Points[found.Row] += given; timeless || found.Unknown {
				out.Doubtful.Add(found.Row)
			}
		})
	}
	v, err := in.engine.Verdict(ctx, r.when)
	if err != nil {
		return err
	}
	for row := range v.True.Rows {
		out.Points[row] += int64(r.Points)
	}
	for row := range v.Unknown.Rows {
		out.Doubtful.Add(row)
	}
	return nil
}

// clock gives the times of the records that the rule counts.
func (r *pointsRule) clock(d *expr.Data) *frame.Column {
	return d.Frame.Table(r.each.List.Entity()).Time()
}

// worth gives the points of the records that were found, and whether one of them has no time and so gives nothing.
func worth[R int | uint32](r *pointsRule, now time.Time, clock *frame.Column, rows []R) (points int64, timeless bool) {
	if r.HalfLife == 0 {
		return r.held(int64(r.Points) * int64(len(rows))), false
	}
	sum, at, half := 0.0, now.UnixMicro(), float64(r.HalfLife.Microseconds())
	for _, row := range rows {
		if !clock.IsKnown(int(row)) {
			timeless = true
			continue
		}
		age := max(0, at-clock.Ints[row])
		// The conversion keeps processors from fusing the two operations, which would round otherwise on some.
		sum += float64(float64(r.Points) * math.Exp2(-float64(age)/half))
	}
	return r.held(int64(math.Round(sum))), timeless
}

// found gives the points of one row's records, and the first reason why something of them is unknown.
func (r *pointsRule) found(ctx context.Context, d *expr.Data, row int) (found expr.Found, points int64, err error) {
	if found, err = r.each.At(ctx, d, row); err != nil {
		return found, 0, err
	}
	points, timeless := worth(r, d.Now, r.clock(d), found.Rows)
	if timeless && found.Unknown == nil {
		of := d.Frame.Table(r.each.List.Entity())
		found.Unknown = &expr.Unknown{What: of.Entity + "." + of.Time().Name + " is missing"}
	}
	return found, points, nil
}

// held holds a rule's points to what it gives or takes at most.
func (r *pointsRule) held(points int64) int64 {
	if r.AtMost == 0 {
		return points
	}
	return min(max(points, -int64(r.AtMost)), int64(r.AtMost))
}
