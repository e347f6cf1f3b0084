package playbook

import (
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

// goal reads a condition or a list of events, plain or under when:, and what follows for who converted.
func (r *reader) goal(p *Play, n document.Node) {
	if n.Kind() != document.Map {
		r.expr(&p.Goal)(n)
		return
	}
	all := r.mapping(n, "goal", keys{"when": r.expr(&p.Goal), "then": r.steps(&p.GoalThen)})
	if all && !r.get(n, "when").Exists() {
		r.fail(n, "write goal: {when: CONDITION, then: STEPS}", "this goal has no condition")
	}
}

const exitHint = "write - {when: CONDITION, reason: WORDS}, or quiet: 30d or after: 180d instead of when"

// exits reads the rules that end a membership without success.
func (r *reader) exits(p *Play, n document.Node) {
	for i, item := range items(n) {
		x := Exit{Reason: "exit rule " + strconv.Itoa(i+1), At: item}
		if item.Kind() != document.Map {
			r.fail(item, exitHint, "expected a rule with when:, quiet: or after: in exit, found %s", found(item))
			continue
		}
		all := r.mapping(item, "exit rule", keys{
			"when":   r.expr(&x.When),
			"quiet":  r.silence(&x.Quiet),
			"after":  r.span(&x.After),
			"reason": r.someText(&x.Reason, "write why they leave"),
			"then":   r.steps(&x.Then),
		})
		if r.checkExit(item, all); x.When.Exists() || x.Quiet > 0 || !x.After.IsZero() {
			p.Exits = append(p.Exits, x)
		}
	}
}

// checkExit holds that a rule says exactly one way to leave; whole tells whether there was nothing unknown in it.
func (r *reader) checkExit(n document.Node, whole bool) {
	var said []string
	for _, key := range []string{"when", "quiet", "after"} {
		if r.get(n, key).Exists() {
			said = append(said, key)
		}
	}
	switch {
	case len(said) > 1:
		r.fail(n, "make them two rules", "an exit rule has one of when, quiet and after; this one has %s", strings.Join(said, " and "))
	case len(said) == 0 && whole:
		r.fail(n, exitHint, "this exit rule has no condition")
	}
}

// bounded reports whether a play ends the waits of its members: after a silence, or after so long.
func (r *reader) bounded(play document.Node) bool {
	for _, item := range items(r.get(play, "exit")) {
		if r.get(item, "quiet").Exists() || r.get(item, "after").Exists() {
			return true
		}
	}
	return false
}
