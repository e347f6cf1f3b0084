package conntest

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

var memberClaims = []claim{
	{"members are read: none, one, many", []Power{ReadMembers}, (*bench).readsMembers},
	{"what is added is read back", []Power{Writes}, (*bench).adds},
	{"adding twice is already", []Power{Writes}, (*bench).addsTwice},
	{"what is removed is gone", []Power{Writes}, (*bench).removes},
	{"removing who is not there is already", []Power{Writes}, (*bench).removesAbsent},
	{"a member that comes back is added again", []Power{Writes}, (*bench).addsAgain},
	{"a repeat within a batch is already", []Power{Writes}, (*bench).addsRepeats},
	{"outcomes are in the order of the items", []Power{Writes}, (*bench).ordersOutcomes},
	{"a bad record is rejected and the others are done", []Power{Writes}, (*bench).rejectsOne},
	{"an empty batch does nothing", []Power{Writes}, (*bench).addsNobody},
	{"other collections are left alone", []Power{Writes}, (*bench).leavesOthers},
	{"awkward ids go in and out", []Power{Writes}, (*bench).keepsAwkwardIDs},
	{"many members go in and out", []Power{Writes}, (*bench).addsMany},
	{"members are sorted and unique", []Power{Writes, ReadMembers}, (*bench).sortsMembers},
	{"other spellings are the same member", []Power{Writes, Normalizes}, (*bench).takesSpellings},
}

func (b *bench) readsMembers() {
	for _, n := range []int{0, 1, 2, 1000, 1001} {
		c := b.collection(b.ID(n), b.ids(0, n)...)
		b.wantInside(c, b.ids(0, n)...)
	}
}

func (b *bench) adds() {
	c := b.collection("Early intent", b.ID(0))
	b.wantAll(b.write(connector.Add, c, items(b.ids(1, 4)...)), connector.Done)
	b.wantInside(c, b.ids(0, 4)...)
}

func (b *bench) addsTwice() {
	c := b.collection("Early intent")
	b.wantAll(b.write(connector.Add, c, items(b.ids(0, 3)...)), connector.Done)
	b.wantAll(b.write(connector.Add, c, items(b.ids(0, 3)...)), connector.Already)
	b.wantInside(c, b.ids(0, 3)...)
}

func (b *bench) removes() {
	c := b.collection("Early intent", b.ids(0, 5)...)
	b.wantAll(b.write(connector.Remove, c, items(b.ID(0), b.ID(2), b.ID(4))), connector.Done)
	b.wantInside(c, b.ID(1), b.ID(3))
	b.wantAll(b.write(connector.Remove, c, items(b.ID(1), b.ID(3))), connector.Done)
	b.wantInside(c)
}

func (b *bench) removesAbsent() {
	c := b.collection("Early intent", b.ID(0))
	b.wantAll(b.write(connector.Remove, c, items(b.ids(1, 3)...)), connector.Already)
	b.wantInside(c, b.ID(0))
}

func (b *bench) addsAgain() {
	c := b.collection("Early intent", b.ids(0, 2)...)
	for range 3 {
		b.wantAll(b.write(connector.Remove, c, items(b.ID(0))), connector.Done)
		b.wantAll(b.write(connector.Add, c, items(b.ID(0))), connector.Done)
	}
	b.wantInside(c, b.ids(0, 2)...)
}

func (b *bench) addsRepeats() {
	c := b.collection("Early intent")
	list := items(b.ID(0), b.ID(1), b.ID(0), b.ID(0))
	b.want(b.write(connector.Add, c, list), connector.Done, connector.Done, connector.Already, connector.Already)
	b.wantInside(c, b.ids(0, 2)...)
	b.want(b.write(connector.Remove, c, list), connector.Done, connector.Done, connector.Already, connector.Already)
	b.wantInside(c)
}

func (b *bench) ordersOutcomes() {
	c := b.collection("Early intent", b.ID(1), b.ID(3))
	list := items(b.ID(4), b.ID(3), b.ID(2), b.ID(1), b.ID(0))
	b.want(b.write(connector.Add, c, list), connector.Done, connector.Already, connector.Done, connector.Already, connector.Done)
	b.wantInside(c, b.ids(0, 5)...)
}

func (b *bench) rejectsOne() {
	c := b.collection("Early intent", b.ID(1))
	list := items(b.ID(0), "", b.ID(1), b.ID(2))
	b.want(b.write(connector.Add, c, list), connector.Done, connector.Rejected, connector.Already, connector.Done)
	b.wantInside(c, b.ids(0, 3)...)
	b.want(b.write(connector.Remove, c, list), connector.Done, connector.Rejected, connector.Done, connector.Done)
	b.wantInside(c)
}

func (b *bench) addsNobody() {
	c := b.collection("Early intent", b.ID(0))
	for _, v := range []connector.Verb{connector.Add, connector.Remove} {
		if _, err := b.try(v, c, nil); err != nil {
			b.Errorf("%s: %v", v, err)
		}
	}
	b.wantInside(c, b.ID(0))
}

func (b *bench) leavesOthers() {
	one, other := b.collection("One", b.ID(0)), b.collection("Other", b.ID(0), b.ID(1))
	b.write(connector.Add, one, items(b.ID(2)))
	b.write(connector.Remove, one, items(b.ID(0)))
	b.wantInside(one, b.ID(2))
	b.wantInside(other, b.ID(0), b.ID(1))
}

func (b *bench) keepsAwkwardIDs() {
	c := b.collection("Early intent", b.ID(0))
	b.wantAll(b.write(connector.Add, c, items(b.IDs...)), connector.Done)
	b.wantInside(c, slices.Concat(b.IDs, b.ids(0, 1))...)
	b.wantAll(b.write(connector.Add, c, items(b.IDs...)), connector.Already)
	for _, id := range b.IDs {
		b.wantAll(b.write(connector.Remove, c, items(id)), connector.Done)
	}
	b.wantInside(c, b.ID(0))
}

func (b *bench) addsMany() {
	c := b.collection("Everybody")
	everybody := b.ids(0, b.Many)
	b.wantAll(b.write(connector.Add, c, items(everybody...)), connector.Done)
	b.wantInside(c, everybody...)
	b.wantAll(b.write(connector.Remove, c, items(everybody[1:]...)), connector.Done)
	b.wantInside(c, everybody[0])
}

func (b *bench) sortsMembers() {
	c := b.collection("Early intent")
	backwards := b.ids(0, 100)
	slices.Reverse(backwards)
	b.write(connector.Add, c, items(slices.Concat(backwards, backwards[:10])...))
	got := b.members(c)
	if !slices.IsSorted(got) {
		b.Error("members are not sorted")
	}
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		b.Error("members are not unique")
	}
}

func (b *bench) takesSpellings() {
	c := b.collection("Early intent")
	id := b.ID(0)
	for _, spelling := range []string{" " + id, id + "\t", id} {
		if b.Connector.(connector.Normalizer).Normalize(b.Collection, spelling) != b.Connector.(connector.Normalizer).Normalize(b.Collection, id) {
			continue
		}
		b.wantAll(b.write(connector.Add, c, items(spelling)), connector.Done)
		b.wantAll(b.write(connector.Add, c, items(id)), connector.Already)
		b.wantInside(c, id)
		b.wantAll(b.write(connector.Remove, c, items(id)), connector.Done)
		b.wantInside(c)
	}
}
