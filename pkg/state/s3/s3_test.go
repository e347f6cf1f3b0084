package s3_test

import (
	"flag"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/s3"
	"github.com/playctl/playctl/pkg/state/s3/s3test"
	"github.com/playctl/playctl/pkg/state/statetest"
)

// open gives the store of a key on a server.
func open(t *testing.T, server *s3test.Server, key string, transport http.RoundTripper) state.Store {
	t.Helper()
	store, err := s3.Open(state.Options{Settings: server.Settings(key), Now: time.Now, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// few draws less random changes than usual: the store is the one of blob, which is tested with all of them, over another bucket.
func few() {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("5")
	}
}

// suite runs the tests of every store, each with a key of its own.
func suite(t *testing.T, server *s3test.Server) {
	few()
	var n atomic.Int64
	statetest.Run(t, func(t *testing.T) state.Store {
		return open(t, server, fmt.Sprintf("states/%d", n.Add(1)), http.DefaultTransport)
	})
}

func TestStore(t *testing.T) { suite(t, s3test.Fake(t)) }
