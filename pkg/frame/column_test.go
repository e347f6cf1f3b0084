package frame

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func filled(t Type, values []any) *Column {
	c := NewColumn("f", t)
	for _, v := range values {
		put(c, v)
	}
	return c
}

func TestType_isWrittenAsInPlaybooks(t *testing.T) {
	for want, of := range map[string]Type{
		"bool": scalar(Bool), "int": scalar(Int), "double": scalar(Double), "string": scalar(String), "timestamp": scalar(Time),
		"list(string)": listOf(scalar(String)), "map(string, int)": mapOf(scalar(Int)), "list(list(bool))": listOf(listOf(scalar(Bool))),
	} {
		if got := of.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestColumn_givesBackWhatWasAppended(t *testing.T) {
	for _, s := range samples {
		t.Run(s.of.String(), func(t *testing.T) {
			values := repeated(s.values, 40)
			c := filled(s.of, values)
			if c.Len() != len(values) {
				t.Fatalf("%d rows, want %d", c.Len(), len(values))
			}
			if got, want := show(all(c)...), show(values...); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if c.IsKnown(c.Len()) || c.IsKnown(c.Len()+1000) {
				t.Error("a row past the end is known")
			}
		})
	}
}

func TestColumn_truncateTakesRowsBack(t *testing.T) {
	for _, s := range samples {
		t.Run(s.of.String(), func(t *testing.T) {
			values := repeated(s.values, 50)
			for _, n := range []int{0, 1, 2, 63, 64, 65, 127, 128, len(values) - 1, len(values), len(values) + 5} {
				c := filled(s.of, values)
				c.Truncate(n)
				want := append([]any{}, values[:min(n, len(values))]...)
				if got := show(all(c)...); got != show(want...) {
					t.Fatalf("truncated to %d: got %s", n, got)
				}
				for _, v := range s.values {
					put(c, v)
				}
				if got := show(all(c)...); got != show(append(want, s.values...)...) {
					t.Fatalf("truncated to %d and appended again: got %s", n, got)
				}
			}
		})
	}
}

func TestColumn_truncateTakesBackElementsOfAnUnfinishedRow(t *testing.T) {
	list := filled(listOf(scalar(String)), []any{[]any{"a"}})
	list.Elems.AppendString("stray")
	list.Truncate(1)
	put(list, []any{"b"})
	if got, want := show(all(list)...), show([]any{"a"}, []any{"b"}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	entries := filled(mapOf(scalar(Int)), []any{[]pair{{"a", int64(1)}}})
	entries.MapKeys.AppendString("stray")
	entries.Truncate(1)
	put(entries, []pair{{"b", int64(2)}})
	if got, want := show(all(entries)...), show([]pair{{"a", int64(1)}}, []pair{{"b", int64(2)}}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestColumn_pickTakesRowsInTheGivenOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range samples {
		t.Run(s.of.String(), func(t *testing.T) {
			values := repeated(s.values, 30)
			c := filled(s.of, values)
			var rows []int32
			var want []any
			for range 200 {
				r := random.IntN(len(values))
				rows, want = append(rows, int32(r)), append(want, values[r])
			}
			if got := show(all(c.pick(rows))...); got != show(want...) {
				t.Errorf("got  %s\nwant %s", got, show(want...))
			}
		})
	}
}

func TestColumn_orderOfValuesIsTotal(t *testing.T) {
	for _, s := range samples {
		t.Run(s.of.String(), func(t *testing.T) {
			c := filled(s.of, repeated(s.values, 2))
			for a := range c.Len() {
				for b := range c.Len() {
					d := c.compare(a, b)
					if same := show(get(c, a)) == show(get(c, b)); same != (d == 0) {
						t.Errorf("%s and %s compare as %d", show(get(c, a)), show(get(c, b)), d)
					}
					if back := c.compare(b, a); back != -d {
						t.Errorf("%s and %s compare as %d one way, %d the other", show(get(c, a)), show(get(c, b)), d, back)
					}
					if get(c, a) == nil && get(c, b) != nil && d >= 0 {
						t.Errorf("missing does not stand before %s", show(get(c, b)))
					}
				}
			}
		})
	}
}

func TestColumn_stringMayPointIntoABufferThatIsUsedAgain(t *testing.T) {
	buffer := []byte("first")
	c := NewColumn("f", scalar(String))
	for _, s := range []string{"first", "again", "first"} {
		copy(buffer, s)
		c.AppendString(string(buffer))
	}
	if got, want := show(all(c)...), show("first", "again", "first"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(c.Dict.Values) != 2 {
		t.Errorf("%d distinct values, want 2", len(c.Dict.Values))
	}
}

func TestBuilder_reserveChangesNothing(t *testing.T) {
	for _, s := range samples {
		c := filled(s.of, repeated(s.values, 400))
		b := &Builder{Columns: []*Column{c}}
		b.Reserve(10)
		b.Reserve(5000)
		for _, v := range s.values {
			put(c, v)
		}
		if got, want := show(all(c)...), show(repeated(s.values, 401)...); got != want {
			t.Errorf("%s: got %s", s.of, got)
		}
	}
	names := NewColumn("f", scalar(String))
	for i := range 5000 {
		if i == 2000 {
			(&Builder{Columns: []*Column{names}}).Reserve(5000)
		}
		names.AppendString(fmt.Sprint(i % 4000))
	}
	if len(names.Dict.Values) != 4000 || names.Text(4999) != "999" || names.Codes[4999] != 999 {
		t.Errorf("%d distinct values, the last row is %s", len(names.Dict.Values), names.Text(4999))
	}
}
