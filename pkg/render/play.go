package render

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// part is what a plan holds for one play.
type part struct {
	run      *journey.PlayRun
	groups   []*group
	creates  []plan.Create
	enrolls  []*enrolling
	from     map[string]string // the play that enrolls a record, by its key
	timeouts map[string]int    // steps that timed out, in words
	problems map[problemKey]bool
	news     *taskNews // of its tasks; may be nil
	standing *standing // of its members; may be nil

	lanesBegin, lanesEnd int
}

// enrolling is a step that starts another play.
type enrolling struct {
	step, into, entity string
	count              int
}

// parts divides a plan by play, in the order of its plays. Operations of plays that the plan does not tell about come last.
func parts(v *View) []*part {
	p := v.Plan
	var out []*part
	byName := map[string]*part{}
	of := func(name string) *part {
		if byName[name] == nil {
			byName[name] = &part{run: &journey.PlayRun{Name: name}, from: map[string]string{}, timeouts: map[string]int{}, problems: map[problemKey]bool{}}
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
	for _, x := range p.Problems {
		of(x.Play).problems[problemKey{x.Step, x.Why}] = true
	}
	playOf := playsOfMembers(p)
	for i := range p.Members {
		m := &p.Members[i]
		of(m.After.Play).happens(m)
		if m.Needs != nil && m.After.By == state.ByPlay {
			from := playOf[m.Needs.Member]
			of(m.After.Play).from[m.After.Record.Key] = from
			of(from).starts(m)
		}
	}
	news, standing := newsOf(v), standingOf(v)
	for _, t := range out {
		t.news, t.standing = news[t.run.Name], standing[t.run.Name]
	}
	return out
}

// playsOfMembers gives the play of everybody to whom something happens, by member.
func playsOfMembers(p *plan.Plan) map[string]string {
	out := map[string]string{}
	for i := range p.Members {
		out[p.Members[i].After.Key] = p.Members[i].After.Play
	}
	return out
}

// timedOut is the outcome of a step whose time was up.
const timedOut = "timed out"

// happens counts what happens to a member beside what the play's run tells.
func (t *part) happens(m *plan.Member) {
	for i := range m.After.Lanes {
		l := &m.After.Lanes[i]
		switch before := laneBefore(m.Before, l); {
		case before == nil && l.EndedAt.IsZero():
			t.lanesBegin++
		case before != nil && before.EndedAt.IsZero() && !l.EndedAt.IsZero():
			t.lanesEnd++
		}
	}
	t.late(m.Moves)
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.New != nil {
			t.lanesBegin++
		}
		if l.End != nil {
			t.lanesEnd++
		}
		t.late(l.Moves)
	}
}

// laneBefore gives a lane as it was before the run; nil for one that begins in it.
func laneBefore(before *state.Member, l *state.Lane) *state.Lane {
	if before == nil {
		return nil
	}
	is := func(b state.Lane) bool { return b.Of == l.Of && b.Record == l.Record && b.Since.Equal(l.Since) }
	if at := slices.IndexFunc(before.Lanes, is); at >= 0 {
		return &before.Lanes[at]
	}
	return nil
}

func (t *part) late(moves []plan.Move) {
	for i := range moves {
		if moves[i].Done.Outcome == timedOut {
			t.timeouts[moves[i].Step]++
		}
	}
}

// starts counts a member of another play that a step of this one enrolls.
func (t *part) starts(m *plan.Member) {
	for _, e := range t.enrolls {
		if e.step == m.Needs.Step && e.into == m.After.Play {
			e.count++
			return
		}
	}
	t.enrolls = append(t.enrolls, &enrolling{m.Needs.Step, m.After.Play, m.After.Record.Entity, 1})
}

// quiet reports whether there is nothing to tell about the play.
func (t *part) quiet() bool {
	r := t.run
	return r.Change == journey.Same && len(t.groups)+len(t.creates)+len(t.enrolls)+t.lanesBegin+t.lanesEnd+r.Funnel.Matched+r.Funnel.Enrolled+
		len(r.Left)+r.Moving+r.Missing+len(r.Waiting)+len(r.Unknowns) == 0 && t.news == nil
}

// agenda divides the plays of a plan into those with something to tell and the names of the others.
type agenda struct {
	told      []*part
	quiet     []string
	untouched []string // not part of the run
}

func newAgenda(v *View) *agenda {
	a := &agenda{}
	for _, t := range parts(v) {
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
	s.moved(t)
	s.funnel(t)
	s.members(t)
	if !s.Concise {
		s.waits(t)
	}
	s.part()
	s.creates(t.creates)
	if s.terse {
		s.counts(t)
	} else {
		s.groups(t.groups)
		s.enrolls(t.enrolls)
	}
	s.part()
	s.reasons(t)
}

// name gives a play's name as it is shown; operations of plays that are in no list have none.
func (t *part) name() string {
	if t.run.Name == "" {
		return "what no play keeps"
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

// playHeading writes the play's name and what became of its definition.
func (s *sheet) playHeading(t *part) {
	r := t.run
	glyph, i, what := definition(r)
	diff, beside := r.Diff, ""
	if len(diff) == 1 && !strings.HasPrefix(diff[0], "+ ") && !strings.HasPrefix(diff[0], "- ") && width(diff[0]) <= shortDifference {
		what, beside, diff = clean(diff[0]), t.on(diff[0]), nil
	}
	s.row(playRow, 0, cell{text: glyph + " " + t.name(), ink: i}, cell{text: points(what, beside, inFlight(t))})
	s.differences(t, diff)
}

// shortDifference is how much of a play's definition may have changed to be told beside its name.
const shortDifference = 60

// differences writes the changes of a play's definition. A step that came or went begins with its sign.
func (s *sheet) differences(t *part, list []string) {
	for _, d := range list {
		glyph, i, text := "~", changed, d
		if step, ok := strings.CutPrefix(d, "+ "); ok {
			glyph, i, text = "+", added, step
		} else if step, ok := strings.CutPrefix(d, "- "); ok {
			glyph, i, text = "-", removed, step
		}
		s.sign(i, glyph, points(clean(text), t.on(d)))
	}
}

// enrolls lists the other plays that steps start.
func (s *sheet) enrolls(list []*enrolling) {
	for _, e := range list {
		s.row(operationRow, 4, cell{text: "→ enroll", ink: added}, cell{text: "play " + clean(e.into)}, cell{text: number(e.count), right: true},
			cell{text: s.noun(e.count, e.entity), close: true}, cell{text: "step " + clean(e.step), ink: faint})
	}
}
