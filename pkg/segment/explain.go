package segment

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/expr"
)

// ScoreExplained tells why a record has its score. The rules stand in the playbook's order.
type ScoreExplained struct {
	Score  string          `json:"score"`
	Of     string          `json:"of"`
	Points int64           `json:"points"`
	Sum    int64           `json:"sum"`           // of the rules, before the maximum
	Max    int             `json:"max,omitempty"` // 0 for none
	Rules  []RuleExplained `json:"rules"`
}

// RuleExplained is what one rule of a score gives a record.
type RuleExplained struct {
	Why    string `json:"why,omitempty"`
	Points int64  `json:"points"` // what it gives; 0 where it does not hold or is unknown
	// Rule is its condition with every part's value; of a rule with each the list, with the number of records that count as its value.
	Rule expr.Explained `json:"rule"`
}

// StageExplained tells why a record stands at its stage. The stages stand in the model's order.
type StageExplained struct {
	Model  string               `json:"stages"`
	Of     string               `json:"of"`
	Stage  string               `json:"stage"` // "" for none
	Stages []StageRuleExplained `json:"rules"`
}

// StageRuleExplained is one stage of a model for a record.
type StageRuleExplained struct {
	Stage string         `json:"stage"`
	Here  bool           `json:"here"` // the record stands at it
	By    string         `json:"by,omitempty"`
	SLA   string         `json:"sla,omitempty"`
	Why   string         `json:"why,omitempty"`
	Rule  expr.Explained `json:"rule"`
}

// ExplainScore explains the score of one row of its entity's table; nil if there is no such score. What the score speaks of must have been
// evaluated, as it is where the score was asked for.
func (g *Graph) ExplainScore(ctx context.Context, name string, d *expr.Data, row int) (*ScoreExplained, error) {
	n := g.byName[ref{aScore, name}]
	if n == nil {
		return nil, nil
	}
	s := n.is.(*points)
	out := &ScoreExplained{Score: name, Of: s.score.Of, Max: s.score.Max, Rules: []RuleExplained{}}
	for _, rule := range s.rules {
		explained, err := rule.explain(ctx, d, row)
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, explained)
		out.Sum += explained.Points
	}
	out.Points = s.bounded(out.Sum)
	return out, nil
}

func (r *pointsRule) explain(ctx context.Context, d *expr.Data, row int) (RuleExplained, error) {
	out := RuleExplained{Why: r.Why}
	if r.each == nil {
		x, err := r.when.Explain(ctx, d, expr.Row(r.when.Scope.Self, row))
		if err != nil {
			return out, err
		}
		if out.Rule = *x; x.Value == "true" {
			out.Points = int64(r.Points)
		}
		return out, nil
	}
	found, points, err := r.found(ctx, d, row)
	if err != nil {
		return out, err
	}
	out.Points, out.Rule = points, expr.Explained{Text: r.text(), Value: fmt.Sprintf("%d records", len(found.Rows))}
	if len(found.Rows) == 1 {
		out.Rule.Value = "1 record"
	}
	if found.Unknown != nil {
		out.Rule.Unknown = found.Unknown.What
	}
	return out, nil
}

// text gives what a rule with each goes over.
func (r *pointsRule) text() string {
	if r.each.When == nil {
		return r.each.List.String()
	}
	return fmt.Sprintf("%s as %s where %s", r.each.List, r.each.When.Scope.Element.Name, r.each.When)
}

// ExplainStage explains the stage of one row of its entity's table; nil if there are no such stages. What they speak of must have been
// evaluated, as it is where they were asked for.
func (g *Graph) ExplainStage(ctx context.Context, name string, d *expr.Data, row int) (*StageExplained, error) {
	n := g.byName[ref{aStage, name}]
	if n == nil {
		return nil, nil
	}
	l := n.is.(*ladder)
	out := &StageExplained{Model: name, Of: l.model.Of}
	here := -1
	for i, s := range l.model.Stages {
		x, err := l.rules[i].Explain(ctx, d, expr.Row(l.model.Of, row))
		if err != nil {
			return nil, err
		}
		if x.Value == "true" {
			out.Stage, here = s.Name, i
		}
		out.Stages = append(out.Stages, StageRuleExplained{Stage: s.Name, By: s.By, SLA: s.SLA.Text, Why: s.Why, Rule: *x})
	}
	if here >= 0 {
		out.Stages[here].Here = true
	}
	return out, nil
}
