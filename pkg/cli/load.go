package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
)

// load reads and checks the playbook. Any error in it ends the command with code 3; warnings are printed.
func (a *app) load() (*flow.World, *flow.Program, error) {
	w, p, problems, err := a.check()
	if err != nil {
		return nil, nil, err
	}
	if problems.Errors() > 0 {
		a.problems(problems)
		return nil, nil, silent(exitInvalid)
	}
	if len(problems) > 0 && !a.quiet {
		a.problems(problems)
	}
	return w, p, nil
}

// check reads and checks the playbook.
func (a *app) check() (*flow.World, *flow.Program, diag.List, error) {
	if err := a.findDir(); err != nil {
		return nil, nil, nil, err
	}
	w, err := a.world()
	if err != nil {
		return nil, nil, nil, err
	}
	in, err := a.inputs()
	if err != nil {
		return nil, nil, nil, err
	}
	p, problems, err := flow.Validate(w, in)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case len(p.Book.Files) == 0 && problems.Errors() == 0:
		return nil, nil, nil, fail(exitError, "-C names the playbook's folder; playctl init makes one", "no playbook here: no *.yaml in %s", a.dir)
	case empty(p.Book) && problems.Errors() == 0:
		return nil, nil, nil, fail(exitError, "-C names the playbook's folder; playctl init makes one", "no playbook here: the *.yaml in %s say nothing", a.dir)
	}
	a.detail("playbook %s: %s in %s", p.Book.Name, count(len(p.Book.Files), "file"), a.dir)
	return w, p, problems, nil
}

func empty(b *playbook.Book) bool {
	return b.Name == "" && len(b.Entities)+len(b.Segments)+len(b.Plays)+len(b.Connectors)+len(b.Variables) == 0
}

// findDir refuses a folder that is not there.
func (a *app) findDir() error {
	switch info, err := os.Stat(a.dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fail(exitError, "-C names the playbook's folder; playctl init makes one", "there is no folder %s", a.dir)
	case err != nil:
		return fmt.Errorf("looking for the playbook: %w", err)
	case !info.IsDir():
		return fail(exitError, "give its folder: -C "+shellWord(filepath.Dir(a.chdir)), "%s is a file: a playbook is a folder", a.dir)
	}
	return nil
}

// inputs gathers variables: --var wins over --var-file, that over PLAYCTL_VAR_name.
func (a *app) inputs() (flow.Inputs, error) {
	in := flow.Inputs{Inputs: playbook.Inputs{Environment: a.env, Variables: map[string]playbook.Input{}}}
	for _, pair := range a.Environ {
		key, value, _ := strings.Cut(pair, "=")
		if name, ok := strings.CutPrefix(key, "PLAYCTL_VAR_"); ok && name != "" && key != "PLAYCTL_VAR_FILE" { // that is --var-file
			in.Variables[name] = playbook.Input{Text: value, From: key}
		}
	}
	for _, name := range a.varFiles {
		if err := a.varFile(name, in.Variables); err != nil {
			return in, err
		}
	}
	for _, v := range a.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return in, fail(exitError, "write --var name=value", "--var %q has no value", v)
		}
		in.Variables[name] = playbook.Input{Text: value, From: "--var"}
	}
	return in, nil
}

func (a *app) varFile(name string, into map[string]playbook.Input) error {
	file, problems, err := document.ReadFile(a.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(exitError, "", "--var-file: there is no file %s", a.path(name))
	case err != nil:
		return fmt.Errorf("--var-file: %w", err)
	}
	if problems.Errors() > 0 {
		return problems
	}
	if kind := file.Root().Kind(); kind != document.Map && kind != document.Absent && kind != document.Null {
		problem := file.Root().Problem("--var-file: expected names and values, found %s", kind)
		problem.Hint = "write a line for each variable: name: value"
		return problem
	}
	for _, f := range file.Root().Fields() {
		into[f.Key.Text()] = playbook.Input{Text: playbook.Text(f.Value.Value()), From: name}
	}
	return nil
}
