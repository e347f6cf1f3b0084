package flow

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// Origins opens those connectors of a playbook that its entities are read from. It makes no call to the outside but for secrets.
func Origins(ctx context.Context, w *World, p *Program) (map[string]connector.Connector, error) {
	origins := map[string]bool{}
	for _, e := range p.Book.Entities {
		origins[e.From.Connector] = true
	}
	return openThose(ctx, w, p, func(name string) bool { return origins[name] })
}

// readRecords reads the records of all entities, of connectors that are open.
func readRecords(ctx context.Context, w *World, p *Program, judged bool, connectors map[string]connector.Connector) (*source.Result, error) {
	read, err := source.Read(ctx, source.Request{Dir: w.Dir, Entities: p.Book.Entities, Zone: p.Book.Zone, Now: w.now(), Clock: w.Clock, Progress: w.Reading,
		CacheDir: filepath.Join(w.Dir, ".playctl", "cache"), Version: w.Version, OldIsFit: judged, Connectors: connectors})
	var problems diag.List
	if errors.As(err, &problems) { // which has what systems say
		for i := range problems {
			problems[i].Message = w.Redactor.Text(problems[i].Message)
		}
		return nil, problems
	}
	return read, w.Redactor.Error(err)
}

// checkOrigin holds what an entity is read from against what the connector's driver can read.
func checkOrigin(e *playbook.Entity, d connector.Driver) diag.List {
	from := &e.From
	problem := func(p diag.Problem, hint string) diag.List {
		p.Hint = hint
		return diag.List{p}
	}
	switch s := &d.Spec; {
	case s.Unknown:
	case !s.AnyRecord && len(s.Records) == 0:
		return problem(from.At.Problem("no records can be read from %s connectors", d.Name), "export them to a file: file: data/"+e.Name+".csv")
	case from.Table != "" && !s.Tables:
		return problem(from.TableAt.Problem("%s connectors have no tables", d.Name), "leave it out, and name the object that is read: from: "+from.Connector+"."+e.Name)
	case s.Tables && from.Table == "" && from.Object == "table":
		return problem(from.At.Problem("entity %s does not say which table it is read from", e.Name), "write table: analytics."+e.Name)
	case !s.AnyRecord && !contains(s.Records, from.Reads()):
		return problem(from.At.Problem("%s connectors have no %q to read", d.Name, from.Reads()), diag.Suggest(from.Reads(), s.Records))
	}
	return nil
}
