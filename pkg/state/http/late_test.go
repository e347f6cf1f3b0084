package http

import (
	"context"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// TestLock_aServerThatNeverAnswersIsNotWaitedForForEver: neither reading nor locking, nor asking who has the lock, nor giving it back.
func TestLock_aServerThatNeverAnswersIsNotWaitedForForEver(t *testing.T) {
	ended := make(chan struct{})
	server := httptest.NewServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) { <-ended }))
	defer server.Close()
	defer close(ended)
	opened, err := Open(state.Options{Dir: t.TempDir(), Settings: map[string]any{"address": server.URL}, Now: time.Now, Transport: nethttp.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	s := opened.(*Store)
	s.client.limit, s.client.lockLimit = 100*time.Millisecond, 20*time.Millisecond
	for name, call := range map[string]func(context.Context) error{
		"read":   func(ctx context.Context) error { _, err := s.Read(ctx); return err },
		"lock":   func(ctx context.Context) error { _, err := s.Lock(ctx, state.Holder{ID: "r"}); return err },
		"holder": func(ctx context.Context) error { _, err := s.Holder(ctx); return err },
		"unlock": func(ctx context.Context) error { return s.giveBack(ctx, lockInfo{ID: "r"}) },
	} {
		begun := time.Now()
		err := call(t.Context())
		if err == nil || !strings.Contains(err.Error(), "the server has not answered for ") || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: %v after %s", name, err, time.Since(begun))
		}
	}
}
