package flow

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// OpenState resolves the settings of the place where a state is kept, and gives it. It makes no call to the outside but for secrets.
func OpenState(ctx context.Context, w *World, b *playbook.Backend, environment string) (state.Store, error) {
	secrets := w.secrets()
	settings, problems := secrets.Settings(ctx, "state", b.Settings)
	if problems.Errors() > 0 {
		return nil, problems.Err()
	}
	for _, d := range w.Backends {
		if d.Name != b.Name {
			continue
		}
		for _, known := range d.Settings {
			if known.Secret {
				w.Redactor.Add(settings[known.Name])
			}
		}
		store, err := d.Open(state.Options{Dir: w.Dir, Environment: environment, Settings: settings, Now: w.clock, Transport: w.Transport})
		if err != nil && b.At.Exists() {
			return nil, diag.List{b.At.Problem("state: %s", err)}
		}
		return store, err
	}
	return nil, fmt.Errorf("opening the state: there is no backend %q", b.Name)
}
