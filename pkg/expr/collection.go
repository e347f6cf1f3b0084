package expr

import (
	"fmt"
	"reflect"
	"slices"

	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/playctl/playctl/pkg/frame"
)

// rows is a list of rows of one table as a CEL list.
type rows struct {
	data  *Data
	table *frame.Table
	list  []uint32 // in the table's order of children: events by time
}

func (l *rows) at(i int) *record { return &record{data: l.data, table: l.table, row: int(l.list[i])} }

// Add implements traits.Adder.
func (l *rows) Add(other ref.Val) ref.Val { return l.plain().(traits.Adder).Add(other) }

// plain gives the list as cel-go's own, for the rare operations on whole lists.
func (l *rows) plain() ref.Val {
	elems := make([]ref.Val, len(l.list))
	for i := range l.list {
		elems[i] = l.at(i)
	}
	return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, elems)
}

// Contains implements traits.Container.
func (l *rows) Contains(v ref.Val) ref.Val {
	r, ok := v.(*record)
	if ok && r.stored == nil && r.table == l.table {
		for _, row := range l.list {
			if int(row) == r.row {
				return celtypes.True
			}
		}
	}
	return celtypes.False
}

// Get implements traits.Indexer.
func (l *rows) Get(index ref.Val) ref.Val {
	i, ok := index.(celtypes.Int)
	if !ok || i < 0 || int(i) >= len(l.list) {
		return celtypes.NewErr("index %v is out of range of a list of %d", index.Value(), len(l.list))
	}
	return l.at(int(i))
}

// Size implements traits.Sizer.
func (l *rows) Size() ref.Val { return celtypes.Int(len(l.list)) }

// Iterator implements traits.Iterable.
func (l *rows) Iterator() traits.Iterator { return &rowIterator{list: l} }

// ConvertToNative implements ref.Val.
func (l *rows) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a list of records can't become a %s", t)
}

// ConvertToType implements ref.Val.
func (l *rows) ConvertToType(t ref.Type) ref.Val { return l.plain().ConvertToType(t) }

// Equal implements ref.Val.
func (l *rows) Equal(other ref.Val) ref.Val {
	if o, ok := other.(*rows); ok && o.table == l.table {
		return celtypes.Bool(slices.Equal(l.list, o.list))
	}
	return l.plain().Equal(other)
}

// Type implements ref.Val.
func (l *rows) Type() ref.Type { return celtypes.ListType }

// Value implements ref.Val.
func (l *rows) Value() any { return l }

type rowIterator struct {
	celtypes.Null // for the parts of ref.Val that nobody asks an iterator for
	list          *rows
	next          int
}

// HasNext implements traits.Iterator.
func (it *rowIterator) HasNext() ref.Val { return celtypes.Bool(it.next < len(it.list.list)) }

// Next implements traits.Iterator.
func (it *rowIterator) Next() ref.Val {
	if it.next >= len(it.list.list) {
		return nil
	}
	it.next++
	return it.list.at(it.next - 1)
}

// plainCollection makes a plain list or map of a CEL one.
func plainCollection(v ref.Val) (any, error) {
	switch v := v.(type) {
	case traits.Lister:
		out := []any{}
		for it := v.Iterator(); it.HasNext() == celtypes.True; {
			x, err := plain(it.Next())
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
		return out, nil
	case traits.Mapper:
		out := map[string]any{}
		for it := v.Iterator(); it.HasNext() == celtypes.True; {
			key := it.Next()
			x, err := plain(v.Get(key))
			if err != nil {
				return nil, err
			}
			out[fmt.Sprint(key.Value())] = x
		}
		return out, nil
	}
	return nil, fmt.Errorf("a %s is no value that can be written", v.Type().TypeName())
}
