package state

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// Settings reads what a playbook says of a place, by the names of a driver's settings, and keeps the first error.
type Settings struct {
	values map[string]any
	err    error
}

// Reader gives a reader of the settings.
func (o Options) Reader() *Settings { return &Settings{values: o.Settings} }

// Err is the first error that there was: it says which setting is wrong, and no secret.
func (s *Settings) Err() error { return s.err }

// Fail notes that a setting is not what it should be.
func (s *Settings) Fail(name, expected string) {
	if s.err == nil {
		s.err = fmt.Errorf("%s: expected %s", name, expected)
	}
}

// Text gives a text, "" where nothing is said.
func (s *Settings) Text(name string) string {
	text, ok := s.values[name].(string)
	if !ok && s.values[name] != nil {
		s.Fail(name, "text")
	}
	return text
}

// Truth gives true or false, which a variable of the environment says as text.
func (s *Settings) Truth(name string) (value, given bool) {
	switch v := s.values[name].(type) {
	case nil:
		return false, false
	case bool:
		return v, true
	case string:
		if v == "true" || v == "false" {
			return v == "true", true
		}
	}
	s.Fail(name, "true or false")
	return false, false
}

// Duration gives a time within limits, such as 60s; expected says them.
func (s *Settings) Duration(name string, least, most time.Duration, expected string) (value time.Duration, given bool) {
	text := s.Text(name)
	if text == "" {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		s.Fail(name, expected)
	}
	return d, true
}

// Texts gives texts by their names.
func (s *Settings) Texts(name string) map[string]string {
	given, ok := s.values[name].(map[string]any)
	if !ok && s.values[name] != nil {
		s.Fail(name, "{NAME: value}")
	}
	out := map[string]string{}
	for key, value := range given {
		text, ok := value.(string)
		if !ok {
			s.Fail(name, "text as the value of "+key)
		}
		out[key] = text
	}
	return out
}

// Place gives the name of the environment where states of several lie side by side. One that would lead elsewhere is an error.
func (o Options) Place() (string, error) {
	if o.Environment == "" {
		return UnnamedEnvironment, nil
	}
	return o.Environment, CheckEnvironment(o.Environment)
}

// CheckEnvironment refuses a name that is no name of a file or folder.
func CheckEnvironment(name string) error {
	if name != "" && (strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) || name == ".") {
		return fmt.Errorf("environment %q is not a plain name", name)
	}
	return nil
}

// OnThisMachine reports whether a host, with or without a port, is this machine: what goes there passes nobody.
func OnThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
