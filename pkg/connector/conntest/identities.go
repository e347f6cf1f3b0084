package conntest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Identities are what records of a system are known by beside their ids, as its author says: Known has to have at least two.
type Identities struct {
	// Kind is the kind of collection, object, action or task that the records are of: the harness's Collection if "".
	Kind string
	// Known are identities with the system's own ids.
	Known map[string]string
	// Spellings are other spellings of known identities, and what they spell: an e-mail address in capitals. Nil where there are none.
	Spellings map[string]string
	// Several are identities that several records answer to. Nil where that can't be.
	Several []string
	// Unknown gives the nth identity, n from 0, that the system does not know: "nobody-0@unknown.example" and on if nil.
	Unknown func(n int) string
	// Anybody says that no identity is unknown: the system takes whoever it is told, as an audience of hashed addresses does.
	Anybody bool
	// Batch is how many identities the connector asks about in one call to its system: 500 if 0.
	Batch int
}

var identityClaims = []claim{
	{"what a record is known by becomes its id", []Power{Resolves}, (*bench).resolves},
	{"identities that nobody has are absent, and the others are found", []Power{Resolves}, (*bench).resolvesWithoutUnknown},
	{"an id stays what it is", []Power{Resolves}, (*bench).resolvesIDs},
	{"what several records answer to is no id, and it is said why", []Power{Resolves}, (*bench).resolvesNoneOfSeveral},
	{"other spellings are the same record", []Power{Resolves}, (*bench).resolvesSpellings},
	{"what is asked twice is answered", []Power{Resolves}, (*bench).resolvesRepeats},
	{"more identities than go into one call are resolved", []Power{Resolves}, (*bench).resolvesMany},
	{"to ask for nobody is no error", []Power{Resolves}, (*bench).resolvesNobody},
	{"an ended context stops resolving", []Power{Resolves}, (*bench).stopsResolving},
	{"an id that was found is the one that is written and read", []Power{Resolves, Writes, ReadMembers}, (*bench).writesFound},
	{"ids that can't be read back may be kept as they are", []Power{Resolves}, (*bench).keepsIDs},
}

// identities gives those of the system, filled.
func (b *bench) identities() Identities {
	b.Helper()
	if b.System.Identities == nil {
		b.Fatal("the connector resolves identities, and the harness has none")
	}
	i := *b.System.Identities
	if i.Kind == "" {
		i.Kind = b.Collection
	}
	if i.Unknown == nil {
		i.Unknown = func(n int) string { return fmt.Sprintf("nobody-%d@unknown.example", n) }
	}
	if i.Batch == 0 {
		i.Batch = 500
	}
	if len(i.Known) < 2 {
		b.Fatalf("the harness has %d known identities, and two is the least", len(i.Known))
	}
	return i
}

// withUnknown gives the identities of a system that does not know everybody.
func (b *bench) withUnknown() Identities {
	b.Helper()
	i := b.identities()
	if i.Anybody {
		b.Skip("no identity is unknown")
	}
	return i
}

// known gives the known identities, sorted.
func (i *Identities) known() []string { return slices.Sorted(maps.Keys(i.Known)) }

func (b *bench) resolve(kind string, identities ...string) map[string]connector.Identified {
	b.Helper()
	found, err := b.Connector.(connector.Resolver).Resolve(b.ctx, kind, identities)
	if err != nil {
		b.Fatalf("resolving: %v", err)
	}
	for identity, x := range found {
		if (x.ID == "") == (x.Why == "") {
			b.Errorf("%q is %+v: it has an id, or why it has none", identity, x)
		}
		if !slices.Contains(identities, identity) {
			b.Errorf("%q was not asked for", identity)
		}
	}
	return found
}

// wantFound compares what was found with the only ones that are to be: identities and their ids.
func (b *bench) wantFound(found map[string]connector.Identified, want map[string]string) {
	b.Helper()
	for identity, id := range want {
		if got, ok := found[identity]; !ok || got.ID != id {
			b.Errorf("%q is %+v (there: %v), want %q", identity, got, ok, id)
		}
	}
	if len(found) != len(want) {
		b.Errorf("%d identities were found, want %d", len(found), len(want))
	}
}

func (b *bench) resolves() {
	i := b.identities()
	b.wantFound(b.resolve(i.Kind, i.known()...), i.Known)
	for _, identity := range i.known()[:2] {
		b.wantFound(b.resolve(i.Kind, identity), map[string]string{identity: i.Known[identity]})
	}
}

func (b *bench) resolvesWithoutUnknown() {
	i := b.withUnknown()
	b.wantFound(b.resolve(i.Kind, i.Unknown(0)), nil)
	b.wantFound(b.resolve(i.Kind, slices.Concat([]string{i.Unknown(0)}, i.known(), []string{i.Unknown(1)})...), i.Known)
}

func (b *bench) resolvesIDs() {
	i := b.identities()
	ids, own := slices.Compact(slices.Sorted(maps.Values(i.Known))), map[string]string{}
	for _, id := range ids {
		own[id] = id
	}
	b.wantFound(b.resolve(i.Kind, ids...), own)
	maps.Copy(own, i.Known)
	b.wantFound(b.resolve(i.Kind, slices.Sorted(maps.Keys(own))...), own)
}

func (b *bench) resolvesNoneOfSeveral() {
	i := b.identities()
	if len(i.Several) == 0 {
		b.Skip("no two records have one identity")
	}
	found := b.resolve(i.Kind, slices.Concat(i.Several, i.known())...)
	for _, identity := range i.Several {
		x, ok := found[identity]
		if !ok || x.ID != "" || x.Why == "" {
			b.Errorf("%q is %+v (there: %v), and several records answer to it", identity, x, ok)
		}
		if strings.Contains(x.Why, identity) {
			b.Errorf("why says who it is, which is not for plans: %q", x.Why)
		}
		delete(found, identity)
	}
	b.wantFound(found, i.Known)
}

func (b *bench) resolvesSpellings() {
	i := b.identities()
	if len(i.Spellings) == 0 {
		b.Skip("identities have one spelling")
	}
	want := maps.Clone(i.Known)
	for spelling, identity := range i.Spellings {
		want[spelling] = i.Known[identity]
		b.wantFound(b.resolve(i.Kind, spelling), map[string]string{spelling: i.Known[identity]})
	}
	b.wantFound(b.resolve(i.Kind, slices.Sorted(maps.Keys(want))...), want)
}

func (b *bench) resolvesRepeats() {
	i := b.withUnknown()
	first := i.known()[0]
	b.wantFound(b.resolve(i.Kind, slices.Concat(i.known(), []string{first, first, i.Unknown(0), i.Unknown(0)})...), i.Known)
}

func (b *bench) resolvesMany() {
	i := b.withUnknown()
	var asked []string
	for n := range 2*i.Batch + 1 {
		asked = append(asked, i.Unknown(n))
	}
	known := i.known()
	asked = slices.Concat(known[:1], asked[:i.Batch], known[2:], asked[i.Batch:], known[1:2]) // some in each of the calls
	b.wantFound(b.resolve(i.Kind, asked...), i.Known)
}

func (b *bench) resolvesNobody() {
	b.wantFound(b.resolve(b.Collection), nil)
}

func (b *bench) stopsResolving() {
	i := b.identities()
	if _, err := b.Connector.(connector.Resolver).Resolve(b.ended(), i.Kind, i.known()); !errors.Is(err, context.Canceled) {
		b.Errorf("it resolves in spite of an ended context: %v", err)
	}
}

func (b *bench) writesFound() {
	i := b.identities()
	if i.Kind != b.Collection {
		b.Skip("they are of no collection")
	}
	found := b.resolve(i.Kind, i.known()...)
	c := b.collection("Early intent")
	id := found[i.known()[0]].ID
	b.wantAll(b.write(connector.Add, c, items(id)), connector.Done)
	b.wantInside(c, id)
	b.wantAll(b.write(connector.Remove, c, items(id)), connector.Done)
	b.wantInside(c)
}

// keepsIDs: who is to be taken out of what can't be read is known by the id in the state only.
func (b *bench) keepsIDs() {
	for _, k := range b.Connector.Describe().Collections {
		if !k.OpaqueIDs && (k.WriteOnly || !b.has(ReadMembers)) {
			b.Errorf("%s: nobody could be taken out any more: its ids can't be read, and are not OpaqueIDs", k.Name)
		}
	}
}
