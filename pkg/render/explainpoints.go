package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/segment"
)

// ExplainScore writes why a record has its score: each rule with what it gives, and its condition as a tree.
func (p *Printer) ExplainScore(w io.Writer, heading string, x *segment.ScoreExplained) error {
	s := p.sheet()
	s.put(0, s.paint(strong, clean(heading)))
	text := counted(int(x.Points), "point")
	if x.Max > 0 {
		text += " of " + number(x.Max)
	}
	if x.Sum != x.Points {
		text += " (the rules give " + number(int(x.Sum)) + ")"
	}
	s.put(0, text)
	for i := range x.Rules {
		rule := &x.Rules[i]
		s.gap()
		i := faint
		if rule.Points != 0 {
			i = added
		}
		s.put(0, s.paint(i, signed(rule.Points))+why(rule.Why))
		s.explained(&rule.Rule, "", "")
	}
	return s.writeTo(w)
}

// ExplainStage writes why a record stands at its stage: each stage of the model with its condition as a tree.
func (p *Printer) ExplainStage(w io.Writer, heading string, x *segment.StageExplained) error {
	s := p.sheet()
	s.put(0, s.paint(strong, clean(heading)))
	if x.Stage == "" {
		s.put(0, "at no stage")
	} else {
		s.put(0, "at stage "+clean(x.Stage))
	}
	for i := range x.Stages {
		stage := &x.Stages[i]
		s.gap()
		i, mark := plain, "  "
		if stage.Here {
			i, mark = added, "→ "
		}
		s.put(0, s.paint(i, mark+clean(stage.Stage))+why(strings.Join(nonEmpty(stage.By, stage.SLA, stage.Why), ", ")))
		s.explained(&stage.Rule, "", "")
	}
	return s.writeTo(w)
}

func why(text string) string {
	if text == "" {
		return ""
	}
	return "  " + clean(text)
}

func nonEmpty(parts ...string) []string {
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// signed writes points with their sign.
func signed(n int64) string {
	if n > 0 {
		return "+" + number(int(n))
	}
	return number(int(n))
}
