package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// What random machines brought to light, each as small as it became.

// TestMachine_whenOfAWaitIsAskedThoughARunWasKilledBeforeIt has a record come to a wait that is not for it, in a run that is killed at every
// door.
func TestMachine_whenOfAWaitIsAskedThoughARunWasKilledBeforeIt(t *testing.T) {
	for name, first := range map[string]string{"at once": "", "behind a send": "{send: desk.message}, ", "behind a wait": "{wait: 3d}, "} {
		doors := 0
		for at := 1; ; at++ {
			h := newHouse(t, "plays: {p: {of: account, segment: 'true', trigger: entry, backfill: true, steps: ["+first+
				"{wait_for: account.size > 3, timeout: 9d, when: has(account.tier)}]}}")
			h.accounts("id size\n a 1")
			if name == "behind a wait" {
				h.apply()
				h.wait(4 * 24 * time.Hour)
			}
			h.arm(&killer{at: at})
			if !h.die(allowAll) {
				break
			}
			doors = at
			h.disarm()
			h.apply(allowAll)
			h.left("p", "a", state.Completed, "")
		}
		if doors < 3 {
			t.Errorf("%s: there are %d doors", name, doors)
		}
	}
}
