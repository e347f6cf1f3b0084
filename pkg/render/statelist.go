package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// StateList writes what the state knows, in numbers: members by play, what is held by collection, and effects.
func (p *Printer) StateList(w io.Writer, snapshot *state.Snapshot) error {
	s := p.sheet()
	m := &snapshot.Meta
	s.say(0, 4, points("state of "+clean(m.Playbook), "lineage "+clean(m.Lineage), "serial "+number(int(m.Serial))))
	s.gap()
	for _, tables := range []func(*state.Snapshot) error{s.stateMembers, s.stateHeld} {
		if err := tables(snapshot); err != nil {
			return err
		}
		s.gap()
	}
	s.say(0, 4, s.stateEffects(snapshot))
	return s.writeTo(w)
}

// stateMembers is the table of plays.
func (s *sheet) stateMembers(snapshot *state.Snapshot) error {
	active, ended := map[string]int{}, map[string]map[string]int{}
	var names []string
	for i := range snapshot.Plays {
		names = append(names, snapshot.Plays[i].Name)
	}
	for i := range snapshot.Members {
		m := &snapshot.Members[i]
		names = append(names, m.Play)
		if m.Active() {
			active[m.Play]++
			continue
		}
		if ended[m.Play] == nil {
			ended[m.Play] = map[string]int{}
		}
		ended[m.Play][outcome(m)]++
	}
	if len(names) == 0 {
		s.put(0, "no plays yet")
		return nil
	}
	var t table
	t.column("play")
	t.numbers("active")
	t.numbers("ended")
	t.column("outcomes")
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		t.add(clean(name), number(active[name]), number(total(ended[name])), s.tally(ended[name]))
	}
	return s.table(0, &t)
}

// outcome words how a member ended: exits by their reason.
func outcome(m *state.Member) string {
	if m.Outcome == state.Exited && m.Reason != "" {
		return m.Reason
	}
	return strings.ReplaceAll(string(m.Outcome), "_", " ")
}

// stateHeld is the table of collections.
func (s *sheet) stateHeld(snapshot *state.Snapshot) error {
	type counts struct{ held, ours, kept int }
	byPlace := map[string]*counts{}
	var places []string
	for i := range snapshot.Held {
		h := &snapshot.Held[i]
		place := placeOf(h)
		if byPlace[place] == nil {
			byPlace[place] = &counts{}
			places = append(places, place)
		}
		c := byPlace[place]
		c.held++
		if h.Ours {
			c.ours++
		}
		if len(h.Keepers) > 0 {
			c.kept++
		}
	}
	if len(places) == 0 {
		return nil
	}
	var t table
	t.column("collection")
	t.numbers("members held")
	t.numbers("put there by playctl")
	t.numbers("kept by plays")
	slices.Sort(places)
	for _, place := range places {
		c := byPlace[place]
		t.add(clean(place), number(c.held), number(c.ours), number(c.kept))
	}
	return s.table(0, &t)
}

func placeOf(h *state.Held) string { return h.Connector + "." + h.Kind + ` "` + h.Name + `"` }

// stateEffects sums up what happened once, and the runs.
func (s *sheet) stateEffects(snapshot *state.Snapshot) string {
	counts := map[string]int{}
	for i := range snapshot.Effects {
		counts[string(snapshot.Effects[i].Status)]++
	}
	text := counted(len(snapshot.Effects), "effect")
	if len(counts) > 0 {
		text += " (" + s.tally(counts) + ")"
	}
	runs := counted(len(snapshot.Runs), "run")
	if n := len(snapshot.Runs); n > 0 {
		last := snapshot.Runs[n-1]
		runs += ", the last " + s.when(last.Started) + ": " + string(last.Status)
	}
	return points(text, runs)
}

// byRecord orders what is shown of a record.
func byRecord(a, b *state.Member) int {
	return cmp.Or(strings.Compare(a.Record.Entity, b.Record.Entity), strings.Compare(a.Record.Key, b.Record.Key), strings.Compare(a.Play, b.Play), a.Number-b.Number,
		a.EnteredAt.Compare(b.EnteredAt))
}
