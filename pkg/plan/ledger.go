package plan

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// Unknown says of what a connector holds that it could not be asked: it is never shown as no difference.
const Unknown Certainty = "unknown"

// Ledger is one collection as the state has it, beside what its connector says.
type Ledger struct {
	Place connector.Place
	// Sure is Known where the members were read, Assumed where the connector can't tell, Unknown where reading it failed.
	Sure   Certainty
	Why    string // Unknown: what went wrong; Known: that the collection does not exist, which is "" where it does
	Rows   []LedgerRow
	Others []connector.Member // Known: who is in it that the state knows nothing of, sorted by ID
	opaque bool
	lag    time.Duration // how long its members may lag behind what was written
}

// LedgerRow is somebody whom the state has in a collection.
type LedgerRow struct {
	Held  *state.Held
	There bool   // Known: it is in the collection now
	Late  bool   // Known: it is not There, which may be since it was put there just now and is shown late
	ID    string // as the connector spells it, where it is There
}

// Compare holds what the state has of collections against what their connectors say at a time. Rows and places are in the order of the state.
func Compare(s *state.Snapshot, facts *connector.Facts, connectors map[string]connector.Connector, at time.Time) []Ledger {
	var out []Ledger
	hasher := s.Meta.Hasher()
	for i := range s.Held {
		place := placeOfHeld(&s.Held[i])
		if n := len(out); n == 0 || out[n-1].Place != place {
			out = append(out, ledgerOf(place, facts, connectors[place.Connector]))
		}
		l := &out[len(out)-1]
		l.Rows = append(l.Rows, LedgerRow{Held: &s.Held[i]})
	}
	for i := range out {
		out[i].meet(facts.Members[out[i].Place], hasher)
		out[i].late(at)
	}
	return out
}

// ledgerOf tells how sure it is who is in a collection.
func ledgerOf(place connector.Place, facts *connector.Facts, c connector.Connector) Ledger {
	l := Ledger{Place: place, Sure: Known}
	_, read := facts.Members[place]
	switch {
	case c == nil:
		l.Sure, l.Why = Unknown, "connector "+place.Connector+" is not in the playbook"
	case facts.Failed[place] != nil:
		l.Sure, l.Why = Unknown, facts.Failed[place].Error()
	case facts.Missing[place] != nil:
		l.Why = "it does not exist"
	case facts.Blind[place]:
		l.Sure, l.Why = Assumed, "it can't be read back"
	case !read:
		l.Sure, l.Why = Unknown, "it was not asked about"
	}
	if c != nil {
		spec := c.Describe()
		l.opaque, l.lag = opaqueIn(spec, place.Kind), lagOf(spec, place.Kind)
	}
	return l
}

// opaqueIn reports whether a kind of collection has ids that are its system's own.
func opaqueIn(spec connector.Spec, kind string) bool {
	return slices.ContainsFunc(spec.Collections, func(k connector.CollectionKind) bool { return k.Name == kind && k.OpaqueIDs })
}

// late finds which rows may be shown late.
func (l *Ledger) late(at time.Time) {
	for i := range l.Rows {
		row := &l.Rows[i]
		row.Late = l.Sure == Known && l.Why == "" && !row.There && settling(row.Held, at, l.lag)
	}
}

// meet finds the rows among the members.
func (l *Ledger) meet(members []connector.Member, hasher *state.Hasher) {
	if l.Sure != Known {
		return
	}
	rows := make(map[string]int, len(l.Rows))
	for i := range l.Rows {
		rows[l.Rows[i].Held.Token] = i
	}
	for _, m := range members {
		token := m.ID
		if !l.opaque {
			token = hasher.Token(m.ID)
		}
		if i, held := rows[token]; held {
			l.Rows[i].There, l.Rows[i].ID = true, m.Spelled
		} else {
			l.Others = append(l.Others, m)
		}
	}
}
