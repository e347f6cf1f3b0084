package statetest_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
	"github.com/playctl/playctl/pkg/state/statetest"
)

// The suite has a store that passes it.
func TestRun(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store { return memory.New() })
}
