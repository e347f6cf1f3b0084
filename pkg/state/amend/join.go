package amend

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// join has the newer of two states of one lineage take over what it has lost of the older one: memberships with all that is theirs, effects, tasks,
// runs with their journals. What it knows otherwise it knows better, and what it let go of it keeps no more. It counts what is taken over.
func join(newer, older *state.Whole, book *Playbook) (*state.Whole, map[string]int, error) {
	newer, err := follow(newer, older, book.Of)
	if err != nil {
		return nil, nil, err
	}
	if older, err = follow(older, newer, book.Of); err != nil {
		return nil, nil, err
	}
	if older, err = withNames(older, newer, book); err != nil {
		return nil, nil, err
	}
	j := &joining{newer: newer, older: older, back: map[string]bool{}, plays: map[string]bool{}}
	j.members()
	if err := j.known(book); err != nil {
		return nil, nil, err
	}
	j.edges()
	j.effects()
	j.tasks()
	j.held()
	runs := j.runs()
	out, err := memory.With(newer, &j.Changes)
	if err != nil {
		return nil, nil, err
	}
	out.Runs = append(out.Runs, runs...)
	slices.SortStableFunc(out.Runs, func(a, b state.Run) int { return cmp.Or(cmp.Compare(a.Serial, b.Serial), a.Started.Compare(b.Started)) })
	taken := map[string]int{}
	for kind, n := range map[string]int{"membership": len(j.Members), "effect": len(j.Effects), "task": len(j.Tasks), "holding": len(j.Held), "run": len(runs)} {
		if n > 0 {
			taken[kind] = n
		}
	}
	return out, taken, nil
}

// joining is two states on their way to one.
type joining struct {
	newer, older *state.Whole
	back         map[string]bool // memberships that are taken over, by key: whether they go on
	plays        map[string]bool // of which there are any
	state.Changes
}

// lacking gives those of a list that another one has not, by identity.
func lacking[T any, K comparable](list, known []T, id func(*T) K) []T {
	there := make(map[K]bool, len(known))
	for i := range known {
		there[id(&known[i])] = true
	}
	var out []T
	for i := range list {
		if !there[id(&list[i])] {
			out = append(out, list[i])
		}
	}
	return out
}

// members takes over memberships that are not known any more. One that has ended since, whatever ended it, has ended; and so has one whose record has
// entered anew since: its steps were done again from the first, and would be done a third time if it went on.
func (j *joining) members() {
	key := func(m *state.Member) string { return m.Key }
	anew := map[state.Seat]*state.Member{}
	since := lacking(j.newer.Members, j.older.Members, key)
	for i := range since {
		if first := anew[since[i].Seat()]; first == nil || since[i].EnteredAt.Before(first.EnteredAt) {
			anew[since[i].Seat()] = &since[i]
		}
	}
	j.Members = lacking(j.older.Members, j.newer.Members, key)
	for i := range j.Members {
		m := &j.Members[i]
		if by := anew[m.Seat()]; by != nil && m.Active() {
			*m = superseded(*m, by)
		}
		j.back[m.Key] = m.Active()
		j.plays[m.Play] = true
	}
}

// superseded ends a membership whose record entered anew.
func superseded(m state.Member, by *state.Member) state.Member {
	m.EndedAt, m.Outcome, m.Reason = by.EnteredAt, state.Exited, "it entered anew: "+by.Key
	m.Lanes = slices.Clone(m.Lanes)
	for i := range m.Lanes {
		if l := &m.Lanes[i]; l.EndedAt.IsZero() {
			l.EndedAt, l.Outcome, l.Reason = by.EnteredAt, state.Exited, "its member left"
		}
	}
	return m
}

// known refuses memberships of plays that nobody knows: with the next plan they would leave, and whoever has the play's new name would enter it, and
// be sent everything again.
func (j *joining) known(book *Playbook) error {
	for _, play := range slices.Sorted(maps.Keys(j.plays)) {
		if !slices.Contains(book.Plays, play) && !slices.Contains(Plays(&j.newer.Snapshot), play) {
			return &PlayGoneError{Play: play}
		}
	}
	for i := range j.Members {
		if m := &j.Members[i]; book.Step != nil && slices.Contains(book.Plays, m.Play) && m.Active() {
			if step := unknownStep(m, book); step != "" {
				return &StepGoneError{Play: m.Play, Step: step}
			}
		}
	}
	return nil
}

// unknownStep gives a step of a membership that its play does not have; "" for none. One on which it stands is told of by the plan.
func unknownStep(m *state.Member, book *Playbook) string {
	tracks := []*state.Track{&m.Track}
	for i := range m.Lanes {
		tracks = append(tracks, &m.Lanes[i].Track)
	}
	for _, t := range tracks {
		for i := range t.Done {
			if !book.Step(m.Play, t.Done[i].ID) {
				return t.Done[i].ID
			}
		}
	}
	return ""
}

// edges takes over plays whose members come back, and the edges that those have spent.
func (j *joining) edges() {
	anew := map[string]bool{} // plays
	for _, p := range lacking(j.older.Plays, j.newer.Plays, func(p *state.Play) string { return p.Name }) {
		if j.plays[p.Name] {
			anew[p.Name] = true
			j.Plays = append(j.Plays, p)
		}
	}
	type owner struct{ play, key string }
	owners := map[owner]bool{}
	for i := range j.Members {
		owners[owner{j.Members[i].Play, j.Members[i].Record.Key}] = true
	}
	for _, t := range lacking(j.older.Truths, j.newer.Truths, func(t *state.Truth) state.Truth { return *t }) {
		if anew[t.Play] || owners[owner{t.Play, t.Owner()}] {
			j.Truths = append(j.Truths, t)
		}
	}
}

// effects takes over those that are not known, and what the older state knows better: a refusal that was taken back.
func (j *joining) effects() {
	known := make(map[string]*state.Effect, len(j.newer.Effects))
	for i := range j.newer.Effects {
		known[j.newer.Effects[i].Key] = &j.newer.Effects[i]
	}
	for i := range j.older.Effects {
		e := &j.older.Effects[i]
		now := known[e.Key]
		if now == nil || e.Status == state.Happened && now.Status != state.Happened {
			j.Effects = append(j.Effects, *e)
		}
	}
}

// tasks takes over those of memberships that come back. Nobody waits for an open one whose membership does not go on.
func (j *joining) tasks() {
	j.Tasks = slices.DeleteFunc(lacking(j.older.Tasks, j.newer.Tasks, func(t *state.Task) string { return t.Key }), func(t state.Task) bool {
		goesOn, back := j.back[t.Member]
		return t.Status == state.TaskOpen && back && !goesOn
	})
}

// held takes over what is kept for memberships that come back and go on, and whom playctl put in before the state forgot that. Whom the newer
// state does not hold any more, and for nobody who comes back, was taken out or let go: whoever is there now was put there by somebody else.
func (j *joining) held() {
	type holding struct{ connector, kind, name, token string }
	known := make(map[holding]*state.Held, len(j.newer.Held))
	for i := range j.newer.Held {
		h := &j.newer.Held[i]
		known[holding{h.Connector, h.Kind, h.Name, h.Token}] = h
	}
	forgot, out := j.since()
	for _, h := range j.older.Held {
		keepers := slices.DeleteFunc(slices.Clone(h.Keepers), func(k state.Keeper) bool { return !j.back[k.Member] })
		now := known[holding{h.Connector, h.Kind, h.Name, h.Token}]
		ours := now != nil && h.Ours && !now.Ours && forgot && !out[membership{h.Connector, h.Kind, h.Name, h.Record}]
		if len(keepers) == 0 && !ours {
			continue
		}
		if now != nil {
			h = *now
			h.Ours = h.Ours || ours
			keepers = append(slices.Clone(h.Keepers), keepers...)
			slices.SortFunc(keepers, func(a, b state.Keeper) int {
				return cmp.Or(strings.Compare(a.Member, b.Member), strings.Compare(a.Step, b.Step), strings.Compare(a.Lane, b.Lane))
			})
			keepers = slices.Compact(keepers)
		}
		h.Keepers = keepers
		j.Held = append(j.Held, h)
	}
}

// membership is who is in which collection.
type membership struct {
	connector, kind, name string
	record                state.Record
}

// since reports whether the newer state was told to forget anything that the older one knows, and gives whom its runs took out since: whoever is in there
// again was put there by somebody else.
func (j *joining) since() (forgot bool, out map[membership]bool) {
	runs := map[string]bool{}
	for _, r := range unknownRuns(j.newer, j.older) {
		runs[r.ID] = true
		forgot = forgot || r.Operation == state.OpRm
	}
	out = map[membership]bool{}
	for pages := range audit.ByRun(j.newer.Journal) {
		if !runs[pages[0].Run] {
			continue
		}
		for _, o := range audit.Operations(pages) {
			if o.Verb == connector.Remove.String() && !o.IntendedAt.IsZero() {
				out[membership{o.Connector, o.Kind, o.Name, o.Record}] = true
			}
		}
	}
	return forgot, out
}

// runs gives those that are not known, whose journals are taken over.
func (j *joining) runs() []state.Run {
	out := lacking(j.older.Runs, j.newer.Runs, func(r *state.Run) string { return r.ID })
	theirs := map[string]bool{}
	for i := range out {
		theirs[out[i].ID] = true
	}
	for _, p := range j.older.Journal {
		if theirs[p.Run] {
			j.Pages = append(j.Pages, p)
		}
	}
	return out
}
