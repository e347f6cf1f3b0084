package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// A notice is written at once, then at most every progressEvery, and ends up with the last text.
func TestNotice_progress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "holder.json")
		n, err := post(path, state.Holder{Who: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			n.progress(fmt.Sprint(i))
		}
		wantProgress(t, path, "0")
		time.Sleep(progressEvery - time.Millisecond)
		wantProgress(t, path, "0")
		time.Sleep(2 * time.Millisecond)
		wantProgress(t, path, "4")
		n.progress("5")
		wantProgress(t, path, "4")
		time.Sleep(progressEvery)
		wantProgress(t, path, "5")
		time.Sleep(time.Minute)
		n.progress("6")
		wantProgress(t, path, "6")
		n.progress("7")
		if err := n.remove(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the notice is back: %v", err)
		}
	})
}

func wantProgress(t *testing.T, path, want string) {
	t.Helper()
	synctest.Wait()
	var h state.Holder
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil || h.Progress != want {
		t.Errorf("the notice says %q, %v, want %q", h.Progress, err, want)
	}
}

func TestLock_fillsInTheHolder(t *testing.T) {
	s, _ := locked(t)
	_, err := s.Lock(t.Context(), state.Holder{})
	var other *state.LockedError
	if !errors.As(err, &other) {
		t.Fatalf("Lock: %v, want a LockedError", err)
	}
	want := state.Holder{ID: "run-1", Operation: "apply", Who: "ada@host", PID: os.Getpid(), Since: testTime}
	if diff := cmp.Diff(want, other.Holder); diff != "" {
		t.Errorf("holder (-want +got):\n%s", diff)
	}
}
