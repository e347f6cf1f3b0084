package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Encryption resolves the setting encrypt: of the place where a state is kept; nil where there is none. Saved plans are encrypted as it says.
func Encryption(ctx context.Context, w *World, b *playbook.Backend) (any, error) {
	node, set := b.Settings["encrypt"]
	if !set {
		return nil, nil
	}
	settings, problems := w.secrets().Settings(ctx, "state", map[string]document.Node{"encrypt": node})
	if problems.Errors() > 0 {
		return nil, problems.Err()
	}
	return settings["encrypt"], nil
}
