package secret

import (
	"slices"
	"strings"
	"testing"
)

// TestHide_takesOutWordsOfTheirOwn holds that values are taken out wherever they stand as words, in any form in which they are printed, and that
// what only contains them is left.
func TestHide_takesOutWordsOfTheirOwn(t *testing.T) {
	r := &Redactor{}
	r.Hide(slices.Values([]string{"ada@acme.example", "Ada", "Ada Lovelace", `O"Neil`, "+49 170 1234", "yes", "no", "Zoë\n", "Grün & Co", "true", "1234", "491701234567"}))
	r.Hide(slices.Values([]string{"Bob", ""}))
	for text, want := range map[string]string{
		"sent to ada@acme.example.":                 "sent to •••.",
		`{"email": "ada@acme.example"}`:             `{"email": "•••"}`,
		"Call Ada Lovelace, Adas, Ada; Bob":         "Call •••, Adas, •••; •••",
		"canada, adage, ADA":                        "canada, adage, ADA",
		`a.name == "O\"Neil"`:                       `a.name == "•••"`,
		"to +49 170 1234!":                          "to •••!",
		"yes is a word, no is too short, yesterday": "••• is a word, no is too short, yesterday",
		"Zoë":               "•••",
		"grün & co":         "•••",
		`"Grün \u0026 Co"`:  `"•••"`,
		"ada@acme.examples": "•••@acme.examples", // the name in it stands alone
		"true of 1234":      "true of 1234",
		"dial 491701234567": "dial •••",
		"":                  "",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	var none *Redactor
	none.Hide(slices.Values([]string{"Ada"}))
	if got := none.Text("Ada"); got != "Ada" {
		t.Errorf("nil took out %q", got)
	}
}

// BenchmarkHide measures a plan's text with the values of a hundred thousand records.
func BenchmarkHide(b *testing.B) {
	r := &Redactor{}
	r.Hide(func(yield func(string) bool) {
		for i := range 100_000 {
			if !yield("person" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "@acme.example") {
				return
			}
		}
	})
	text := strings.Repeat("+ keep ads.audience \"Early intent\" 211 people known, personxb@acme.example and others\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Text(text)
	}
}
