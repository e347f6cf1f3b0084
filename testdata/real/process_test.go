//go:build real

package real

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// scratch makes the folder of the servers, out of root's own temporary folder, which nobody might not reach.
func scratch() (string, error) {
	base := ""
	if os.Getuid() == 0 {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "playctl-real-")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o755); err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	return dir, own(dir)
}

// ending is what the watcher does: it waits for the end of its input, which comes with the end of the test's process, ends what runs, by group, and
// removes the folder.
const ending = `read -r _
for group in $(cat "$1/processes" 2>/dev/null); do kill -TERM "-$group" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for group in $(cat "$1/processes" 2>/dev/null); do if kill -0 "-$group" 2>/dev/null; then left=1; fi; done
  [ "$left" ] || break
  sleep 0.1
done
for group in $(cat "$1/processes" 2>/dev/null); do kill -KILL "-$group" 2>/dev/null; done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }`

// watch starts the watcher of the servers' folder, and gives the pipe that holds it back.
func watch(dir string) (*os.File, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	cmd := exec.Command("/bin/sh", "-c", ending, "real", dir)
	cmd.Dir, cmd.Stdin = "/", in
	cmd.SysProcAttr = lowered()
	cmd.SysProcAttr.Credential = nil // it removes what the tests wrote too
	return out, cmd.Start()
}

// environ gives the environment of a program of the packages, with more of its own.
func (s *servers) environ(more ...string) []string {
	env := make([]string, 0, len(s.env)+len(more))
	for name, value := range s.env {
		if !strings.HasPrefix(name, "REAL_") {
			env = append(env, name+"="+value)
		}
	}
	slices.Sort(env)
	return append(env, more...)
}

// program gives a command of the packages whose output goes to a log.
func (s *servers) program(name, dir string, env []string, program string, args ...string) (*exec.Cmd, error) {
	log, err := os.OpenFile(filepath.Join(s.dir, "logs", name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, s.environ(append(env, "HOME="+dir)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = lowered()
	return cmd, nil
}

// spawn starts a server, which ends with this process.
func (s *servers) spawn(name, dir string, env []string, program string, args ...string) error {
	cmd, err := s.program(name, dir, env, program, args...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // how it ended is in its log
	file, err := os.OpenFile(filepath.Join(s.dir, "processes"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintln(file, cmd.Process.Pid)
	return err
}

// folder makes a folder for a server's data, with files in it.
func (s *servers) folder(name string, files map[string]string) (string, error) {
	dir := filepath.Join(s.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return dir, own(dir)
}
