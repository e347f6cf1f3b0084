package journey

import (
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// describe compares the play's definition with the one last applied. A run that is limited to some records leaves it for a later one.
func (t *pass) describe() {
	t.kept = state.Play{Name: t.p.Name, Definition: Definition(t.p.Play)}
	t.first = t.known == nil
	t.about.Funnel.First = t.first
	if t.known != nil {
		t.kept.FirstAt, t.kept.BatchAt, t.kept.EventsTo = t.known.FirstAt, t.known.BatchAt, t.known.EventsTo
		t.kept.PausedAt = t.known.PausedAt
		t.first = t.known.FirstAt.IsZero() || t.retriggered()
	}
	if t.limited() {
		return
	}
	if t.known == nil {
		t.about.Change = New
	} else if t.about.Diff = compareDefinitions(t.known.Definition, t.kept.Definition); len(t.about.Diff) > 0 {
		t.about.Change = Changed
	}
}

// retriggered reports whether the trigger was edited into one that has nothing to go on from: it begins with a first launch of its own.
// Entry and when go on from each other's truths.
func (t *pass) retriggered() bool {
	before, now := definedTrigger(t.known.Definition), triggerText(t.p.Play)
	if before == now || isEdge(before) && isEdge(now) {
		return false
	}
	for _, m := range t.ledger.truths[t.p.Name] {
		t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, m)
	}
	delete(t.ledger.truths, t.p.Name)
	return true
}

func isEdge(trigger string) bool { return trigger == "entry" || strings.HasPrefix(trigger, "when ") }

// remember has what is kept of the play moved on by this launch. While it is paused it stands still, and where it never launched the next
// run is its first. A run that is limited to some records moves nothing: the others' turn is still to come.
func (t *pass) remember() {
	if t.limited() {
		return
	}
	if t.first {
		t.kept.FirstAt, t.kept.BatchAt, t.kept.EventsTo = time.Time{}, time.Time{}, time.Time{}
	}
	switch {
	case t.p.Status != playbook.Paused:
		t.kept.PausedAt = time.Time{}
		t.moveOn()
	case t.kept.PausedAt.IsZero():
		t.kept.PausedAt = t.in.Now
	}
	if t.known == nil || !samePlay(*t.known, t.kept) {
		t.out.Transitions.Plays = append(t.out.Transitions.Plays, t.kept)
	}
}

// moveOn moves the play's times to this launch.
func (t *pass) moveOn() {
	if t.first {
		t.kept.FirstAt = t.in.Now
	}
	switch t.p.Trigger.Kind {
	case playbook.OnBatches:
		if due, ok := t.due(); ok {
			t.kept.BatchAt = due
		} else if t.first {
			t.kept.BatchAt = t.in.Now
		}
	case playbook.OnEvents:
		t.kept.EventsTo = t.eventsTo()
	}
}

func samePlay(a, b state.Play) bool {
	return a.FirstAt.Equal(b.FirstAt) && a.BatchAt.Equal(b.BatchAt) && a.EventsTo.Equal(b.EventsTo) && a.PausedAt.Equal(b.PausedAt) && a.Definition == b.Definition
}
