package blob_test

import (
	"testing"
	"time"

	"filippo.io/age"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/seal"
	"github.com/playctl/playctl/pkg/state/statetest"
)

var begun = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func now() time.Time { return begun }

func store(b blob.Bucket) *blob.Store { return blob.New(blob.Options{Bucket: b, Now: now}) }

// sealer gives one with a new identity.
func sealer(t *testing.T) *seal.Sealer {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(nil, id.String())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store { return store(newBucket()) })
}

func TestStore_sealed(t *testing.T) {
	s := sealer(t)
	statetest.Run(t, func(*testing.T) state.Store {
		return blob.New(blob.Options{Bucket: newBucket(), Sealer: s, Now: now})
	})
}
