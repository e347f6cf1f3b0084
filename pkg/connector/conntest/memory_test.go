package conntest_test

import (
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// memoryHarness is the suite's view of a Memory whose actions have a retry class.
func memoryHarness(retry connector.Retry, powers []conntest.Power, as func(*conntest.Memory) connector.Connector) conntest.Harness {
	return conntest.Harness{
		Powers: powers,
		New: func(t *testing.T) conntest.System {
			m := &conntest.Memory{Spec: conntest.MemorySpec()}
			m.Spec.AnyRetry = retry
			return conntest.System{
				Connector: as(m),
				Make:      func(c connector.Collection) { m.Put(c) },
				Seed:      func(c connector.Collection, ids []string) { m.Put(c, ids...) },
				Members: func(c connector.Collection) []string {
					ids, err := m.Members(t.Context(), c)
					if err != nil {
						t.Error(err)
					}
					return ids
				},
				Sent:   m.Sent,
				Inject: m.Inject,
			}
		},
	}
}

func TestMemory(t *testing.T) {
	whole := func(m *conntest.Memory) connector.Connector { return m }
	for name, retry := range map[string]connector.Retry{"by key": connector.ByKey, "lookup": connector.Lookup, "never": connector.Never} {
		t.Run(name, func(t *testing.T) { conntest.Run(t, memoryHarness(retry, conntest.AllPowers(), whole)) })
	}
	t.Run("write only", func(t *testing.T) {
		conntest.Run(t, memoryHarness(connector.ByKey, []conntest.Power{conntest.Writes, conntest.Normalizes}, (*conntest.Memory).WriteOnly))
	})
}

func TestMemory_script(t *testing.T) {
	c := connector.Collection{Kind: "list", Name: "Early intent"}
	m := &conntest.Memory{}
	m.Put(c)
	lost := errors.New("lost")
	m.Script("a", conntest.Reject("unknown"), conntest.Defer(), conntest.Doubt(false), conntest.Doubt(true))
	m.Script("b", conntest.Reply{}, conntest.Reply{}, conntest.Reply{}, conntest.Reply{}, conntest.Fail(lost, true))
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
