package plan

import (
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// Adoption is whom playctl is to take for its own: members that somebody else put into a collection, and that a keep of a play wants there.
// Once adopted they are taken out when the last play that keeps them lets go.
type Adoption struct {
	Held   []state.Held // as they are to be kept, by place and token
	Ours   map[connector.Place]int
	Others map[connector.Place]int // in the collections and wanted by no keep: they stay strangers
	Blind  []connector.Place       // collections that can't be read back
	Unread map[connector.Place]error
}
