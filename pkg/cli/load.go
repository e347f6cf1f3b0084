package cli

import (
	"fmt"
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
	for _, problem := range problems {
		a.say("%s", strings.TrimRight(problem.Format(), "\n"))
	}
	return w, p, nil
}

// check reads and checks the playbook.
func (a *app) check() (*flow.World, *flow.Program, diag.List, error) {
	w, err := a.world()
	if err != nil {
		return nil, nil, nil, err
	}
	in, err := a.inputs()
	if err != nil {
		return nil, nil, nil, err
	}
	p, problems, err := flow.Validate(w, in)
	return w, p, problems, err
}

// inputs gathers variables: --var wins over --var-file, that over PLAYCTL_VAR_name.
func (a *app) inputs() (flow.Inputs, error) {
	in := flow.Inputs{Inputs: playbook.Inputs{Environment: a.env, Variables: map[string]playbook.Input{}}}
	for _, pair := range a.Environ {
		if key, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(key, "PLAYCTL_VAR_") {
			in.Variables[strings.TrimPrefix(key, "PLAYCTL_VAR_")] = playbook.Input{Text: value, From: key}
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
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.Dir, path)
	}
	file, problems, err := document.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading --var-file: %w", err)
	}
	if problems.Errors() > 0 {
		return problems
	}
	for _, f := range file.Root().Fields() {
		into[f.Key.Text()] = playbook.Input{Text: playbook.Text(f.Value.Value()), From: name}
	}
	return nil
}
