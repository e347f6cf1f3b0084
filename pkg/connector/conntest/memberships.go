package conntest

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

var membershipClaims = []claim{
	{"collections are listed, sorted", []Power{Lists}, (*bench).lists},
	{"memberships are those that there are", []Power{ReadMemberships}, (*bench).readsMemberships},
	{"memberships of unknown ids are none", []Power{ReadMemberships}, (*bench).readsUnknownMemberships},
	{"memberships follow adding and removing", []Power{Writes, ReadMemberships}, (*bench).followsMemberships},
	{"memberships are read: none, one, many", []Power{ReadMemberships}, (*bench).readsManyMemberships},
	{"memberships of awkward ids in awkward collections are read", []Power{Writes, ReadMemberships}, (*bench).readsAwkwardMemberships},
}

func (b *bench) lists() {
	listed := func() []string {
		names, err := b.Connector.(connector.Lister).Collections(b.ctx, b.Collection)
		if err != nil {
			b.Fatal(err)
		}
		return names
	}
	if got := listed(); len(got) != 0 {
		b.Errorf("an empty system lists %q", got)
	}
	b.otherKind("Another kind's")
	for i, name := range b.Names {
		b.collection(name)
		want := slices.Sorted(slices.Values(b.Names[:i+1]))
		if got := listed(); !slices.Equal(got, want) {
			b.Fatalf("listed are %q, want %q", got, want)
		}
	}
}

// otherKind makes a collection of another kind, with members, if the system has one: it must not be taken for one of ours.
func (b *bench) otherKind(name string, members ...string) {
	b.Helper()
	for _, k := range b.Connector.Describe().Collections {
		if k.Name == b.Collection {
			continue
		}
		c := connector.Collection{Kind: k.Name, Name: name}
		b.Make(c)
		if b.has(Writes) && len(members) > 0 {
			b.write(connector.Add, c, items(members...))
		}
		return
	}
}

// memberships reads through the connector.
func (b *bench) memberships(ids ...string) map[string][]string {
	b.Helper()
	found, err := b.Connector.(connector.MembershipReader).MembershipsOf(b.ctx, b.Collection, ids)
	if err != nil {
		b.Fatalf("reading memberships: %v", err)
	}
	return found
}

// wantMemberships compares what an id is in.
func (b *bench) wantMemberships(id string, names ...string) {
	b.Helper()
	if got := b.memberships(id)[id]; !slices.Equal(got, names) {
		b.Errorf("%q is in %q, want %q", id, got, names)
	}
}

func (b *bench) readsMemberships() {
	b.collection("Z", b.ID(0), b.ID(1))
	b.collection("A", b.ID(0))
	b.collection("Empty")
	b.collection("M", b.ID(0), b.ID(2))
	b.otherKind("N", b.ID(0), b.ID(3))
	got := b.memberships(b.ids(0, 4)...)
	for i, want := range [][]string{{"A", "M", "Z"}, {"Z"}, {"M"}, nil} {
		if !slices.Equal(got[b.ID(i)], want) {
			b.Errorf("%q is in %q, want %q", b.ID(i), got[b.ID(i)], want)
		}
	}
	if _, named := got[b.ID(3)]; named || len(got) != 3 {
		b.Errorf("who is in none is among %v", got)
	}
}

func (b *bench) readsUnknownMemberships() {
	if got := b.memberships("nobody"); len(got) != 0 {
		b.Errorf("in an empty system, nobody is in %v", got)
	}
	b.collection("A", b.ID(0))
	if got := b.memberships("nobody", b.ID(0), b.ID(0)); len(got) != 1 || !slices.Equal(got[b.ID(0)], []string{"A"}) {
		b.Errorf("memberships are %v", got)
	}
}

func (b *bench) followsMemberships() {
	a, z := b.collection("A"), b.collection("Z", b.ID(0))
	b.wantMemberships(b.ID(0), "Z")
	b.write(connector.Add, a, items(b.ID(0)))
	b.wantMemberships(b.ID(0), "A", "Z")
	b.write(connector.Remove, z, items(b.ID(0)))
	b.wantMemberships(b.ID(0), "A")
	b.write(connector.Remove, a, items(b.ID(0)))
	b.wantMemberships(b.ID(0))
}

func (b *bench) readsManyMemberships() {
	b.collection("Even", b.ids(0, 1001)...)
	for _, n := range []int{0, 1, 1000, 1001} {
		if got := b.memberships(b.ids(0, n)...); len(got) != n {
			b.Errorf("asked for %d ids, %d are in the collection", n, len(got))
		}
	}
}

func (b *bench) readsAwkwardMemberships() {
	for i, id := range b.IDs {
		name := b.Names[i%len(b.Names)]
		c := connector.Collection{Kind: b.Collection, Name: name}
		if i < len(b.Names) {
			b.collection(name)
		}
		b.wantAll(b.write(connector.Add, c, items(id)), connector.Done)
	}
	got := b.memberships(b.IDs...)
	for i, id := range b.IDs {
		if want := []string{b.Names[i%len(b.Names)]}; !slices.Equal(got[id], want) {
			b.Errorf("%q is in %q, want %q", id, got[id], want)
		}
	}
}
