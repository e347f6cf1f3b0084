package flow

import (
	"context"
	"net/http"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// World is what a run may touch of the outside.
type World struct {
	Dir       string    // the playbook's directory
	At        time.Time // the run's one now
	Clock     func() time.Time
	Getenv    func(string) string
	Exec      func(ctx context.Context, command []string) (string, error)
	Transport http.RoundTripper
	Drivers   []connector.Driver
	// Manifest reads a connector's manifest of the playbook's own; path is for the places of problems.
	Manifest func(path string, data []byte) (connector.Driver, diag.List)
	// Start starts a connector's program; nil where the run starts none.
	Start    func(connector.Program) (connector.Process, error)
	Backends []state.Driver // places where a state can be kept
	Version  string         // of playctl
	// Redactor is told the secrets in settings, and takes them out of what systems say; nil takes nothing out.
	Redactor *secret.Redactor
	// Reading is told how far the reading of records has come; may be nil.
	Reading func(source.Progress)
	// Traffic is told of each request that connectors make over HTTP, in words and without secrets, by several goroutines at once; may be nil.
	Traffic func(text string)
}

// now is the run's one clock, in UTC and whole microseconds as everything that is kept.
func (w *World) now() time.Time { return w.At.UTC().Truncate(time.Microsecond) }

// clock is the time as it goes on, for telling when something was done.
func (w *World) clock() time.Time { return w.Clock().UTC().Truncate(time.Microsecond) }

// secrets is where settings' secrets come from.
func (w *World) secrets() secret.Source {
	return secret.Source{Dir: w.Dir, Getenv: w.Getenv, Exec: w.Exec, Redactor: w.Redactor}
}

// redacted takes the secrets out of texts.
func (w *World) redacted(texts []string) []string {
	for i := range texts {
		texts[i] = w.Redactor.Text(texts[i])
	}
	return texts
}

// stopwatch starts to take the time.
func (w *World) stopwatch() func() time.Duration {
	start := w.Clock()
	return func() time.Duration { return w.Clock().Sub(start) }
}

// Inputs is what a run says about the playbook beside its files.
type Inputs struct {
	playbook.Inputs
}

// Program is a playbook, checked and compiled.
type Program struct {
	Book     *playbook.Book
	Env      *expr.Env
	Segments *segment.Graph
	Plays    *journey.Plays
	Guards   []*plan.Guard

	uses    expr.Uses
	tests   []string                    // files with tests
	drivers map[string]connector.Driver // by the connector's name
}

// Tests gives the files with tests.
func (p *Program) Tests() []string { return p.tests }

// Evaluated is the records and what was found out about them.
type Evaluated struct {
	Read     *source.Result
	Data     *expr.Data
	Segments *segment.Result
	Watched  state.Changes
	Took     time.Duration // of evaluating alone
}

// Options limit a run, and let it pass guards.
type Options struct {
	Target, Exclude, Only []string
	Launch                *journey.Launch
	// Eject, unless it is nil, has only these members leave, by enrollment key, and nothing else happen: see [journey.Input].
	Eject   map[string]journey.Ejection
	Allowed []string
	Full    bool // tell every reason
	Limit   int  // act on at most so many members; 0: on all
}

// Planned is a plan with what it was made from.
type Planned struct {
	Plan       *plan.Plan
	State      *state.Snapshot
	Evaluated  *Evaluated
	Facts      *connector.Facts
	Connectors map[string]connector.Connector
	Unknown    []Unknown
	Compared   time.Duration // what reading from the connectors took
	Judge      *plan.Judge   // judges the plan again where that is limited to less
	Next       time.Time     // when a schedule or a wait is next due; zero where there is none
}

// Unknown is a segment that is unknown for some records, and why.
type Unknown struct {
	Segment, Entity string
	Count           int
	Missing         []segment.Missing
}

// ApplyOptions are the ways to follow and to end an apply.
type ApplyOptions struct {
	Stop     <-chan struct{}
	Progress func(done, total int)
}
