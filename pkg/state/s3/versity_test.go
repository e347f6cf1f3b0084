//go:build crash

package s3_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/s3"
	"github.com/playctl/playctl/pkg/state/s3/s3test"
)

// A server that is somebody else's keeps to what ours is tested with.
func TestStore_onVersity(t *testing.T) {
	server := s3test.Versity(t)
	server.Settle = "0s" // nobody puts at once with another one here, and there are many locks
	suite(t, server)
}

// Keys that are wrong are refused, with what to look at and without the keys.
func TestLock_onVersityWithWrongKeysSaysWhatToLookAt(t *testing.T) {
	server := s3test.Versity(t)
	server.SecretKey = "wrong-planted"
	_, err := open(t, server, "k", http.DefaultTransport).Lock(t.Context(), ada)
	if err == nil || !strings.Contains(err.Error(), "look at the keys") || strings.Contains(err.Error(), "wrong-planted") {
		t.Errorf("Lock: %v", err)
	}
}

// A process that was killed holds the lock for as long as was said, by the server's clock, whatever ours says.
func TestLock_onVersityExpiresAfterKill(t *testing.T) {
	server := s3test.Versity(t)
	settings := server.Settings("k")
	settings["lock_expiry"] = "3s"
	dead := make(chan struct{})
	dying := transport(func(r *http.Request) (*http.Response, error) {
		select {
		case <-dead:
			return nil, errors.New("this process has ended")
		default:
			return http.DefaultTransport.RoundTrip(r)
		}
	})
	first := must(s3.Open(state.Options{Settings: settings, Now: time.Now, Transport: dying}))(t)
	must(first.Lock(t.Context(), ada))(t)
	close(dead)
	killed := time.Now()
	yesterday := func() time.Time { return time.Now().Add(-24 * time.Hour) }
	second := must(s3.Open(state.Options{Settings: settings, Now: yesterday, Transport: http.DefaultTransport}))(t)
	for {
		session, err := second.Lock(t.Context(), ada)
		if err == nil {
			t.Logf("the lock was free %v after the kill", time.Since(killed))
			check(t, session.Unlock())
			return
		}
		var locked *state.LockedError
		if !errors.As(err, &locked) || time.Since(killed) > 15*time.Second {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
