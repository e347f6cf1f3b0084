package connector

import "io"

// Program is a program that a connector runs for as long as it is used.
type Program struct {
	Command []string // a name, looked for in PATH unless it has a slash; relative names with one are below Dir
	Dir     string   // its working directory
	Env     []string // NAME=value, beside what every program is given: PATH, HOME and their like, but no other variable of playctl's
}

// Process is a program that runs, with whatever it started itself. Its methods may be called from several goroutines.
type Process interface {
	// Stdin is closed to have it end by itself.
	Stdin() io.WriteCloser
	Stdout() io.Reader
	Stderr() io.Reader
	// Kill ends it at once, with what it started. It may have ended before.
	Kill()
	// Wait waits for its end and gives how it came about: "exit status 3", "signal: killed"; "" for an orderly one. It is called once what
	// it wrote was read.
	Wait() string
}
