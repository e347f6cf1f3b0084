package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/renameio/v2/maybe"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
)

// savePlan writes the approval, if that was asked for.
func (a *app) savePlan(o planOptions, p *flow.Program, planned *flow.Planned, salt string) error {
	if !o.save {
		return nil
	}
	var text bytes.Buffer
	plain := a.printer(p, planned.Plan.At, limits{})
	plain.Color, plain.NoValues = false, true
	if err := plain.Plan(&text, a.view(p, planned)); err != nil {
		return err
	}
	limited, err := o.options(p, planned.State)
	if err != nil {
		return err
	}
	saved := plan.Save(planned.Plan, a.NewID(), salt, text.String(), limited.Target, limited.Exclude, limited.Only, limited.Allowed)
	data, err := json.MarshalIndent(saved, "", "  ")
	if err == nil {
		err = maybe.WriteFile(a.path(o.out), append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	a.say("Saved the plan in %s, good until %s; apply it with: %s", o.out, saved.Expires.UTC().Format("2006-01-02 15:04 UTC"), a.invocation("apply", o.out))
	return nil
}

// readSaved reads a saved plan.
func (a *app) readSaved(name string) (*plan.Saved, error) {
	again := "make a new plan: " + a.invocation("plan", "--out", name)
	data, err := os.ReadFile(a.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(exitError, again, "there is no saved plan %s", a.path(name))
	case err != nil:
		return nil, fail(exitError, again, "reading the saved plan: %s", err)
	}
	saved, err := plan.ParseSaved(data)
	if err != nil {
		return nil, fail(exitError, again, "%s: %s", name, err)
	}
	return saved, nil
}
