//go:build unix

package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// measureProfile plans the whole of the bar P4 once more, in a worker, and tells where the processor was.
func measureProfile(ctx context.Context, b *bench) error {
	dir := filepath.Join(b.dir, "work", fmt.Sprintf("p4-%v", b.scale))
	if !exists(filepath.Join(dir, stateFile)) {
		p, err := b.launchWorld(ctx, b.scale)
		if err != nil {
			return err
		}
		dir = p.dir
	}
	path := b.options.profile
	if path == "" {
		path = filepath.Join(b.dir, "plan.pprof")
	}
	w, err := b.startWorker(ctx, "profiled", 2)
	if err != nil {
		return err
	}
	defer w.end()
	if _, err := w.do(ask{Do: "open", Dir: dir}); err != nil {
		return err
	}
	t, err := w.do(ask{Do: "profile", File: path})
	if err != nil {
		return err
	}
	samples, err := readProfile(ctx, path)
	if err != nil {
		return err
	}
	b.reportProfile(t.cost(), samples)
	return nil
}

// sample is what a profile saw: a stack, innermost first, and for how long.
type sample struct {
	stack []string
	took  time.Duration
}

// readProfile reads a profile through Go's own tool.
func readProfile(ctx context.Context, path string) ([]sample, error) {
	out, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", path).Output()
	if err != nil {
		return nil, fmt.Errorf("reading the profile: %w", err)
	}
	return parseTraces(string(out))
}

// parseTraces reads what `go tool pprof -traces` prints: stacks between rules, the first line of each with its time.
func parseTraces(text string) ([]sample, error) {
	var out []sample
	begun := false
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "---") {
			begun = true
			out = append(out, sample{})
			continue
		}
		words := strings.Fields(line)
		if !begun || len(words) == 0 || strings.HasSuffix(words[0], ":") { // the head, and labels
			continue
		}
		s := &out[len(out)-1]
		if len(s.stack) == 0 {
			took, err := time.ParseDuration(words[0])
			if err != nil {
				return nil, fmt.Errorf("reading the profile at %q: %w", line, err)
			}
			s.took, words = took, words[1:]
		}
		s.stack = append(s.stack, strings.Join(words, " "))
	}
	return slices.DeleteFunc(out, func(s sample) bool { return len(s.stack) == 0 }), lines.Err()
}

// room is a part of a plan, with what took longest in it.
type room struct {
	name  string
	took  time.Duration
	inner map[string]time.Duration
}

// collecting is the room of stacks in which nothing of ours stands.
const collecting = "Go's runtime: garbage and scheduling"

// rooms sorts samples by the outermost package of ours in them, flow and this programme aside, and in it by the innermost function of ours.
func rooms(samples []sample) []*room {
	found := map[string]*room{}
	for _, s := range samples {
		name, inner := collecting, ""
		for _, f := range s.stack {
			function, ours := strings.CutPrefix(f, "github.com/playctl/playctl/pkg/")
			if !ours {
				continue
			}
			function = withoutTypes(strings.TrimSuffix(function, " (inline)"))
			if inner == "" {
				inner = function
			}
			if p := packageOf(function); p != "flow" {
				name = p
			} else if name == collecting {
				name = p
			}
		}
		r := found[name]
		if r == nil {
			r = &room{name: name, inner: map[string]time.Duration{}}
			found[name] = r
		}
		r.took += s.took
		if inner != "" {
			r.inner[inner] += s.took
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *room) int { return cmp.Or(cmp.Compare(b.took, a.took), cmp.Compare(a.name, b.name)) })
}

// withoutTypes gives a function's name without the types of a generic one, which may have brackets of their own.
func withoutTypes(function string) string {
	open, end := strings.Index(function, "["), strings.LastIndex(function, "]")
	if open < 0 || end < open {
		return function
	}
	return function[:open] + function[end+1:]
}

// packageOf gives the package of a function: expr/vector of expr/vector.(*Engine).Verdict.
func packageOf(function string) string {
	slash := strings.LastIndex(function, "/") + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + name
}

// largest gives the functions that took longest, each with its share of the whole.
func (r *room) largest(n int, total time.Duration) string {
	names := slices.SortedFunc(maps.Keys(r.inner), func(a, b string) int { return cmp.Or(cmp.Compare(r.inner[b], r.inner[a]), cmp.Compare(a, b)) })
	var out []string
	for _, name := range names[:min(n, len(names))] {
		out = append(out, fmt.Sprintf("`%s` %s", name, percent(r.inner[name], total)))
	}
	return strings.Join(out, ", ")
}

func percent(part, whole time.Duration) string {
	return fmt.Sprintf("%.0f %%", 100*part.Seconds()/whole.Seconds())
}

func (b *bench) reportProfile(all cost, samples []sample) {
	var total time.Duration
	for _, s := range samples {
		total += s.took
	}
	found := rooms(samples)
	t := table{title: fmt.Sprintf("Where the time of a whole plan goes (P4, scale %v)", b.scale), text: true,
		head: []string{"package", "processor", "share", "functions of ours that were innermost"}}
	for _, r := range found {
		if r.took*100 >= total {
			t.rows = append(t.rows, []string{r.name, seconds(r.took), percent(r.took, total), r.largest(4, total)})
		}
	}
	var names []string
	for _, r := range found[:min(3, len(found))] {
		names = append(names, fmt.Sprintf("%s (%s)", r.name, percent(r.took, total)))
	}
	t.below = []string{"The three largest costs: " + strings.Join(names, ", ") + ".",
		fmt.Sprintf("One plan in process: %s of processor, %s on the clock, at most %s held. A stack belongs to the outermost package of pkg in it, flow aside.",
			seconds(all.CPU), seconds(all.Wall), mib(all.Peak))}
	b.report.add(t)
}
