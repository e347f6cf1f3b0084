package connector

import "context"

// Resolver is a connector whose own ids are not always those by which playbooks know records: an e-mail address, a domain. What it is asked
// to write, read and look up is then said with the ids that Resolve gave; it is told no identity but by Resolve.
//
// The ids of the collections of such a system are its own, so that their [CollectionKind] says OpaqueIDs: what is held is taken out again by
// the id that the state has, with no look-up, when the record that it was held for is there no more.
type Resolver interface {
	// Resolve gives, for each of the identities, what it is there. kind is a kind of collection, object, action or task; where that is about no record, or an
	// identity is one of the system's own ids already, an identity is itself. Identities that the system does not know are absent.
	//
	// There may be any number of identities, also the same twice, and none is empty: how many go into one call is the connector's business. Spellings that
	// the system takes for one are answered alike. An error means that none of them was resolved; nothing is asked again in the same run.
	Resolve(ctx context.Context, kind string, identities []string) (map[string]Identified, error)
}

// Identified is what an identity is at a system.
type Identified struct {
	ID string // the system's own id
	// Why is not "" where several records answer to the identity, or it can't be used for another reason: "two leads have it". ID is "" then. It
	// goes into plans, and so neither the identity nor ids are in it.
	Why string
}
