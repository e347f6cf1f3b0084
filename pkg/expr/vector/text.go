package vector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/expr"
)

// textTest is a condition on one text.
type textTest struct {
	of   kernel
	test func(string) bool
}

func (k *textTest) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := w.zeros(b.n)
	if v.known == nil && v.dict != nil {
		for i, code := range v.codes[:b.n] {
			out[i>>6] |= bit(k.test(v.dict[code])) << (i & 63)
		}
		return vec{n: b.n, truth: out}
	}
	for i := range b.n {
		if v.isKnown(i) {
			out[i>>6] |= bit(k.test(v.text(i))) << (i & 63)
		}
	}
	return condition(w, b.n, out, v.known)
}

// textPair is a condition on two texts that both differ from place to place.
type textPair struct {
	a, b kernel
	test func(a, b string) bool
}

func (k *textPair) eval(w *worker, b *batch) vec {
	x, y := k.a.eval(w, b), k.b.eval(w, b)
	known := bothKnown(w, x.known, y.known)
	out := w.zeros(b.n)
	for i := range b.n {
		if x.isKnown(i) && y.isKnown(i) {
			out[i>>6] |= bit(k.test(x.text(i), y.text(i))) << (i & 63)
		}
	}
	return condition(w, b.n, out, known)
}

// textMap makes a text of a text.
type textMap struct {
	of  kernel
	fun func(string) string
}

func (k *textMap) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := vec{n: b.n, known: v.known, texts: w.texts.take(b.n)}
	for i := range b.n {
		if out.texts[i] = ""; v.isKnown(i) {
			out.texts[i] = k.fun(v.text(i))
		}
	}
	return out
}

// concatenate is text + text.
type concatenate struct{ a, b kernel }

func (k *concatenate) eval(w *worker, b *batch) vec {
	x, y := k.a.eval(w, b), k.b.eval(w, b)
	out := vec{n: b.n, known: bothKnown(w, x.known, y.known), texts: w.texts.take(b.n)}
	for i := range b.n {
		if out.texts[i] = ""; out.isKnown(i) {
			out.texts[i] = x.text(i) + y.text(i)
		}
	}
	return out
}

// textSize counts the characters of a text.
type textSize struct{ of kernel }

func (k *textSize) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := vec{n: b.n, known: v.known, ints: w.ints.take(b.n)}
	for i := range b.n {
		if out.ints[i] = 0; v.isKnown(i) {
			out.ints[i] = int64(utf8.RuneCountInString(v.text(i)))
		}
	}
	return out
}

// textTests are the conditions on a text and another one.
var textTests = map[string]func(text, other string) bool{
	"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix,
}

// textMaps are the functions of one text that give a text.
var textMaps = map[string]func(string) string{
	"lowerAscii": func(s string) string { return strings.Map(asciiOnly(unicode.ToLower), s) },
	"upperAscii": func(s string) string { return strings.Map(asciiOnly(unicode.ToUpper), s) },
	"trim":       strings.TrimSpace,
}

func asciiOnly(fun func(rune) rune) func(rune) rune {
	return func(r rune) rune {
		if r <= unicode.MaxASCII {
			return fun(r)
		}
		return r
	}
}

func bindTextTest(b *binder, n *expr.Node) (part, error) {
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	test := textTests[n.Name]
	if other, ok := b.value(n.Args[1]); ok {
		text := other.(string)
		return part{&textTest{args[0], func(s string) bool { return test(s, text) }}, cost + 25}, nil
	}
	return part{&textPair{args[0], args[1], test}, cost + 35}, nil
}

func bindTextMap(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	return part{&textMap{of, textMaps[n.Name]}, of.cost + 60}, err
}
