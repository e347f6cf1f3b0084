package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

type resolveOptions struct {
	consent
	done, retry bool
	receipt     string
}

func newResolve(a *app) *cobra.Command {
	var o resolveOptions
	cmd := &cobra.Command{
		Use:   "resolve KEY",
		Short: "Say whether an effect in doubt happened",
		Long: `resolve settles an effect of which nobody knows whether it happened: a run was killed after it was begun, or its answer got lost, and the
system can't be asked. Look there first. --done says that it happened: it is never done again, and its member goes on. --retry says that it
did not: the next apply does it, unless its member has left the play meanwhile.

KEY is the effect's, as state list --in-doubt shows it, or that of a record with one effect in doubt. What is not in doubt is left alone.`,
		Example: `  playctl state list --in-doubt
  playctl resolve 9a1f0c77d2e84b3f6a5c --done --receipt msg-4711
  playctl resolve a-0192 --retry --yes`,
		Args: takes(1, 1), ValidArgsFunction: a.offersState(1, doubtKeys),
		RunE: func(cmd *cobra.Command, args []string) error { return a.resolve(cmd.Context(), args[0], o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.done, "done", false, "it happened")
	cmd.Flags().BoolVar(&o.retry, "retry", false, "it did not happen: do it with the next apply")
	cmd.Flags().StringVar(&o.receipt, "receipt", "", "with --done: the `id` that the system gave it, by which a task is asked about later")
	return cmd
}

// doubtKeys completes effects in doubt.
func doubtKeys(s *state.Snapshot) []string {
	var out []string
	for _, e := range doubtful(s) {
		out = append(out, e.Key+"\t"+render.EffectText(&e))
	}
	return out
}

func (a *app) resolve(ctx context.Context, key string, o resolveOptions) error {
	switch {
	case o.done == o.retry:
		return fail(exitError, "look in its system first; --retry does it again with the next apply", "say either --done, if it happened, or --retry, if it did not")
	case o.receipt != "" && !o.done:
		return fail(exitError, "", "--receipt goes with --done: what did not happen has none")
	}
	return a.amend(ctx, state.OpResolve, o.consent, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		e, err := doubtNamed(s, key)
		if err != nil {
			return nil, err
		}
		return a.resolution(e, unwanted(p.Book, s, e), o), nil
	})
}

// unwanted tells why no apply does an effect any more, "" where one may.
func unwanted(b *playbook.Book, s *state.Snapshot, e *state.Effect) string {
	if b.Play(e.Play) == nil {
		return "play " + e.Play + " is not in the playbook any more"
	}
	return amend.Unwanted(s, e)
}

// resolution is what resolving an effect changes. why says why nothing does it any more; "" where the next apply does.
func (a *app) resolution(doubt *state.Effect, why string, o resolveOptions) *amendment {
	what := render.EffectText(doubt)
	c := &amendment{tell: []string{what + ", in doubt since " + doubt.At.UTC().Format(time.RFC3339) + ":"}}
	switch {
	case o.done:
		c.tell = append(c.tell, "it happened, and is never done again.")
		c.done = what + " is settled: it happened. The next apply goes on behind it."
		if why != "" {
			c.done = what + " is settled: it happened."
		}
		c.limits = []string{"--done"}
	case why != "":
		c.tell = append(c.tell, "it did not happen, and nothing does it any more: "+why+".")
		c.done = what + " is settled: it did not happen. Nothing does it any more: " + why + "."
		c.limits = []string{"--retry"}
	default:
		c.tell = append(c.tell, "it did not happen: the next apply does it. If it did after all, it happens twice.")
		c.done = what + " is settled: it did not happen. The next apply does it: " + a.invocation("plan")
		c.limits = []string{"--retry"}
	}
	e, line := amend.Resolve(*doubt, o.done, o.receipt, a.User, a.moment())
	c.lines, c.changes.Effects = []state.Line{line}, []state.Effect{e}
	c.message, c.result = e.Key+": "+e.Reason, map[string]any{"effect": e, "unwanted": why}
	return c
}

// doubtNamed finds the effect in doubt that goes by a key: its own, or its record's.
func doubtNamed(s *state.Snapshot, key string) (*state.Effect, error) {
	if e := s.Effect(key); e != nil {
		if !amend.InDoubt(e) {
			return nil, fail(exitError, "playctl state list --in-doubt lists what is", "%s is not in doubt: it %s on %s", render.EffectText(e), ended(e), e.At.UTC().Format(time.RFC3339))
		}
		return e, nil
	}
	var found []*state.Effect
	var known []string
	settled := 0
	for i := range s.Effects {
		e := &s.Effects[i]
		mine := e.Record.Key == key || e.Record.String() == key
		switch {
		case amend.InDoubt(e) && mine:
			found = append(found, e)
		case mine:
			settled++
		}
		if amend.InDoubt(e) {
			known = append(known, e.Key, e.Record.Key)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fail(exitError, severalDoubts(found), "%s has %d effects in doubt: say which by its key", key, len(found))
	case settled > 0:
		return nil, fail(exitError, "playctl state list --in-doubt lists what is", "none of the effects of %s is in doubt", key)
	}
	hint := "playctl state list --in-doubt lists them"
	if near := diag.Nearest(key, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, fail(exitError, hint, "there is no effect in doubt with the key %q, nor of a record with it", key)
}

// ended words how an effect came to be settled.
func ended(e *state.Effect) string {
	if e.Status == state.Happened {
		return "happened"
	}
	return "was " + string(e.Status)
}

// severalDoubts names effects by their keys.
func severalDoubts(list []*state.Effect) string {
	text := "playctl resolve KEY, with one of"
	for _, e := range list {
		text += fmt.Sprintf("\n  %s  %s", e.Key, render.EffectText(e))
	}
	return text
}
