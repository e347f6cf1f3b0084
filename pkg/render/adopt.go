package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// places gives the collections in which there is somebody to adopt, sorted.
func places(a *plan.Adoption) []connector.Place {
	return slices.SortedFunc(maps.Keys(a.Ours), func(x, y connector.Place) int { return strings.Compare(x.String(), y.String()) })
}

// Adopted writes whom, by collection.
func (p *Printer) Adopted(w io.Writer, a *plan.Adoption) error {
	s := p.sheet()
	for _, place := range places(a) {
		var keys []string
		for i := range a.Held {
			if h := &a.Held[i]; h.Connector == place.Connector && h.Kind == place.Kind && h.Name == place.Name {
				keys = append(keys, h.Record.Key)
			}
		}
		slices.Sort(keys)
		text := fmt.Sprintf("%s to adopt: %s", counted(a.Ours[place], "member"), p.keys(keys, len(keys)))
		s.row(operationRow, 0, cell{text: clean(place.Title()), ink: strong}, cell{text: text})
		if n := a.Others[place]; n > 0 {
			s.put(4, s.paint(faint, number(n)+" more in it whom no keep wants: they stay strangers"))
		}
	}
	if len(a.Held) == 0 {
		s.put(0, "Nobody to adopt: whom the keep wants there playctl put there itself, or will.")
	}
	return s.writeTo(w)
}

// AdoptedJSON writes whom as one document; run is nil where nobody was.
func AdoptedJSON(w io.Writer, a *plan.Adoption, run *state.Run) error {
	doc := adoptedDocument{FormatVersion: formatVersion, Members: []adoptedMember{}}
	if run != nil {
		doc.Run = runDocument(run)
	}
	for _, h := range a.Held {
		doc.Members = append(doc.Members, adoptedMember{Type: h.Connector + "." + h.Kind, Name: h.Name, Record: h.Record})
	}
	return writeJSON(w, doc)
}

type adoptedDocument struct {
	FormatVersion string          `json:"format_version"`
	Run           *runJSON        `json:"run"`
	Members       []adoptedMember `json:"adopted"`
}

type adoptedMember struct {
	Type   string       `json:"type"`
	Name   string       `json:"name"`
	Record state.Record `json:"record"`
}
