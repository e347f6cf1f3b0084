package flow

import (
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// countMoves counts who moved between stages since the last recorded run, for the models whose changes are watched. The state keeps hashes, which the
// names of the stages give back.
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
				m.Move(names[c.From], names[c.To])
			}
		}
	}
}
