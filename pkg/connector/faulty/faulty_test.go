package faulty_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/faulty"
	"github.com/playctl/playctl/pkg/connector/memory"
)

var message = connector.Collection{Kind: "message"}

// sends gives sends of these keys.
func sends(keys ...string) connector.Batch {
	b := connector.Batch{Verb: connector.Send, Target: message}
	for _, key := range keys {
		b.Items = append(b.Items, connector.Item{ID: key, Key: key})
	}
	return b
}

// wrap gives a system in memory behind a script.
func wrap(t *testing.T, s *faulty.Script) (*memory.System, connector.Connector) {
	t.Helper()
	m := &memory.System{}
	c, err := faulty.Wrap(m, s)
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

// statuses tells outcomes as one letter each: done, already, rejected, later, in doubt; - for none, ? for what there is none of.
func statuses(outcomes []connector.Outcome) string {
	var out strings.Builder
	for _, o := range outcomes {
		if int(o.Status) < 6 {
			out.WriteByte("-darli"[o.Status])
		} else {
			out.WriteByte('?')
		}
	}
	return out.String()
}

// TestWrite_meetsItsFault holds what each fault leaves in the system and what it tells.
func TestWrite_meetsItsFault(t *testing.T) {
	for name, c := range map[string]struct {
		fault    faulty.Fault
		told     string // statuses
		sent     string // keys
		err      bool
		notBegun bool
	}{
		"none":           {faulty.Fault{}, "ddd", "abc", false, false},
		"not begun":      {faulty.NotBegun(), "", "", true, true},
		"cut before":     {faulty.CutBefore(), "", "", true, false},
		"cut after":      {faulty.CutAfter(), "", "abc", true, false},
		"cut in":         {faulty.CutIn(2, 1), "d--", "ab", true, false},
		"cut at once":    {faulty.CutIn(0, 1), "---", "", true, false},
		"cut at the end": {faulty.CutIn(9, 9), "ddd", "abc", true, false},
		"reject":         {faulty.Reject(1), "drd", "ac", false, false},
		"reject all":     {faulty.Reject(), "rrr", "", false, false},
		"later":          {faulty.Later(0, 2), "ldl", "b", false, false},
		"doubt":          {faulty.Doubt(false, 0), "idd", "bc", false, false},
		"doubt of done":  {faulty.Doubt(true, 0), "idd", "abc", false, false},
		"too few":        {faulty.TooFew(), "dd", "abc", false, false},
		"too many":       {faulty.TooMany(), "dddd", "abc", false, false},
		"swapped":        {faulty.Swapped(), "ddd", "abc", false, false},
		"unknown":        {faulty.Unknown(), "???", "abc", false, false},
	} {
		m, w := wrap(t, &faulty.Script{Writes: map[int]faulty.Fault{2: c.fault}})
		writer := w.(connector.Writer)
		if _, err := writer.Write(t.Context(), sends("x")); err != nil {
			t.Fatal(err)
		}
		outcomes, err := writer.Write(t.Context(), sends("a", "b", "c"))
		sent := ""
		for _, item := range m.Sent("message") {
			sent += item.Key
		}
		if got := statuses(outcomes); got != c.told || sent != "x"+c.sent || (err != nil) != c.err || errors.As(err, new(*connector.NotBegunError)) != c.notBegun {
			t.Errorf("%s: told %s, sent %s, %v", name, got, sent, err)
		}
	}
}

// TestSwapped_givesTheAnswersOfOthers holds that the receipts change places.
func TestSwapped_givesTheAnswersOfOthers(t *testing.T) {
	_, w := wrap(t, &faulty.Script{Writes: map[int]faulty.Fault{1: faulty.Swapped()}})
	outcomes, err := w.(connector.Writer).Write(t.Context(), sends("a", "b"))
	if err != nil || outcomes[0].Receipt != "message-2" || outcomes[1].Receipt != "message-1" {
		t.Errorf("%+v, %v", outcomes, err)
	}
}

// TestHang_endsWithItsContext holds that the call waits, and whether the system acted.
func TestHang_endsWithItsContext(t *testing.T) {
	for _, acted := range []bool{false, true} {
		m, w := wrap(t, &faulty.Script{Writes: map[int]faulty.Fault{1: faulty.Hang(acted)}, Reads: map[int]faulty.Fault{1: faulty.Hang(false)}})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := w.(connector.Writer).Write(ctx, sends("a")); !errors.Is(err, context.DeadlineExceeded) || len(m.Sent("message")) > 0 != acted {
			t.Errorf("acted %v: %v, %d sent", acted, err, len(m.Sent("message")))
		}
		if _, err := w.(connector.Lister).Collections(ctx, "list"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("reading: %v", err)
		}
	}
}

// TestReads_areCountedTogetherAndLookupsApart holds which call meets which fault.
func TestReads_areCountedTogetherAndLookupsApart(t *testing.T) {
	s := &faulty.Script{Reads: map[int]faulty.Fault{2: faulty.CutBefore()}, Lookups: map[int]faulty.Fault{1: faulty.CutBefore()}}
	m, w := wrap(t, s)
	m.Put(connector.Collection{Kind: "list", Name: "A"}, "a")
	members := func() error {
		_, err := w.(connector.MemberReader).Members(t.Context(), connector.Collection{Kind: "list", Name: "A"})
		return err
	}
	lookup := func() error {
		_, err := w.(connector.Looker).Lookup(t.Context(), "message", []string{"a"})
		return err
	}
	got := []bool{members() == nil, lookup() == nil, members() == nil, lookup() == nil, members() == nil}
	if d := cmp.Diff([]bool{true, false, false, true, true}, got); d != "" {
		t.Errorf("which calls went through: %s", d)
	}
	if writes, reads, lookups := s.Calls(); writes != 0 || reads != 3 || lookups != 2 {
		t.Errorf("%d writes, %d reads, %d look-ups", writes, reads, lookups)
	}
}

// TestCollections_failByName holds that one of them can't be read, however often, and the others can.
func TestCollections_failByName(t *testing.T) {
	bad := connector.Collection{Kind: "list", Name: "B"}
	m, w := wrap(t, &faulty.Script{Collections: map[connector.Collection]faulty.Fault{bad: faulty.CutBefore()}})
	m.Put(bad)
	m.Put(connector.Collection{Kind: "list", Name: "A"})
	for range 2 {
		_, failed := w.(connector.MemberReader).Members(t.Context(), bad)
		_, fine := w.(connector.MemberReader).Members(t.Context(), connector.Collection{Kind: "list", Name: "A"})
		if !errors.Is(failed, faulty.ErrCut) || fine != nil {
			t.Errorf("%v, %v", failed, fine)
		}
	}
}

// TestWrap_hasExactlyTheInterfacesOfItsConnector holds that nothing can be asked of the wrapped one that the connector can't do, nor less.
func TestWrap_hasExactlyTheInterfacesOfItsConnector(t *testing.T) {
	m := &memory.System{}
	for name, c := range map[string]connector.Connector{"all": m, "write only": m.WriteOnly(), "nothing": struct{ connector.Connector }{m},
		"writes and looks up": struct {
			connector.Connector
			connector.Writer
			connector.Looker
		}{m, m, m}} {
		w, err := faulty.Wrap(c, &faulty.Script{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(conntest.PowersOf(c), conntest.PowersOf(w)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	_, err := faulty.Wrap(struct {
		connector.Connector
		connector.Creator
	}{m, m}, &faulty.Script{})
	if err == nil || !strings.Contains(err.Error(), "add a line to shapes") {
		t.Errorf("a shape that is not listed: %v", err)
	}
}

// TestDriver_wrapsWhatItOpens holds the size of batches and that both sides of a write are told.
func TestDriver_wrapsWhatItOpens(t *testing.T) {
	m := &memory.System{}
	var told []bool
	d := faulty.Driver(m.Driver("desk"), &faulty.Script{Batch: 3, OnWrite: func(_ connector.Batch, after bool) { told = append(told, after) }})
	c, err := d.Open(connector.Options{})
	if err != nil || d.Spec.Batch != 3 || c.Describe().Batch != 3 {
		t.Fatalf("batches of %d and %d, %v", d.Spec.Batch, c.Describe().Batch, err)
	}
	if _, err := c.(connector.Writer).Write(t.Context(), sends("a")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]bool{false, true}, told); d != "" {
		t.Error(d)
	}
}

// TestNothingScripted_passesTheSuite holds that a wrapper without faults changes nothing.
func TestNothingScripted_passesTheSuite(t *testing.T) {
	conntest.Run(t, conntest.Harness{Powers: conntest.AllPowers(), New: func(t *testing.T) conntest.System {
		m, w := wrap(t, &faulty.Script{})
		return conntest.System{Connector: w, Make: func(c connector.Collection) { m.Put(c) }, Sent: m.Sent}
	}})
}
