package amend

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Carried counts what a state was told before it took another one's place.
type Carried struct {
	Effects   int // of which it knew less
	Held      int // members of collections that it did not know for playctl's own
	Forgotten int // records that it named and that were forgotten
	Lost      int // marks of forgotten records that can't be taken over: another state's are made with another salt
}

// Carry has a state that takes another one's place know what happened in the world: effects, whom playctl put into collections, and who must
// not be named any more. None of it is undone by looking away. Effects and holdings mean something in states of one lineage only; whoever was
// forgotten stays so in any. w is not changed.
func Carry(present *state.Snapshot, w *state.Whole, of PlayOf) (*state.Whole, Carried) {
	var told Carried
	out := *w
	if present.Meta.Lineage == w.Meta.Lineage {
		out.Effects, told.Effects = carryEffects(present.Effects, w.Effects)
		out.Held, told.Held = carryHeld(present.Held, w.Held)
	}
	erased := named(present, &out, of)
	told.Forgotten = len(erased)
	clean := &out
	for _, r := range erased {
		clean, _ = Scrub(clean, r.record, of)
	}
	clean.Erased = slices.Clone(w.Erased)
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
	return clean, told
}

// carryEffects adds those that are not known, and has those that are known as the one says that knows more. Both are by key.
func carryEffects(present, older []state.Effect) ([]state.Effect, int) {
	out, n := slices.Clone(older), 0
	for i := range present {
		e := &present[i]
		at, found := slices.BinarySearchFunc(older, e.Key, func(x state.Effect, key string) int { return strings.Compare(x.Key, key) })
		switch {
		case !found:
			out = append(out, *e)
		case surer(e, &older[at]):
			out[at] = *e
		default:
			continue
		}
		n++
	}
	slices.SortFunc(out, func(a, b state.Effect) int { return strings.Compare(a.Key, b.Key) })
	return out, n
}

// sureness orders what is known of an effect: what happened happened, whatever the clocks say, and what may have is not tried again unasked.
var sureness = map[state.EffectStatus]int{state.Refused: 1, state.Intended: 2, state.InDoubt: 3, state.Happened: 4}

// surer reports whether the present state knows more of an effect than the one that is to replace it.
func surer(present, replacing *state.Effect) bool {
	if present.Status != replacing.Status {
		return sureness[present.Status] > sureness[replacing.Status]
	}
	return present.Attempts > replacing.Attempts
}

// carryHeld adds whom playctl put into collections, without keepers, whom an older state does not know: the next plan keeps them for whoever
// wants them, and takes the others out. Whom it knows as a stranger's is playctl's own now. Both are by identity.
func carryHeld(present, older []state.Held) ([]state.Held, int) {
	out, n := slices.Clone(older), 0
	for i := range present {
		h := present[i]
		at, found := slices.BinarySearchFunc(older, &h, func(x state.Held, h *state.Held) int { return state.CompareHeld(&x, h) })
		switch {
		case !h.Ours, found && older[at].Ours:
			continue
		case found:
			out[at].Ours = true
		default:
			h.Keepers = nil
			out = append(out, h)
		}
		n++
	}
	slices.SortFunc(out, func(a, b state.Held) int { return state.CompareHeld(&a, &b) })
	return out, n
}

// forgotten is a record that was, and what the state has of that.
type forgotten struct {
	record  state.Record
	erasure state.Erasure
}

// named gives the records that a state was told to forget and that another one names, sorted.
func named(by *state.Snapshot, w *state.Whole, of PlayOf) []forgotten {
	if len(by.Erased) == 0 {
		return nil
	}
	marks := make(map[string]state.Erasure, len(by.Erased))
	for _, e := range by.Erased {
		marks[e.Mark] = e
	}
	var out []forgotten
	hasher := by.Meta.Hasher()
	for r := range mentioned(w, of) {
		if e, is := marks[hasher.Mark(r)]; is {
			out = append(out, forgotten{r, e})
		}
	}
	slices.SortFunc(out, func(a, b forgotten) int { return state.CompareRecords(a.record, b.record) })
	return out
}

// mentioned gives every record that a state may name, in rows, journal and texts. Where a key stands without its entity it may be of any.
func mentioned(w *state.Whole, of PlayOf) map[state.Record]bool {
	out, loose := map[state.Record]bool{}, map[string]bool{}
	EachRecord(&w.Snapshot, func(r *state.Record) { out[*r] = true })
	for i := range w.Journal {
		for _, l := range w.Journal[i].Lines {
			out[l.Record] = true
			lane(out, l.Lane)
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
	for i := range w.Members {
		keysIn(loose, &w.Members[i])
	}
	for i := range w.Runs {
		for _, text := range append(slices.Clone(w.Runs[i].Limits), w.Runs[i].Message) {
			for _, word := range strings.Fields(text) {
				loose[strings.Trim(word, `'",.:()`)] = true
			}
		}
	}
	entities := map[string]bool{}
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

// keysIn notes the keys that a membership has of others: whom its steps reached, and what it is per.
func keysIn(keys map[string]bool, m *state.Member) {
	keys[m.Per] = true
	tracks := []*state.Track{&m.Track}
	for i := range m.Lanes {
		tracks = append(tracks, &m.Lanes[i].Track)
	}
	for _, t := range tracks {
		for _, key := range t.Reached {
			keys[key] = true
		}
		for i := range t.Done {
			for _, key := range t.Done[i].Records {
				keys[key] = true
			}
		}
	}
}

// lane notes the record of a lane by its key.
func lane(records map[state.Record]bool, key string) {
	if entity, record, is := strings.Cut(key, ":"); is {
		records[state.Record{Entity: entity, Key: record}] = true
	}
}

// NextSerial gives the serial that comes after every one that there was: an older state would be taken for one that somebody put back.
func NextSerial(w *state.Whole, present *state.Snapshot, backups []state.Backup) int64 {
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
func Since(present *state.Snapshot, w *state.Whole) int {
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
