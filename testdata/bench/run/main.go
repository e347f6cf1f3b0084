//go:build unix

// Run measures the bars of the project's notes on performance (P1 to P7 and P10) side by side with the peers, and writes
// testdata/bench/results.md. A bar is a ratio of processor time in one run wherever there is a peer: the machine is never quiet.
//
// Every engine has a process of its own, a worker, so that none collects another's garbage, and does its share in turns with the others.
// What is generated, built and filled once lies in -dir and is used again by the next run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

const usage = `Measure the bars of performance, with their peers, in one run.

Usage:
  make bench                                       all of it, at scale 1: an hour, 10 GB of disk, 12 GB of memory
  go run ./testdata/bench/run -scale 0.02          all of it, quickly
  go run ./testdata/bench/run -only p1,p3 -scale 0.1

Flags:
  -scale N      size of the large world (default 1); growth is measured from a tenth of it
  -only LIST    these parts, with commas between: %s
  -rounds N     how often each engine does each thing; the best counts (default 5)
  -dir DIR      where worlds, binaries and peers' databases are kept
                (default $PLAYCTL_BENCH_DIR, else playctl-bench in the folder for temporary files)
  -out FILE     write the results there (default: testdata/bench/results.md for all parts at scale 1, else nowhere)
  -cpuprofile FILE   keep the profile of the whole plan

It exits with 1 if a part fails; a bar that is missed is told, and no failure.
`

func main() {
	if len(os.Args) > 1 && os.Args[1] == workerWord {
		os.Exit(work(os.Stdin, os.Stdout))
	}
	if len(os.Args) > 1 && os.Args[1] == commandWord {
		os.Exit(command(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options is what the flags say.
type options struct {
	scale   float64
	only    []string
	rounds  int
	dir     string
	out     string
	profile string
}

// run is the whole command; the result is its exit code: 0, 1 for a part that failed, 2 for flags that make no sense.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, usage, strings.Join(partNames(), ", "))
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return 2
	}
	b, err := prepare(ctx, o, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return 1
	}
	failed := b.runParts(ctx)
	if err := b.publish(stdout); err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return 1
	}
	if failed || ctx.Err() != nil {
		return 1
	}
	return 0
}

func parse(args []string) (*options, error) {
	o, only := &options{}, ""
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Float64Var(&o.scale, "scale", 1, "")
	flags.StringVar(&only, "only", "", "")
	flags.IntVar(&o.rounds, "rounds", 5, "")
	flags.StringVar(&o.dir, "dir", "", "")
	flags.StringVar(&o.out, "out", "", "")
	flags.StringVar(&o.profile, "cpuprofile", "", "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case !(o.scale >= 0.001 && o.scale <= 3):
		return nil, fmt.Errorf("-scale %v is out of range: from 0.001 to 3", o.scale)
	case o.rounds < 1:
		return nil, fmt.Errorf("-rounds %d is out of range: from 1", o.rounds)
	}
	o.only = partNames()
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(partNames(), name) {
			return nil, fmt.Errorf("-only: there is no part %q; there are %s", name, strings.Join(partNames(), ", "))
		}
	}
	return o, nil
}
