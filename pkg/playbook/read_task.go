package playbook

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

// tasking are the keys of what a person is to do.
func (r *reader) tasking(s *Step) keys {
	return keys{
		"title":    func(n document.Node) { s.Title = r.name(n) },
		"payload":  r.payload(s),
		"asks":     func(n document.Node) { r.asks(s, n) },
		"outcomes": func(n document.Node) { r.outcomes(s, n) },
		"due":      r.span(&s.Due),
		"sla":      r.span(&s.SLA),
		"escalate": func(n document.Node) { r.escalations(s, n) },
		"await":    word(r, &s.Await, map[string]Await{"all": AwaitAll, "none": AwaitNone}),
	}
}

// asks reads a task's form: names and types.
func (r *reader) asks(s *Step, n document.Node) {
	if n.Kind() != document.Map || len(n.Fields()) == 0 {
		r.fail(n, "write asks: {next_step: string}", "expected names and types in asks, found %s", foundOr(n, "none"))
		return
	}
	for _, f := range n.Fields() {
		named := r.identifier(f.Key, "answer")
		if t, ok := r.fieldType(f.Value); named && ok {
			s.Asks = append(s.Asks, Ask{Name: f.Key.Text(), Type: t, At: f.Key})
		}
	}
}

// ownOutcomes are how a task ends that no person ended.
var ownOutcomes = []string{"timed out", "cancelled"}

func (r *reader) outcomes(s *Step, n document.Node) {
	if n.Kind() == document.List && len(n.Items()) == 0 {
		r.fail(n, "remove it if any word will do, or write outcomes: [done, not now]", "outcomes has none in it")
	}
	for _, item := range items(n) {
		var text string
		r.text(&text)(item)
		switch {
		case item.Kind() != document.Scalar:
		case strings.TrimSpace(text) == "":
			r.fail(item, "", "expected an outcome, found nothing")
		case slices.Contains(ownOutcomes, text):
			r.fail(item, "remove it; a task may end so anyhow", "%q is what playctl says of a task that nobody finished", text)
		case slices.Contains(s.Outcomes, text):
			r.fail(item, "remove one of them", "the outcome %q stands twice", text)
		default:
			s.Outcomes = append(s.Outcomes, text)
		}
	}
}

// escalations reads what is sent while a task is open.
func (r *reader) escalations(s *Step, n document.Node) {
	const hint = "write - {after: 2 business days, send: chat.message, to: manager, text: …}"
	for _, item := range items(n) {
		var x Escalate
		send := item.Key("send")
		if item.Kind() != document.Map || !send.Exists() {
			r.fail(item, hint, "expected after: and send: in escalate, found %s", foundWithout(item, "send"))
			continue
		}
		x.Send = &Step{Verb: Send, At: send, Overwrite: true}
		r.stepOf(x.Send, item, keys{"after": r.span(&x.After)})
		if !r.get(item, "after").Exists() {
			r.fail(item, hint, "this escalation does not say after how long")
		}
		s.Escalate = append(s.Escalate, x)
	}
}

// foundWithout words a node that should have had a key.
func foundWithout(n document.Node, key string) string {
	if n.Kind() == document.Map {
		return "no " + key + ":"
	}
	return found(n)
}

func (r *reader) checkTask(s *Step, n document.Node) {
	if !r.get(n, "by").Exists() {
		r.fail(s.At, "write by: and the name of a role or route", "this task does not say who does it")
	}
	if !r.get(n, "title").Exists() {
		r.fail(s.At, "write title: and what is to be done", "this task has no title")
	}
	if s.Await == AwaitNone {
		for _, key := range []string{"timeout", "on_timeout"} {
			if v := r.get(n, key); v.Exists() {
				r.fail(v, "remove it, or await: none", "nothing waits for this task, so it has no %s", key)
			}
		}
		return
	}
	if s.Timeout.After.IsZero() || s.Resume {
		return
	}
	r.checkClocks(s, n)
}

// checkClocks holds that a task's timeout, after which the member does not go on, leaves room for its other clocks.
func (r *reader) checkClocks(s *Step, n document.Node) {
	const hint = "make it shorter, or the timeout longer"
	if s.Due.beyond(s.Timeout.After) {
		r.fail(r.get(n, "due"), hint, "this task times out after %s, before it is due", s.Timeout.After)
	}
	if s.SLA.beyond(s.Timeout.After) {
		r.fail(r.get(n, "sla"), hint, "this task times out after %s, before its sla is over", s.Timeout.After)
	}
	for _, x := range s.Escalate {
		if x.After.beyond(s.Timeout.After) {
			r.fail(x.Send.At, hint, "this task times out after %s, before this is sent", s.Timeout.After)
		}
	}
}
