package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Unread is a place that could not be read, so that nothing is known of what is wanted there.
type Unread struct {
	Place connector.Place
	Why   string
}

// unread names the places that could not be read: that nothing is planned there does not mean that nothing is to be done.
func (b *builder) unread() {
	for place, err := range b.Facts.Failed {
		b.plan.Unread = append(b.plan.Unread, Unread{Place: place, Why: err.Error()})
	}
	slices.SortFunc(b.plan.Unread, func(x, y Unread) int {
		return cmp.Or(strings.Compare(x.Place.Title(), y.Place.Title()), strings.Compare(x.Why, y.Why))
	})
	for _, u := range b.plan.Unread {
		b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf("%s could not be read: what is wanted there is unknown: %s", u.Place.Title(), u.Why))
	}
}
