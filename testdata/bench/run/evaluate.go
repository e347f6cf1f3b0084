//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// The engines of this programme.
const (
	columnsEngine   = "columns"
	referenceEngine = "reference"
	naiveEngine     = "naive"
)

// open checks the playbook in a folder; its entities are read in the format that is asked for.
func (d *desk) open(a ask) error {
	d.world = &flow.World{Dir: a.Dir, At: worldEnd, Clock: time.Now, Getenv: os.Getenv, Drivers: all.Drivers()}
	p, problems, err := flow.Validate(d.world, flow.Inputs{})
	if err != nil {
		return err
	}
	if problems.Errors() > 0 {
		return problems
	}
	d.program = p
	for _, e := range p.Book.Entities {
		e.File = strings.TrimSuffix(e.File, filepath.Ext(e.File)) + "." + formatOr(a.Format, "csv")
	}
	return nil
}

func formatOr(format, other string) string {
	if format == "" {
		return other
	}
	return format
}

// load opens a playbook and reads its records.
func (d *desk) load(ctx context.Context, a ask) error {
	if err := d.open(a); err != nil {
		return err
	}
	return d.readAll(ctx, a)
}

// request asks for all records of the playbook.
func (d *desk) request(a ask) source.Request {
	return source.Request{Dir: d.world.Dir, Entities: d.program.Book.Entities, Zone: d.program.Book.Zone, Now: worldEnd, Clock: time.Now,
		CacheDir: a.Cache}
}

// fiveSegments are the five, compiled, with the data that they are evaluated over.
type fiveSegments struct {
	programs []*expr.Program
	data     *expr.Data
}

func (d *desk) compileFive() error {
	if d.five != nil {
		return nil
	}
	five := &fiveSegments{data: &expr.Data{Frame: d.given.Read.Frame, Now: worldEnd, Vars: map[string]any{}}}
	for _, s := range theFive {
		p, problems := d.program.Env.Compile(playbook.ArgumentExpr(s.name, s.cel), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Errors() > 0 {
			return problems
		}
		five.programs = append(five.programs, p)
	}
	d.five = five
	return nil
}

// segment evaluates one of the five by one of the engines.
func (d *desk) segment(ctx context.Context, a ask) (*told, error) {
	if d.given == nil {
		return nil, fmt.Errorf("no world is loaded")
	}
	if err := d.compileFive(); err != nil {
		return nil, err
	}
	if a.Engine == naiveEngine && d.naive == nil {
		var err error
		if d.naive, err = newNaivePeer(d.given.Read.Frame); err != nil {
			return nil, err
		}
	}
	var matched, unknown int
	t, err := measure(a.Loops, func() (err error) {
		matched, unknown, err = d.verdict(ctx, a)
		return err
	})
	if err == nil {
		t.Rows = map[string]int64{"matched": int64(matched), "unknown": int64(unknown), "accounts": int64(d.accounts().Rows)}
	}
	return t, err
}

func (d *desk) accounts() *frame.Table { return d.given.Read.Frame.Table("account") }

// verdict evaluates and counts. Counting is the least that can be done with a verdict; SQL counts too.
func (d *desk) verdict(ctx context.Context, a ask) (matched, unknown int, err error) {
	var v frame.Verdict
	switch p := d.five.programs[a.Segment]; a.Engine {
	case columnsEngine:
		v, err = evaluateColumns(ctx, d.five.data, p)
	case referenceEngine:
		v, err = p.Verdict(ctx, d.five.data)
	case naiveEngine:
		return d.naive.verdict(a.Segment)
	default:
		err = fmt.Errorf("there is no engine %q", a.Engine)
	}
	return v.True.Count(), v.Unknown.Count(), err
}
