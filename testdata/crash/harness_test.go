package crash

import (
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// TestHarness_noticesAStoreThatLies gives playctl stores that acknowledge what they did not keep: killed over such a store it does something
// twice, or does what nobody recorded, and the harness says so. A harness that finds nothing wrong with these could find nothing at all.
func TestHarness_noticesAStoreThatLies(t *testing.T) {
	for how, finds := range map[string]func(v *verdict) bool{
		"forgetful": func(v *verdict) bool { return len(v.duplicates) > 0 },                   // sends again what it knows nothing of
		"blind":     func(v *verdict) bool { return len(v.unrecorded) > 0 },                   // sends what it never said it would
		"late":      func(v *verdict) bool { return len(v.unrecorded)+len(v.duplicates) > 0 }, // has either, from the last transaction
	} {
		tr := newTrial(t, how, beside, 6, 2, "CRASH_BATCH=5")
		found := false
		for point := tr.figure.points / 2; point <= tr.figure.points && !found; point += 3 {
			found = finds(tr.killLying(t, point, how))
		}
		if !found {
			t.Errorf("killed at every third point over a store that is %s, and nothing is found wrong", how)
		}
	}
}

// killLying is [trial.kill] with a run over a store that lies, and what comes after it over an honest one.
func (tr *trial) killLying(t *testing.T, point int, how string) *verdict {
	t.Helper()
	h := tr.base.copied(t)
	v := &verdict{}
	if p := h.scripted(t, append([]string{at(point), "CRASH_BROKEN=" + how}, tr.environ...), applying()...); p.code != -1 {
		return v
	}
	v.recorded(tr.before, h.world(t), tr.journal(t, h.dir))
	_ = h.scripted(t, tr.environ, applying()...) // whatever becomes of it
	tr.place.resolve(t, h)
	_ = h.scripted(t, tr.environ, applying()...)
	now := h.world(t)
	v.compare(tr.calm, now)
	v.recorded(tr.before, now, tr.journal(t, h.dir))
	return v
}

// TestVerdict_tellsWhatIsWrong holds each of its words.
func TestVerdict_tellsWhatIsWrong(t *testing.T) {
	sent := func(key string) fact {
		return fact{text: "sent " + key, verbs: []string{"send"}, effect: key}
	}
	calm := []fact{sent("a"), sent("b")}
	var v verdict
	v.compare(calm, []fact{sent("a"), sent("a"), sent("c")})
	v.recorded(nil, []fact{sent("a"), sent("c")}, []state.Page{
		{Run: "r", Kind: state.PlannedPage, Lines: []state.Line{{N: 0, Verb: "send", Effect: "a"}, {N: 1, Verb: "send", Effect: "c"}}},
		{Run: "r", Kind: state.IntendedPage, Lines: []state.Line{{N: 0}}},
	})
	got := strings.Join([]string{strings.Join(v.duplicates, ","), strings.Join(v.lost, ","), strings.Join(v.foreign, ","), strings.Join(v.unrecorded, ",")}, " | ")
	if want := "sent a | sent b | sent c | sent c"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
