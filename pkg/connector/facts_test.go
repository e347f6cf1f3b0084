package connector_test

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
)

func TestMembersOf_onceEachUnderItsOneSpelling(t *testing.T) {
	got := connector.MembersOf(&memory.System{}, "list", []string{"B@x", "a", "b@X", "c@x"})
	want := []connector.Member{{ID: "a", Spelled: "a"}, {ID: "b@x", Spelled: "b@X"}, {ID: "c@x", Spelled: "c@x"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	p := connector.Place{Connector: "desk"}
	f := connector.Facts{Members: map[connector.Place][]connector.Member{p: got}}
	if spelled, in := f.Member(p, "b@x"); !in || spelled != "b@X" {
		t.Errorf("b@x is %q, %v", spelled, in)
	}
	if _, in := f.Member(p, "b@X"); in {
		t.Error("who is not there under the one spelling is there")
	}
	if _, in := f.Member(connector.Place{}, "a"); in {
		t.Error("somebody is in a collection that was not read")
	}
}
