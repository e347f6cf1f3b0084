package observe_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/state"
)

var list = connector.Collection{Kind: "list", Name: "A"}

func send(m *memory.System, keys ...string) {
	for _, key := range keys {
		b := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{ID: "a", Key: key}}}
		if _, err := m.Write(context.Background(), b); err != nil {
			panic(err)
		}
	}
}

func effects(status state.EffectStatus, connector string, keys ...string) *state.Snapshot {
	s := &state.Snapshot{}
	for _, key := range keys {
		s.Effects = append(s.Effects, state.Effect{Key: key, Status: status, Connector: connector, Action: "message"})
	}
	return s
}

func TestDoubts_areLookedUp(t *testing.T) {
	m := &memory.System{}
	send(m, "k1")
	for _, status := range []state.EffectStatus{state.Intended, state.InDoubt} {
		found, warnings := observe.Doubts(t.Context(), effects(status, "desk", "k1", "k2"), observe.Connectors{"desk": m}, time.Time{})
		want := map[string]journey.Finding{"k1": {Happened: true, Receipt: "message-1"}, "k2": {}}
		if d := cmp.Diff(want, found); d != "" || len(warnings) > 0 {
			t.Errorf("%s: %s %q", status, d, warnings)
		}
	}
	for _, status := range []state.EffectStatus{state.Happened, state.Refused} {
		if found, _ := observe.Doubts(t.Context(), effects(status, "desk", "k1"), observe.Connectors{"desk": m}, time.Time{}); len(found) > 0 {
			t.Errorf("%s is no doubt, and was looked up: %v", status, found)
		}
	}
}

func TestDoubts_stayWhereNobodyCanTell(t *testing.T) {
	m, down, never := &memory.System{}, &memory.System{}, &memory.System{Spec: memory.Spec()}
	down.Down(errors.New("out of order"))
	never.Spec.AnyRetry = connector.Never
	open := observe.Connectors{"blind": m.WriteOnly(), "down": down, "never": never}
	for name, warnings := range map[string]int{"blind": 0, "down": 1, "never": 0, "gone": 0} {
		found, told := observe.Doubts(t.Context(), effects(state.InDoubt, name, "k1"), open, time.Time{})
		if len(found) > 0 || len(told) != warnings {
			t.Errorf("%s: %v %q", name, found, told)
		}
	}
}

func want(verb connector.Verb, connectorName string, target connector.Collection, id string, fields ...string) journey.Want {
	w := journey.Want{Verb: verb, Connector: connectorName, Target: target, ID: id, Fields: map[string]any{}}
	for _, f := range fields {
		w.Fields[f] = "x"
	}
	return w
}

func spelled(members []connector.Member) []string {
	var ids []string
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestRead_namesWhatFailed(t *testing.T) {
	m, down := &memory.System{}, &memory.System{}
	m.Put(list, "a", "B@x")
	m.PutFields("company", "a", map[string]any{"stage": "lead", "owner": "me"})
	down.Down(errors.New("out of order"))
	wants := []journey.Want{want(connector.Add, "desk", list, "a"), want(connector.Remove, "desk", connector.Collection{Kind: "list", Name: "none"}, "a"),
		want(connector.Add, "blind", list, "a"), want(connector.Add, "down", list, "a"), want(connector.Set, "desk", connector.Collection{Kind: "company"}, "a", "stage"),
		want(connector.Set, "desk", connector.Collection{Kind: "company"}, "b", "size"), want(connector.Set, "down", connector.Collection{Kind: "company"}, "a", "stage"),
		want(connector.Send, "down", connector.Collection{Kind: "message"}, "a", "text")}
	held := []state.Held{{Connector: "gone", Kind: "list", Name: "A", Keepers: []state.Keeper{{Member: "m"}}}, {Connector: "desk", Kind: "list", Name: "nobody"}}
	f, err := observe.Read(t.Context(), wants, held, observe.Connectors{"desk": m, "blind": m.WriteOnly(), "down": down})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for p, members := range f.Members {
		got = append(got, fmt.Sprint("members of ", p.Title(), ": ", spelled(members)))
	}
	for p := range f.Missing {
		got = append(got, "missing "+p.Title())
	}
	for p, err := range f.Failed {
		got = append(got, "failed "+p.Title()+": "+err.Error())
	}
	for p := range f.Blind {
		got = append(got, "blind "+p.Title())
	}
	for p, fields := range f.Fields {
		got = append(got, fmt.Sprint("fields of ", p.Title(), ": ", fields))
	}
	slices.Sort(got)
	if d := cmp.Diff([]string{`blind blind.list "A"`, `failed down.company: out of order`, `failed down.list "A": out of order`, `failed gone.list "A": connector gone is not in the playbook`,
		`fields of desk.company: map[a:map[stage:lead]]`, `members of desk.list "A": [a b@x]`, `missing desk.list "none"`}, got); d != "" {
		t.Error(d)
	}
}

func TestRead_endsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := observe.Read(ctx, []journey.Want{want(connector.Add, "desk", list, "a")}, nil, observe.Connectors{"desk": &memory.System{}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
