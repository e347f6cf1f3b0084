//go:build unix

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// Some tests need a process of its own, to kill or to limit: they run this test binary again as one of these.
var children = map[string]func(*Store) error{
	"commit":    childCommit,
	"hold":      childHold,
	"limit":     childLimit,
	"read-only": childReadOnly,
	"interrupt": childInterrupt,
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

// round gives the nth of a row of commits: 200 members stand on its step, and a truth more is known.
func round(n int64) *state.Changes {
	step := fmt.Sprint("step-", n)
	c := &state.Changes{Run: &state.Run{ID: step, Serial: n, Status: state.Running}, Truths: []state.Truth{{Play: "p", Key: step}}}
	for i := range 200 {
		c.Members = append(c.Members, state.Member{Key: fmt.Sprint("m", i), Play: "p", Step: step, Reason: strings.Repeat(step, 20)})
	}
	return c
}

// checkRounds checks that a state is what the rounds up to its serial leave.
func checkRounds(t *testing.T, got *state.Snapshot) {
	t.Helper()
	serial := got.Meta.Serial
	if len(got.Runs) != int(serial) || len(got.Truths) != int(serial) {
		t.Errorf("serial %d: %d runs, %d truths", serial, len(got.Runs), len(got.Truths))
	}
	for _, m := range got.Members {
		if m.Step != fmt.Sprint("step-", serial) {
			t.Fatalf("serial %d: member %s is on %s", serial, m.Key, m.Step)
		}
	}
}

// childCommit commits one round after another, and says so after each.
func childCommit(s *Store) error {
	ctx := context.Background()
	session, err := s.Lock(ctx, state.Holder{Who: "child"})
	if err != nil {
		return err
	}
	had, err := session.Read(ctx)
	if err != nil {
		return err
	}
	for n := had.Meta.Serial + 1; ; n++ {
		if err := session.Commit(ctx, round(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestCommit_survivesKill(t *testing.T) {
	s, session := locked(t, round(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	hot := 0
	for range 20 {
		before, err := s.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, "commit", s.dir)
		p.output.Scan()
		said := p.output.Text()
		time.Sleep(time.Duration(random.IntN(25_000)) * time.Microsecond)
		if last := p.kill(); last != "" {
			said = last
		}
		files := listing(t, s)
		got, err := s.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(files, listing(t, s)); diff != "" {
			t.Errorf("Read changed the folder (-before +after):\n%s", diff)
		}
		if _, err := os.Stat(journal(s.Path())); err == nil {
			hot++
		}
		checkRounds(t, got)
		if serial := fmt.Sprint(got.Meta.Serial); serial != said && fmt.Sprint(got.Meta.Serial-1) != said {
			t.Errorf("the child committed up to %s, and the state is of serial %s after %d", said, serial, before.Meta.Serial)
		}
	}
	t.Logf("%d of 20 were killed while committing", hot)
	after, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := after.Unlock(); err != nil {
		t.Error(err)
	}
}

// listing gives every file below a store's folder with its size and time.
func listing(t *testing.T, s *Store) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.Walk(s.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			files[path] = fmt.Sprint(info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// childInterrupt dies while it commits: its pages are in the file, its journal is not yet removed.
func childInterrupt(s *Store) error {
	ctx := context.Background()
	db, err := connect(ctx, s.Path(), readWrite)
	if err != nil {
		return err
	}
	for _, sql := range []string{"PRAGMA cache_spill = 1", "PRAGMA cache_size = 1", "BEGIN IMMEDIATE"} {
		if err := db.exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := write(ctx, db, round(99), meta{}); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// interrupt gives a store in round 1 whose file is partly of round 99, and its state.
func interrupt(t *testing.T) (*Store, *state.Snapshot) {
	t.Helper()
	s, session := locked(t, round(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, "interrupt", s.dir)
	_ = p.Wait()
	if err := readFileError(t, s); !interrupted(err) {
		t.Fatalf("the file is not interrupted: %v", err)
	}
	return s, want
}

func readFileError(t *testing.T, s *Store) error {
	_, err := readFile(t.Context(), s.Path())
	return err
}

func TestRead_interruptedCommit(t *testing.T) {
	s, want := interrupt(t)
	files := listing(t, s)
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(files, listing(t, s)); diff != "" {
		t.Errorf("Read changed the folder (-before +after):\n%s", diff)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	if err := readFileError(t, s); err != nil {
		t.Errorf("Lock left the file interrupted: %v", err)
	}
	if err := session.Commit(t.Context(), round(2)); err != nil {
		t.Error(err)
	}
}

// A damaged state with a journal is left as it is, for whoever wants to find out what happened.
func TestLock_leavesDamageAlone(t *testing.T) {
	s, _ := interrupt(t)
	if err := os.Truncate(journal(s.Path()), 600); err != nil {
		t.Fatal(err)
	}
	files := listing(t, s)
	_, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Lock: %v, want a DamagedError", err)
	}
	for _, path := range []string{s.Path(), journal(s.Path())} {
		if now := listing(t, s)[path]; now != files[path] {
			t.Errorf("Lock changed %s from %s to %s", path, files[path], now)
		}
	}
	if want := "rm -f " + journal(s.Path()) + " && cp "; !strings.Contains(damaged.Hint, want) {
		t.Errorf("the hint is %q, without %q", damaged.Hint, want)
	}
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

// childLimit commits until its files may not grow any more, and goes on with what needs no space.
func childLimit(s *Store) error {
	ctx := context.Background()
	signal.Ignore(syscall.SIGXFSZ)
	const limit = 400_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return err
	}
	session, err := s.Lock(ctx, state.Holder{Who: "child"})
	if err != nil {
		return err
	}
	n := int64(2)
	for ; ; n++ {
		c := round(n)
		c.Plays = []state.Play{{Name: fmt.Sprint(n), Definition: strings.Repeat("x", 40_000)}}
		if err = session.Commit(ctx, c); err != nil {
			break
		}
	}
	var full *state.UnwritableError
	if !errors.As(err, &full) {
		return fmt.Errorf("commit %d: %w, want an UnwritableError", n, err)
	}
	fmt.Printf("%v\n%s\n", full, full.Hint)
	small := round(n)
	small.Members = small.Members[:0]
	for i := range 200 {
		small.Members = append(small.Members, state.Member{Key: fmt.Sprint("m", i), Play: "p", Step: fmt.Sprint("step-", n)})
	}
	return errors.Join(session.Commit(ctx, small), session.Unlock())
}

func TestCommit_fullDisk(t *testing.T) {
	s, session := locked(t, round(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	out := start(t, "limit", s.dir).run(t)
	want := fmt.Sprintf("writing %s: disk I/O error (778)\n"+
		"check its disk: is it full, over a quota or limit, or failing? What was recorded before is kept\n", s.Path())
	if out != want {
		t.Errorf("the child said %swant %s", out, want)
	}
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkRounds(t, got)
	if got.Meta.Serial < 5 || len(got.Plays) != int(got.Meta.Serial)-2 {
		t.Errorf("serial %d, %d plays", got.Meta.Serial, len(got.Plays))
	}
}

// The hint's command, run as it stands, restores the backup, also when the damaged file has left a journal.
func TestRead_hintRestores(t *testing.T) {
	s, good := kept(t)
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.Path(), good[:5000])
	put(t, journal(s.Path()), []byte("left over"))
	_, err = s.Read(t.Context())
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Read: %v, want a DamagedError", err)
	}
	_, command, _ := strings.Cut(damaged.Hint, ": ")
	shell(t, command)
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after %s (-want +got):\n%s", command, diff)
	}
}

func shell(t *testing.T, command string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}
