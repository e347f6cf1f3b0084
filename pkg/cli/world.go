// Package cli is the command line: one file a command, each an options struct, a constructor and a run function. Everything that a command
// touches of the outside comes through [World].
package cli

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// World is the one door to the outside: streams, folder, environment, clock, ids, HTTP, commands, connectors.
type World struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Terminal reports whether a stream is a terminal: 0 standard input, 1 output, 2 error.
	Terminal func(stream int) bool
	// Columns gives how wide the terminal is that standard output is; 0 where it is none, or that is not known. May be nil.
	Columns   func() int
	Dir       string   // the working directory
	Environ   []string // NAME=value
	Now       func() time.Time
	NewID     func() string
	Transport http.RoundTripper
	Exec      func(ctx context.Context, dir string, command []string) (string, error)
	// Start starts a connector's program; nil where none can be. What it starts is ended with the command.
	Start    func(connector.Program) (connector.Process, error)
	Drivers  []connector.Driver
	Backends []state.Driver // places where a state can be kept
	// Interrupts gets a value for every Ctrl-C or SIGTERM; may be nil.
	Interrupts <-chan struct{}
	User       string // user@host, for locks and runs
	PID        int
	Version    string
}

// getenv gives a variable of the environment, "" if it is not set.
func (w *World) getenv(name string) string {
	for _, pair := range w.Environ {
		if key, value, ok := strings.Cut(pair, "="); ok && key == name {
			return value
		}
	}
	return ""
}
