package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/playbook"
)

// fields plans what is to be set: of several wants for one field of one record, the one of highest priority, then name, wins.
func (b *builder) fields() {
	var wants []int
	for i := range b.wants {
		if w := &b.wants[i]; w.Verb == connector.Set && b.active(i) {
			wants = append(wants, i)
		}
	}
	slices.SortStableFunc(wants, func(i, j int) int {
		x, y := &b.wants[i], &b.wants[j]
		return cmp.Or(y.Priority-x.Priority, strings.Compare(x.Play, y.Play), b.order(y)-b.order(x), strings.Compare(x.Member, y.Member))
	})
	winners := map[cell]int{} // → want
	for _, i := range wants {
		b.set(i, winners)
	}
	b.sortConflicts()
}

// cell is one field of one record, or of one membership.
type cell struct {
	place     connector.Place
	id, field string
}

// set plans one want: the fields that it wins and that differ.
func (b *builder) set(i int, winners map[cell]int) {
	w := &b.wants[i]
	place, id := placeOf(w), b.normal(w)
	have, known, sure := b.values(place, id) // a field that it does not name is empty
	o := Operation{Verb: connector.Set, Connector: w.Connector, Target: place.Collection, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step,
		Lane: w.Lane, Certainty: sure, Fields: map[string]any{}, Before: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(w.Fields)) {
		slot := cell{place, id, name}
		if other, taken := winners[slot]; taken {
			o := &b.wants[other]
			if o.Play != w.Play && playbook.Text(o.Fields[name]) != playbook.Text(w.Fields[name]) {
				b.conflict(place, o, w)
			}
			continue
		}
		winners[slot] = i
		before := have[name]
		if known && (before == playbook.Text(w.Fields[name]) || !w.Overwrite && before != "") {
			continue
		}
		o.Fields[name] = w.Fields[name]
		if known {
			o.Before[name] = before
		}
	}
	if len(o.Fields) == 0 {
		b.plan.NoOps++
		return
	}
	of := []string{w.Member, w.Step}
	if w.Lane != "" {
		of = append(of, w.Lane)
	}
	o.Key = OperationKey(connector.Set, place, w.Record, of...)
	o.Digest = b.digest("set", place.String(), id, payload(o.Fields))
	b.add(i, o)
}

// values gives what stands in a record's fields, or in those of a membership: as read, and as this run writes it when it makes the
// membership.
func (b *builder) values(place connector.Place, id string) (have map[string]string, known bool, sure Certainty) {
	read, seen := b.Facts.Fields[place]
	have, known = read[id]
	if sure = Known; !seen {
		sure = Assumed
	}
	if place.Name == "" {
		return have, known, sure
	}
	if s := b.slotOf(b.siteOf(place), id); s != nil && s.made >= 0 {
		have, known = map[string]string{}, seen
		for name, value := range b.plan.Operations[s.made].Fields {
			have[name] = playbook.Text(value)
		}
	}
	return have, known, sure
}
