//go:build unix

package pgtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// options are those of initdb. Small segments of the log make for a small template.
var options = []string{"--username=" + User, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--wal-segsize=1", "--no-sync", "--no-instructions"}

// prepare gives a data folder that initdb made, to be copied. It is made once for each version of Postgres.
func prepare(bin string) (string, error) {
	version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking postgres for its version: %w", err)
	}
	base, err := cache()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.Join(append(options, bin, string(version), Password), "\n")))
	template := filepath.Join(base, "template-"+hex.EncodeToString(sum[:6]))
	if _, err := os.Stat(filepath.Join(template, "PG_VERSION")); err == nil {
		return template, nil
	}
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	return template, initialize(bin, base, template)
}

// initialize lets initdb make a data folder, and keeps a copy as the template. Whoever else makes one meanwhile makes the same.
func initialize(bin, base, template string) error {
	dir, err := scratch()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	secret, data := filepath.Join(dir, "password"), filepath.Join(dir, "data")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o644); err != nil {
		return err
	}
	args := append([]string{"-D", data, "--pwfile=" + secret}, options...)
	if text, err := asNobody(filepath.Join(bin, "initdb"), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, text)
	}
	made, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	if err := copyTree(data, filepath.Join(made, "data")); err != nil {
		return err
	}
	err = os.Rename(filepath.Join(made, "data"), template)
	if _, there := os.Stat(filepath.Join(template, "PG_VERSION")); there == nil {
		return nil
	}
	return err
}

// copyTree copies a data folder. The copy is the server's user's.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		if d.IsDir() {
			err = os.Mkdir(target, 0o700)
		} else {
			err = copyFile(path, target)
		}
		if err == nil && isRoot() {
			err = os.Lchown(target, nobody, nobody)
		}
		return err
	})
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}
