package diag

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest gives the one of names that a person most likely meant by name, or "" when none is near: at most a third of the
// letters differ (one at least, none of a single letter). Ties go to the first in sorted order, so that the answer does not depend on the order of names.
func Nearest(name string, names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	best, distance := "", 1
	if letters := utf8.RuneCountInString(name); letters > 1 {
		distance = max(1, letters/3) + 1
	}
	for _, candidate := range sorted {
		if d := editDistance(strings.ToLower(name), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// mostNames is how many known names a hint lists.
const mostNames = 20

// Suggest words a hint for an unknown name: the nearest known one, or what is known when the list is short.
func Suggest(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(known)))
	if len(sorted) > mostNames {
		return "known: " + strings.Join(sorted[:mostNames], ", ") + fmt.Sprintf(", and %d more", len(sorted)-mostNames)
	}
	return "known: " + strings.Join(sorted, ", ")
}

// editDistance is the optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, previous, current := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(x); i++ {
		current[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(y)]
}
