package cli

import (
	"maps"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/segment"
)

// printer makes what writes text for this run.
func (a *app) printer(p *flow.Program, now time.Time, l limits) *render.Printer {
	out := &render.Printer{Options: render.Options{Color: a.colored(1), Full: l.full, Concise: l.concise, Now: now, Hide: a.secrets.Text, Commands: a.invoked, Width: a.width()}, Nouns: map[string]string{}}
	if p != nil {
		out.Zone = p.Book.Zone
		for _, e := range p.Book.Entities {
			if e.Plural != "" {
				out.Nouns[e.Name] = e.Plural
			}
		}
	}
	return out
}

// narrowest is how wide text is written at the least: what is folded to less is harder to read than what a terminal cuts.
const narrowest = 60

// width gives where lines are folded; 0: nowhere.
func (a *app) width() int {
	if a.Columns == nil || !a.Terminal(1) {
		return 0
	}
	if n := a.Columns(); n > 0 {
		return max(n, narrowest)
	}
	return 0
}

// view gathers what is shown of a plan.
func (a *app) view(p *flow.Program, planned *flow.Planned) *render.View {
	v := &render.View{Plan: planned.Plan, Evaluated: evaluatedCounts(planned),
		Compared: render.Compared{Collections: len(planned.Facts.Members), Took: planned.Compared}, Next: planned.Next, State: planned.State, Was: a.was}
	for _, r := range planned.Evaluated.Read.Reports {
		v.Read = append(v.Read, render.Read{Entity: r.Entity, From: from(p.Book, r.Entity), Rows: r.Rows, Took: r.Took})
	}
	connectors := map[string]bool{}
	for place := range planned.Facts.Members {
		connectors[place.Connector] = true
	}
	fields := map[[3]string]bool{}
	for place, records := range planned.Facts.Fields {
		connectors[place.Connector] = true
		for _, values := range records {
			for name := range values {
				fields[[3]string{place.Connector, place.Kind, name}] = true
			}
		}
	}
	v.Compared.Fields = len(fields)
	v.Compared.Connectors = slices.Sorted(maps.Keys(connectors))
	for _, u := range planned.Unknown {
		v.Unknown = append(v.Unknown, render.UnknownSegment{Segment: u.Segment, Entity: u.Entity, Count: u.Count, Missing: u.Missing})
	}
	return v
}

// from names where records come from: files, or a connector.
func from(b *playbook.Book, entity string) string {
	if c := b.Entity(entity).From.Connector; c != "" {
		return c
	}
	return "files"
}

func evaluatedCounts(planned *flow.Planned) render.Evaluated {
	r := planned.Evaluated.Segments
	moved := slices.DeleteFunc(slices.Clone(r.Stages), func(m segment.StageResult) bool { return m.Moves == segment.StageMoves{} })
	return render.Evaluated{Segments: len(r.Segments), Scores: len(r.Scores), Stages: len(r.Stages), Moved: moved, Took: planned.Evaluated.Took}
}

// colored reports whether a stream gets colour: asked for, or a terminal without NO_COLOR.
func (a *app) colored(stream int) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb" && a.Terminal(stream)
}

// alarm colours a word on standard error.
func (a *app) alarm(text string) string {
	if !a.colored(2) {
		return text
	}
	return "\x1b[31m" + text + "\x1b[0m"
}
