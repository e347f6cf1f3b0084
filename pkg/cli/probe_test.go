package cli_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/files"
)

// stage lets a script hold a run at a place of its choice.
type stage struct {
	plan     string
	mu       sync.Mutex
	writes   int
	arrived  chan struct{} // closed when the run is there
	released chan struct{} // closed when it may go on
}

func newStage(plan string) *stage {
	return &stage{plan: plan, arrived: make(chan struct{}), released: make(chan struct{})}
}

// driver gives `uses: probe`: the files connector, one item a write, with an accident where $PROBE says:
//
//	read          the first reading of members blocks
//	block:N       the Nth write of the run blocks before it does anything
//	hold:N        as block:N, and what is called off meanwhile is known not to have begun
//	lose:N        the Nth write is done and its answer gets lost
//	reject:ID     the item with this id is refused
//	blind:N       as lose:N, at a system that can't be asked what it did; with blind alone it can't, too
//	die:N         the Nth write is done and the process is killed before it hears of it; only with the script's command process
func (s *stage) driver() connector.Driver {
	d := files.Driver()
	open := d.Open
	d.Name, d.Spec.Batch = "probe", 1
	d.Settings = append(d.Settings, connector.Setting{Name: "token", Help: "a secret", Secret: true})
	d.Open = func(o connector.Options) (connector.Connector, error) {
		inner, err := open(o)
		if err != nil {
			return nil, err
		}
		token, _ := o.Settings["token"].(string)
		return &probe{desk: inner.(desk), stage: s, token: token}, nil
	}
	return d
}

// release lets the run go on.
func (s *stage) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	shut(s.released)
}

// shut closes a channel once.
func shut(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// accident tells what is to happen at the next write, and to which item.
func (s *stage) accident() (what, which string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	what, which, _ = strings.Cut(s.plan, ":")
	if what == "reject" || which == strconv.Itoa(s.writes) {
		return what, which
	}
	return "", ""
}

// wait blocks until the script releases it or the context ends.
func (s *stage) wait(ctx context.Context) error {
	s.mu.Lock()
	shut(s.arrived)
	s.mu.Unlock()
	select {
	case <-s.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// desk is what the files connector can do.
type desk interface {
	connector.Connector
	connector.Writer
	connector.MemberReader
	connector.FieldReader
	connector.Looker
	connector.Creator
	connector.Normalizer
}

type probe struct {
	desk
	stage *stage
	token string // which it babbles out
}

func (p *probe) Describe() connector.Spec {
	spec := p.desk.Describe()
	spec.Batch = 1
	if strings.HasPrefix(p.stage.plan, "blind") {
		spec.AnyRetry = connector.Never
	}
	return spec
}

func (p *probe) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if p.stage.plan == "read" {
		if err := p.stage.wait(ctx); err != nil {
			return nil, err
		}
	}
	return p.desk.Members(ctx, c)
}

func (p *probe) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	switch what, which := p.stage.accident(); {
	case what == "block":
		if err := p.stage.wait(ctx); err != nil {
			return nil, err
		}
	case what == "hold":
		if err := p.stage.wait(ctx); err != nil {
			return nil, &connector.NotBegunError{Err: err}
		}
	case what == "lose", what == "blind":
		if _, err := p.desk.Write(ctx, b); err != nil {
			return nil, err
		}
		return nil, errors.New("the answer got lost")
	case what == "die":
		if _, err := p.desk.Write(ctx, b); err != nil {
			return nil, err
		}
		die()
	case what == "reject" && b.Items[0].ID == which:
		reason := "the address bounced"
		if p.token != "" {
			reason += " for " + p.token
		}
		return []connector.Outcome{{Status: connector.Rejected, Reason: reason}}, nil
	}
	return p.desk.Write(ctx, b)
}
