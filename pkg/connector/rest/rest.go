package rest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Option changes how the connectors of a manifest run.
type Option func(*runtime)

// runtime is what connectors of one manifest share.
type runtime struct {
	pace     func(time.Duration) time.Duration
	patience time.Duration // for one answer
}

// Hurry has times go by as many times as fast, those of limits, backing off and polling: for rehearsals and tests against a server that hurries too.
func Hurry(times int) Option {
	return func(r *runtime) { r.pace = func(d time.Duration) time.Duration { return d / time.Duration(times) } }
}

// Patience sets how long one answer is waited for: 2 minutes without it.
func Patience(d time.Duration) Option {
	return func(r *runtime) { r.patience = d }
}

// Load reads a manifest and gives the driver that runs it. path is for the places of problems; with errors among them the driver is of no use.
func Load(path string, data []byte, options ...Option) (connector.Driver, diag.List) {
	m, problems := Read(path, data)
	if m == nil {
		return connector.Driver{}, problems
	}
	return Driver(m, options...), problems
}

// newEnv makes the environment of expressions, which manifests share: making one takes some milliseconds.
var newEnv = sync.OnceValues(mapping.NewEnv)

// Read reads a manifest. It is nil if there are errors among the problems.
func Read(path string, data []byte) (*manifest.Manifest, diag.List) {
	file, problems := document.Parse(path, data)
	if problems.Errors() > 0 {
		return nil, problems
	}
	env, err := newEnv()
	if err != nil {
		return nil, diag.List{file.Root().Problem("%s", err)}
	}
	m, more := manifest.Read(env, file.Root())
	return m, append(problems, more...)
}

// Driver gives the driver that runs a manifest.
func Driver(m *manifest.Manifest, options ...Option) connector.Driver {
	run := runtime{pace: func(d time.Duration) time.Duration { return d }, patience: 2 * time.Minute}
	for _, o := range options {
		o(&run)
	}
	d := connector.Driver{Name: m.Name, Title: m.Title, Spec: specOf(m), Docs: m.Docs, Version: m.API}
	if !m.Sunset.IsZero() {
		d.Sunset = m.Sunset.Format(time.DateOnly)
	}
	for _, s := range m.Settings {
		setting := s.Setting
		if s.Default != nil {
			setting.Default = connector.Text(s.Default)
		}
		d.Settings = append(d.Settings, setting)
	}
	d.Open = func(o connector.Options) (connector.Connector, error) { return open(m, run, o) }
	return d
}

// open configures a connector.
func open(m *manifest.Manifest, run runtime, o connector.Options) (*System, error) {
	if o.Clock == nil {
		o.Clock = o.Now
	}
	s := &System{manifest: m, spec: specOf(m), run: run, options: o, found: map[connector.Collection]place{}}
	settings, err := settingsOf(m, o.Settings)
	if err != nil {
		return nil, err
	}
	s.values = mapping.Values{"api": m.API, "now": o.Now()}
	for name, value := range settings {
		s.values["settings."+name] = value
	}
	s.client = newClient(s)
	if o.Transport == nil {
		return nil, fmt.Errorf("this run has no way to other machines")
	}
	if strings.Contains(m.Base.String(), "auth.") { // it comes with the token
		return s, nil
	}
	base, err := m.Base.URL(context.Background(), s.values)
	if err != nil {
		return nil, fmt.Errorf("the address of the API: %w", err)
	}
	return s, checkAddress(base)
}

// settingsOf gives the settings with their defaults, each of the type that the manifest says.
func settingsOf(m *manifest.Manifest, given map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, s := range m.Settings {
		value, ok := given[s.Name]
		if !ok || value == nil {
			value = s.Default
		}
		if value == nil {
			if s.Required {
				return nil, fmt.Errorf("%s is missing: %s", s.Name, s.Help)
			}
			value = zeros[s.Type]
		}
		typed, err := typed(s.Type, value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		if text, is := typed.(string); is && text == "" && s.Required {
			return nil, fmt.Errorf("%s is empty: %s", s.Name, s.Help)
		}
		if text, is := typed.(string); is && s.Secret && strings.ContainsAny(text, "\r\n") && !strings.Contains(text, "-----BEGIN ") {
			return nil, fmt.Errorf("%s holds a line end: give it without", s.Name) // keys in PEM have lines
		}
		out[s.Name] = typed
	}
	return out, nil
}

var zeros = map[mapping.Type]any{mapping.Text: "", mapping.Int: int64(0), mapping.Bool: false}
