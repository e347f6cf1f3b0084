// Package all is the list of built-in places where a state can be kept. A new one is a line here: nothing registers itself.
package all

import (
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/http"
	"github.com/playctl/playctl/pkg/state/postgres"
	"github.com/playctl/playctl/pkg/state/s3"
)

// Drivers gives the drivers of all built-in places, the default first, in a new slice.
func Drivers() []state.Driver {
	return []state.Driver{
		local(),
		s3.Driver(),
		http.Driver(),
		postgres.Driver(),
	}
}
