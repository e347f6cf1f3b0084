package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Drift is where connectors differ from what playctl keeps there: members that it holds, and fields that steps of active members set.
type Drift struct {
	At       time.Time
	Members  []MembersDrift // by place: every collection that playctl holds somebody in
	Fields   []FieldsDrift  // by place: every object and collection in which it set fields
	Warnings []string
}

// MembersDrift is one collection.
type MembersDrift struct {
	Place connector.Place
	Sure  Certainty
	Why   string    // Unknown: what went wrong; Known: that the collection does not exist
	Held  int       // who is kept there, or was added for good
	Meant int       // how many of them nobody confirmed yet: a run was cut off while it added them
	Since time.Time // Assumed: when the last of them was added
	Gone  []Gone    // Known: those who are there no more
	// Others is who is in it beside those, put there by somebody else; Known says who of them are records of the playbook.
	Others int
	Known  []state.Record
}

// Gone is a member that playctl holds and that is in its collection no more.
type Gone struct {
	Record state.Record
	Play   string // that keeps it; "" for one that was added for good
	Step   string
	Since  time.Time
}

// FieldsDrift is the fields of one object, or of the memberships of one collection.
type FieldsDrift struct {
	Place   connector.Place
	Sure    Certainty
	Why     string
	Checked int // values that were set and are wanted still
	Differ  []FieldDrift
}

// FieldDrift is a field in which another value stands than a step of an active member sets there, by the records as they are now.
type FieldDrift struct {
	Record   state.Record
	Field    string
	Want     string
	Have     string // "" for none
	NoRecord bool   // the system has no such record, or the record is no member
	Play     string
	Step     string
}

// Found counts what differs for certain.
func (d *Drift) Found() int {
	n := 0
	for i := range d.Members {
		n += len(d.Members[i].Gone)
	}
	for i := range d.Fields {
		n += len(d.Fields[i].Differ)
	}
	return n
}

// Unread gives the places that could not be asked, and why.
func (d *Drift) Unread() []string {
	var out []string
	for _, m := range d.Members {
		if m.Sure == Unknown {
			out = append(out, m.Place.Title()+" could not be read: "+m.Why)
		}
	}
	for _, f := range d.Fields {
		if f.Sure == Unknown {
			out = append(out, f.Place.Title()+" could not be read: "+f.Why)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// DriftOf tells how one collection differs. counts chooses which plays count, and name gives the record that an id belongs to, if one does.
func DriftOf(l *Ledger, playOf func(member string) string, counts func(play string) bool, name func(place connector.Place, id string) (state.Record, bool)) (MembersDrift, bool) {
	d := MembersDrift{Place: l.Place, Sure: l.Sure, Why: l.Why}
	for _, row := range l.Rows {
		h := row.Held
		gone, counted := keptBy(h, playOf, counts)
		if !counted {
			continue
		}
		d.Held++
		switch {
		case h.Since.IsZero():
			d.Meant++
		case l.Sure == Known && !row.There && !row.Late:
			d.Gone = append(d.Gone, gone)
		case l.Sure != Known && h.Since.After(d.Since):
			d.Since = h.Since
		}
	}
	for _, m := range l.Others {
		if d.Others++; name == nil {
			continue
		}
		if r, ok := name(l.Place, m.ID); ok {
			d.Known = append(d.Known, r)
		}
	}
	slices.SortFunc(d.Gone, func(a, b Gone) int { return state.CompareRecords(a.Record, b.Record) })
	slices.SortFunc(d.Known, func(a, b state.Record) int { return state.CompareRecords(a, b) })
	return d, d.Held > 0
}

// keptBy tells who holds something, if one of those who count does: a play that keeps it, or nobody for what was added for good.
func keptBy(h *state.Held, playOf func(member string) string, counts func(play string) bool) (Gone, bool) {
	g := Gone{Record: h.Record, Since: h.Since}
	for _, k := range h.Keepers {
		if g.Play, g.Step = playOf(k.Member), k.Step; counts(g.Play) {
			return g, true
		}
	}
	g.Play, g.Step = "", ""
	return g, h.Added && counts("")
}

// FieldsOf tells which fields have other values than the wants of done steps: of several for one field, the one that a plan would carry out.
// order gives the position of a step in its play.
func FieldsOf(wants []journey.Want, facts *connector.Facts, connectors map[string]connector.Connector, order func(play, step string) int) []FieldsDrift {
	sets := slices.Clone(wants)
	slices.SortStableFunc(sets, func(x, y journey.Want) int {
		return cmp.Or(y.Priority-x.Priority, strings.Compare(x.Play, y.Play), order(y.Play, y.Step)-order(x.Play, x.Step), strings.Compare(x.Member, y.Member))
	})
	at, seen := map[connector.Place]*FieldsDrift{}, map[cell]bool{}
	for i := range sets {
		w := &sets[i]
		place := placeOf(w)
		if at[place] == nil {
			at[place] = &FieldsDrift{Place: place}
			at[place].Sure, at[place].Why = sureOfFields(place, facts, connectors[place.Connector])
		}
		at[place].compare(w, connector.Normalize(connectors[place.Connector], w.Target.Kind, w.ID), facts.Fields[place], seen)
	}
	out := make([]FieldsDrift, 0, len(at))
	for _, place := range slices.SortedFunc(maps.Keys(at), comparePlaces) {
		d := at[place]
		slices.SortFunc(d.Differ, func(a, b FieldDrift) int {
			return cmp.Or(state.CompareRecords(a.Record, b.Record), strings.Compare(a.Field, b.Field))
		})
		out = append(out, *d)
	}
	return out
}

// sureOfFields tells how sure it is what stands in the fields of a place.
func sureOfFields(place connector.Place, facts *connector.Facts, c connector.Connector) (Certainty, string) {
	_, read := facts.Fields[place]
	switch {
	case c == nil:
		return Unknown, "connector " + place.Connector + " is not in the playbook"
	case facts.Failed[place] != nil:
		return Unknown, facts.Failed[place].Error()
	case !read:
		return Assumed, "it can't be read back"
	}
	return Known, ""
}

// compare holds one want against what stands there.
func (d *FieldsDrift) compare(w *journey.Want, id string, have map[string]map[string]string, seen map[cell]bool) {
	values, there := have[id]
	for _, name := range slices.Sorted(maps.Keys(w.Fields)) {
		slot := cell{d.Place, id, name}
		if seen[slot] {
			continue
		}
		seen[slot] = true
		d.Checked++
		want, stands := playbook.Text(w.Fields[name]), values[name]
		if d.Sure != Known || there && (stands == want || !w.Overwrite && stands != "") {
			continue
		}
		d.Differ = append(d.Differ, FieldDrift{Record: w.Record, Field: name, Want: want, Have: stands, NoRecord: !there, Play: w.Play, Step: w.Step})
	}
}
