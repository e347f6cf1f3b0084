package render

import (
	"strings"
	"testing"
)

func TestProse_wordsStandAsTheyAre(t *testing.T) {
	for s, want := range map[string]string{
		"":      "…",
		" \n\t": "…",
		"2 events of data/activities.csv are later than now and don't exist yet": "2 events of `data/activities.csv` are later than now and don't exist yet",
		"reading crm.note: status 503 after 5 tries":                             "reading `crm.note`: status 503 after 5 tries",
		"more than 20% (1,204) need --allow removals":                            "more than 20% (1,204) need `--allow removals`",
		`a.b removes ads.audience "Intent" → a wins (priority 10 > 0)`:           "`a.b` removes `ads.audience` \"Intent\" → a wins (priority 10 &gt; 0)",
		"due 2026-11-24 09:00 EST, in 2 days":                                    "due 2026-11-24 09:00 EST, in 2 days",
		"(see f(x) and p-0007, p-0009)":                                          "(see `f(x)` and `p-0007`, `p-0009`)",
		`account.industry in ["Software", "Fintech"] ("Software")`:               "`account.industry` in `[\"Software\"`, `\"Fintech\"]` (\"Software\")",
		"@ann @bob: hello":                   "`@ann @bob`: hello",
		"1. one":                             "`1`. one",
		"1) one":                             "`1`) one",
		"- item":                             "`-` item",
		"> quote":                            "`>` quote",
		"www. and deadbeef or deadbeef-like": "`www`. and `deadbeef` or `deadbeef-like`",
		"1:100:2 PROJ-abc GH-1 1234567":      "`1:100:2 PROJ-abc GH-1 1234567`",
		"日本の会社 é 'quoted'":                   "日本の会社 é 'quoted'",
		"a `b` c":                            "a `` `b` `` c",
	} {
		if got := prose(s); got != want {
			t.Errorf("prose(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCode_holdsAnything(t *testing.T) {
	for s, want := range map[string]string{"a": "`a`", "": "", " ": "", "a`b": "``a`b``", "`": "`` ` ``", "a``": "``` a`` ```", " a ": "`  a  `", "a|b": "`a|b`", "a\n# b": "`a # b`"} {
		if got := code(s); got != want {
			t.Errorf("code(%q) = %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{"a|b": "`a\\x7cb`", `a\|b`: "`a\\\\x7cb`"} {
		if got := cellCode(s); got != want {
			t.Errorf("cellCode(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestFence_cannotBeEndedFromWithin(t *testing.T) {
	for _, s := range []string{"", "a", "```", "a ````` b\n```"} {
		lines := strings.Split(fence("diff", s), "\n")
		marks := lines[len(lines)-1]
		if lines[0] != marks+"diff" || len(marks) < 3 || strings.Contains(s, marks) {
			t.Errorf("%q: %q", s, lines)
		}
	}
}

func TestShorten_keepsRunesWhole(t *testing.T) {
	for s, want := range map[string]string{"abc": "abc", "abcd": "abc…", "a日本": "a…", "日": "日"} {
		if got := shorten(s, 3); got != want {
			t.Errorf("shorten(%q) = %q", s, got)
		}
	}
}
