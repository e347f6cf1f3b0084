//go:build crash

package s3_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state/s3/s3test"
)

// A server that is somebody else's keeps to what ours is tested with.
func TestStore_onVersity(t *testing.T) { suite(t, s3test.Versity(t)) }
