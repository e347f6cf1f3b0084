package amend

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Carried tells what becomes of a state that takes another one's place.
type Carried struct {
	Taken     map[string]int // what the newer of two states of one lineage had lost and takes over from the older one, by kind of row
	Older     bool           // the state that takes the place is the older of the two
	Forgotten int            // records that it named and that were forgotten
	Lost      int            // marks of forgotten records that can't be taken over: another state's are made with another salt
}

// Total counts what was taken over.
func (c *Carried) Total() int {
	n := 0
	for _, rows := range c.Taken {
		n += rows
	}
	return n
}

// Playbook is what a playbook says that no state does: what its plays are about, its entities and plays, which plays go by another name since (by
// their former ones), and whether a play has a step, by its name or a former one; nil: it may have any.
type Playbook struct {
	Of              PlayOf
	Entities, Plays []string
	Moved           map[string]string
	Step            func(play, step string) bool
}

// Carry gives what takes the place of a state when somebody puts another one there. Nothing that is known is unlearned by that: of two states of
// one lineage the newer one stays, and takes over what it has lost and the older one has. Whoever was forgotten stays so, in a state of any
// lineage. Neither state is changed. *[MoveError], *[PlayGoneError] and *[StepGoneError] say why the older one can't follow.
func Carry(present, w *state.Whole, book *Playbook) (*state.Whole, Carried, error) {
	told := Carried{}
	out := w
	if present.Meta.Lineage == w.Meta.Lineage {
		newer, older := w, present
		if told.Older = w.Meta.Serial <= present.Meta.Serial; told.Older {
			newer, older = present, w
		}
		var err error
		if out, told.Taken, err = join(newer, older, book); err != nil {
			return nil, told, err
		}
	}
	erased := named(&present.Snapshot, out, book.Of, book.Entities)
	told.Forgotten = len(erased)
	for _, r := range erased {
		out, _ = Scrub(out, r.record, book.Of)
	}
	clean := *out
	clean.Erased = slices.Clone(out.Erased)
	if present.Meta.Salt == w.Meta.Salt {
		clean.Erased = append(clean.Erased, present.Erased...)
	} else {
		hasher := w.Meta.Hasher()
		for _, r := range erased {
			r.erasure.Mark = hasher.Mark(r.record)
			clean.Erased = append(clean.Erased, r.erasure)
		}
		told.Lost = len(present.Erased) - len(erased)
	}
	slices.SortStableFunc(clean.Erased, func(a, b state.Erasure) int { return strings.Compare(a.Mark, b.Mark) })
	clean.Erased = slices.CompactFunc(clean.Erased, func(a, b state.Erasure) bool { return a.Mark == b.Mark })
	return &clean, told, nil
}

// forgotten is a record that was, and what the state has of that.
type forgotten struct {
	record  state.Record
	erasure state.Erasure
}

// named gives the records that a state was told to forget and that another one names, sorted.
func named(by *state.Snapshot, w *state.Whole, of PlayOf, entities []string) []forgotten {
	if len(by.Erased) == 0 {
		return nil
	}
	marks := make(map[string]state.Erasure, len(by.Erased))
	for _, e := range by.Erased {
		marks[e.Mark] = e
	}
	var out []forgotten
	hasher := by.Meta.Hasher()
	for r := range mentioned(w, of, entities) {
		if e, is := marks[hasher.Mark(r)]; is {
			out = append(out, forgotten{r, e})
		}
	}
	slices.SortFunc(out, func(a, b forgotten) int { return state.CompareRecords(a.record, b.record) })
	return out
}

// mentioned gives every record that a state may name, in rows, journal and texts. Where a key stands without its entity it may be of any.
func mentioned(w *state.Whole, of PlayOf, known []string) map[state.Record]bool {
	out, loose := map[state.Record]bool{}, words{}
	EachRecord(&w.Snapshot, func(r *state.Record) { out[*r] = true })
	for i := range w.Journal {
		for _, l := range w.Journal[i].Lines {
			out[l.Record] = true
			lane(out, l.Lane)
			loose.in(l.Reason, l.Receipt)
		}
	}
	for i := range w.Held {
		for _, k := range w.Held[i].Keepers {
			lane(out, k.Lane)
		}
	}
	for i := range w.Truths {
		t := &w.Truths[i]
		loose[t.Of()] = true
		if entity := of(t.Play); entity != "" {
			out[state.Record{Entity: entity, Key: t.Owner()}] = true
		} else {
			loose[t.Owner()] = true
		}
	}
	loose.inRows(w)
	entities := map[string]bool{}
	for _, entity := range known {
		entities[entity] = true
	}
	for r := range out {
		entities[r.Entity] = true
	}
	for key := range loose {
		for entity := range entities {
			out[state.Record{Entity: entity, Key: key}] = true
		}
	}
	return out
}

// lane notes the record of a lane by its key.
func lane(records map[state.Record]bool, key string) {
	if entity, record, is := strings.Cut(key, ":"); is {
		records[state.Record{Entity: entity, Key: record}] = true
	}
}

// NextSerial gives the serial that comes after every one that there was: an older state would be taken for one that somebody put back.
func NextSerial(w, present *state.Whole, backups []state.Backup) int64 {
	serial := w.Meta.Serial
	if present != nil {
		serial = max(serial, present.Meta.Serial)
	}
	for _, b := range backups {
		serial = max(serial, b.Serial)
	}
	return serial + 1
}

// Since counts the runs of a state that another one does not know.
func Since(present, w *state.Whole) int {
	known := map[string]bool{}
	for i := range w.Runs {
		known[w.Runs[i].ID] = true
	}
	n := 0
	for i := range present.Runs {
		if !known[present.Runs[i].ID] {
			n++
		}
	}
	return n
}
