package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
)

// What --approve takes beside kinds.
const (
	eachKind = "each"
	noKind   = "none"
)

// asksEach reports whether each kind of what can't be undone is to be asked for.
func asksEach(kinds []string) bool { return slices.Contains(kinds, eachKind) }

// mayAskEach refuses --approve each where nobody can be asked, and beside other kinds.
func (a *app) mayAskEach(kinds []string) error {
	switch {
	case len(kinds) > 1 && (asksEach(kinds) || slices.Contains(kinds, noKind)):
		return fail(exitError, "keep one of them", "--approve %s goes with no other --approve", map[bool]string{true: eachKind, false: noKind}[asksEach(kinds)])
	case asksEach(kinds) && (a.json || !a.Terminal(0) || !a.Terminal(2)):
		return fail(exitNotApproved, "name the kinds: --approve send:chat.message, or --approve none", "there is no terminal to ask on for each kind, so nothing was done")
	}
	return nil
}

// approveKinds takes out of a plan what can't be undone and is of none of the kinds that were named, and has guards judge what is left.
func (a *app) approveKinds(ctx context.Context, p *flow.Program, planned *flow.Planned, kinds []string) error {
	if len(kinds) == 0 || asksEach(kinds) {
		return nil
	}
	known := onceKinds(p.Book)
	for _, kind := range kinds {
		if kind != noKind && !slices.Contains(known, kind) {
			return fail(exitError, diag.Suggest(kind, append(known, eachKind, noKind)), "--approve: the playbook does nothing of the kind %q", kind)
		}
	}
	planned.Plan.Approve(kinds)
	return planned.Judge.Judge(ctx, planned.Plan)
}

// onceKinds gives the kinds of what the playbook does that can't be undone, and their verbs.
func onceKinds(b *playbook.Book) []string {
	out := []string{connector.Send.String(), connector.Task.String()}
	add := func(s *playbook.Step) {
		verb := map[playbook.Verb]connector.Verb{playbook.Send: connector.Send, playbook.Task: connector.Task}[s.Verb]
		if kind := plan.OnceKind(verb, s.Connector, s.Object); kind != "" && !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	for _, play := range b.Plays {
		for _, s := range play.AllSteps() {
			add(s)
			for i := range s.Escalate {
				add(s.Escalate[i].Send)
			}
		}
	}
	slices.Sort(out)
	return out
}

// askEach asks for each kind of what can't be undone, takes out what was not approved, and tells what was, as --approve would name it.
func (a *app) askEach(ctx context.Context, planned *flow.Planned, answers func(context.Context) (string, error)) ([]string, error) {
	var said []string
	for _, once := range planned.Plan.Onces() {
		fmt.Fprintf(a.Stderr, "\n%s: %d that can't be undone. Only yes will do them: ", once.Kind, once.Count)
		line, err := answers(ctx)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) == "yes" {
			said = append(said, once.Kind)
			continue
		}
		a.warn("%s is not approved and stays wanted.", once.Kind)
	}
	planned.Plan.Approve(said)
	if len(said) == 0 {
		said = []string{noKind}
	}
	return said, planned.Judge.Judge(ctx, planned.Plan)
}

// joined words an approval and what of that which can't be undone it is about.
func joined(by string, kinds []string) string {
	if len(kinds) == 0 || asksEach(kinds) {
		return by
	}
	return by + ", of what can't be undone " + strings.Join(kinds, ", ")
}
