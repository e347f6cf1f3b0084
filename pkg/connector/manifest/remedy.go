package manifest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

var (
	oneEqual = regexp.MustCompile(`(^|[^=!<>])=([^=]|$)`)
	oneWord  = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)
	prose    = regexp.MustCompile(`^[\pL\pN][\pL\pN_,.;:!'’-]*( [\pL\pN_,.;:!'’-]+)+$`)
)

// remedied adds remedies to what is said of an expression, where it is a mistake of those who write their first ones.
func remedied(problems diag.List, text string) diag.List {
	for i := range problems {
		if p := &problems[i]; strings.HasPrefix(p.Message, "Syntax error") && p.Hint == "" {
			p.Hint = remedy(text)
		} else if strings.HasPrefix(p.Message, "there is no ") && strings.HasPrefix(p.Hint, "known: ") && oneWord.MatchString(text) {
			p.Hint = inQuotes(text) + "; " + p.Hint
		}
	}
	return problems
}

// remedy tells what an expression that can't be read was perhaps meant to be; "" if nobody knows.
func remedy(text string) string {
	said := texts.ReplaceAllString(text, `""`)
	whole := strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}") && strings.Count(text, "${") == 1
	switch {
	case whole:
		return fmt.Sprintf("without ${ } here: %s", strings.TrimSpace(text[2:len(text)-1]))
	case strings.Contains(said, "${"):
		return `without ${ } here, where an expression stands: '"/lists/" + id'`
	case oneEqual.MatchString(said):
		return "did you mean ==?"
	case prose.MatchString(text):
		return inQuotes(text)
	}
	return ""
}

func inQuotes(text string) string {
	return fmt.Sprintf(`a text needs quotes inside: '"%s"'`, strings.ReplaceAll(text, "'", "''"))
}

// asText tells how keys and values, or a list, are written where an expression stands.
func asText(n document.Node) string {
	switch n.Kind() {
	case document.Map:
		return fmt.Sprintf(`write it as one text: '{%s}'`, entries(n))
	case document.List:
		return `write it as one text: '[name, "and so on"]'`
	}
	return "write an expression"
}

// entries writes the first keys of a mapping as an expression has them.
func entries(n document.Node) string {
	var out []string
	for _, f := range n.Fields() {
		value := "…"
		if f.Value.Kind() == document.Scalar && !strings.ContainsAny(f.Value.Text(), "'\n") {
			value = f.Value.Text()
		}
		if out = append(out, fmt.Sprintf("%q: %s", f.Key.Text(), value)); len(out) == 3 {
			break
		}
	}
	return strings.Join(out, ", ")
}
