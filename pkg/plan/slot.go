package plan

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// slot is one member of one collection, an id under its one spelling, that somebody wants something of.
type slot struct {
	site   *site
	id     string
	token  string  // how the state remembers the id; "" until somebody asks
	claims []claim // in the order of the wants
	held   int     // what is held of it, in the ledger; -1 for nothing
	member int     // where it is among the site's members; -1 where it is not
	made   int     // the operation that makes it a member; -1 for none
}

// claim is what one want asks of a slot.
type claim struct {
	id   string
	head uint64 // of the id: see [site.sortClaims]
	want int
}

// claim finds the slots of the wants of memberships from one on.
func (b *builder) claim(from int) {
	for i := from; i < len(b.wants); i++ {
		if w := &b.wants[i]; w.Verb.Membership() && w.Target.Name != "" {
			s := b.siteOf(placeOf(w))
			s.claims = append(s.claims, claim{id: connector.Normalize(s.connector, w.Target.Kind, w.ID), want: i})
		}
	}
	slices.SortFunc(b.sites, func(x, y *site) int { return comparePlaces(x.Place, y.Place) })
	for _, s := range b.sites {
		if len(s.claims) == s.slotted {
			continue
		}
		s.sortClaims()
		s.makeSlots()
		s.meetMembers()
		b.meetLedger(s)
	}
}

// sortClaims sorts a site's claims by id, then want. Eight bytes behind what all ids begin with are compared as one number, and the rest only where
// those are equal: a text lies far away in memory.
func (s *site) sortClaims() {
	common := len(s.claims[0].id)
	for i := range s.claims {
		common = sharedPrefix(s.claims[0].id[:common], s.claims[i].id)
	}
	for i := range s.claims {
		s.claims[i].head = head(s.claims[i].id[common:])
	}
	slices.SortFunc(s.claims, compareClaims)
}

func compareClaims(x, y claim) int {
	if x.head != y.head {
		return cmp.Compare(x.head, y.head)
	}
	return cmp.Or(strings.Compare(x.id, y.id), x.want-y.want)
}

// tokened is a slot's token, by which it is sought in what is held. head is that of the token.
type tokened struct {
	token string
	head  uint64
	slot  int
}

func compareTokened(x, y tokened) int {
	if x.head != y.head {
		return cmp.Compare(x.head, y.head)
	}
	return strings.Compare(x.token, y.token)
}

// head gives the first eight bytes of a text as a number of the same order.
func head(text string) uint64 {
	var first [8]byte
	copy(first[:], text)
	return binary.BigEndian.Uint64(first[:])
}

// sharedPrefix gives how many bytes two texts begin with in common.
func sharedPrefix(x, y string) int {
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// makeSlots makes a slot of the claims of each id.
func (s *site) makeSlots() {
	s.slots, s.slotted = make([]slot, 0, len(s.claims)), len(s.claims)
	for from := 0; from < len(s.claims); {
		to := from + 1
		for to < len(s.claims) && s.claims[to].id == s.claims[from].id {
			to++
		}
		s.slots = append(s.slots, slot{site: s, id: s.claims[from].id, claims: s.claims[from:to], held: -1, member: -1, made: -1})
		from = to
	}
}

// meetMembers finds which slots are members of the collection now: both are sorted by id.
func (s *site) meetMembers() {
	at := 0
	for i := range s.slots {
		x := &s.slots[i]
		at = state.Seek(at, len(s.members), func(i int) bool { return s.members[i].ID < x.id })
		if at < len(s.members) && s.members[at].ID == x.id {
			x.member = at
		}
	}
}

// meetLedger finds what is held of a site's slots.
func (b *builder) meetLedger(s *site) {
	if s.ledger.from == s.ledger.to {
		return
	}
	byToken := make([]tokened, len(s.slots))
	for i := range s.slots {
		token := b.tokenOf(&s.slots[i])
		byToken[i] = tokened{token, head(token), i}
	}
	slices.SortFunc(byToken, compareTokened)
	at, held := s.ledger.from, b.State.Held
	for _, t := range byToken {
		x := &s.slots[t.slot]
		at = state.Seek(at, s.ledger.to, func(i int) bool { return held[i].Token < x.token })
		if at < s.ledger.to && held[at].Token == x.token {
			x.held, b.wanted[at] = at, x
		}
	}
}

// slotOf finds the slot of an id in a collection; nil if nobody wants anything of it.
func (b *builder) slotOf(s *site, id string) *slot {
	i, found := sort.Find(len(s.slots), func(i int) int { return strings.Compare(id, s.slots[i].id) })
	if !found {
		return nil
	}
	return &s.slots[i]
}

// normal gives the id of a want under its one spelling.
func (b *builder) normal(w *journey.Want) string {
	return connector.Normalize(b.Connectors[w.Connector], w.Target.Kind, w.ID)
}

// tokenOf gives how the state remembers a slot's id.
func (b *builder) tokenOf(s *slot) string {
	if s.token == "" {
		s.token = b.token(s.site.opaque, s.id)
	}
	return s.token
}
