package document

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
)

// FuzzParse states what holds for every input: nothing panics; no place lies outside the file; where there is no error, our decoding of
// each scalar is the YAML library's; and At leads to the very character of the source, or to the escape it comes from.
func FuzzParse(f *testing.F) {
	for _, c := range atCases {
		f.Add([]byte(c.yaml))
	}
	for _, c := range refusedCases {
		f.Add([]byte(c.yaml))
	}
	for _, c := range mendedCases {
		f.Add([]byte(c.yaml))
	}
	f.Add([]byte("a: &x [*x, !!str 5, ? b, <<: c]\n---\n%YAML 1.1\n"))
	f.Add([]byte("\ufeffa: \"\\\n  b\\x41 \\\"c\"\r\nb: |+2\r\n   c\r\n\r\n"))
	f.Add([]byte("- - >-\n   a\n    b\n\n   c\n  - ? |\n     k\n    : [a: b, {c, d: }]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		watchdog := time.AfterFunc(10*time.Second, func() { panic(fmt.Sprintf("%q takes forever", data)) })
		defer watchdog.Stop()
		file, problems := Parse("f.yaml", data)
		checkPlaces(t, file, problems)
		root, merged := Merge([]*File{file, file})
		checkPlaces(t, file, merged)
		_ = root.Value()
		eachNode(file.Root(), func(n Node) { checkScalar(t, n, problems.Errors() == 0) })
	})
}

// eachNode calls do for a node and all below it, keys included.
func eachNode(n Node, do func(Node)) {
	if !n.Exists() {
		return
	}
	do(n)
	for _, f := range n.Fields() {
		eachNode(f.Key, do)
		eachNode(f.Value, do)
	}
	for _, item := range n.Items() {
		eachNode(item, do)
	}
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func checkPlaces(t failer, file *File, problems diag.List) {
	t.Helper()
	for _, p := range problems {
		checkPlace(t, file, p.At)
		for _, r := range p.Related {
			checkPlace(t, file, r.At)
		}
		if p.Message == "" || strings.Contains(p.Message, "\n") || strings.Contains(p.Hint, "\n") {
			t.Errorf("message %q, hint %q", p.Message, p.Hint)
		}
		if p.Line != file.source.lineText(p.At.Line) {
			t.Errorf("%s: the source line is %q", p.At, p.Line)
		}
		if end := p.At.Column - 1 + p.Width; p.Width > 0 && end > utf8.RuneCountInString(p.Line) {
			t.Errorf("%s: the width %d goes beyond the line %q", p.At, p.Width, p.Line)
		}
	}
}

func checkPlace(t failer, file *File, p diag.Position) {
	t.Helper()
	if p.Line == 0 {
		return
	}
	if p.Line < 0 || p.Line > len(file.source.starts) {
		t.Fatalf("%s is outside the file of %d lines", p, len(file.source.starts))
	}
	if length := utf8.RuneCountInString(file.source.lineText(p.Line)); p.Column < 1 || p.Column > length+1 {
		t.Fatalf("%s is outside the line of %d characters", p, length)
	}
}

func checkScalar(t failer, n Node, clean bool) {
	t.Helper()
	checkPlace(t, n.File(), n.Pos())
	checkPlaces(t, n.File(), diag.List{n.Problem("x"), n.ProblemAt(1, 3, "x")})
	if n.Kind() != Scalar && n.Kind() != Null {
		return
	}
	trace, ok := traceOf(n.n)
	if !ok {
		if clean {
			t.Fatalf("%s: decoded %q, the library %q", n.Pos(), trace.text, n.Text())
		}
		return
	}
	if !utf8.ValidString(n.Text()) {
		t.Fatalf("%s: %q is not UTF-8", n.Pos(), n.Text())
	}
	for i, from := range trace.from {
		if i > 0 && from < trace.from[i-1] {
			t.Fatalf("%s: byte %d of %q comes from before byte %d", n.Pos(), i, n.Text(), i-1)
		}
		if i < 64 || i > len(trace.from)-8 {
			checkPlace(t, n.File(), n.At(i))
		}
		if i < len(n.Text()) {
			checkOrigin(t, n, i, from)
		}
	}
}

// checkOrigin compares a byte of a scalar with the source it is said to come from.
func checkOrigin(t failer, n Node, i, from int) {
	t.Helper()
	got, source := n.Text()[i], n.n.file.source.byteAt(from)
	escape := n.n.style == double && source == '\\'
	if (isWord(got) && got < utf8.RuneSelf || source < utf8.RuneSelf && isWord(source)) && got != source && !escape {
		t.Fatalf("%s: byte %d of %q is said to come from %q", n.Pos(), i, n.Text(), source)
	}
}
