package diag

import (
	"strings"
	"testing"
)

// TestFormat_excerpt holds the source line and its carets: where columns count characters and terminals count cells, and where a line is
// longer than anyone wants to read.
func TestFormat_excerpt(t *testing.T) {
	long := strings.Repeat("0123456789", 40)
	for name, c := range map[string]struct {
		p    Problem
		want string
	}{
		"a file as a whole":             {Problem{At: Position{"a", 0, 0}, Line: "x"}, ""},
		"a whole line":                  {Problem{At: Position{"a", 3, 0}, Line: "x"}, "    3 │ x\n"},
		"no width":                      {Problem{At: Position{"a", 3, 2}, Line: "abc"}, "    3 │ abc\n      │  ^\n"},
		"behind the end":                {Problem{At: Position{"a", 3, 4}, Line: "abc", Width: 9}, "    3 │ abc\n      │    ^\n"},
		"wider than the line":           {Problem{At: Position{"a", 3, 2}, Line: "abc", Width: 9}, "    3 │ abc\n      │  ^^\n"},
		"tabs":                          {Problem{At: Position{"a", 3, 3}, Line: "\ta\tb", Width: 2}, "    3 │ \ta\tb\n      │ \t ^^\n"},
		"wide characters":               {Problem{At: Position{"a", 3, 4}, Line: "名前 é😀", Width: 2}, "    3 │ 名前 é😀\n      │      ^^^\n"},
		"characters without any":        {Problem{At: Position{"a", 3, 4}, Line: "e\u0301 x", Width: 1}, "    3 │ e\u0301 x\n      │   ^\n"},
		"a long line, at its beginning": {Problem{At: Position{"a", 3, 2}, Line: long, Width: 2}, "    3 │ " + long[:160] + "…\n      │  ^^\n"},
		"a long line, in its middle": {Problem{At: Position{"a", 3, 201}, Line: long, Width: 3},
			"    3 │ …" + long[140:300] + "…\n      │ " + strings.Repeat(" ", 61) + "^^^\n"},
		"a long line, at its end": {Problem{At: Position{"a", 3, 400}, Line: long, Width: 1},
			"    3 │ …" + long[240:] + "\n      │ " + strings.Repeat(" ", 160) + "^\n"},
		"a long line, all of it": {Problem{At: Position{"a", 3, 1}, Line: long, Width: 400}, "    3 │ " + long[:160] + "…\n      │ " + strings.Repeat("^", 160) + "\n"},
	} {
		_, got, _ := strings.Cut(c.p.Format(), "\n")
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// TestSuggest holds the words of hints: the nearest name, or else what is known, each once and not without end.
func TestSuggest(t *testing.T) {
	many := strings.Fields("a01 a02 a03 a04 a05 a06 a07 a08 a09 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20 a21 a22")
	for _, c := range []struct {
		name  string
		known []string
		want  string
	}{
		{"stpes", []string{"steps", "segment"}, `did you mean "steps"?`},
		{"zzz", []string{"b", "a", "b"}, "known: a, b"},
		{"zzz", nil, ""},
		{"nothing like it", many, "known: " + strings.Join(many[:20], ", ") + ", and 2 more"},
		{"", []string{"a"}, "known: a"},
		{"x", []string{"a", "b"}, "known: a, b"},
		{"A", []string{"a", "b"}, `did you mean "a"?`},
	} {
		if got := Suggest(c.name, c.known); got != c.want {
			t.Errorf("%q of %v: got %q, want %q", c.name, c.known, got, c.want)
		}
	}
}
