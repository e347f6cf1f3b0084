package statetest_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/statetest"
)

func TestMemory(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store { return statetest.Memory() })
}
