package expr

import (
	"time"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/playbook"
)

// touchesName is the function that only invariants have: person.touches(days(7)) is how many messages were sent and tasks given in the last days
// that are about the record, or about one below it.
const touchesName = "touches"

// touchesFunction declares it. What it counts is known to rehearsals only (see [Data.Touches]).
func touchesFunction(b *playbook.Book) cel.EnvOption {
	return cel.Function(touchesName, keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		return cel.MemberOverload("touches_"+entity, []*cel.Type{t, cel.DurationType}, cel.IntType, cel.BinaryBinding(func(r, d ref.Val) ref.Val {
			row := r.(*record)
			if row.data.Touches == nil || row.stored != nil {
				return celtypes.WrapErr(&Unknown{What: "touches are not counted"})
			}
			since := row.data.Now.Add(-time.Duration(d.(celtypes.Duration).Duration))
			return celtypes.Int(row.data.Touches(entity, row.table.Key(row.row), since))
		}))
	})...)
}
