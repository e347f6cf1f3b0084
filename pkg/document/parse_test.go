package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refusedCases are files with one problem: where it is, and a part of its message and hint.
var refusedCases = []struct{ name, yaml, at, message, hint string }{
	{"an alias", "a: 1\nb: *x\n", "2:4", "alias", "quote"},
	{"an anchor", "b: &x {c: d}\n", "1:4", "&x reads as a YAML anchor", "write out"},
	{"a tag", "b: !!str 5\n", "1:4", "!!str reads as a YAML tag", "remove it"},
	{"a merge key", "b:\n  <<: {c: d}\n", "2:3", "merge key", "write out"},
	{"two documents", "a: 1\n---\nb: 2\n", "2:1", "second document", "file of its own"},
	{"two documents, the second empty", "a: 1\n---\n", "2:1", "second document", "file of its own"},
	{"text behind the document", "a: 1\n...\nb: 2\n", "3:1", "document has ended", "one document"},
	{"a directive", "%YAML 1.2\n---\na: 1\n", "1:9", "%YAML directive", "remove"},
	{"a key twice", "a: 1\nb: 2\na: 3\n", "3:1", `"a" is defined twice`, "rename"},
	{"a key twice, once quoted", "a: {b: 1, 'b': 2}\n", "1:11", `"b" is defined twice`, "rename"},
	{"a mapping as a key", "? {a: b}\n: c\n", "1:3", "a mapping as a key", "word"},
	{"no key", "?\n: b\n", "1:2", "without a name", "before the colon"},
	{"a tab in the indentation", "a:\n\tb: 1\n", "2:1", "a tab indents", "spaces"},
	{"a tab behind spaces", "a:\n  b: 1\n  \tc: 1\n", "3:3", "a tab indents", "spaces"},
	{"not UTF-8", "a: 1\nb: x\xff\n", "2:5", "UTF-8", "UTF-8"},
	{"UTF-16", "\xff\xfea\x00:\x00", "1:1", "UTF-8", "UTF-8"},
	{"a control character", "a: x\x01\n", "1:5", "U+0001", `"\u0001"`},
	{"a line separator", "a: x\u2028y\n", "1:5", "U+2028", `"\u2028"`},
	{"old line breaks", "a: 1\rb: 2\r", "1:5", "carriage return", "line feeds"},
	{"an unclosed quote", "x: 1\na: \"b\nc: d\n", "2:4", "quote is not closed", "close"},
	{"an unclosed bracket", "x: 1\na: {b: [c, d}\ne: f\n", "2:8", "not closed", "quote"},
	{"an unclosed bracket around another", "a: {b: {c: d}\ne: f\n", "1:4", "not closed", "quote"},
	{"a bracket too many", "a: [b]]\n", "1:7", "closing bracket", "remove"},
	{"an indentation too small", "a:\n  b: 1\n c: 2\n", "3:2", "a key with a colon is expected", "align"},
	{"an indentation too large", "a:\n  b: 1\n   c: 2\n", "3:4", "a key is not expected", "align"},
	{"an item too far left", "a:\n  - b\n c: d\n", "3:2", "expected", "align"},
	{"no colon", "a:\n  b: 1\n  foo\n  c: 2\n", "3:3", "neither a key", "key: value"},
	{"no space behind a colon", "a:b\nc: d\n", "1:2", "needs a space", "key: value"},
	{"no space behind a later colon", "x: 1\na:b\nc: d\n", "2:2", "needs a space", "key: value"},
	{"a list behind a key", "a: - b\n", "1:4", "a list cannot begin", "line of its own"},
	{"an unknown escape", "x: 1\na: \"b\\d+\"\n", "2:6", "escape", "single quotes"},
	{"an escape cut short", `a: "\x4"` + "\n", "1:5", "hexadecimal", `two follow \x`},
	{"half a surrogate pair", `a: "\ud83d\ude00"` + "\n", "1:5", "no character", `\U`},
	{"text in a block's header", "a: |foo\n", "1:5", "line below", "quote"},
}

func TestParse_refuses(t *testing.T) {
	for _, c := range refusedCases {
		t.Run(c.name, func(t *testing.T) {
			_, problems := Parse("f.yaml", []byte(c.yaml))
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			p := problems[0]
			if at := place(p.At); at != c.at || !strings.Contains(p.Message, c.message) || !strings.Contains(p.Hint, c.hint) {
				t.Errorf("want %s %q, hint %q; got\n%s", c.at, c.message, c.hint, p.Format())
			}
		})
	}
}

func TestParse_reportsEveryProblemWithItsOrigin(t *testing.T) {
	_, problems := Parse("f.yaml", []byte("a: 1\na: *b\nc: {d: 1, d: 2, when: f(x, y)}\ne: x[0]: y\n"))
	var got []string
	for _, p := range problems {
		got = append(got, place(p.At)+" "+p.Message)
		for _, r := range p.Related {
			got = append(got, "  "+place(r.At)+" "+r.Message)
		}
	}
	want := []string{
		`2:1 "a" is defined twice`, `  1:1 "a" is defined here first`, "2:4 * begins a YAML alias, which playbooks do without",
		`3:11 "d" is defined twice`, `  3:5 "d" is defined here first`, "3:26 the comma ends the unquoted expression",
		"4:8 the colon ends the unquoted expression",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestParse_limits(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1)
	if _, problems := Parse("f.yaml", []byte("a: "+deep)); len(problems) > 0 {
		t.Errorf("the deepest allowed nesting: %v", problems)
	}
	_, problems := Parse("f.yaml", []byte("a: ["+deep+", "+deep+"]"))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "deeper than 64") {
		t.Errorf("nesting too deep: %v", problems)
	}
	_, problems = Parse("f.yaml", []byte(strings.Repeat("[", 20000)))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "deeper than 64") {
		t.Errorf("nesting much too deep: %v", problems)
	}
	_, problems = Parse("f.yaml", []byte("# "+strings.Repeat("x", MaxSize)))
	if len(problems) != 1 || problems[0].At.String() != "f.yaml" || !strings.Contains(problems[0].Message, "4 MiB") {
		t.Errorf("a large file: %v", problems)
	}
}

func TestParse_empty(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "\ufeff"} {
		f, problems := Parse("f.yaml", []byte(text))
		if len(problems) > 0 || f.Root().Exists() {
			t.Errorf("%q: %v, %v", text, f.Root().Kind(), problems)
		}
	}
	f, _ := Parse("f.yaml", nil)
	if want := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; f.Digest() != want {
		t.Errorf("digest %s", f.Digest())
	}
}
