package observe_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
)

// part has every method, and of the powers only some.
type part struct {
	*memory.System
	lacks any
}

func (p part) Has(power any) bool { return power != p.lacks }

// TestRead_whatAPartialConnectorLacks holds that a power which a connector says it lacks is one that it has not, and that nobody asks who is in
// collections of a kind that is write-only.
func TestRead_whatAPartialConnectorLacks(t *testing.T) {
	m, sealed := full(), full()
	sealed.Spec = connector.Spec{Collections: []connector.CollectionKind{{Name: "list", WriteOnly: true}}}
	wants := []journey.Want{want(connector.Add, "desk", named("Nurture 1"), "z")}
	for name, c := range map[string]struct {
		open  connector.Connector
		blind bool
	}{
		"whole":      {part{System: m}, false},
		"no members": {part{m, (*connector.MemberReader)(nil)}, true},
		"no fields":  {part{m, (*connector.FieldReader)(nil)}, false},
		"write only": {sealed, true},
	} {
		f, err := observe.Read(t.Context(), wants, nil, observe.Connectors{"desk": c.open})
		if err != nil {
			t.Fatal(err)
		}
		at := connector.Place{Connector: "desk", Collection: named("Nurture 1")}
		if f.Blind[at] != c.blind || (f.Members[at] == nil) != c.blind || len(f.Failed) > 0 {
			t.Errorf("%s: blind %v, members %v, failed %v", name, f.Blind[at], f.Members[at], f.Failed)
		}
	}
}
