package flow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// deed is a kind of thing that was done and can't be undone.
type deed struct {
	verb  string
	place connector.Place
}

// tally counts the records of a deed, and names the first of them.
type tally struct {
	n    int
	keys []string
}

// mostNamed is how many records of a deed are named.
const mostNamed = 3

func (t *tally) add(key string) {
	t.n++
	if len(t.keys) < mostNamed && !slices.Contains(t.keys, key) {
		t.keys = append(t.keys, key)
	}
}

// String gives the count and the samples.
func (t *tally) String() string {
	text := fmt.Sprintf("%d (%s", t.n, strings.Join(t.keys, ", "))
	if t.n > len(t.keys) {
		text += ", …"
	}
	return text + ")"
}

// deedsOf tallies what runs did that can't be undone, of the operations that count. An effect that was tried again by its key was done once.
func deedsOf(journal []state.Page, effects []state.Effect, counts func(*audit.Operation) bool) map[deed]*tally {
	done, seen := map[deed]*tally{}, map[string]bool{}
	for pages := range audit.ByRun(journal) {
		for _, o := range audit.Known(audit.Operations(pages), effects) {
			d, lasts := deedOf(&o)
			if !lasts || !counts(&o) || o.Effect != "" && seen[o.Effect] {
				continue
			}
			seen[o.Effect] = true
			if done[d] == nil {
				done[d] = &tally{}
			}
			done[d].add(o.Record.Key)
		}
	}
	return done
}

// deedOf tells whether an operation was done that can't be undone: what was sent is sent, and of a field the state does not hold what stood
// there before.
func deedOf(o *audit.Operation) (deed, bool) {
	switch o.Verb {
	case connector.Send.String(), connector.Task.String(), connector.Set.String():
		return deed{o.Verb, placeOfOperation(o)}, o.Outcome == string(apply.Done)
	}
	return deed{}, false
}

// placeOfOperation gives what an operation was about.
func placeOfOperation(o *audit.Operation) connector.Place {
	return connector.At(o.Connector, o.Kind, o.Name)
}

// wordDeeds words deeds, sorted.
func wordDeeds(done map[deed]*tally) []string {
	out := make([]string, 0, len(done))
	order := func(a, b deed) int {
		return cmp.Or(strings.Compare(a.verb, b.verb), strings.Compare(a.place.String(), b.place.String()))
	}
	for _, d := range slices.SortedFunc(maps.Keys(done), order) {
		n, where := done[d], d.place.Title()
		switch d.verb {
		case connector.Send.String():
			out = append(out, fmt.Sprintf("can't be undone: %s sent by %s", n, where))
		case connector.Task.String():
			out = append(out, fmt.Sprintf("can't be undone: %s given out as tasks in %s; those still open are taken back where their members leave", n, where))
		default:
			out = append(out, fmt.Sprintf("can't be undone: %s with fields set in %s, since the state does not hold what stood there before", n, where))
		}
	}
	return out
}

func sortedPlaces(of map[connector.Place]int) []connector.Place {
	return slices.SortedFunc(maps.Keys(of), func(a, b connector.Place) int { return strings.Compare(a.String(), b.String()) })
}

// placeOf gives the collection in which something is held.
func placeOf(h *state.Held) connector.Place {
	return connector.At(h.Connector, h.Kind, h.Name)
}
