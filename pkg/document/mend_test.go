package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mendedCases have one unquoted expression that YAML cuts or refuses: where, how to write it, and what the file means with it mended.
var mendedCases = []struct {
	name, yaml, at, message, hint string
	want                          any
}{
	{
		"a comma in a flow mapping", "{when: a.exists(x, x > 1)}\n", "1:18", "the comma ends the unquoted expression",
		"quote this expression: 'a.exists(x, x > 1)'", map[string]any{"when": "a.exists(x, x > 1)"},
	},
	{
		"several commas, and a field behind", "{when: f(a, b, g(c)) && h(d, e), then: [1]}\n", "1:11", "the comma ends the unquoted expression",
		"quote this expression: 'f(a, b, g(c)) && h(d, e)'", map[string]any{"when": "f(a, b, g(c)) && h(d, e)", "then": []any{int64(1)}},
	},
	{
		"commas in a flow list", "a: [f(x, y), g]\n", "1:8", "the comma ends the unquoted expression",
		"quote this expression: 'f(x, y)'", map[string]any{"a": []any{"f(x, y)", "g"}},
	},
	{
		"a comma in a string", "{when: a == \"x, y\", b: c}\n", "1:15", "the comma ends the unquoted expression",
		`quote this expression: 'a == "x, y"'`, map[string]any{"when": `a == "x, y"`, "b": "c"},
	},
	{
		"over lines", "{when: f(x,\n  y) > 1}\n", "1:11", "the comma ends the unquoted expression",
		"quote this expression: 'f(x, y) > 1'", map[string]any{"when": "f(x, y) > 1"},
	},
	{
		"a comma that is a syntax error", "{when: a.exists(x, [x] == [1])}\n", "1:18", "the comma ends the unquoted expression",
		"quote this expression: 'a.exists(x, [x] == [1])'", map[string]any{"when": "a.exists(x, [x] == [1])"},
	},
	{
		"an index in a flow mapping", "{when: x[0] == 1}\n", "1:9", "the bracket ends the unquoted expression",
		"quote this expression: 'x[0] == 1'", map[string]any{"when": "x[0] == 1"},
	},
	{
		"an optional field in a flow mapping", "{when: account.?size.orValue(0) > 3}\n", "1:16", "the question mark ends the unquoted expression",
		"quote this expression: 'account.?size.orValue(0) > 3'", map[string]any{"when": "account.?size.orValue(0) > 3"},
	},
	{
		"an interpolation in a flow mapping", "a: {token: ${env.X}, b: c}\n", "1:13", "the bracket ends the unquoted text",
		"quote this text: '${env.X}'", map[string]any{"a": map[string]any{"token": "${env.X}", "b": "c"}},
	},
	{
		"a colon in a block", "x: 1\nwhere: a ? b : c\ny: 2\n", "2:14", "the colon ends the unquoted expression",
		"quote this expression: 'a ? b : c'", map[string]any{"x": int64(1), "where": "a ? b : c", "y": int64(2)},
	},
	{
		"a colon in a later line", "where: a &&\n  b ? c : d\n", "2:9", "the colon ends the unquoted expression",
		"quote this expression: 'a && b ? c : d'", map[string]any{"where": "a && b ? c : d"},
	},
	{
		"a colon in a list item's text", "a:\n  - title: Re: hello\n    b: c\n", "2:14", "the colon ends the unquoted text",
		"quote this text: 'Re: hello'", map[string]any{"a": []any{map[string]any{"title": "Re: hello", "b": "c"}}},
	},
	{
		"text behind a string", "where: \"a\" in b.c\n", "1:12", "text behind the closing quote",
		`quote this expression: '"a" in b.c'`, map[string]any{"where": `"a" in b.c`},
	},
	{
		"an apostrophe in single quotes", "title: 'it's'\n", "1:12", "text behind the closing quote",
		`quote this text: "it's"`, map[string]any{"title": "'it's'"},
	},
	{
		"text behind a list", "where: [1, 2].exists(x, x > 1)\n", "1:14", "text behind the closing bracket",
		"quote this expression: '[1, 2].exists(x, x > 1)'", map[string]any{"where": "[1, 2].exists(x, x > 1)"},
	},
	{
		"a vendor's token", "text: {{my.token}}\n", "1:7", "unquoted text begins with {{, which reads as a mapping",
		"quote this text: '{{my.token}}'", map[string]any{"text": "{{my.token}}"},
	},
	{
		"a vendor's token and text", "text: {{my.token}} hello\n", "1:20", "text behind the closing bracket",
		"quote this text: '{{my.token}} hello'", map[string]any{"text": "{{my.token}} hello"},
	},
	{
		"a negation", "when: !a.b\n", "1:7", "!a.b reads as a YAML tag, which playbooks do without",
		"if it is text or an expression, quote it: '!a.b'", map[string]any{"when": "!a.b"},
	},
	{
		"a negation and more", "when: !a.b && !c\n", "1:7", "! begins a YAML tag, which playbooks do without",
		"quote this expression: '!a.b && !c'", map[string]any{"when": "!a.b && !c"},
	},
	{
		"a pattern", "allow: [*x]\n", "1:9", "* begins a YAML alias, which playbooks do without",
		"quote this text: '*x'", map[string]any{"allow": []any{"*x"}},
	},
	{
		"a cron line", "cron: * * * * *\n", "1:7", "* begins a YAML alias, which playbooks do without",
		"quote this text: '* * * * *'", map[string]any{"cron": "* * * * *"},
	},
	{
		"a comment inside brackets", "where: f(a, b #1) == 1\n", "1:15", "the # begins a comment inside the unquoted expression",
		"quote this expression: 'f(a, b #1) == 1'", map[string]any{"where": "f(a, b #1) == 1"},
	},
	{
		"a comment inside a string", "where: a == \"b #1\"\n", "1:16", "the # begins a comment inside the unquoted expression",
		`quote this expression: 'a == "b #1"'`, map[string]any{"where": `a == "b #1"`},
	},
	{
		"wide characters before", "{é: f(é, y)}\n", "1:8", "the comma ends the unquoted expression",
		"quote this expression: 'f(é, y)'", map[string]any{"é": "f(é, y)"},
	},
}

func TestParse_mendsUnquotedExpressions(t *testing.T) {
	for _, c := range mendedCases {
		t.Run(c.name, func(t *testing.T) {
			f, problems := Parse("f.yaml", []byte(c.yaml))
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			p := problems[0]
			if diff := cmp.Diff([]string{c.at, c.message, c.hint}, []string{place(p.At), p.Message, p.Hint}); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, f.Root().Value()); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse_leavesProseAlone(t *testing.T) {
	for _, text := range []string{
		"{title: it's, why: don't}", "{title: smile :(, why: b}", "{title: rock 'n roll, why: rhythm 'n blues}", "{a: 5\" pipe, b: 3\"}",
		"title: Hello (world # a comment", "title: see 1) and 2) # all (of) them", "where: f(a, b) # a (comment)", "title: rock 'n roll # it's fine",
		"text: >-\n  a: b ? c : d, {e\nx: 1\n",
	} {
		if _, problems := Parse("f.yaml", []byte(text)); len(problems) > 0 {
			t.Errorf("%s\n%s", text, problems[0].Format())
		}
	}
}

func TestParse_mendedExpressionsKnowTheirPlaces(t *testing.T) {
	f, _ := Parse("f.yaml", []byte("a: {when: f(x,\n   y[1]) > 1}\n"))
	n := f.Root().Get("a").Get("when")
	if n.Text() != "f(x, y[1]) > 1" || place(n.At(0)) != "1:11" || place(n.At(5)) != "2:4" || place(n.At(13)) != "2:12" || !n.Quoted() {
		t.Errorf("%q at %v, %v, %v", n.Text(), n.At(0), n.At(5), n.At(13))
	}
}
