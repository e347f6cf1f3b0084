package playbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

// choosing is the key of a choice by conditions.
func (r *reader) choosing(s *Step) keys {
	return keys{"choose": func(n document.Node) {
		list := items(n)
		if n.Kind() != document.List && n.Kind() != document.Map || len(list) == 0 {
			r.fail(n, "write - {when: CONDITION, then: STEPS}, and {else: STEPS} as the last", "expected branches in choose, found %s", foundOr(n, "none"))
			return
		}
		for i, item := range list {
			r.branch(s, item, i == len(list)-1)
		}
		if len(s.Branches) == 1 && s.Branches[0].Name == "else" && list[0].Get("else").Exists() {
			r.fail(n, "write - {when: CONDITION, then: STEPS} before it", "choose has no branch but else")
		}
		r.checkBranches(s)
	}}
}

// foundOr words what stands at a node; an empty list or mapping by the words given.
func foundOr(n document.Node, empty string) string {
	if n.Kind() == document.List && len(n.Items()) == 0 || n.Kind() == document.Map && len(n.Fields()) == 0 {
		return empty
	}
	return found(n)
}

const branchHint = "write - {when: CONDITION, then: STEPS}, or - {else: STEPS}"

// branch reads one way of a choose. The last may be for what no other is for.
func (r *reader) branch(s *Step, n document.Node, last bool) {
	b := Branch{Name: strconv.Itoa(len(s.Branches) + 1), At: n}
	if n.Kind() != document.Map {
		r.fail(n, branchHint, "expected a branch with when: and then: in choose, found %s", found(n))
		return
	}
	all := r.mapping(n, "branch of choose", keys{"when": r.expr(&b.When), "then": r.steps(&b.Steps), "else": r.steps(&b.Steps), "name": r.text(&b.Name)})
	when, then, otherwise := r.get(n, "when"), r.get(n, "then"), r.get(n, "else")
	switch {
	case otherwise.Exists() && (when.Exists() || then.Exists()):
		r.fail(otherwise, "make it the last branch: - {else: STEPS}", "a branch has when: and then:, or else:; this one has both")
	case otherwise.Exists() && !last:
		r.fail(n, "move it to the end", "else is for what no other branch is for, and the branches behind it are never reached")
	case otherwise.Exists() && !r.get(n, "name").Exists():
		b.Name = "else"
	case otherwise.Exists():
	case all && !when.Exists():
		r.fail(n, branchHint, "this branch has no condition")
	case all && !then.Exists():
		r.fail(n, "write then: and a step or a list of steps; [] to do nothing", "this branch does not say what to do")
	}
	s.Branches = append(s.Branches, b)
}

// checkBranches holds that branches have names of their own.
func (r *reader) checkBranches(s *Step) {
	seen := map[string]bool{}
	for _, b := range s.Branches {
		switch name := r.get(b.At, "name"); {
		case b.Name == "" && name.Kind() == document.Scalar:
			r.fail(name, "", "expected a name, found nothing")
		case seen[b.Name] && b.Name != "":
			at := b.At
			if name.Exists() {
				at = name
			}
			r.fail(at, "give one of them a name: of its own", "two branches have the name %q", b.Name)
		}
		seen[b.Name] = true
	}
}

const splitHint = "write - {name: a, weight: 50, then: STEPS}"

// splitting is the key of a choice by weight.
func (r *reader) splitting(s *Step) keys {
	return keys{"split": func(n document.Node) {
		if n.Kind() != document.List {
			r.fail(n, splitHint, "expected a list of branches in split, found %s", found(n))
			return
		}
		for _, item := range n.Items() {
			r.share(s, item)
		}
		if len(n.Items()) < 2 {
			r.fail(n, splitHint, "expected two branches or more in split, found %d", len(n.Items()))
		}
		r.checkBranches(s)
	}}
}

// share reads one way of a split.
func (r *reader) share(s *Step, n document.Node) {
	if n.Kind() != document.Map {
		r.fail(n, splitHint, "expected a branch with name:, weight: and then: in split, found %s", found(n))
		return
	}
	b := Branch{At: n}
	all := r.mapping(n, "branch of split", keys{"name": r.text(&b.Name), "weight": r.integer(&b.Weight, 1), "then": r.steps(&b.Steps)})
	var missing []string
	for _, key := range []string{"name", "weight", "then"} {
		if all && !r.get(n, key).Exists() {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		r.fail(n, splitHint+"; [] to do nothing", "this branch has no %s", strings.Join(missing, " and no "))
	}
	s.Branches = append(s.Branches, b)
}

// enrolling is the key of a link to another play.
func (r *reader) enrolling(s *Step) keys {
	return keys{"enroll": func(n document.Node) { r.someText(&s.Play, "write the name of a play")(n); s.PlayAt = n }}
}

// leaving is the key of the end.
func (r *reader) leaving(s *Step) keys {
	return keys{"exit": r.someText(&s.Reason, "write exit: and the reason, such as exit: no answer")}
}

// someText reads a text that is not empty.
func (r *reader) someText(into *string, hint string) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() != document.Scalar || strings.TrimSpace(n.Text()) == "" {
			r.fail(n, hint, "expected text, found %s", foundText(n))
			return
		}
		*into = n.Text()
	}
}

func foundText(n document.Node) string {
	if n.Kind() == document.Scalar && strings.TrimSpace(n.Text()) == "" {
		return "nothing"
	}
	return found(n)
}

// lanes are the keys of steps for each of some related records.
func (r *reader) lanes(s *Step) keys {
	return keys{
		"steps": r.steps(&s.Steps),
		"await": word(r, &s.Await, map[string]Await{"all": AwaitAll, "first": AwaitFirst, "none": AwaitNone}),
	}
}

func (r *reader) checkLanes(s *Step, n document.Node) {
	if steps := r.get(n, "steps"); steps.Kind() == document.List && len(steps.Items()) == 0 {
		r.fail(steps, "write what to do for each record", "this step has no steps")
	}
	if !r.get(n, "for").Exists() {
		r.fail(s.At, fmt.Sprintf("write for: %s, or take the steps out of steps:", r.someRecords()), "steps are for each of some records, and this step does not say which")
	}
}

// someRecords gives what a for: may say, for hints.
func (r *reader) someRecords() string {
	i := slices.IndexFunc(r.book.Entities, func(e *Entity) bool { return len(e.Parents) > 0 && e.Key != "" && e.Plural != "" })
	if i < 0 {
		return "account.people"
	}
	return r.book.Entities[i].Parents[0].Entity + "." + r.book.Entities[i].Plural
}
