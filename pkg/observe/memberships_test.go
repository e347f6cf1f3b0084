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

func named(name string) connector.Collection { return connector.Collection{Kind: "list", Name: name} }

// lists is a system that can name its lists and say who is in one.
type lists struct {
	connector.Connector
	connector.MemberReader
	connector.Lister
	connector.Normalizer
}

// failing is lists of which one can't be read.
type failing struct {
	lists
	name string
}

func (f failing) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if c.Name == f.name {
		return nil, errors.New("out of order")
	}
	return f.lists.Members(ctx, c)
}

func full() *memory.System {
	m := &memory.System{}
	m.Put(named("Nurture 1"), "a", "b@x", "c")
	m.Put(named("Nurture 2"), "b@x")
	m.Put(named("Other"), "a")
	return m
}

func anywhere(connectorName, id string, patterns ...string) journey.Want {
	return journey.Want{Verb: connector.Remove, Connector: connectorName, Target: connector.Collection{Kind: "list"}, ID: id, Any: patterns}
}

var kind = connector.Place{Connector: "desk", Collection: connector.Collection{Kind: "list"}}

// TestRead_whereSomebodyIsIn asks one that can tell, and one that can only name its lists: of those it reads the ones that match.
func TestRead_whereSomebodyIsIn(t *testing.T) {
	m := full()
	wants := []journey.Want{anywhere("desk", "B@x", "Nurture *"), anywhere("desk", "a", "Nurture *"), anywhere("desk", "z", "None")}
	for name, c := range map[string]struct {
		open connector.Connector
		want map[string][]string
		read int
	}{
		"memberships": {m, map[string][]string{"a": {"Nurture 1", "Other"}, "b@x": {"Nurture 1", "Nurture 2"}}, 0},
		"lists":       {lists{m, m, m, m}, map[string][]string{"a": {"Nurture 1"}, "b@x": {"Nurture 1", "Nurture 2"}}, 2},
	} {
		f, err := observe.Read(t.Context(), wants, nil, observe.Connectors{"desk": c.open})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, f.Memberships[kind]); d != "" || len(f.Members) != c.read || len(f.Failed)+len(f.Blind) > 0 {
			t.Errorf("%s: %s; %d lists read, failed %v", name, d, len(f.Members), f.Failed)
		}
	}
}

func TestRead_whereItCantBeToldWhereSomebodyIs(t *testing.T) {
	m, down := full(), full()
	down.Down(errors.New("out of order"))
	wants := []journey.Want{anywhere("desk", "a", "Nurture *")}
	for name, c := range map[string]struct {
		open  observe.Connectors
		blind bool
		why   string
	}{
		"write only":     {observe.Connectors{"desk": m.WriteOnly()}, true, ""},
		"down":           {observe.Connectors{"desk": down}, false, "out of order"},
		"lists are down": {observe.Connectors{"desk": lists{down, down, down, down}}, false, "out of order"},
		"one list is":    {observe.Connectors{"desk": failing{lists{m, m, m, m}, "Nurture 2"}}, false, "out of order"},
		"another list":   {observe.Connectors{"desk": failing{lists{m, m, m, m}, "Other"}}, false, ""},
		"no connector":   {observe.Connectors{}, false, "connector desk is not in the playbook"},
	} {
		f, err := observe.Read(t.Context(), wants, nil, c.open)
		if err != nil {
			t.Fatal(err)
		}
		why := ""
		if err := f.Failed[kind]; err != nil {
			why = err.Error()
		}
		if known := f.Memberships[kind] != nil; f.Blind[kind] != c.blind || why != c.why || known == (c.blind || c.why != "") {
			t.Errorf("%s: blind %v, failed %q, known %v", name, f.Blind[kind], why, known)
		}
	}
}

// TestRead_fieldsOfMemberships reads them and who is in; that they can't be read says nothing of who is in.
func TestRead_fieldsOfMemberships(t *testing.T) {
	m := full()
	b := connector.Batch{Verb: connector.Set, Target: named("Nurture 1"), Items: []connector.Item{{ID: "b@x", Fields: map[string]any{"status": "new", "other": "x"}}}}
	if _, err := m.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	wants := []journey.Want{want(connector.Set, "desk", named("Nurture 1"), "B@x", "status"), want(connector.Set, "desk", named("Nurture 1"), "z", "status"),
		want(connector.Set, "desk", named("none"), "a", "status")}
	f, err := observe.Read(t.Context(), wants, nil, observe.Connectors{"desk": m})
	if err != nil {
		t.Fatal(err)
	}
	at, none := connector.Place{Connector: "desk", Collection: named("Nurture 1")}, connector.Place{Connector: "desk", Collection: named("none")}
	if d := cmp.Diff(map[string]map[string]string{"b@x": {"status": "new"}}, f.Fields[at]); d != "" || len(f.Members[at]) != 3 || f.Missing[none] == nil || len(f.Failed) > 0 {
		t.Errorf("%s; members %v, missing %v, failed %v", d, f.Members[at], f.Missing, f.Failed)
	}
	f, err = observe.Read(t.Context(), wants, nil, observe.Connectors{"desk": lists{m, m, m, m}})
	if err != nil || f.Fields[at] != nil || len(f.Members[at]) != 3 || len(f.Blind) > 0 {
		t.Errorf("fields %v, members %v, blind %v, %v", f.Fields, f.Members, f.Blind, err)
	}
}
