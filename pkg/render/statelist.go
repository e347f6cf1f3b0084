package render

import (
	"cmp"
	"io"
	"maps"
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

// census counts the members of one play.
type census struct {
	active, lanes, open int
	on, ended           map[string]int // active ones by step; others by outcome
}

// stateMembers is the table of plays. Columns of lanes and tasks are left out where there are none.
func (s *sheet) stateMembers(snapshot *state.Snapshot) error {
	plays := censuses(snapshot)
	if len(plays) == 0 {
		s.put(0, "no plays yet")
		return nil
	}
	lanes, open := 0, 0
	for _, c := range plays {
		lanes, open = lanes+c.lanes, open+c.open
	}
	var t table
	t.column("play")
	t.numbers("active")
	if lanes > 0 {
		t.numbers("lanes")
	}
	if open > 0 {
		t.numbers("open tasks")
	}
	t.numbers("ended")
	t.column("stand on")
	t.column("outcomes")
	for _, name := range slices.Sorted(maps.Keys(plays)) {
		c := plays[name]
		row := []string{clean(name), number(c.active)}
		if lanes > 0 {
			row = append(row, number(c.lanes))
		}
		if open > 0 {
			row = append(row, number(c.open))
		}
		t.add(append(row, number(total(c.ended)), s.steppers(c.on), s.tally(c.ended))...)
	}
	return s.table(0, &t)
}

// steppers counts members by the step they stand on, the most crowded first.
func (s *sheet) steppers(on map[string]int) string {
	steps := byCount(on)
	var out []string
	for _, step := range steps[:s.shown(len(steps))] {
		out = append(out, clean(step)+" "+number(on[step]))
	}
	if more := len(steps) - len(out); more > 0 {
		out = append(out, number(more)+" more")
	}
	return strings.Join(out, ", ")
}

// censuses counts members, running lanes and open tasks by play.
func censuses(snapshot *state.Snapshot) map[string]*census {
	out := map[string]*census{}
	of := func(play string) *census {
		if out[play] == nil {
			out[play] = &census{on: map[string]int{}, ended: map[string]int{}}
		}
		return out[play]
	}
	for i := range snapshot.Plays {
		of(snapshot.Plays[i].Name)
	}
	for i := range snapshot.Members {
		of(snapshot.Members[i].Play).add(&snapshot.Members[i])
	}
	for i := range snapshot.Tasks {
		if t := &snapshot.Tasks[i]; t.Status == state.TaskOpen {
			of(t.Play).open++
		}
	}
	return out
}

func (c *census) add(m *state.Member) {
	if !m.Active() {
		c.ended[outcome(m)]++
		return
	}
	c.active++
	switch {
	case m.HeldOut:
		c.on["held out"]++
	case m.Step == "":
		c.on["past the last"]++
	default:
		c.on[m.Step]++
	}
	for i := range m.Lanes {
		if m.Lanes[i].EndedAt.IsZero() {
			c.lanes++
		}
	}
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
	tasks, ends := "", map[string]int{}
	for i := range snapshot.Tasks {
		ends[string(snapshot.Tasks[i].Status)]++
	}
	if n := len(snapshot.Tasks); n > 0 {
		tasks = counted(n, "task") + " (" + s.tally(ends) + ")"
	}
	runs := counted(len(snapshot.Runs), "run")
	if n := len(snapshot.Runs); n > 0 {
		last := snapshot.Runs[n-1]
		runs += ", the last " + s.when(last.Started) + ": " + string(last.Status)
	}
	return points(text, tasks, runs)
}

// byRecord orders what is shown of a record.
func byRecord(a, b *state.Member) int {
	return cmp.Or(strings.Compare(a.Record.Entity, b.Record.Entity), strings.Compare(a.Record.Key, b.Record.Key), strings.Compare(a.Play, b.Play), a.Number-b.Number,
		a.EnteredAt.Compare(b.EnteredAt))
}
