package journey

import (
	"context"
	"slices"

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
		v, err := r.columns.whole(ctx, s.when)
		if err != nil {
			return err
		}
		if v.True.Count()+v.Unknown.Count() > 0 {
			r.blocked = append(r.blocked, blocked{s, v})
		}
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
// suppressed, skipped by a cap, or nobody to the step's connector, is in neither; but the member's own record, or the lane's, waits.
func (w *walker) contactable(ctx context.Context, s *step, all []reach) (ready []reach, deferred []string, h *hold) {
	for _, r := range all {
		record, why := w.record(r), w.whyNotKnown(ctx, s, r)
		begun := s.Verb.Effect() && w.happened(w.effectKey(s, record))
		if begun && (why == "" || w.certain(w.effectKey(s, record))) {
			ready = append(ready, r)
			continue
		}
		if by := w.suppressedBy(s.Verb, record.Entity, r.row); by != "" {
			if r.target.rows == nil {
				return nil, nil, &hold{kind: Held, why: "suppressed: " + by}
			}
			w.about.Unknowns["step "+s.ID+": suppressed by "+by]++
			continue
		}
		if by := w.mutedBy(s, record.Entity, r.row); by != "" && s.Verb.Effect() {
			deferred, h = append(deferred, record.Key), &hold{kind: Held, why: "muted by play " + by}
			continue
		}
		if why != "" {
			switch x := w.passOrWait(ctx, s, r, why, begun); {
			case x == nil:
			case x.notKnown:
				return nil, nil, x
			default:
				deferred, h = append(deferred, record.Key), x
			}
			continue
		}
		switch over := w.capped(s, record.Entity, r.row, person{}); {
		case over == nil:
			ready = append(ready, r)
			w.count(s, record.Entity, r.row, person{})
		case over.Skip:
			w.about.Unknowns["step "+s.ID+": skipped by cap "+over.Name]++
		default:
			deferred, h = append(deferred, record.Key), &hold{kind: ForTime, why: "cap " + over.Name, due: w.capFrees(over, record.Entity, r.row, person{})}
		}
	}
	return ready, deferred, h
}

// effect gives what is known of an effect; nil for nothing.
func (r *run) effect(key string) *state.Effect {
	if e := r.settled[key]; e != nil {
		return e
	}
	return r.in.State.Effect(key)
}

// happened reports whether an effect is done, or may be.
func (r *run) happened(key string) bool {
	e := r.effect(key)
	return e != nil && e.Status != state.Refused
}

// certain reports whether an effect is known to be done.
func (r *run) certain(key string) bool {
	e := r.effect(key)
	return e != nil && e.Status == state.Happened
}

// muting is a member in whose play others are silent toward its record and those below it.
type muting struct {
	play     string
	member   string // enrollment key
	channels []playbook.Mute
}

// mute notes who is silenced by the members of a play: those who are in it, and not held out.
func (t *pass) mute(m *state.Member) {
	if len(t.p.Mute) > 0 && m.Active() && !m.Leaving() && !m.HeldOut {
		t.muted[m.Record] = append(t.muted[m.Record], muting{t.p.Name, m.Key, t.p.Mute})
	}
}

// unmute has a member that has left silence nobody any more.
func (t *pass) unmute(m *state.Member) {
	t.muted[m.Record] = slices.DeleteFunc(t.muted[m.Record], func(x muting) bool { return x.member == m.Key })
}

// mutedBy gives the other play that silences a step toward a record; "" for none.
func (t *pass) mutedBy(s *step, entity string, row int) string {
	if len(t.muted) == 0 {
		return ""
	}
	found := ""
	for _, k := range t.lineage(entity, row) {
		if !k.table.HasKey() {
			continue
		}
		for _, m := range t.muted[state.Record{Entity: k.table.Entity, Key: k.table.Key(k.row)}] {
			silences := slices.ContainsFunc(m.channels, func(c playbook.Mute) bool { return s.Speaks(c.Channel) })
			if m.play != t.p.Name && silences && (found == "" || m.play < found) {
				found = m.play
			}
		}
	}
	return found
}
