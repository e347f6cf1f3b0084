package memory_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
)

var list = connector.Collection{Kind: "list", Name: "B"}

// write writes one batch.
func write(t *testing.T, m *memory.System, v connector.Verb, target connector.Collection, items ...connector.Item) []connector.Outcome {
	t.Helper()
	outcomes, err := m.Write(t.Context(), connector.Batch{Verb: v, Target: target, Items: items})
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// furnished gives a system that holds something of everything.
func furnished(t *testing.T) *memory.System {
	t.Helper()
	m := &memory.System{}
	m.Put(connector.Collection{Kind: "list", Name: "C"})
	m.Put(connector.Collection{Kind: "audience", Name: "Z"}, "x")
	m.Put(list, "q")
	role := map[string]any{"role": "buyer", "note": ""}
	write(t, m, connector.Add, list, connector.Item{ID: "p", Fields: role})
	write(t, m, connector.Set, connector.Collection{Kind: "company"}, connector.Item{ID: "b", Fields: role}, connector.Item{ID: "a", Fields: map[string]any{"n": int64(1)}})
	write(t, m, connector.Send, connector.Collection{Kind: "message"}, connector.Item{ID: "p", Key: "s2"}, connector.Item{ID: "q", Key: "s1"})
	write(t, m, connector.Send, connector.Collection{Kind: "gift"}, connector.Item{ID: "p", Key: "s3"})
	write(t, m, connector.Task, connector.Collection{Kind: "task"}, connector.Item{ID: "p", Key: "t1"}, connector.Item{ID: "q", Key: "t2"}, connector.Item{ID: "r", Key: "t3"})
	if err := errors.Join(m.CompleteTask("t2", "won", map[string]string{"why": "price"}, noon), m.DeleteTask("t1")); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestContents_areSortedAndWhole(t *testing.T) {
	role := map[string]string{"role": "buyer"}
	want := memory.Contents{
		Collections: []memory.Collection{
			{Collection: connector.Collection{Kind: "audience", Name: "Z"}, Members: []memory.Member{{ID: "x", Fields: map[string]string{}}}},
			{Collection: list, Members: []memory.Member{{ID: "p", Fields: role}, {ID: "q", Fields: map[string]string{}}}},
			{Collection: connector.Collection{Kind: "list", Name: "C"}},
		},
		Records: []memory.Record{{Object: "company", ID: "a", Fields: map[string]string{"n": "1"}}, {Object: "company", ID: "b", Fields: role}},
		Events: []memory.Event{
			{Action: "gift", Receipt: "gift-1", Item: connector.Item{ID: "p", Key: "s3"}},
			{Action: "message", Receipt: "message-1", Item: connector.Item{ID: "p", Key: "s2"}},
			{Action: "message", Receipt: "message-2", Item: connector.Item{ID: "q", Key: "s1"}},
		},
		Tasks: []memory.Task{
			{Kind: "task", Receipt: "task#2", Item: connector.Item{ID: "q", Key: "t2"},
				Report: connector.TaskReport{Status: connector.TaskDone, Outcome: "won", Answers: map[string]string{"why": "price"}, DoneAt: noon}},
			{Kind: "task", Receipt: "task#3", Item: connector.Item{ID: "r", Key: "t3"}, Report: connector.TaskReport{Status: connector.TaskOpen}},
		},
	}
	if diff := cmp.Diff(want, furnished(t).Contents()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(memory.Contents{}, (&memory.System{}).Contents()); diff != "" {
		t.Errorf("of an empty system: %s", diff)
	}
}

// TestClone_isASystemOfItsOwn does to one everything that can be done, and the other stays.
func TestClone_isASystemOfItsOwn(t *testing.T) {
	m := furnished(t)
	m.Script("p", memory.Reject("no"), memory.Reject("no"))
	before := m.Contents()
	c := m.Clone()
	if diff := cmp.Diff(before, c.Contents()); diff != "" {
		t.Fatalf("a clone differs: %s", diff)
	}
	if got := write(t, c, connector.Add, list, connector.Item{ID: "p"}, connector.Item{ID: "new"}); got[0].Status != connector.Rejected || got[1].Status != connector.Done {
		t.Errorf("what is scripted goes with it: %v", got)
	}
	write(t, c, connector.Set, list, connector.Item{ID: "q", Fields: map[string]any{"role": "x"}})
	write(t, c, connector.Remove, list, connector.Item{ID: "q"})
	write(t, c, connector.Set, connector.Collection{Kind: "company"}, connector.Item{ID: "b", Fields: map[string]any{"role": "x"}})
	write(t, c, connector.Send, connector.Collection{Kind: "message"}, connector.Item{ID: "q", Key: "s9"})
	write(t, c, connector.Task, connector.Collection{Kind: "task"}, connector.Item{ID: "q", Key: "t9"})
	c.Put(connector.Collection{Kind: "list", Name: "New"})
	c.Down(errors.New("down"))
	if err := c.CompleteTask("task#3", "won", nil, noon); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, m.Contents()); diff != "" {
		t.Errorf("the original changed: %s", diff)
	}
	if got, err := m.Lookup(t.Context(), "task", []string{"t9", "t3"}); err != nil || len(got) != 1 {
		t.Errorf("the original knows %v (%v)", got, err)
	}
	if got := write(t, m, connector.Add, list, connector.Item{ID: "p"}); got[0].Status != connector.Rejected {
		t.Errorf("what is scripted stays with the original: %v", got)
	}
	if got := c.Clone().Check(t.Context()); got == nil {
		t.Error("the clone of a system that is down is up")
	}
}

func TestPut_refusesWhatTheSpecDoesNotHave(t *testing.T) {
	m := &memory.System{Spec: connector.Spec{
		Collections: []connector.CollectionKind{{Name: "list", Fields: []string{"role"}}},
		Objects:     []connector.ObjectKind{{Name: "company", Fields: []string{"tier"}}},
	}}
	m.PutMember(list, "a", map[string]any{"role": "buyer"})
	m.PutMember(list, "A@x.com", nil)
	m.PutFields("company", "a", map[string]any{"tier": "gold"})
	want := []memory.Member{{ID: "a", Fields: map[string]string{"role": "buyer"}}, {ID: "a@x.com", Fields: map[string]string{}}}
	if diff := cmp.Diff(want, m.Contents().Collections[0].Members); diff != "" {
		t.Error(diff)
	}
	for name, put := range map[string]func(){
		"a kind":             func() { m.Put(connector.Collection{Kind: "audience", Name: "A"}) },
		"a membership field": func() { m.PutMember(list, "a", map[string]any{"tier": "x"}) },
		"a field":            func() { m.PutFields("company", "a", map[string]any{"role": "x"}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			put()
		})
	}
}

func TestTask_peopleWorkOnOpenTasksOnly(t *testing.T) {
	m := furnished(t)
	later := noon.Add(time.Hour)
	if err := errors.Join(m.TouchTask("t3", noon), m.TouchTask("task#3", later)); err != nil {
		t.Fatal(err)
	}
	reports, err := m.Tasks(t.Context(), "task", []string{"task#1", "task#2", "task#3"})
	if err != nil || len(reports) != 2 || !reports["task#3"].TouchedAt.Equal(noon) {
		t.Errorf("reports are %v (%v)", reports, err)
	}
	reports["task#2"].Answers["why"] = "changed by the reader"
	again, _ := m.Tasks(t.Context(), "task", []string{"task#2"})
	if again["task#2"].Answers["why"] != "price" {
		t.Error("a reader changed the answers")
	}
	for what, err := range map[string]error{
		`completing task "t2": it is not open`:             m.CompleteTask("t2", "lost", nil, noon),
		`cancelling task "task#2": it is not open`:         m.CancelTask("task#2"),
		`touching task "t1": there is no such task`:        m.TouchTask("t1", noon),
		`deleting task "elsewhere": there is no such task`: m.DeleteTask("elsewhere"),
	} {
		if err == nil || err.Error() != what {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

// TestTask_madeTwiceIsSeen: what the retry class does not drop stands twice, and people work on the one that is open.
func TestTask_madeTwiceIsSeen(t *testing.T) {
	m := &memory.System{}
	twice := write(t, m, connector.Task, connector.Collection{Kind: "task"}, connector.Item{Key: "k"}, connector.Item{Key: "k"})
	if twice[0].Receipt == twice[1].Receipt || len(m.Contents().Tasks) != 2 {
		t.Fatalf("outcomes are %v", twice)
	}
	if err := errors.Join(m.CancelTask("k"), m.CancelTask("k")); err != nil {
		t.Error(err)
	}
	if err := m.CancelTask("k"); err == nil {
		t.Error("a third was cancelled")
	}
}

// TestWrite_imitatesASpec: what a driver's Spec does not have is refused.
func TestWrite_imitatesASpec(t *testing.T) {
	m := &memory.System{Spec: connector.Spec{
		Collections: []connector.CollectionKind{{Name: "list", Fields: []string{"role"}}, {Name: "audience"}},
		Objects:     []connector.ObjectKind{{Name: "company", Fields: []string{"tier"}}, {Name: "person"}},
		Actions:     []connector.ActionKind{{Name: "message"}},
		Tasks:       []connector.ActionKind{{Name: "todo"}},
		Batch:       2,
	}}
	audience := connector.Collection{Kind: "audience", Name: "A"}
	m.Put(list, "a")
	m.Put(audience, "a")
	with := func(field string) connector.Item { return connector.Item{ID: "a", Fields: map[string]any{field: "x"}} }
	other := connector.Item{ID: "b", Fields: map[string]any{"tier": "x"}}
	of := func(kind string) connector.Collection { return connector.Collection{Kind: kind} }
	for _, c := range []struct {
		verb   connector.Verb
		target connector.Collection
		items  []connector.Item
		want   string
	}{
		{connector.Set, list, []connector.Item{with("role")}, "done "},
		{connector.Set, list, []connector.Item{with("tier")}, `rejected a membership of list has no field "tier"`},
		{connector.Add, list, []connector.Item{other}, `rejected a membership of list has no field "tier"`},
		{connector.Set, audience, []connector.Item{with("role")}, `rejected a membership of audience has no field "role"`},
		{connector.Set, of("company"), []connector.Item{with("tier"), with("role")}, `done rejected company has no field "role"`},
		{connector.Set, of("person"), []connector.Item{with("role")}, "done "},
		{connector.Set, of("site"), []connector.Item{with("role")}, `writing a batch to set: there is no such kind "site"`},
		{connector.Send, of("message"), []connector.Item{{ID: "a", Key: "k"}}, "done "},
		{connector.Send, of("gift"), []connector.Item{{ID: "a", Key: "k"}}, `writing a batch to send: there is no such kind "gift"`},
		{connector.Task, of("todo"), []connector.Item{{ID: "a", Key: "k"}}, "done "},
		{connector.Task, of("task"), []connector.Item{{ID: "a", Key: "k"}}, `writing a batch to task: there is no such kind "task"`},
		{connector.Add, connector.Collection{Kind: "list", Name: "none"}, []connector.Item{{ID: "a"}}, `writing list "none": no such collection`},
		{connector.Remove, list, []connector.Item{{ID: "a"}, {ID: "b"}, {ID: "c"}}, "writing 3 items: 2 is the most"},
		{connector.Verb(99), list, nil, "writing a batch: verb 99 is not known"},
	} {
		outcomes, err := m.Write(t.Context(), connector.Batch{Verb: c.verb, Target: c.target, Items: c.items})
		got := ""
		for _, o := range outcomes {
			got += o.Status.String() + " " + o.Reason
		}
		if err != nil {
			if got = err.Error(); !errors.As(err, new(*connector.NotBegunError)) {
				t.Errorf("%v leaves doubt", err)
			}
		}
		if got != c.want {
			t.Errorf("%d %s gives %q, want %q", c.verb, c.target, strings.TrimSpace(got), c.want)
		}
	}
}
