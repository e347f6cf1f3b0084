package manifest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// speech is what the expressions of a request say, each without what is in quotes.
type speech []string

// requestOf gathers the expressions of a call's request: those before it and those of a job's steps belong to it.
func requestOf(call document.Node) speech {
	var out speech
	for _, f := range call.Fields() {
		switch f.Key.Text() {
		case "body", "raw":
			out = append(out, unquoted(f.Value.Text()))
		case "get", "post", "put", "patch", "delete":
			out = append(out, templateOf(f.Value)...)
		case "query", "headers", "form":
			out = append(out, templatesOf(f.Value)...)
		case "long_query", "job":
			out = append(out, templatesOf(f.Value.Get("query"))...)
			out = append(out, requestsOf(f.Value.Get("steps"))...)
		case "prepare":
			out = append(out, requestsOf(f.Value)...)
		}
	}
	return out
}

// requestsOf gathers those of several requests, and what is taken of their answers for what comes after.
func requestsOf(calls document.Node) speech {
	var out speech
	for _, call := range calls.Items() {
		out = append(out, requestOf(call)...)
		for _, f := range call.Get("take").Fields() {
			out = append(out, unquoted(f.Value.Text()))
		}
	}
	return out
}

func templatesOf(params document.Node) speech {
	var out speech
	for _, f := range params.Fields() {
		out = append(out, templateOf(f.Value)...)
	}
	return out
}

func templateOf(n document.Node) speech {
	t, problem := playbook.NewTemplate(n)
	if problem != nil {
		return nil
	}
	var out speech
	for _, p := range t.Parts {
		if p.Expr.Exists() {
			out = append(out, unquoted(p.Expr.Text))
		}
	}
	return out
}

var (
	byName = regexp.MustCompile(`([\w)\]])\[\s*\??\s*(?:"(\w+)"|'(\w+)')\s*\]`)
	texts  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|//.*`) // and remarks
	dots   = regexp.MustCompile(`\s*\.\s*\??\s*`)
	// binding is a macro that gives elements names.
	binding = regexp.MustCompile(`\.(?:all|exists|exists_one|existsOne|filter|map|optFlatMap|optMap|sortBy|transformList|transformMap|transformMapEntry)\(\s*(\w+)\s*,(?:\s*(\w+)\s*,)?`)
)

// unquoted gives an expression in its plainest spelling, so that names can be looked for: i["key"] and i.?key are i.key, and every text and remark is "".
func unquoted(text string) string {
	for before := ""; before != text; {
		before, text = text, byName.ReplaceAllString(text, "$1.$2$3")
	}
	return dots.ReplaceAllString(texts.ReplaceAllString(text, `""`), ".")
}

// bound gives the names that an expression's macros give to elements, and the expression without the places where they do.
func bound(text string) (names []string, rest string) {
	for _, m := range binding.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1:]...)
	}
	return names, binding.ReplaceAllString(text, ".x(")
}

// names reports whether it speaks of a variable, which no macro has given another meaning.
func (s speech) names(variable string) bool {
	return slices.ContainsFunc(s, func(text string) bool {
		own, rest := bound(text)
		return !slices.Contains(own, variable) && variablePattern(variable, `\b`).MatchString(rest)
	})
}

// of reports whether it speaks of an item's field: item.key, i.key of the elements of items, or a whole item.
func (s speech) of(field string) bool {
	return slices.ContainsFunc(s, func(text string) bool {
		elements, rest := bound(text)
		switch one := (speech{text}); {
		case one.names("items"):
			elements = append(elements, "items")
		case one.names("item"):
			elements = []string{"item"}
		default:
			return false
		}
		return slices.ContainsFunc(elements, func(name string) bool {
			return name != "" && (variablePattern(name, `\.`+field+`\b`).MatchString(rest) || variablePattern(name, `($|[^\w.\[])`).MatchString(rest))
		}) || strings.Contains(text, "items[") && regexp.MustCompile(`\]\.`+field+`\b`).MatchString(text)
	})
}

// variablePattern finds a name that is no field of anything, and what is to follow it.
func variablePattern(name, behind string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\w.])` + regexp.QuoteMeta(name) + behind)
}
