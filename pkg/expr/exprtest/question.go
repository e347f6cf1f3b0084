package exprtest

import (
	"fmt"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Question is an expression as it would stand in a playbook. Exactly one of Condition and Records is given.
type Question struct {
	Self      string `json:"self"`                // the entity whose records it is asked of
	Condition string `json:"condition,omitempty"` // is it so?
	Records   string `json:"records,omitempty"`   // which are they?
	As        string `json:"as,omitempty"`        // with Records: what When calls one of them
	When      string `json:"when,omitempty"`      // of which of them it is so

	nodes []*Node // what the expressions were made of: Condition, or Records and When; nil of one that a person wrote
}

// String gives the question as a person would put it.
func (q Question) String() string {
	switch {
	case q.Condition != "":
		return fmt.Sprintf("of %s: %s", q.Self, q.Condition)
	case q.When != "":
		return fmt.Sprintf("of %s: each %s of %s when %s", q.Self, q.As, q.Records, q.When)
	}
	return fmt.Sprintf("of %s: records %s", q.Self, q.Records)
}

// asked is a question with its nodes in the place of its texts.
func (q Question) asked(nodes []*Node) Question {
	q.nodes = nodes
	if q.Condition != "" || q.Records == "" {
		q.Condition = nodes[0].String()
		return q
	}
	if q.Records = nodes[0].String(); len(nodes) > 1 {
		q.When = nodes[1].String()
	}
	return q
}

// constructs gives the names of the constructs in it.
func (q Question) constructs() []string {
	var out []string
	for _, n := range q.nodes {
		out = append(out, n.Constructs()...)
	}
	return out
}

// Compiled is a question that can be evaluated.
type Compiled struct {
	Question
	Program *expr.Program // of Condition or Records
	Each    *expr.Each    // nil without When
}

// kind tells what an engine must be able to do to answer: conditions, records, or records with a condition on each.
func (q *Compiled) kind() string {
	switch {
	case q.Condition != "":
		return "conditions"
	case q.Each != nil:
		return "each of records"
	}
	return "records"
}

// compile checks a question.
func (q Question) compile(b *Book) (*Compiled, error) {
	scope, text, want := expr.Scope{Self: q.Self}, q.Condition, expr.Condition
	if q.Records != "" {
		text, want = q.Records, expr.Records
	}
	p, problems := b.Env.Compile(playbook.ArgumentExpr("--expression", text), scope, want)
	if problems.Err() != nil {
		return nil, problems.Err()
	}
	out := &Compiled{Question: q, Program: p}
	if q.When == "" {
		return out, nil
	}
	scope.Element = expr.Element{Name: q.As, Entity: p.Entity()}
	when, problems := b.Env.Compile(playbook.ArgumentExpr("--expression", q.When), scope, expr.Condition)
	if problems.Err() != nil {
		return nil, problems.Err()
	}
	out.Each = &expr.Each{List: p, When: when}
	return out, nil
}

// programsOf gives all programs of questions.
func programsOf(list []*Compiled) []*expr.Program {
	var out []*expr.Program
	for _, q := range list {
		if out = append(out, q.Program); q.Each != nil {
			out = append(out, q.Each.When)
		}
	}
	return out
}
