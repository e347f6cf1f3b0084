package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/segment"
)

// TestCountMoves_betweenStagesThatAreThereOnly holds that a stage's new name moves nobody forward from none: what the stage was called is gone, and with it
// where the records came from.
func TestCountMoves_betweenStagesThatAreThereOnly(t *testing.T) {
	plays := func(name string) string {
		return `
stages: {journey: {of: account, stages: [{name: ` + name + `, when: account.size > 1}, {name: big, when: account.size > 5}]}}
plays:` + segmentPlay("one", `changed(stage("journey"), "*", "big")`, "", "{keep: desk.list, name: B}")
	}
	h := newHouse(t, plays("known"))
	h.accounts("id size\n a 2\n b 2\n c 9\n d 9\n e 1")
	h.apply()
	h.wait(day)
	h.plays(plays("seen"))
	h.accounts("id size\n a 2\n b 9\n c 9\n d 1\n e 9")
	// a stands where it stood, b came from what is gone; d fell from big to none, e rose from none past a stage.
	if got, want := h.plan().Evaluated.Segments.Stages[0].Moves, (segment.StageMoves{Forward: 1, Skipped: 1, Backward: 1}); got != want {
		t.Errorf("moved: %+v, want %+v", got, want)
	}
}
