package flow

import (
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

// Scrub gives a state that names a record nowhere, and counts what was taken out.
func Scrub(p *Program, s *state.Whole, r state.Record) (*state.Whole, amend.Purged) {
	return amend.Scrub(s, r, EntitiesOf(p.Book, &s.Snapshot))
}

// EntitiesOf gives the entities of plays: of those of the playbook as it says, of others as the state has them.
func EntitiesOf(b *playbook.Book, s *state.Snapshot) amend.PlayOf {
	known := map[string]string{}
	for _, play := range b.Plays {
		known[play.Name] = play.Of
	}
	return amend.Entities(s, known)
}

// laneOf gives the key of a record's lanes.
func laneOf(r state.Record) string { return amend.LaneOf(r) }
