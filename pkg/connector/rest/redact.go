package rest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// What is hidden at the least: what is shorter would take words out of texts, and tells little.
const (
	shortestSecret = 4
	shortestPart   = 6 // of an address that is a secret as a whole
)

// secrets are texts that must not be said.
type secrets struct {
	mu   sync.Mutex
	list []string // the longest first, so that none is cut by a part of it
}

// hide has a text taken out of everything that is said, in the spellings that it has in addresses, in JSON and in headers. Of an address, parts tell
// as much as the whole: a server that refuses one may say the path of it.
func (s *secrets) hide(text string) {
	if len(text) < shortestSecret {
		return
	}
	texts := spellings(text)
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		for _, part := range partsOf(u) {
			if len(part) >= shortestPart {
				texts = append(texts, spellings(part)...)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range texts {
		if !slices.Contains(s.list, t) {
			s.list = append(s.list, t)
		}
	}
	slices.SortStableFunc(s.list, func(a, b string) int { return len(b) - len(a) })
}

// hidePassword hides a user and a password as they go together in a header.
func (s *secrets) hidePassword(user, password string) {
	s.hide(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))
}

// partsOf gives what of a secret address is secret in itself: the path, its longer segments, the query and its values, a password.
func partsOf(u *url.URL) []string {
	parts := []string{u.RawQuery}
	if path := strings.Trim(u.Path, "/"); strings.Contains(path, "/") {
		parts = append(parts, path)
	}
	for _, segment := range strings.Split(u.Path, "/") {
		if len(segment) >= 2*shortestPart { // a shorter one is a word like "services"
			parts = append(parts, segment)
		}
	}
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		parts = append(parts, password)
	}
	return parts
}

// spellings gives a text as it may be met.
func spellings(text string) []string {
	out := []string{text, url.QueryEscape(text), url.PathEscape(text), strings.ReplaceAll(text, "/", `\/`)}
	if quoted, err := json.Marshal(text); err == nil {
		out = append(out, string(quoted[1:len(quoted)-1]))
	}
	return out
}

// redact takes secrets out of a text.
func (s *secrets) redact(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.list {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	return text
}

// longestReason is how many characters of what a vendor says are told.
const longestReason = 400

// reason makes one of what a vendor said: on one line, without secrets, and not too long.
func (s *secrets) reason(text string) string {
	return shortened(strings.Join(strings.Fields(s.redact(text)), " "), longestReason)
}

// shortened cuts a text behind so many characters.
func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// quiet takes secrets out of an error's text.
func (s *secrets) quiet(err error) error {
	text := err.Error()
	if redacted := s.redact(text); redacted != text {
		return &quietError{redacted, err}
	}
	return err
}

type quietError struct {
	text string
	err  error
}

// Error gives the text without secrets.
func (e *quietError) Error() string { return e.text }

// Unwrap gives the error.
func (e *quietError) Unwrap() error { return e.err }
