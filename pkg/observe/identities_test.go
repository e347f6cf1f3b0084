package observe_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
)

// identities gives those by which desk is asked for a kind.
func identities(kind string, ids ...string) []journey.Identity {
	var out []journey.Identity
	for _, id := range ids {
		out = append(out, journey.Identity{Connector: "desk", Kind: kind, ID: id})
	}
	return out
}

func directory() *memory.Directory {
	d := memory.NewDirectory(&memory.System{})
	d.Know("ann@x", "1")
	d.Know("info@x", "2")
	d.Know("info@x", "3")
	return d
}

func TestIdentities_areAskedForOnce(t *testing.T) {
	d := directory()
	i := observe.NewIdentities(observe.Connectors{"desk": d, "other": &memory.System{}})
	if diff := cmp.Diff(map[string]bool{"desk": true}, i.Resolvers()); diff != "" {
		t.Error(diff)
	}
	other := journey.Identity{Connector: "other", Kind: "list", ID: "ann@x"}
	for _, list := range [][]journey.Identity{append(identities("list", "info@x", "ann@x", "ann@x"), other), identities("list", "bob@x", "ann@x"), nil} {
		if err := i.Ask(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]memory.Asked{{Kind: "list", Identities: []string{"ann@x", "info@x"}}, {Kind: "list", Identities: []string{"bob@x"}}}, d.Asked()); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if id, ok := i.ID(identities("list", "ann@x")[0]); id != "1" || !ok {
		t.Errorf("ann is %q %v", id, ok)
	}
	want := map[journey.Identity]string{identities("list", "bob@x")[0]: "", identities("list", "info@x")[0]: "several records have this address"}
	if diff := cmp.Diff(want, i.NotKnown()); diff != "" {
		t.Errorf("not known (-want +got):\n%s", diff)
	}
	if got := observe.NewIdentities(observe.Connectors{"other": &memory.System{}}).Resolvers(); got != nil {
		t.Errorf("nobody resolves, and %v is asked", got)
	}
}

// answers is a resolver that answers each kind in its own way.
type answers struct {
	connector.Connector
	asked []string
}

func (a *answers) Resolve(_ context.Context, kind string, ids []string) (map[string]connector.Identified, error) {
	a.asked = append(a.asked, kind)
	if kind == "list" {
		return nil, errors.New("status 503")
	}
	return map[string]connector.Identified{ids[0]: {}, "nobody@x": {ID: "9"}}, nil // as none should
}

// TestIdentities_aKindThatFailsIsNotAskedAgain holds that the wants of a kind that could not be looked up are not read, and that the others are.
func TestIdentities_aKindThatFailsIsNotAskedAgain(t *testing.T) {
	a := &answers{Connector: &memory.System{}}
	i := observe.NewIdentities(observe.Connectors{"desk": a})
	for _, list := range [][]journey.Identity{identities("list", "ann@x"), identities("list", "bob@x"), identities("message", "ann@x")} {
		if err := i.Ask(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"list", "message"}, a.asked); diff != "" {
		t.Error(diff)
	}
	if err := i.Failed("desk", "list"); err == nil || err.Error() != "looking up 1 records: status 503" {
		t.Errorf("it failed with %v", err)
	}
	if diff := cmp.Diff(map[journey.Identity]string{identities("message", "ann@x")[0]: ""}, i.NotKnown()); diff != "" {
		t.Error(diff)
	}
}

func TestIdentities_whatCouldNotBeLookedUpIsUnknown(t *testing.T) {
	d := directory()
	d.Put(connector.Collection{Kind: "list", Name: "A"}, "7")
	d.FailResolving(errors.New("status 503"))
	i := observe.NewIdentities(observe.Connectors{"desk": d, "other": d.System})
	if err := i.Ask(t.Context(), append(identities("list", "ann@x"), identities("message", "ann@x")...)); err != nil {
		t.Fatal(err)
	}
	list, message := connector.At("desk", "list", "A"), connector.At("desk", "message", "")
	of := func(verb connector.Verb, p connector.Place, id string) journey.Want {
		return journey.Want{Verb: verb, Connector: p.Connector, Target: p.Collection, ID: id}
	}
	f, err := i.Read(t.Context(), []journey.Want{of(connector.Add, list, "ann@x"), of(connector.Send, message, "ann@x"), of(connector.Cancel, connector.At("desk", "list", ""), "r"),
		of(connector.Add, connector.At("other", "list", "A"), "ann@x")}, nil)
	if err != nil || len(f.Failed) != 1 || f.Failed[list] == nil || len(f.Unresolved) != 1 || f.Unresolved[message] == nil {
		t.Errorf("failed: %v, unresolved: %v (%v)", f.Failed, f.Unresolved, err)
	}
	if members := f.Members[connector.At("other", "list", "A")]; len(members) != 1 || len(f.Members) != 1 {
		t.Errorf("read are %v", f.Members)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := i.Ask(ctx, identities("task", "ann@x")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}
