package connector

import (
	"slices"
	"strings"
)

// Place is a collection of a connector.
type Place struct {
	Connector string
	Collection
}

// At gives a place by its parts, as the state keeps them.
func At(connector, kind, name string) Place {
	return Place{Connector: connector, Collection: Collection{Kind: kind, Name: name}}
}

// String gives the place as plans show it: ads.audience "Early intent".
func (p Place) String() string { return p.Connector + "." + p.Collection.String() }

// Facts is what the connectors hold now.
type Facts struct {
	// Members are, for each collection that could be read, who is in it, sorted by ID, each once.
	Members map[Place][]Member
	// Missing are the collections that do not exist.
	Missing map[Place]error
	// Failed are the collections and objects that could not be read, and why.
	Failed map[Place]error
	// Unresolved are the actions and kinds of tasks (Place without a name) whose records could not be looked up by their identities, and why.
	Unresolved map[Place]error
	// Blind are those whose connector can't read them back.
	Blind map[Place]bool
	// Fields are, for each connector and object (Place without a name), the values of each record's fields by normalised id; for a
	// collection (Place with a name) those of its memberships.
	Fields map[Place]map[string]map[string]string
	// Memberships are, for each connector and kind of collection (Place without a name), the names of the collections that an id is
	// in, by normalised id: what `remove_any` asks for.
	Memberships map[Place]map[string][]string
}

// Member is somebody in a collection: the id under its one spelling, and as the connector spells it.
type Member struct{ ID, Spelled string }

// Member finds a normalised id in a collection, and gives it as the connector spells it.
func (f *Facts) Member(p Place, id string) (spelled string, in bool) {
	members := f.Members[p]
	i, in := slices.BinarySearchFunc(members, id, func(m Member, id string) int { return strings.Compare(m.ID, id) })
	if !in {
		return "", false
	}
	return members[i].Spelled, true
}

// MembersOf gives ids of a collection as [Facts] holds them. Of two spellings of one id the later stands.
func MembersOf(c Connector, kind string, ids []string) []Member {
	out := make([]Member, len(ids))
	for i, id := range ids {
		out[i] = Member{Normalize(c, kind, id), id}
	}
	byID := func(a, b Member) int { return strings.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(out, byID) {
		slices.SortStableFunc(out, byID)
	}
	kept := out[:0]
	for i, m := range out {
		if i+1 == len(out) || out[i+1].ID != m.ID {
			kept = append(kept, m)
		}
	}
	return kept
}

// Normalize gives the one spelling of an id under which it is compared, where its connector knows several.
func Normalize(c Connector, kind, id string) string {
	if n, ok := c.(Normalizer); ok {
		return n.Normalize(kind, id)
	}
	return id
}

// Title gives the place in words: ads.audience "Early intent", or crm.company for an object or action.
func (p Place) Title() string {
	if p.Name == "" {
		return p.Connector + "." + p.Kind
	}
	return p.String()
}
