// Gen writes a made-up world of accounts, people, opportunities and activities: for benchmarks, for tests and for
// examples/quickstart. The same flags give the same bytes. What is drawn from which distribution stands beside the
// code that draws it; most of it is section 6c of the project's notes on data ("data.md"), where "assumption" marks
// what no source backs. All domains are under .example.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

const usage = `Write a made-up world of accounts, people, opportunities and activities.

Usage:
  go run ./testdata/bench/gen -scale N -out DIR [flags]
  go run ./testdata/bench/gen -preset quickstart -out DIR [flags]

Flags:
  -scale N      size: 1 is 1,000,000 accounts, 3,000,000 people, 10,000,000 activities
                and 500,000 opportunities; from 0.0001 to 3
  -preset NAME  instead of -scale: quickstart, about 1,200 accounts, 4,300 people,
                52,000 activities and 1,500 opportunities
  -out DIR      where the files go: accounts, people, opportunities and activities
  -format LIST  csv, jsonl, parquet, with commas between (default csv)
  -seed N       another seed is another world (default 1)
  -until TIME   when the data ends: RFC 3339, a date, or now
                (default 2026-11-22T09:00:00Z, a Sunday). Another moment shifts every
                time by the same amount; shift by whole weeks to keep weekends.

Examples:
  go run ./testdata/bench/gen -preset quickstart -out examples/quickstart/data
  go run ./testdata/bench/gen -scale 0.01 -format csv,parquet -out /tmp/world
  go run ./testdata/bench/gen -preset quickstart -until now -out /tmp/today
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole command; the result is its exit code: 0, 1 for a failure, 2 for flags that make no sense.
func run(args []string, stdout, stderr io.Writer) int {
	j, err := parse(args, time.Now())
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "gen: %v\nhint: go run ./testdata/bench/gen -h shows all flags\n", err)
		return 2
	}
	if f, ok := stderr.(*os.File); ok && terminal(f) {
		j.progress = f
	}
	if err := j.run(stdout); err != nil {
		fmt.Fprintf(stderr, "gen: %v\n", err)
		return 1
	}
	return 0
}

// parse reads the flags; now is what -until now means.
func parse(args []string, now time.Time) (*job, error) {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	scale := flags.Float64("scale", 0, "")
	preset := flags.String("preset", "", "")
	out := flags.String("out", "", "")
	format := flags.String("format", "csv", "")
	seed := flags.Uint64("seed", 1, "")
	until := flags.String("until", "", "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *out == "" {
		return nil, errors.New("-out is missing: where do the files go?")
	}
	s, err := parseSize(*scale, *preset)
	if err != nil {
		return nil, err
	}
	shift, err := parseUntil(*until, now)
	if err != nil {
		return nil, err
	}
	wanted, err := parseFormats(*format)
	return &job{size: s, seed: *seed, shift: shift, dir: *out, formats: wanted}, err
}

func parseSize(scale float64, preset string) (size, error) {
	switch {
	case scale != 0 && preset != "":
		return size{}, errors.New("-scale and -preset exclude each other")
	case preset == "quickstart":
		return quickstart(), nil
	case preset != "":
		return size{}, fmt.Errorf("unknown -preset %q: there is quickstart", preset)
	case scale == 0:
		return size{}, errors.New("-scale or -preset is missing: how large is the world?")
	case !(scale >= 0.0001 && scale <= 3):
		return size{}, fmt.Errorf("-scale %v is out of range: from 0.0001 to 3", scale)
	default:
		return scaled(scale), nil
	}
}

// parseUntil is the seconds by which the world is shifted.
func parseUntil(until string, now time.Time) (int64, error) {
	switch until {
	case "":
		return 0, nil
	case "now":
		return now.Unix() - epoch, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, until); err == nil {
			return at.Unix() - epoch, nil
		}
	}
	return 0, fmt.Errorf("-until %q is no time: want now, 2026-11-22 or 2026-11-22T09:00:00Z", until)
}

func parseFormats(list string) ([]string, error) {
	var wanted []string
	for name := range strings.SplitSeq(list, ",") {
		if formats[name] == nil {
			return nil, fmt.Errorf("unknown -format %q: there are csv, jsonl and parquet", name)
		}
		if !slices.Contains(wanted, name) {
			wanted = append(wanted, name)
		}
	}
	return wanted, nil
}

// terminal reports whether somebody watches the file.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
