package conntest

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

var membershipFieldClaims = []claim{
	{"a member is added with fields", []Power{Writes, ReadMembershipFields}, (*bench).addsWithFields},
	{"adding a member again leaves its fields", []Power{Writes, ReadMembershipFields}, (*bench).addsAgainWithFields},
	{"fields of a membership are set", []Power{Writes, ReadMembershipFields}, (*bench).setsMembership},
	{"fields of a membership are of one collection", []Power{Writes, ReadMembershipFields}, (*bench).setsOneMembership},
	{"who is no member is rejected, and the others are set", []Power{Writes, ReadMembershipFields}, (*bench).setsNoMember},
	{"a member that comes back has no old fields", []Power{Writes, ReadMembershipFields}, (*bench).forgetsMembership},
	{"awkward fields of memberships go in and out", []Power{Writes, ReadMembershipFields}, (*bench).setsAwkwardMembership},
}

// takesMembershipFields reports whether memberships of the harness's kind of collection have the harness's fields.
func (b *bench) takesMembershipFields() bool {
	for _, k := range b.Connector.Describe().Collections {
		if k.Name == b.Collection {
			return k.AnyField || slices.Contains(k.Fields, b.MembershipFields[0]) && slices.Contains(k.Fields, b.MembershipFields[1])
		}
	}
	return false
}

func (b *bench) needMembershipFields() {
	b.Helper()
	if !b.takesMembershipFields() {
		b.Skip("memberships have no fields")
	}
}

// membership gives an item with values of the harness's fields of memberships.
func (b *bench) membership(id string, values ...any) connector.Item {
	item := connector.Item{ID: id, Fields: map[string]any{}}
	for i, v := range values {
		item.Fields[b.MembershipFields[i]] = v
	}
	return item
}

// wantMembership compares the fields of one membership. An empty text is no value.
func (b *bench) wantMembership(c connector.Collection, id string, want ...string) {
	b.Helper()
	got, err := b.Connector.(connector.MembershipFieldReader).MembershipFields(b.ctx, c, []string{id, "nobody"}, b.MembershipFields)
	if err != nil {
		b.Fatalf("reading the fields of memberships: %v", err)
	}
	if _, known := got["nobody"]; known {
		b.Error("nobody has a membership")
	}
	for i, w := range want {
		if value, has := got[id][b.MembershipFields[i]]; value != w || has != (w != "") {
			b.Errorf("%q of %q in %s is %q, want %q", b.MembershipFields[i], id, c, value, w)
		}
	}
}

func (b *bench) addsWithFields() {
	b.needMembershipFields()
	c := b.collection("Early intent", b.ID(0))
	list := []connector.Item{b.membership(b.ID(1), "champion", "x"), {ID: b.ID(2)}, b.membership(b.ID(3), "buyer")}
	b.wantAll(b.write(connector.Add, c, list), connector.Done)
	b.wantInside(c, b.ids(0, 4)...)
	for i, want := range [][]string{{"", ""}, {"champion", "x"}, {"", ""}, {"buyer", ""}} {
		b.wantMembership(c, b.ID(i), want...)
	}
}

func (b *bench) addsAgainWithFields() {
	b.needMembershipFields()
	c := b.collection("Early intent")
	b.write(connector.Add, c, []connector.Item{b.membership(b.ID(0), "champion")})
	again := b.membership(b.ID(0), "buyer", "x")
	b.wantAll(b.write(connector.Add, c, []connector.Item{again, again}), connector.Already)
	b.wantMembership(c, b.ID(0), "champion", "")
}

func (b *bench) setsMembership() {
	b.needMembershipFields()
	c := b.collection("Early intent", b.ids(0, 2)...)
	b.wantAll(b.write(connector.Set, c, []connector.Item{b.membership(b.ID(0), "champion", "x"), b.membership(b.ID(1), "buyer")}), connector.Done)
	b.wantMembership(c, b.ID(0), "champion", "x")
	b.wantMembership(c, b.ID(1), "buyer", "")
	list := []connector.Item{b.membership(b.ID(0), "champion"), b.membership(b.ID(1), "user")}
	b.want(b.write(connector.Set, c, list), connector.Already, connector.Done)
	b.wantMembership(c, b.ID(0), "champion", "x")
	b.wantMembership(c, b.ID(1), "user", "")
	b.wantInside(c, b.ids(0, 2)...)
}

func (b *bench) setsOneMembership() {
	b.needMembershipFields()
	one, other := b.collection("One", b.ID(0)), b.collection("Other", b.ID(0))
	b.write(connector.Set, one, []connector.Item{b.membership(b.ID(0), "champion")})
	b.wantMembership(one, b.ID(0), "champion")
	b.wantMembership(other, b.ID(0), "")
	if b.has(ReadFields) && len(b.fields(b.ID(0))[b.ID(0)]) != 0 {
		b.Error("a field of the record was set")
	}
}

func (b *bench) setsNoMember() {
	b.needMembershipFields()
	c := b.collection("Early intent", b.ID(0), b.ID(2))
	list := []connector.Item{b.membership(b.ID(0), "champion"), b.membership(b.ID(1), "buyer"), b.membership("", "buyer"), b.membership(b.ID(2), "user")}
	b.want(b.write(connector.Set, c, list), connector.Done, connector.Rejected, connector.Rejected, connector.Done)
	b.wantInside(c, b.ID(0), b.ID(2))
	b.wantMembership(c, b.ID(0), "champion")
	b.wantMembership(c, b.ID(2), "user")
}

func (b *bench) forgetsMembership() {
	b.needMembershipFields()
	c := b.collection("Early intent")
	b.write(connector.Add, c, []connector.Item{b.membership(b.ID(0), "champion", "x")})
	b.write(connector.Remove, c, items(b.ID(0)))
	b.wantAll(b.write(connector.Add, c, []connector.Item{b.membership(b.ID(0), "buyer")}), connector.Done)
	b.wantMembership(c, b.ID(0), "buyer", "")
}

func (b *bench) setsAwkwardMembership() {
	b.needMembershipFields()
	c := b.collection("Early intent", b.ID(0))
	values := append(AwkwardIDs(), " leading", "trailing ", "a\n\nb", "")
	for i, v := range values {
		b.wantAll(b.write(connector.Add, c, []connector.Item{b.membership(b.ID(i+1), v, "x")}), connector.Done)
		b.wantMembership(c, b.ID(i+1), v, "x")
		if v != "" {
			b.wantAll(b.write(connector.Set, c, []connector.Item{b.membership(b.ID(0), v)}), connector.Done)
			b.wantMembership(c, b.ID(0), v)
		}
	}
}
