package render

import (
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
)

// part is what a plan holds for one play.
type part struct {
	run       *journey.PlayRun
	groups    []*group
	creates   []plan.Create
	completed int
}

// parts divides a plan by play, in the order of its plays. Operations of plays that the plan does not tell about come last.
func parts(p *plan.Plan) []*part {
	var out []*part
	byName := map[string]*part{}
	of := func(name string) *part {
		if byName[name] == nil {
			byName[name] = &part{run: &journey.PlayRun{Name: name}}
			out = append(out, byName[name])
		}
		return byName[name]
	}
	for i := range p.Plays {
		of(p.Plays[i].Name).run = &p.Plays[i]
	}
	for _, g := range groupOperations(p.Operations) {
		of(g.play).groups = append(of(g.play).groups, g)
	}
	for _, c := range p.Creates {
		name, _, _ := strings.Cut(c.Step, ".")
		of(name).creates = append(of(name).creates, c)
	}
	for i := range p.Members {
		if p.Members[i].Ends {
			of(p.Members[i].After.Play).completed++
		}
	}
	return out
}

// quiet reports whether there is nothing to tell about the play.
func (t *part) quiet() bool {
	r := t.run
	return r.Change == journey.Same && len(t.groups)+len(t.creates)+t.completed+r.Funnel.Matched+len(r.Left)+r.Moving+r.Missing+
		len(r.Waiting)+len(r.Unknowns) == 0
}

// plays writes a block for each play with something to tell, and counts the others.
func (s *sheet) plays(p *plan.Plan) {
	var quiet, untouched []string
	for _, t := range parts(p) {
		switch {
		case t.run.Change == journey.Untouched && len(t.groups) == 0:
			untouched = append(untouched, t.run.Name)
		case t.quiet():
			quiet = append(quiet, t.run.Name)
		default:
			s.play(t)
			s.gap()
		}
	}
	if s.Concise {
		return
	}
	if n := len(quiet); n > 0 {
		s.say(0, 4, counted(n, "play")+" "+map[bool]string{true: "has", false: "have"}[n == 1]+" nothing to do: "+s.keys(quiet, n))
	}
	if n := len(untouched); n > 0 {
		s.say(0, 4, counted(n, "play")+" "+map[bool]string{true: "is", false: "are"}[n == 1]+" not part of this run: "+s.keys(untouched, n))
	}
}

// play writes one play's block.
func (s *sheet) play(t *part) {
	s.playHeading(t.run)
	s.funnel(t.run)
	s.members(t)
	if !s.Concise {
		s.waits(t.run)
	}
	s.creates(t.creates)
	s.groups(t.groups)
	if !s.Concise {
		s.reasons(t.run)
	}
}

// playHeading writes the play's name and what became of its definition.
func (s *sheet) playHeading(r *journey.PlayRun) {
	glyph, i, what := " ", strong, ""
	switch r.Change {
	case journey.New:
		glyph, i, what = "+", added, "new"
		if r.Funnel.Matched+r.Funnel.Baseline > 0 {
			what = "new, first launch"
		}
	case journey.Gone:
		glyph, i, what = "-", removed, "removed from the playbook"
	case journey.Changed:
		glyph, i, what = "~", changed, "changed"
	}
	diff := r.Diff
	if len(diff) == 1 && !strings.HasPrefix(diff[0], "+ ") && !strings.HasPrefix(diff[0], "- ") && width(diff[0]) <= shortDifference {
		what, diff = clean(diff[0]), nil
	}
	inFlight := ""
	if r.Members > 0 && r.Change != journey.Gone {
		inFlight = counted(r.Members, "member") + " in flight"
	}
	name := "play " + clean(r.Name)
	if r.Name == "" {
		name = "plays that are gone"
	}
	s.row(playRow, 0, cell{text: glyph + " " + name, ink: i}, cell{text: points(what, inFlight)})
	for _, d := range diff {
		s.difference(d)
	}
}

// shortDifference is how much of a play's definition may have changed to be told beside its name.
const shortDifference = 60

// difference writes one change of a play's definition. A step that came or went begins with its sign.
func (s *sheet) difference(d string) {
	glyph, i, text := "~", changed, d
	if step, ok := strings.CutPrefix(d, "+ "); ok {
		glyph, i, text = "+", added, step
	} else if step, ok := strings.CutPrefix(d, "- "); ok {
		glyph, i, text = "-", removed, step
	}
	s.say(4, 2, s.paint(i, glyph)+" "+clean(text))
}
