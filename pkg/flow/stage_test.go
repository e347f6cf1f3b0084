package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/segment"
)

// TestChanged_ofAStage holds that the run that finds a record at another stage than the last recorded run did sees the change, in segments
// too, and that it lasts as changes of fields do.
func TestChanged_ofAStage(t *testing.T) {
	h := newHouse(t, `
stages: {journey: {of: account, stages: [{name: known, when: account.size > 1}, {name: big, when: account.size > 5}]}}
segments: {risen: {of: account, where: 'changed(stage("journey"), "known", "big", days(3))'}}
plays:`+segmentPlay("one", "risen", "", "{keep: desk.list, name: A}")+segmentPlay("two", `changed(stage("journey"), "*", "big")`, "", "{keep: desk.list, name: B}"))
	h.accounts("id size\n a 2\n b 9\n c -\n d 9")
	h.apply() // first sight
	h.wait(day)
	h.accounts("id size\n a 9\n b 9\n c 9\n d 1")
	seen := h.plan() // a plan sees it and records nothing
	if got, want := seen.Evaluated.Segments.Stages[0].Moves, (segment.StageMoves{Forward: 2, Skipped: 1, Backward: 1}); got != want {
		t.Errorf("moved: %+v, want %+v", got, want)
	}
	h.apply()
	h.in("list A", "a")
	h.in("list B", "a", "c") // at no stage is seen, too
	h.wait(3*day - time.Second)
	h.apply()
	h.in("list A", "a")
	h.wait(time.Second)
	h.apply()
	h.in("list A")
	h.in("list B", "a", "c")
}
