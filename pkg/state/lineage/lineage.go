// Package lineage reads and writes playctl.lineage, the file beside a playbook that says which state belongs to it. It is committed to
// Git, so that a playbook whose state is missing or is another one's is told from a playbook that has none yet.
//
//	# The state that belongs to this playbook, one line an environment. Commit this file.
//	default 0f8e7a6b5c4d
//	prod    3b2a19080706   # since the move to Postgres
//
// A line is an environment, "default" for the one without a name, and the lineage of its state. What follows a # is a comment.
package lineage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/state"
)

// File is the name of the file.
const File = "playctl.lineage"

const preface = "# The state that belongs to this playbook, one line an environment. Commit this file.\n"

// Read gives the lineage of an environment's state, and whether the file in dir names one; without the file it doesn't. What is wrong with
// the file is a [diag.Problem], also where it is about another environment.
func Read(dir, environment string) (id string, ok bool, err error) {
	name, err := nameOf(environment)
	if err != nil {
		return "", false, err
	}
	lines, err := load(filepath.Join(dir, File))
	if err != nil {
		return "", false, err
	}
	for _, l := range lines {
		if l.environment == name {
			return l.id, true, nil
		}
	}
	return "", false, nil
}

// Write names the lineage of an environment's state in the file in dir: in the environment's line, or in a new last one. Every other line
// and all comments stay as they are. A file that Read refuses is left alone, with Read's error, and so is one that has it for another
// environment, as [Check] says.
func Write(dir, environment, id string) error {
	lines, name, err := check(dir, environment, id)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, File)
	if err := maybe.WriteFile(path, []byte(render(set(lines, name, id))), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// Check gives the error that [Write] would have, but for a file that can't be written: two environments never have one state, since the plays of
// each would end the members of the other.
func Check(dir, environment, id string) error {
	_, _, err := check(dir, environment, id)
	return err
}

func check(dir, environment, id string) (lines []line, name string, err error) {
	if name, err = nameOf(environment); err != nil {
		return nil, "", err
	}
	if !plain(id) {
		return nil, "", fmt.Errorf("writing %s: %q is no lineage", File, id)
	}
	if lines, err = load(filepath.Join(dir, File)); err != nil {
		return nil, "", err
	}
	for _, l := range lines {
		if l.id == id && l.environment != name {
			return nil, "", fmt.Errorf("writing %s: the state %s is that of environment %q, and can't be that of %q as well", File, id, l.environment, name)
		}
	}
	return lines, name, nil
}

// line is one line of the file. Without an environment it is empty or a comment.
type line struct {
	text        string // as it stands, with its line break
	environment string
	id          string
}

// load reads and checks every line; a file that isn't there has none.
func load(path string) ([]line, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the lineage: %w", err)
	}
	var lines []line
	first := map[string]int{} // the line in which an environment stands
	for raw := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		l, problem := parse(raw)
		number := len(lines) + 1
		if before := first[l.environment]; before != 0 && l.environment != "" {
			problem = &diag.Problem{Message: fmt.Sprintf("environment %q stands here again, first in line %d", l.environment, before),
				Hint: "keep the line whose lineage is that of the state in use"}
		}
		if problem != nil {
			problem.At, problem.Line = diag.Position{File: path, Line: number}, strings.TrimRight(raw, "\r\n")
			return nil, *problem
		}
		first[l.environment] = number
		lines = append(lines, l)
	}
	return lines, nil
}

// parse reads one line.
func parse(raw string) (line, *diag.Problem) {
	content, _, _ := strings.Cut(raw, "#")
	fields := strings.Fields(content)
	switch {
	case len(fields) == 0:
		return line{text: raw}, nil
	case strings.HasPrefix(raw, "<<<<<<<"), strings.HasPrefix(raw, "======="), strings.HasPrefix(raw, ">>>>>>>"):
		return line{}, &diag.Problem{Message: "a merge of Git was left unfinished here",
			Hint: "two branches created a state each: keep the line of the one in use, and nothing of what Git wrote"}
	case len(fields) != 2:
		return line{}, &diag.Problem{Message: fmt.Sprintf("a line is an environment and a lineage, and this has %d words", len(fields)),
			Hint: "restore the file from Git"}
	}
	return line{text: raw, environment: fields[0], id: fields[1]}, nil
}

// set gives the lines with that of an environment changed or added.
func set(lines []line, name, id string) []line {
	if len(lines) == 0 {
		lines = []line{{text: preface}}
	}
	for i, l := range lines {
		if l.environment == name {
			lines[i].text = replaceID(l, id)
			return lines
		}
	}
	if last := &lines[len(lines)-1]; !strings.HasSuffix(last.text, "\n") {
		last.text += "\n"
	}
	return append(lines, line{text: name + " " + id + "\n"})
}

// replaceID changes the lineage in a line, and nothing else in it.
func replaceID(l line, id string) string {
	at := strings.Index(l.text, l.environment) + len(l.environment)
	return l.text[:at] + strings.Replace(l.text[at:], l.id, id, 1)
}

func render(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
	}
	return b.String()
}

// nameOf gives the name of an environment in the file.
func nameOf(environment string) (string, error) {
	switch {
	case environment == "":
		return state.UnnamedEnvironment, nil
	case environment == state.UnnamedEnvironment:
		return "", fmt.Errorf("an environment can't be named %q: in %s that is the one without a name", environment, File)
	case !plain(environment):
		return "", fmt.Errorf("environment %q can't stand in %s: it must be one word without #", environment, File)
	}
	return environment, nil
}

// plain reports whether a text is one word of a line.
func plain(s string) bool {
	return len(strings.Fields(s)) == 1 && strings.Fields(s)[0] == s && !strings.Contains(s, "#")
}
