package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/playctl/playctl/pkg/connector"
)

// letterbox gives a driver for a system that takes messages and drops none: whoever sends twice is seen to. It can be asked by key where its
// retry class says so, and else only people can look into it.
func letterbox(name string, retry connector.Retry) connector.Driver {
	spec := connector.Spec{AnyAction: true, AnyRetry: retry}
	return connector.Driver{
		Name: name, Title: "a box for messages", Spec: spec,
		Settings: []connector.Setting{{Name: "dir", Help: "its folder", Required: true}, {Name: "token", Help: "what it asks for", Secret: true}},
		Open: func(o connector.Options) (connector.Connector, error) {
			dir, ok := o.Settings["dir"].(string)
			if !ok {
				return nil, errors.New("opening a letterbox: dir is no text")
			}
			token, _ := o.Settings["token"].(string)
			b := &box{dir: filepath.Join(o.Dir, dir), spec: spec, token: token}
			if retry == connector.Lookup {
				return lookable{b}, nil
			}
			return b, nil
		},
	}
}

// box is a folder with a file for each action, a line for each message. CRASH_LETTERBOX makes one that has a token tell it: "fails" and "panics"
// with it, or "refuses" with it and with whom the letter is for.
type box struct {
	dir, token string
	spec       connector.Spec
}

// tell gives away what is nobody's business, if that is asked for.
func (b *box) tell(to string) (reason string, err error) {
	if b.token == "" {
		return "", nil
	}
	to += " (ann@people.example)"
	switch os.Getenv("CRASH_LETTERBOX") {
	case "fails":
		return "", fmt.Errorf("posting to https://user:%s@post.example/?token=%s for %s: status 500", b.token, b.token, to)
	case "refuses":
		return fmt.Sprintf("%s is unknown to %s", to, b.token), nil
	case "panics":
		panic("no way to handle " + b.token + " for " + to)
	}
	return "", nil
}

type lookable struct{ *box }

// letter is a line of a box.
type letter struct {
	Key string `json:"key"`
	ID  string `json:"id"`
}

func (b *box) Describe() connector.Spec    { return b.spec }
func (b *box) Check(context.Context) error { return nil }
func (b *box) path(action string) string   { return filepath.Join(b.dir, action+".jsonl") }

// Write puts every message in.
func (b *box) Write(_ context.Context, batch connector.Batch) (outcomes []connector.Outcome, err error) {
	if batch.Verb != connector.Send {
		return nil, &connector.NotBegunError{Err: fmt.Errorf("writing to a letterbox: it takes no %s", batch.Verb)}
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	f, err := os.OpenFile(b.path(batch.Target.Kind), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, item := range batch.Items {
		reason, err := b.tell(item.ID)
		if err != nil {
			return outcomes, err
		}
		if reason != "" {
			outcomes = append(outcomes, connector.Outcome{Status: connector.Rejected, Reason: reason})
			continue
		}
		line, err := json.Marshal(letter{item.Key, item.ID})
		if err != nil {
			return outcomes, err
		}
		if _, err := f.Write(append(line, '\n')); err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, connector.Outcome{Status: connector.Done, Receipt: "letter " + item.Key})
	}
	return outcomes, f.Sync()
}

// Lookup looks for letters by their keys.
func (b lookable) Lookup(_ context.Context, action string, keys []string) (map[string]string, error) {
	letters, err := lettersIn(b.path(action))
	if _, failing := b.tell("everybody@people.example"); err != nil || failing != nil {
		return nil, errors.Join(err, failing)
	}
	there := map[string]bool{}
	for _, l := range letters {
		there[l.Key] = true
	}
	found := map[string]string{}
	for _, key := range keys {
		if there[key] {
			found[key] = "letter " + key
		}
	}
	return found, nil
}

// lettersIn gives the whole lines of a box's file, none if there is no file.
func lettersIn(path string) (out []letter, err error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		var l letter
		if json.Unmarshal(line, &l) == nil && l.Key != "" {
			out = append(out, l)
		}
	}
	return out, nil
}
