//go:build unix

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// Some tests need a process of its own, to kill or to limit: they run this test binary again as one of these.
var children = map[string]func(*Store) error{
	"commit":    childCommit,
	"hold":      childHold,
	"limit":     childLimit,
	"read-only": childReadOnly,
	"interrupt": childInterrupt,
	"upgrade":   childUpgrade,
}

func TestMain(m *testing.M) {
	child, ok := children[os.Getenv("PLAYCTL_TEST_CHILD")]
	if !ok {
		os.Exit(m.Run())
	}
	if err := child(Open(os.Getenv("PLAYCTL_TEST_DIR"), "", clock)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// process is one of the children, running.
type process struct {
	*exec.Cmd
	input  io.Closer
	output *bufio.Scanner
}

// start runs a child on a folder. It is killed at the end of the test.
func start(t *testing.T, child, dir string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(t.Context(), os.Args[0])}
	p.Env = append(os.Environ(), "PLAYCTL_TEST_CHILD="+child, "PLAYCTL_TEST_DIR="+dir)
	p.Stderr = os.Stderr
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.input, p.output = in, bufio.NewScanner(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// kill ends the process with SIGKILL and gives what it still had to say.
func (p *process) kill() (last string) {
	_ = p.Process.Kill()
	for p.output.Scan() {
		last = p.output.Text()
	}
	_ = p.Wait()
	return last
}

// run runs a child to its end.
func (p *process) run(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for p.output.Scan() {
		out.WriteString(p.output.Text() + "\n")
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the child: %v\n%s", err, out.String())
	}
	return out.String()
}

// childHold takes the lock and keeps it until it is killed.
func childHold(s *Store) error {
	session, err := s.Lock(context.Background(), state.Holder{ID: "run-7", Operation: "apply", Who: "child@host"})
	if err != nil {
		return err
	}
	session.Progress("3 of 9")
	fmt.Println(os.Getpid())
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, session.Unlock())
}

func TestLock_otherProcess(t *testing.T) {
	s, session := locked(t, round(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "hold", s.dir)
	p.output.Scan()
	_, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	want := fmt.Sprintf("the state is locked by child@host (apply, pid %s) since 2026-11-22T09:30:00Z: 3 of 9", p.output.Text())
	if err == nil || err.Error() != want {
		t.Errorf("Lock: %v, want %s", err, want)
	}
	if got, err := s.Read(t.Context()); err != nil {
		t.Errorf("Read while locked: %v", err)
	} else {
		checkRounds(t, got)
	}
	put(t, s.file("holder.json"), []byte("{"))
	if _, err := s.Lock(t.Context(), state.Holder{Who: "ada"}); err == nil || err.Error() != "the state is locked by another process" {
		t.Errorf("Lock without a readable holder: %v", err)
	}
	p.kill()
	after, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatalf("Lock after the holder was killed: %v", err)
	}
	if err := after.Unlock(); err != nil {
		t.Error(err)
	}
}
