package playbook

import (
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) stageModels(n document.Node) {
	r.named(n, "stages", "stage model", func(name, value document.Node) {
		m := &StageModel{Name: name.Text(), At: name}
		r.book.Stages = append(r.book.Stages, m)
		var order string // there is but one, and it may be said
		r.mapping(value, "stages "+m.Name, keys{
			"of":     func(n document.Node) { r.text(&m.Of)(n); m.OfAt = n },
			"order":  word(r, &order, map[string]string{"furthest": "furthest"}),
			"stages": func(n document.Node) { r.stages(m, n) },
		})
		if value.Kind() != document.Map {
			return
		}
		if !r.get(value, "of").Exists() {
			r.fail(m.At, "write of: "+r.anyEntity(), "stages %s do not say of which entity", m.Name)
		}
		if list := r.get(value, "stages"); !list.Exists() || list.Kind() == document.List && len(list.Items()) == 0 {
			r.fail(m.At, stageHint, "stages %s have no stages", m.Name)
		}
	})
}

const stageHint = "write stages: [{name: mqa, when: CONDITION}], the nearest first"

func (r *reader) stages(m *StageModel, n document.Node) {
	for _, item := range items(n) {
		if item.Kind() != document.Map {
			r.fail(item, stageHint, "expected a stage with name: and when: in stages %s, found %s", m.Name, found(item))
			continue
		}
		s := &Stage{At: item}
		all := r.mapping(item, "stage of "+m.Name, keys{
			"name": func(n document.Node) { r.stageName(m, s, n) },
			"when": r.expr(&s.When),
			"by":   func(n document.Node) { r.text(&s.By)(n); s.ByAt = n },
			"sla":  r.span(&s.SLA),
			"why":  r.text(&s.Why),
		})
		for _, missing := range []struct{ key, hint string }{{"name", "write name: mqa in it"}, {"when", "write when: CONDITION"}} {
			if !r.get(item, missing.key).Exists() && all {
				r.fail(item, missing.hint, "this stage has no %s", missing.key)
			}
		}
		if s.Name != "" {
			m.Stages = append(m.Stages, s)
		}
	}
}

// stageName reads the name of a stage, which no other stage of the model has.
func (r *reader) stageName(m *StageModel, s *Stage, n document.Node) {
	var name string
	r.text(&name)(n)
	switch first := m.Index(name); {
	case n.Kind() != document.Scalar:
	case !namePattern.MatchString(name):
		r.fail(n, "a name begins with a letter and goes on with letters, digits, - and _, up to 63 of them", "%q can't be the name of a stage", name)
	case first >= 0:
		p := problem(n, "rename one of them", "stages %s have two stages %q", m.Name, name)
		p.Related = append(p.Related, diag.Related{At: m.Stages[first].At.Pos(), Message: "the first"})
		r.problems.Add(p)
	default:
		s.Name, s.At = name, n
	}
}

// checkScoresAndStages reports names that mean nothing in scores and stages.
func (r *reader) checkScoresAndStages() {
	for _, s := range r.book.Scores {
		r.checkOf("score "+s.Name, s.Of, s.OfAt)
	}
	for _, m := range r.book.Stages {
		r.checkOf("stages "+m.Name, m.Of, m.OfAt)
		for _, s := range m.Stages {
			r.checkStageBy(s)
		}
	}
}

// checkStageBy warns of somebody who has no role, where there are roles: who works a stage may also be a team of another kind.
func (r *reader) checkStageBy(s *Stage) {
	known := r.personNames()
	if s.By == "" || len(known) == 0 || r.isPerson(s.By) || r.lostPerson(s.By) {
		return
	}
	p := problem(s.ByAt, diag.Suggest(s.By, known), "stage %s is worked by %q, which is no role or route", s.Name, s.By)
	p.Severity = diag.Warning
	r.problems.Add(p)
}
