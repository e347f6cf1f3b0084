//go:build unix

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// round gives the nth of a row of commits: 200 members stand on its step, and a truth more is known.
func round(n int64) *state.Changes {
	step := fmt.Sprint("step-", n)
	c := &state.Changes{Run: &state.Run{ID: step, Serial: n, Status: state.Running}, Truths: []state.Truth{{Play: "p", Key: step}}}
	for i := range 200 {
		c.Members = append(c.Members, state.Member{Key: fmt.Sprint("m", i), Play: "p", Track: state.Track{Step: step}, Reason: strings.Repeat(step, 20)})
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
		small.Members = append(small.Members, state.Member{Key: fmt.Sprint("m", i), Play: "p", Track: state.Track{Step: fmt.Sprint("step-", n)}})
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
