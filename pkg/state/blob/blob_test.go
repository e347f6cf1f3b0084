package blob_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/statetest"
)

var begun = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func now() time.Time { return begun }

func store(b blob.Bucket) *blob.Store { return blob.New(blob.Options{Bucket: b, Now: now}) }

func TestStore(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store { return store(newBucket()) })
}

// short gives a store whose locks hold for a short time.
func short(b blob.Bucket, expiry time.Duration) *blob.Store {
	return blob.New(blob.Options{Bucket: b, Now: now, Expiry: expiry})
}
