package graph

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// stands draws what plays stand on: segments, scores and stages.
func (o *overview) stands() {
	for _, s := range o.book.Segments {
		n := Node{Kind: Segment, Caption: "segment of " + s.Of, Title: s.Name, Note: s.Where.Text}
		if s.List != "" {
			n.Details = []string{"keys of " + s.List}
		}
		o.segments[s.Name] = o.node(n)
	}
	for _, s := range o.book.Scores {
		n := Node{Kind: Score, Caption: "score of " + s.Of, Title: s.Name, Details: []string{counted(len(s.Rules), "rule")}}
		if s.Max > 0 {
			n.Details[0] += fmt.Sprintf(", %d at most", s.Max)
		}
		o.scores[s.Name] = o.node(n)
	}
	for _, m := range o.book.Stages {
		n := Node{Kind: Stages, Caption: "stages of " + m.Of, Title: m.Name, Details: []string{strings.Join(m.StageNames(), " → ")}}
		o.stages[m.Name] = o.node(n)
	}
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// stand draws what segments, scores and stages speak of.
func (o *overview) stand() {
	for _, s := range o.book.Segments {
		o.speaks(o.segments[s.Name], s.Where, expr.Scope{Self: s.Of}, expr.Condition)
	}
	for _, s := range o.book.Scores {
		for _, rule := range s.Rules {
			o.rule(s, rule)
		}
	}
	for _, m := range o.book.Stages {
		for _, s := range m.Stages {
			o.speaks(o.stages[m.Name], s.When, expr.Scope{Self: m.Of}, expr.Condition)
		}
	}
}

// rule draws what a rule of a score speaks of, about the record or about each of a list.
func (o *overview) rule(s *playbook.Score, rule *playbook.ScoreRule) {
	scope := expr.Scope{Self: s.Of}
	if rule.Each.Exists() {
		each := o.speaks(o.scores[s.Name], rule.Each, scope, expr.Records)
		if each == nil {
			return
		}
		scope.Element = expr.Element{Name: cmp.Or(rule.As, each.Entity()), Entity: each.Entity()}
	}
	o.speaks(o.scores[s.Name], rule.When, scope, expr.Condition)
}

// speaks draws what an expression speaks of, and gives it compiled; nil where there is none that is right.
func (o *overview) speaks(id string, x playbook.Expr, scope expr.Scope, want expr.Want) *expr.Program {
	if o.env == nil || !x.Exists() || o.book.Entity(scope.Self) == nil {
		return nil
	}
	program, _ := o.env.Compile(x, scope, want) // its problems are for validate to tell
	if program == nil {
		return nil
	}
	for _, used := range []struct {
		names []string
		ids   map[string]string
		label string
	}{{program.Uses.Segments, o.segments, ""}, {program.Uses.Counts, o.segments, "its size"}, {program.Uses.Scores, o.scores, ""}, {program.Uses.Stages, o.stages, ""},
		{program.Uses.Plays, o.plays, "who is or was in it"}} {
		for _, name := range used.names {
			o.edge(used.ids[name], id, Uses, used.label)
		}
	}
	return program
}
