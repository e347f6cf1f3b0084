package document

import "testing"

func TestArgument_placesInText(t *testing.T) {
	n := Argument("--where", "a.b &&\n  cd > 1")
	if got := n.At(9).String(); got != "--where:1:10" {
		t.Errorf("got %s", got)
	}
	if got := n.ProblemAt(9, 2, "x").Line; got != "a.b &&   cd > 1" {
		t.Errorf("got line %q", got)
	}
}
