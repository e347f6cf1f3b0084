package plan

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// settling reports whether what is held was put there so short a time ago that a system which lags may not show it yet: that it is not among the
// members that were read says nothing then.
func settling(h *state.Held, at time.Time, lag time.Duration) bool {
	return confirmed(h) && at.Sub(h.Since) < lag
}

// lagOf gives how long the members of a kind of collection may lag behind what was written.
func lagOf(spec connector.Spec, kind string) time.Duration {
	k, _ := spec.CollectionKind(kind)
	return k.Settle
}

// settling reports whether a holding may not be shown yet by its system.
func (b *builder) settling(h *state.Held) bool {
	return h != nil && settling(h, b.At, lagOf(b.specs[h.Connector], h.Kind))
}
