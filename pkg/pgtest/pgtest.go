//go:build unix

// Package pgtest gives tests a real Postgres server on 127.0.0.1.
//
//	func TestStore(t *testing.T) {
//		dsn := pgtest.Start(t).DSN(t)
//		…
//	}
//
// A test process has one server, which starts with its first Start (in half a second) and ends with the process, however that ends: by a
// panic, a time-out or kill -9 too. A watcher that holds the other end of a pipe sees to it. Every [Server.DSN] is a database of its own.
//
// The programs initdb and postgres are the machine's, or those that pkg/pgtest/setup.sh fetched. Postgres refuses to run as root, so that a
// test that is root runs it as nobody.
//
// fsync is off: a test kills processes, and what a server wrote outlives those. A test that means to pull the plug says
// `ALTER SYSTEM SET fsync = on` and reloads.
package pgtest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The administrator of every server. Tests that look for leaked secrets look for Password.
const (
	User     = "postgres"
	Password = "planted-pg-Passw0rd"
)

// Server is a running Postgres.
type Server struct {
	Bin  string // folder of its programs
	dir  string // with data and log in it
	port int
	pipe *os.File // its end ends the watcher, and that the server

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{} // closed once process has ended
	names   int           // of databases given
}

var only struct {
	sync.Mutex
	server *Server
	err    error
}

// Start gives the process's server, and starts it if it doesn't run yet.
func Start(t testing.TB) *Server {
	t.Helper()
	only.Lock()
	defer only.Unlock()
	if only.server == nil && only.err == nil {
		only.server, only.err = start()
	}
	if only.err != nil {
		t.Fatalf("starting Postgres: %v", only.err)
	}
	return only.server
}

// start makes a server of its own on a copy of the template.
func start() (*Server, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	template, err := prepare(bin)
	if err != nil {
		return nil, err
	}
	s := &Server{Bin: bin}
	if s.dir, err = scratch(); err != nil {
		return nil, err
	}
	if err := copyTree(template, filepath.Join(s.dir, "data")); err != nil {
		return nil, err
	}
	if s.pipe, err = watch(s.dir); err != nil {
		return nil, err
	}
	for range 5 { // somebody else may take the port before Postgres does
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = s.run(); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// freePort gives a port of 127.0.0.1 that nobody has now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// settings are those of every server: small, quick, and without a word that tests would trip over.
var settings = []string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200",
	"autovacuum=off", "jit=off", "timezone=UTC", "max_wal_size=128MB", "lc_messages=C"}

// run starts the server and waits until it answers.
func (s *Server) run() error {
	args := []string{"-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port)}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := asNobody(filepath.Join(s.Bin, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.ended = cmd, make(chan struct{})
	go func(ended chan struct{}) {
		_ = cmd.Wait() // how it ended is in its log
		close(ended)
	}(s.ended)
	return s.wait()
}

// wait waits until the server answers, for half a minute at most.
func (s *Server) wait() error {
	for range 3000 {
		select {
		case <-s.ended:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("the server ended at once: %s", text)
		case <-time.After(10 * time.Millisecond):
		}
		if s.answers() {
			return nil
		}
	}
	return fmt.Errorf("the server on port %d does not answer", s.port)
}

// url gives the address of a database.
func (s *Server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, Password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database,
		RawQuery: "sslmode=disable"}
	return u.String()
}

// Kill ends the server as a crash does, with every connection to it, until [Server.Restart].
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill(t)
}

func (s *Server) kill(t testing.TB) {
	t.Helper()
	if err := s.process.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("killing Postgres: %v", err)
	}
	<-s.ended
}

// Restart starts the server again, on the same port and data. One that runs is killed first.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill(t)
	if err := s.run(); err != nil {
		t.Fatalf("starting Postgres again: %v", err)
	}
}
