package playbook

import (
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) scores(n document.Node) {
	r.named(n, "scores", "score", func(name, value document.Node) {
		s := &Score{Name: name.Text(), At: name}
		r.book.Scores = append(r.book.Scores, s)
		r.mapping(value, "score "+s.Name, keys{
			"of":     func(n document.Node) { r.text(&s.Of)(n); s.OfAt = n },
			"max":    r.integer(&s.Max, 1),
			"owners": r.texts(&s.Owners),
			"rules":  func(n document.Node) { r.scoreRules(s, n) },
		})
		if value.Kind() != document.Map {
			return
		}
		if !r.get(value, "of").Exists() {
			r.fail(s.At, "write of: "+r.anyEntity(), "score %s does not say of which entity", s.Name)
		}
		if rules := r.get(value, "rules"); !rules.Exists() || rules.Kind() == document.List && len(rules.Items()) == 0 {
			r.fail(s.At, scoreRuleHint, "score %s has no rules", s.Name)
		}
	})
}

const scoreRuleHint = "write rules: [{points: 10, when: CONDITION, why: WORDS}]"

func (r *reader) scoreRules(s *Score, n document.Node) {
	for _, item := range items(n) {
		if item.Kind() != document.Map {
			r.fail(item, scoreRuleHint, "expected a rule with points: in score %s, found %s", s.Name, found(item))
			continue
		}
		rule := &ScoreRule{At: item}
		all := r.mapping(item, "rule of score "+s.Name, keys{
			"points":    func(n document.Node) { r.points(&rule.Points, n) },
			"when":      r.expr(&rule.When),
			"each":      func(n document.Node) { r.expr(&rule.Each)(n); rule.EachAt = n },
			"as":        func(n document.Node) { r.as(rule, n) },
			"half_life": func(n document.Node) { r.halfLife(rule, n) },
			"at_most":   r.integer(&rule.AtMost, 1),
			"why":       r.text(&rule.Why),
		})
		r.checkScoreRule(item, all)
		if rule.Points != 0 && (rule.When.Exists() || rule.Each.Exists()) {
			s.Rules = append(s.Rules, rule)
		}
	}
}

// points reads a number of points, which may be negative.
func (r *reader) points(into *int, n document.Node) {
	v, ok := n.Int()
	switch {
	case !ok:
		r.fail(n, "", "expected a whole number of points, such as 10 or -10, found %s", found(n))
	case v == 0:
		r.fail(n, "write how many points, such as 10, or -10 to take some", "a rule of no points says nothing")
	case v < -MostPoints || v > MostPoints:
		r.fail(n, "", "expected from -%d to %d points, found %d", MostPoints, MostPoints, v)
	default:
		*into = int(v)
	}
}

func (r *reader) as(rule *ScoreRule, n document.Node) {
	var name string
	if r.text(&name)(n); name != "" && r.identifier(n, "record") {
		rule.As, rule.AsAt = name, n
	}
}

func (r *reader) halfLife(rule *ScoreRule, n document.Node) {
	rule.HalfLifeAt = n
	if r.duration(&rule.HalfLife)(n); rule.HalfLife == 0 && n.Text() != "" && n.Text()[0] == '0' {
		r.fail(n, "write a half-life such as 30d, or remove it: points then count in full for ever", "a half-life of nothing would leave no points")
	}
}

// checkScoreRule reports what a rule lacks, and what goes with each: only.
func (r *reader) checkScoreRule(n document.Node, all bool) {
	if !r.get(n, "points").Exists() && all {
		r.fail(n, "write points: 10 in it", "this rule does not say how many points it gives")
	}
	if r.get(n, "each").Exists() {
		return
	}
	if !r.get(n, "when").Exists() && all {
		r.fail(n, "write when: CONDITION, or each: account.activities", "this rule does not say when it gives its points")
	}
	for _, key := range []string{"as", "half_life", "at_most"} {
		if v := r.get(n, key); v.Exists() {
			r.fail(v, "write each: account.activities beside it, or remove it", "%s goes with each only", key)
		}
	}
}

// checkOf reports an entity that a score or a stage model can't be of: one that is not there, or whose records can't be told apart.
func (r *reader) checkOf(what, of string, at document.Node) {
	e := r.book.Entity(of)
	switch {
	case e == nil && of != "" && !r.lost("entities", "entity", of):
		r.fail(at, diag.Suggest(of, r.book.EntityNames()), "%s is of %q, which is not an entity", what, of)
	case e != nil && e.Key == "" && !e.MayHave(AnyName):
		r.fail(at, "choose an entity with a key", "%s is of %s, whose records have no key", what, of)
	}
}
