package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// runDetails is what only the command itself knows about its run.
type runDetails struct {
	approved  string        // how, in words: "yes on a terminal"; "" where there was nothing to approve
	overrides []string      // refusals that were let pass, beside the guards of planned
	limits    []string      // options that limited it, as they were typed
	saved     *plan.Saved   // the plan it was made from; may be nil
	planned   *flow.Planned // what it carries out; may be nil
}

// runID names this command's run, and so the lock that it holds.
func (a *app) runID() string {
	if a.id == "" {
		a.id = a.NewID()
	}
	return a.id
}

// newRun makes the record of a command that changes something: who did it, to which environment, from which revision of the playbook, by
// whose leave and past which refusals. Carrying it out adds times, counts and how it ended.
func (a *app) newRun(ctx context.Context, p *flow.Program, operation state.Operation, d runDetails) state.Run {
	run := state.Run{ID: a.runID(), Operation: operation, Environment: p.Book.Environment, By: a.User, Approved: d.approved, Limits: d.limits,
		Revision: a.revision(ctx, p), Playbook: p.Book.Files}
	overrides := slices.Clone(d.overrides)
	if d.saved != nil {
		run.Plan = d.saved.ID
	}
	if d.planned != nil {
		overrides = append(overrides, passed(d.planned)...)
		run.Read = map[string]int{}
		for _, r := range d.planned.Evaluated.Read.Reports {
			run.Read[r.Entity] = r.Rows
		}
	}
	slices.Sort(overrides)
	run.Overrides = slices.Compact(overrides)
	return run
}

// passed names the guards that would have refused a plan and were let pass. Whether an effect was late is not told apart from the others.
func passed(p *flow.Planned) []string {
	var out []string
	for _, v := range p.Plan.Verdicts {
		if v.Allowed && !v.Holds {
			out = append(out, "--allow "+v.Guard)
		}
	}
	if slices.Contains(p.Judge.Allowed, plan.Lateness) && len(p.Plan.Onces()) > 0 {
		out = append(out, "--allow "+plan.Lateness)
	}
	return out
}

// typed words the limits of a run as they were typed.
func (l *limits) typed() []string {
	var out []string
	for _, o := range []struct {
		name   string
		values []string
	}{{"--target", l.target}, {"--exclude", l.exclude}, {"--only", l.only}} {
		for _, value := range o.values {
			out = append(out, o.name+" "+shellWord(value))
		}
	}
	if l.limit > 0 {
		out = append(out, "--limit "+strconv.Itoa(l.limit))
	}
	return out
}

// gitPatience is how long Git may take to tell the playbook's revision: a run must not hang on what is only noted.
const gitPatience = 10 * time.Second

// revision gives the commit that the playbook's folder is at, with "+changes" where a file of the playbook differs from it. It is "" where
// the folder is in no repository, nothing was committed yet, or Git is not there.
func (a *app) revision(ctx context.Context, p *flow.Program) string {
	if !inRepository(a.dir) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	head, err := a.git(ctx, "rev-parse", "--verify", "--quiet", "HEAD")
	if commit := strings.TrimSpace(head); err == nil && isCommit(commit) {
		return commit + a.changes(ctx, p)
	}
	return ""
}

// changes gives "+changes" where files of the playbook differ from what was committed, or are not in Git.
func (a *app) changes(ctx context.Context, p *flow.Program) string {
	files := make([]string, 0, len(p.Book.Files))
	for name := range p.Book.Files {
		files = append(files, ":(literal)"+name)
	}
	slices.Sort(files)
	out, err := a.git(ctx, append([]string{"status", "--porcelain", "--untracked-files=all", "--ignored=matching", "--"}, files...)...)
	if err != nil || strings.TrimSpace(out) != "" {
		return "+changes"
	}
	return ""
}

// git asks Git about the playbook's folder. It takes no lock and starts none of the programs that a repository may name.
func (a *app) git(ctx context.Context, arguments ...string) (string, error) {
	out, err := a.Exec(ctx, a.dir, append([]string{"git", "--no-optional-locks", "-c", "core.fsmonitor=false"}, arguments...))
	if err != nil {
		return "", fmt.Errorf("asking git: %w", err)
	}
	return out, nil
}

// inRepository reports whether a folder, or one above it, is a Git repository.
func inRepository(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// isCommit reports whether a text is the name of a commit, and nothing else.
func isCommit(text string) bool {
	return len(text) >= 40 && len(text) <= 64 && strings.Trim(text, "0123456789abcdef") == ""
}
