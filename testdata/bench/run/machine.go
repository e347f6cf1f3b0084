//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine is where and with what was measured.
type machine struct {
	at        time.Time
	commit    string
	processor string
	cores     int
	memory    int64  // bytes
	load      string // average of the minute before the beginning
	after     string // and at the end
	golang    string
	duck      string // versions of the peers; "" for one that was not asked
	postgres  string
	terraform string
}

func thisMachine(ctx context.Context) machine {
	m := machine{at: time.Now(), cores: runtime.NumCPU(), golang: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
		processor: firstLine("/proc/cpuinfo", "model name\t: "), load: loadNow()}
	var kilobytes int64
	if _, err := fmt.Sscanf(firstLine("/proc/meminfo", "MemTotal:"), "%d kB", &kilobytes); err == nil {
		m.memory = kilobytes << 10
	}
	if out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		m.commit = strings.TrimSpace(string(out))
	}
	return m
}

// loadNow is how many wanted to run in the last minute: above the number of processors, times on the clock are worth little.
func loadNow() string {
	load, _, _ := strings.Cut(firstLine("/proc/loadavg", ""), " ")
	return load
}

// firstLine is what follows a prefix in the first line that has it; "unknown" where there is none.
func firstLine(path, prefix string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "unknown"
}

func (m *machine) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "- %s, playctl %s\n", m.at.UTC().Format("2006-01-02 15:04 UTC"), m.commit)
	fmt.Fprintf(&b, "- %s, %d cores, %.0f GiB of memory; load %s before, %s at the end, with what is measured\n", m.processor, m.cores, float64(m.memory)/(1<<30), m.load, m.after)
	versions := []string{m.golang}
	for _, peer := range []struct{ name, version string }{{"DuckDB", m.duck}, {"Postgres", m.postgres}, {"Terraform", m.terraform}} {
		if peer.version != "" {
			versions = append(versions, peer.name+" "+peer.version)
		}
	}
	fmt.Fprintf(&b, "- %s\n\n", strings.Join(versions, ", "))
	return b.String()
}
