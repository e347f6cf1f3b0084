package render

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/segment"
)

func TestSlow_saysWhatAndWhyOnce(t *testing.T) {
	twice := segment.Slow{Of: "goal of play x", Text: "account.note.matches(account.pattern)", Why: "the pattern is no constant"}
	got := Slow([]segment.Slow{
		{Of: "segment icp", Text: "account.name.reverse()\n    == \"x\"", Why: "reverse has no kernel"}, twice, twice,
		{Of: "segment \x1b[31mred", Text: "a", Why: "b"},
	})
	want := []string{
		`slow: segment icp: account.name.reverse() == "x": reverse has no kernel, cel-go evaluates it row by row`,
		`slow: goal of play x: account.note.matches(account.pattern): the pattern is no constant, cel-go evaluates it row by row`,
		`slow: segment \x1b[31mred: a: b, cel-go evaluates it row by row`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if none := Slow(nil); len(none) != 0 {
		t.Errorf("of nothing: %q", none)
	}
}
