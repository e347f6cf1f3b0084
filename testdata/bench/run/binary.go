//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// platforms are those that playctl is compiled for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64"}

const megabyte = 1e6

// measureBinary is the bar P10: how large the binary is, everywhere, and how fast it starts and validates.
func measureBinary(ctx context.Context, b *bench) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	largest, err := b.crossCompile(ctx)
	if err != nil {
		return err
	}
	b.report.check(check{bar: "P10", what: "the binary, static: the largest of " + strings.Join(platforms, ", "), ours: size(largest), shown: size(largest), value: float64(largest),
		limit: 40 * megabyte, says: "≤ 40 MB"})
	dir, err := b.assembleMany(1000)
	if err != nil {
		return err
	}
	started, err := b.median(ctx, 20, dir, "version")
	if err != nil {
		return err
	}
	b.report.check(check{bar: "P10", what: "`playctl version` on the clock, median of 20", ours: milliseconds(started), shown: milliseconds(started),
		value: started.Seconds(), limit: 0.030, says: "≤ 30 ms"})
	validated, last, err := b.play(ctx, b.rounds, dir, "validate")
	if err != nil {
		return err
	}
	if !strings.Contains(last.output, "1000 segments") && !strings.Contains(last.output, "1,000 segments") {
		return fmt.Errorf("validating 1,000 segments: it says %q", last.output)
	}
	b.report.check(check{bar: "P10", what: "`validate` of 1,000 segments: processor time", ours: seconds(validated.CPU) + ", " + seconds(validated.Wall) + " on the clock",
		shown: seconds(validated.CPU), value: validated.CPU.Seconds(), limit: 1, says: "≤ 1 s"})
	return nil
}

// crossCompile builds the binary for all platforms and gives the size of the largest.
func (b *bench) crossCompile(ctx context.Context) (int64, error) {
	t := table{title: "P10: the binary", head: []string{"platform", "size"}}
	var largest int64
	for _, platform := range platforms {
		system, processor, _ := strings.Cut(platform, "/")
		path := filepath.Join(b.dir, "playctl-"+system+"-"+processor)
		b.say("compiling for %s", platform)
		if err := b.compile(ctx, path, "GOOS="+system, "GOARCH="+processor); err != nil {
			return 0, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		largest = max(largest, info.Size())
		t.rows = append(t.rows, []string{platform, size(info.Size())})
	}
	b.report.add(t)
	return largest, nil
}

// build makes the binary that is measured, once.
func (b *bench) build(ctx context.Context) error {
	if b.playctl != "" {
		return nil
	}
	path := filepath.Join(b.dir, "playctl")
	if err := b.compile(ctx, path); err != nil {
		return err
	}
	b.playctl = path
	return nil
}

// compile makes a binary as it is released, with more in its environment to say for what system.
func (b *bench) compile(ctx context.Context, path string, env ...string) error {
	c := newChild(ctx, b.root, "go", "build", "-ldflags", "-s -w -X main.version=bench", "-o", path, "./cmd/playctl")
	c.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath"), env...)
	_, err := runChild(ctx, c)
	return err
}

// median is the time on the clock of the middle one of so many runs.
func (b *bench) median(ctx context.Context, runs int, dir string, args ...string) (time.Duration, error) {
	var took []time.Duration
	for range runs {
		c, err := runChild(ctx, newChild(ctx, dir, b.playctl, args...))
		if err != nil {
			return 0, err
		}
		took = append(took, c.Wall)
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// assembleMany makes a playbook with so many segments: those of the bar P2 again and again, each time with other names and numbers.
func (b *bench) assembleMany(segments int) (string, error) {
	dir, err := b.fresh("p10")
	if err != nil {
		return "", err
	}
	world, err := os.ReadFile(filepath.Join(b.root, "testdata", "bench", "playbooks", "world", "playbook.yaml"))
	if err != nil {
		return "", err
	}
	book, err := os.ReadFile(filepath.Join(b.root, "testdata", "bench", "playbooks", "p2", "segments.yaml"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "playbook.yaml"), world, 0o644); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "segments.yaml"), []byte(multiply(string(book), segments)), 0o644)
}

// multiply repeats the segments of a playbook's text until there are so many. The copies have numbers behind their names; what they speak of
// is the originals. A segment is one line, or its name and what is indented below.
func multiply(book string, segments int) string {
	before, rest, _ := strings.Cut(book, "\nsegments:\n")
	list, after, _ := strings.Cut(rest, "\nscores:\n")
	var all []string
	for line := range strings.Lines(list) {
		switch {
		case strings.HasPrefix(line, "  #") || strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "   "): // goes on
			all[len(all)-1] += line
		default:
			all = append(all, line)
		}
	}
	var b strings.Builder
	b.WriteString(before + "\nsegments:\n" + strings.Join(all, ""))
	for i := len(all); i < segments; i++ {
		name, body, _ := strings.Cut(all[i%len(all)], ":")
		fmt.Fprintf(&b, "%s-%d:%s", name, i/len(all), strings.ReplaceAll(body, "30", fmt.Sprint(30+i/len(all))))
	}
	b.WriteString("\nscores:\n" + after)
	return b.String()
}

func size(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/megabyte) }

func milliseconds(d time.Duration) string { return short(d.Seconds()*1000) + " ms" }
