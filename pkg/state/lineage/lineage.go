// Package lineage reads and writes playctl.lineage, the file beside a playbook that says which state belongs to it. It is committed to Git,
// so that a state that got lost is noticed: a playbook with a lineage never begins a new state by itself.
//
// The file has one line an environment, `NAME ID`, where the environment without a name is called default. Lines that begin with # are
// comments.
package lineage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// File is the file's name.
const File = "playctl.lineage"

const header = "# Which state belongs to this playbook: commit this file. playctl keeps the state itself in .playctl.\n"

// Read gives the lineage of an environment; ok is false if none is recorded.
func Read(dir, env string) (id string, ok bool, err error) {
	lines, err := read(dir)
	if err != nil {
		return "", false, err
	}
	for i, line := range lines {
		if blank(line) {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 2 {
			return "", false, fmt.Errorf("%s:%d: expected an environment and its lineage, found %q", File, i+1, line)
		}
		if words[0] == name(env) {
			if ok {
				return "", false, fmt.Errorf("%s:%d: environment %s is there twice; a merge left both? Keep the one of the state in use", File, i+1, words[0])
			}
			id, ok = words[1], true
		}
	}
	return id, ok, nil
}

// Write records the lineage of an environment, keeping every other line.
func Write(dir, env, id string) error {
	lines, err := read(dir)
	if err != nil {
		return err
	}
	entry, found := name(env)+" "+id, false
	for i, line := range lines {
		if words := strings.Fields(line); !blank(line) && words[0] == name(env) {
			lines[i], found = entry, true
		}
	}
	if !found {
		lines = append(lines, entry)
	}
	text := strings.Join(lines, "\n") + "\n"
	if !strings.HasPrefix(text, "#") {
		text = header + text
	}
	if err := renameio.WriteFile(filepath.Join(dir, File), []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", File, err)
	}
	return nil
}

func name(env string) string {
	if env == "" {
		return "default"
	}
	return env
}

func blank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

func read(dir string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", File, err)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n"), nil
}
