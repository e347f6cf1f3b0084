package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// atCases have a scalar under a: its text, the places of some of its characters as line:column by their offsets in the text, and the
// place just past the end.
var atCases = []struct {
	name, yaml, text string
	at               map[int]string
	end              string
}{
	{name: "plain", yaml: "a: foo == 1 # c\n", text: "foo == 1", at: map[int]string{0: "1:4", 4: "1:8"}, end: "1:12"},
	{name: "plain with characters of several bytes", yaml: "a: zoë ☺ x\n", text: "zoë ☺ x", at: map[int]string{
		2: "1:6", 3: "1:6", 4: "1:7", 5: "1:8", 7: "1:8", 8: "1:9", 9: "1:10",
	}, end: "1:11"},
	{name: "plain over lines", yaml: "a: foo  \n   bar\n\n\n  baz\n", text: "foo bar\n\nbaz", at: map[int]string{
		2: "1:6", 3: "1:9", 4: "2:4", 7: "3:1", 8: "4:1", 9: "5:3",
	}, end: "5:6"},
	{name: "single quotes", yaml: "a: 'it''s é''x'\n", text: "it's é'x", at: map[int]string{
		0: "1:5", 2: "1:7", 3: "1:9", 5: "1:11", 7: "1:12", 8: "1:14",
	}, end: "1:15"},
	{name: "single quotes over lines", yaml: "a: 'foo \n\n  bar\n  '\n", text: "foo\nbar ", at: map[int]string{3: "2:1", 4: "3:3", 7: "3:6"}, end: "4:3"},
	{name: "empty quotes", yaml: "a: ''\n", text: "", end: "1:5"},
	{name: "escapes", yaml: `a: "x\ny\x41\u263Aq\U0001F600\"\\z\_w"` + "\n", text: "x\nyA☺q😀\"\\z\u00a0w", at: map[int]string{
		0: "1:5", 1: "1:6", 2: "1:8", 3: "1:9", 4: "1:13", 6: "1:13", 7: "1:19", 8: "1:20", 12: "1:30", 13: "1:32", 14: "1:34",
		15: "1:35", 17: "1:37",
	}, end: "1:38"},
	{name: "an escaped line break", yaml: "a: \"foo \\\n   bar\\\n\n  \\ baz\"\n", text: "foo bar\n baz", at: map[int]string{
		3: "1:8", 4: "2:4", 7: "3:1", 8: "4:3", 9: "4:5",
	}, end: "4:8"},
	{name: "folded double quotes", yaml: "a: \"foo\n  bar\n \n  baz\"\n", text: "foo bar\nbaz", at: map[int]string{3: "1:8", 4: "2:3", 7: "3:2", 8: "4:3"}, end: "4:6"},
	{name: "literal", yaml: "a: |\n  foo\n    bar\n\n  baz\n", text: "foo\n  bar\n\nbaz\n", at: map[int]string{
		0: "2:3", 3: "2:6", 4: "3:3", 6: "3:5", 9: "3:8", 10: "4:1", 11: "5:3", 14: "5:6",
	}, end: "5:6"},
	{name: "literal, stripped", yaml: "a: |-\n  foo\n\nb: c\n", text: "foo", at: map[int]string{0: "2:3"}, end: "2:6"},
	{name: "literal, kept", yaml: "a: |+\n  foo\n\n\nb: c\n", text: "foo\n\n\n", at: map[int]string{3: "2:6", 4: "3:1", 5: "4:1"}, end: "4:1"},
	{name: "literal with an indentation indicator", yaml: "a: |2-\n    foo\n  bar\n", text: "  foo\nbar", at: map[int]string{
		0: "2:3", 2: "2:5", 6: "3:3",
	}, end: "3:6"},
	{name: "literal with blank lines before", yaml: "a: | # c\n\n   \n   foo\n", text: "\n\nfoo\n", at: map[int]string{0: "2:1", 1: "3:4", 2: "4:4"}, end: "4:7"},
	{name: "folded", yaml: "a: >-\n  foo &&\n  bar\n\n  baz\n", text: "foo && bar\nbaz", at: map[int]string{
		4: "2:7", 6: "2:9", 7: "3:3", 10: "4:1", 11: "5:3",
	}, end: "5:6"},
	{name: "folded with lines indented more", yaml: "a: >\n  foo\n    bar\n    baz\n\n  qux\n  end\n", text: "foo\n  bar\n  baz\n\nqux end\n", at: map[int]string{
		3: "2:6", 4: "3:3", 6: "3:5", 9: "3:8", 12: "4:5", 15: "4:8", 16: "5:1", 17: "6:3", 20: "6:6", 21: "7:3",
	}, end: "7:6"},
	{name: "an empty block", yaml: "a: |\nb: c\n", text: "", end: "1:5"},
	{name: "a block at the end without a line break", yaml: "a: |\n  foo", text: "foo", at: map[int]string{2: "2:5"}, end: "2:6"},
	{name: "CRLF, plain", yaml: "b: c\r\na: foo\r\n  bar\r\n", text: "foo bar", at: map[int]string{3: "2:7", 4: "3:3"}, end: "3:6"},
	{name: "CRLF, double quotes", yaml: "a: \"foo\r\n\r\n bar\\\r\n baz\"\r\n", text: "foo\nbarbaz", at: map[int]string{3: "2:1", 4: "3:2", 7: "4:2"}, end: "4:5"},
	{name: "CRLF, literal", yaml: "a: |\r\n  foo\r\n  bar\r\n", text: "foo\nbar\n", at: map[int]string{3: "2:6", 4: "3:3"}, end: "3:6"},
	{name: "CRLF, folded", yaml: "a: >-\r\n  foo\r\n\r\n  bar\r\n  baz\r\n", text: "foo\nbar baz", at: map[int]string{3: "3:1", 4: "4:3", 7: "4:6", 8: "5:3"}, end: "5:6"},
	{name: "a byte order mark", yaml: "\ufeffa: foo\n", text: "foo", at: map[int]string{0: "1:4"}, end: "1:7"},
	{name: "null", yaml: "a: ~\n", text: "~", at: map[int]string{0: "1:4"}, end: "1:5"},
	{name: "nothing", yaml: "a:\nb: c\n", text: "", end: "1:3"},
}

func TestNode_At(t *testing.T) {
	for _, c := range atCases {
		t.Run(c.name, func(t *testing.T) {
			f, problems := Parse("f.yaml", []byte(c.yaml))
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			n := f.Root().Get("a")
			if diff := cmp.Diff(c.text, n.Text()); diff != "" {
				t.Fatalf("text (-want +got):\n%s", diff)
			}
			got := map[int]string{}
			for offset := range c.at {
				got[offset] = place(n.At(offset))
			}
			if diff := cmp.Diff(c.at, got); len(c.at) > 0 && diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
			for _, beyond := range []int{len(c.text), len(c.text) + 9} {
				if end := place(n.At(beyond)); end != c.end {
					t.Errorf("the end is at %s, want %s", end, c.end)
				}
			}
		})
	}
}

// place gives line:column.
func place(p interface{ String() string }) string { return strings.TrimPrefix(p.String(), "f.yaml:") }

func TestNode_ProblemAt(t *testing.T) {
	f, _ := Parse("f.yaml", []byte("a: \"é \\x41b cd\"\nb: >-\n  foo ==\n  bar\nc: {d: 1}\n"))
	for _, c := range []struct {
		key           string
		offset, width int
		want          string
		carets        int
	}{
		{"a", 0, 2, "1:5", 1},
		{"a", 3, 2, "1:7", 5},
		{"a", 6, 100, "1:13", 2},
		{"a", 8, 1, "1:15", 0}, // the closing quote
		{"b", 4, 6, "3:7", 2},  // goes on in the next line
		{"b", 7, 3, "4:3", 3},
		{"c", 2, 3, "5:4", 1}, // no scalar: its beginning
	} {
		p := f.Root().Get(c.key).ProblemAt(c.offset, c.width, "a %s", "problem")
		if got := place(p.At); got != c.want || p.Width != c.carets {
			t.Errorf("%s+%d: at %s with %d carets, want %s with %d", c.key, c.offset, got, p.Width, c.want, c.carets)
		}
		if p.Message != "a problem" || p.Line == "" {
			t.Errorf("%s+%d: message %q, line %q", c.key, c.offset, p.Message, p.Line)
		}
	}
}

func TestNode_Problem_width(t *testing.T) {
	f, _ := Parse("f.yaml", []byte("word: 'a b'\nblock: |2-\n  x\nlong: a\n b\nmap:\n  key: x\nlist: [a]\nlines:\n  - a\nnone:\n"))
	for key, want := range map[string]int{"word": 5, "block": 3, "long": 1, "map": 3, "list": 1, "lines": 1, "none": 0} {
		p := f.Root().Get(key).Problem("x")
		if p.Width != want {
			t.Errorf("%s: width %d, want %d\n%s", key, p.Width, want, p.Format())
		}
	}
	if p := (Node{}).Problem("x"); p.At.File != "" || p.Message != "x" {
		t.Errorf("an absent node: %v", p)
	}
}
