package flow_test

import (
	"context"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
)

// lagging is a system that shows its members as they were: what was written since is shown when shown is nil again.
type lagging struct {
	*memory.System
	shown map[connector.Collection][]string
}

// Describe says how long it lags.
func (l *lagging) Describe() connector.Spec {
	s := l.System.Describe()
	for i := range s.Collections {
		s.Collections[i].Settle = 10 * time.Minute
	}
	return s
}

// Members gives the members as they were.
func (l *lagging) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if l.shown != nil {
		return l.shown[c], nil
	}
	return l.System.Members(ctx, c)
}

func newLagging(h *house) *lagging {
	l := &lagging{System: h.desk, shown: map[connector.Collection][]string{}}
	d := h.desk.Driver("desk")
	d.Spec, d.Open = l.Describe(), func(connector.Options) (connector.Connector, error) { return l, nil }
	h.drivers[0] = d
	return l
}

func TestG2_whoWasPutThereJustNowIsThereThoughTheSystemShowsItLate(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	l := newLagging(h)
	h.apply() // and the plan after it is empty
	h.in("list A", "a", "b")
	h.wait(5 * time.Minute)
	h.does(h.plan())
	h.wait(6 * time.Minute) // what is not shown now is not there
	if p := h.plan(); len(p.Plan.Operations) != 2 {
		t.Errorf("after it should have settled: %v", p.Plan.Operations)
	}
	l.shown = nil
	h.does(h.plan())
}

func TestG2_whoIsShownLateIsTakenOutAllTheSame(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold\n c gold")
	newLagging(h)
	h.unsettled = true // those who were taken out
	h.apply()
	h.wait(time.Minute)
	h.accounts("id tier\n a gold\n b tin")
	h.apply()
	h.in("list A", "a", "c") // c's record is gone, and it stays for now
	if n := len(h.snapshot().Held); n != 2 {
		t.Errorf("%d are held", n)
	}
}

func TestG2_whatIsShownLateIsNoDrift(t *testing.T) {
	h := newHouse(t, keeper(""))
	h.accounts("id tier\n a gold\n b gold")
	l := newLagging(h)
	h.apply()
	for wait, found := range map[time.Duration]int{0: 0, 11 * time.Minute: 2} {
		h.now = start.Add(wait)
		d, err := flow.Drift(context.Background(), h.world(), h.program(), h.snapshot(), flow.Options{})
		if err != nil || d.Found() != found {
			t.Errorf("after %s: %+v, %v", wait, d, err)
		}
	}
	l.shown = nil
}
