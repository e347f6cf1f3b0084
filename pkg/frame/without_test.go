package frame_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/frame"
)

// TestWithout_isTheFrameWithoutThem holds that a frame without an account is the one that a reader would have made without it and its events,
// and that the frame it is made from stays as it is.
func TestWithout_isTheFrameWithoutThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list [][2]int
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			list = append(list, [2]int{rapid.IntRange(-1, 8).Draw(t, "minute"), rapid.IntRange(0, 1).Draw(t, "account")})
		}
		all := visits(list, 100)
		before := told(all)
		row, _ := all.Table("account").Row("a0")
		gone := frame.NewBits(all.Table("account").Rows)
		gone.Add(row)
		got := all.Without(map[string]frame.Bits{"account": gone})
		want := slices.DeleteFunc(slices.Clone(before), func(line string) bool { return line[:2] == "a0" })
		want[len(want)-1] = fmt.Sprint(len(want)-1, " ", 0)
		if diff := cmp.Diff(want, told(got)); diff != "" {
			t.Fatalf("without a0 (-want +got):\n%s", diff)
		}
		if got.Table("account").Rows != 1 {
			t.Fatalf("accounts: %d", got.Table("account").Rows)
		}
		if diff := cmp.Diff(before, told(all)); diff != "" {
			t.Fatalf("the whole frame changed (-before +after):\n%s", diff)
		}
	})
}
