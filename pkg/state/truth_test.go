package state_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// TestTruth_isItsRecordsWhateverItIsOf holds that owner and edge come out of a key as they went in.
func TestTruth_isItsRecordsWhateverItIsOf(t *testing.T) {
	for _, c := range []struct{ record, of string }{{"a-1", ""}, {"a-1", "2026"}, {"a-1", "x\x00y"}, {"", "2026"}} {
		x := state.Truth{Key: state.TruthKey(c.record, c.of)}
		if x.Owner() != c.record || x.Of() != c.of {
			t.Errorf("%q of %q came back as %q of %q", c.of, c.record, x.Of(), x.Owner())
		}
	}
}
