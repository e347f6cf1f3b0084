package secret

import (
	"encoding/base64"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redacted stands for a secret in text.
const Redacted = "•••"

// shortest is how long a secret must be to be taken out: a shorter one is part of every other word.
const shortest = 4

// Redactor takes secrets out of text that others wrote: a system's error may name the URL, the header or the statement that it got. It may be
// used by several goroutines at once; nil takes nothing out.
type Redactor struct {
	mu    sync.RWMutex
	known map[string]bool
	words *strings.Replacer

	private private // values of sensitive fields
}

// Add makes a value known as a secret, and every text in a list or a mapping. Of a URL it is the password too.
func (r *Redactor) Add(value any) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(value)
	r.words = r.replacer()
}

func (r *Redactor) add(value any) {
	switch v := value.(type) {
	case string:
		r.addText(strings.TrimSpace(v))
	case []any:
		for _, item := range v {
			r.add(item)
		}
	case map[string]any:
		for _, item := range v {
			r.add(item)
		}
	}
}

// addText adds a text as it stands and as it stands in URLs, headers and quotes; of several lines, such as a key's, each.
func (r *Redactor) addText(text string) {
	if r.known == nil {
		r.known = map[string]bool{}
	}
	if len(text) < shortest || r.known[text] {
		return
	}
	r.known[text] = true
	for _, form := range []string{url.QueryEscape(text), url.PathEscape(text), base64.StdEncoding.EncodeToString([]byte(text))} {
		r.known[form] = true
	}
	if u, err := url.Parse(text); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			r.addText(password)
			r.addText(u.User.String())
		}
	}
	if found := keyword.FindStringSubmatch(text); found != nil {
		r.addText(found[1])
	}
	if lines := strings.Split(text, "\n"); len(lines) > 1 {
		for _, line := range lines {
			r.addText(strings.TrimSpace(line))
		}
	}
}

// keyword is the password in a data source name of Postgres.
var keyword = regexp.MustCompile(`(?:^|\s)password\s*=\s*'?([^'\s]+)`)

// replacer looks for longer secrets first, since one may be part of another.
func (r *Redactor) replacer() *strings.Replacer {
	var pairs []string
	for _, text := range slices.SortedFunc(maps.Keys(r.known), func(a, b string) int { return len(b) - len(a) }) {
		pairs = append(pairs, text, Redacted)
	}
	return strings.NewReplacer(pairs...)
}

// Text takes the secrets out of a text.
func (r *Redactor) Text(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.words != nil {
		text = r.words.Replace(text)
	}
	return r.private.text(text)
}

// address is what looks like an e-mail address.
var address = regexp.MustCompile(`[^\s<>"'()\[\]{},;:=|/\\@]+@[^\s<>"'()\[\]{},;:=|/\\@]+\.[\p{L}]{2,}`)

// Reason takes secrets and e-mail addresses out of what a system says of a record, before it is kept.
func (r *Redactor) Reason(text string) string {
	return address.ReplaceAllString(r.Text(text), "…@…")
}

// Error gives an error that says what err says, without the secrets, and is what err is.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if text := r.Text(err.Error()); text != err.Error() {
		return &redactedError{err, text}
	}
	return err
}

type redactedError struct {
	error
	text string
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Unwrap() error { return e.error }
