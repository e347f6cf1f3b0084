package expr

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/playctl/playctl/pkg/frame"
)

// At is where an expression is evaluated: the rows that its variables stand for.
type At struct {
	Rows   map[string]int // by entity, or by the name of an [Element]
	Member *Member        // inside plays
}

// Row makes the place of one record.
func Row(entity string, row int) At { return At{Rows: map[string]int{entity: row}} }

// With gives the place with one more record bound.
func (a At) With(entity string, row int) At {
	rows := make(map[string]int, len(a.Rows)+1)
	for e, r := range a.Rows {
		rows[e] = r
	}
	rows[entity] = row
	a.Rows = rows
	return a
}

// activation resolves an expression's variables, lazily.
type activation struct {
	program *Program
	data    *Data
	at      At
	self    *record // a record used again for every row; nil for places of several records

	vars, sizes ref.Val // made when they are first asked for
}

// ResolveName implements cel-go's Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	if a.self != nil && name == a.self.table.Entity {
		return a.self, true
	}
	if name == "plan" && a.program.Scope.Guard { // elsewhere it may be an entity
		return &object{value: a.data.Plan, fields: a.program.structOf(name)}, a.data.Plan != nil
	}
	switch name {
	case "now":
		return celTime(a.data.Now), true
	case "vars":
		if a.vars == nil {
			a.vars = a.data.vars(a.program.structOf(name))
		}
		return a.vars, true
	case sizesName:
		if a.sizes == nil {
			a.sizes = a.data.sizes()
		}
		return a.sizes, true
	case "member", "steps":
		return &object{value: a.at.Member, fields: a.program.structOf(name)}, a.at.Member != nil
	}
	row, ok := a.at.Rows[name]
	if !ok {
		return nil, false
	}
	return &record{data: a.data, table: a.data.Frame.Table(a.program.Scope.entity(name)), row: row}, true
}

// structOf gives the fields of vars, member or steps.
func (p *Program) structOf(name string) *structType {
	switch {
	case name == "vars":
		return p.types.lookup(varsType)
	case name == "plan":
		return p.types.lookup(planType)
	case name == "member":
		return p.types.lookup(memberType(p.Scope.Play))
	}
	return p.types.lookup(stepsType(p.Scope.Play, p.Scope.Lane))
}

// Parent implements cel-go's Activation.
func (a *activation) Parent() interpreter.Activation { return nil }

func (d *Data) vars(fields *structType) ref.Val {
	values := variables{}
	for name, v := range d.Vars {
		values[name] = toCEL(v)
	}
	return &object{value: &values, fields: fields}
}

func (d *Data) sizes() ref.Val {
	sizes := map[string]int{}
	for name, v := range d.Segments {
		sizes[name] = v.True.Count()
	}
	return celtypes.DefaultTypeAdapter.NativeToValue(sizes)
}

// eval evaluates at one place. An error of the context comes back as such; any other error is an *Unknown.
func (p *Program) eval(ctx context.Context, a *activation) (ref.Val, error) {
	value, _, err := p.program.ContextEval(ctx, a)
	if err == nil {
		return value, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, asUnknown(err)
}

// asUnknown finds out what is unknown from cel-go's error.
func asUnknown(err error) *Unknown {
	var u *Unknown
	if errors.As(err, &u) {
		return u
	}
	return &Unknown{What: strings.TrimPrefix(err.Error(), "interrupted: ")}
}

// Verdict evaluates a condition for every row of its entity's table, on two goroutines, and stops within 100 ms of the context's end.
func (p *Program) Verdict(ctx context.Context, d *Data) (frame.Verdict, error) {
	t := d.Frame.Table(p.Scope.Self)
	v := frame.NewVerdict(t.Rows)
	err := parallel(t.Rows, func(from, to int) error {
		a := &activation{program: p, data: d, self: &record{data: d, table: t}}
		for row := from; row < to; row++ {
			if row%64 == 0 && ctx.Err() != nil {
				return fmt.Errorf("evaluating %s: %w", p, ctx.Err())
			}
			a.self.row = row
			value, err := p.eval(ctx, a)
			switch {
			case err == nil && value == celtypes.True:
				v.True.Add(row)
			case err != nil && ctx.Err() != nil:
				return fmt.Errorf("evaluating %s: %w", p, ctx.Err())
			case err != nil:
				v.Unknown.Add(row)
			}
		}
		return nil
	})
	return v, err
}

// parallel splits rows into chunks of whole bitmap words and works them off on as many goroutines as the process may use, two at least.
func parallel(rows int, work func(from, to int) error) error {
	const chunk = 1024
	next := make(chan int)
	workers := max(2, runtime.GOMAXPROCS(0))
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for from := range next {
				if errs[w] == nil {
					errs[w] = work(from, min(from+chunk, rows))
				}
			}
		})
	}
	for from := 0; from < rows; from += chunk {
		next <- from
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}

// Bool evaluates a condition at one place; the error is an *Unknown, or the context's.
func (p *Program) Bool(ctx context.Context, d *Data, at At) (bool, error) {
	v, err := p.eval(ctx, &activation{program: p, data: d, at: at})
	if err != nil {
		return false, err
	}
	return v == celtypes.True, nil
}

// Value evaluates to a plain value: string, bool, int64, float64, time.Time, []any or map[string]any.
func (p *Program) Value(ctx context.Context, d *Data, at At) (any, error) {
	v, err := p.eval(ctx, &activation{program: p, data: d, at: at})
	if err != nil {
		return nil, err
	}
	value, err := plain(v)
	if err != nil {
		return nil, &Unknown{What: err.Error()}
	}
	return value, nil
}

// Rows evaluates to rows of the table of [Program.Entity]: of one record, or of a list in its order.
func (p *Program) Rows(ctx context.Context, d *Data, at At) ([]int, error) {
	v, err := p.eval(ctx, &activation{program: p, data: d, at: at})
	if err != nil {
		return nil, err
	}
	if r, ok := v.(*record); ok {
		if r.stored != nil {
			return nil, &Unknown{What: p.String() + " is no record that is still there"}
		}
		return []int{r.row}, nil
	}
	list, ok := v.(traits.Lister)
	if !ok {
		return nil, &Unknown{What: p.String() + " is no list of records"}
	}
	var out []int
	for it := list.Iterator(); it.HasNext() == celtypes.True; {
		if r, ok := it.Next().(*record); ok && r.stored == nil {
			out = append(out, r.row)
		}
	}
	return out, nil
}

var _ cel.Activation = (*activation)(nil)
