package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// limits are the options by which plan and apply are limited to a part.
type limits struct {
	target, exclude, only, allow []string
	limit                        int
	full, concise                bool
}

func (l *limits) flags(a *app, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&l.target, "target", nil, "only this `play` (play.NAME or NAME); may be repeated")
	f.StringArrayVar(&l.exclude, "exclude", nil, "not this `play`; may be repeated")
	f.StringArrayVar(&l.only, "only", nil, "only members with this record `key`; may be repeated")
	f.Var((*atLeastOne)(&l.limit), "limit", "a canary: act on at most so `many` members, the first by record key; the others wait for the next run")
	f.StringArrayVar(&l.allow, "allow", nil, "let the plan pass this `guard`, which is recorded: "+strings.Join(playbook.StandardGuardNames(), ", ")+"; may be repeated")
	f.BoolVar(&l.full, "full", false, "list everything that is shortened")
	f.BoolVar(&l.concise, "concise", false, "counts only")
	for name, offered := range map[string]cobra.CompletionFunc{
		"target":  a.offers(-1, (*playbook.Book).PlayNames),
		"exclude": a.offers(-1, (*playbook.Book).PlayNames),
		"allow":   a.offers(-1, (*playbook.Book).GuardNames),
		"only":    cobra.NoFileCompletions,
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, offered); err != nil {
			panic(err) // a name that has no flag above
		}
	}
}

// atLeastOne is a number that is given, and not zero: a shell's variable that came to nothing must not mean all.
type atLeastOne int

func (n *atLeastOne) String() string { return strconv.Itoa(int(*n)) }

func (n *atLeastOne) Type() string { return "number" }

// Set reads the number.
func (n *atLeastOne) Set(text string) error {
	value, err := strconv.Atoi(text)
	if err != nil || value < 1 {
		return errors.New("expected a number of at least 1; leave it away for all")
	}
	*n = atLeastOne(value)
	return nil
}

// options checks the limits against the playbook: a typo is an error with a suggestion, never "no changes".
func (l *limits) options(p *flow.Program, s *state.Snapshot) (flow.Options, error) {
	known := p.Book.PlayNames()
	for _, play := range s.Plays { // removed from the playbook, and still to be let go
		if !slices.Contains(known, play.Name) {
			known = append(known, play.Name)
		}
	}
	o := flow.Options{Only: l.only, Allowed: l.allow, Full: l.full, Limit: l.limit}
	var err error
	if o.Target, err = playNames("--target", l.target, known); err != nil {
		return o, err
	}
	if o.Exclude, err = playNames("--exclude", l.exclude, known); err != nil {
		return o, err
	}
	for _, name := range l.allow {
		if known := p.Book.AllowedNames(); !slices.Contains(known, name) {
			return o, fail(exitError, diag.Suggest(name, known), "--allow: there is no guard %q", name)
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

// checkKeys refuses keys that no record and no member has: a typo must not look like "nothing to do".
func checkKeys(p *flow.Program, planned *flow.Planned, o flow.Options) error {
	frame := planned.Evaluated.Data.Frame
	if o.Launch != nil {
		of := p.Book.Play(o.Launch.Play).Of
		for _, key := range o.Launch.Keys {
			if t := frame.Table(of); !hasRow(t, key) {
				return fail(exitError, nearestKey(key, t), "--key: there is no %s with the key %q", of, key)
			}
		}
	}
	for _, key := range o.Only {
		found := slices.ContainsFunc(planned.State.Members, func(m state.Member) bool { return m.Record.Key == key })
		for _, t := range frame.Tables {
			found = found || hasRow(t, key)
		}
		if !found {
			return fail(exitError, nearestKey(key, frame.Tables...), "--only: no record has the key %q", key)
		}
	}
	return nil
}

func hasRow(t *frame.Table, key string) bool {
	if !t.HasKey() {
		return false
	}
	_, ok := t.Row(key)
	return ok
}

// mostCompared is how many keys at most are compared with a wrong one: people wait for the answer.
const mostCompared = 100_000

// nearestKey words a hint for a key that no record has.
func nearestKey(key string, tables ...*frame.Table) string {
	var known []string
	for _, t := range tables {
		for row := 0; t.HasKey() && row < t.Rows && len(known) < mostCompared; row++ {
			known = append(known, t.Key(row))
		}
	}
	if near := diag.Nearest(key, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "keys are those of the entities' key columns; playctl segment shows some"
}
