package rehearse

import (
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// step reads one step of a test; before is when the step before it ran.
func (r *reader) step(n document.Node, before time.Time) Step {
	s := Step{Place: n, When: before}
	r.now = before
	r.when(n, &s, before)
	if r.now = s.When; s.Every > 0 {
		r.now = before // what is given comes before the first of its runs
	}
	if given := n.Get("given"); given.Exists() {
		r.given(&s.Given)(given)
	}
	ignore := func(document.Node) {}
	r.mapping(n, "a step", keys{"at": ignore, "after": ignore, "every": ignore, "until": ignore, "given": ignore, "description": ignore,
		"gone":   func(n document.Node) { r.gone(n, &s) },
		"tasks":  func(n document.Node) { r.tasks(n, &s) },
		"run":    func(n document.Node) { r.launch(n, &s) },
		"allow":  func(n document.Node) { r.allow(n, &s) },
		"expect": func(n document.Node) { r.expect(n, &s.Expect) },
	})
	return s
}

// when reads the time of a step: at a time, so long after the step before it, or at a cadence until one of these.
func (r *reader) when(n document.Node, s *Step, before time.Time) {
	at, after, every, until := n.Get("at"), n.Get("after"), n.Get("every"), n.Get("until")
	switch {
	case at.Exists() && (after.Exists() || every.Exists()), after.Exists() && every.Exists():
		r.fail(n, "", "expected one of at, after and every with until, found several")
		return
	case every.Exists() != until.Exists():
		r.fail(n, "write every: 1d and until: 60d", "expected both every and until, found one")
		return
	case at.Exists():
		if t, ok := r.moment(at); ok {
			s.When = t
		}
	case after.Exists():
		s.When = before.Add(r.span(after))
	case every.Exists():
		s.Every = r.span(every)
		if d, ok := parseSpan(until.Text()); ok {
			s.When = before.Add(d)
		} else if t, ok := r.moment(until); ok {
			s.When = t
		}
		if s.Every > 0 && s.When.Sub(before)/s.Every > mostRuns {
			r.fail(every, "make it longer, or the test shorter", "that is more than %d runs", mostRuns)
		}
	}
	if s.When.Before(before) {
		r.fail(n, "put the steps in the order of time", "the step is at %s, before the one in front of it", s.When.Format(time.RFC3339))
	}
}

// mostRuns is how many runs a step may have.
const mostRuns = 5000

// gone reads records that are not there any more: {account: [a1]}.
func (r *reader) gone(n document.Node, s *Step) {
	r.each(n, "entities and keys of their records", func(name, value document.Node) {
		schema := r.schemas[name.Text()]
		if schema == nil || schema.keySlot() < 0 {
			r.fail(name, diag.Suggest(name.Text(), r.book.EntityNames()), "there is no entity %s with a key", found(name))
			return
		}
		for _, k := range r.keys(value) {
			k.Entity = name.Text()
			s.Gone = append(s.Gone, k)
		}
	})
}

// launch reads a manual launch: {executive-dinner: [a1]}.
func (r *reader) launch(n document.Node, s *Step) {
	r.each(n, "a manual play and keys of records", func(name, value document.Node) {
		p := r.play(name)
		switch {
		case p == nil:
		case p.Trigger.Kind != playbook.Manual:
			r.fail(name, "trigger: manual makes it a play for run", "play %s launches by itself", p.Name)
		case s.Launch != nil:
			r.fail(name, "use a step for each", "a step runs one play by hand")
		default:
			s.Launch = &Launch{Play: p.Name}
			for _, k := range r.keys(value) {
				s.Launch.Keys = append(s.Launch.Keys, k.Key)
			}
		}
	})
}

// allow reads guards that may be passed.
func (r *reader) allow(n document.Node, s *Step) {
	for _, item := range items(n) {
		if known := r.book.AllowedNames(); !slices.Contains(known, item.Text()) {
			r.fail(item, diag.Suggest(item.Text(), known), "there is no guard %s", found(item))
			continue
		}
		s.Allowed = append(s.Allowed, item.Text())
	}
}

// tasks reads what people do: {call: {a1: {outcome: meeting booked}}}.
func (r *reader) tasks(n document.Node, s *Step) {
	r.each(n, "steps with tasks, and what became of them", func(name, value document.Node) {
		play, step, ok := r.stepName(name, playbook.Task)
		if !ok {
			return
		}
		r.each(value, "keys of records and what became of their tasks", func(key, work document.Node) {
			if k, ok := r.key(key); ok {
				s.Tasks = append(s.Tasks, r.work(work, TaskWork{Play: play, Step: step, Record: k, Place: key}))
			}
		})
	})
}

// work reads what a person does about one task.
func (r *reader) work(n document.Node, w TaskWork) TaskWork {
	words := map[string]Work{"cancelled": Cancel, "deleted": Delete, "touched": Touch, "done": Finish}
	if n.Kind() == document.Scalar {
		do, ok := words[n.Text()]
		if w.Do = do; !ok {
			r.fail(n, "write {outcome: …}, done, touched, cancelled or deleted", "expected what became of the task, found %s", found(n))
		}
		return w
	}
	r.mapping(n, "what became of a task", keys{
		"outcome": func(n document.Node) { r.text(&w.Outcome)(n); r.outcome(n, w) },
		"answers": func(n document.Node) {
			w.Answers = map[string]string{}
			r.each(n, "answers", func(name, value document.Node) { w.Answers[name.Text()] = playbook.Text(value.Value()) })
		},
		"at":      func(n document.Node) { w.At, _ = r.moment(n) },
		"touched": func(n document.Node) { w.Do = Touch; w.At, _ = r.moment(n) },
	})
	return w
}

// outcome refuses an outcome that the task does not have.
func (r *reader) outcome(n document.Node, w TaskWork) {
	var known []string
	for _, p := range r.book.Plays {
		if s := p.Step(w.Step); s != nil && (w.Play == "" || w.Play == p.Name) && s.Verb == playbook.Task {
			if len(s.Outcomes) == 0 {
				return
			}
			known = append(known, s.Outcomes...)
		}
	}
	if !slices.Contains(known, w.Outcome) {
		r.fail(n, diag.Suggest(w.Outcome, known), "the task has no outcome %q", w.Outcome)
	}
}

// stepName reads the id of a step of a verb (0 is any): step, of the test's play or else of any, or play.step.
func (r *reader) stepName(n document.Node, verb playbook.Verb) (play, step string, ok bool) {
	play, step = r.test.Play, n.Text()
	if before, after, cut := strings.Cut(step, "."); cut {
		play, step = before, after
	}
	var known []string
	for _, p := range r.book.Plays {
		if play != "" && p.Name != play {
			continue
		}
		for _, s := range p.AllSteps() {
			if verb == 0 || s.Verb == verb {
				known = append(known, s.ID)
			}
		}
	}
	if slices.Contains(known, step) {
		return play, step, true
	}
	if play != "" && r.book.Play(play) == nil {
		r.fail(n, diag.Suggest(play, r.book.PlayNames()), "there is no play %q", play)
		return "", "", false
	}
	what := "step"
	if verb != 0 {
		what = verb.String()
	}
	r.fail(n, diag.Suggest(step, known), "there is no %s %q", what, step)
	return "", "", false
}
