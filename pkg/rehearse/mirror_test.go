package rehearse

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
)

var (
	early = connector.Collection{Kind: "list", Name: "Early"}
	late  = connector.Collection{Kind: "list", Name: "Late"}
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// mirrored gives a real system with something in everything, and a mirror of it.
func mirrored(t *testing.T) (real *memory.System, x *mirror) {
	t.Helper()
	real = &memory.System{}
	real.PutMember(early, "a@x", map[string]any{"rank": "1"})
	real.Put(early, "b@x")
	real.Put(late, "a@x")
	real.PutFields("company", "c1", map[string]any{"status": "new", "tier": "2"})
	for _, b := range []connector.Batch{{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: []connector.Item{{ID: "c1", Key: "k1"}}},
		{Verb: connector.Task, Target: connector.Collection{Kind: "task"}, Items: []connector.Item{{Key: "k2"}, {Key: "k3"}}}} {
		if _, err := real.Write(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	real.OnWrite = func(b connector.Batch) { t.Errorf("the real system was written to: %s", b.Verb) }
	return real, newMirror(&memory.System{}, real).(*mirror)
}

// must gives a value or ends the test.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func write(t *testing.T, x *mirror, verb connector.Verb, of connector.Collection, item connector.Item) {
	t.Helper()
	out, err := x.Write(t.Context(), connector.Batch{Verb: verb, Target: of, Items: []connector.Item{item}})
	if must(t, out, err)[0].Status != connector.Done {
		t.Fatalf("%s: %+v", verb, out)
	}
}

// TestMirror_holdsWhatTheRealSystemHeld holds that a mirror shows the real contents at first, keeps what is done to it, and writes nothing back.
func TestMirror_holdsWhatTheRealSystemHeld(t *testing.T) {
	real, x := mirrored(t)
	ctx, before := t.Context(), real.Contents()
	same := func(what string, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	members, err := x.Members(ctx, early)
	same("members", []string{"a@x", "b@x"}, must(t, members, err))
	write(t, x, connector.Remove, early, connector.Item{ID: "b@x"})
	members, err = x.Members(ctx, early)
	same("members, one taken out", []string{"a@x"}, must(t, members, err))
	if _, err := x.Members(ctx, connector.Collection{Kind: "list", Name: "None"}); !errors.Is(err, connector.ErrNoCollection) {
		t.Errorf("a collection that is nowhere: %v", err)
	}
	in, err := x.MembershipsOf(ctx, "list", []string{"a@x", "b@x"})
	same("memberships", map[string][]string{"a@x": {"Early", "Late"}}, must(t, in, err))
	ranks, err := x.MembershipFields(ctx, early, []string{"a@x"}, []string{"rank"})
	same("fields of memberships", map[string]map[string]string{"a@x": {"rank": "1"}}, must(t, ranks, err))
	fields, err := x.Fields(ctx, "company", []string{"c1"}, []string{"status"})
	same("fields", map[string]map[string]string{"c1": {"status": "new"}}, must(t, fields, err))
	write(t, x, connector.Set, connector.Collection{Kind: "company"}, connector.Item{ID: "c1", Fields: map[string]any{"status": "won"}})
	fields, err = x.Fields(ctx, "company", []string{"c1"}, []string{"status", "tier"})
	same("a field that was set, and one that is asked for later", map[string]map[string]string{"c1": {"status": "won", "tier": "2"}}, must(t, fields, err))
	sent, err := x.Lookup(ctx, "message", []string{"k1", "k9"})
	same("what was sent", map[string]string{"k1": "message-1"}, must(t, sent, err))
	same("the real system", before, real.Contents())
}

// TestMirror_tasksOfTheRealSystemCanBeDone holds that tasks given in truth are open here, and can be done here alone.
func TestMirror_tasksOfTheRealSystemCanBeDone(t *testing.T) {
	real, x := mirrored(t)
	before, receipts := real.Contents(), []string{"task#1", "task#2", "task#7"}
	tasks, err := x.Tasks(t.Context(), "task", receipts)
	if got := must(t, tasks, err); len(got) != 2 || got["task#1"].Status != connector.TaskOpen {
		t.Fatalf("%+v", got)
	}
	x.finish("task#2", "done", noon)
	tasks, err = x.Tasks(t.Context(), "task", receipts)
	if got := must(t, tasks, err); got["task#2"].Status != connector.TaskDone || !got["task#2"].DoneAt.Equal(noon) || got["task#1"].Status != connector.TaskOpen {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff(before, real.Contents()); diff != "" {
		t.Error(diff)
	}
}

// TestMirror_blindSystemsStayBlind holds that what can't be read back in truth can't be in a simulation.
func TestMirror_blindSystemsStayBlind(t *testing.T) {
	x := newMirror(&memory.System{}, (&memory.System{}).WriteOnly())
	if _, ok := x.(connector.MemberReader); ok {
		t.Error("its members can be read")
	}
	if _, ok := x.(worker); !ok {
		t.Error("nobody can do its tasks")
	}
}

// TestMirror_resolvesAsTheRealSystem holds that a mirror of a system with ids of its own gives those, asks for each identity once, and that one of
// another system has no such power.
func TestMirror_resolvesAsTheRealSystem(t *testing.T) {
	real := memory.NewDirectory(&memory.System{})
	real.Know("ann@x", "1")
	for _, c := range []connector.Connector{real, real.WriteOnly()} {
		before := len(real.Asked())
		x, ok := connector.As[connector.Resolver](newMirror(&memory.System{}, c))
		if !ok {
			t.Fatal("it can't resolve")
		}
		for range 2 {
			found, err := x.Resolve(t.Context(), "list", []string{"ann@x", "bob@x"})
			if diff := cmp.Diff(map[string]connector.Identified{"ann@x": {ID: "1"}}, found); diff != "" || err != nil {
				t.Errorf("found (%v): %s", err, diff)
			}
		}
		if n := len(real.Asked()) - before; n != 1 {
			t.Errorf("asked %d times", n)
		}
	}
	down := errors.New("down")
	real.FailResolving(down)
	if _, err := newMirror(&memory.System{}, real).(connector.Resolver).Resolve(t.Context(), "list", []string{"ann@x"}); !errors.Is(err, down) {
		t.Errorf("of one that fails: %v", err)
	}
	for _, c := range []connector.Connector{&memory.System{}, (&memory.System{}).WriteOnly()} {
		m := newMirror(&memory.System{}, c)
		if _, ok := connector.As[connector.Resolver](m); ok {
			t.Error("a mirror resolves what its system does not")
		}
		if _, ok := connector.As[connector.Writer](m); !ok {
			t.Error("a mirror can't be written")
		}
	}
}
