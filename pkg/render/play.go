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
		if p.Members[i].End != nil {
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

// agenda divides the plays of a plan into those with something to tell and the names of the others.
type agenda struct {
	told      []*part
	quiet     []string
	untouched []string // not part of the run
}

func newAgenda(p *plan.Plan) *agenda {
	a := &agenda{}
	for _, t := range parts(p) {
		switch {
		case t.run.Change == journey.Untouched && len(t.groups) == 0:
			a.untouched = append(a.untouched, t.run.Name)
		case t.quiet():
			a.quiet = append(a.quiet, t.run.Name)
		default:
			a.told = append(a.told, t)
		}
	}
	return a
}

// idle words the plays with nothing to tell.
func (p *Printer) idle(a *agenda) []string {
	var out []string
	if n := len(a.quiet); n > 0 {
		out = append(out, counted(n, "play")+" "+map[bool]string{true: "has", false: "have"}[n == 1]+" nothing to do: "+p.keys(a.quiet, n))
	}
	if n := len(a.untouched); n > 0 {
		out = append(out, counted(n, "play")+" "+map[bool]string{true: "is", false: "are"}[n == 1]+" not part of this run: "+p.keys(a.untouched, n))
	}
	return out
}

// plays writes a block for each play with something to tell, and counts the others.
func (s *sheet) plays(a *agenda) {
	for _, t := range a.told {
		s.playHeading(t)
		s.playBody(t)
		s.gap()
	}
	if s.Concise {
		return
	}
	for _, text := range s.idle(a) {
		s.say(0, 4, text)
	}
}

// playBody writes what happens to a play's members and what is done.
func (s *sheet) playBody(t *part) {
	s.funnel(t.run)
	s.members(t)
	if !s.Concise {
		s.waits(t.run)
	}
	s.part()
	s.creates(t.creates)
	if s.terse {
		s.counts(t)
	} else {
		s.groups(t.groups)
	}
	s.part()
	s.reasons(t.run)
}

// name gives a play's name as it is shown; operations of plays that are in no list have none.
func (t *part) name() string {
	if t.run.Name == "" {
		return "plays that are gone"
	}
	return "play " + clean(t.run.Name)
}

// definition tells what became of a play's definition: a sign, and in words.
func definition(r *journey.PlayRun) (glyph string, i ink, what string) {
	switch r.Change {
	case journey.New:
		if r.Funnel.Matched+r.Funnel.Baseline > 0 {
			return "+", added, "new, first launch"
		}
		return "+", added, "new"
	case journey.Gone:
		return "-", removed, "removed from the playbook"
	case journey.Changed:
		return "~", changed, "changed"
	}
	return " ", strong, ""
}

// inFlight counts the members of a play that stays.
func inFlight(r *journey.PlayRun) string {
	if r.Members == 0 || r.Change == journey.Gone {
		return ""
	}
	return counted(r.Members, "member") + " in flight"
}

// playHeading writes the play's name and what became of its definition.
func (s *sheet) playHeading(t *part) {
	r := t.run
	glyph, i, what := definition(r)
	diff := r.Diff
	if len(diff) == 1 && !strings.HasPrefix(diff[0], "+ ") && !strings.HasPrefix(diff[0], "- ") && width(diff[0]) <= shortDifference {
		what, diff = clean(diff[0]), nil
	}
	s.row(playRow, 0, cell{text: glyph + " " + t.name(), ink: i}, cell{text: points(what, inFlight(r))})
	s.differences(diff)
}

// shortDifference is how much of a play's definition may have changed to be told beside its name.
const shortDifference = 60

// differences writes the changes of a play's definition. A step that came or went begins with its sign.
func (s *sheet) differences(list []string) {
	for _, d := range list {
		glyph, i, text := "~", changed, d
		if step, ok := strings.CutPrefix(d, "+ "); ok {
			glyph, i, text = "+", added, step
		} else if step, ok := strings.CutPrefix(d, "- "); ok {
			glyph, i, text = "-", removed, step
		}
		s.sign(i, glyph, clean(text))
	}
}
