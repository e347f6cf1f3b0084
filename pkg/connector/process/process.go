// Package process is the connector to a plug-in (`uses: process`): a program in any language that answers calls on its standard input with lines on
// its standard output. README.md is the protocol.
//
// The program is started when it is first needed, told its settings, and asked what it can. One that ends, hangs, or writes what is no answer is killed with
// all it has started, and started anew for the next call; one that does so twice without having been of use in between stays down for the rest of the run.
// Nothing is sent twice: a write whose answer was lost is in doubt, and one that never left was not begun.
package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// What a plug-in is allowed unless its settings say otherwise.
const (
	defaultTimeout = time.Minute
	defaultGrace   = 2 * time.Second
	defaultBatch   = 1000
)

// Driver gives the driver for `uses: process`.
func Driver() connector.Driver {
	return connector.Driver{
		Name:  "process",
		Title: "a plug-in in any language",
		Settings: []connector.Setting{
			{Name: "command", Required: true, Help: "the program and its arguments: [python3, desk.py]; a name with a slash is below the playbook's folder, where it runs"},
			{Name: "env", Help: "variables of its environment, beside PATH and its like: {API_TOKEN: \"${env.DESK_TOKEN}\"}"},
			{Name: "timeout", Help: "how long one call may take, 1m unless said otherwise"},
		},
		AnySetting: true,
		Spec:       connector.Spec{Unknown: true},
		Open:       open,
	}
}

// plugin is one plug-in, whether it runs or not. Its methods may be called from several goroutines.
type plugin struct {
	settings
	name  string
	start func() (connector.Process, error)
	grace time.Duration

	starting chan struct{} // a lock that one can cease to wait for

	mu        sync.Mutex
	session   *session     // the last one; nil before the first
	described *description // of the last one that could be asked
	useless   int          // how many in a row were of no use
	secrets   *strings.Replacer
	spellings map[spelling]string
	unspelt   error // why ids could not be normalized
}

func open(o connector.Options) (connector.Connector, error) {
	s, err := readSettings(o.Settings)
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening process connector: %w", err)
	case o.Start == nil:
		return nil, errors.New("opening process connector: no programs can be started here")
	}
	program := connector.Program{Command: s.command, Dir: o.Dir, Env: s.env}
	p := &plugin{settings: s, name: o.Name, grace: defaultGrace, starting: make(chan struct{}, 1), spellings: map[spelling]string{},
		start: func() (connector.Process, error) { return o.Start(program) }}
	p.hide(nil)
	return p, nil
}

// hide makes the values of the environment, and of settings that the plug-in calls secret, secrets: none of them is told in errors.
func (p *plugin) hide(d *description) {
	var pairs []string
	add := func(text string) {
		if len(text) >= 4 {
			pairs = append(pairs, text, "•••")
		}
	}
	for _, pair := range p.env {
		_, value, _ := strings.Cut(pair, "=")
		add(value)
	}
	if d != nil {
		for _, s := range d.Settings {
			if text, ok := p.rest[s.Name].(string); ok && s.Secret {
				add(text)
			}
		}
	}
	p.secrets = strings.NewReplacer(pairs...)
}

// redact takes secrets out of what a plug-in says.
func (p *plugin) redact(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secrets.Replace(text)
}

// told is what went wrong with a call, in words without secrets.
type told struct {
	text string
	err  error
}

func (t *told) Error() string { return t.text }
func (t *told) Unwrap() error { return t.err }

// tell names the connector, the command and the call in an error.
func (p *plugin) tell(method string, err error) error {
	text := fmt.Sprintf("connector %s (%s): %s: %s", p.name, strings.Join(p.command, " "), method, err)
	return &told{p.redact(text), err}
}

// running gives the session, after starting the plug-in if need be.
func (p *plugin) running(ctx context.Context) (*session, *description, error) {
	select {
	case p.starting <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	defer func() { <-p.starting }()
	p.mu.Lock()
	s, d := p.session, p.described
	p.mu.Unlock()
	if s != nil && !s.dead() {
		return s, d, nil
	}
	if s != nil && p.giveUp(s) {
		return nil, nil, fmt.Errorf("it is not started again, since twice in a row it was of no use: %w", s.fault())
	}
	process, err := p.start()
	if err != nil {
		return nil, nil, err
	}
	s = newSession(process, p.timeout, p.grace)
	d, err = p.introduce(ctx, s)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			p.session = s
		}
		return nil, nil, err
	}
	s.slots = make(chan struct{}, d.Concurrency)
	p.session, p.described = s, d
	p.hide(d)
	return s, d, nil
}

// giveUp counts, once for each session that is over, those that were of no use, and reports whether that is enough.
func (p *plugin) giveUp(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.useful:
		p.useless = 0
	case !s.counted:
		p.useless++
	}
	s.counted = true
	return p.useless >= 2
}

// introduce tells a new session its settings and asks it what it can.
func (p *plugin) introduce(ctx context.Context, s *session) (*description, error) {
	params := map[string]any{"protocol": protocol, "name": p.name, "settings": p.rest}
	raw, _, err := s.call(ctx, "describe", params)
	d := &description{}
	if err == nil {
		d, err = readDescription(raw, p.rest)
	}
	if err != nil {
		s.condemn(err)
		return nil, err
	}
	return d, nil
}

// call makes one call and reads its result, strictly: what is not known there is most likely misspelt. An error before anything was asked of the plug-in is
// a [connector.NotBegunError]. What surely never left is tried once more, if the plug-in was found dead.
func (p *plugin) call(ctx context.Context, method string, params, result any) error {
	for try := 0; ; try++ {
		s, err := p.ready(ctx, method)
		if err != nil {
			return &connector.NotBegunError{Err: err}
		}
		raw, begun, err := s.call(ctx, method, params)
		switch {
		case err == nil:
			if err = strictly(raw, result); err != nil {
				err = fmt.Errorf("its answer can't be read: %w", err)
			}
		case !begun && ctx.Err() == nil && s.foundDead() && try == 0:
			continue
		}
		if err == nil {
			return nil
		}
		refused := &refusal{}
		if isRefusal := errors.As(err, &refused); !begun || isRefusal && refused.harmless() {
			return &connector.NotBegunError{Err: p.tell(method, err)}
		}
		return p.tell(method, err)
	}
}

// ready gives a session that has the method.
func (p *plugin) ready(ctx context.Context, method string) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, d, err := p.running(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, p.tell("describe", err)
	}
	if !d.can(method) {
		return nil, p.tell(method, &refusal{Code: codeNoMethod, Message: "it has no such method"})
	}
	return s, nil
}

// strictly reads JSON in which nothing may stand that is not known.
func strictly(raw json.RawMessage, into any) error {
	if into == nil {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	d.UseNumber()
	return d.Decode(into)
}

// Describe tells what the plug-in says that there is; Unknown if it can't be asked, which each call then tells.
func (p *plugin) Describe() connector.Spec {
	if d := p.description(); d != nil {
		return d.spec()
	}
	return connector.Spec{Unknown: true}
}

// description gives what the plug-in said of itself, after asking it if that was not done; nil if it can't be asked.
func (p *plugin) description() *description {
	p.mu.Lock()
	d := p.described
	p.mu.Unlock()
	if d != nil {
		return d
	}
	_, d, err := p.running(context.Background()) // its own timeout ends it
	if err != nil {
		return nil
	}
	return d
}

// Has reports whether the plug-in has a power: every one, as long as it can't be asked.
func (p *plugin) Has(power any) bool {
	d := p.description()
	return d == nil || d.has(power)
}

// Check proves that the plug-in runs, and has it check what it speaks to.
func (p *plugin) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, d, err := p.running(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return p.tell("describe", err)
	}
	if !d.can("check") {
		return nil
	}
	return plain(p.call(ctx, "check", struct{}{}, nil))
}

// plain gives an error of a reading call, of which nobody asks whether it was begun.
func plain(err error) error {
	if notBegun := (*connector.NotBegunError)(nil); errors.As(err, &notBegun) {
		return notBegun.Err
	}
	return err
}

// Introduce tells the title, documentation and settings of the plug-in.
func (p *plugin) Introduce(driver connector.Driver) connector.Driver {
	driver.Spec = p.Describe()
	d := p.description()
	if d == nil {
		return driver
	}
	driver.Docs, driver.Version = d.Docs, d.Version
	if d.Title != "" {
		driver.Title = d.Title
	}
	driver.AnySetting = d.Settings == nil
	driver.Settings = slices.Clone(driver.Settings)
	for _, s := range d.Settings {
		driver.Settings = append(driver.Settings, connector.Setting{Name: s.Name, Help: s.Help, Required: s.Required, Secret: s.Secret})
	}
	return driver
}
