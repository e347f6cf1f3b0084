package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// fields plans what is to be set: of several wants for one field of one record, the one of highest priority, then name, wins.
func (b *builder) fields() {
	var wants []int
	for i := range b.Journey.Wants {
		if w := &b.Journey.Wants[i]; w.Verb == connector.Set && b.active(i) {
			wants = append(wants, i)
		}
	}
	slices.SortStableFunc(wants, func(i, j int) int {
		x, y := &b.Journey.Wants[i], &b.Journey.Wants[j]
		return cmp.Or(y.Priority-x.Priority, strings.Compare(x.Play, y.Play), b.orders[y.Play+"."+y.Step]-b.orders[x.Play+"."+x.Step], strings.Compare(x.Member, y.Member))
	})
	winners := map[[3]string]int{} // place, id, field → want
	for _, i := range wants {
		b.set(i, winners)
	}
	b.sortConflicts()
}

// set plans one want: the fields that it wins and that differ.
func (b *builder) set(i int, winners map[[3]string]int) {
	w := &b.Journey.Wants[i]
	place, id := placeOf(w), b.normal(w)
	sure := Known
	if b.Facts.Blind[place] {
		sure = Assumed
	}
	have, known := b.Facts.Fields[place][id] // a field that it does not name is empty
	o := Operation{Verb: connector.Set, Connector: w.Connector, Target: place.Collection, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step,
		Certainty: sure, Fields: map[string]any{}, Before: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(w.Fields)) {
		slot := [3]string{place.String(), id, name}
		if other, taken := winners[slot]; taken {
			o := &b.Journey.Wants[other]
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
	o.Key = operationKey(connector.Set, place, w.Record, w.Member, w.Step)
	o.Digest = b.digest("set", place.String(), id, payload(o.Fields))
	b.add(i, o)
}

// effects plans what is to be sent: never what has happened.
func (b *builder) effects() {
	for i := range b.Journey.Wants {
		w := &b.Journey.Wants[i]
		if w.Verb != connector.Send || !b.active(i) {
			continue
		}
		attempts := 0
		if e := b.known[w.Key]; e != nil {
			if e.Status == state.Happened {
				b.plan.NoOps++
				continue
			}
			attempts = e.Attempts
		}
		b.add(i, b.send(w, attempts))
	}
}

func (b *builder) send(w *journey.Want, attempts int) Operation {
	place := placeOf(w)
	return Operation{Verb: connector.Send, Connector: w.Connector, Target: place.Collection, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step,
		Certainty: Known, Fields: w.Fields, Member: w.Member, EffectKey: w.Key, Attempts: attempts,
		Key: operationKey(connector.Send, place, w.Record, w.Key), Digest: b.digest("send", place.String(), w.ID, payload(w.Fields))}
}
