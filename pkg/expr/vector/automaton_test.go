package vector

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"unicode/utf8"
)

// patterns and texts are what is put before both.
var (
	patterns = []string{``, `a`, `^`, `$`, `^$`, `^a`, `a$`, `^a$`, `a|b$`, `(^a|b)c`, `^(a|^b)`, `(a$|b)*c`, `a$b`, `a^b`, `[a-z]+-(software|data|cloud|labs)[.]`, `(?i)ACME`, `(?i)straße`,
		`(?s).`, `.`, `^.*$`, `a.*b.*c`, `(a|ab)(c|bcd)(d*)`, `\bword\b`, `(?m)^b$`, `[^a]`, `\pL+`, `é`, `^é?$`, `(a+)+$`, `x{2,5}y`, `(x|y|z){3,}`, `\.com\z`, `\Aa\z`, `(?:)|a`, `[[:alpha:]]+@[a-z.]+`, `$^`, `(^)*a`, `(?i)k`, `a{0}`, `[^\x00-\x{10FFFF}]`, `\Bord`, `(?m)a$`, `(?m)^(b|c)`, `(?i)\b(software|apps)\b`, `\b`, `\B`, `a\b\n`, `(?m)$\n^`}
	texts = []string{"", "a", "b", "ab", "abc", "abcd", "aa", "ac", "bc", "a\nb", "\n", "b\n", "acme-data.com", "ACME", "Straße", "STRASSE", "é", "éa", "word", "a word here", "xxxy", "xyzzy", "x@y.com", "a.com", "aaaaab", "K", "😀", "aXbYc"}
)

func TestAutomaton_agreesWithRegexp(t *testing.T) {
	for _, p := range patterns {
		re := regexp.MustCompile(p)
		a := newAutomaton(re)
		for range 2 { // the states are there the second time
			for _, s := range texts {
				if got, want := a.match(s), re.MatchString(s); got != want {
					t.Errorf("%q in %q: %v", p, s, got)
				}
			}
		}
	}
}

func TestAutomaton_ofTooManyStatesIsRegexp(t *testing.T) {
	re := regexp.MustCompile(`(a|b)*a(a|b){14}c`)
	a := newAutomaton(re)
	text := make([]byte, 1<<16)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		text[i] = 'a' + byte(random.IntN(2))
	}
	if got, want := a.match(string(text)), re.MatchString(string(text)); got != want {
		t.Errorf("got %v", got)
	}
	if a.prog != nil {
		t.Errorf("%d states are not too many", len(a.states))
	}
}

func FuzzAutomaton(f *testing.F) {
	for i, p := range patterns {
		f.Add(p, texts[i%len(texts)], texts[(i*7+3)%len(texts)])
	}
	f.Fuzz(func(t *testing.T, pattern, one, other string) {
		if len(pattern) > 60 || len(one)+len(other) > 1000 || !utf8.ValidString(one) || !utf8.ValidString(other) {
			return
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return
		}
		a := newAutomaton(re)
		for _, text := range []string{one, other, one + other, one} {
			if got, want := a.match(text), re.MatchString(text); got != want {
				t.Errorf("%q in %q: %v", pattern, text, got)
			}
		}
	})
}
