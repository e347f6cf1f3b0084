package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// SimulatorDocument tells where a simulated system is, and what a playbook says to use it.
type SimulatorDocument struct {
	Head
	Connector string            `json:"connector"`
	Uses      string            `json:"uses"`
	Address   string            `json:"address"`
	Settings  map[string]string `json:"settings"`
	// Files are settings that stand in a file of that name, which has to be made with the value as its text.
	Files map[string]string `json:"files,omitempty"`
	// Unnamed are kinds of collections and objects of which there are only those that were put in or made.
	Unnamed []string `json:"unnamed,omitempty"`
}

// Text writes it for a person.
func (d *SimulatorDocument) Text(w io.Writer, title string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, simulated at %s\n\nIn the playbook:\n\nconnectors:\n  %s:\n    uses: %s\n", title, d.Address, d.Connector, d.Uses)
	lines := map[string]string{}
	for name, value := range d.Settings {
		lines[name] = plainYAML(value)
	}
	for name := range d.Files {
		lines[name] = "{file: " + name + "}"
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&b, "    %s: %s\n", name, lines[name])
	}
	b.WriteString("\n")
	for _, name := range slices.Sorted(maps.Keys(d.Files)) {
		fmt.Fprintf(&b, "The vendor replaces %s at every use, so that it is in a file. In the playbook's folder: echo %s > %s\n", name, d.Files[name], name)
	}
	if len(d.Unnamed) > 0 {
		fmt.Fprintf(&b, "Of %s there is only what was put in, by --data or at /_playctl/, or made by create: true: the vendor is asked for all of them, and not by name.\n", strings.Join(d.Unnamed, ", "))
	}
	fmt.Fprintf(&b, "What it did: curl %s/_playctl/effects\nCtrl-C ends it.\n", d.Address)
	_, err := io.WriteString(w, b.String())
	return err
}

// plainYAML writes a text as a playbook has it: without quotes where there is no need of them.
func plainYAML(text string) string {
	if text == "" || strings.ContainsAny(text, "#{}[],&*!|>'\"%@`\\\n\t") || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.TrimSpace(text) != text {
		return strconv.Quote(text)
	}
	return text
}
