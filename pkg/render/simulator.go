package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// SimulatorDocument tells where a simulated system is, and what a playbook says to use it.
type SimulatorDocument struct {
	Head
	Connector string            `json:"connector"`
	Uses      string            `json:"uses"`
	Address   string            `json:"address"`
	Settings  map[string]string `json:"settings"`
}

// Text writes it for a person.
func (d *SimulatorDocument) Text(w io.Writer, title string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, simulated at %s. In the playbook:\n\nconnectors:\n  %s:\n    uses: %s\n", title, d.Address, d.Connector, d.Uses)
	for _, name := range slices.Sorted(maps.Keys(d.Settings)) {
		fmt.Fprintf(&b, "    %s: %s\n", name, d.Settings[name])
	}
	fmt.Fprintf(&b, "\nWhat it did: curl %s/_playctl/effects\nCtrl-C ends it.\n", d.Address)
	_, err := io.WriteString(w, b.String())
	return err
}
