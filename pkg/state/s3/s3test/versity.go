package s3test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Versity gives a versitygw of its own to a test: a server that is somebody else's, over a folder. It is bin/versitygw of the repository, which
// `make crash` installs; without it the test fails.
func Versity(t testing.TB) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{Bucket: "states", Region: "us-east-1", AccessKey: "access-planted", SecretKey: "secret-planted"}
	if err := os.Mkdir(filepath.Join(dir, s.Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	s.Endpoint = "http://" + address
	var log bytes.Buffer
	cmd := exec.Command(binary(t), "--access", s.AccessKey, "--secret", s.SecretKey, "--region", s.Region, "--port", address, "--quiet",
		"posix", "--sidecar", sidecar(t), dir)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", address); err == nil {
			_ = conn.Close()
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("versitygw does not listen on %s after 10 s: %s", address, log.String())
	return nil
}

// sidecar is where it keeps what it knows of objects: not every file system has extended attributes.
func sidecar(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "sidecar")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// binary finds bin/versitygw, from the test's folder upward.
func binary(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(dir, "bin", "versitygw")
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("there is no %s: make crash installs it", path)
	}
	return path
}

// freeAddress gives an address on which nobody listens.
func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
