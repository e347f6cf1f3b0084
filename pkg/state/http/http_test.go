package http_test

import (
	"fmt"
	nethttp "net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/http"
	"github.com/playctl/playctl/pkg/state/http/fake"
	"github.com/playctl/playctl/pkg/state/statetest"
)

func now() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC) }

// open gives the store of a document on a server.
func open(t *testing.T, settings map[string]any) state.Store {
	t.Helper()
	return openIn(t, t.TempDir(), settings)
}

// openIn gives one with its backups in a folder.
func openIn(t *testing.T, dir string, settings map[string]any) state.Store {
	t.Helper()
	store, err := http.Open(state.Options{Dir: dir, Settings: settings, Now: now, Transport: nethttp.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	server, n := fake.New(t), atomic.Int64{}
	statetest.Run(t, func(t *testing.T) state.Store { return open(t, server.Settings(fmt.Sprint(n.Add(1)), false)) }, statetest.Silent)
}
