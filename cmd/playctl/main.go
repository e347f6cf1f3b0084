// Command playctl keeps go-to-market plays as code: it plans and applies them.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
	programs "github.com/playctl/playctl/pkg/connector/process"
	states "github.com/playctl/playctl/pkg/state/all"
)

// version is set by the linker.
var version = "dev"

func main() {
	easeCollector()
	outlivePipes()
	os.Exit(cli.Main(context.Background(), world(), os.Args[1:]))
}

// world is the real one.
func world() *cli.World {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: finding the working directory:", err)
		os.Exit(1)
	}
	return &cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: func(stream int) bool { return isatty.IsTerminal(uintptr(stream)) },
		Columns:  columns,
		Dir:      dir, Environ: os.Environ(), Now: time.Now, NewID: newID, Transport: http.DefaultTransport, Exec: run, Start: programs.Spawn(os.Environ()),
		Drivers: all.Drivers(), Backends: states.Drivers(), Interrupts: interrupts(), User: who(), PID: os.Getpid(), Version: version,
	}
}

// columns gives how wide standard output is, 0 where it is no terminal.
func columns() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// newID gives 128 random bits in hex.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: it ends the process instead
	return hex.EncodeToString(b[:])
}

// run runs a command that gives a secret; what it says on standard error goes to the person.
func run(ctx context.Context, dir string, command []string) (string, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	var out bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = dir, &out, os.Stderr
	c.WaitDelay = time.Second // for what it started and left behind
	err := c.Run()
	return out.String(), err
}

// interrupts tells of Ctrl-C, SIGTERM and a terminal that was closed. What the process was started to ignore (nohup, a shell's background
// job) it goes on ignoring. Two are told; a third one ends the process at once.
func interrupts() <-chan struct{} {
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	out := make(chan struct{}, 2)
	go func() {
		for range 2 {
			<-signals
			out <- struct{}{}
		}
		signal.Stop(signals)
	}()
	return out
}

// outlivePipes makes a write to a pipe that nobody reads an error instead of the end of the process: an apply must not be cut off because
// a pager was closed. Processes that it starts are not affected, as they would be if the signal were ignored.
func outlivePipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

func who() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	name := os.Getenv("USER")
	if u, err := user.Current(); err == nil && strings.TrimSpace(u.Username) != "" {
		name = u.Username
	}
	return name + "@" + host
}
