package frame

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestColumn_EndMap(t *testing.T) {
	for name, c := range map[string]struct{ in, want []pair }{
		"none":                   {[]pair{}, []pair{}},
		"one":                    {[]pair{{"a", int64(1)}}, []pair{{"a", int64(1)}}},
		"sorted":                 {[]pair{{"a", int64(1)}, {"b", int64(2)}}, []pair{{"a", int64(1)}, {"b", int64(2)}}},
		"unsorted":               {[]pair{{"b", int64(2)}, {"a", int64(1)}}, []pair{{"a", int64(1)}, {"b", int64(2)}}},
		"last of a key counts":   {[]pair{{"b", int64(1)}, {"a", int64(2)}, {"b", int64(3)}}, []pair{{"a", int64(2)}, {"b", int64(3)}}},
		"thrice the same":        {[]pair{{"a", int64(1)}, {"a", int64(2)}, {"a", int64(3)}}, []pair{{"a", int64(3)}}},
		"last is missing":        {[]pair{{"a", int64(1)}, {"a", nil}}, []pair{{"a", nil}}},
		"by bytes, not by words": {[]pair{{"é", int64(1)}, {"z", int64(2)}, {"Z", int64(3)}}, []pair{{"Z", int64(3)}, {"z", int64(2)}, {"é", int64(1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			around := []pair{{"a", int64(7)}, {"z", int64(8)}}
			got := all(filled(mapOf(scalar(Int)), []any{around, c.in, nil, around}))
			if want := []any{around, c.want, nil, around}; show(got...) != show(want...) {
				t.Errorf("got  %s\nwant %s", show(got...), show(want...))
			}
		})
	}
}

// TestColumn_EndMap_isAGoMap holds rows of entries against Go maps.
func TestColumn_EndMap_isAGoMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[a-e]{0,2}`)
		c := NewColumn("f", mapOf(listOf(scalar(String))))
		want := []any{}
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			row := map[string]any{}
			var entries []pair
			for range rapid.IntRange(0, 12).Draw(t, "entries") {
				e := pair{key.Draw(t, "key"), []any{key.Draw(t, "value")}}
				entries, row[e.key] = append(entries, e), e.value
			}
			put(c, entries)
			sorted := []pair{}
			for _, k := range slices.Sorted(maps.Keys(row)) {
				sorted = append(sorted, pair{k, row[k]})
			}
			want = append(want, sorted)
		}
		if got := show(all(c)...); got != show(want...) {
			t.Fatalf("got  %s\nwant %s", got, show(want...))
		}
	})
}

func BenchmarkColumn_EndMap(b *testing.B) {
	c := NewColumn("f", mapOf(scalar(Int)))
	keys := []string{"data platform", "bi", "reverse etl", "crm"}
	b.ReportAllocs()
	for b.Loop() {
		for i, k := range keys {
			c.MapKeys.AppendString(k)
			c.Elems.AppendInt(int64(i))
		}
		c.EndMap()
	}
}
