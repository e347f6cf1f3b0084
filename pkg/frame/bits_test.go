package frame

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBits_areASet holds a bitmap against a set of numbers.
func TestBits_areASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "n")
		bits, set := NewBits(n), map[int]bool{}
		for range rapid.IntRange(0, 3*n).Draw(t, "steps") {
			row := rapid.IntRange(0, n-1).Draw(t, "row")
			if rapid.Bool().Draw(t, "add") {
				bits.Add(row)
				set[row] = true
			} else {
				bits.Remove(row)
				delete(set, row)
			}
		}
		var want []int
		for row := range n {
			if bits.Has(row) != set[row] {
				t.Fatalf("Has(%d) = %t", row, bits.Has(row))
			}
			if set[row] {
				want = append(want, row)
			}
		}
		if got := slices.Collect(bits.Rows); !slices.Equal(got, want) {
			t.Fatalf("rows %v, want %v", got, want)
		}
		if bits.Count() != len(want) {
			t.Fatalf("count %d, want %d", bits.Count(), len(want))
		}
	})
}

func TestBits_edges(t *testing.T) {
	for n, words := range map[int]int{0: 0, 1: 1, 64: 1, 65: 2} {
		if got := len(NewBits(n)); got != words {
			t.Errorf("a set over %d rows has %d words, want %d", n, got, words)
		}
	}
	if NewBits(10).Has(64) || Bits(nil).Has(0) {
		t.Error("a row past the length is in the set")
	}
	full := NewBits(130)
	for row := range 130 {
		full.Add(row)
	}
	first := -1
	for row := range full.Rows {
		if first = row; row == 65 {
			break
		}
	}
	if first != 65 || full.Count() != 130 {
		t.Errorf("stopped at %d of %d rows, want 65 of 130", first, full.Count())
	}
}

func TestVerdict_beginsKnownFalse(t *testing.T) {
	v := NewVerdict(70)
	if v.True.Count() != 0 || v.Unknown.Count() != 0 {
		t.Error("a new verdict holds rows")
	}
	v.True.Add(69)
	v.Unknown.Add(3)
	if v.Unknown.Has(69) || v.True.Has(3) {
		t.Error("the two sets share memory")
	}
}
