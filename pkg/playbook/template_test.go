package playbook_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/playbook"
)

// template reads a step's text.
func template(t testing.TB, text string) (*playbook.Template, string) {
	t.Helper()
	yaml := "plays:\n  hi:\n    segment: all\n    trigger: manual\n    steps:\n      - send: desk.message\n        text: '" + strings.ReplaceAll(text, "'", "''") + "'"
	b, problems := readAny(declared+yaml, playbook.Inputs{})
	message := ""
	if len(problems) > 0 {
		message = problems[0].Message
	}
	return b.Play("hi").Steps[0].Fields[0].Value.Template, message
}

// TestTemplate_expressions holds where expressions end, past braces and strings of their own. Literal parts stand in brackets.
func TestTemplate_expressions(t *testing.T) {
	for text, want := range map[string]string{
		`hello`:                     `[hello]`,
		`${a}`:                      `a`,
		`x ${ a } y`:                `[x ] a [ y]`,
		`${a}${b}`:                  `ab`,
		`$${a} $$${a} $a {b} {{c}}`: `[${a} $${a} $a {b} {{c}}]`,
		`${"}"} }`:                  `"}"[ }]`,
		`${'}'}`:                    `'}'`,
		`${"a\"}"}!`:                `"a\"}"[!]`,
		`${r"\"}!`:                  `r"\"[!]`,
		`${R'\'}!`:                  `R'\'[!]`,
		`${"""a"}"""}!`:             `"""a"}"""[!]`,
		`${{"a": {"b": 1}}["a"]}!`:  `{"a": {"b": 1}}["a"][!]`,
		`it's ${a} isn't it`:        `[it's ]a[ isn't it]`,
		`${a.map(x, "${x}")}`:       `a.map(x, "${x}")`,
		`Zoë ${a} 名前`:               `[Zoë ]a[ 名前]`,
		`$`:                         `[$]`,
		`$$`:                        `[$$]`,
		`{}`:                        `[{}]`,
	} {
		parsed, message := template(t, text)
		got := ""
		for _, p := range parsed.Parts {
			if p.Expr.Exists() {
				got += p.Expr.Text
			} else {
				got += "[" + p.Literal + "]"
			}
		}
		if message != "" || got != want {
			t.Errorf("%s: got %s, want %s; %s", text, got, want, message)
		}
	}
}

func TestTemplate_neverClosed(t *testing.T) {
	for _, text := range []string{"${", "a ${b", `${"}`, `${'a}`, "${{}", "${a} ${b", `${"""a"}`} {
		if _, message := template(t, text); message != "this ${ is never closed" {
			t.Errorf("%s: got %q", text, message)
		}
	}
}

// TestTemplate_wholeAndConstant tells apart what is one expression, no expression, and both.
func TestTemplate_wholeAndConstant(t *testing.T) {
	for text, want := range map[string]string{"${a}": "whole a", " ${a}": "", "${a}${b}": "", "a": "constant a", "": "constant ", "$${a}": "constant ${a}"} {
		parsed, got := template(t, text)
		if x, ok := parsed.Whole(); ok {
			got += "whole " + x.Text
		}
		if s, ok := parsed.Constant(); ok {
			got += "constant " + s
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestTemplate_literals holds that text without expressions stays as it is, and that $${ can write any of it.
func TestTemplate_literals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "$", "{", "}", "'", `"`, " ", "é", "\\", "{{", "}}"})).Draw(rt, "pieces"), "")
		parsed, message := template(t, strings.ReplaceAll(text, "${", "$${"))
		if got, ok := parsed.Constant(); message != "" || !ok || got != text {
			rt.Fatalf("%q: got %q (%t), %s", text, got, ok, message)
		}
	})
}
