package journey

import (
	"maps"
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
	truths  map[string]*marks              // by play
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
		ended: map[string]map[string][]string{}, truths: map[string]*marks{}}
	for i := range s.Plays {
		l.plays[s.Plays[i].Name] = &s.Plays[i]
	}
	for i := range s.Members {
		l.add(&s.Members[i])
	}
	for _, t := range s.Truths {
		if l.truths[t.Play] == nil {
			l.truths[t.Play] = &marks{all: map[string]bool{}, more: map[string][]string{}}
		}
		l.truths[t.Play].add(t.Key)
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
	for name := range l.truths {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// marks are the edges of a play that are past: see [mark]. A nil one has none.
type marks struct {
	all  map[string]bool
	more map[string][]string // record key → its marks that say more than the key
}

func (m *marks) add(key string) {
	m.all[key] = true
	if record, _, more := strings.Cut(key, "\x00"); more {
		m.more[record] = append(m.more[record], key)
	}
}

func (m *marks) has(key string) bool { return m != nil && m.all[key] }

// of gives every mark of a record.
func (m *marks) of(record string) []string {
	switch {
	case m == nil:
		return nil
	case m.all[record]:
		return append([]string{record}, m.more[record]...)
	}
	return m.more[record]
}

// keys gives all marks, sorted.
func (m *marks) keys() []string {
	if m == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m.all))
}

// Standing tells where records stand in plays, as of a snapshot.
func Standing(s *state.Snapshot) expr.Standing { return newLedger(s) }
