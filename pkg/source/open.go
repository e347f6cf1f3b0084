package source

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// fileFormat is the end of names of files of a format, and what opens them.
type fileFormat struct {
	extension string
	open      func(in *input, t *table) (format, diag.List, error)
}

// formats are the formats of files that can be read, in the order in which they are told.
var formats = []fileFormat{{".csv", openCSV}, {".jsonl", openJSON}, {".ndjson", openJSON}, {".parquet", openParquet}}

func openCSV(in *input, t *table) (format, diag.List, error) {
	file := newCSV(in)
	problems, err := file.readHeader(t)
	return file, problems, err
}

func openJSON(in *input, t *table) (format, diag.List, error) { return newJSON(in, t), nil, nil }

func openParquet(in *input, t *table) (format, diag.List, error) {
	file := newParquet(in, in.file, in.info.Size())
	problems, err := file.readSchema(t)
	return file, problems, err
}

// extensions names the ends of names of files that can be read.
func extensions() string {
	var names []string
	for _, f := range formats {
		names = append(names, f.extension)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// openAll opens every file and checks what can be known without reading it. The readings are to be closed also if there is an error.
func openAll(ctx context.Context, r Request, connectors *readers, problems diag.List) ([]*reading, error) {
	var readings []*reading
	problems.Add(checkParents(r.Entities)...)
	for _, e := range r.Entities {
		if e.From.Connector != "" {
			if reader := connectors.by[e.From.Connector]; reader != nil {
				readings = append(readings, openObject(ctx, r, e, reader))
			}
			continue
		}
		x, found, err := open(ctx, r, e)
		if x != nil {
			readings = append(readings, x)
		}
		if err != nil {
			return readings, stopped(e, err)
		}
		problems.Add(found...)
	}
	problems.Sort()
	return readings, problems.Err()
}

// checkParents refuses parents that can't be linked. A checked playbook has none.
func checkParents(entities []*playbook.Entity) diag.List {
	keyed := map[string]bool{}
	for _, e := range entities {
		keyed[e.Name] = e.Key != ""
	}
	var problems diag.List
	for _, e := range entities {
		for _, p := range e.Parents {
			if !keyed[p.Entity] {
				problems.Add(placeProblem(p.At, e.Origin(), "the parent %q of %s is not an entity with a key", p.Entity, e.Name))
			}
		}
	}
	return problems
}

// openObject makes ready the reading of an object. Nothing is asked yet.
func openObject(ctx context.Context, r Request, e *playbook.Entity, reader connector.RecordReader) *reading {
	x := &reading{table: newTable(e, r), progress: &meter{entity: e.Name}, oldIsFit: r.OldIsFit, now: r.Now}
	x.format = newObject(ctx, reader, x.table)
	return x
}

// open opens an entity's file, checks its age and reads a header.
func open(ctx context.Context, r Request, e *playbook.Entity) (*reading, diag.List, error) {
	extension := strings.ToLower(path.Ext(e.File))
	known := slices.IndexFunc(formats, func(f fileFormat) bool { return f.extension == extension })
	if known < 0 {
		p := placeProblem(e.FileAt, e.File, "%q has an extension that can't be read", e.File)
		p.Hint = "files can be " + extensions()
		return nil, diag.List{p}, nil
	}
	in, err := openInput(ctx, pathOf(r.Dir, e.File))
	if err != nil {
		return nil, diag.List{openProblem(placeProblem(e.FileAt, e.File, ""), r.Dir, e.File, err)}, nil
	}
	x := &reading{table: newTable(e, r), in: in, progress: &meter{entity: e.Name, total: in.info.Size()}}
	x.cache = newCache(r, x)
	problems := x.table.checkAge(in.info.ModTime(), r.Now)
	if r.OldIsFit {
		problems = nil
	}
	var found diag.List
	x.format, found, err = formats[known].open(in, x.table)
	return x, append(problems, found...), err
}

// checkAge notes how old a file is and refuses one that is too old, where the entity says so.
func (t *table) checkAge(modified, now time.Time) diag.List {
	e := t.entity
	t.report.Modified, t.report.Age = modified, now.Sub(modified)
	t.report.Stale = e.Fresh.Within > 0 && t.report.Age > e.Fresh.Within
	if !t.report.Stale || !e.Fresh.Refuse {
		return nil
	}
	p := placeProblem(e.Fresh.At, t.origin, "%s is %s old; %s accepts %s", t.origin, age(t.report.Age), e.Name, age(e.Fresh.Within))
	p.Hint = "export it again; with on_stale: warn the run goes on"
	return diag.List{p}
}

// checkAgeBy notes how old records of a connector are, by the newest value of the field that says so, and refuses those that are too old, where
// the entity says so. Without such a field they are what is there now.
func (t *table) checkAgeBy(now time.Time, oldIsFit bool) diag.List {
	by := slices.IndexFunc(t.builder.Columns, func(c *frame.Column) bool {
		return t.entity.Fresh.By != "" && c.Name == t.entity.Fresh.By && c.Type.Kind == frame.Time
	})
	if by < 0 {
		t.report.Modified = now
		return nil
	}
	newest, known := newestOf(t.builder.Columns[by])
	if !known {
		p := placeProblem(t.entity.Fresh.ByAt, t.origin, "no record of %s has a value in %q, by which it may be fresh", t.origin, t.entity.Fresh.By)
		p.Severity, t.report.Modified = diag.Warning, now
		t.report.Warnings = append(t.report.Warnings, p)
		return nil
	}
	problems := t.checkAge(time.UnixMicro(newest).UTC(), now)
	if oldIsFit {
		return nil
	}
	for i := range problems {
		problems[i].Hint = "have its records written again; with on_stale: warn the run goes on"
	}
	return problems
}

// newestOf gives the latest of the times in a column.
func newestOf(c *frame.Column) (newest int64, known bool) {
	for row, at := range c.Ints[:c.Len()] {
		if c.IsKnown(row) && (!known || at > newest) {
			newest, known = at, true
		}
	}
	return newest, known
}
