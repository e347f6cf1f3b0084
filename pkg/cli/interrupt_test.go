//go:build unix

package cli_test

import (
	"context"
	"io"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/cli"
)

// TestMain_isLeftWithinASecondWhateverItWaitsFor holds that an interrupt ends a command that waits in a call which nothing can interrupt.
func TestMain_isLeftWithinASecondWhateverItWaitsFor(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	interrupts := make(chan struct{})
	w := &cli.World{Stdout: io.Discard, Stderr: io.Discard, Terminal: func(int) bool { return false }, Dir: dir, Now: time.Now, Interrupts: interrupts}
	code := make(chan int)
	go func() { code <- cli.Main(context.Background(), w, []string{"plan", "--var-file", pipe}) }()
	time.Sleep(50 * time.Millisecond) // to be in the middle of it
	interrupts <- struct{}{}
	select {
	case got := <-code:
		if got != 130 {
			t.Errorf("it ended with %d, want 130", got)
		}
	case <-time.After(time.Second):
		t.Error("it goes on after a second")
	}
}
