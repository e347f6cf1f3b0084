//go:build unix

package crash

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// die ends the process as kill -9 does.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// noticed has a value for every interrupt that playctl was told of by now.
var noticed = make(chan struct{}, 2)

// interrupts tells playctl of interrupts, as the real one is told.
func interrupts() <-chan struct{} {
	signals, out := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for range signals {
			out <- struct{}{}
			noticed <- struct{}{}
		}
	}()
	return out
}

// signalSelf sends this process a signal and waits until playctl has taken it in.
func signalSelf(name string) {
	s := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[name]
	_ = syscall.Kill(os.Getpid(), s)
	select {
	case <-noticed:
		time.Sleep(10 * time.Millisecond) // for what it does then
	case <-time.After(patience):
	}
}
