// Package secret resolves the settings of connectors and of the place where the state is kept: plain values, `${env.NAME}` inside text, {file: PATH} and {command: [NAME, ARG…]},
// also inside lists and mappings.
// What it resolves is never stored and never printed; its problems name the place and the source, never the value.
package secret

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Source is where secrets come from.
type Source struct {
	Dir    string                                                      // for relative files
	Getenv func(string) string                                         // the environment
	Exec   func(ctx context.Context, command []string) (string, error) // runs a command and gives its standard output
	// Redactor is told what came from a file, a command, or a variable that is called as secrets are; nil is told nothing.
	Redactor *Redactor
}

// hint is how a secret is written.
const hint = "secrets come from ${env.NAME}, {file: PATH} or {command: [NAME, ARGUMENT]}"

// Settings resolves every setting of something: "connector crm", "state".
func (s Source) Settings(ctx context.Context, of string, settings map[string]document.Node) (map[string]any, diag.List) {
	out := map[string]any{}
	var problems diag.List
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		n := settings[name]
		value, err := s.resolve(ctx, n.Value())
		if err != nil {
			p := n.Problem("%s: %s: %s", of, name, err)
			p.Hint = hint
			problems.Add(p)
			continue
		}
		out[name] = value
	}
	return out, problems
}

// resolve gives the value of one setting, or of a part of one.
func (s Source) resolve(ctx context.Context, value any) (any, error) {
	switch v := value.(type) {
	case string:
		return s.expand(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			var err error
			if out[i], err = s.resolve(ctx, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		return s.resolveMap(ctx, v)
	}
	return value, nil
}

// resolveMap reads {file: PATH} and {command: […]}, and resolves what is in other mappings.
func (s Source) resolveMap(ctx context.Context, v map[string]any) (any, error) {
	if from, ok := v["file"]; ok && len(v) == 1 {
		path, ok := from.(string)
		if !ok {
			return nil, errors.New("expected the path of a file")
		}
		return s.file(path)
	}
	if from, ok := v["command"]; ok && len(v) == 1 {
		command, ok := from.([]any)
		if !ok {
			return nil, errors.New("expected a list: the command and its arguments")
		}
		return s.command(ctx, command)
	}
	out := make(map[string]any, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		var err error
		if out[key], err = s.resolve(ctx, v[key]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

var reference = regexp.MustCompile(`\$?\$\{[^}]*\}?`)
var envReference = regexp.MustCompile(`^\$\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}$`)

// expand replaces ${env.NAME} in text; $${ stands for ${.
func (s Source) expand(text string) (string, error) {
	var unset, wrong []string
	out := reference.ReplaceAllStringFunc(text, func(m string) string {
		if literal, ok := strings.CutPrefix(m, "$$"); ok {
			return "$" + literal
		}
		name := envReference.FindStringSubmatch(m)
		if name == nil {
			wrong = append(wrong, m)
			return m
		}
		value := s.Getenv(name[1])
		if value == "" {
			unset = append(unset, name[1])
		}
		if called(name[1]) {
			s.Redactor.Add(value)
		}
		return value
	})
	switch {
	case len(wrong) > 0:
		return "", fmt.Errorf("only ${env.NAME} can be used in settings, found %s", strings.Join(wrong, ", "))
	case len(unset) == 1:
		return "", fmt.Errorf("the environment variable %s is not set", unset[0])
	case len(unset) > 1:
		return "", fmt.Errorf("the environment variables %s are not set", strings.Join(unset, ", "))
	}
	return out, nil
}

func (s Source) file(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.Dir, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the secret: %w", err)
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return "", fmt.Errorf("the file %s is empty", path)
	}
	s.Redactor.Add(value)
	return value, nil
}

func (s Source) command(ctx context.Context, words []any) (string, error) {
	command := make([]string, len(words))
	for i, w := range words {
		command[i] = playbook.Text(w)
	}
	if len(command) == 0 {
		return "", errors.New("the command is empty")
	}
	out, err := s.Exec(ctx, command)
	if err != nil {
		return "", fmt.Errorf("running %s: %w", command[0], err)
	}
	value := strings.TrimRight(out, "\r\n")
	if value == "" {
		return "", fmt.Errorf("%s printed nothing", command[0])
	}
	s.Redactor.Add(value)
	return value, nil
}
