package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
)

// Conflict is a want that another overrules.
type Conflict struct {
	Place    string   `json:"place"`
	Winner   string   `json:"winner"` // play.step
	Loser    string   `json:"loser"`
	Priority [2]int   `json:"priority"` // winner's and loser's
	Wins     string   `json:"wins"`     // what the winner wants: keeps, adds, removes, sets x
	Loses    string   `json:"loses"`
	Count    int      `json:"count"`
	Sample   []string `json:"sample"` // record keys, at most three
}

// conflict counts a want that another overrules.
func (b *builder) conflict(place connector.Place, w, l *journey.Want) {
	key := [3]string{place.String(), w.Play + "." + w.Step, l.Play + "." + l.Step}
	at, known := b.conflicts[key]
	if !known {
		at = len(b.plan.Conflicts)
		b.conflicts[key] = at
		b.plan.Conflicts = append(b.plan.Conflicts, Conflict{Place: key[0], Winner: key[1], Loser: key[2], Priority: [2]int{w.Priority, l.Priority},
			Wins: wording(w), Loses: wording(l)})
	}
	c := &b.plan.Conflicts[at]
	c.Count++
	if len(c.Sample) < 3 && !slices.Contains(c.Sample, w.Record.Key) {
		c.Sample = append(c.Sample, w.Record.Key)
	}
}

func wording(w *journey.Want) string {
	switch {
	case w.Keep:
		return "keeps"
	case w.Verb == connector.Add:
		return "adds"
	case w.Verb == connector.Remove:
		return "removes"
	}
	return "sets"
}

func (b *builder) sortConflicts() {
	slices.SortFunc(b.plan.Conflicts, func(x, y Conflict) int {
		return cmp.Or(strings.Compare(x.Place, y.Place), strings.Compare(x.Winner, y.Winner), strings.Compare(x.Loser, y.Loser))
	})
}
