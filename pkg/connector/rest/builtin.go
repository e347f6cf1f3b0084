package rest

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

//go:embed manifests/*.yaml
var builtIn embed.FS

// BuiltIn gives the names of the manifests that are built in, sorted.
func BuiltIn() []string {
	entries, err := builtIn.ReadDir("manifests")
	if err != nil {
		panic(err) // they are a part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(names)
	return names
}

// Manifest gives a manifest that is built in, as it was written.
func Manifest(name string) ([]byte, error) {
	data, err := builtIn.ReadFile("manifests/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no manifest of %q", name)
	}
	return data, nil
}

// Drivers gives the drivers of the manifests that are built in, sorted by name. A manifest is read when its driver is asked for the whole.
func Drivers(options ...Option) []connector.Driver {
	var out []connector.Driver
	for _, name := range BuiltIn() {
		text, err := Manifest(name)
		if err != nil {
			panic(err) // it was listed
		}
		out = append(out, connector.Driver{Name: name, Title: title(text), Rest: sync.OnceValue(func() connector.Driver {
			d, problems := Load("built-in/"+name+".yaml", text, options...)
			if problems.Errors() > 0 {
				panic(problems) // a test reads them all
			}
			return d
		})})
	}
	return out
}

// title gives what a manifest says after title:, without reading the rest.
func title(text []byte) string {
	for line := range bytes.Lines(text) {
		if after, ok := bytes.CutPrefix(line, []byte("title:")); ok {
			return string(bytes.TrimSpace(after))
		}
	}
	return ""
}
