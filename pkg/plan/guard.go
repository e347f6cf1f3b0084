package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Verdict is what a guard says to a plan.
type Verdict struct {
	Guard   string `json:"guard"`
	Holds   bool   `json:"holds"`
	Allowed bool   `json:"allowed,omitempty"` // it does not hold, and the run said that it may be passed
	Unknown bool   `json:"unknown,omitempty"` // it could not be evaluated, which refuses too
	Message string `json:"message"`           // with the figures; "" where it holds
}

// Refused gives the guards that refuse the plan.
func (p *Plan) Refused() []Verdict {
	var out []Verdict
	for _, v := range p.Verdicts {
		if !v.Holds && !v.Allowed {
			out = append(out, v)
		}
	}
	return out
}

// Lateness is what lets effects be done that are later than the playbook allows. The journey holds them back, so that there is no verdict.
const Lateness = playbook.Lateness

// Guard is a guard of the playbook, compiled.
type Guard struct {
	*playbook.Guard
	deny    *expr.Program
	message *expr.Template
}

// CompileGuards checks the expressions of a playbook's guards. A guard with a problem in it is left out.
func CompileGuards(b *playbook.Book, env *expr.Env) ([]*Guard, diag.List) {
	var out []*Guard
	var problems diag.List
	scope := expr.Scope{Guard: true}
	for _, g := range b.Guards {
		if !g.Deny.Exists() { // which was reported
			continue
		}
		compiled := &Guard{Guard: g}
		var found, more diag.List
		compiled.deny, found = env.Compile(g.Deny, scope, expr.Condition)
		if g.Message != nil {
			compiled.message, more = env.Template(g.Message, scope, expr.AnyValue)
		}
		problems.Add(append(found, more...)...)
		if compiled.deny != nil && (g.Message == nil || compiled.message != nil) {
			out = append(out, compiled)
		}
	}
	return out, problems
}

// Judge holds plans against a playbook's guards. It may judge a plan again once that was limited.
type Judge struct {
	Guards  []*Guard
	Data    *expr.Data // variables, sizes of segments and now; its Plan is not used
	Before  Before
	Allowed []string // guards that may be passed
}

// Judge sets the plan's verdicts, in the order of the guards. The only error is the context's.
func (j *Judge) Judge(ctx context.Context, p *Plan) error {
	data := &expr.Data{Frame: j.Data.Frame, Now: j.Data.Now, Vars: j.Data.Vars, Segments: j.Data.Segments, Plan: j.Before.figures(p)}
	p.Verdicts = nil
	for _, g := range j.Guards {
		v := g.verdict(ctx, data)
		if ctx.Err() != nil {
			return fmt.Errorf("judging the plan: %w", ctx.Err())
		}
		v.Allowed = !v.Holds && slices.Contains(j.Allowed, v.Guard)
		p.Verdicts = append(p.Verdicts, v)
	}
	return nil
}

// verdict evaluates a guard. What can't be evaluated refuses.
func (g *Guard) verdict(ctx context.Context, d *expr.Data) Verdict {
	v := Verdict{Guard: g.Name}
	denied, err := g.deny.Bool(ctx, d, expr.At{})
	switch {
	case err != nil:
		v.Unknown, v.Message = true, "it can't be evaluated: "+err.Error()
	case denied:
		v.Message = g.says(ctx, d)
	default:
		v.Holds = true
	}
	return v
}

// says words why a guard refuses: by its message, and by the figures that it speaks of where that has none of its own in it.
func (g *Guard) says(ctx context.Context, d *expr.Data) string {
	figures := wordFigures(g.deny.Figures(ctx, d))
	if g.message == nil {
		return joinNonEmpty(": ", "it denies "+g.deny.String(), figures)
	}
	text, err := g.message.Value(ctx, d, expr.At{})
	if err != nil {
		return joinNonEmpty(": ", "its message can't be told ("+err.Error()+")", figures)
	}
	words := strings.Join(strings.Fields(playbook.Text(text)), " ")
	if _, constant := g.Message.Constant(); constant && figures != "" {
		words += " (" + figures + ")"
	}
	return words
}

func joinNonEmpty(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// mostFigureNames is how many names of plays or collections a message holds.
const mostFigureNames = 5

// wordFigures writes figures: plan.removals 150, plan.members 300.
func wordFigures(list []expr.Figure) string {
	out := make([]string, 0, len(list))
	for _, f := range list {
		names, ok := f.Value.([]any)
		if !ok {
			out = append(out, f.Name+" "+playbook.Text(f.Value))
			continue
		}
		words := make([]string, 0, len(names))
		for _, name := range names[:min(len(names), mostFigureNames)] {
			words = append(words, playbook.Text(name))
		}
		if more := len(names) - len(words); more > 0 {
			words = append(words, fmt.Sprintf("%d more", more))
		}
		out = append(out, f.Name+" "+strings.Join(words, ", "))
	}
	return strings.Join(out, "; ")
}
