package flow

import (
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// countMoves counts who moved between stages since the last recorded run, for the models whose changes are watched. The state keeps hashes, which the
// names of the stages give back, as long as the model has them.
func countMoves(d *expr.Data, models []segment.StageResult, seen state.Changes) {
	for i := range models {
		m := &models[i]
		field := expr.StageField(m.Of, m.Name)
		names := map[string]string{d.Hash(""): ""}
		for _, s := range m.Stages {
			names[d.Hash(s.Name)] = s.Name
		}
		for _, c := range seen.Changes {
			if c.Record.Entity == field.Entity && c.Field == field.Field {
				from, known := names[c.From]
				to, still := names[c.To]
				if known && still { // a stage that was renamed or removed since is no place to come from or go to
					m.Move(from, to)
				}
			}
		}
	}
}
