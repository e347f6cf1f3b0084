package postgres_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/postgres"
	"github.com/playctl/playctl/pkg/state/statetest"
)

var testTime = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func clock() time.Time { return testTime }

// open gives a store in a schema.
func open(t testing.TB, dsn, schema string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(dsn, schema, "", "", clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	var n atomic.Int64
	statetest.Run(t, func(t *testing.T) state.Store { return open(t, dsn, fmt.Sprintf("odd %d \"é", n.Add(1))) })
}
