package plan

import (
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// Refresh is what connectors say of what the state has, and what that changes in it. Nothing changes in the world.
type Refresh struct {
	At      time.Time
	Places  []RefreshPlace // every collection that somebody is held in
	Effects []state.Effect // that were in doubt and are not any more
	InDoubt int            // those that still are
	Tasks   []state.Task   // of which something new is known
	Open    int            // those that are open, as far as is known
	// Changes are all of it, to be committed with the run.
	Changes  state.Changes
	Warnings []string
}

// RefreshPlace is one collection.
type RefreshPlace struct {
	Place     connector.Place
	Sure      Certainty
	Why       string
	Held      int
	Gone      []state.Record // not there any more: the state lets go of them
	Confirmed []state.Record // there; the run that added them was cut off before it knew
}

// Follow gives what the state is to follow, at a time: what was heard of effects and tasks, and whom its collections have.
func Follow(s *state.Snapshot, at time.Time, effects []state.Effect, tasks []state.Task, ledger []Ledger) *Refresh {
	r := &Refresh{At: at, Effects: effects, Tasks: tasks}
	r.Changes.Effects, r.Changes.Tasks = r.Effects, r.Tasks
	for i := range ledger {
		r.Places = append(r.Places, r.place(&ledger[i]))
	}
	r.count(s)
	return r
}

// place tells of one collection, and has the state follow where it is known who is in it.
func (r *Refresh) place(l *Ledger) RefreshPlace {
	out := RefreshPlace{Place: l.Place, Sure: l.Sure, Why: l.Why, Held: len(l.Rows)}
	if l.Sure != Known {
		return out
	}
	for _, row := range l.Rows {
		switch h := *row.Held; {
		case row.Late:
		case !row.There:
			out.Gone = append(out.Gone, h.Record)
			r.Changes.HeldGone = append(r.Changes.HeldGone, h)
		case h.Since.IsZero():
			out.Confirmed = append(out.Confirmed, h.Record)
			h.Since = r.At
			r.Changes.Held = append(r.Changes.Held, h)
		}
	}
	return out
}

// count counts what is still in doubt and still open.
func (r *Refresh) count(s *state.Snapshot) {
	settled, told := map[string]bool{}, map[string]state.TaskStatus{}
	for i := range r.Effects {
		settled[r.Effects[i].Key] = true
	}
	for i := range r.Tasks {
		told[r.Tasks[i].Key] = r.Tasks[i].Status
	}
	for i := range s.Effects {
		if e := &s.Effects[i]; (e.Status == state.Intended || e.Status == state.InDoubt) && !settled[e.Key] {
			r.InDoubt++
		}
	}
	for i := range s.Tasks {
		status, heard := told[s.Tasks[i].Key]
		if !heard {
			status = s.Tasks[i].Status
		}
		if status == state.TaskOpen {
			r.Open++
		}
	}
}

// Gone counts those whom the state lets go of, over all collections.
func (r *Refresh) Gone() int { return len(r.Changes.HeldGone) }

// Confirmed counts those who were only meant to be added, and are there.
func (r *Refresh) Confirmed() int { return len(r.Changes.Held) }

// Unread gives the places that could not be asked, and why.
func (r *Refresh) Unread() []string {
	var out []string
	for _, p := range r.Places {
		if p.Sure == Unknown {
			out = append(out, p.Place.Title()+" could not be read: "+p.Why)
		}
	}
	return out
}

// String sums it up in one sentence.
func (r *Refresh) String() string {
	return fmt.Sprintf("gone: %d, confirmed: %d; effects settled: %d, still in doubt: %d; tasks heard of: %d, still open: %d", r.Gone(), r.Confirmed(), len(r.Effects), r.InDoubt,
		len(r.Tasks), r.Open)
}
