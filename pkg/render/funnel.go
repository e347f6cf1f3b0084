package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
)

// funnel tells what became of the records that could have entered.
func (s *sheet) funnel(r *journey.PlayRun) {
	f := &r.Funnel
	if f.Matched > 0 {
		text := points(number(f.Matched)+" matched", stage(f.AlreadyIn, "already in"), stage(f.NotReeligible, "not re-eligible"),
			stage(f.GoalMet, "goal already met"), stage(f.ExitHolds, "would exit at once"), stage(f.NotAddressable, "not addressable"), stage(f.Limited, "over the limit"),
			stage(f.HeldOut, "held out")) + " → " + number(f.Enters) + " " + verbal(f.Enters, "enter")
		if f.Backfill {
			text += " (backfill)"
		}
		s.say(4, 4, text)
	}
	if f.Baseline > 0 {
		s.say(4, 4, number(f.Baseline)+" in the segment already "+map[bool]string{true: "does", false: "do"}[f.Baseline == 1]+" not enter (backfill: false)")
	}
	if r.Change == journey.New && f.Matched+f.Baseline == 0 {
		s.say(4, 4, s.records(f.InSegment, r.Of)+" in the segment · nobody enters yet")
	}
	if f.Unknown > 0 && !s.Concise {
		s.say(4, 4, s.records(f.Unknown, r.Of)+" can't be told to be in the segment, and so "+map[bool]string{true: "is", false: "are"}[f.Unknown == 1]+" not")
	}
}

func stage(n int, what string) string {
	if n == 0 {
		return ""
	}
	return number(n) + " " + what
}

// members tells who leaves, moves and stays.
func (s *sheet) members(t *part) {
	r := t.run
	leave, wait := total(r.Left), ""
	leaving := ""
	switch {
	case r.Change == journey.Gone:
		leaving = counted(leave, "member") + " " + verbal(leave, "leave") + " with it"
	case leave > 0:
		leaving = number(leave) + " " + verbal(leave, "leave") + " (" + s.tally(r.Left) + ")"
	}
	if waiting := waiters(r); waiting > 0 && (len(r.Waiting) > 1 || s.Concise) {
		wait = number(waiting) + " " + verbal(waiting, "wait")
	}
	moving := ""
	if r.Moving > 0 {
		moving = number(r.Moving) + " " + verbal(r.Moving, "move") + " on"
	}
	completed := ""
	if t.completed > 0 {
		completed = number(t.completed) + " " + verbal(t.completed, "complete")
	}
	if text := points(leaving, moving, completed, wait); text != "" {
		s.say(4, 4, text)
	}
	if s.Concise {
		return
	}
	if r.Away > 0 {
		s.say(4, 4, number(r.Away)+" left the segment and "+verbal(r.Away, "stay")+" (on_leave: stay)")
	}
	if r.Missing > 0 {
		s.say(4, 4, counted(r.Missing, "member")+" without a record any more: what they hold stays; they leave if that lasts (gone_after)")
	}
}

// waits tells what members wait for, and which conditions could not be told.
func (s *sheet) waits(r *journey.PlayRun) {
	waits := waitsFor(r)
	waiting, unknowns := byCount(waits), byCount(r.Unknowns)
	for _, what := range waiting[:s.shown(len(waiting))] {
		n := waits[what]
		s.row(valueRow, 4, cell{text: number(n), right: true}, cell{close: true, text: verbal(n, "wait") + at(what)})
	}
	s.more(4, len(waiting)-s.shown(len(waiting)), "that they wait for")
	for _, what := range unknowns[:s.shown(len(unknowns))] {
		s.row(valueRow, 4, cell{text: number(r.Unknowns[what]), right: true}, cell{close: true, text: "× " + clean(what), ink: changed})
	}
	s.more(4, len(unknowns)-s.shown(len(unknowns)), "of these")
}

// waitsFor counts members by what they wait for, in words.
func waitsFor(r *journey.PlayRun) map[string]int {
	out := map[string]int{}
	for _, w := range r.Waiting {
		what := w.Why
		if w.Step != "" {
			what = "step " + w.Step + ": " + what
		}
		out[what] += w.Count
	}
	return out
}

// waiters counts the members that wait.
func waiters(r *journey.PlayRun) int { return total(waitsFor(r)) }

// at words what members wait for: at step call: account.owner_email is missing.
func at(what string) string {
	if strings.HasPrefix(what, "step ") {
		return " at " + clean(what)
	}
	return ": " + clean(what)
}

// more says how many were left out.
func (s *sheet) more(indent, n int, what string) {
	if n > 0 {
		s.put(indent, s.paint(faint, strings.TrimRight("… "+number(n)+" more "+what, " ")+s.fuller()))
	}
}

// fuller names the option that shows what is left out. Not in a comment, whose reader has no command line at hand: that says it once.
func (s *sheet) fuller() string {
	if s.fenced {
		return ""
	}
	return " (--full)"
}

// tally lists counts, the largest first: 2 converted, 1 deal lost. A single one stands without its number.
func (s *sheet) tally(counts map[string]int) string {
	var out []string
	if len(counts) == 1 {
		for what := range counts {
			return clean(what)
		}
	}
	for _, what := range byCount(counts) {
		out = append(out, number(counts[what])+" "+clean(what))
	}
	return strings.Join(out, ", ")
}

// byCount gives the keys of counts, the largest first, then by name.
func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
}

func total(counts map[string]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// reasons tells of a few records why they enter or leave.
func (s *sheet) reasons(r *journey.PlayRun) {
	s.because(r.Enters, r.Funnel.Enters, "enters")
	s.because(r.Leaves, total(r.Left), "leaves")
}

// because tells of a few of n records why.
func (s *sheet) because(reasons []journey.Reason, n int, verb string) {
	shown := min(len(reasons), s.told)
	for _, why := range reasons[:shown] {
		text := clean(why.Key) + " " + verb
		if why.Outcome != "" {
			text += " (" + clean(why.Outcome) + ")"
		}
		if len(why.Because) > 0 && !s.NoValues {
			text += ": " + clean(strings.Join(why.Because, ", "))
		}
		if s.Full || s.Width == 0 || s.fenced {
			s.say(4, 4, text)
		} else {
			s.put(4, cut(text, max(s.Width-4, 40)))
		}
	}
	if shown > 0 {
		s.more(4, n-shown, "")
	}
}
