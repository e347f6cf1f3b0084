package render

import (
	"io"
	"slices"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// StateShow writes everything that the state knows about one record or one member: where it stands in plays, what is held for it, what
// happened. key is a record's key, an entity and a key ("account a-1"), a member's key or an effect's. It tells how many members, holdings
// and effects that are; with none, nothing is written.
func (p *Printer) StateShow(w io.Writer, snapshot *state.Snapshot, key string) (int, error) {
	s := p.sheet()
	d := find(snapshot, key)
	n := len(d.members) + len(d.held) + len(d.effects)
	if n == 0 {
		return 0, nil
	}
	s.dossier(d, snapshot, nil)
	s.trim()
	return n, s.writeTo(w)
}

// dossier writes what the state knows of something, member by member. waits are what they wait for, where that is known.
func (s *sheet) dossier(d *dossier, snapshot *state.Snapshot, waits []journey.Wait) {
	for _, m := range d.members {
		s.member(m, snapshot)
		s.waitsOf(m, waits)
		s.tasksOf(m, snapshot)
		for _, h := range snapshot.Held {
			s.keeps(&h, m)
		}
		for i := range d.effects {
			if e := d.effects[i]; e.Member == m.Key && !isTask(e, snapshot) {
				s.effect(e)
			}
		}
		s.gap()
	}
	s.beside(d, snapshot)
}

// isTask reports whether an effect happened that is told as a task already.
func isTask(e *state.Effect, snapshot *state.Snapshot) bool {
	return e.Status == state.Happened && slices.ContainsFunc(snapshot.Tasks, func(t state.Task) bool { return t.Key == e.Key })
}

// beside writes what is held and what happened for a record without a member that is shown.
func (s *sheet) beside(d *dossier, snapshot *state.Snapshot) {
	start := len(s.lines)
	for _, h := range d.held {
		s.held(h, snapshot, d)
	}
	for _, e := range d.effects {
		if !slices.ContainsFunc(d.members, func(m *state.Member) bool { return m.Key == e.Member }) {
			s.effect(e)
		}
	}
	if len(s.lines) > start {
		s.lines = slices.Insert(s.lines, start, line{text: s.paint(strong, "beside its own plays")})
	}
}

// dossier is what the state knows about something.
type dossier struct {
	members []*state.Member
	held    []*state.Held // for the record
	effects []*state.Effect
}

// find gathers what goes by a key.
func find(snapshot *state.Snapshot, key string) *dossier {
	d := &dossier{}
	is := func(r state.Record) bool { return r.Key == key || r.String() == key }
	mine := map[string]bool{}
	for i := range snapshot.Members {
		if m := &snapshot.Members[i]; m.Key == key || is(m.Record) {
			d.members = append(d.members, m)
			mine[m.Key] = true
		}
	}
	slices.SortFunc(d.members, byRecord)
	for i := range snapshot.Held {
		if h := &snapshot.Held[i]; is(h.Record) {
			d.held = append(d.held, h)
		}
	}
	for i := range snapshot.Effects {
		if e := &snapshot.Effects[i]; e.Key == key || mine[e.Member] || is(e.Record) {
			d.effects = append(d.effects, e)
		}
	}
	return d
}

// keeps writes what a member keeps in a collection.
func (s *sheet) keeps(h *state.Held, m *state.Member) {
	for _, k := range h.Keepers {
		if k.Member == m.Key {
			text := clean(h.Record.String()+" in "+placeOf(h)) + " by step " + clean(k.Step) + inLane(k.Lane) + " since " + s.when(h.Since)
			if !h.Ours {
				text += " (it was there before)"
			}
			s.detail("keeps", text)
		}
	}
}

// held writes what is held for a record, unless a member that is shown keeps it and told so.
func (s *sheet) held(h *state.Held, snapshot *state.Snapshot, d *dossier) {
	text := clean(h.Record.String()) + " in " + clean(placeOf(h)) + " since " + s.when(h.Since)
	switch {
	case len(h.Keepers) > 0:
		keeper := h.Keepers[0]
		if slices.ContainsFunc(d.members, func(m *state.Member) bool { return m.Key == keeper.Member }) {
			return
		}
		for i := range snapshot.Members {
			if m := &snapshot.Members[i]; m.Key == keeper.Member {
				text += ", kept by step " + clean(keeper.Step) + " of " + clean(m.Record.String()) + " in play " + clean(m.Play)
			}
		}
	case h.Added:
		text += ", added for good"
	case !h.Ours:
		text += ", put there by others"
	}
	s.detail("held", text)
}

// effect writes what happened once.
func (s *sheet) effect(e *state.Effect) {
	text := string(e.Status) + " " + s.when(e.At) + ": " + clean(e.Step) + ", " + clean(e.Connector+"."+e.Action) + " for " + clean(e.Record.String())
	if e.Receipt != "" {
		text += ", receipt " + clean(e.Receipt)
	}
	if e.Attempts > 1 {
		text += ", " + counted(e.Attempts, "try")
	}
	if e.Reason != "" {
		text += ": " + clean(e.Reason)
	}
	i := plain
	if e.Status == state.InDoubt {
		i, text = loud, text+" (key "+clean(e.Key)+")"
	}
	s.row(detailRow, 4, cell{text: "effect", ink: faint}, cell{text: text, ink: i})
}

// ordinal writes 2nd, 3rd, 11th.
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return number(n) + suffix
}
