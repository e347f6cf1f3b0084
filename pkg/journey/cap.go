package journey

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// capKey is what a cap counts by: a record, or a person.
type capKey struct{ cap, key string }

// capped gives the cap that a step would go over for a record, or a task for a person.
func (t *pass) capped(s *step, entity string, row int, who person) *playbook.Cap {
	for _, c := range t.plays.book.Caps {
		if key, ok := t.capKey(c, s, entity, row, who); ok && len(t.touches[key]) >= c.AtMost {
			return c
		}
	}
	return nil
}

// count counts what a step does toward the caps that it is under.
func (t *pass) count(s *step, entity string, row int, who person) {
	for _, c := range t.plays.book.Caps {
		if key, ok := t.capKey(c, s, entity, row, who); ok {
			t.touches[key] = append(t.touches[key], t.in.Now)
		}
	}
}

// capFrees tells when a cap lets the next one through.
func (t *pass) capFrees(c *playbook.Cap, entity string, row int, who person) time.Time {
	key := capKey{c.Name, t.in.State.Meta.Token(who.who)}
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
func (t *pass) capKey(c *playbook.Cap, s *step, entity string, row int, who person) (capKey, bool) {
	if !c.Counts(s.Verb) || c.Channel != "" && !s.Speaks(c.Channel) || (c.PerRole != "") != (who.who != "") {
		return capKey{}, false
	}
	if who.who != "" {
		return capKey{c.Name, t.in.State.Meta.Token(who.who)}, who.role == c.PerRole
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
			for i := range r.tasks {
				if task := &r.tasks[i]; task.Role == c.PerRole && task.Assigned.After(since) {
					key := capKey{c.Name, task.Assignee}
					r.touches[key] = append(r.touches[key], task.Assigned)
				}
			}
			continue
		}
		for i := range r.in.State.Effects {
			if e := &r.in.State.Effects[i]; e.At.After(since) && r.happened(e.Key) {
				r.touchedBy(c, e.Play, e.Step, e.Record, e.At)
			}
		}
		for i := range r.in.State.Held {
			if h := &r.in.State.Held[i]; h.Ours && h.Since.After(since) && len(h.Keepers) > 0 {
				r.touchedBy(c, r.playOf(h.Keepers[0].Member), h.Keepers[0].Step, h.Record, h.Since)
			}
		}
	}
}

// playOf gives the play of a member; "" of one that is not there.
func (r *run) playOf(member string) string {
	if m := r.members[member]; m != nil {
		return m.Play
	}
	return ""
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
