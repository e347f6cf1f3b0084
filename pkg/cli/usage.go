package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/playctl/playctl/pkg/diag"
)

// subcommands makes a typo in the name of a command an error with a suggestion.
func subcommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			known = append(known, c.Name())
		}
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if near := diag.Nearest(args[0], known); near != "" {
		hint = fmt.Sprintf("did you mean %s %s?", cmd.CommandPath(), near)
	}
	return fail(exitError, hint, "there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" "+args[0], "playctl "))
}

// takes checks how many arguments a command was given; most below 0 is any number.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		name := strings.TrimPrefix(cmd.CommandPath(), "playctl ")
		usage := "usage: " + strings.TrimSuffix(cmd.UseLine(), " [flags]")
		switch {
		case most == 0 && len(args) > 0:
			return fail(exitError, "see "+cmd.CommandPath()+" --help; -C names the playbook's folder", "%s takes no argument, and %q is one", name, args[0])
		case most > 0 && len(args) > most:
			return fail(exitError, usage, "%s: %q is one argument too many", name, args[most])
		case len(args) < least:
			return fail(exitError, usage, "%s needs %s", name, wanted(cmd, len(args)))
		}
		return nil
	}
}

// wanted names the arguments of a command that are still missing, as its usage line does.
func wanted(cmd *cobra.Command, given int) string {
	words := strings.Fields(cmd.Use)[1:]
	if given < len(words) {
		words = words[given:]
	}
	return strings.Join(words, " ")
}

// flagError words what is wrong with an option, with the nearest known one.
func flagError(cmd *cobra.Command, err error) error {
	hint := "see " + cmd.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := diag.Nearest(unknown.GetSpecifiedName(), known); near != "" {
			hint = fmt.Sprintf("did you mean --%s?", near)
		}
		return fail(exitError, hint, "%s has no option --%s", cmd.CommandPath(), unknown.GetSpecifiedName())
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "duration" {
		hint = "write a number with its unit: 30s, 5m, 1h"
	}
	return fail(exitError, hint, "%s", err)
}
