package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/plan"
)

// mostRemarks is how many remarks of a kind are shown where not all are.
const mostRemarks = 10

// remarks tells what is to be known beside the operations.
func (s *sheet) remarks(v *View) {
	s.remark(loud, "Errors", s.problems(v.Plan))
	s.remark(changed, "Conflicts", s.conflicts(v.Plan))
	s.remark(changed, "Blocked", s.blocked(v.Plan))
	s.remark(changed, "Not known", s.notKnown(v.Plan))
	s.remark(changed, "Warnings", append(s.unknown(v.Unknown), v.Plan.Warnings...))
	s.remark(changed, "Late", s.late(v.Plan))
	s.remark(changed, "Limited", limited(v.Plan))
	s.remark(changed, "Held back", heldBack(v.Plan))
	s.guards(v.Plan)
	if s.Concise {
		return
	}
	for _, a := range s.asides(v) {
		s.remark(plain, a.label, a.texts)
	}
}

// aside is something that is good to know.
type aside struct {
	label string
	texts []string
}

// asides words what is good to know and no reason to worry.
func (p *Printer) asides(v *View) []aside {
	var out []aside
	empty := v.Plan.Empty()
	if v.Plan.Lineage == "" && !empty {
		out = append(out, aside{"State", []string{"there is none yet: apply makes it"}})
	}
	if texts := holdings(v.Plan); len(texts) > 0 {
		out = append(out, aside{"Held", texts})
	}
	if len(v.Plan.Operations)+len(v.Plan.Creates) == 0 && !empty {
		out = append(out, aside{"Recorded", []string{"applying this writes to no system; it only records what is told above"}})
	}
	if n := v.Plan.NoOps; n > 0 && !empty {
		out = append(out, aside{"Unchanged", []string{counted(n, "want") + " " + verbal(n, "hold") + " already"}})
	}
	if next := v.Next.In(p.zone()); !v.Next.IsZero() {
		text := "a run has something to do " + next.Format("Mon ") + moment(next)
		if at := v.Plan.At; !at.IsZero() && next.After(at) {
			text += ", in " + span(next.Sub(at))
		}
		out = append(out, aside{"Next", []string{text}})
	}
	return out
}

// remark lists texts behind one label, and counts those that are left out.
func (s *sheet) remark(i ink, label string, texts []string) {
	shown := len(texts)
	if !s.Full && shown > mostRemarks {
		shown = mostRemarks
	}
	for n, text := range texts[:shown] {
		if n > 0 {
			label = ""
		}
		s.about(i, label, clean(text))
	}
	if more := len(texts) - shown; more > 0 {
		s.about(i, "", s.paint(faint, "… "+number(more)+" more"+s.fuller()))
	}
}

// conflicts words the wants that others overrule.
func (s *sheet) conflicts(p *plan.Plan) []string {
	var out []string
	for _, c := range p.Conflicts {
		winner, _, _ := strings.Cut(c.Winner, ".")
		text := s.records(c.Count, "") + ": " + c.Winner + " " + c.Wins + " " + strings.TrimSuffix(c.Place, ` ""`) + ", " + c.Loser + " " + c.Loses
		if c.Wins == c.Loses {
			text += " it otherwise"
		} else {
			text += " it"
		}
		text += " → " + winner + " wins (" + precedence(c.Priority) + ")"
		if len(c.Sample) > 0 && !s.Concise {
			text += "; " + s.keys(c.Sample, c.Count)
		}
		out = append(out, text)
	}
	return out
}

func precedence(priority [2]int) string {
	if priority[0] == priority[1] {
		return "both of priority " + number(priority[0]) + ", so the first by name"
	}
	return "priority " + number(priority[0]) + " > " + number(priority[1])
}

// blocked words what members wait for although their time has come.
func (s *sheet) blocked(p *plan.Plan) []string {
	var out []string
	for _, b := range p.Blocked {
		out = append(out, counted(b.Count, "member")+" "+verbal(b.Count, "wait")+" before "+b.Play+"."+b.Step+": "+b.Why)
	}
	return out
}

// unknown words the segments that can't be told for some records.
func (s *sheet) unknown(list []UnknownSegment) []string {
	var out []string
	for _, u := range list {
		text := s.records(u.Count, u.Entity) + " unknown in segment " + u.Segment
		var reasons []string
		for _, m := range distinct(u) {
			if m.n == u.Count {
				reasons = append(reasons, m.what)
			} else {
				reasons = append(reasons, m.what+" ("+number(m.n)+")")
			}
		}
		if shown := s.shown(len(reasons)); shown < len(reasons) {
			reasons = append(reasons[:shown], counted(len(reasons)-shown, "more reason"))
		}
		if len(reasons) > 0 {
			text += ": " + strings.Join(reasons, ", ")
		}
		out = append(out, text+" (playctl segment "+u.Segment+")")
	}
	return out
}

type missing struct {
	what string
	n    int
}

// distinct gives what is missing, the most frequent first. Clauses that miss the same thing miss it for the same records, mostly: the
// largest of their counts is told.
func distinct(u UnknownSegment) []missing {
	var out []missing
	for _, m := range u.Missing {
		i := slices.IndexFunc(out, func(o missing) bool { return o.what == m.What })
		if i < 0 {
			out = append(out, missing{m.What, m.Count})
		} else {
			out[i].n = max(out[i].n, m.Count)
		}
	}
	slices.SortStableFunc(out, func(a, b missing) int { return cmp.Or(b.n-a.n, strings.Compare(a.what, b.what)) })
	return out
}

// guards tells which guards refuse, with the remedy, and that the others hold.
func (s *sheet) guards(p *plan.Plan) {
	var holding []string
	label := "Guards"
	say := func(i ink, text string) {
		s.about(i, label, clean(text))
		label = ""
	}
	for _, v := range p.Verdicts {
		switch {
		case v.Holds:
			holding = append(holding, v.Guard)
		case v.Allowed:
			say(changed, passed(&v))
		default:
			say(loud, v.Guard+" refuses: "+v.Message)
			say(plain, remedy(&v))
		}
	}
	switch n := len(holding); {
	case n == 0 || s.Concise:
	case n < len(p.Verdicts):
		say(plain, map[bool]string{true: "the other holds", false: "the other " + number(n) + " hold"}[n == 1])
	case n == 1:
		say(plain, holding[0]+" holds")
	default:
		say(plain, "all "+number(n)+" hold")
	}
}

// passed words a guard that was let pass.
func passed(v *plan.Verdict) string {
	return v.Guard + " would refuse, and was let pass with --allow " + v.Guard + ": " + v.Message
}

// remedy words how to let a guard pass that refuses.
func remedy(v *plan.Verdict) string { return "to let it pass this once: --allow " + v.Guard }

// holdings words the keeps that begin or end without an operation.
func holdings(p *plan.Plan) []string {
	var texts []string
	if n := len(p.Standing); n > 0 {
		texts = append(texts, counted(n, "keep")+" "+verbal(n, "begin")+" where the record is in the collection already")
	}
	if n := len(p.Releases); n > 0 {
		texts = append(texts, counted(n, "keep")+" "+verbal(n, "end")+" with nothing to take out: others keep it, or it was there before")
	}
	return texts
}
