package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// leftovers is how long what an ended program has started may go on writing, before it is no longer listened to.
const leftovers = 500 * time.Millisecond

// kept are the variables of the environment that programs are given: what they need to run, and nothing that could be a secret.
var kept = []string{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SHELL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "NODE_PATH", "GEM_PATH",
	"JAVA_HOME", "PYENV_ROOT", "PYENV_VERSION", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"SystemRoot", "ComSpec", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "TEMP", "TMP"}

// Spawn gives what starts programs on this machine, from the environment of a run (NAME=value). Each has a process group of its own, so that a
// Ctrl-C is not meant for it, and is ended with it whatever it has started. On Linux it ends with playctl, however that ends.
func Spawn(environ []string) func(connector.Program) (connector.Process, error) {
	return func(p connector.Program) (connector.Process, error) {
		if len(p.Command) == 0 || p.Command[0] == "" {
			return nil, errors.New("starting a program: there is no command")
		}
		name := p.Command[0]
		if filepath.Base(name) != name && !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		c := exec.Command(name, p.Command[1:]...)
		c.Dir, c.Env = p.Dir, append(environment(environ), p.Env...)
		return spawn(c)
	}
}

// environment picks what programs are given of playctl's own.
func environment(environ []string) []string {
	out := []string{}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		for _, k := range kept {
			if name == k {
				out = append(out, pair)
			}
		}
	}
	return out
}

// running is a program of this machine.
type running struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *os.File
	errs   *os.File
	ended  chan struct{} // closed once it has
	end    error
	killed sync.Once
}

func spawn(c *exec.Cmd) (connector.Process, error) {
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errs, errsEnd, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, out.Close(), outEnd.Close())
	}
	c.Stdout, c.Stderr = outEnd, errsEnd
	r := &running{cmd: c, in: in, out: out, errs: errs, ended: make(chan struct{})}
	started := make(chan error, 1)
	go r.live(started)
	err = <-started
	// Its ends are its own from here on: of ours nothing would ever come to an end.
	if closing := errors.Join(outEnd.Close(), errsEnd.Close()); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Path, errors.Join(err, out.Close(), errs.Close()))
	}
	return r, nil
}

// live starts the program and waits for its end, on one thread: Linux kills it when the thread that started it ends.
func (r *running) live(started chan<- error) {
	unlock := group(r.cmd)
	defer unlock()
	if err := r.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	r.end = r.cmd.Wait()
	killGroup(r.cmd.Process.Pid) // what it left behind
	close(r.ended)
	time.AfterFunc(leftovers, func() { _, _ = r.out.Close(), r.errs.Close() })
}

func (r *running) Stdin() io.WriteCloser { return r.in }
func (r *running) Stdout() io.Reader     { return r.out }
func (r *running) Stderr() io.Reader     { return r.errs }

// Kill kills the group, unless the program has ended: then its number may be another's.
func (r *running) Kill() {
	r.killed.Do(func() {
		select {
		case <-r.ended:
		default:
			killGroup(r.cmd.Process.Pid)
		}
	})
}

// Wait waits for the end.
func (r *running) Wait() string {
	<-r.ended
	if r.end == nil {
		return ""
	}
	return r.end.Error()
}
