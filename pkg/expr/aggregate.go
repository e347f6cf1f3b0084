package expr

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/playctl/playctl/pkg/playbook"
)

// sumFunction adds up: integers with overflow unknown, doubles as IEEE does, in the order of the list.
func sumFunction(*playbook.Book) []cel.FunctionOpt {
	sum := func(zero ref.Val) cel.OverloadOpt {
		return cel.UnaryBinding(func(list ref.Val) ref.Val {
			total := zero
			for it := list.(traits.Lister).Iterator(); it.HasNext() == celtypes.True; {
				if total = total.(traits.Adder).Add(it.Next()); celtypes.IsError(total) {
					return total
				}
			}
			return total
		})
	}
	return []cel.FunctionOpt{
		cel.MemberOverload("list_int_sum", []*cel.Type{cel.ListType(cel.IntType)}, cel.IntType, sum(celtypes.IntZero)),
		cel.MemberOverload("list_double_sum", []*cel.Type{cel.ListType(cel.DoubleType)}, cel.DoubleType, sum(celtypes.Double(0))),
	}
}

func avgFunction(*playbook.Book) []cel.FunctionOpt {
	average := cel.UnaryBinding(func(list ref.Val) ref.Val {
		total, n := 0.0, 0
		for it := list.(traits.Lister).Iterator(); it.HasNext() == celtypes.True; n++ {
			switch v := it.Next().(type) {
			case celtypes.Int:
				total += float64(v)
			case celtypes.Double:
				total += float64(v)
			}
		}
		if n == 0 {
			return celtypes.WrapErr(&Unknown{What: "avg() of nothing"})
		}
		return celtypes.Double(total / float64(n))
	})
	return []cel.FunctionOpt{
		cel.MemberOverload("list_int_avg", []*cel.Type{cel.ListType(cel.IntType)}, cel.DoubleType, average),
		cel.MemberOverload("list_double_avg", []*cel.Type{cel.ListType(cel.DoubleType)}, cel.DoubleType, average),
	}
}

// extremeFunction makes min and max: keep says how the kept value compares with the ones it beats.
func extremeFunction(name string, keep celtypes.Int) func(*playbook.Book) []cel.FunctionOpt {
	extreme := cel.UnaryBinding(func(list ref.Val) ref.Val {
		var best ref.Val
		for it := list.(traits.Lister).Iterator(); it.HasNext() == celtypes.True; {
			v := it.Next()
			if best == nil {
				best = v
				continue
			}
			order := v.(traits.Comparer).Compare(best)
			if celtypes.IsError(order) {
				return order
			}
			if order == keep {
				best = v
			}
		}
		if best == nil {
			return celtypes.WrapErr(&Unknown{What: name + "() of nothing"})
		}
		return best
	})
	return func(*playbook.Book) []cel.FunctionOpt {
		var out []cel.FunctionOpt
		for _, t := range []*cel.Type{cel.IntType, cel.DoubleType, cel.StringType, cel.TimestampType} {
			out = append(out, cel.MemberOverload(fmt.Sprintf("list_%s_%s", t, name), []*cel.Type{cel.ListType(t)}, t, extreme))
		}
		return out
	}
}

// asRows makes rows of any list of records: the children of a record as they are, a filtered list in order of time.
func asRows(list ref.Val) (*rows, error) {
	if l, ok := list.(*rows); ok {
		return l, nil
	}
	out := &rows{}
	for it := list.(traits.Lister).Iterator(); it.HasNext() == celtypes.True; {
		r, ok := it.Next().(*record)
		if !ok || r.stored != nil || out.table != nil && out.table != r.table {
			return nil, fmt.Errorf("expected a list of records of one kind")
		}
		out.data, out.table = r.data, r.table
		out.list = append(out.list, uint32(r.row))
	}
	if out.table != nil && out.table.Time() != nil {
		out.sortByTime()
	}
	return out, nil
}

// sortByTime restores the order in which a record's events stand: those without a time first, then by time.
func (l *rows) sortByTime() {
	clock := l.table.Time()
	at := func(row uint32) int64 {
		if !clock.IsKnown(int(row)) {
			return -1 << 63
		}
		return clock.Ints[row]
	}
	slices.SortStableFunc(l.list, func(a, b uint32) int {
		switch x, y := at(a), at(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}
