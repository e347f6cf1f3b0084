package flow

import (
	"fmt"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/source"
)

// Slow tells which parts of the playbook's expressions cel-go would evaluate, row by row, in the order in which they were read. It needs no data.
func (p *Program) Slow(w *World) []segment.Slow {
	engine := vector.New(newData(w, p, source.Empty(p.Book.Entities)))
	for _, program := range p.Env.Programs() {
		engine.Check(program)
	}
	return p.slow(engine)
}

// Slow tells which parts of a playbook's expressions cel-go evaluated so far, row by row.
func (e *Evaluated) Slow(of *Program) []segment.Slow { return of.slow(e.Segments.Engine) }

// slow names what is slow: by segment, score or stages, and by place in plays.
func (p *Program) slow(engine *vector.Engine) []segment.Slow {
	var out []segment.Slow
	for _, s := range engine.Slow() {
		out = append(out, segment.Slow{Of: p.nameOf(s.Program), Text: s.Text, Why: s.Why})
	}
	return out
}

func (p *Program) nameOf(program *expr.Program) string {
	if name := p.Segments.NameOf(program); name != "" {
		return name
	}
	at := program.Source.Node().Pos()
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}
