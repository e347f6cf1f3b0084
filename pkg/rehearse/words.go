package rehearse

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// clock words a time in the playbook's zone.
func clock(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2006-01-02 15:04") }

// listed words a list of keys.
func listed(keys []string) string {
	if len(keys) == 0 {
		return "nobody"
	}
	return strings.Join(slices.Sorted(slices.Values(keys)), ", ")
}

// String words what is expected, as a plan would show it.
func (o *Operation) String() string {
	verb := o.Verb.String()
	switch {
	case o.Keep:
		verb = "keep"
	case o.Any:
		verb = "remove_any"
	}
	text := verb + " " + o.Target.String()
	if o.Name != "" {
		text += fmt.Sprintf(" %q", o.Name)
	}
	if o.Record.Key != "" {
		text += " " + o.Record.Key
	}
	for _, x := range []string{o.Play, o.Step} {
		if x != "" {
			text += " by " + x
		}
	}
	return text + fieldWords(o.Fields)
}

// fieldWords words fields: name=value, by name.
func fieldWords(fields map[string]any) string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text += fmt.Sprintf(" %s=%q", name, connector.Text(fields[name]))
	}
	return text
}

// operationsOf words operations, one a line, with the signs of a plan.
func operationsOf(list []plan.Operation) []string {
	var out []string
	for i := range list {
		out = append(out, operationWords(&list[i]))
	}
	return out
}

func operationWords(o *plan.Operation) string {
	sign := map[connector.Verb]string{connector.Add: "+", connector.Remove: "-", connector.Cancel: "-", connector.Set: "~", connector.Send: "!", connector.Task: "!"}[o.Verb]
	verb := o.Verb.String()
	switch {
	case o.Verb == connector.Add && kept(o):
		verb = "keep"
	case o.Any:
		verb = "remove_any"
	}
	text := fmt.Sprintf("%s %s %s %s by %s.%s%s", sign, verb, o.Place().Title(), o.Record.Key, o.Play, o.Step, fieldWords(o.Fields))
	if o.Withdraw {
		text += " (withdrawn)"
	}
	return text
}

// wordsOf words a plan: its operations, and who enters, leaves or moves.
func wordsOf(p *plan.Plan) []string {
	out := operationsOf(p.Operations)
	for _, c := range p.Creates {
		out = append(out, "+ create "+c.Place.Title())
	}
	for i := range p.Members {
		out = append(out, memberWords(&p.Members[i]))
	}
	for _, r := range p.Releases {
		out = append(out, fmt.Sprintf("release %s from %s %q", r.Held.Record.Key, r.Held.Connector+"."+r.Held.Kind, r.Held.Name))
	}
	for _, h := range p.Standing {
		out = append(out, fmt.Sprintf("hold %s in %s %q", h.Held.Record.Key, h.Held.Connector+"."+h.Held.Kind, h.Held.Name))
	}
	for _, x := range p.Plays {
		if x.Change != "" && x.Change != "untouched" {
			out = append(out, fmt.Sprintf("play %s is %s", x.Name, x.Change))
		}
	}
	return out
}

// memberWords words what becomes of a member.
func memberWords(m *plan.Member) string {
	who := fmt.Sprintf("%s %s", m.After.Play, m.After.Record.Key)
	switch {
	case m.Enters:
		return who + " enters"
	case m.Leaves:
		return strings.TrimSpace(fmt.Sprintf("%s leaves: %s %s", who, m.After.Outcome, m.After.Reason))
	case len(m.Moves) > 0:
		return fmt.Sprintf("%s takes step %s", who, m.Moves[0].Step)
	}
	return who + " moves"
}

// unfinished words the operations that were not done.
func unfinished(x *ran) []string {
	var out []string
	for i, o := range x.result.Outcomes {
		if o.Status != apply.Done && o.Status != apply.Already {
			out = append(out, fmt.Sprintf("%s: %s %s", operationWords(&x.planned.Plan.Operations[i]), o.Status, o.Reason))
		}
	}
	return out
}

// member gives a record's last membership of a play, nil if there never was one.
func (s *seen) member(play string, k Key) *state.Member {
	var last *state.Member
	for i := range s.state.Members {
		m := &s.state.Members[i]
		if m.Play == play && k.is(m.Record) && (last == nil || m.Active() || !last.Active() && m.EnteredAt.After(last.EnteredAt)) {
			last = m
		}
	}
	return last
}

// standings words how records stand in a play: those that are spoken of, and others.
func (s *seen) standings(play string, keys []Key, others []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, s.standing(play, k))
	}
	for _, key := range others {
		if !slices.ContainsFunc(keys, func(k Key) bool { return k.Key == key }) {
			out = append(out, s.standing(play, Key{Key: key}))
		}
	}
	return out
}

// standing words how a record stands in a play.
func (s *seen) standing(play string, k Key) string {
	m := s.member(play, k)
	if m == nil {
		return fmt.Sprintf("%s was never in %s%s", k.Key, play, s.why(play))
	}
	zone := s.program.Book.Zone
	switch {
	case !m.Active():
		return fmt.Sprintf("%s left %s on %s: %s", k.Key, play, clock(m.EndedAt, zone), strings.TrimSpace(string(m.Outcome)+" "+m.Reason))
	case m.HeldOut:
		return fmt.Sprintf("%s is in %s, held out", k.Key, play)
	case m.Step == "":
		return fmt.Sprintf("%s is in %s, past its last step", k.Key, play)
	}
	text := fmt.Sprintf("%s is in %s, at step %s since %s", k.Key, play, m.Step, clock(m.StepAt, zone))
	if !m.Due.IsZero() {
		text += ", until " + clock(m.Due, zone) + " at the latest"
	}
	return text
}

// why words what became of the records that could have entered a play in the last run.
func (s *seen) why(play string) string {
	for _, p := range s.last.planned.Plan.Plays {
		if p.Name != play {
			continue
		}
		f := p.Funnel
		var parts []string
		for _, x := range []struct {
			n    int
			what string
		}{{f.InSegment, "in the segment"}, {f.Unknown, "unknown"}, {f.Matched, "matched"}, {f.Baseline, "in it before the first launch (backfill: false)"}, {f.NotReeligible, "not re-eligible"},
			{f.GoalMet, "goal already met"}, {f.ExitHolds, "an exit rule holds"}, {f.Suppressed, "suppressed"}, {f.NotAddressable, "not addressable"},
			{f.Grouped, "kept out by its group"}, {f.Limited, "beyond the limit"}} {
			if x.n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", x.n, x.what))
			}
		}
		if len(parts) == 0 {
			return " (nobody is in its segment)"
		}
		return " (" + strings.Join(parts, ", ") + ")"
	}
	return ""
}

// words gives a record as a test would: what of it is known, or what of it changes.
func (x *Record) words(s *schema, zone *time.Location) string {
	var parts []string
	for i, slot := range s.slots {
		if x.given != nil && !x.given[i] && !slot.key {
			continue
		}
		switch v := x.Values[i].(type) {
		case nil:
			if x.given != nil {
				parts = append(parts, slot.name+": null")
			}
		case string:
			if v == "" {
				v = `""`
			}
			parts = append(parts, slot.name+": "+v)
		case time.Time:
			parts = append(parts, slot.name+": "+v.In(zone).Format(time.RFC3339))
		default:
			parts = append(parts, slot.name+": "+connector.Text(v))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
