package flow

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Chosen says of which keeps an adoption is: by the collection, and by the play and the step of the keep; both are "" where it is about a
// collection that could not be read.
type Chosen func(place connector.Place, play, step string) bool

// Adopt finds whom the keeps that are chosen want in collections where somebody else put them: those who are in the plays, and those who
// would be with the next apply. It writes nothing.
func Adopt(ctx context.Context, w *World, p *Program, s *state.Snapshot, chosen Chosen) (*plan.Adoption, error) {
	out, err := Plan(ctx, w, p, s, Options{})
	if err != nil {
		return nil, err
	}
	a := &adopting{Adoption: plan.Adoption{Ours: map[connector.Place]int{}, Others: map[connector.Place]int{}, Unread: map[connector.Place]error{}}}
	playOf := playsOf(out.State)
	entering := map[string]string{}
	for _, m := range out.Plan.Members {
		entering[m.After.Key] = m.After.Play
	}
	is := func(place connector.Place, k state.Keeper) bool {
		return chosen(place, cmp.Or(playOf(k.Member), entering[k.Member]), k.Step)
	}
	a.fromPlan(out.Plan, is, w)
	a.fromLedger(plan.Compare(out.State, out.Facts, out.Connectors, out.Plan.At), is)
	slices.SortFunc(a.Held, func(x, y state.Held) int { return state.CompareHeld(&x, &y) })
	a.Held = slices.CompactFunc(a.Held, func(x, y state.Held) bool { return state.CompareHeld(&x, &y) == 0 })
	a.count(out, is)
	return &a.Adoption, nil
}

// adopting finds them.
type adopting struct{ plan.Adoption }

// fromPlan finds those whom the plan takes hold of where they are already.
func (a *adopting) fromPlan(p *plan.Plan, is func(connector.Place, state.Keeper) bool, w *World) {
	take := func(list []plan.Hold) {
		for _, h := range list {
			if h.Keeper != nil && !h.Gone && !h.Held.Ours && is(placeOf(&h.Held), *h.Keeper) {
				adopted := h.Held
				adopted.Ours, adopted.Added, adopted.Keepers, adopted.Since = true, false, nil, w.now()
				a.Held = append(a.Held, adopted)
			}
		}
	}
	for move := range p.Moves() {
		take(move.Holds)
	}
	take(p.Standing)
}

// fromLedger finds those whom a keep holds already, as somebody else's. What the state has of them stays.
func (a *adopting) fromLedger(ledger []plan.Ledger, is func(connector.Place, state.Keeper) bool) {
	for i := range ledger {
		for _, row := range ledger[i].Rows {
			keeps := func(k state.Keeper) bool { return is(ledger[i].Place, k) }
			if !row.Held.Ours && row.There && slices.ContainsFunc(row.Held.Keepers, keeps) {
				adopted := *row.Held
				adopted.Ours = true
				a.Held = append(a.Held, adopted)
			}
		}
	}
}

// count counts who is in the collections, and notes those that could not be asked.
func (a *adopting) count(out *Planned, is func(connector.Place, state.Keeper) bool) {
	for i := range a.Held {
		a.Ours[placeOf(&a.Held[i])]++
	}
	held := map[connector.Place]int{}
	for _, l := range plan.Compare(out.State, out.Facts, out.Connectors, out.Plan.At) {
		for _, row := range l.Rows {
			if row.There {
				held[l.Place]++
			}
		}
	}
	fresh := map[connector.Place]int{}
	for i := range a.Held {
		if len(a.Held[i].Keepers) == 0 {
			fresh[placeOf(&a.Held[i])]++
		}
	}
	for place := range a.Ours {
		a.Others[place] = len(out.Facts.Members[place]) - held[place] - fresh[place]
	}
	for place := range wantedPlaces(out, is) {
		switch {
		case out.Facts.Failed[place] != nil:
			a.Unread[place] = out.Facts.Failed[place]
		case out.Facts.Blind[place]:
			a.Blind = append(a.Blind, place)
		}
	}
	slices.SortFunc(a.Blind, func(x, y connector.Place) int { return strings.Compare(x.String(), y.String()) })
}

// wantedPlaces gives the collections that the chosen keeps want somebody in.
func wantedPlaces(out *Planned, is func(connector.Place, state.Keeper) bool) map[connector.Place]bool {
	places := map[connector.Place]bool{}
	for i := range out.Plan.Operations {
		for _, h := range out.Plan.Operations[i].Holds {
			if h.Keeper != nil && is(placeOf(&h.Held), *h.Keeper) {
				places[placeOf(&h.Held)] = true
			}
		}
	}
	for i := range out.State.Held {
		for _, k := range out.State.Held[i].Keepers {
			if place := placeOf(&out.State.Held[i]); is(place, k) {
				places[place] = true
			}
		}
	}
	for place := range out.Facts.Failed {
		if is(place, state.Keeper{}) {
			places[place] = true
		}
	}
	return places
}

// Skeleton is YAML for a collection that no play keeps yet: a segment that is a list of its members, and a play that keeps them.
type Skeleton struct {
	Play    string
	YAML    string
	Keys    []string // of the list, sorted
	Unknown int      // members of whom the playbook has no record
	Others  int      // records of other entities
}

// Found gives YAML for a collection as it is: its members by the records that the playbook has of them. list is the file of their keys.
func Found(ctx context.Context, w *World, p *Program, place connector.Place, list string) (*Skeleton, error) {
	connectors, err := openConnectors(ctx, w, p)
	if err != nil {
		return nil, err
	}
	given, err := gather(ctx, w, p, connectors)
	if err != nil {
		return nil, err
	}
	facts, err := observe.Read(ctx, aboutHeld([]state.Held{{Connector: place.Connector, Kind: place.Kind, Name: place.Name}}), nil, connectors)
	if err != nil {
		return nil, err
	}
	switch {
	case facts.Failed[place] != nil:
		return nil, fmt.Errorf("%s could not be read: %w", place, facts.Failed[place])
	case facts.Missing[place] != nil:
		return nil, fmt.Errorf("%s does not exist: %w", place, facts.Missing[place])
	case facts.Blind[place]:
		return nil, fmt.Errorf("%s can't be read back, so that nobody can be adopted from it", place)
	}
	e := &Evaluated{Data: newData(w, p, given.Read.Frame)}
	name := naming(p, e, connectors, observe.NewIdentities(connectors))
	if err := name.learn(ctx, place); err != nil {
		return nil, fmt.Errorf("%s: %w", place, w.Redactor.Error(err))
	}
	return skeleton(place, list, facts.Members[place], name.of(ctx), bookNames(p)), nil
}

// bookNames are the names of plays and segments that are taken.
func bookNames(p *Program) []string { return slices.Concat(p.Book.PlayNames(), p.Book.SegmentNames()) }

// skeleton makes it of the members that are records of the playbook. Of several entities the one with the most members counts.
func skeleton(place connector.Place, list string, members []connector.Member, name func(connector.Place, string) (state.Record, bool), taken []string) *Skeleton {
	keys := map[string][]string{}
	out := &Skeleton{Play: freeName(place.Name, taken)}
	for _, m := range members {
		if r, known := name(place, m.ID); known {
			keys[r.Entity] = append(keys[r.Entity], r.Key)
		} else {
			out.Unknown++
		}
	}
	of := ""
	for entity := range keys {
		if n, most := len(keys[entity]), len(keys[of]); n > most || n == most && entity < of {
			of = entity
		}
	}
	for entity := range keys {
		if entity != of {
			out.Others += len(keys[entity])
		}
	}
	out.Keys = keys[of]
	slices.Sort(out.Keys)
	out.YAML = out.yaml(place, of, list)
	return out
}

// yaml writes the segment and the play.
func (s *Skeleton) yaml(place connector.Place, of, list string) string {
	return fmt.Sprintf(`# %s as it was found: %d members of whom the playbook has a record, in %s.
segments:
  %s:
    of: %s
    list: %s
plays:
  %s:
    of: %s
    segment: %s
    trigger: entry
    backfill: true # those who are in it enter with the first apply
    on_leave: exit # who is taken off the list is taken out
    steps:
      - id: members
        keep: %s.%s
        name: %s
`, oneLine(place.String()), len(s.Keys), list, s.Play, of, strconv.Quote(list), s.Play, of, s.Play, place.Connector, place.Kind, quoteName(place.Name))
}

// oneLine makes text fit for a comment.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// quoteName writes a collection's name as YAML text in which no template begins.
func quoteName(name string) string { return strconv.Quote(strings.ReplaceAll(name, "${", "$${")) }

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// longestName is how many letters the name of a play or a segment has at most.
const longestName = 63

// freeName makes a name of a play out of a collection's, that no other has.
func freeName(name string, taken []string) string {
	base := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if base == "" || base[0] < 'a' {
		base = strings.TrimSuffix("adopted-"+base, "-")
	}
	cut := func(to int) string { return strings.TrimRight(base[:min(to, len(base))], "-") }
	out := cut(longestName)
	for n := 2; slices.Contains(taken, out); n++ {
		more := fmt.Sprintf("-%d", n)
		out = cut(longestName-len(more)) + more
	}
	return out
}
