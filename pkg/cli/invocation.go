package cli

import (
	"regexp"
	"strings"
)

// invocation words a command ("plan", "state restore") as a command line about the same playbook, with the global options as they were given, for a person to copy.
func (a *app) invocation(command string, arguments ...string) string {
	words := append([]string{"playctl"}, strings.Fields(command)...)
	if a.chdir != "" {
		words = append(words, "-C", a.chdir)
	}
	if a.env != "" {
		words = append(words, "--env", a.env)
	}
	for _, file := range a.varFiles {
		words = append(words, "--var-file", file)
	}
	for _, v := range a.vars {
		words = append(words, "--var", v)
	}
	words = append(words, arguments...)
	for i := range words {
		words[i] = shellWord(words[i])
	}
	return strings.Join(words, " ")
}

// mention is playctl with the words behind it, and the first global option that [app.invocation] may have put there.
var mention = regexp.MustCompile(`playctl(?: [a-z][a-z-]*)+(?: (?:-C|--env|--var))?`)

// invoked has a text name commands as they are to be typed for this playbook: with the global options, unless they are there. init makes another.
func (a *app) invoked(text string) string {
	return mention.ReplaceAllStringFunc(text, func(said string) string {
		found, _, _ := a.root.Find(strings.Fields(said)[1:]) // what is no argument of it is a word of the text
		path := found.CommandPath()
		if strings.Contains(said, " -") || found == a.root || found.Name() == "init" || !strings.HasPrefix(said, path) {
			return said
		}
		return a.invocation(strings.TrimPrefix(path, "playctl ")) + strings.TrimPrefix(said, path)
	})
}

// shellWord quotes what a shell would not take as one plain word.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 127 || strings.ContainsRune("./_-+=:@%,", r)
	}
	if text != "" && strings.TrimLeftFunc(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
