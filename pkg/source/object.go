package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// object reads the records of an object of a connector: the connector reads on while the columns of a part are filled.
type object struct {
	ctx    context.Context
	reader connector.RecordReader
	parts  [2]objectPart
}

// partRows is how many records of a connector make a part.
const partRows = 4096

// objectPart is some records of an object, cell by cell.
type objectPart struct {
	part
	table *table
	cells [][]any // of each name of the table, the value of each record
}

// newObject makes a reader that has read nothing yet.
func newObject(ctx context.Context, r connector.RecordReader, t *table) *object {
	o := &object{ctx: ctx, reader: r}
	for i := range o.parts {
		x := &o.parts[i]
		x.table, x.cells, x.records = t, make([][]any, len(t.names)), x
	}
	return o
}

// read implements format.
func (o *object) read(t *table) (diag.List, error) {
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	p := newPump(ctx, o)
	go p.run(t)
	for x := range p.full {
		t.take(&x.part)
		if t.full() {
			cancel()
		}
		p.free <- x
	}
	switch {
	case o.ctx.Err() != nil:
		return nil, o.ctx.Err()
	case p.err != nil && !t.full():
		return diag.List{t.objectProblem(p.err)}, nil
	}
	return nil, nil
}

// pump brings records from the connector to the columns.
type pump struct {
	object     *object
	ctx        context.Context // of this reading
	full, free chan *objectPart
	now        *objectPart // that is being filled
	count      int         // records so far
	err        error       // once full is closed
}

func newPump(ctx context.Context, o *object) *pump {
	p := &pump{object: o, ctx: ctx, full: make(chan *objectPart), free: make(chan *objectPart, len(o.parts))}
	for i := range o.parts {
		p.free <- &o.parts[i]
	}
	return p
}

// run has the connector read all records.
func (p *pump) run(t *table) {
	defer close(p.full)
	if p.err = p.next(); p.err != nil {
		return
	}
	p.err = p.object.reader.Records(p.ctx, t.entity.From.Reads(), slices.Clone(t.names), time.Time{}, p.take)
	if p.err == nil {
		p.err = p.hand()
	}
}

// take takes a record.
func (p *pump) take(values []any) error {
	x := p.now
	if len(values) != len(x.cells) {
		return fmt.Errorf("a record has %d values for %d fields", len(values), len(x.cells))
	}
	for i, v := range values {
		x.cells[i] = append(x.cells[i], v)
	}
	p.count++
	x.lines = append(x.lines, int32(p.count))
	if x.rows++; x.rows < partRows {
		return nil
	}
	return p.hand()
}

// hand gives a part to the columns and takes an empty one.
func (p *pump) hand() error {
	select {
	case p.full <- p.now:
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	return p.next()
}

// next takes an empty part.
func (p *pump) next() error {
	select {
	case p.now = <-p.free:
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	p.now.reset()
	for i := range p.now.cells {
		p.now.cells[i] = p.now.cells[i][:0]
	}
	return nil
}

// objectProblem words why a connector can't be read, at the place of the playbook that has to do with it.
func (t *table) objectProblem(err error) diag.Problem {
	from := &t.entity.From
	var object *connector.NoObjectError
	var field *connector.NoFieldError
	switch {
	case errors.As(err, &object):
		at := from.At
		if from.Table != "" {
			at = from.TableAt
		}
		p := placeProblem(at, t.origin, "%s", object)
		p.Hint = cmp.Or(object.Remedy, diag.Suggest(object.Object, object.Known))
		return p
	case errors.As(err, &field):
		cell := slices.Index(t.names, field.Field)
		if cell < 0 {
			break
		}
		p := placeProblem(t.place(cell), t.origin, "%s has no field %q, %s", t.origin, field.Field, t.purpose(cell))
		p.Hint = diag.Suggest(field.Field, field.Known)
		return p
	}
	return placeProblem(from.At, t.origin, "reading %s from %s: %s", t.entity.Name, t.origin, err)
}

// readers are what entities of connectors are read through.
type readers struct {
	by  map[string]connector.RecordReader
	end []func() // of snapshots
}

// openReaders makes ready every connector that an entity is read from, as of one moment for all of its entities where it can.
func openReaders(ctx context.Context, r Request) (*readers, diag.List, error) {
	out, problems := &readers{by: map[string]connector.RecordReader{}}, diag.List{}
	seen := map[string]bool{}
	for _, e := range r.Entities {
		name := e.From.Connector
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if p, err := out.open(ctx, e, r.Connectors[name]); err != nil {
			return out, nil, err
		} else if p != nil {
			problems.Add(*p)
		}
	}
	return out, problems, nil
}

// open makes a connector ready. The error is that of a context that has ended.
func (o *readers) open(ctx context.Context, e *playbook.Entity, c connector.Connector) (*diag.Problem, error) {
	name := e.From.Connector
	reader, ok := connector.As[connector.RecordReader](c)
	if !ok {
		p := placeProblem(e.From.At, e.Origin(), "no records can be read from connector %s", name)
		p.Hint = "export them to a file: file: data/" + e.Name + ".csv"
		return &p, nil
	}
	if s, ok := connector.As[connector.Snapshotter](c); ok {
		r, end, err := s.Snapshot(ctx)
		switch {
		case ctx.Err() != nil:
			return nil, stopped(e, ctx.Err())
		case err != nil:
			p := placeProblem(e.From.At, e.Origin(), "reading %s from %s: %s", e.Name, e.Origin(), err)
			return &p, nil
		}
		o.end = append(o.end, end)
		reader = r
	}
	o.by[name] = reader
	return nil, nil
}

// close ends the snapshots.
func (o *readers) close() {
	for _, end := range o.end {
		end()
	}
}
