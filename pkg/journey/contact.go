package journey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// suppression is a compiled rule that blocks contact.
type suppression struct {
	*playbook.Suppression
	when *expr.Program
}

func (c *compiler) compileSuppressions() []*suppression {
	var out []*suppression
	for _, s := range c.book.Suppressions {
		if c.book.Entity(s.Of) == nil {
			continue // that was reported
		}
		out = append(out, &suppression{s, c.compile(s.When, expr.Scope{Self: s.Of}, expr.Condition)})
	}
	return out
}

// suppress finds out whom each suppression is about: those for whom it holds, and those for whom it is not known.
func (r *run) suppress(ctx context.Context) error {
	for _, s := range r.plays.suppressions {
		if s.when == nil {
			continue
		}
		v, err := s.when.Verdict(ctx, r.data)
		if err != nil {
			return err
		}
		r.blocked = append(r.blocked, blocked{s, v})
	}
	return nil
}

// blocked is whom a suppression is about.
type blocked struct {
	*suppression
	verdict frame.Verdict
}

// suppressedBy gives the suppression that blocks a verb toward a record, by itself or by what is above it; "" for none. Unknown blocks.
func (r *run) suppressedBy(v playbook.Verb, entity string, row int) string {
	for _, b := range r.blocked {
		if !b.Blocks(v) {
			continue
		}
		if i, ok := r.ancestor(entity, row, b.Of); ok && (b.verdict.True.Has(i) || b.verdict.Unknown.Has(i)) {
			return b.Name
		}
	}
	return ""
}

// contactable parts a step's records into those with whom it can go on and those who must wait, by key, and says why. Who is
// suppressed, or skipped by a cap, is in neither; but the member's own record, or the lane's, waits.
func (w *walker) contactable(s *step, all []reach) (ready []reach, deferred []string, h *hold) {
	for _, r := range all {
		record := w.record(r)
		if s.Verb.Effect() && w.happened(w.effectKey(s, record)) {
			ready = append(ready, r)
			continue
		}
		if by := w.suppressedBy(s.Verb, record.Entity, r.row); by != "" {
			if r.target.rows == nil {
				return nil, nil, &hold{Held, "suppressed: " + by, time.Time{}}
			}
			w.about.Unknowns["step "+s.ID+": suppressed by "+by]++
			continue
		}
		if by := w.mutedBy(s, record.Entity, r.row); by != "" && s.Verb.Effect() {
			deferred, h = append(deferred, record.Key), &hold{Held, "muted by play " + by, time.Time{}}
			continue
		}
		switch over := w.capped(s, record.Entity, r.row, ""); {
		case over == nil:
			ready = append(ready, r)
			w.count(s, record.Entity, r.row, "")
		case over.Skip:
			w.about.Unknowns["step "+s.ID+": skipped by cap "+over.Name]++
		default:
			deferred, h = append(deferred, record.Key), &hold{ForTime, "cap " + over.Name, w.capFrees(over, record.Entity, r.row, "")}
		}
	}
	return ready, deferred, h
}

// happened reports whether an effect is done, or may be.
func (r *run) happened(key string) bool {
	e := r.effects[key]
	return e != nil && e.Status != state.Refused
}

// muting is a member in whose play others are silent toward its record and those below it.
type muting struct {
	play     string
	channels []playbook.Mute
}

// mute notes who is silenced by the members of a play: those who are in it, and not held out.
func (t *pass) mute(m *state.Member) {
	if len(t.p.Mute) > 0 && m.Active() && !m.Leaving() && !m.HeldOut {
		t.muted[m.Record] = append(t.muted[m.Record], muting{t.p.Name, t.p.Mute})
	}
}

// mutedBy gives the other play that silences a step toward a record; "" for none.
func (t *pass) mutedBy(s *step, entity string, row int) string {
	if len(t.muted) == 0 {
		return ""
	}
	found := ""
	for e, i := range t.lineage(entity, row) {
		table := t.data.Frame.Table(e)
		if !table.HasKey() {
			continue
		}
		for _, m := range t.muted[state.Record{Entity: e, Key: table.Key(i)}] {
			silences := slices.ContainsFunc(m.channels, func(c playbook.Mute) bool { return s.Speaks(c.Channel) })
			if m.play != t.p.Name && silences && (found == "" || m.play < found) {
				found = m.play
			}
		}
	}
	return found
}

// capKey is what a cap counts by: a record, or a person.
type capKey struct{ cap, key string }

// capped gives the cap that a step would go over for a record, or a task for a person.
func (t *pass) capped(s *step, entity string, row int, person string) *playbook.Cap {
	for _, c := range t.plays.book.Caps {
		if key, ok := t.capKey(c, s, entity, row, person); ok && len(t.touches[key]) >= c.AtMost {
			return c
		}
	}
	return nil
}

// count counts what a step does toward the caps that it is under.
func (t *pass) count(s *step, entity string, row int, person string) {
	for _, c := range t.plays.book.Caps {
		if key, ok := t.capKey(c, s, entity, row, person); ok {
			t.touches[key] = append(t.touches[key], t.in.Now)
		}
	}
}

// capFrees tells when a cap lets the next one through.
func (t *pass) capFrees(c *playbook.Cap, entity string, row int, person string) time.Time {
	key := capKey{c.Name, person}
	if c.PerRole == "" {
		key.key = t.keyOf(entity, row, c.Of)
	}
	times := slices.SortedFunc(slices.Values(t.touches[key]), time.Time.Compare)
	if len(times) < c.AtMost || c.AtMost == 0 {
		return time.Time{}
	}
	return times[len(times)-c.AtMost].Add(c.Per)
}

// capKey tells whether a cap is about a step toward a record, or a person, and what it counts by.
func (t *pass) capKey(c *playbook.Cap, s *step, entity string, row int, person string) (capKey, bool) {
	if !c.Counts(s.Verb) || c.Channel != "" && !s.Speaks(c.Channel) || (c.PerRole != "") != (person != "") {
		return capKey{}, false
	}
	if person != "" {
		return capKey{c.Name, person}, true
	}
	key := t.keyOf(entity, row, c.Of)
	return capKey{c.Name, key}, key != ""
}

// keyOf gives the key of the record of an entity that is a record itself, or above it; "" for none.
func (r *run) keyOf(entity string, row int, of string) string {
	if i, ok := r.ancestor(entity, row, of); ok {
		return r.data.Frame.Table(of).Key(i)
	}
	return ""
}

// touched counts, for every cap, what was done within its time.
func (r *run) touched() {
	for _, c := range r.plays.book.Caps {
		since := r.in.Now.Add(-c.Per)
		if c.PerRole != "" {
			for _, task := range r.tasks {
				if task.Role == c.PerRole && task.Assigned.After(since) {
					key := capKey{c.Name, task.Assignee}
					r.touches[key] = append(r.touches[key], task.Assigned)
				}
			}
			continue
		}
		for i := range r.in.State.Effects {
			if e := &r.in.State.Effects[i]; e.Status != state.Refused && e.At.After(since) {
				r.touchedBy(c, e.Play, e.Step, e.Record, e.At)
			}
		}
		for i := range r.in.State.Held {
			if h := &r.in.State.Held[i]; h.Ours && h.Since.After(since) && len(h.Keepers) > 0 {
				r.touchedBy(c, r.playOf[h.Keepers[0].Member], h.Keepers[0].Step, h.Record, h.Since)
			}
		}
	}
}

// touchedBy counts something that a step did toward a record, if a cap is about it. Of a step that is gone it is not known what it did: it counts.
func (r *run) touchedBy(c *playbook.Cap, play, step string, record state.Record, at time.Time) {
	if p := r.plays.find(play); p != nil {
		if s := p.steps[step]; s != nil && (!c.Counts(s.Verb) || c.Channel != "" && !s.Speaks(c.Channel)) {
			return
		}
	}
	table := r.data.Frame.Table(record.Entity)
	if table == nil || !table.HasKey() {
		return
	}
	row, ok := table.Row(record.Key)
	if !ok {
		return
	}
	if key := r.keyOf(record.Entity, row, c.Of); key != "" {
		k := capKey{c.Name, key}
		r.touches[k] = append(r.touches[k], at)
	}
}

// seats counts who has a seat in a group, by the record that it counts by.
func (t *pass) seat(row int) string { return t.keyOf(t.p.Of, row, cmp.Or(t.group().Of, t.p.Of)) }

func (t *pass) group() *playbook.Group {
	if g := t.plays.book.Group(t.p.Group); g != nil {
		return g
	}
	return &playbook.Group{}
}

// seated has a member take its seat in the play's group.
func (t *pass) seated(m *state.Member, row int) {
	if t.p.Group != "" && m.Active() && !m.Leaving() && !m.HeldOut {
		t.seats[[2]string{t.p.Group, t.seat(row)}]++
	}
}

// crowded reports whether the group has no seat left for a record.
func (t *pass) crowded(row int) bool {
	return t.p.Group != "" && t.seats[[2]string{t.p.Group, t.seat(row)}] >= max(1, t.group().AtMost)
}
