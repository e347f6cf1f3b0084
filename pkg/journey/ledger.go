package journey

import (
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/state"
)

// ledger is the state, by play. It leans on the order of a snapshot: members by play and record, truths by play and key.
type ledger struct {
	plays     map[string]*state.Play
	histories map[string]*history
	truths    map[string]marks
}

// history is everybody who is or was in one play.
type history struct {
	members [][]state.Member // by entity, each sorted by record key
	active  []*state.Member

	once  sync.Once // expressions of several goroutines ask where records stand, of few plays
	in    map[string]bool
	ended map[string][]string // outcomes by record key
}

// entries is a record's history in a play.
type entries struct {
	count  int // with any `per`
	last   time.Time
	active bool
	number int // of entries with this `per`
}

func newLedger(s *state.Snapshot) *ledger {
	l := &ledger{plays: map[string]*state.Play{}, histories: map[string]*history{}, truths: map[string]marks{}}
	for i := range s.Plays {
		l.plays[s.Plays[i].Name] = &s.Plays[i]
	}
	runs(s.Members, func(m *state.Member) string { return m.Play }, func(play string, members []state.Member) {
		l.histories[play] = newHistory(members)
	})
	runs(s.Truths, func(t *state.Truth) string { return t.Play }, func(play string, truths []state.Truth) { l.truths[play] = truths })
	return l
}

// runs gives the parts of a slice that have a word in common and stand together.
func runs[T any](list []T, word func(*T) string, each func(word string, part []T)) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && word(&list[to]) == word(&list[from]) {
			to++
		}
		each(word(&list[from]), list[from:to:to])
		from = to
	}
}

func newHistory(members []state.Member) *history {
	h := &history{active: make([]*state.Member, 0, len(members))}
	runs(members, func(m *state.Member) string { return m.Record.Entity }, func(_ string, part []state.Member) { h.members = append(h.members, part) })
	for i := range members {
		if members[i].Active() {
			h.active = append(h.active, &members[i])
		}
	}
	return h
}

// active gives the active members of a play, by record.
func (l *ledger) active(play string) []*state.Member {
	if h := l.histories[play]; h != nil {
		return h.active
	}
	return nil
}

// entries gives a record's history in a play: with one `per`, or with "" all of it.
func (l *ledger) entries(play, key, per string) entries {
	var e entries
	h := l.histories[play]
	if h == nil {
		return e
	}
	for _, list := range h.members {
		at := sort.Search(len(list), func(i int) bool { return list[i].Record.Key >= key })
		for ; at < len(list) && list[at].Record.Key == key; at++ {
			if m := &list[at]; per == "" || m.Per == per {
				e.add(m)
			}
		}
	}
	return e
}

func (e *entries) add(m *state.Member) {
	e.count++
	e.active = e.active || m.Active()
	e.number = max(e.number, m.Number)
	e.last = latest(e.last, m.EnteredAt)
}

// Enrolled implements [expr.Standing].
func (l *ledger) Enrolled(play, key string) bool {
	h := l.standing(play)
	return h != nil && h.in[key]
}

// Finished implements [expr.Standing].
func (l *ledger) Finished(play, outcome, key string) bool {
	h := l.standing(play)
	return h != nil && (outcome == "*" && len(h.ended[key]) > 0 || slices.Contains(h.ended[key], outcome))
}

// standing gives a play's history with where its records stand.
func (l *ledger) standing(play string) *history {
	h := l.histories[play]
	if h != nil {
		h.once.Do(h.stand)
	}
	return h
}

func (h *history) stand() {
	h.in, h.ended = make(map[string]bool, len(h.active)), map[string][]string{}
	for _, list := range h.members {
		for i := range list {
			if m := &list[i]; m.Active() {
				h.in[m.Record.Key] = true
			} else {
				h.ended[m.Record.Key] = append(h.ended[m.Record.Key], string(m.Outcome))
			}
		}
	}
}

// playNames gives every play that the state knows, and that has anybody in it or is remembered, sorted.
func (l *ledger) playNames() []string {
	var names []string
	for name := range l.plays {
		names = append(names, name)
	}
	for name, h := range l.histories {
		if len(h.active) > 0 {
			names = append(names, name)
		}
	}
	for name := range l.truths {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// marks are the edges of a play that are past, sorted: see [mark].
type marks []state.Truth

// from gives the position of the first mark that is not before a text.
func (m marks) from(text string) int {
	return sort.Search(len(m), func(i int) bool { return m[i].Key >= text })
}

func (m marks) has(key string) bool {
	at := m.from(key)
	return at < len(m) && m[at].Key == key
}

// of gives every mark of a record. They stand together, since what a mark says more than the key comes behind the smallest of bytes.
func (m marks) of(record string) marks {
	from := m.from(record)
	to := from
	for to < len(m) && m[to].Owner() == record {
		to++
	}
	return m[from:to]
}

// Standing tells where records stand in plays, as of a snapshot.
func Standing(s *state.Snapshot) expr.Standing { return newLedger(s) }
