package audit

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// The kinds of findings about a state.
const (
	dangling = "dangling" // a row speaks of one that is not there
	double   = "double"   // two rows have one identity
	wrong    = "wrong"    // a row says what can't be
)

// inspector gathers what does not hold of one state.
type inspector struct {
	*state.Snapshot
	findings []Finding
	members  map[string]*state.Member
	effects  map[string]bool
	runs     map[string]bool
	amended  bool // rows were taken out of it on purpose, or it was brought back
}

// Whole checks a state against itself: that every row that another one speaks of is there, that no two have one identity, and that the journal
// has all of its pages. Checksums were checked when it was read.
func Whole(w *state.Whole) []Finding {
	i := &inspector{Snapshot: &w.Snapshot, members: map[string]*state.Member{}, effects: map[string]bool{}, runs: map[string]bool{}, amended: amended(w.Runs, -1)}
	i.checkRuns()
	i.checkMembers()
	i.checkEffects()
	i.checkTasks()
	i.checkHeld()
	i.checkFailures()
	i.checkJournal(w.Journal)
	return i.findings
}

func (i *inspector) find(kind, key, format string, args ...any) {
	i.findings = append(i.findings, Finding{Kind: kind, Key: key, Text: fmt.Sprintf(format, args...)})
}

// checkRuns checks that runs are there once, and that none has a serial that the state has not come to.
func (i *inspector) checkRuns() {
	for n := range i.Runs {
		r := &i.Runs[n]
		if i.runs[r.ID] {
			i.find(double, r.ID, "run %s is there twice", r.ID)
		}
		i.runs[r.ID] = true
		if r.Serial > i.Meta.Serial {
			i.find(wrong, r.ID, "run %s has serial %d, and the state is at %d", r.ID, r.Serial, i.Meta.Serial)
		}
	}
}

// checkMembers checks who is in plays. Of a member whose enrollment was by another play that one must be there, too.
func (i *inspector) checkMembers() {
	active := map[state.Seat]bool{}
	for n := range i.Members {
		m := &i.Members[n]
		if i.members[m.Key] != nil {
			i.find(double, m.Key, "member %s, %s in play %s, is there twice", m.Key, m.Record, m.Play)
		}
		i.members[m.Key] = m
		if m.Number < 1 {
			i.find(wrong, m.Key, "member %s, %s in play %s, has entered %d times", m.Key, m.Record, m.Play, m.Number)
		}
		if at := m.Seat(); m.Active() && active[at] {
			i.find(double, m.Key, "%s is in play %s twice at once, as member %s too", m.Record, m.Play, m.Key)
		} else if m.Active() {
			active[at] = true
		}
	}
	for n := range i.Members {
		if m := &i.Members[n]; m.From != "" && i.members[m.From] == nil && !i.amended {
			i.find(dangling, m.Key, "member %s, %s in play %s, was enrolled by member %s, who is not there", m.Key, m.Record, m.Play, m.From)
		}
	}
}

func (i *inspector) checkEffects() {
	for n := range i.Effects {
		e := &i.Effects[n]
		if i.effects[e.Key] {
			i.find(double, e.Key, "effect %s is there twice", e.Key)
		}
		i.effects[e.Key] = true
		if i.members[e.Member] == nil && !i.amended {
			i.find(dangling, e.Key, "effect %s, %s.%s for %s, is of member %s, who is not there", e.Key, e.Connector, e.Action, e.Record, e.Member)
		}
		if !slices.Contains([]state.EffectStatus{state.Intended, state.Happened, state.Refused, state.InDoubt}, e.Status) {
			i.find(wrong, e.Key, "effect %s has the status %q, which is none", e.Key, e.Status)
		}
	}
}

// checkTasks checks that each task is of a member, and was made by an effect.
func (i *inspector) checkTasks() {
	for n := range i.Tasks {
		t := &i.Tasks[n]
		if i.members[t.Member] == nil && !i.amended {
			i.find(dangling, t.Key, "task %s, %s.%s for %s, is of member %s, who is not there", t.Key, t.Connector, t.Kind, t.Record, t.Member)
		}
		if !i.effects[t.Key] {
			i.find(dangling, t.Key, "task %s, %s.%s for %s, was made by no effect", t.Key, t.Connector, t.Kind, t.Record)
		}
	}
}

// checkHeld checks that everybody who keeps something is there. They may have left: what could not be withdrawn is kept by them still.
func (i *inspector) checkHeld() {
	for n := range i.Held {
		h := &i.Held[n]
		place := fmt.Sprintf("%s in %s.%s %q", h.Record, h.Connector, h.Kind, h.Name)
		for _, k := range h.Keepers {
			if i.members[k.Member] == nil {
				i.find(dangling, k.Member, "%s is kept by member %s, who is not there", place, k.Member)
			}
		}
	}
}

func (i *inspector) checkFailures() {
	for n := range i.Failures {
		f := &i.Failures[n]
		if f.Attempts < 0 {
			i.find(wrong, f.Key, "the failure of operation %s counts %d attempts", f.Key, f.Attempts)
		}
		if f.Member != "" && i.members[f.Member] == nil {
			i.find(dangling, f.Key, "the failure of operation %s is of member %s, who is not there", f.Key, f.Member)
		}
	}
}

// checkJournal checks that every run's journal is whole, and of a run that is there.
func (i *inspector) checkJournal(pages []state.Page) {
	i.findings = append(i.findings, gaps(pages)...)
	unknown := map[string]bool{}
	for n := range pages {
		if run := pages[n].Run; !i.runs[run] && !unknown[run] {
			unknown[run] = true
			i.find(dangling, run, "the journal has pages of run %s, which is not there", run)
		}
	}
}
