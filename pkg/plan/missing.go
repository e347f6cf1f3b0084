package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
)

// MissingCollectionError says that steps name collections that do not exist.
type MissingCollectionError struct {
	Places map[connector.Place][]string // → the steps that name it
	Why    map[connector.Place]error
}

// Error lists the collections.
func (e *MissingCollectionError) Error() string {
	var lines []string
	for p, steps := range e.Places {
		lines = append(lines, fmt.Sprintf("%s does not exist (%s): %s", p, strings.Join(steps, ", "), e.Why[p]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// missing refuses collections that do not exist and that no step creates.
func (b *builder) missing() error {
	if len(b.Facts.Missing) == 0 {
		return nil
	}
	e := &MissingCollectionError{Places: map[connector.Place][]string{}, Why: b.Facts.Missing}
	created := map[connector.Place]bool{}
	for i := range b.wants {
		w := &b.wants[i]
		p := placeOf(w)
		if b.Facts.Missing[p] == nil || p.Name == "" || w.Passive {
			continue
		}
		step := w.Play + "." + w.Step
		switch {
		case w.Create && !created[p]:
			created[p] = true
			b.plan.Creates = append(b.plan.Creates, Create{Place: p, Step: step})
		case !slices.Contains(e.Places[p], step):
			e.Places[p] = append(e.Places[p], step)
		}
	}
	for p := range created {
		delete(e.Places, p)
	}
	slices.SortFunc(b.plan.Creates, func(x, y Create) int { return strings.Compare(x.Place.String(), y.Place.String()) })
	if len(e.Places) > 0 {
		return e
	}
	return nil
}

// placeOf gives the collection that a want is about; of other verbs the object or action.
func placeOf(w *journey.Want) connector.Place {
	p := connector.Place{Connector: w.Connector, Collection: w.Target}
	if !w.Verb.Membership() && w.Verb != connector.Set {
		p.Name = ""
	}
	return p
}
