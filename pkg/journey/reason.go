package journey

import (
	"context"
	"regexp"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
)

// because tells the clauses of a play's segment with their values for one record: all of them if it is in the segment, else those that
// are not known to hold.
func (r *run) because(ctx context.Context, p *play, row int, in bool) []string {
	program := p.segment
	if program == nil {
		if program = r.in.Program(p.Named); program == nil {
			return []string{"listed in segment " + p.Named}
		}
	}
	x, err := program.Explain(ctx, r.data, expr.Row(p.Of, row))
	if err != nil {
		return nil
	}
	return r.expand(ctx, p.Of, row, clauses(x, in, nil), in)
}

var segmentClause = regexp.MustCompile(`^segment\("([^"]+)"\)( is false| is unknown.*)?$`)

// expand puts the clauses of a segment in the place of a clause that only names it.
func (r *run) expand(ctx context.Context, entity string, row int, list []string, in bool) []string {
	var out []string
	for _, clause := range list {
		m := segmentClause.FindStringSubmatch(clause)
		if m == nil || in != (m[2] == "") {
			out = append(out, clause)
			continue
		}
		program := r.in.Program(m[1])
		if program == nil || program.Scope.Self != entity {
			out = append(out, clause)
			continue
		}
		x, err := program.Explain(ctx, r.data, expr.Row(entity, row))
		if err != nil {
			out = append(out, clause)
			continue
		}
		out = append(out, r.expand(ctx, entity, row, clauses(x, in, nil), in)...)
	}
	return out
}

func clauses(x *expr.Explained, in bool, out []string) []string {
	if len(x.Parts) > 1 && strings.Contains(x.Text, "&&") && allConditions(x.Parts) {
		for i := range x.Parts {
			out = clauses(&x.Parts[i], in, out)
		}
		return out
	}
	if !in && x.Value == "true" {
		return out
	}
	return append(out, withValue(x))
}

func allConditions(parts []expr.Explained) bool {
	for _, p := range parts {
		if p.Value != "true" && p.Value != "false" && p.Value != "unknown" {
			return false
		}
	}
	return true
}

// withValue writes a clause with the value that decided it.
func withValue(x *expr.Explained) string {
	text := x.Text
	switch {
	case x.Unknown != "":
		return text + " is unknown: " + x.Unknown
	case x.Value == "false":
		text += " is false"
	}
	var values []string
	for _, part := range x.Parts {
		if part.Value != "true" && part.Value != "false" {
			values = append(values, part.Value)
		}
	}
	if len(values) > 0 {
		text += " (" + strings.Join(values, ", ") + ")"
	}
	return text
}
