// Package all is the list of built-in connectors. A new one is a line here: nothing registers itself.
package all

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/files"
	"github.com/playctl/playctl/pkg/connector/postgres"
	"github.com/playctl/playctl/pkg/connector/process"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// Drivers gives the drivers of all built-in connectors, sorted by name, in a new slice. Those of manifests have only their names and titles yet.
func Drivers() []connector.Driver {
	drivers := append(rest.Drivers(),
		files.Driver(),
		postgres.Driver(),
		process.Driver(),
	)
	slices.SortFunc(drivers, func(a, b connector.Driver) int { return strings.Compare(a.Name, b.Name) })
	return drivers
}
