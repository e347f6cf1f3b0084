package process

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/memory"
)

// whole is a plug-in that can all that its host can, for a suite that asks by type assertion.
type whole interface {
	connector.Connector
	connector.Writer
	connector.MemberReader
	connector.FieldReader
	connector.Looker
	connector.Creator
	connector.Normalizer
	connector.TaskReader
	connector.MembershipReader
	connector.Lister
	connector.MembershipFieldReader
	connector.RecordReader
	connector.Resolver
}

// TestConnector runs the suite through a process: this test binary, whose system is in memory here.
func TestConnector(t *testing.T) {
	powers := conntest.PowersOf(struct{ whole }{})
	conntest.Run(t, conntest.Harness{
		Powers: powers,
		New: func(t *testing.T) conntest.System {
			m := &memory.System{Spec: memory.Spec()}
			m.Spec.AnyRetry, m.Spec.Tasks[0].Retry = connector.ByKey, connector.ByKey
			d := memory.NewDirectory(m)
			d.Know("ann@x.example", "1")
			d.Know("bob@x.example", "2")
			d.Know("info@x.example", "3")
			d.Know("info@x.example", "4")
			h := &host{system: d}
			p := plugged(t, "relay "+h.listen(t))
			return conntest.System{
				Connector: struct{ whole }{p},
				Make:      func(c connector.Collection) { m.Put(c) },
				Seed:      func(c connector.Collection, ids []string) { m.Put(c, ids...) },
				Members: func(c connector.Collection) []string {
					ids, err := m.Members(t.Context(), c)
					if err != nil {
						t.Fatal(err)
					}
					return ids
				},
				Sent: m.Sent,
				Tasks: func(kind string) []connector.Item {
					var items []connector.Item
					for _, task := range m.Contents().Tasks {
						if task.Kind == kind {
							items = append(items, task.Item)
						}
					}
					return items
				},
				People: people(t, m),
				Identities: &conntest.Identities{Known: map[string]string{"ann@x.example": "1", "bob@x.example": "2"}, Several: []string{"info@x.example"},
					Spellings: map[string]string{"Ann@X.example": "ann@x.example"}},
				Inject: func(f conntest.Fault) { h.mu.Lock(); h.fault = f; h.mu.Unlock() },
			}
		},
	})
}

func people(t *testing.T, m *memory.System) *conntest.People {
	must := func(err error) {
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

// TestHas_isWhatThePluginSays holds that a plug-in has the powers whose methods it names, and no other.
func TestHas_isWhatThePluginSays(t *testing.T) {
	p := plugged(t, "dies at check")
	var has []string
	for method, power := range methods {
		if power != nil && p.Has(power) {
			has = append(has, method)
		}
	}
	slices.Sort(has)
	if want := []string{"members", "write"}; !slices.Equal(has, want) {
		t.Errorf("it has %q, want %q", has, want)
	}
	if _, ok := connector.As[connector.Looker](connector.Connector(p)); ok {
		t.Error("it can look up")
	}
	if _, ok := connector.As[connector.Writer](connector.Connector(p)); !ok {
		t.Error("it can't write")
	}
}
