package exprtest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Scale is how large a random world is.
type Scale uint8

// The scales.
const (
	Small   Scale = iota // up to a hundred records an entity, around the sizes of words of bitmaps
	Large                // one entity has around as many as an engine works off at a time: 2,047 to 2,049, 4,100
	Crowded              // one account has 50,000 activities
)

var sizes = map[Scale][]int{
	Small: {0, 1, 2, 3, 5, 9, 17, 40, 63, 64, 64, 65, 65, 66, 100},
	Large: {2047, 2048, 2049, 2112, 4095, 4100, 9000},
}

// RandomWorld makes random records of a book's entities and random facts about them.
func RandomWorld(r *rand.Rand, b *playbook.Book, scale Scale) *World {
	g := &worldMaker{dice: dice{Rand: r, odd: []float64{0, 0.05, 0.15, 0.5}[r.IntN(4)]}, book: b, world: &World{Records: map[string][]*Record{}}}
	large := b.Entities[r.IntN(len(b.Entities))].Name
	switch g.world.busy = "account"; scale {
	case Large:
		g.world.busy, g.wide = large, pick(g.dice, []int{0, 0, 800, 3000})
	case Crowded:
		g.world.crowd = "activity"
	}
	for _, e := range b.Entities {
		n := pick(g.dice, sizes[Small])
		switch {
		case scale == Large && e.Name == large:
			n = pick(g.dice, sizes[Large])
		case scale == Crowded && e.Name == g.world.crowd:
			n = 50_050
		case scale == Crowded:
			n = min(n, 9) + 1
		}
		g.records(e, n, e.Name == g.world.crowd)
	}
	g.facts()
	return g.world
}

// worldMaker makes a world.
type worldMaker struct {
	dice
	book  *playbook.Book
	world *World
}

// records makes the records of an entity. crowded gives nearly all of them to the first parent's first record.
func (g *worldMaker) records(e *playbook.Entity, n int, crowded bool) {
	missing := map[string]float64{}
	for _, f := range e.Fields {
		missing[f.Name] = pick(g.dice, []float64{0, 0, 0.1, 0.2, 0.4, 0.9})
	}
	lost := pick(g.dice, []float64{0, 0.05, 0.3})
	for i := range n {
		rec := &Record{Parents: map[string]string{}, Values: map[string]any{}}
		if e.Key != "" {
			rec.Key = g.newKey(e, i)
		}
		for _, f := range e.Fields {
			if f.Name != e.Key && !g.chance(missing[f.Name]) {
				rec.Values[f.Name] = g.value(fieldType(f.Type), e.Name+"."+f.Name)
			}
		}
		for at, p := range e.Parents {
			g.parent(rec, p.Entity, lost, crowded && at == 0 && i >= 50)
		}
		g.world.Records[e.Name] = append(g.world.Records[e.Name], rec)
	}
}

// newKey makes a key that no other record of the entity has. Some sort otherwise than they were made, some are strange text.
func (g *worldMaker) newKey(e *playbook.Entity, i int) string {
	if i < 40 && g.chance(g.odd) {
		return fmt.Sprintf("%s%d", pick(g.dice, strangeTexts), i)
	}
	return fmt.Sprintf("%c%d", e.Name[0], i)
}

// parent gives a record its parent: mostly one that is there, at times none or one that nobody has.
func (g *worldMaker) parent(rec *Record, entity string, lost float64, first bool) {
	all := g.world.Records[entity]
	switch {
	case len(all) > 0 && first:
		rec.Parents[entity] = all[0].Key
	case len(all) == 0 || g.chance(lost):
		if g.chance(0.5) {
			rec.Parents[entity] = "nobody"
		}
	default:
		n := len(all)
		if g.chance(0.3) { // some have many children
			n = min(n, 3)
		}
		rec.Parents[entity] = all[g.IntN(n)].Key
	}
}

// facts makes up what a run knows beside records.
func (g *worldMaker) facts() {
	f := Facts{Now: now, Vars: map[string]any{}, Segments: map[string]map[string]string{}, Scores: map[string]map[string]int64{}, Stages: map[string]map[string]string{},
		Enrolled: map[string]map[string]bool{}, Finished: map[string]map[string]string{}}
	for _, v := range g.book.Variables {
		f.Vars[v.Name] = g.value(fieldType(v.Type), "vars."+v.Name)
	}
	f.Vars["days"] = draw(g.dice, "", plainDays, append([]int64{-1, 36601}, strangeDays...))
	for _, s := range g.book.Segments {
		f.Segments[s.Name] = g.marks(s.Of, []string{"T", "T", "?", ""})
	}
	for _, s := range g.book.Scores {
		if g.chance(0.95) {
			f.Scores[s.Name] = map[string]int64{}
			for _, r := range g.world.Records[s.Of] {
				f.Scores[s.Name][r.Key] = g.int("score")
			}
		}
	}
	for _, m := range g.book.Stages {
		if g.chance(0.95) {
			f.Stages[m.Name] = g.marks(m.Of, append(m.StageNames(), ""))
		}
	}
	for _, p := range g.book.Plays {
		f.Enrolled[p.Name], f.Finished[p.Name] = map[string]bool{}, g.marks(p.Of, append(outcomes[1:], "", ""))
		for key := range g.marks(p.Of, []string{"T", ""}) {
			f.Enrolled[p.Name][key] = true
		}
	}
	g.world.Facts = f
	g.changes()
}

// outcomes are how a play may end; "*" is any.
var outcomes = []string{"*", "completed", "converted", "exited", "removed", "play_removed"}

// marks gives the records of an entity a mark each; none for "".
func (g *worldMaker) marks(entity string, marks []string) map[string]string {
	out := map[string]string{}
	for _, r := range g.world.Records[entity] {
		if m := pick(g.dice, marks); m != "" {
			out[r.Key] = m
		}
	}
	return out
}

// changes makes up changes of fields and stages: of some records, up to three each.
func (g *worldMaker) changes() {
	for _, e := range g.book.Entities {
		if e.Key == "" {
			continue
		}
		for _, r := range g.world.Records[e.Name] {
			for range g.IntN(4) - 1 {
				g.world.Facts.Changes = append(g.world.Facts.Changes, g.change(e, r.Key))
			}
		}
	}
}

func (g *worldMaker) change(e *playbook.Entity, key string) Change {
	at := now.Add(-pick(g.dice, plainSpans)).Add(time.Duration(g.IntN(3)-1) * time.Microsecond)
	if g.chance(0.05) {
		at = now.Add(time.Microsecond)
	}
	for _, m := range g.book.Stages {
		if m.Of == e.Name && g.chance(0.4) {
			names := append(m.StageNames(), "")
			return Change{e.Name, expr.StageField(e.Name, m.Name).Field, key, pick(g.dice, names), pick(g.dice, names), at}
		}
	}
	field := pick(g.dice, watchable(e))
	place := e.Name + "." + field.Name
	value := func() string { return playbook.Text(g.value(fieldType(field.Type), place)) }
	return Change{e.Name, field.Name, key, value(), value(), at}
}

// watchable are the fields whose changes can be watched.
func watchable(e *playbook.Entity) []playbook.Field {
	var out []playbook.Field
	for _, f := range e.Fields {
		if fieldType(f.Type).elem() == "" {
			out = append(out, f)
		}
	}
	return out
}
