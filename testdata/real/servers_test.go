//go:build real

package real

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// nobody is who runs the servers for root.
const nobody = 65534

// servers are those of this process.
type servers struct {
	dir  string            // their data, and logs
	env  map[string]string // how programs are run: see install.sh
	pipe *os.File          // its end ends the watcher, and that the servers
	told []string          // how long each took to start

	mu      sync.Mutex // of the fields above, and the list of processes
	mailman mailman
	redmine redmine
	exim    exim
}

// cache gives the folder that install.sh filled.
func cache() (string, error) {
	if os.Getuid() == 0 {
		return "/var/cache/playctl-real", nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "playctl-real"), err
}

// environment reads how the programs of the packages are run.
func environment() (map[string]string, error) {
	dir, err := cache()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(dir, "environment"))
	if err != nil {
		return nil, fmt.Errorf("%w (`make test-real` gets the servers)", err)
	}
	defer file.Close()
	env := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		env[name] = value
	}
	return env, nil
}

// startServers starts all of them at once. With an error there may be some that run: stop ends them.
func startServers() (*servers, error) {
	env, err := environment()
	if err != nil {
		return nil, err
	}
	s := &servers{env: env}
	if s.dir, err = scratch(); err != nil {
		return nil, err
	}
	if s.pipe, err = watch(s.dir); err != nil {
		return nil, err
	}
	// Package pgtest takes the first Postgres of PATH: ours, of version 15.
	if err := os.Setenv("PATH", env["REAL_POSTGRES"]+":"+os.Getenv("PATH")); err != nil {
		return s, err
	}
	s.exim.port = freePort()
	errs := make(chan error, 3)
	for name, start := range map[string]func() error{"mailman": s.startMailman, "redmine": s.startRedmine, "exim": s.startExim} {
		go func() {
			began := time.Now()
			err := start()
			s.mu.Lock()
			s.told = append(s.told, fmt.Sprintf("%s %.1f s", name, time.Since(began).Seconds()))
			s.mu.Unlock()
			if err != nil {
				err = fmt.Errorf("starting %s: %w", name, err)
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if e := <-errs; err == nil {
			err = e
		}
	}
	return s, err
}

// stop ends the servers and removes their data.
func (s *servers) stop() {
	_ = s.pipe.Close() // the watcher does the rest
	for range 600 {    // half a minute
		if _, err := os.Stat(s.dir); os.IsNotExist(err) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "the servers of", s.dir, "don't end")
}

// keepLogs copies the logs to where they outlive the servers, and shows the end of each.
func (s *servers) keepLogs() {
	logs, _ := filepath.Glob(filepath.Join(s.dir, "logs", "*"))
	more, _ := filepath.Glob(filepath.Join(s.dir, "*", "var", "logs", "*")) // Mailman's own
	logs = append(logs, more...)
	kept := filepath.Join(root, "bin", "real-logs")
	_ = os.RemoveAll(kept)
	_ = os.MkdirAll(kept, 0o755)
	for _, log := range logs {
		text, _ := os.ReadFile(log)
		_ = os.WriteFile(filepath.Join(kept, filepath.Base(log)), text, 0o644)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		fmt.Fprintf(os.Stderr, "== %s, the last of %d lines\n%s\n", filepath.Base(log), len(lines), strings.Join(lines[max(0, len(lines)-15):], "\n"))
	}
	fmt.Fprintln(os.Stderr, "all of the logs are in", kept)
}

// freePort gives a port of 127.0.0.1 that nobody has now.
func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // a machine without loopback
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// answers waits until a URL is answered, with whatever status.
func answers(url string) error {
	client := http.Client{Timeout: 20 * time.Second}
	var last error
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		answer, err := client.Get(url)
		if err == nil {
			return answer.Body.Close()
		}
		last = err
	}
	return last
}

// accepts waits until a port takes connections.
func accepts(port int) error {
	var last error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return c.Close()
		}
		last = err
	}
	return last
}

// own gives a server's files to who runs it.
func own(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
}

// whoRuns gives the ids of the user and group that run the servers.
func whoRuns() (uid, gid int) {
	if os.Getuid() == 0 {
		return nobody, nobody
	}
	return os.Getuid(), os.Getgid()
}

// lowered has a process be nobody's if this one is root's, in a session of its own, which Ctrl-C leaves alone.
func lowered() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attr
}
