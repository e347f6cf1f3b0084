//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
	states "github.com/playctl/playctl/pkg/state/all"
)

// commandWord as the first argument makes this programme playctl with a clock that stands still at the worlds' end: what is applied is
// applied then, whenever that is measured. What is measured is the real binary.
const commandWord = "playctl"

// command is one command of playctl; its result is the exit code.
func command(args []string) int {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "finding the working directory:", err)
		return 1
	}
	// No environment: neither a runner's CI nor somebody's PLAYCTL_* may change what is measured.
	return cli.Main(context.Background(), &cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: func(int) bool { return false },
		Dir: dir, Now: func() time.Time { return worldEnd }, NewID: rand.Text, Transport: http.DefaultTransport,
		Exec: func(context.Context, string, []string) (string, error) {
			return "", fmt.Errorf("no commands are run here")
		},
		Drivers: all.Drivers(), Backends: states.Drivers(), User: "bench@localhost", PID: os.Getpid(), Version: "bench",
	}, args)
}
