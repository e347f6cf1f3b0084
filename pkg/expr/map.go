package expr

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"

	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/playctl/playctl/pkg/frame"
)

// mapValue is one row of a Map column as a CEL map. All of its values are known: a null in the data is as if its key were absent.
type mapValue struct {
	column   *frame.Column
	from, to int // of the entries, which are sorted by key
}

// Find implements traits.Mapper.
func (m *mapValue) Find(key ref.Val) (ref.Val, bool) {
	text, ok := key.(celtypes.String)
	if !ok {
		return celtypes.NewErr("a map's key is a string"), false
	}
	keys := m.column.MapKeys
	i := m.from + sort.Search(m.to-m.from, func(i int) bool { return keys.Text(m.from+i) >= string(text) })
	if i == m.to || keys.Text(i) != string(text) {
		return nil, false
	}
	return columnValue(m.column.Elems, i), true
}

// Get implements traits.Indexer.
func (m *mapValue) Get(key ref.Val) ref.Val {
	value, ok := m.Find(key)
	if !ok && value == nil {
		return celtypes.WrapErr(&Unknown{What: fmt.Sprintf("%s has no %q", m.column.Name, key.Value())})
	}
	return value
}

// Contains implements traits.Container.
func (m *mapValue) Contains(key ref.Val) ref.Val {
	_, ok := m.Find(key)
	return celtypes.Bool(ok)
}

// Size implements traits.Sizer.
func (m *mapValue) Size() ref.Val { return celtypes.Int(m.to - m.from) }

// Iterator implements traits.Iterable: the keys in order.
func (m *mapValue) Iterator() traits.Iterator {
	keys := make([]ref.Val, 0, m.to-m.from)
	for i := m.from; i < m.to; i++ {
		keys = append(keys, celtypes.String(m.column.MapKeys.Text(i)))
	}
	return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, keys).Iterator()
}

func (m *mapValue) plain() ref.Val {
	entries := make(map[ref.Val]ref.Val, m.to-m.from)
	for i := m.from; i < m.to; i++ {
		entries[celtypes.String(m.column.MapKeys.Text(i))] = columnValue(m.column.Elems, i)
	}
	return newMap(entries)
}

// ConvertToNative implements ref.Val.
func (m *mapValue) ConvertToNative(t reflect.Type) (any, error) { return m.plain().ConvertToNative(t) }

// ConvertToType implements ref.Val.
func (m *mapValue) ConvertToType(t ref.Type) ref.Val { return m.plain().ConvertToType(t) }

// Equal implements ref.Val.
func (m *mapValue) Equal(other ref.Val) ref.Val { return m.plain().Equal(other) }

// Type implements ref.Val.
func (m *mapValue) Type() ref.Type { return celtypes.MapType }

// Value implements ref.Val.
func (m *mapValue) Value() any { return m }

// sortedMap is a CEL map whose keys, which are strings, come in order: cel-go's own come in any.
type sortedMap struct{ traits.Mapper }

func newMap(entries map[ref.Val]ref.Val) traits.Mapper {
	return sortedMap{celtypes.NewRefValMap(celtypes.DefaultTypeAdapter, entries)}
}

// Iterator implements traits.Iterable.
func (m sortedMap) Iterator() traits.Iterator {
	var keys []ref.Val
	for it := m.Mapper.Iterator(); it.HasNext() == celtypes.True; {
		keys = append(keys, it.Next())
	}
	slices.SortFunc(keys, func(a, b ref.Val) int { return cmp.Compare(fmt.Sprint(a.Value()), fmt.Sprint(b.Value())) })
	return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, keys).Iterator()
}
