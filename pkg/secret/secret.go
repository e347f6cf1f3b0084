// Package secret resolves the settings of connectors: plain values, `${env.NAME}` inside text, {file: PATH} and {command: [NAME, ARG…]}.
// What it resolves is never stored and never printed; its problems name the place and the source, never the value.
package secret

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// Source is where secrets come from.
type Source struct {
	Dir    string                                                      // for relative files
	Getenv func(string) string                                         // the environment
	Exec   func(ctx context.Context, command []string) (string, error) // runs a command and gives its standard output
}

var envPattern = regexp.MustCompile(`\$\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}`)

// Settings resolves every setting of a connector.
func (s Source) Settings(ctx context.Context, c *playbook.Connector) (map[string]any, diag.List) {
	out := map[string]any{}
	var problems diag.List
	for _, name := range slices.Sorted(maps.Keys(c.Settings)) {
		n := c.Settings[name]
		value, err := s.resolve(ctx, n.Value())
		if err != nil {
			p := n.Problem("connector %s: %s: %s", c.Name, name, err)
			p.Hint = "secrets come from ${env.NAME}, {file: PATH} or {command: [NAME, ARGUMENT]}"
			problems.Add(p)
			continue
		}
		out[name] = value
	}
	return out, problems
}

// resolve gives the value of one setting.
func (s Source) resolve(ctx context.Context, value any) (any, error) {
	switch v := value.(type) {
	case string:
		return s.expand(v)
	case map[string]any:
		if len(v) != 1 {
			return v, nil
		}
		if path, ok := v["file"].(string); ok {
			return s.file(path)
		}
		if command, ok := v["command"].([]any); ok {
			return s.command(ctx, command)
		}
	}
	return value, nil
}

// expand replaces ${env.NAME} in text.
func (s Source) expand(text string) (string, error) {
	var unset []string
	out := envPattern.ReplaceAllStringFunc(text, func(m string) string {
		name := envPattern.FindStringSubmatch(m)[1]
		value := s.Getenv(name)
		if value == "" {
			unset = append(unset, name)
		}
		return value
	})
	if len(unset) > 0 {
		return "", fmt.Errorf("the environment variable %s is not set", strings.Join(unset, ", "))
	}
	if strings.Contains(out, "${") && out == text {
		return "", fmt.Errorf("only ${env.NAME} can be used in settings")
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
	return strings.TrimRight(string(data), "\r\n"), nil
}

func (s Source) command(ctx context.Context, words []any) (string, error) {
	command := make([]string, len(words))
	for i, w := range words {
		command[i] = playbook.Text(w)
	}
	if len(command) == 0 {
		return "", fmt.Errorf("the command is empty")
	}
	out, err := s.Exec(ctx, command)
	if err != nil {
		return "", fmt.Errorf("running %s: %w", command[0], err)
	}
	return strings.TrimRight(out, "\r\n"), nil
}
