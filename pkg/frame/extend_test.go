package frame

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestExtend_isAppendingOneByOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		one, many := NewColumn("n", Type{Kind: Int}), NewColumn("n", Type{Kind: Int})
		for range 4 {
			n := random.IntN(200)
			known := NewBits(n)
			for i := range n {
				many.Ints = append(many.Ints, int64(i))
				if random.IntN(3) > 0 {
					known.Add(i)
				}
			}
			if all := random.IntN(3) == 0; all {
				for i := range n {
					known.Add(i)
				}
				many.Extend(n, nil)
			} else {
				many.Extend(n, known)
			}
			for i := range n {
				if known.Has(i) {
					one.AppendInt(int64(i))
				} else {
					one.AppendMissing()
				}
			}
		}
		if !slices.Equal(one.Known, many.Known) || one.Len() != many.Len() || len(many.Ints) != many.Len() {
			t.Fatalf("%b of %d rows, want %b of %d", many.Known, many.Len(), one.Known, one.Len())
		}
	}
}

func TestDrop_leavesTheOtherRows(t *testing.T) {
	list := Type{Kind: List, Elem: &Type{Kind: String}}
	c, want := NewColumn("l", list), NewColumn("l", list)
	gone := NewBits(90)
	for row := range 100 {
		kept := row < 10 || row%3 > 0
		if !kept {
			gone.Add(row - 10)
		}
		for _, x := range []*Column{c, want} {
			if x == want && !kept {
				continue
			}
			for e := range row % 4 {
				x.Elems.AppendString(string(rune('a' + row%26 + e)))
			}
			if row%5 == 0 {
				x.Elems.Truncate(int(x.Start[x.Len()]))
				x.AppendMissing()
			} else {
				x.EndList()
			}
		}
	}
	c.Drop(10, gone)
	if c.Len() != want.Len() || !slices.Equal(c.Known, want.Known) || !slices.Equal(c.Start, want.Start) {
		t.Fatalf("%d rows, starts %v; want %d, %v", c.Len(), c.Start, want.Len(), want.Start)
	}
	for e := range c.Elems.Len() {
		if c.Elems.Text(e) != want.Elems.Text(e) {
			t.Errorf("element %d is %q, want %q", e, c.Elems.Text(e), want.Elems.Text(e))
		}
	}
}

func TestCode_isThatOfTheStringAndAddsIt(t *testing.T) {
	d := &Dict{}
	for i, s := range []string{"a", "b", "", "a", "b"} {
		if code := d.Code(s); code != uint32(i%3) {
			t.Errorf("%q has code %d, want %d", s, code, i%3)
		}
	}
}

func TestCodes_areThoseOfTheTextsOneAfterTheOther(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	one, many := &Dict{}, &Dict{}
	for range 200 {
		var texts []string
		var want []uint32
		for range random.IntN(300) {
			texts = append(texts, strconv.Itoa(random.IntN(20_000)))
			want = append(want, one.Code(texts[len(texts)-1]))
		}
		if got := many.Codes([]uint32{7}, texts); !slices.Equal(got, append([]uint32{7}, want...)) {
			t.Fatalf("%v have codes %v, want %v", texts, got, want)
		}
	}
	if !slices.Equal(one.Values, many.Values) {
		t.Error("the values are others")
	}
}
