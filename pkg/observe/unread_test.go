package observe_test

import (
	"context"
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
)

// checked is a write-only system that can tell which collections there are.
type checked struct {
	connector.Connector
	err error
}

func (c checked) CheckCollection(context.Context, connector.Collection) error { return c.err }

func TestRead_aWriteOnlyCollectionIsStillThereOrNot(t *testing.T) {
	broken := errors.New("its members are set by rules")
	for _, c := range []struct {
		err                     error
		blind, missing, unknown bool
	}{{nil, true, false, false}, {connector.ErrUntold, true, false, false}, {connector.ErrNoCollection, false, true, false}, {broken, false, false, true}} {
		open := observe.Connectors{"ads": checked{(&memory.System{}).WriteOnly(), c.err}}
		f, err := observe.Read(t.Context(), []journey.Want{want(connector.Add, "ads", list, "a")}, nil, open)
		if err != nil {
			t.Fatal(err)
		}
		p := connector.Place{Connector: "ads", Collection: list}
		if f.Blind[p] != c.blind || (f.Missing[p] != nil) != c.missing || (f.Failed[p] != nil) != c.unknown {
			t.Errorf("%v: blind %v, missing %v, failed %v", c.err, f.Blind[p], f.Missing[p], f.Failed[p])
		}
	}
}
