package all_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/all"
)

func TestDrivers_areSortedAndComplete(t *testing.T) {
	drivers := all.Drivers()
	if !slices.IsSortedFunc(drivers, func(a, b connector.Driver) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the drivers are not sorted by name")
	}
	for i, part := range drivers {
		d := part.Whole()
		if part.Name != d.Name || part.Title != d.Title {
			t.Errorf("driver %d is called %q (%s), and the whole of it %q (%s)", i, part.Name, part.Title, d.Name, d.Title)
		}
		if d.Name == "" || d.Title == "" || d.Open == nil {
			t.Errorf("driver %d (%q) lacks a name, a title or a way to open it", i, d.Name)
		}
		if i > 0 && d.Name == drivers[i-1].Name {
			t.Errorf("two drivers are called %q", d.Name)
		}
	}
}
