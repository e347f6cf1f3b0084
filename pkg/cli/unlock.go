package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newUnlock(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "unlock [ID]",
		Short: "Break the lock of a machine that is gone",
		Long: `unlock takes the state's lock from whoever has it, for where they can't give it back any more: a runner that was shut down in the middle
of an apply. That of a local state needs no unlock: it ends with its process, and while that lives it is never broken. Elsewhere it can't be told.

Make sure that they are gone: somebody who goes on keeps nothing of what they do from then on, and what they had begun is in doubt. With ID,
which lock-info shows, or the beginning of it, only their lock is broken, and not that of somebody who came since.`,
		Example: "  playctl unlock\n  playctl unlock 5f0c1d --yes",
		Args:    takes(0, 1), ValidArgsFunction: a.holders,
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) == 1 {
				if id = args[0]; id == "" {
					return fail(exitError, "playctl lock-info shows it; without an ID whoever has the lock is meant", "the ID is empty")
				}
			}
			return a.unlock(cmd.Context(), id, yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return cmd
}

// holders completes the ID of who has the lock.
func (a *app) holders(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || a.settle(cmd) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	_, p, _, err := a.check()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	store, err := a.openStore(cmd.Context(), p)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	holder, err := store.Holder(cmd.Context())
	if err != nil || holder == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{holder.ID + "\t" + holder.Who}, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) unlock(ctx context.Context, id string, yes bool) error {
	if err := a.mayConsent(state.OpUnlock, consent{yes: yes}); err != nil {
		return err
	}
	p, holder, err := a.holder(ctx)
	if err != nil {
		return err
	}
	info := a.invocation("lock-info")
	switch {
	case holder == nil && id != "":
		return fail(exitError, "", "nobody has the lock, %s neither: there is nothing to break", id)
	case holder == nil:
		return a.unlocked("", "Nobody has the lock.")
	case !strings.HasPrefix(holder.ID, id):
		return fail(exitLocked, info+" shows who has it now", "%s does not have the lock: %s has it (%s)", id, holder.Who, holder.ID)
	}
	told := a.printer(p, a.Now(), limits{})
	told.Color = a.colored(2)
	if err := told.LockInfo(a.Stderr, a.store.Where(), holder); err != nil {
		return err
	}
	a.warn("Whoever goes on in spite of it keeps nothing of what they do; what they had begun is in doubt.")
	if !yes {
		if err := a.ask(ctx, plan.Summary{}); err != nil {
			return err
		}
	}
	if err := a.store.Break(ctx, holder.ID); err != nil {
		return fail(exitLocked, "a process on this machine ends its lock when it ends; "+info+" shows who has it", "%s", err)
	}
	a.recordUnlock(ctx, p, holder, yes)
	return a.unlocked(holder.ID, fmt.Sprintf("Broke the lock of %s. See what they left: %s", holder.Who, a.invocation("plan")))
}

// recordUnlock has the state remember who broke whose lock. That it can't be recorded, since somebody has the lock already or there is no state,
// is told, and does not bring the lock back.
func (a *app) recordUnlock(ctx context.Context, p *flow.Program, holder *state.Holder, yes bool) {
	err := func() (err error) {
		session, err := a.lock(ctx, p, state.OpUnlock, 0)
		if err != nil {
			return err
		}
		defer a.unlocking(session, &err)
		s, err := session.Read(ctx)
		if err != nil {
			return err
		}
		change := &amendment{message: fmt.Sprintf("broke the lock of %s, run %s (%s)", holder.Who, holder.ID, holder.Operation)}
		_, err = a.keep(ctx, p, session, s, state.OpUnlock, change, approvedBy(yes))
		return err
	}()
	if err != nil && !errors.Is(err, state.ErrNone) {
		a.warn("%s the lock is broken, and that could not be recorded: %s", a.alarm("warning:"), err)
	}
}

func (a *app) unlocked(id, text string) error {
	if a.json {
		return a.printJSON(render.UnlockedDocument{Head: render.Begin(), Broken: id != "", ID: id})
	}
	return a.print("%s", text)
}
