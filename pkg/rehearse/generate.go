package rehearse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// scene is generated records, how they change, and when runs are: all that a trial is made from.
type scene struct {
	records []Record
	changes []change // in the order of time
	runs    []time.Time
	people  uint64 // decides what people do about tasks
}

// change is a record as it is from a time on.
type change struct {
	at     time.Time
	record Record
}

// generator draws scenes.
type generator struct {
	*rand.Rand
	book    *playbook.Book
	schemas map[string]*schema
	words   *vocabulary
	start   time.Time
}

// months is how long a scene goes on.
const months = 90 * 24 * time.Hour

// gaps are the times between runs.
var gaps = []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 20 * 24 * time.Hour}

// scene draws a scene: a few records of each entity, events before and after the first run, changes, and runs at random times.
func (g *generator) scene() *scene {
	s := &scene{people: g.Uint64()}
	keys := map[string][]string{}
	for _, e := range g.book.Entities {
		n := 1 + g.IntN(2)
		switch {
		case e.Time != "":
			n = g.IntN(20)
		case len(e.Parents) > 0:
			n = g.IntN(4)
		}
		for i := range n {
			key := fmt.Sprintf("%s%d", e.Name[:1], i+1)
			s.records = append(s.records, g.record(g.schemas[e.Name], key, keys))
			if e.Key != "" {
				keys[e.Name] = append(keys[e.Name], key)
			}
		}
	}
	g.change(s, keys)
	for t := g.start; t.Before(g.start.Add(months)); t = t.Add(gaps[g.IntN(len(gaps))]) {
		s.runs = append(s.runs, t)
	}
	return s
}

// change has some records change at some time. Events don't.
func (g *generator) change(s *scene, keys map[string][]string) {
	for range g.IntN(6) {
		old := s.records[g.IntN(len(s.records))]
		schema := g.schemas[old.Entity]
		if schema.keySlot() < 0 || schema.timeSlot() >= 0 {
			continue
		}
		fresh := g.record(schema, old.Values[schema.keySlot()].(string), keys)
		i := g.IntN(len(schema.slots))
		if schema.slots[i].parent != "" || schema.slots[i].key {
			continue
		}
		fresh.given = make([]bool, len(schema.slots))
		fresh.given[i] = true
		s.changes = append(s.changes, change{g.start.Add(time.Duration(g.Int64N(int64(months)))), fresh})
	}
	slices.SortStableFunc(s.changes, func(a, b change) int { return a.at.Compare(b.at) })
}

// record draws a record.
func (g *generator) record(s *schema, key string, keys map[string][]string) Record {
	x := Record{Entity: s.entity.Name, Values: make([]any, len(s.slots)), fixed: make([]bool, len(s.slots))}
	for i, slot := range s.slots {
		x.fixed[i] = slot.key || slot.parent != "" || i == s.timeSlot()
		switch {
		case slot.key:
			x.Values[i] = key
		case slot.parent != "":
			if all := keys[slot.parent]; len(all) > 0 {
				x.Values[i] = all[g.IntN(len(all))]
			}
		case i == s.timeSlot():
			x.Values[i] = g.start.Add(time.Duration(g.Int64N(int64(months+30*24*time.Hour))) - 30*24*time.Hour).Truncate(time.Minute)
		case s.identifies(slot.name):
			x.Values[i] = key + "@" + s.entity.Name + ".example"
		case g.IntN(10) > 0: // else it is missing
			x.Values[i] = g.value(slot.name, slot.of)
		}
	}
	return x
}

// identifies reports whether a system knows the record by a field, which therefore differs from record to record.
func (s *schema) identifies(field string) bool {
	for _, x := range s.entity.Identity {
		if strings.HasSuffix(x.Text, "."+field) {
			f := s.entity.Field(field)
			return f != nil && f.Type.Kind == frame.String
		}
	}
	return false
}

// value draws a value of a field: mostly one that some expression compares it with, or one beside it.
func (g *generator) value(field string, of frame.Type) any {
	switch of.Kind {
	case frame.Bool:
		return g.IntN(2) == 0
	case frame.Int:
		return int64(pick(g.Rand, g.words.candidates(field, of.Kind)))
	case frame.Double:
		return pick(g.Rand, g.words.candidates(field, of.Kind))
	case frame.String:
		return pick(g.Rand, append(slices.Clone(g.words.texts[field]), "other"))
	case frame.Time:
		days := g.IntN(240) - 120
		if spans := g.words.spans; len(spans) > 0 && g.IntN(2) == 0 {
			days = int(pick(g.Rand, spans)) + g.IntN(3) - 1
		}
		return g.start.AddDate(0, 0, days)
	case frame.List:
		out := []any{}
		for range g.IntN(3) {
			out = append(out, g.value(field, *of.Elem))
		}
		return out
	}
	out := map[string]any{}
	for _, key := range g.words.texts[field] {
		if g.IntN(3) > 0 {
			out[key] = g.value(field, *of.Elem)
		}
	}
	return out
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
