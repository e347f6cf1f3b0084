package state_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// TestKeys_stayWhatTheyAre holds what states that were written before speak of.
func TestKeys_stayWhatTheyAre(t *testing.T) {
	m := state.Meta{Salt: "s4lt"}
	h := m.Hasher()
	h.Token("another")
	for got, want := range map[string]string{
		m.Token("a@x"):      "aeb31bd1f5593f80b7e991f9",
		m.ValueHash("gold"): "161de230a7dc52e20144ca17",
		state.EnrollmentKey("p", state.Record{Entity: "account", Key: "a"}, "2026", 3):            "d08c41aacea42121ad280c55",
		state.EffectKey("e1", "s", state.Record{Entity: "account", Key: "a"}):                     "ce5e057dc6d8a208119d499d",
		state.LaneEffectKey("e1", "person:p", "s", state.Record{Entity: "person", Key: "q"}):      "97d2754d325252d19d5a0111",
		h.Token("a@x") + h.ValueHash("gold") + h.Token("a@x") + h.ValueHash("gold") + h.Token(""): "aeb31bd1f5593f80b7e991f9161de230a7dc52e20144ca17aeb31bd1f5593f80b7e991f9161de230a7dc52e20144ca17" + m.Token(""),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSnapshot_findsByKey(t *testing.T) {
	s := &state.Snapshot{Effects: []state.Effect{{Key: "a"}, {Key: "c"}}, Tasks: []state.Task{{Key: "b"}}}
	if s.Effect("a") != &s.Effects[0] || s.Effect("c") != &s.Effects[1] || s.Effect("b") != nil || s.Task("b") != &s.Tasks[0] || s.Task("c") != nil {
		t.Error("it finds another, or none")
	}
}
