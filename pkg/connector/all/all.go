// Package all is the list of built-in connectors. A new one is a line here: nothing registers itself.
package all

import (
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/files"
	"github.com/playctl/playctl/pkg/connector/postgres"
)

// Drivers gives the drivers of all built-in connectors, sorted by name, in a new slice.
func Drivers() []connector.Driver {
	return []connector.Driver{
		files.Driver(),
		postgres.Driver(),
	}
}
