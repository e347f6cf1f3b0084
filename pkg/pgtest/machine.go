//go:build unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// nobody is who runs the server for root, which Postgres refuses to run as.
const nobody = 65534

func isRoot() bool { return os.Getuid() == 0 }

// cache gives the folder for what outlives a test: the template, and the programs if setup.sh had to fetch them. Root's is one that nobody
// can read too.
func cache() (string, error) {
	dir := "/var/cache"
	if !isRoot() {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "playctl-pgtest"), nil
}

// find gives the folder of initdb and postgres.
func find() (string, error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	folders = append(folders, "/usr/local/bin")
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are good
		slices.Reverse(found)              // the newest first
		folders = append(folders, found...)
	}
	if dir, err := cache(); err == nil {
		folders = append(folders, filepath.Join(dir, "native", "bin"))
	}
	for _, folder := range folders {
		if isProgram(filepath.Join(folder, "initdb")) && isProgram(filepath.Join(folder, "postgres")) {
			return folder, nil
		}
	}
	return "", errors.New("this machine has no initdb and postgres; `make postgres` fetches them")
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// scratch makes a folder for a server, which may write there. Root's own temporary folder may be out of nobody's reach.
func scratch() (string, error) {
	base := ""
	if isRoot() {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "playctl-pg-")
	if err == nil && isRoot() {
		err = os.Chown(dir, nobody, nobody)
	}
	return dir, err
}

// asNobody gives a command that isn't root, has none of the test's environment but what finds programs, and that Ctrl-C leaves alone.
func asNobody(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if isRoot() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return cmd
}

// ending is what the watcher does: it waits for the end of its input, which comes with the end of the test's process, ends the server and
// removes its folder.
const ending = `read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1"`

// watch starts the watcher of a server's folder, and gives the pipe that holds it back.
func watch(dir string) (*os.File, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	cmd := asNobody("/bin/sh", "-c", ending, "pgtest", dir)
	cmd.Stdin = in
	return out, cmd.Start()
}
