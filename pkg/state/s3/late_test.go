package s3

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// TestBucket_aServerThatNeverAnswersIsNotWaitedForForEver: every call ends by itself, and says why.
func TestBucket_aServerThatNeverAnswersIsNotWaitedForForEver(t *testing.T) {
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	defer server.Close()
	defer close(ended)
	settings := map[string]any{"endpoint": server.URL, "bucket": "states", "access_key": "a", "secret_key": "s"}
	o := state.Options{Transport: http.DefaultTransport, Settings: settings}
	core, err := connect(o, o.Reader(), strings.TrimPrefix(server.URL, "http://"), false)
	if err != nil {
		t.Fatal(err)
	}
	var b blob.Bucket = &bucket{core: core, name: "states", prefix: "p/", limit: 50 * time.Millisecond}
	for name, call := range map[string]func() error{
		"get":    func() error { _, err := b.Get(t.Context(), "x"); return err },
		"put":    func() error { _, err := b.Put(t.Context(), "x", []byte("1"), ""); return err },
		"delete": func() error { return b.Delete(t.Context(), "x") },
		"list":   func() error { _, err := b.List(t.Context()); return err },
	} {
		begun := time.Now()
		err := call()
		if err == nil || !strings.Contains(err.Error(), "the server has not answered for 50ms") || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: %v after %s", name, err, time.Since(begun))
		}
	}
}
