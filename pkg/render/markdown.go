package render

import (
	"io"
	"math"
	"strings"

	"github.com/playctl/playctl/pkg/plan"
)

// Markdown writes a plan as a comment of a pull request, at most 60,000 bytes: a hidden marker, by which a bot finds the comment that it is to
// update; a title; what refuses the plan and what it warns of; a table of plays; conflicts; a block to unfold for each play; and as the last
// line the sentence of the text, unadorned. What does not fit is left out in steps, and the comment says what. There are no timings in it.
//
// Full and Concise count for where the steps begin, NoValues counts as in text; Color, Width and Now don't.
func (p *Printer) Markdown(w io.Writer, v *View) error {
	a := newAgenda(v)
	text := ""
	for _, d := range p.details() {
		if text = p.comment(v, a, d); len(text) <= mostBytes {
			break
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

// mostBytes is how long a comment may be. GitHub takes 65,536 characters.
const mostBytes = 60_000

// detail is how much a comment tells.
type detail struct {
	full       bool // each record, each value
	reasons    int  // of a kind, for each play
	operations bool // else their counts
	plays      bool // a block for each
	table      bool // a row for each play
	remarks    int  // of a kind
	length     int  // bytes of a remark
	left       string
}

// details are the steps in which a comment gets shorter. The last one fits whatever the plan is.
func (p *Printer) details() []detail {
	const long = 1000
	steps := []detail{
		{full: true, reasons: math.MaxInt, operations: true, plays: true, table: true, remarks: math.MaxInt, length: long},
		{reasons: mostReasons, operations: true, plays: true, table: true, remarks: mostRemarks, length: long,
			left: "the records one by one, and all but the first of the reasons and warnings"},
		{reasons: samples, operations: true, plays: true, table: true, remarks: mostRemarks, length: long,
			left: "most of the reasons why records enter and leave"},
		{operations: true, plays: true, table: true, remarks: mostRemarks, length: long,
			left: "the reasons why records enter and leave"},
		{plays: true, table: true, remarks: mostRemarks, length: long,
			left: "the reasons why records enter and leave, and all of the operations but their counts"},
		{table: true, remarks: mostRemarks, length: long,
			left: "everything about the plays but their counts"},
		{remarks: samples, length: 300,
			left: "everything about single plays, and all but the first of the warnings and conflicts"},
	}
	from := 1
	switch {
	case p.Concise:
		from = 3
	case p.Full:
		from = 0
	}
	steps[from].left = ""
	return steps[from:]
}

// mostReasons is how many reasons of a kind are told of a play in a comment, where they are folded away.
const mostReasons = 10

// comment is a plan being laid out as a comment.
type comment struct {
	*Printer
	detail detail
	view   *View
	agenda *agenda
	b      strings.Builder
}

// comment lays a plan out.
func (p *Printer) comment(v *View, a *agenda, d detail) string {
	const room = 100 // of a fence, before it has to be scrolled sideways
	c := &comment{detail: d, view: v, agenda: a,
		Printer: &Printer{Nouns: p.Nouns, Options: Options{Full: d.full, Concise: p.Concise, NoValues: p.NoValues, Width: room, Zone: p.Zone}}}
	c.title()
	c.refusals()
	c.alert("CAUTION", "**Errors: the others go on, these wait until somebody mends it.**", c.list(c.sheet().problems(c.view.Plan)))
	c.alert("WARNING", "", c.list(c.warnings()))
	c.table()
	c.conflicts()
	if d.left != "" {
		c.block("Shortened to fit into a comment. Left out: " + d.left + ". `playctl plan --full` shows everything.")
	}
	c.plays()
	c.asides()
	c.block(sentence(v.Plan))
	return c.b.String()
}

// block adds a block, an empty line before it.
func (c *comment) block(lines ...string) {
	if len(lines) == 0 {
		return
	}
	if c.b.Len() > 0 {
		c.b.WriteByte('\n')
	}
	c.b.WriteString(strings.Join(lines, "\n") + "\n")
}

// alert adds a box that the forge colours by its kind.
func (c *comment) alert(kind, heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	out := []string{"> [!" + kind + "]"}
	if heading != "" {
		out = append(out, "> "+heading)
	}
	for _, l := range lines {
		out = append(out, "> "+l)
	}
	c.block(out...)
}

// items makes items of the first of some things, and counts the others.
func items[T any](c *comment, things []T, words func(T) string) []string {
	var out []string
	for _, thing := range things[:min(len(things), c.detail.remarks)] {
		out = append(out, "- "+words(thing))
	}
	if more := len(things) - len(out); more > 0 {
		out = append(out, "- … "+number(more)+" more")
	}
	return out
}

// list makes items of sentences.
func (c *comment) list(texts []string) []string {
	return items(c, texts, func(text string) string { return prose(c.brief(text)) })
}

// brief cuts text to what a remark may take.
func (c *comment) brief(text string) string {
	return shorten(clean(shorten(text, c.detail.length)), c.detail.length)
}

// title tells what is planned, and where.
func (c *comment) title() {
	const longest = 100
	p := c.view.Plan
	c.block(marker(p.Playbook, p.Environment))
	text := "## Plan"
	if name := code(shorten(p.Playbook, longest)); name != "" {
		text += " for " + name
	}
	if name := code(shorten(p.Environment, longest)); name != "" {
		text += " in " + name
	}
	c.block(text)
	text = "**" + sentence(p) + "**"
	if !p.At.IsZero() {
		text += " As of " + c.moment(p.At) + "."
	}
	c.block(text)
}

// refusals tells which guards refuse the plan, and what to do if it is meant.
func (c *comment) refusals() {
	refused := c.view.Plan.Refused()
	heading := "**A guard refuses this plan. It can't be applied as it is.**"
	if n := len(refused); n > 1 {
		heading = "**" + number(n) + " guards refuse this plan. It can't be applied as it is.**"
	}
	c.alert("CAUTION", heading, items(c, refused, func(v plan.Verdict) string {
		guard := c.brief(v.Guard)
		return code(guard) + ": " + prose(c.brief(v.Message)) + " (to let it pass this once: " + code("--allow "+guard) + ")"
	}))
}

// warnings words what a reviewer should look at: guards that were let pass, who waits for what is broken, segments that can't be told.
func (c *comment) warnings() []string {
	s := c.sheet()
	var out []string
	for _, v := range c.view.Plan.Verdicts {
		if !v.Holds && v.Allowed {
			out = append(out, "guard "+passed(&v))
		}
	}
	out = append(out, limited(c.view.Plan)...)
	out = append(out, heldBack(c.view.Plan)...)
	out = append(out, s.blocked(c.view.Plan)...)
	out = append(out, s.notKnown(c.view.Plan)...)
	out = append(out, s.late(c.view.Plan)...)
	out = append(out, s.unknown(c.view.Unknown)...)
	return append(out, c.view.Plan.Warnings...)
}

// conflicts lists the wants that others overrule.
func (c *comment) conflicts() {
	if lines := c.list(c.sheet().conflicts(c.view.Plan)); len(lines) > 0 {
		c.block("**Conflicts**")
		c.block(lines...)
	}
}

// plays adds a block to unfold for each play with something to tell, and counts the others. One that is alone is unfolded.
func (c *comment) plays() {
	if c.detail.plays {
		for _, t := range c.agenda.told {
			if c.b.Len() > mostBytes {
				return // it is too long already, and thrown away
			}
			c.play(t, len(c.agenda.told) == 1)
		}
	}
	if c.Concise {
		return
	}
	for _, text := range c.idle(c.agenda) {
		c.block(prose(c.brief(text)))
	}
}

// play adds one play's block: what changed in its definition, what happens to its members, what is done, and why.
func (c *comment) play(t *part, open bool) {
	s := c.sheet()
	s.fenced, s.terse, s.told = true, !c.detail.operations, c.detail.reasons
	s.differences(t, t.run.Diff)
	s.part()
	s.playBody(t)
	if len(s.lines) == 0 {
		return
	}
	tag := "<details>"
	if open {
		tag = "<details open>"
	}
	c.block(tag, "<summary>"+summary(t)+"</summary>")
	c.block(fence("diff", s.text()))
	c.block("</details>")
}

// summary is the line of a play that can be seen before it is unfolded.
func summary(t *part) string {
	const longest = 100
	r := t.run
	glyph, _, what := definition(r)
	name := t.name()
	if r.Name != "" {
		name = "play " + htmlCode(shorten(r.Name, longest))
	}
	enters, leaves := r.Funnel.Enters, total(r.Left)
	parts := []string{what, inFlight(t), stage(enters, verbal(enters, "enter")), stage(leaves, verbal(leaves, "leave"))}
	for _, n := range t.counts() {
		parts = append(parts, stage(n.n, n.what))
	}
	parts = append(parts, stage(waiters(r), "waiting"))
	return strings.TrimSpace(glyph+" <b>"+name+"</b>") + strings.TrimRight(" · "+points(parts...), " ·")
}

// asides lists what is good to know.
func (c *comment) asides() {
	if c.Concise {
		return
	}
	var lines []string
	for _, a := range c.Printer.asides(c.view) {
		for _, text := range a.texts {
			lines = append(lines, "- **"+a.label+"**: "+prose(c.brief(text)))
		}
	}
	c.block(lines...)
}
