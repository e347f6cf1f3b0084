package state_test

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/state"
	"pgregory.net/rapid"
)

func TestSeek_isTheFirstThatIsNotBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := slices.Sorted(slices.Values(rapid.SliceOf(rapid.IntRange(0, 50)).Draw(t, "list")))
		want := rapid.IntRange(-1, 51).Draw(t, "sought")
		at, _ := slices.BinarySearch(list, want)
		from := rapid.IntRange(0, at).Draw(t, "from")
		if got := state.Seek(from, len(list), func(i int) bool { return list[i] < want }); got != at {
			t.Fatalf("from %d: %d, want %d in %v", from, got, at, list)
		}
	})
}
