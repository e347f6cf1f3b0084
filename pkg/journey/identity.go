package journey

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Identity is what a playbook knows a record by at a connector, for a kind of collection, object, action or task.
type Identity struct{ Connector, Kind, ID string }

func compareIdentities(a, b Identity) int {
	return cmp.Or(strings.Compare(a.Connector, b.Connector), strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
}

// NotKnown counts records that a step does not reach, or that can't enter, since their system does not know them by what the playbook knows
// them by, or can't tell which of several is meant.
type NotKnown struct {
	Step      string   `json:"step,omitempty"` // "" where the record would enter
	Entity    string   `json:"entity"`
	Connector string   `json:"connector"`
	Why       string   `json:"why"`
	Count     int      `json:"count"`
	Sample    []string `json:"sample"` // record keys, as many as reasons are told
}

// noRecord is why a system does not know a record, where that is all there is to say.
func noRecord(why, entity string) string { return cmp.Or(why, "it knows no such "+entity) }

// address gives by what a step's connector is told of a record. Where it is told nothing: why, which is "" if the playbook itself has no identity
// of the record. A connector that has ids of its own is taken to know everybody whom [Input.NotKnown] does not name, and is to be asked.
func (r *run) address(ctx context.Context, s *step, t *target, row int, ask bool) (id, why string, ok bool) {
	if id, ok = r.identity(ctx, t, row); !ok || !r.in.Resolves[s.Connector] {
		return id, "", ok
	}
	x := Identity{s.Connector, s.Object, id}
	if why, not := r.in.NotKnown[x]; not {
		return "", noRecord(why, t.entity), false
	}
	if ask {
		r.asked[x] = true
	}
	return id, "", true
}

// whyNotKnown says why a step's connector does not know a record; "" if it does, need not, or the playbook has no identity of it.
func (w *walker) whyNotKnown(ctx context.Context, s *step, r reach) string {
	if len(w.in.NotKnown) == 0 || s.anonymous() {
		return ""
	}
	_, why, _ := w.address(ctx, s, r.target, r.row, false)
	return why
}

// holdsUp reports whether a step waits for its own record to be known. A keep takes hold of it later, when it is. Who is nobody there needs not be
// taken out.
func (w *walker) holdsUp(ctx context.Context, s *step, r reach) bool {
	switch s.Verb {
	case playbook.Keep:
		return false
	case playbook.Remove, playbook.RemoveAny:
		id, _ := w.identity(ctx, r.target, r.row)
		return w.in.NotKnown[Identity{s.Connector, s.Object, id}] != ""
	}
	return true
}

// passOrWait has a step wait for a record that its connector does not know, or pass it by: nil. For an effect of which nobody knows whether it was done
// it waits in any case.
func (w *walker) passOrWait(ctx context.Context, s *step, r reach, why string, begun bool) *hold {
	record := w.record(r)
	own := r.target.rows == nil && w.holdsUp(ctx, s, r)
	if !begun && !own {
		w.passesBy(s, record, why)
		return nil
	}
	w.nameNotKnown(s.ID, s.Connector, record, why)
	return &hold{kind: Held, why: notAddressable(record.Entity, s.Connector, why), notKnown: own && !begun}
}

// notAddressable words that a connector can't know a record.
func notAddressable(entity, connector, why string) string {
	text := entity + " not addressable in " + connector
	if why != "" {
		text += ": " + why
	}
	return text
}

// passesBy counts a record that a step does not reach. What is held for it stays.
func (w *walker) passesBy(s *step, record state.Record, why string) {
	w.about.Unknowns["step "+s.ID+": "+notAddressable(record.Entity, s.Connector, why)]++
	k := w.keeper(s)
	w.out.Unaddressed[k] = append(w.out.Unaddressed[k], record)
	w.nameNotKnown(s.ID, s.Connector, record, why)
}

// nameNotKnown names a record that a system does not know; without a reason it was the playbook that had no identity of it.
func (t *pass) nameNotKnown(step, connector string, record state.Record, why string) {
	if why == "" {
		return
	}
	is := func(x NotKnown) bool {
		return x.Step == step && x.Connector == connector && x.Entity == record.Entity && x.Why == why
	}
	at := slices.IndexFunc(t.about.NotKnown, is)
	if at < 0 {
		at = len(t.about.NotKnown)
		t.about.NotKnown = append(t.about.NotKnown, NotKnown{Step: step, Entity: record.Entity, Connector: connector, Why: why})
	}
	x := &t.about.NotKnown[at]
	if x.Count++; t.tells(len(x.Sample)) && !slices.Contains(x.Sample, record.Key) {
		x.Sample = append(x.Sample, record.Key)
	}
}

// sortNotKnown puts them in the order of steps, and their records in that of their keys.
func (p *PlayRun) sortNotKnown() {
	slices.SortFunc(p.NotKnown, func(a, b NotKnown) int {
		return cmp.Or(strings.Compare(a.Step, b.Step), strings.Compare(a.Connector, b.Connector), strings.Compare(a.Entity, b.Entity), strings.Compare(a.Why, b.Why))
	})
	for i := range p.NotKnown {
		slices.Sort(p.NotKnown[i].Sample)
	}
}

// ahead is how many more candidates than enter are asked for, for each that was found not to be known: so that a run that lets in a few of many
// neither asks for all of them, nor again for each that is not.
const ahead = 4

// asksFor reports whether a candidate's identity is worth being asked for.
func (t *pass) asksFor() bool {
	if t.p.Limit == 0 || t.admitted < t.p.Limit {
		return true
	}
	t.lookedAhead++
	return t.lookedAhead <= ahead*t.turnedBack
}

// asks gives the identities that the result stands on.
func (r *run) asks() []Identity {
	return slices.SortedFunc(maps.Keys(r.asked), compareIdentities)
}

// Identity is what a want knows its record by, until [Result.Identify] has it speak of an id.
func (w *Want) Identity() Identity { return Identity{w.Connector, w.Target.Kind, w.ID} }

// Identify has wants speak of the ids by which systems know records, where they have ids of their own; one that it does not give stays.
func (r *Result) Identify(id func(Identity) (string, bool)) {
	for i := range r.Wants {
		w := &r.Wants[i]
		if w.ID == "" || w.Verb == connector.Cancel {
			continue
		}
		if own, ok := id(w.Identity()); ok {
			w.ID = own
		}
	}
}
