package memory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/memory"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// harness is the suite's view of a system whose actions have a retry class.
func harness(retry connector.Retry, powers []conntest.Power, as func(*memory.System) connector.Connector) conntest.Harness {
	return conntest.Harness{
		Powers: powers,
		New: func(t *testing.T) conntest.System {
			m := &memory.System{Spec: memory.Spec()}
			m.Spec.AnyRetry, m.Spec.Tasks[0].Retry = retry, retry
			c := as(m)
			return conntest.System{
				Connector: c,
				Make:      func(c connector.Collection) { m.Put(c) },
				Seed:      func(c connector.Collection, ids []string) { m.Put(c, ids...) },
				Members: func(c connector.Collection) []string {
					ids, err := m.Members(t.Context(), c)
					if err != nil {
						t.Error(err)
					}
					return ids
				},
				Sent:       m.Sent,
				Tasks:      func(kind string) []connector.Item { return tasks(m, kind) },
				People:     people(t, m),
				Inject:     func(f conntest.Fault) { inject(m, f) },
				Identities: identities(c),
			}
		},
	}
}

// identities are what a directory's records are known by, as they are made here; nil of another connector.
func identities(c connector.Connector) *conntest.Identities {
	d, ok := c.(*memory.Directory)
	if !ok {
		return nil
	}
	known := map[string]string{"ann@x.example": "1", "bob@x.example": "2", "zoë@x.example": "3"}
	for address, id := range known {
		d.Know(address, id)
	}
	d.Know("info@x.example", "4")
	d.Know("INFO@x.example", "5")
	return &conntest.Identities{Known: known, Several: []string{"info@x.example"},
		Spellings: map[string]string{"Ann@X.example": "ann@x.example", " bob@x.example ": "bob@x.example"}}
}

// tasks gives the tasks of a kind, in order.
func tasks(m *memory.System, kind string) []connector.Item {
	var items []connector.Item
	for _, task := range m.Contents().Tasks {
		if task.Kind == kind {
			items = append(items, task.Item)
		}
	}
	return items
}

// people are those who work on a system's tasks.
func people(t *testing.T, m *memory.System) *conntest.People {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return &conntest.People{
		Begin: func(_, receipt string) { must(m.TouchTask(receipt, noon)) },
		Finish: func(_, receipt, outcome string, answers map[string]string) {
			must(m.CompleteTask(receipt, outcome, answers, noon))
		},
		Close:  func(_, receipt string) { must(m.CancelTask(receipt)) },
		Delete: func(_, receipt string) { must(m.DeleteTask(receipt)) },
	}
}

// inject makes the next write meet a fault.
func inject(m *memory.System, f conntest.Fault) {
	cut := errors.New("the connection was cut")
	switch f {
	case conntest.Refused:
		m.Next(memory.Defer())
	case conntest.Broken:
		m.Next(memory.Fail(&connector.NotBegunError{Err: errors.New("status 500")}, false))
	case conntest.CutBefore:
		m.Next(memory.Fail(cut, false))
	case conntest.CutAfter:
		m.Next(memory.Doubt(true))
	case conntest.Stalled:
		m.Stall()
	}
}

func TestSystem(t *testing.T) {
	whole := func(m *memory.System) connector.Connector { return m }
	for name, retry := range map[string]connector.Retry{"by key": connector.ByKey, "lookup": connector.Lookup, "never": connector.Never} {
		t.Run(name, func(t *testing.T) { conntest.Run(t, harness(retry, conntest.AllPowers(), whole)) })
	}
	t.Run("write only", func(t *testing.T) {
		conntest.Run(t, harness(connector.ByKey, []conntest.Power{conntest.Writes, conntest.Normalizes}, (*memory.System).WriteOnly))
	})
}

func TestDirectory(t *testing.T) {
	directory := func(m *memory.System) connector.Connector { return memory.NewDirectory(m) }
	conntest.Run(t, harness(connector.Lookup, append(conntest.AllPowers(), conntest.Resolves), directory))
}

// TestDirectory_addressesAreNoIDs: what is written is said with the ids that were looked up.
func TestDirectory_addressesAreNoIDs(t *testing.T) {
	m := &memory.System{}
	m.Put(list)
	d := memory.NewDirectory(m)
	d.Know("ann@x.example", "1")
	got, err := d.WriteOnly().(connector.Writer).Write(t.Context(), connector.Batch{Verb: connector.Add, Target: list, Items: []connector.Item{{ID: "ann@x.example"}, {ID: "1"}}})
	if err != nil || got[0].Status != connector.Rejected || got[1].Status != connector.Done {
		t.Errorf("outcomes are %v (%v)", got, err)
	}
	d.Forget("Ann@x.example")
	down := errors.New("down")
	d.FailResolving(down)
	if _, err := d.Resolve(t.Context(), "list", []string{"ann@x.example"}); !errors.Is(err, down) {
		t.Errorf("a look-up gives %v", err)
	}
	d.FailResolving(nil)
	if found, err := d.Resolve(t.Context(), "list", []string{"ann@x.example"}); len(found) > 0 || err != nil {
		t.Errorf("who was forgotten is %v (%v)", found, err)
	}
	if asked := d.Asked(); len(asked) != 2 || asked[1].Kind != "list" || len(asked[1].Identities) != 1 {
		t.Errorf("asked for %v", asked)
	}
}

func TestSystem_script(t *testing.T) {
	c := connector.Collection{Kind: "list", Name: "Early intent"}
	m := &memory.System{}
	m.Put(c)
	lost := errors.New("lost")
	m.Script("a", memory.Reject("unknown"), memory.Defer(), memory.Doubt(false), memory.Doubt(true))
	m.Script("b", memory.Reply{}, memory.Reply{}, memory.Reply{}, memory.Reply{}, memory.Fail(lost, true))
	batch := connector.Batch{Verb: connector.Add, Target: c, Items: []connector.Item{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	for i, want := range [][3]connector.Status{
		{connector.Rejected, connector.Done, connector.Done},
		{connector.Later, connector.Already, connector.Already},
		{connector.InDoubt, connector.Already, connector.Already},
		{connector.InDoubt, connector.Already, connector.Already},
		{connector.Already, 0, 0},
	} {
		outcomes, err := m.Write(t.Context(), batch)
		if (i == 4) != errors.Is(err, lost) {
			t.Errorf("write %d: %v", i, err)
		}
		for n, o := range outcomes {
			if o.Status != want[n] {
				t.Errorf("write %d item %d is %d, want %d", i, n, o.Status, want[n])
			}
		}
	}
	m.Down(lost)
	if _, err := m.Members(t.Context(), c); !errors.Is(err, lost) {
		t.Errorf("down: %v", err)
	}
}
