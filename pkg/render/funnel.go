package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// funnel tells what became of the records that could have entered.
func (s *sheet) funnel(t *part) {
	r := t.run
	f := &r.Funnel
	if f.Matched+f.Enrolled > 0 {
		text := points(stage(f.Matched, "matched"), stage(f.Enrolled, "enrolled by "+t.enrolledBy()), stage(f.AlreadyIn, "already in"),
			stage(f.NotReeligible, "not re-eligible"), stage(f.GoalMet, "goal already met"), stage(f.ExitHolds, "would exit at once"),
			stage(f.Suppressed, "suppressed"), stage(f.NotAddressable, "not addressable"), stage(f.Grouped, "blocked by group"),
			stage(f.Limited, "over the limit"), stage(f.Unapproved, "not approved"), stage(f.HeldOut, "held out")) + " → " + number(f.Enters) + " " + verbal(f.Enters, "enter")
		if f.Backfill {
			text += " (backfill)"
		}
		s.say(4, 4, text)
	}
	if f.Baseline > 0 {
		s.say(4, 4, number(f.Baseline)+" in the segment already "+map[bool]string{true: "does", false: "do"}[f.Baseline == 1]+" not enter (backfill: false)")
	}
	if r.Change == journey.New && f.Matched+f.Enrolled+f.Baseline == 0 {
		s.say(4, 4, s.records(f.InSegment, r.Of)+" in the segment · nobody enters yet")
	}
	if f.Unknown > 0 && !s.Concise {
		s.say(4, 4, s.records(f.Unknown, r.Of)+" can't be told to be in the segment, and so "+map[bool]string{true: "is", false: "are"}[f.Unknown == 1]+" not")
	}
}

// enrolledBy names the play that enrolls records into this one, where it is the only one.
func (t *part) enrolledBy() string {
	name := ""
	for _, from := range t.from {
		if name != "" && from != name {
			return "other plays"
		}
		name = from
	}
	if name == "" {
		return "other plays"
	}
	return "play " + clean(name)
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
	leave, leaving, moving := total(r.Left), "", ""
	switch {
	case r.Change == journey.Gone:
		leaving = counted(leave, "member") + " " + verbal(leave, "leave") + " with it"
	case leave > 0:
		leaving = number(leave) + " " + verbal(leave, "leave") + " (" + s.tally(outcomes(r.Left)) + ")"
	}
	if r.Moving > 0 {
		moving = number(r.Moving) + " " + verbal(r.Moving, "move") + " on"
	}
	if text := points(leaving, moving, s.lanes(t), s.waitSum(r)); text != "" {
		s.say(4, 4, text)
	}
	if s.Concise {
		return
	}
	if n := total(t.timeouts); n > 0 {
		s.say(4, 4, number(n)+" timed out at step "+s.tally(t.timeouts))
	}
	s.tasks(t.news)
	if r.Away > 0 {
		s.say(4, 4, number(r.Away)+" left the segment and "+verbal(r.Away, "stay")+" (on_leave: stay)")
	}
	if r.Missing > 0 {
		s.say(4, 4, counted(r.Missing, "member")+" without a record any more: what they hold stays; they leave if that lasts (gone_after)")
	}
}

// outcomes gives counts of members that leave in words.
func outcomes(left map[string]int) map[string]int {
	out := map[string]int{}
	for what, n := range left {
		switch o := state.Outcome(what); o {
		case state.TimedOut, state.PlayRemoved:
			what = strings.ReplaceAll(what, "_", " ")
		}
		out[what] += n
	}
	return out
}

// lanes tells how many lanes begin and end.
func (s *sheet) lanes(t *part) string {
	begin, end := "", ""
	if n := t.lanesBegin; n > 0 {
		begin = counted(n, "lane") + " " + verbal(n, "begin")
	}
	if n := t.lanesEnd; n > 0 {
		end = counted(n, "lane") + " " + verbal(n, "end")
	}
	return points(begin, end)
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
func (s *sheet) reasons(t *part) {
	r := t.run
	s.because(r.Enters, r.Funnel.Enters, "enters", t.from)
	s.because(r.Leaves, total(r.Left), "leaves", nil)
}

// because tells of a few of n records why, and from which play those come that another one enrolls.
func (s *sheet) because(reasons []journey.Reason, n int, verb string, from map[string]string) {
	shown := min(len(reasons), s.told)
	for _, why := range reasons[:shown] {
		text := clean(why.Key) + " " + verb
		if play := from[why.Key]; play != "" {
			text += " from play " + clean(play)
		}
		if why.Outcome != "" {
			text += " (" + clean(strings.ReplaceAll(why.Outcome, "_", " ")) + ")"
		}
		if len(why.Because) > 0 && !s.NoValues {
			text += ": " + clean(strings.Join(why.Because, ", "))
		}
		s.say(4, 4, text)
	}
	if shown > 0 {
		s.more(4, n-shown, "")
	}
}
