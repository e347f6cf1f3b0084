package conntest

import (
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

var generalClaims = []claim{
	{"its powers are those listed", nil, (*bench).powersAreListed},
	{"it describes the kinds that it takes", nil, (*bench).describesKinds},
	{"an empty system passes its check", nil, (*bench).checks},
	{"normalizing twice is normalizing once", []Power{Normalizes}, (*bench).normalizesOnce},
	{"a collection that is created exists, and is empty", []Power{Creates}, (*bench).creates},
	{"a collection that exists is not emptied by creating it", []Power{Creates}, (*bench).createsAgain},
	{"a missing collection is ErrNoCollection", nil, (*bench).missesCollection},
	{"awkward names are kept apart", []Power{Writes}, (*bench).keepsNamesApart},
}

func (b *bench) powersAreListed() {
	want := slices.Sorted(slices.Values(b.Powers))
	got := slices.Sorted(slices.Values(PowersOf(b.Connector)))
	if !slices.Equal(got, want) {
		b.Errorf("the connector has %q, its harness lists %q", got, want)
	}
}

func (b *bench) describesKinds() {
	spec := b.Connector.Describe()
	if !b.has(Writes) {
		return
	}
	if len(spec.Collections) > 0 && !slices.ContainsFunc(spec.Collections, func(k connector.CollectionKind) bool { return k.Name == b.Collection }) {
		b.Errorf("no collection kind %q in %v", b.Collection, spec.Collections)
	}
	if _, ok := spec.Action(b.Action); !ok && len(spec.Actions) > 0 {
		b.Errorf("no action %q in %v", b.Action, spec.Actions)
	}
	if _, ok := spec.Task(b.Task); !ok && len(spec.Tasks) > 0 {
		b.Errorf("no task %q in %v", b.Task, spec.Tasks)
	}
	if spec.Batch < 0 {
		b.Errorf("batches of %d", spec.Batch)
	}
}

func (b *bench) checks() {
	if err := b.Connector.Check(b.ctx); err != nil {
		b.Error(err)
	}
}

func (b *bench) normalizesOnce() {
	n := b.Connector.(connector.Normalizer)
	for _, id := range slices.Concat(b.IDs, b.ids(0, 3), []string{"", " ", " A@B.example ", "İ@X.example"}) {
		for _, kind := range []string{b.Collection, b.Object} {
			once := n.Normalize(kind, id)
			if twice := n.Normalize(kind, once); twice != once {
				b.Errorf("%q becomes %q and then %q", id, once, twice)
			}
		}
	}
}

func (b *bench) creates() {
	c := connector.Collection{Kind: b.Collection, Name: "New"}
	if err := b.Connector.(connector.Creator).Create(b.ctx, c); err != nil {
		b.Fatal(err)
	}
	b.wantInside(c)
	if b.has(Writes) {
		b.wantAll(b.write(connector.Add, c, items(b.ID(0))), connector.Done)
		b.wantInside(c, b.ID(0))
	}
}

func (b *bench) createsAgain() {
	c := b.collection("Old", b.ID(0))
	// Whether creating what exists is an error is the system's own business.
	_ = b.Connector.(connector.Creator).Create(b.ctx, c)
	b.wantInside(c, b.ID(0))
}

func (b *bench) missesCollection() {
	b.needCollections()
	c := connector.Collection{Kind: b.Collection, Name: "Not there"}
	if b.has(ReadMembers) {
		if _, err := b.Connector.(connector.MemberReader).Members(b.ctx, c); !errors.Is(err, connector.ErrNoCollection) {
			b.Errorf("reading gives %v", err)
		}
	}
	if b.has(ReadMembershipFields) {
		_, err := b.Connector.(connector.MembershipFieldReader).MembershipFields(b.ctx, c, b.ids(0, 1), b.MembershipFields)
		if !errors.Is(err, connector.ErrNoCollection) {
			b.Errorf("reading the fields of memberships gives %v", err)
		}
	}
	if !b.has(Writes) {
		return
	}
	verbs := []connector.Verb{connector.Add, connector.Remove}
	if b.takesMembershipFields() {
		verbs = append(verbs, connector.Set)
	}
	for _, v := range verbs {
		_, err := b.try(v, c, items(b.ID(0)))
		if !errors.Is(err, connector.ErrNoCollection) {
			b.Errorf("%s gives %v", v, err)
		}
		if !errors.As(err, new(*connector.NotBegunError)) {
			b.Errorf("%s leaves doubt: %v", v, err)
		}
	}
}

func (b *bench) keepsNamesApart() {
	var made []connector.Collection
	for i, name := range b.Names {
		c := b.collection(name)
		b.wantAll(b.write(connector.Add, c, items(b.ID(i))), connector.Done)
		made = append(made, c)
	}
	for i, c := range made {
		b.wantInside(c, b.ID(i))
	}
}
