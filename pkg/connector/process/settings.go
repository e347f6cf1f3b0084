package process

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// settings are what is said beside `uses: process`.
type settings struct {
	command []string
	env     []string // NAME=value, sorted
	timeout time.Duration
	rest    map[string]any // what the plug-in is told
}

func readSettings(given map[string]any) (settings, error) {
	s := settings{timeout: defaultTimeout, rest: map[string]any{}}
	var err error
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch value := given[name]; name {
		case "command":
			s.command, err = readCommand(value)
		case "env":
			s.env, err = readEnv(value)
		case "timeout":
			s.timeout, err = readTimeout(value)
		default:
			s.rest[name] = value
		}
		if err != nil {
			return s, fmt.Errorf("the setting %q %w", name, err)
		}
	}
	if len(s.command) == 0 {
		return s, errors.New(`the setting "command" is missing`)
	}
	return s, nil
}

func readCommand(value any) ([]string, error) {
	words, ok := value.([]any)
	if !ok || len(words) == 0 || connector.Text(words[0]) == "" {
		return nil, errors.New("must be a list: the program and its arguments")
	}
	command := make([]string, len(words))
	for i, w := range words {
		command[i] = connector.Text(w)
		if strings.ContainsRune(command[i], 0) {
			return nil, errors.New("has a zero byte")
		}
	}
	return command, nil
}

func readEnv(value any) ([]string, error) {
	given, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("must be names and values")
	}
	var env []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		text := connector.Text(given[name])
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(text, 0) {
			return nil, fmt.Errorf("has a name or a value that no environment can have: %q", name)
		}
		env = append(env, name+"="+text)
	}
	return env, nil
}

func readTimeout(value any) (time.Duration, error) {
	text, _ := value.(string)
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New("must be a time above zero, such as 30s or 5m")
	}
	return d, nil
}
