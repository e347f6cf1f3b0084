package journey

import (
	"context"
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
	return clauses(x, in, nil)
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
	if len(x.Parts) == 1 && x.Parts[0].Value != "true" && x.Parts[0].Value != "false" {
		text += " (" + x.Parts[0].Value + ")"
	}
	return text
}
