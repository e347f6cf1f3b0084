package document

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNode_At_isTheSource builds scalars of every style from the pieces that make YAML hard, in every kind of place, and checks each
// character's place against the source (see checkScalar).
func TestNode_At_isTheSource(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"a", "b", "Z9", " ", "  ", "   ", "\n", "\n\n", "\n  ", "\n    ", "\n   \n", "\n\t", "\t", "\r\n", "\r\n  ", "''", "'", `"`, `\"`, `\\`, `\n`,
		`\x41`, `\u00e9`, `\U0001F600`, `\ `, "\\\n", "\\\n  ", "\\\r\n\n ", "é", "☺", "😀", " #", "#", "- ", ":", "?", "x: y", ",", "(",
	})
	contexts := rapid.SampledFrom([]string{
		"k: ", "- ", "- - ", "x:\n- ", "x:\n  - k: ", "x:\n    y:\n      z: ", "k:\n  ", "? ", "{k: ", "[", "[a, {b: ", "", "é: ", "\ufeffk: ",
	})
	openings := rapid.SampledFrom([]string{"", "a", "'", `"`, "|", ">", "|-", ">+", "|1", ">2-", ">-1", "|+ # c"})
	clean := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range 20 {
			text := generate(rt, contexts.Draw(rt, "context"), openings.Draw(rt, "opening"), rapid.SliceOfN(pieces, 0, 12).Draw(rt, "pieces"))
			f, problems := Parse("f.yaml", []byte(text))
			if problems.Errors() == 0 {
				clean++
				eachNode(f.Root(), func(n Node) { checkScalar(rt, n, true) })
			}
		}
	})
	if clean < 500 {
		t.Errorf("only %d of the generated files were without errors", clean)
	}
}

// generate writes one scalar into its surroundings.
func generate(rt *rapid.T, context, opening string, pieces []string) string {
	body := strings.Join(pieces, "")
	switch opening {
	case "", "a":
	case "'", `"`:
		body += opening
	default:
		indent := strings.Repeat(" ", rapid.IntRange(1, 7).Draw(rt, "indent"))
		body = "\n" + indent + strings.ReplaceAll(body, "\n", "\n"+indent)
	}
	return context + opening + body + closers(context) + "\n"
}

// closers gives what closes the brackets that a text opens.
func closers(text string) string {
	closing := ""
	for _, c := range text {
		switch c {
		case '[':
			closing = "]" + closing
		case '{':
			closing = "}" + closing
		}
	}
	return closing
}
