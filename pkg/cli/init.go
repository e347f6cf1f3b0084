package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/playbooks"
)

func newInit(a *app) *cobra.Command {
	var o migration
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a small playbook that runs; or move the state of one",
		Long: `init writes a playbook with two segments, one play, a little data dated relative to today, and a desk: a folder that stands for the
connected systems, with lists as CSV and messages as JSON Lines. It never overwrites a file.

With --migrate-state it makes nothing, and moves the state of the playbook to where the playbook says that it is now (state: in its YAML) from
where it was: .playctl, or what --from names. It reads the old one whole, writes it to the new place, reads it back, and marks the old one as
moved, all under both locks. Interrupted, it can be begun again.`,
		Example: `  playctl init my-plays
  playctl plan -C my-plays
  playctl init --migrate-state
  playctl init --migrate-state --from s3 --from-setting bucket=plays --from-setting region=eu-west-1
  playctl init --migrate-state --from old-playbook.yaml   # made by: git show HEAD~1:playbook.yaml`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.migrate && len(args) > 0 {
				return fail(exitError, "playctl init --migrate-state -C "+shellWord(args[0]), "--migrate-state is about a playbook that is there, which -C names")
			}
			if o.migrate {
				return a.migrateState(cmd.Context(), o)
			}
			if name := migrationOnly(cmd); name != "" {
				return fail(exitError, "playctl init --migrate-state", "--%s goes with --migrate-state", name)
			}
			if len(args) == 1 { // below -C, if that is given too
				a.dir = filepath.Join(a.dir, args[0])
				a.chdir = filepath.Join(a.chdir, args[0])
				if filepath.IsAbs(args[0]) {
					a.dir, a.chdir = args[0], args[0]
				}
			}
			return a.init(a.dir)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	o.flags(a, cmd)
	return cmd
}

// migrationOnly names an option that was given and only goes with --migrate-state, "" if none was.
func migrationOnly(cmd *cobra.Command) string {
	for _, name := range []string{"from", "from-setting", "yes", "lock-timeout"} {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

func (a *app) init(dir string) error {
	files, err := starter(a.Now())
	if err != nil {
		return err
	}
	if err := refuseExisting(dir, files); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the playbook: %w", err)
		}
		if err := writeNew(path, f.text, 0o644); err != nil {
			return err
		}
	}
	return a.showMade(dir, files)
}

// showMade tells what was made, and the next command.
func (a *app) showMade(dir string, files []newFile) error {
	next := a.invocation("plan")
	if !a.json {
		return a.print("Made a playbook of %s in %s. See what it would do:\n\n  %s", count(len(files), "file"), dir, next)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.ToSlash(f.name))
	}
	return a.printJSON(render.MadeDocument{Head: render.Begin(), Directory: dir, Files: names, Next: next})
}

// newFile is a file to be made.
type newFile struct{ name, text string }

// starter gives the files of the starter playbook, dated relative to now.
func starter(now time.Time) ([]newFile, error) {
	var out []newFile
	err := fs.WalkDir(playbooks.Starter, "starter", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := playbooks.Starter.ReadFile(path)
		name := strings.TrimPrefix(path, "starter/")
		if name == "gitignore" {
			name = ".gitignore"
		}
		out = append(out, newFile{filepath.FromSlash(name), datesFrom(string(data), now)})
		return err
	})
	return out, err
}

var relativeDate = regexp.MustCompile(`@-(\d+)d`)

// datesFrom writes times out: @-3d becomes the time three days before now.
func datesFrom(text string, now time.Time) string {
	return relativeDate.ReplaceAllStringFunc(text, func(m string) string {
		days, err := strconv.Atoi(relativeDate.FindStringSubmatch(m)[1])
		if err != nil {
			return m
		}
		return now.UTC().AddDate(0, 0, -days).Truncate(time.Hour).Format(time.RFC3339)
	})
}

// refuseExisting makes sure that nothing is overwritten, and that no second playbook is put into a folder that has one.
func refuseExisting(dir string, files []newFile) error {
	yaml, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil {
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	if len(yaml) > 0 {
		return fail(exitError, "choose another folder: playctl init DIR", "%s has a playbook already: %s", dir, filepath.Base(yaml[0]))
	}
	if above := playbookAbove(dir); above != "" {
		return fail(exitError, "choose a folder beside it", "%s lies inside the playbook in %s, which would read its files, too", dir, above)
	}
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
			return fail(exitError, "choose another folder: playctl init DIR", "%s is there already and is not overwritten", filepath.Join(dir, f.name))
		}
	}
	return nil
}

var isPlaybook = regexp.MustCompile(`(?m)^playbook:`)

// playbookAbove finds the folder above dir that is a playbook, "" if there is none.
func playbookAbove(dir string) string {
	for above := filepath.Dir(dir); above != dir; dir, above = above, filepath.Dir(above) {
		yaml, err := filepath.Glob(filepath.Join(above, "*.y*ml"))
		if err != nil {
			return ""
		}
		for _, file := range yaml {
			if text, err := os.ReadFile(file); err == nil && isPlaybook.Match(text) {
				return above
			}
		}
	}
	return ""
}

// writeNew writes a file that must not be there yet.
func writeNew(path, text string, mode os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("making the playbook: %w", err)
	}
	_, err = file.WriteString(text)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("making the playbook: %w", err)
	}
	return nil
}
