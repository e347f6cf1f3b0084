package amend

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

// PlayMoved and RecordMoved word a move as the run that made it does: by that an older state follows.
func PlayMoved(from, to string) string { return "play " + from + " is play " + to }

// RecordMoved is [PlayMoved] for a record.
func RecordMoved(from, to state.Record) string { return from.String() + " is " + to.String() }

// MoveError says that an older state can't follow a move that was made since.
type MoveError struct {
	Run  string
	What string
	Err  error
}

// Error says which, and why.
func (e *MoveError) Error() string {
	return fmt.Sprintf("it can't follow run %s, by which %s: %s", e.Run, e.What, e.Err)
}

// Unwrap gives the reason.
func (e *MoveError) Unwrap() error { return e.Err }

// PlayGoneError says that an older state has memberships to give of a play that neither the newer state nor the playbook has.
type PlayGoneError struct{ Play string }

// Error says which.
func (e *PlayGoneError) Error() string {
	return fmt.Sprintf("it has memberships of play %s, which neither the state here nor the playbook knows by that name", e.Play)
}

// StepGoneError says that an older state has memberships to give that went through a step which the playbook does not have.
type StepGoneError struct{ Play, Step string }

// Error says which.
func (e *StepGoneError) Error() string {
	return fmt.Sprintf("it has memberships of play %s that went through step %s, which the playbook does not know by that name", e.Play, e.Step)
}

// follow makes the moves in a state that another one knows of and it does not, in their order, so that both call records and plays by the same names.
func follow(w, by *state.Whole, of PlayOf) (*state.Whole, error) {
	var err error
	for _, r := range unknownRuns(by, w) {
		if r.Operation == state.OpMv {
			if w, err = moved(w, &r, of); err != nil {
				return nil, &MoveError{Run: r.ID, What: r.Message, Err: err}
			}
		}
	}
	return w, nil
}

// unknownRuns gives the runs of a state that another one does not know.
func unknownRuns(of, to *state.Whole) []state.Run {
	return lacking(of.Runs, to.Runs, func(r *state.Run) string { return r.ID })
}

// withNames gives an older state in which plays go by the names that they have since: as memberships of both states say, or the playbook.
func withNames(older, newer *state.Whole, book *Playbook) (*state.Whole, error) {
	names := map[string]string{}
	for i := range newer.Members {
		names[newer.Members[i].Key] = newer.Members[i].Play
	}
	renamed := map[string]string{}
	for i := range older.Members {
		m := &older.Members[i]
		if now := names[m.Key]; now != "" && now != m.Play {
			renamed[m.Play] = now
		}
	}
	there := Plays(&newer.Snapshot)
	for _, play := range Plays(&older.Snapshot) {
		if now := book.Moved[play]; now != "" && renamed[play] == "" && !slices.Contains(there, play) {
			renamed[play] = now
		}
	}
	return renamedAll(older, renamed)
}

// aside stands before a play's new name while another one may still have that.
const aside = "\x00"

// renamedAll renames plays, all at once: one may take the name that another one had.
func renamedAll(w *state.Whole, to map[string]string) (*state.Whole, error) {
	rename := func(from, to string) (err error) {
		c := Rename(&w.Snapshot, from, to)
		w, err = memory.With(w, &c)
		return err
	}
	for _, from := range slices.Sorted(maps.Keys(to)) {
		if err := rename(from, aside+to[from]); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Values(to)) {
		if err := rename(aside+name, name); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// moved makes one move, as its run words it.
func moved(w *state.Whole, run *state.Run, of PlayOf) (*state.Whole, error) {
	from, to, ok := strings.Cut(strings.TrimPrefix(run.Message, "play "), " is play ")
	if ok && len(run.Limits) > 0 && strings.HasPrefix(run.Limits[0], "play.") {
		c := Rename(&w.Snapshot, from, to)
		return memory.With(w, &c)
	}
	was, is, ok := RecordOfMove(run)
	switch {
	case !ok:
		return nil, errors.New("it does not say what was moved")
	case !slices.Contains(Records(&w.Snapshot), was):
		return w, nil
	}
	c, err := Rekey(&w.Snapshot, was, is.Key, of)
	if err != nil {
		return nil, err
	}
	return memory.With(w, &c)
}

// RecordOfMove gives the record to which a run of `state mv` gave another key, as it was and as it is; not ok where it did something else.
func RecordOfMove(run *state.Run) (was, is state.Record, ok bool) {
	entity, rest, _ := strings.Cut(run.Message, " ")
	from, to, ok := strings.Cut(rest, " is "+entity+" ")
	if run.Operation != state.OpMv || !ok || len(run.Limits) > 0 && strings.HasPrefix(run.Limits[0], "play.") {
		return was, is, false
	}
	return state.Record{Entity: entity, Key: from}, state.Record{Entity: entity, Key: to}, true
}
