package files

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEncodeName(t *testing.T) {
	for name, want := range map[string]string{
		"Early intent":      "Early intent",
		"Zürich 東京 🎉":       "Zürich 東京 🎉",
		"Q3: renewals/EMEA": "Q3%3A renewals%2FEMEA",
		`a\b*c?d"e<f>g|h`:   "a%5Cb%2Ac%3Fd%22e%3Cf%3Eg%7Ch",
		"100%":              "100%25",
		"..":                "%2E%2E",
		".":                 "%2E",
		".hidden":           "%2Ehidden",
		"v1.2":              "v1.2",
		"etc.":              "etc%2E",
		"etc. ":             "etc.%20",
		" lead":             " lead",
		"a\nb\x7f\u0085":    "a%0Ab%7F%C2%85",
		"bad\xff":           "bad%FF",
		"CON":               "%43ON",
		"con.tacts":         "%63on.tacts",
		"nul ":              "%6Eul%20",
		"COM1":              "%43OM1",
		"lpt²":              "%6Cpt²",
		"COM":               "COM",
		"COM12":             "COM12",
		"contacts":          "contacts",
	} {
		got, err := encodeName(name)
		if err != nil || got != want {
			t.Errorf("%q is %q (%v), want %q", name, got, err, want)
		}
		if back, ok := decodeName(got); !ok || back != name {
			t.Errorf("%q comes back as %q", name, back)
		}
	}
}

func TestEncodeName_refuses(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "empty",
		strings.Repeat("x", 201): "201 bytes, where 200",
		strings.Repeat(":", 67):  "201 bytes, where 200",
	} {
		if _, err := encodeName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q gives %v, want %q in it", name, err, want)
		}
	}
}

func TestDecodeName_refusesWhatNoNameGives(t *testing.T) {
	for _, file := range []string{"", ".hidden", "a:b", "%41", "%2e", "%zz", "%", "CON", "a ", strings.Repeat("x", 201)} {
		if name, ok := decodeName(file); ok {
			t.Errorf("%q is taken for %q", file, name)
		}
	}
}

func TestEncodeName_isReversibleAndStaysInItsFolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./\\:%A-Zа-я ]{1,12}`)).Draw(t, "name")
		encoded, err := encodeName(name)
		if err != nil {
			return
		}
		if back, ok := decodeName(encoded); !ok || back != name {
			t.Fatalf("%q is %q and comes back as %q", name, encoded, back)
		}
		if strings.ContainsAny(encoded, `/\:*?"<>|`) || strings.HasPrefix(encoded, ".") || strings.HasSuffix(encoded, ".") {
			t.Fatalf("%q is %q", name, encoded)
		}
	})
}
