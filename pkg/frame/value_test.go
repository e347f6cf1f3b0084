package frame

import (
	"fmt"
	"math"
	"slices"
)

// pair is an entry of a map.
type pair struct {
	key   string
	value any
}

// put appends a value to a column as [Column.Append] does, a map as its pairs: in any order, and a key perhaps twice.
func put(c *Column, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			put(c.Elems, x)
		}
		c.EndList()
	case []pair:
		for _, x := range v {
			c.MapKeys.AppendString(x.key)
			put(c.Elems, x.value)
		}
		c.EndMap()
	default:
		c.Append(v)
	}
}

// get reads a value back in the form that put takes.
func get(c *Column, row int) any {
	if !c.IsKnown(row) {
		return nil
	}
	switch c.Type.Kind {
	case Bool:
		return c.Bools[row]
	case Int, Time:
		return c.Ints[row]
	case Double:
		return c.Doubles[row]
	case String:
		return c.Text(row)
	case List:
		list := []any{}
		for e := c.Start[row]; e < c.Start[row+1]; e++ {
			list = append(list, get(c.Elems, int(e)))
		}
		return list
	}
	entries := []pair{}
	for e := c.Start[row]; e < c.Start[row+1]; e++ {
		entries = append(entries, pair{c.MapKeys.Text(int(e)), get(c.Elems, int(e))})
	}
	return entries
}

// all reads a whole column back.
func all(c *Column) []any {
	out := make([]any, c.Len())
	for row := range out {
		out[row] = get(c, row)
	}
	return out
}

// show writes values so that equal texts mean equal values, NaN and -0 included.
func show(values ...any) string { return fmt.Sprintf("%#v", values) }

func scalar(k Kind) Type { return Type{Kind: k} }

func listOf(t Type) Type { return Type{Kind: List, Elem: &t} }

func mapOf(t Type) Type { return Type{Kind: Map, Elem: &t} }

// samples are values of every type that a playbook can write, and of nested ones.
var samples = []struct {
	of     Type
	values []any
}{
	{scalar(Bool), []any{true, false, nil, true}},
	{scalar(Int), []any{int64(1), nil, int64(math.MinInt64), int64(math.MaxInt64)}},
	{scalar(Time), []any{int64(0), int64(-1), nil, int64(1795338000000000)}},
	{scalar(Double), []any{1.5, nil, math.Inf(1), math.Copysign(0, -1), math.NaN()}},
	{scalar(String), []any{"a", "", nil, "a", "Zürich", "a"}},
	{listOf(scalar(String)), []any{[]any{"a", "b"}, []any{}, nil, []any{"b"}}},
	{listOf(scalar(Int)), []any{nil, []any{int64(1)}, []any{int64(1), nil, int64(2)}}},
	{mapOf(scalar(Int)), []any{[]pair{{"a", int64(1)}, {"b", nil}}, []pair{}, nil, []pair{{"b", int64(2)}}}},
	{mapOf(scalar(String)), []any{[]pair{{"a", "x"}}, []pair{{"a", "y"}, {"b", "x"}}}},
	{listOf(listOf(scalar(String))), []any{[]any{[]any{"a"}, []any{}, nil}, nil, []any{[]any{"b", "a"}}}},
	{listOf(mapOf(scalar(Double))), []any{[]any{[]pair{{"k", 1.0}}}, []any{}, []any{nil, []pair{{"k", 2.0}, {"l", nil}}}}},
}

// repeated gives the values n times over, so that columns span several words of bits.
func repeated(values []any, n int) []any { return slices.Repeat(values, n) }
