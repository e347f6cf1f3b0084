package connector_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

func TestMatches_anyTextForAStar(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"Nurture *", "Nurture A", true}, {"Nurture *", "Nurture ", true}, {"Nurture *", "Nurture", false}, {"Nurture *", "nurture A", false},
		{"Nurture *", "Old Nurture A", false}, {"*", "", true}, {"*", "x", true}, {"", "", true}, {"", "x", false}, {"A", "A", true}, {"A", "AB", false},
		{"*A", "BA", true}, {"*A", "AB", false}, {"a*b*c", "abc", true}, {"a*b*c", "a-b-b-c", true}, {"a*b*c", "acb", false}, {"a*a", "a", false}, {"**", "x", true},
		{"a.*", "ab", false}, {"a*/*", "a/b/c", true}, {"*ab*ab", "ab", false}, {"é*", "étage", true},
	} {
		if got := connector.Matches(c.pattern, c.name); got != c.want {
			t.Errorf("Matches(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}
