package render

import (
	"testing"

	"github.com/playctl/playctl/pkg/segment"
)

func TestMoves_areWorded(t *testing.T) {
	for want, m := range map[string]segment.StageMoves{
		"12 forward (2 past a stage) · 1 backward": {Forward: 12, Skipped: 2, Backward: 1},
		"1 forward":      {Forward: 1},
		"3,000 backward": {Backward: 3000},
	} {
		if got := moves(m); got != want {
			t.Errorf("%+v is %q, want %q", m, got, want)
		}
	}
}
