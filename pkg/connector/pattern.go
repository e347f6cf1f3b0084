package connector

import "strings"

// Matches reports whether a name is of a pattern, in which * stands for any text, also none. Everything else stands for itself, case
// included, as in the names that steps give: a system that spells names loosely must not have more taken out than was written.
func Matches(pattern, name string) bool {
	first, rest, open := strings.Cut(pattern, "*")
	if !open {
		return pattern == name
	}
	if !strings.HasPrefix(name, first) {
		return false
	}
	name = name[len(first):]
	pieces := strings.Split(rest, "*")
	last := pieces[len(pieces)-1]
	for _, piece := range pieces[:len(pieces)-1] {
		_, after, found := strings.Cut(name, piece)
		if !found {
			return false
		}
		name = after
	}
	return strings.HasSuffix(name, last)
}
