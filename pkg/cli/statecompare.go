package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
	"github.com/playctl/playctl/pkg/state/lineage"
)

// comparison is a state that is to be put in the place of another one.
type comparison struct {
	app     *app
	p       *flow.Program
	o       replacement
	new     *state.Whole
	serial  int64         // of what was named
	present *state.Whole  // nil where there is none, or it can't be read
	damaged error         // why it can't be
	expects string        // the lineage that is beside the playbook; "" for none
	passed  []string      // what was refused and let pass
	backup  *state.Whole  // the newest good one, where there is no present one
	carried amend.Carried // what became of the new state by what is known here
}

func (c *comparison) read(ctx context.Context, session state.Session) error {
	s, err := wholeIn(ctx, c.app.store, session)
	var damaged *state.DamagedError
	switch {
	case errors.As(err, &damaged):
		c.damaged = err
		if damaged.Foreign { // it may well be good
			if err := c.refuse(damaged.Hint, "%s", err); err != nil {
				return err
			}
		}
	case errors.Is(err, state.ErrNone):
	case err != nil:
		return err
	default:
		c.present = s
	}
	c.expects, _, err = lineage.Read(c.app.dir, c.p.Book.Environment)
	return err
}

// same reports whether the state that is there is the new one.
func (c *comparison) same(ctx context.Context) bool {
	if c.present == nil || c.present.Meta.Lineage != c.new.Meta.Lineage {
		return false
	}
	same, err := alike(ctx, c.present, c.new)
	return err == nil && same
}

// refuse refuses something that --force lets pass, or notes that it was let pass.
func (c *comparison) refuse(hint, format string, args ...any) error {
	if !c.o.force {
		return fail(exitError, hint+"; or say --force if you are sure", format, args...)
	}
	if !slices.Contains(c.passed, "--force") {
		c.passed = append(c.passed, "--force")
	}
	return nil
}

// check refuses another playbook's state, one that is older, and a place that the state was moved away from.
func (c *comparison) check() error {
	m := &c.new.Meta
	if err := lineage.Check(c.app.dir, c.p.Book.Environment, m.Lineage); err != nil {
		return err
	}
	if c.present != nil && c.present.Meta.MovedTo != "" {
		if err := c.refuse("do it there: say in the playbook where the state is now (state:)", "the state was moved from here to %s", c.present.Meta.MovedTo); err != nil {
			return err
		}
	}
	if err := c.checkLineage(); err != nil {
		return err
	}
	if c.o.refuseOlder && c.present != nil && c.present.Meta.Lineage == m.Lineage && m.Serial <= c.present.Meta.Serial {
		return c.refuse("pull the present one, or restore a backup: "+c.app.invocation("state backups"),
			"it is not newer than the state here: it has serial %d, that has %d, and what was done after it would not be known any more", m.Serial, c.present.Meta.Serial)
	}
	return nil
}

// checkLineage refuses another playbook's state: by what playctl.lineage says, and where that says nothing, by the state that is there.
func (c *comparison) checkLineage() error {
	lineage := c.new.Meta.Lineage
	switch {
	case c.expects != "" && c.expects != lineage:
		return c.refuse("take the state that belongs to this playbook", "it is the state of another playbook: its lineage is %s, playctl.lineage says %s", lineage, c.expects)
	case c.expects == "" && c.present != nil && c.present.Meta.Lineage != lineage:
		return c.refuse("take the state that belongs to this playbook", "it is the state of another playbook: its lineage is %s, that of the state here is %s",
			lineage, c.present.Meta.Lineage)
	}
	return nil
}

// carry has the new state know what happened in the world after it, as the state that is there says, or else the newest backup.
func (c *comparison) carry(ctx context.Context) error {
	known := c.present
	if known == nil {
		newest, _, err := newestBackup(ctx, c.app.store, func(*state.Whole) bool { return true })
		if err != nil || newest == nil {
			return err
		}
		known, c.backup = newest, newest
	}
	book := c.playbook()
	for {
		carried, told, err := amend.Carry(known, c.new, book)
		var moved *amend.MoveError
		var gone *amend.PlayGoneError
		var step *amend.StepGoneError
		switch {
		case errors.As(err, &gone):
			hint := "if it goes by another name now, say so in the playbook (moved: [{from: plays." + gone.Play + ", to: plays.…}]), or take a state from after that"
			if err := c.refuse(hint, "%s", err); err != nil {
				return err
			}
			book.Plays = append(book.Plays, gone.Play)
			continue
		case errors.As(err, &step):
			was := "plays." + step.Play + ".steps."
			if err := c.refuse("if it goes by another name now, say so in the playbook (moved: [{from: "+was+step.Step+", to: "+was+"…}]), or take a state from after that", "%s", err); err != nil {
				return err
			}
			book.Step = nil
			continue
		case errors.As(err, &moved):
			return fail(exitError, "take a state that is newer than that run: "+c.app.invocation("state backups"), "%s", err)
		case err != nil:
			return err
		}
		c.new, c.carried = carried, told
		return nil
	}
}

// playbook gives what the playbook says that no state does.
func (c *comparison) playbook() *amend.Playbook {
	b := c.p.Book
	out := &amend.Playbook{Of: flow.EntitiesOf(b, &c.new.Snapshot), Entities: entityNames(b), Plays: b.PlayNames(), Moved: map[string]string{}}
	former := map[playbook.Path]bool{}
	for _, m := range b.Moved {
		former[m.From] = true
		if m.From.Step == "" {
			out.Moved[m.From.Play] = b.Follow(m.From).Play
		}
	}
	for _, dropped := range b.Drop {
		former[dropped] = true
	}
	out.Step = func(play, step string) bool {
		p := b.Play(play)
		return p == nil || p.Step(step) != nil || former[playbook.Path{Play: play, Step: step}]
	}
	return out
}

// tell words what is replaced by what, and what follows from that.
func (c *comparison) tell(from string) []string {
	out := []string{"In " + c.app.store.Where() + ":"}
	switch {
	case c.damaged != nil:
		out = append(out, "  is a state that can't be used: "+c.damaged.Error(), "  It is set aside, and "+from+" takes its place.",
			"What was done after that is not known any more: effects may be done again. Compare: playctl plan, playctl drift.")
	case c.present == nil:
		out = append(out, "  is no state; "+from+" is put there.")
	case c.present.Meta.Lineage != c.new.Meta.Lineage:
		out = append(out, fmt.Sprintf("  is the state of another playbook, serial %d; it gets a backup, and %s takes its place.", c.present.Meta.Serial, from))
		if n := amend.Since(c.present, c.new); n > 0 && c.expects != c.new.Meta.Lineage {
			out = append(out, fmt.Sprintf("What its %s recorded is not known any more: effects may be done again.", count(n, "run")))
		}
	case c.carried.Older:
		out = append(out, fmt.Sprintf("  is a good state, serial %d, which stays; it gets a backup, and takes over what it has lost of %s: %s.", c.present.Meta.Serial, from, c.taken()),
			"What it has learned since is not unlearned: nothing is sent again by that.")
	default:
		out = append(out, fmt.Sprintf("  is a good state, serial %d; it gets a backup, and %s takes its place.", c.present.Meta.Serial, from))
		if c.carried.Total() > 0 {
			out = append(out, "It takes over what only the present one knows: "+c.taken()+".")
		}
	}
	if c.backup != nil && c.backup.Meta.Lineage == c.new.Meta.Lineage && c.backup.Meta.Serial > c.serial {
		out = append(out, fmt.Sprintf("What the newest good backup, serial %d, knows besides is taken along.", c.backup.Meta.Serial))
	}
	return append(out, c.tellCarried()...)
}

// taken counts what is taken over.
func (c *comparison) taken() string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(c.carried.Taken)) {
		parts = append(parts, count(c.carried.Taken[kind], kind))
	}
	return strings.Join(parts, ", ")
}

// tellCarried words who stays forgotten, and what becomes of playctl.lineage.
func (c *comparison) tellCarried() []string {
	var out []string
	if n := c.carried.Forgotten; n > 0 {
		out = append(out, fmt.Sprintf("It names %s that were forgotten since: they stay forgotten, and it is taken without them. What it is taken from names them still: remove it.", count(n, "record")))
	}
	if n := c.carried.Lost; n > 0 {
		out = append(out, fmt.Sprintf("%s were forgotten here whom it can't know, since it is of another lineage: forget them again if they come again.", count(n, "record")))
	}
	if c.expects != "" && c.expects != c.new.Meta.Lineage {
		out = append(out, fmt.Sprintf("playctl.lineage follows: it says %s, and is going to say %s. Commit it.", c.expects, c.new.Meta.Lineage))
	}
	return out
}
