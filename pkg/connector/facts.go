package connector

// Place is a collection of a connector.
type Place struct {
	Connector string
	Collection
}

// String gives the place as plans show it: ads.audience "Early intent".
func (p Place) String() string { return p.Connector + "." + p.Collection.String() }

// Facts is what the connectors hold now.
type Facts struct {
	// Members are, for each collection that could be read, the normalised ids of its members, each with the id as the connector spells it.
	Members map[Place]map[string]string
	// Missing are the collections that do not exist.
	Missing map[Place]error
	// Failed are the collections and objects that could not be read, and why.
	Failed map[Place]error
	// Blind are those whose connector can't read them back.
	Blind map[Place]bool
	// Fields are, for each connector and object (Place without a name), the values of each record's fields by normalised id; for a
	// collection (Place with a name) those of its memberships.
	Fields map[Place]map[string]map[string]string
	// Memberships are, for each connector and kind of collection (Place without a name), the names of the collections that an id is
	// in, by normalised id: what `remove_any` asks for.
	Memberships map[Place]map[string][]string
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
