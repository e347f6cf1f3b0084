package process

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// identified is what an identity is at the plug-in.
type identified struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// Resolve gives what identities are there.
func (p *plugin) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	found, err := ask[identified](ctx, p, "resolve", map[string]any{"kind": kind}, "identities", identities)
	if err != nil {
		return nil, plain(err)
	}
	out := make(map[string]connector.Identified, len(found))
	for identity, is := range found {
		if (is.ID == "") == (is.Why == "") {
			return nil, p.tell("resolve", fmt.Errorf("an identity has neither an id nor a reason, or both: %q and %q", is.ID, is.Why))
		}
		out[identity] = connector.Identified{ID: is.ID, Why: p.redact(is.Why)}
	}
	return out, nil
}

// spelling is an id of a kind as it was given.
type spelling struct{ kind, id string }

// spell finds out under which spelling ids are compared, many at a time: [plugin.Normalize] is asked for one at a time.
func (p *plugin) spell(ctx context.Context, kind string, ids []string) error {
	if d := p.description(); d == nil || !d.can("normalize") {
		return nil
	}
	p.mu.Lock()
	unknown := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, known := p.spellings[spelling{kind, id}]; return known })
	p.mu.Unlock()
	for part := range slices.Chunk(unknown, asked) {
		var answer struct {
			IDs []string `json:"ids"`
		}
		err := p.call(ctx, "normalize", map[string]any{"kind": kind, "ids": part}, &answer)
		if err != nil {
			return plain(err)
		}
		if len(answer.IDs) != len(part) {
			return p.tell("normalize", fmt.Errorf("it gives %d ids for %d", len(answer.IDs), len(part)))
		}
		p.mu.Lock()
		for i, id := range part {
			p.spellings[spelling{kind, id}] = answer.IDs[i]
		}
		p.mu.Unlock()
	}
	return nil
}

// Normalize gives the spelling under which an id is compared. That the plug-in could not be asked nobody can be told here: every write is refused then.
func (p *plugin) Normalize(kind, id string) string {
	if err := p.spell(context.Background(), kind, []string{id}); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.unspelt = err
		return id
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if one, ok := p.spellings[spelling{kind, id}]; ok {
		return one
	}
	return id
}
