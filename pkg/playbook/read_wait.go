package playbook

import (
	"regexp"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/document"
)

// expressionLike matches what can be no span of time: a name's field, a call.
var expressionLike = regexp.MustCompile(`[A-Za-z_]\.[A-Za-z]|\(|[<>=]`)

// waiting is the key of a wait.
func (r *reader) waiting(s *Step) keys {
	return keys{"wait": func(n document.Node) {
		if expressionLike.MatchString(n.Text()) {
			r.fail(n, "write wait_until: for a time, wait_for: for a condition or events", "expected a span of time in wait, found %s", found(n))
			return
		}
		r.span(&s.Wait)(n)
	}}
}

// waitingUntil are the keys of a wait for a time.
func (r *reader) waitingUntil(s *Step) keys {
	return keys{
		"wait_until": r.waitExpr(s),
		"if_past":    word(r, &s.IfPast, map[string]IfPast{"continue": PastContinue, "skip": PastSkip, "exit": PastExit}),
	}
}

// waitingFor is the key of a wait for a condition or events.
func (r *reader) waitingFor(s *Step) keys { return keys{"wait_for": r.waitExpr(s)} }

// waitExpr reads what a step waits for, which is no span of time.
func (r *reader) waitExpr(s *Step) func(document.Node) {
	return func(n document.Node) {
		if _, err := ParseSpan(n.Text()); err == nil && n.Kind() == document.Scalar {
			r.fail(n, "write wait: "+n.Text(), "expected an expression in %s, found a span of time", s.Verb)
			return
		}
		r.expr(&s.Expr)(n)
	}
}

// timing are the keys that bound a wait.
func (r *reader) timing(s *Step) keys {
	return keys{
		"timeout":    func(n document.Node) { r.timeout(&s.Timeout, n) },
		"on_timeout": func(n document.Node) { r.onTimeout(s, n) },
	}
}

// timeout reads a deadline, or a sliding silence.
func (r *reader) timeout(t *Timeout, n document.Node) {
	t.At = n
	if n.Kind() != document.Map {
		r.span(&t.After)(n)
		return
	}
	all := r.mapping(n, "timeout", keys{"quiet": r.silence(&t.Quiet), "of": r.expr(&t.Of)})
	if all && !r.get(n, "quiet").Exists() {
		r.fail(n, "write timeout: {quiet: 30d, of: EVENTS}, or timeout: 30d", "this timeout does not say after how long a silence")
	}
}

func (r *reader) onTimeout(s *Step, n document.Node) {
	switch {
	case n.Kind() == document.Scalar && n.Text() == "continue":
		s.Resume = true
	case n.Kind() == document.Map || n.Kind() == document.List && len(n.Items()) > 0:
		r.steps(&s.OnTimeout)(n)
	default:
		r.fail(n, "write on_timeout: continue, or on_timeout: {exit: REASON}", "expected continue, a step or a list of steps in on_timeout, found %s", foundOr(n, "an empty list"))
	}
}

// silence reads a length of time that is not nothing.
func (r *reader) silence(into *time.Duration) func(document.Node) {
	return func(n document.Node) {
		if r.duration(into)(n); *into == 0 && isDuration(n.Text()) {
			r.fail(n, "", "expected a duration above zero, found %s", found(n))
		}
	}
}

func isDuration(text string) bool {
	_, err := parseDuration(text)
	return err == nil
}

// span reads a span of time that is not nothing.
func (r *reader) span(into *Span) func(document.Node) {
	return func(n document.Node) {
		s, err := ParseSpan(n.Text())
		switch {
		case n.Kind() != document.Scalar || err != nil:
			r.fail(n, spanHint(n.Text()), "expected a span of time, found %s", found(n))
		case s.IsZero():
			r.fail(n, "", "expected a span of time above zero, found %s", found(n))
		default:
			*into = s
		}
	}
}

var almostBusiness = regexp.MustCompile(`(?i)^([1-9][0-9]{0,4}) *(?:(?:business|working|work|office)[ _-]*(day|hour)s?|bus?[. ]*(d|h)\w*)$`)

// spanHint suggests how to write what may be a span in other words: 3 days, 2 working days, 3bd.
func spanHint(text string) string {
	text = strings.TrimSpace(text)
	m := almostBusiness.FindStringSubmatch(text)
	switch {
	case m != nil && strings.HasPrefix(strings.ToLower(m[2]+m[3]), "h"):
		return "write " + m[1] + " business hours"
	case m != nil:
		return "write " + m[1] + " business days"
	case almostDuration.MatchString(text):
		return durationHint(text)
	}
	return "a span is a whole number with m, h, d or w, or of business hours or days: 15m, 8h, 30d, 2w, 2 business days"
}

func (r *reader) checkWaitUntil(s *Step, n document.Node) {
	if !r.get(n, "if_past").Exists() {
		r.fail(s.At, "write if_past: continue, skip or exit", "this step does not say what to do when its time is over already")
	}
}

func (r *reader) checkWaitFor(n document.Node) {
	if late := r.get(n, "on_timeout"); late.Exists() && !r.get(n, "timeout").Exists() {
		r.fail(late, "write timeout: 30d beside it", "on_timeout says what follows a timeout, and this step has none")
	}
}
