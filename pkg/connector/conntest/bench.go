package conntest

import (
	"context"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// bench is one claim at work: the harness, a system, and short ways to use it that fail the test on errors.
type bench struct {
	T
	Harness
	System
	ctx context.Context
}

func newBench(t T, h Harness, s System) *bench {
	return &bench{T: t, Harness: h, System: s, ctx: t.Context()}
}

// has reports whether the connector has a power.
func (b *bench) has(p Power) bool { return slices.Contains(b.Powers, p) }

// keeps tells which kinds of things the system has: some have no collections, others nothing that can be set or sent.
func (b *bench) keeps() (collections, objects, actions bool) {
	s := b.Connector.Describe()
	return len(s.Collections) > 0, len(s.Objects) > 0 || s.AnyObject, len(s.Actions) > 0 || s.AnyAction
}

// needCollections ends a claim about members, if the system has no collections.
func (b *bench) needCollections() {
	b.Helper()
	if collections, _, _ := b.keeps(); !collections {
		b.Skip("the system has no collections")
	}
}

// collection makes an empty collection with members.
func (b *bench) collection(name string, members ...string) connector.Collection {
	b.Helper()
	b.needCollections()
	c := connector.Collection{Kind: b.Collection, Name: name}
	b.Make(c)
	switch {
	case len(members) == 0:
	case b.Seed != nil:
		b.Seed(c, members)
	default:
		b.write(connector.Add, c, items(members...))
	}
	return c
}

// ids gives the ids from one number up to and without another.
func (b *bench) ids(from, to int) []string {
	var ids []string
	for n := from; n < to; n++ {
		ids = append(ids, b.ID(n))
	}
	return ids
}

// items gives an item for each id.
func items(ids ...string) []connector.Item {
	list := make([]connector.Item, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	return list
}

// write writes items in as many batches as the connector's limit makes necessary.
func (b *bench) write(v connector.Verb, target connector.Collection, list []connector.Item) []connector.Outcome {
	b.Helper()
	size := b.Connector.Describe().Batch
	if size == 0 {
		size = max(len(list), 1)
	}
	var all []connector.Outcome
	for part := range slices.Chunk(list, size) {
		outcomes, err := b.try(v, target, part)
		if err != nil {
			b.Fatalf("writing: %v", err)
		}
		all = append(all, outcomes...)
	}
	return all
}

// try writes one batch. However it ends there is an outcome an item, or none at all with an error.
func (b *bench) try(v connector.Verb, target connector.Collection, list []connector.Item) ([]connector.Outcome, error) {
	b.Helper()
	outcomes, err := b.Connector.(connector.Writer).Write(b.ctx, connector.Batch{Verb: v, Target: target, Items: list})
	if len(outcomes) != len(list) && (err == nil || len(outcomes) > 0) {
		b.Fatalf("got %d outcomes for %d items (error %v)", len(outcomes), len(list), err)
	}
	for i, o := range outcomes {
		if err == nil && (o.Status < connector.Done || o.Status > connector.InDoubt) {
			b.Fatalf("item %d has no outcome", i)
		}
		if o.Status == connector.Rejected && o.Reason == "" {
			b.Errorf("item %d is rejected without a reason", i)
		}
	}
	return outcomes, err
}

// want compares outcomes with what they must be. Where the system is blind, Done will do for Already.
func (b *bench) want(outcomes []connector.Outcome, statuses ...connector.Status) {
	b.Helper()
	if len(outcomes) != len(statuses) {
		b.Fatalf("got %d outcomes, want %d", len(outcomes), len(statuses))
	}
	for i, o := range outcomes {
		if b.Blind && statuses[i] == connector.Already && o.Status == connector.Done {
			continue
		}
		if o.Status != statuses[i] {
			b.Errorf("item %d is %s (%s), want %s", i, o.Status, o.Reason, statuses[i])
		}
	}
}

// wantAll compares outcomes that must all be the same.
func (b *bench) wantAll(outcomes []connector.Outcome, status connector.Status) {
	b.Helper()
	b.want(outcomes, slices.Repeat([]connector.Status{status}, len(outcomes))...)
}

// members reads a collection through the connector.
func (b *bench) members(c connector.Collection) []string {
	b.Helper()
	ids, err := b.Connector.(connector.MemberReader).Members(b.ctx, c)
	if err != nil {
		b.Fatalf("reading members: %v", err)
	}
	return ids
}

// knows reports whether there is any way to tell who is in a collection.
func (b *bench) knows() bool { return b.System.Members != nil || b.has(ReadMembers) }

// inside gives who is in a collection, normalized and sorted: behind the connector if that can be, else through it.
func (b *bench) inside(c connector.Collection) []string {
	b.Helper()
	if b.System.Members != nil {
		return b.normalized(b.System.Members(c))
	}
	return b.members(c)
}

// wantInside compares a collection, seen from every side, with what it must hold.
func (b *bench) wantInside(c connector.Collection, ids ...string) {
	b.Helper()
	want := b.normalized(ids)
	if b.knows() {
		b.same("in the system", b.inside(c), want)
	}
	if b.has(ReadMembers) {
		b.same("read", b.members(c), want)
	}
}

func (b *bench) same(what string, got, want []string) {
	b.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			b.Fatalf("%s are %d members, want %d; they differ at %d: %q, want %q",
				what, len(got), len(want), i, got[min(i, len(got)):min(i+3, len(got))], want[min(i, len(want)):min(i+3, len(want))])
		}
	}
}

// normalized gives ids in the one spelling in which they are compared, sorted, without repeats.
func (b *bench) normalized(ids []string) []string {
	set := map[string]bool{}
	for _, id := range ids {
		if n, ok := b.Connector.(connector.Normalizer); ok {
			id = n.Normalize(b.Collection, id)
		}
		set[id] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// object and action are targets of sets and sends.
func (b *bench) object() connector.Collection { return connector.Collection{Kind: b.Object} }
func (b *bench) action() connector.Collection { return connector.Collection{Kind: b.Action} }

// fields reads fields through the connector.
func (b *bench) fields(ids ...string) map[string]map[string]string {
	b.Helper()
	values, err := b.Connector.(connector.FieldReader).Fields(b.ctx, b.Object, ids, b.Fields)
	if err != nil {
		b.Fatalf("reading fields: %v", err)
	}
	return values
}
