package crash

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector"
	drivers "github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/connector/faulty"
	"github.com/playctl/playctl/pkg/state"
	states "github.com/playctl/playctl/pkg/state/all"
)

// play is playctl with points of death. Beside playctl's own the environment has
//
//	CRASH_AT      the point at which the process ends as by kill -9; none if it is not set
//	CRASH_SIGNAL  what it gets there instead, apart by commas: INT, TERM
//	CRASH_POINTS  a file into which the number of points is written that were passed
//	CRASH_BATCH   how many items a write takes
//	CRASH_WATCH   a file that is there while a process holds the lock
//	CRASH_BROKEN  a store that lies: see [liar]
func play() int {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	p := &points{at: number("CRASH_AT")}
	w := &cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: func(int) bool { return false }, Dir: dir, Environ: os.Environ(), Now: clock(),
		NewID: newID, Transport: http.DefaultTransport, User: "crash@test", PID: os.Getpid(), Version: "crash",
		Interrupts: interrupts(),
		Exec:       func(context.Context, string, []string) (string, error) { return "", errors.New("no commands here") },
	}
	for _, d := range append(drivers.Drivers(), letterbox("letterbox", connector.Lookup), letterbox("pillarbox", connector.Never)) {
		script := &faulty.Script{Batch: number("CRASH_BATCH"), OnWrite: func(connector.Batch, bool) { p.pass() }}
		w.Drivers = append(w.Drivers, faulty.Driver(d, script))
	}
	for _, d := range states.Drivers() {
		w.Backends = append(w.Backends, p.backend(d))
	}
	code := cli.Main(context.Background(), w, os.Args[1:])
	if file := os.Getenv("CRASH_POINTS"); file != "" {
		if err := os.WriteFile(file, []byte(strconv.Itoa(p.passed)), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

func number(variable string) int {
	n, _ := strconv.Atoi(os.Getenv(variable))
	return n
}

// clock begins at the same time in every process and then goes on.
func clock() func() time.Time {
	begun := time.Now()
	return func() time.Time { return noon.Add(time.Since(begun)) }
}

// noon is when every process begins: a Sunday.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// points are the doors to the outside: before and after every commit and every write of a connector.
type points struct{ passed, at int }

// pass ends the process if this is the point.
func (p *points) pass() {
	if p.passed++; p.passed == p.at {
		end := os.Getenv("CRASH_SIGNAL")
		if end == "" {
			die()
		}
		for name := range strings.SplitSeq(end, ",") {
			signalSelf(name)
		}
	}
}

// backend gives a place for states whose sessions have points.
func (p *points) backend(d state.Driver) state.Driver {
	open := d.Open
	d.Open = func(o state.Options) (state.Store, error) {
		s, err := open(o)
		if err != nil {
			return nil, err
		}
		return pointed{s, p}, nil
	}
	return d
}

// pointed is a store whose sessions have points.
type pointed struct {
	state.Store
	p *points
}

// Lock gives a session with points; of a store that lies if there is to be one.
func (s pointed) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	session, err := s.Store.Lock(ctx, who)
	if err != nil {
		return nil, err
	}
	if how := os.Getenv("CRASH_BROKEN"); how != "" {
		session = &liar{Session: session, how: how}
	}
	if file := os.Getenv("CRASH_WATCH"); file != "" {
		if session, err = watchSession(session, file); err != nil {
			return nil, err
		}
	}
	return pointedSession{session, s.p}, nil
}

type pointedSession struct {
	state.Session
	p *points
}

func (s pointedSession) Create(ctx context.Context, m state.Meta) error {
	s.p.pass()
	err := s.Session.Create(ctx, m)
	s.p.pass()
	return err
}

func (s pointedSession) Commit(ctx context.Context, c *state.Changes) error {
	s.p.pass()
	err := s.Session.Commit(ctx, c)
	s.p.pass()
	return err
}

// liar is a store that says that it keeps what it does not, to see that the harness notices: "late" keeps each transaction only with the next
// one, "forgetful" keeps nothing about any write, "blind" no intent.
type liar struct {
	state.Session
	how  string
	late *state.Changes
}

func (l *liar) Commit(ctx context.Context, c *state.Changes) error {
	kind := state.PageKind("")
	if len(c.Pages) == 1 {
		kind = c.Pages[0].Kind
	}
	switch {
	case l.how == "forgetful" && (kind == state.EndedPage && c.Run == nil || kind == state.IntendedPage), l.how == "blind" && kind == state.IntendedPage:
		return nil
	case l.how == "late":
		before := l.late
		if l.late = c; before == nil {
			return nil
		}
		c = before
	}
	return l.Session.Commit(ctx, c)
}
