package cli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
	programs "github.com/playctl/playctl/pkg/connector/process"
	"github.com/playctl/playctl/pkg/state"
	states "github.com/playctl/playctl/pkg/state/all"
)

var update = flag.Bool("update", false, "write what the scripts compare anew")

// TestScripts runs the real command line in process over testdata/script. Beside testscript's own commands there are
//
//	playctl ARG…         one command; $NOW is its clock (2026-11-22T09:00:00Z), $TTY makes its streams terminals, its input is the file stdin
//	status N             its exit code was N
//	json [PATH VALUE]    its output was one JSON document, with that text at that path (a.0.b)
//	start ARG…           playctl in the background, finish [N] waits for it and gives its output and exit code
//	interrupt            Ctrl-C, once that is noticed; reached waits until $PROBE blocks, release lets it go on: see probe
//	hold DIR [TIME]      the lock of a playbook is held by somebody else, for that long or until free
//	sub FILE OLD NEW     replaces a text in a file; drop FILE REGEXP removes lines; add FILE LINE appends one; cut FILE N keeps N bytes;
//	                     poke FILE AT BYTE writes one
//	old FILE TIME        dates a file back
//	mode FILE OCTAL      the permissions of a file; modes DIR OCTAL OCTAL those of every file below a folder, and of every folder
//	process ARG…         one command as a process of its own; killed: it ended by kill -9
//	grown FILE N         sets $FSIZE, above which no file of a process may grow, to the size of a file and N bytes
//	readable DIR         everybody may read what is below a folder
//	smuggle DIR          gives the last run an effect of which its journal knows nothing
//	remedy               the command that the last hint names, as it stands, with somebody who says yes
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NOW", "2026-11-22T09:00:00Z")
			d := &stand{names: variables(t)}
			e.Values[standKey{}] = d
			e.Defer(d.leave)
			return nil
		},
		Cmds: scriptCommands(),
	})
}

// scriptCommands are the commands of scripts beside testscript's own.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"playctl": playctl, "status": status, "json": checkJSON, "start": start, "finish": finish, "interrupt": interrupt,
		"reached": reached, "release": release, "hold": hold, "free": free, "sub": sub, "drop": drop, "add": add, "cut": cut, "mode": mode, "old": old,
		"modes": modes, "poke": poke, "process": spawn, "killed": killed, "grown": grown, "remedy": remedy, "smuggle": smuggle, "readable": readable,
	}
}

var variable = regexp.MustCompile(`(?m)^env ([A-Za-z_]+)=`)

// variables names the environment's variables that scripts set: a script's environment can only be asked by name.
var variables = func() func(*testing.T) []string {
	var once sync.Once
	var names []string
	return func(t *testing.T) []string {
		once.Do(func() {
			files, err := filepath.Glob("testdata/script/*.txtar")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range variable.FindAllStringSubmatch(string(text), -1) {
					if !slices.Contains(names, m[1]) {
						names = append(names, m[1])
					}
				}
			}
		})
		return names
	}
}()

// stand is what one script's commands share.
type stand struct {
	names  []string
	ids    counter
	code   int
	killed bool // the last process was
	// smuggled says that the script's state is unsound on purpose.
	smuggled bool
	running  *process
	holding  state.Session
	freed    chan error
}

type standKey struct{}

func standOf(ts *testscript.TestScript) *stand { return ts.Value(standKey{}).(*stand) }

// leave ends what a failed script left behind.
func (d *stand) leave() {
	if d.running != nil {
		d.running.stage.release()
		<-d.running.done
	}
	if d.holding != nil {
		_ = d.holding.Unlock()
	}
}

// counter gives ids that are the same every time.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return fmt.Sprintf("%032x", c.n)
}

// screen is a stream that several goroutines may write to.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// process is one run of the command line.
type process struct {
	world       *cli.World
	stage       *stage
	out, err    screen
	interrupted chan struct{}
	done        chan struct{}
	code        int
}

// newProcess makes a world from a script's environment.
func newProcess(ts *testscript.TestScript) *process {
	d := standOf(ts)
	now, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	p := &process{stage: newStage(ts.Getenv("PROBE")), interrupted: make(chan struct{}), done: make(chan struct{})}
	p.world = &cli.World{Stdin: input(ts), Stdout: &p.out, Stderr: &p.err, Terminal: func(int) bool { return ts.Getenv("TTY") != "" }, Dir: ts.MkAbs("."),
		Now: func() time.Time { return now }, NewID: d.ids.next, Drivers: append(all.Drivers(), p.stage.driver()), Backends: append(states.Drivers(), far()),
		Start: programs.Spawn(os.Environ()), Transport: http.DefaultTransport,
		Interrupts: p.interrupted, User: "ada@desk", PID: 77, Version: "1.2.3",
		Exec: func(_ context.Context, dir string, command []string) (string, error) {
			if command[0] == "git" {
				out, err := exec.Command(command[0], append([]string{"-C", dir}, command[1:]...)...).Output()
				return string(out), err
			}
			return ts.Getenv("EXEC"), nil
		}}
	for _, name := range d.names {
		if value := ts.Getenv(name); value != "" {
			p.world.Environ = append(p.world.Environ, name+"="+value)
		}
	}
	return p
}

func (p *process) run(args []string) {
	p.code = cli.Main(context.Background(), p.world, args)
	close(p.done)
}

// input is the file stdin, or nothing.
func input(ts *testscript.TestScript) io.Reader {
	data, err := os.ReadFile(ts.MkAbs("stdin"))
	if err != nil {
		return strings.NewReader("")
	}
	return bytes.NewReader(data)
}

func playctl(ts *testscript.TestScript, neg bool, args []string) {
	p := newProcess(ts)
	p.run(args)
	tell(ts, neg, p)
	sound(ts, args)
}

// tell passes output and exit code on to the script.
func tell(ts *testscript.TestScript, neg bool, p *process) {
	fmt.Fprint(ts.Stdout(), p.out.String())
	fmt.Fprint(ts.Stderr(), p.err.String())
	standOf(ts).code = p.code
	if (p.code != 0) != neg {
		ts.Fatalf("exit code %d", p.code)
	}
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: status N")
	}
	if got := strconv.Itoa(standOf(ts).code); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func start(ts *testscript.TestScript, _ bool, args []string) {
	d := standOf(ts)
	if d.running != nil {
		ts.Fatalf("something is running already")
	}
	d.running = newProcess(ts)
	go d.running.run(args)
}

func finish(ts *testscript.TestScript, neg bool, _ []string) {
	d := standOf(ts)
	select {
	case <-d.running.done:
	case <-time.After(20 * time.Second):
		ts.Fatalf("it goes on and on:\n%s%s", d.running.out.String(), d.running.err.String())
	}
	p := d.running
	d.running = nil
	tell(ts, neg, p)
}

// interrupt sends Ctrl-C to what is running, or closes the door behind one that has ended.
func interrupt(ts *testscript.TestScript, _ bool, _ []string) {
	p := standOf(ts).running
	before := strings.Count(p.err.String(), "stopping:")
	select {
	case p.interrupted <- struct{}{}:
	case <-p.done:
		return
	}
	for range 10_000 { // an apply says so; anything else just ends
		if strings.Count(p.err.String(), "stopping:") > before {
			return
		}
		select {
		case <-p.done:
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
	ts.Fatalf("the interrupt was not noticed")
}

func reached(ts *testscript.TestScript, _ bool, _ []string) {
	d := standOf(ts)
	select {
	case <-d.running.stage.arrived:
	case <-d.running.done:
		ts.Fatalf("it ended before it got there:\n%s%s", d.running.out.String(), d.running.err.String())
	case <-time.After(20 * time.Second):
		ts.Fatalf("it does not get there")
	}
}

func release(ts *testscript.TestScript, _ bool, _ []string) { standOf(ts).running.stage.release() }
