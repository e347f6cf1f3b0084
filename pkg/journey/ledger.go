package journey

import (
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/state"
)

// ledger is the state, indexed for a run.
type ledger struct {
	plays   map[string]*state.Play
	active  map[string][]*state.Member // by play, in the state's order
	entries map[entryKey]entries
	ended   map[string]map[string][]string // play → record key → outcomes
	truths  map[string]map[string]bool     // play → truth key
	effects map[string]*state.Effect
	seen    map[state.Record]map[string]string
}

type entryKey struct{ play, key, per string }

// entries is a record's history in a play.
type entries struct {
	count  int // with any `per`
	last   time.Time
	active bool
	number int // of entries with this `per`
}

func newLedger(s *state.Snapshot) *ledger {
	l := &ledger{plays: map[string]*state.Play{}, active: map[string][]*state.Member{}, entries: map[entryKey]entries{},
		ended: map[string]map[string][]string{}, truths: map[string]map[string]bool{}, effects: map[string]*state.Effect{}}
	for i := range s.Plays {
		l.plays[s.Plays[i].Name] = &s.Plays[i]
	}
	for i := range s.Members {
		l.add(&s.Members[i])
	}
	for _, t := range s.Truths {
		if l.truths[t.Play] == nil {
			l.truths[t.Play] = map[string]bool{}
		}
		l.truths[t.Play][t.Key] = true
	}
	for i := range s.Effects {
		l.effects[s.Effects[i].Key] = &s.Effects[i]
	}
	return l
}

func (l *ledger) add(m *state.Member) {
	for _, per := range slices.Compact([]string{"", m.Per}) {
		key := entryKey{m.Play, m.Record.Key, per}
		e := l.entries[key]
		e.count++
		e.active = e.active || m.Active()
		e.number = max(e.number, m.Number)
		if m.EnteredAt.After(e.last) {
			e.last = m.EnteredAt
		}
		l.entries[key] = e
	}
	if m.Active() {
		l.active[m.Play] = append(l.active[m.Play], m)
		return
	}
	if l.ended[m.Play] == nil {
		l.ended[m.Play] = map[string][]string{}
	}
	l.ended[m.Play][m.Record.Key] = append(l.ended[m.Play][m.Record.Key], string(m.Outcome))
}

// Enrolled implements [expr.Standing].
func (l *ledger) Enrolled(play, key string) bool {
	return l.entries[entryKey{play: play, key: key}].active
}

// Finished implements [expr.Standing].
func (l *ledger) Finished(play, outcome, key string) bool {
	outcomes := l.ended[play][key]
	return outcome == "*" && len(outcomes) > 0 || slices.Contains(outcomes, outcome)
}

// playNames gives every play that the state knows, sorted.
func (l *ledger) playNames() []string {
	var names []string
	for name := range l.plays {
		names = append(names, name)
	}
	for name := range l.active {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (l *ledger) truthKeys(play string) []string {
	var keys []string
	for key := range l.truths[play] {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}

// Standing tells where records stand in plays, as of a snapshot.
func Standing(s *state.Snapshot) expr.Standing { return newLedger(s) }
