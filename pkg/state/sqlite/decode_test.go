package sqlite

import "testing"

func TestChunk_sharesWhatItTakes(t *testing.T) {
	var c chunk[int]
	allocations := testing.AllocsPerRun(10, func() {
		c = chunk[int]{}
		for range 10_000 {
			c.take(1)[0] = 1
		}
	})
	if allocations > 20 {
		t.Errorf("%v allocations for 10,000 slices of one", allocations)
	}
	a, b := c.take(2), c.take(3)
	if a = append(a, 7); b[0] != 0 {
		t.Errorf("%v grew into its neighbour %v", a, b)
	}
	for _, n := range append(a[:2], b...) {
		if n != 0 {
			t.Error("what was taken is not zero")
		}
	}
}
