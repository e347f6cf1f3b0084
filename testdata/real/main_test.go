//go:build real

package real

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The servers and the program of this process.
var (
	machine *servers
	playctl string
	root    string // the repository
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts the servers, runs the tests, and keeps the servers' logs if one failed.
func run(m *testing.M) int {
	var err error
	if root, err = filepath.Abs("../.."); err != nil {
		return fail(err)
	}
	began := time.Now()
	if machine, err = startServers(); machine != nil {
		defer machine.stop()
	}
	up := time.Since(began)
	if err == nil {
		playctl, err = build(machine.dir)
	}
	if err != nil {
		if machine != nil {
			machine.keepLogs()
		}
		return fail(err)
	}
	fmt.Fprintf(os.Stderr, "servers up after %.1f s (%s), playctl built after %.1f s\n", up.Seconds(), strings.Join(machine.told, ", "), time.Since(began).Seconds())
	began = time.Now()
	code := m.Run()
	fmt.Fprintf(os.Stderr, "tests took %.1f s\n", time.Since(began).Seconds())
	if code != 0 {
		machine.keepLogs()
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "error:", err)
	return 1
}

// build makes the program that is tested from what the repository holds now.
func build(dir string) (string, error) {
	program := filepath.Join(dir, "playctl")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/playctl")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building playctl: %w: %s", err, out)
	}
	return program, nil
}
