package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// formerStore opens the place where the state was.
func (a *app) formerStore(ctx context.Context, w *flow.World, p *flow.Program, o migration) (state.Store, error) {
	b, err := a.formerBackend(o)
	if err != nil {
		return nil, err
	}
	if problems := flow.CheckBackend(w, b); problems.Errors() > 0 {
		return nil, problems.Err()
	}
	return flow.OpenState(ctx, w, b, p.Book.Environment)
}

// formerBackend reads what the options say of where the state was: the name of a backend with its settings, or a file.
func (a *app) formerBackend(o migration) (*playbook.Backend, error) {
	name, text := "--from", []byte("backend: "+quoted(o.from)+"\n")
	if ext := filepath.Ext(o.from); ext == ".yaml" || ext == ".yml" {
		if len(o.settings) > 0 {
			return nil, fail(exitError, "write them into the file", "--from-setting does not go with a file")
		}
		var err error
		if text, err = os.ReadFile(a.path(o.from)); err != nil {
			return nil, fail(exitError, "", "--from: %s", err)
		}
		name = o.from
	}
	for _, s := range o.settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return nil, fail(exitError, "write --from-setting bucket=plays", "--from-setting %q has no value", s)
		}
		text = append(text, quoted(key)+": "+settingText(value)+"\n"...)
	}
	file, problems := document.Parse(name, text)
	if problems.Errors() > 0 {
		return nil, problems
	}
	return backendIn(file.Root()), nil
}

// settingText writes a setting's value in YAML: a map or a list as it stands, and anything else as the text that it is.
func settingText(value string) string {
	if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
		return value
	}
	return quoted(value)
}

// quoted writes a text in YAML, which has JSON's texts in it.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // there is no text that JSON can't say
	}
	return string(out)
}

// backendIn reads a state: section, or a document that is one. A playbook that has none keeps its state beside it.
func backendIn(root document.Node) *playbook.Backend {
	b := &playbook.Backend{Name: "local", At: root, Settings: map[string]document.Node{}}
	if section := root.Get("state"); section.Exists() {
		root, b.At = section, section
	} else if !root.Get("backend").Exists() {
		return b
	}
	for _, f := range root.Fields() {
		if f.Key.Text() == "backend" {
			b.Name, b.At = f.Value.Text(), f.Value
		} else {
			b.Settings[f.Key.Text()] = f.Value
		}
	}
	return b
}
