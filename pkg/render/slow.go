package render

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/segment"
)

// Slow says which parts of expressions cel-go evaluates, row by row, and why: a line for each, in their order, and none twice.
//
//	slow: segment icp: account.name.reverse() == "x": reverse has no kernel, cel-go evaluates it row by row
func Slow(list []segment.Slow) []string {
	var lines []string
	for _, s := range list {
		text := strings.Join(strings.Fields(clean(s.Text)), " ") // an expression may be written over several lines
		line := "slow: " + clean(s.Of) + ": " + text + ": " + clean(s.Why) + ", cel-go evaluates it row by row"
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}
