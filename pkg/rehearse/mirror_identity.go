package rehearse

import (
	"context"

	"github.com/playctl/playctl/pkg/connector"
)

// identityPart is what the real system was asked by an identity.
type identityPart struct{ kind, identity string }

// Has reports whether the mirror has a power, of those that it has only if the real system does.
func (x *mirror) Has(power any) bool {
	if _, resolves := power.(*connector.Resolver); resolves {
		_, has := connector.As[connector.Resolver](x.real)
		return has
	}
	return true
}

// Resolve gives what identities are at the real system, which is asked about each once.
func (x *mirror) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var fresh []string
	for _, identity := range identities {
		if !x.known[identityPart{kind, identity}] {
			fresh = append(fresh, identity)
		}
	}
	if err := x.resolve(ctx, kind, fresh); err != nil {
		return nil, err
	}
	found := make(map[string]connector.Identified, len(identities))
	for _, identity := range identities {
		if of, there := x.identities[identityPart{kind, identity}]; there {
			found[identity] = of
		}
	}
	return found, nil
}

// resolve asks the real system.
func (x *mirror) resolve(ctx context.Context, kind string, identities []string) error {
	real, ok := connector.As[connector.Resolver](x.real)
	if !ok || len(identities) == 0 {
		return nil
	}
	found, err := real.Resolve(ctx, kind, identities)
	if err != nil {
		return err
	}
	for _, identity := range identities {
		part := identityPart{kind, identity}
		x.known[part] = true
		if of, there := found[identity]; there {
			x.identities[part] = of
		}
	}
	return nil
}

// Has reports whether the mirror has a power.
func (b *blindMirror) Has(power any) bool { return b.mirror.Has(power) }

// Resolve gives what identities are at the real system.
func (b *blindMirror) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	return b.mirror.Resolve(ctx, kind, identities)
}
