package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// limits are the options by which plan and apply are limited to a part.
type limits struct {
	target, exclude, only, allow []string
	full, concise                bool
}

func (l *limits) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&l.target, "target", nil, "only this `play` (play.NAME or NAME); may be repeated")
	f.StringArrayVar(&l.exclude, "exclude", nil, "not this `play`; may be repeated")
	f.StringArrayVar(&l.only, "only", nil, "only members with this record `key`; may be repeated")
	f.StringArrayVar(&l.allow, "allow", nil, "let the plan pass this `guard`; recorded")
	f.BoolVar(&l.full, "full", false, "list everything that is shortened")
	f.BoolVar(&l.concise, "concise", false, "counts only")
}

// options checks the limits against the playbook: a typo is an error with a suggestion, never "no changes".
func (l *limits) options(p *flow.Program, s *state.Snapshot) (flow.Options, error) {
	known := p.Book.PlayNames()
	for _, play := range s.Plays { // removed from the playbook, and still to be let go
		if !slices.Contains(known, play.Name) {
			known = append(known, play.Name)
		}
	}
	o := flow.Options{Only: l.only, Allowed: l.allow, Full: l.full}
	var err error
	if o.Target, err = playNames("--target", l.target, known); err != nil {
		return o, err
	}
	if o.Exclude, err = playNames("--exclude", l.exclude, known); err != nil {
		return o, err
	}
	for _, name := range l.allow {
		if !slices.Contains(plan.Guards(), name) {
			return o, fail(exitError, diag.Suggest(name, plan.Guards()), "--allow: there is no guard %q", name)
		}
	}
	return o, nil
}

func playNames(flag string, given, known []string) ([]string, error) {
	var out []string
	for _, text := range given {
		name := strings.TrimPrefix(strings.TrimPrefix(text, "plays."), "play.")
		if !slices.Contains(known, name) {
			return nil, fail(exitError, diag.Suggest(name, known), "%s: there is no play %q", flag, name)
		}
		out = append(out, name)
	}
	return out, nil
}

// checkKeys refuses keys that no record of any of the plays has: a typo must not look like "nothing to do".
func checkKeys(p *flow.Planned, keys []string) error {
	for _, key := range keys {
		found := false
		for _, t := range p.Evaluated.Data.Frame.Tables {
			if t.HasKey() {
				_, ok := t.Row(key)
				found = found || ok
			}
		}
		for i := range p.State.Members {
			found = found || p.State.Members[i].Record.Key == key
		}
		if !found {
			return fail(exitError, "keys are those of the entities' key columns", "--only: no record has the key %q", key)
		}
	}
	return nil
}
