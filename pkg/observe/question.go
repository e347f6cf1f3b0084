package observe

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// questions are what wants and holdings ask for.
type questions struct {
	members map[connector.Place]bool
	fields  map[connector.Place]*question // of records, and with a name of memberships
	kinds   map[connector.Place]*question // any collection of a kind: Place without a name
}

// question is the records and fields of one place that are asked for.
type question struct {
	ids, fields []string
	patterns    []string // of names of collections
}

// ask gives what is asked for, each thing once.
func ask(wants []journey.Want, held []state.Held) *questions {
	q := &questions{members: map[connector.Place]bool{}, fields: map[connector.Place]*question{}, kinds: map[connector.Place]*question{}}
	var last connector.Place // whose members were asked for: most wants are about the same as the one before them
	members := func(p connector.Place) {
		if p != last {
			q.members[p], last = true, p
		}
	}
	for i := range wants {
		w := &wants[i]
		p := connector.Place{Connector: w.Connector, Collection: w.Target}
		switch {
		case w.Verb == connector.Set:
			at := of(q.fields, p)
			at.ids = append(at.ids, w.ID)
			for name := range w.Fields {
				at.fields = append(at.fields, name)
			}
			if p.Name != "" {
				members(p)
			}
		case len(w.Any) > 0:
			at := of(q.kinds, p)
			at.ids = append(at.ids, w.ID)
			at.patterns = append(at.patterns, w.Any...)
		case w.Verb.Membership():
			members(p)
		}
	}
	for i := range held {
		if h := &held[i]; len(h.Keepers) > 0 || h.Loose() {
			members(connector.At(h.Connector, h.Kind, h.Name))
		}
	}
	for _, list := range []map[connector.Place]*question{q.fields, q.kinds} {
		for _, at := range list {
			at.ids, at.fields, at.patterns = once(at.ids), once(at.fields), once(at.patterns)
		}
	}
	return q
}

func of(list map[connector.Place]*question, p connector.Place) *question {
	if list[p] == nil {
		list[p] = &question{}
	}
	return list[p]
}

func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// places gives the collections whose members are asked for, sorted.
func (q *questions) places() []connector.Place {
	return slices.SortedFunc(maps.Keys(q.members), func(a, b connector.Place) int { return strings.Compare(a.String(), b.String()) })
}
