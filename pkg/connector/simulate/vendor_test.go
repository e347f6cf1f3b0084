package simulate_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

// hurry is how many times as fast time goes by in tests.
const hurry = 1000

// vendor is a simulated system, and our own client of it.
type vendor struct {
	*simulate.Server
	connector.Connector
	manifest *manifest.Manifest
	at       string // http://127.0.0.1:…
}

func manifestOf(t testing.TB, name string) *manifest.Manifest {
	t.Helper()
	data, err := rest.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := rest.Read(name+".yaml", data)
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// newVendor serves a manifest on loopback and opens a connector to it.
func newVendor(t testing.TB, m *manifest.Manifest, settings map[string]any, o simulate.Options) *vendor {
	t.Helper()
	o.Now, o.Settings = time.Now, settings
	s := simulate.New(m, o)
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	v := &vendor{Server: s, manifest: m, at: listener.URL}
	v.open(t, settings)
	return v
}

// open opens a connector to it.
func (v *vendor) open(t testing.TB, settings map[string]any) {
	t.Helper()
	given := map[string]any{}
	for name, value := range v.Addresses(v.at) {
		given[name] = value
	}
	for name, value := range v.Secrets() {
		given[name] = value
	}
	maps.Copy(given, settings)
	c, err := rest.Driver(v.manifest, rest.Hurry(hurry)).Open(connector.Options{Name: v.manifest.Name, Settings: given, Now: time.Now, Transport: &http.Transport{}})
	if err != nil {
		t.Fatal(err)
	}
	v.Connector = c
}
