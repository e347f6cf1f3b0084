package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state/seal"
)

// planKey is the environment's variable of the key that saved plans are signed with.
const planKey = "PLAYCTL_PLAN_KEY"

// longestGood is how long at most a saved plan may be applied: an approval that is older says little.
const longestGood = 7 * 24 * time.Hour

// savePlan writes the approval, if that was asked for: signed where there is a key, encrypted where the state is.
func (a *app) savePlan(ctx context.Context, o planOptions, w *flow.World, p *flow.Program, planned *flow.Planned, salt string) error {
	if !o.save {
		return nil
	}
	var text bytes.Buffer
	plain := a.printer(p, planned.Plan.At, limits{})
	plain.Color, plain.NoValues, plain.Commands, plain.Width = false, true, nil, 0 // it is read elsewhere
	if err := plain.Plan(&text, a.view(p, planned)); err != nil {
		return err
	}
	limited, err := o.options(p, planned.State)
	if err != nil {
		return err
	}
	saved := plan.Save(planned.Plan, plan.SaveOptions{ID: a.NewID(), Salt: salt, Text: text.String(), Good: o.expires, Target: limited.Target, Exclude: limited.Exclude,
		Only: limited.Only, Limit: limited.Limit, Allowed: limited.Allowed})
	key, err := a.planKey()
	if err != nil {
		return err
	}
	if key != "" {
		saved.Sign(key)
	}
	if err := a.writeSaved(ctx, w, p, o.out, saved); err != nil {
		return err
	}
	a.say("Saved the plan in %s, %sgood until %s; apply it with: %s", o.out, signedWith(saved), saved.Expires.UTC().Format("2006-01-02 15:04 UTC"), a.invocation("apply", o.out))
	return nil
}

// signedWith tells the key of a signature.
func signedWith(s *plan.Saved) string {
	if s.Signature == "" {
		return ""
	}
	return "signed with key " + s.Key + ", "
}

// planKey gives the key that saved plans are signed with, "" if there is none.
func (a *app) planKey() (string, error) {
	key := a.getenv(planKey)
	if key != "" && len(key) < plan.LeastKey {
		return "", fail(exitError, "make one: openssl rand -hex 32", "%s is too short to be a key: it has %d characters, and %d are the least", planKey, len(key), plan.LeastKey)
	}
	return key, nil
}

// sealer gives what encrypts the playbook's state and saved plans; nil where they are not encrypted.
func (a *app) sealer(ctx context.Context, w *flow.World, p *flow.Program) (*seal.Sealer, error) {
	settings, err := flow.Encryption(ctx, w, &p.Book.State)
	if err != nil {
		return nil, err
	}
	return seal.FromSettings(settings)
}

// writeSaved writes a saved plan's file, whole or not at all, for its owner alone.
func (a *app) writeSaved(ctx context.Context, w *flow.World, p *flow.Program, name string, saved *plan.Saved) error {
	data, err := saved.Encode()
	if err != nil {
		return err
	}
	sealer, err := a.sealer(ctx, w, p)
	if err != nil {
		return err
	}
	if sealer != nil {
		if data, err = sealer.Seal(data); err != nil {
			return fmt.Errorf("saving the plan: %w", err)
		}
	}
	if err := maybe.WriteFile(a.path(name), data, 0o600); err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	return nil
}

// savedFile is a saved plan's file. Data is as it was written: it may be encrypted.
type savedFile struct {
	name string
	data []byte
}

// readFile reads a saved plan's file, without looking into it.
func (a *app) readFile(name string) (*savedFile, error) {
	again := "make a new plan: " + a.invocation("plan", "--out", name)
	data, err := os.ReadFile(a.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(exitError, again, "there is no saved plan %s", a.path(name))
	case err != nil:
		return nil, fail(exitError, again, "reading the saved plan: %s", err)
	}
	return &savedFile{name: name, data: data}, nil
}

// unseal decrypts a file that is encrypted, with the playbook's identity.
func (a *app) unseal(ctx context.Context, w *flow.World, p *flow.Program, f *savedFile) error {
	if !seal.Sealed(f.data) {
		return nil
	}
	sealer, err := a.sealer(ctx, w, p)
	if err == nil && sealer == nil {
		err = errors.New("it is encrypted, and the playbook says nothing of encryption (state: encrypt:)")
	}
	if err == nil {
		f.data, err = sealer.Open(f.data)
	}
	if err != nil {
		return fail(exitError, "", "%s: %s", f.name, err)
	}
	return nil
}

// parse reads the saved plan that a file holds, and checks that nobody changed it and that it is signed as it must be.
func (a *app) parse(f *savedFile) (*plan.Saved, error) {
	saved, err := plan.ParseSaved(f.data)
	if err != nil { // what is no plan is not written over
		return nil, fail(exitError, "make a new plan: "+a.invocation("plan", "--out", "FILE"), "%s: %s", f.name, err)
	}
	key, err := a.planKey()
	if err != nil {
		return nil, err
	}
	if err := saved.Verify(key); err != nil {
		return nil, fail(exitNotApproved, "make a new plan where "+planKey+" is set: "+a.invocation("plan", "--out", f.name), "%s: %s", f.name, err)
	}
	return saved, nil
}
