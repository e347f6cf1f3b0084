package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
)

// hostile is text that would be something else than text in Markdown, in HTML, in a table, or to what makes links of a forge's pages.
var hostile = "x` | @here [a](https://evil.example) ![b](http://e.com/i.png) <img src=x onerror=alert(1)> &lt; www.evil.example ann@evil.example\n" +
	"- item\n\n# heading\n```\n````\n</details>\n--> <!-- \\` \\| #1 GH-1 acme/repo#2 :tada: $x$ deadbeef 1234567 *b* _i_ ~~s~~ [^1] > quote\n/close\r\n+ add\n! send"

// pieces is what text is made of that tries to break out.
var pieces = []string{"`", "``", "```", "````", "|", `\`, `\|`, "<", ">", "-->", "<!--", "</details>", "<b>", "&", "&#64;", "@", "@ann", "@org/team", "a@b.co", "#", "#12", "GH-1",
	"http://", "https://e.example/x", "www.", "www.e.example", "[", "]", "(", ")", "](", "!", "![", "*", "**", "_", "~", "~~", "~~~", "\n", "\n\n", "\r", "\t", " ", "  ", "    ", "\n- ", "\n1. ",
	"1.", "1)", "-", "+", "=", "===", "---", "\n---\n", "\n# ", "\n> ", "\n```\n", "\n/close\n", ":", ":tada:", "$", "$$", "%", "^", "[^1]", "'", `"`, "--allow", "playctl", "deadbeef", "1234567", "12:34:56",
	"word", "日本", "é", "\u200b", "\u202e", "\x00", "\xff", "→", "…", "ＡＢ＠", "crm.note", "f(x)", "(x", "x)"}

func comment(t *testing.T, o render.Options, v *render.View) string {
	t.Helper()
	var b bytes.Buffer
	if err := printer(o).Markdown(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown_asAReviewerReadsIt(t *testing.T) {
	views := scenarios()
	views["hostile"] = infected(hostile)
	views["counts"] = sized(150)
	views["huge"] = sized(2000)
	for name, v := range views {
		t.Run(name, func(t *testing.T) {
			sound(t, golden(t, "comment_"+name+".md", func(w io.Writer) error { return printer(render.Options{}).Markdown(w, v) }))
		})
	}
}

// TestMarkdown_getsShorterInSteps has each step reached by a plan of some size, and told.
func TestMarkdown_getsShorterInSteps(t *testing.T) {
	crowded := sized(3)
	crowded.Plan.Operations = append(crowded.Plan.Operations, many(9000, "r", keep("play-0001", "keep_ads", "person", "ads", audience("Intent")))...)
	full := render.Options{Full: true}
	for name, c := range map[string]struct {
		view    *render.View
		options render.Options
		left    string
		has     string
		lacks   string
	}{
		"all":                    {sized(3), render.Options{}, "", "a-0009 enters", "Shortened"},
		"all, full":              {sized(3), full, "", "p-0012", "Shortened"},
		"no single records":      {crowded, full, "Left out: the records one by one, ", "a-0009 enters", "p-0012"},
		"fewer reasons":          {sized(40), render.Options{}, "Left out: most of the reasons", "a-0002 enters", "a-0003 enters"},
		"no reasons":             {sized(60), render.Options{}, "Left out: the reasons why records enter and leave.", "+ keep    ads.audience", "enters:"},
		"operations as counts":   {sized(100), render.Options{}, "and all of the operations but their counts.", "!  5 to do once", "+ keep"},
		"concise":                {sized(3), render.Options{Concise: true}, "", "+ keep", "enters:"},
		"concise, as counts":     {sized(100), render.Options{Concise: true}, "and all of the operations but their counts.", "!  5 to do once", "+ keep"},
		"plays as counts":        {sized(150), render.Options{}, "everything about the plays but their counts.", "| `play-0150` |", "```"},
		"the plan as its counts": {sized(2000), render.Options{}, "everything about single plays, ", "2,000 plays with something to tell · 2,000 changed", "play-0150"},
	} {
		text := comment(t, c.options, c.view)
		sound(t, text)
		if !strings.Contains(text, c.left) || !strings.Contains(text, c.has) || strings.Contains(text, c.lacks) {
			t.Errorf("%s: %d bytes, %q: has %t, lacks %t", name, len(text), regexp.MustCompile("Left out.*").FindString(text), strings.Contains(text, c.has), !strings.Contains(text, c.lacks))
		}
		if !strings.Contains(text, "> - `removals`: 7000 removals of 4000 members held; more than 100 and more than 20% need `--allow removals`") {
			t.Errorf("%s: the guard that refuses is not told", name)
		}
	}
}

func TestMarkdown_fitsWhateverThePlanIs(t *testing.T) {
	long := strings.Repeat("`x` ", 30_000)
	views := map[string]*render.View{"long names": infected(long), "long run": infected(strings.Repeat("`", 70_000)), "wide": infected(strings.Repeat("日", 40_000)),
		"no width": infected("e" + strings.Repeat("\u0301", 40_000)), "percent": infected(strings.Repeat("%\x00", 40_000)), "bars": infected(strings.Repeat("| ", 40_000))}
	many := &plan.Plan{}
	for i := range 500 {
		many.Verdicts = append(many.Verdicts, plan.Verdict{Guard: fmt.Sprint("guard", i), Message: long[:400]})
		many.Warnings = append(many.Warnings, long[:2000])
		many.Plays = append(many.Plays, infected(fmt.Sprint(i, long[:300])).Plan.Plays...)
	}
	views["many"] = &render.View{Plan: many}
	for name, v := range views {
		for _, o := range []render.Options{{}, {Full: true}, {Concise: true}} {
			t.Run(fmt.Sprint(name, o.Full, o.Concise), func(t *testing.T) { sound(t, comment(t, o, v)) })
		}
	}
}

// TestMarkdown_dataIsNeverMarkup puts text of pieces that try to break out in the place of everything that comes from elsewhere.
func TestMarkdown_dataIsNeverMarkup(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 17))
	for range 300 {
		var evil strings.Builder
		for range 1 + random.IntN(12) {
			evil.WriteString(pieces[random.IntN(len(pieces))])
			if random.IntN(3) == 0 {
				evil.WriteByte(' ')
			}
		}
		for _, o := range []render.Options{{}, {Full: true}, {NoValues: true}} {
			text := comment(t, o, infected(evil.String()))
			if sound(t, text); t.Failed() {
				t.Fatalf("%q made\n%s", evil.String(), text)
			}
		}
	}
}

func TestMarkdown_sameInputSameBytes(t *testing.T) {
	for _, make := range []func() *render.View{rich, func() *render.View { return sized(40) }} {
		want := comment(t, render.Options{Full: true}, make())
		for range 5 {
			if comment(t, render.Options{Full: true, Color: true, Width: 40}, make()) != want {
				t.Fatal("differs")
			}
		}
	}
}

func TestMarkdown_hasNoTimings(t *testing.T) {
	a, b := rich(), rich()
	for i := range b.Read {
		b.Read[i].Took *= 7
	}
	b.Evaluated.Took, b.Compared.Took = 0, 0
	if comment(t, render.Options{}, a) != comment(t, render.Options{}, b) {
		t.Error("differs")
	}
}

func TestMarkdown_withoutValuesThereAreNone(t *testing.T) {
	for _, o := range []render.Options{{NoValues: true}, {NoValues: true, Full: true}} {
		for _, secret := range []string{"secret.example", "marketingqualifiedlead", "surging", "Software"} {
			if strings.Contains(comment(t, o, rich()), secret) {
				t.Errorf("%+v: has %q", o, secret)
			}
		}
	}
}

func TestMarkdown_markersTellPlaybooksAndEnvironmentsApart(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range [][2]string{{"a", "b"}, {"a:b", ""}, {"", "a:b"}, {"a%3Ab", ""}, {"a b", ""}, {"a+b", ""}, {"a", ""}, {"-->", "x"}} {
		text := comment(t, render.Options{}, &render.View{Plan: &plan.Plan{Playbook: p[0], Environment: p[1]}})
		sound(t, text)
		first, _, _ := strings.Cut(text, "\n")
		if seen[first] {
			t.Errorf("%q twice", first)
		}
		seen[first] = true
	}
}

type brokenStream struct{}

func (brokenStream) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestMarkdown_tellsOfAStreamThatCannotBeWritten(t *testing.T) {
	if printer(render.Options{}).Markdown(brokenStream{}, rich()) == nil {
		t.Error("no error")
	}
}

var (
	markerLine  = regexp.MustCompile(`^<!-- playctl:plan:[\w.~%+…-]*:[\w.~%+…-]* -->$`)
	fencedLine  = regexp.MustCompile(`^$|^[-+~!×→](?: |$)|^  `)
	summaryLine = regexp.MustCompile(`^<summary>(?:[-+~] )?<b>(?:play <code>[^<>]*</code>|what no play keeps)</b>[\w ·,]*</summary>$`)
	// prosaic is what may stand outside of code: no signs of markup but those that the comment itself has.
	prosaic = regexp.MustCompile(`^[\p{L}\p{M}\p{N} .,;:!?()"'’“”„«»%/=→·…–—≥≤×-]*$`)
	// linked is what forges make links of without any markup.
	linked = regexp.MustCompile(`(?i)\bwww\.|://|\b[0-9a-f]{7,}\b|\bGH-\d|:\w+:`)
	// begins is what would begin a list, a heading and so on.
	begins    = regexp.MustCompile(`^(?:[-+=#>~]|\d+[.)]( |$)|    )`)
	backticks = regexp.MustCompile("`+")
	known     = strings.NewReplacer("> [!WARNING]", "", "> [!CAUTION]", "", "**", "", "&gt;", "")
)

// sound holds a comment against everything that must hold for any.
func sound(t *testing.T, text string) {
	t.Helper()
	if len(text) > 60_000 || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\x00\u202e") {
		t.Errorf("%d bytes, valid: %t", len(text), utf8.ValidString(text))
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if !markerLine.MatchString(lines[0]) {
		t.Errorf("begins with %q", lines[0])
	}
	if last := lines[len(lines)-1]; !planSentence.MatchString(last) || lines[len(lines)-2] != "" {
		t.Errorf("ends with %q", last)
	}
	fence, open := "", 0
	for _, l := range lines[1:] {
		marks := l[:len(l)-len(strings.TrimLeft(l, "`"))]
		switch {
		case fence != "" && len(marks) >= len(fence) && l == marks:
			fence = ""
		case fence != "":
			if !fencedLine.MatchString(l) {
				t.Errorf("in a fence: %q", l)
			}
		case len(marks) >= 3 && !strings.Contains(l[len(marks):], "`"):
			if fence = marks; l != marks+"diff" {
				t.Errorf("a fence begins with %q", l)
			}
		case l == "<details>" || l == "<details open>":
			open++
		case l == "</details>":
			open--
		case strings.HasPrefix(l, "<summary>"):
			if !summaryLine.MatchString(l) {
				t.Errorf("summary: %q", l)
			}
		default:
			soundLine(t, l)
		}
		if open < 0 || open > 1 {
			t.Errorf("details are not balanced at %q", l)
		}
	}
	if fence != "" || open != 0 {
		t.Errorf("ends in a fence or a block to unfold: %q, %d", fence, open)
	}
}

// soundLine looks at a line outside of fences: what is left of it without code.
func soundLine(t *testing.T, l string) {
	t.Helper()
	rest := l
	if strings.HasPrefix(l, "|") {
		if n := strings.Count(l, "|"); n != 9 && n != 10 || strings.Contains(l, `\|`) {
			t.Errorf("cells of %q", l)
		}
		if strings.HasPrefix(l, "|---") {
			return
		}
		rest = strings.ReplaceAll(l, "|", "")
	}
	rest = known.Replace(withoutSpans(rest))
	for _, prefix := range []string{"## ", "> ", "- "} {
		rest = strings.TrimPrefix(rest, prefix)
	}
	if !prosaic.MatchString(rest) || linked.MatchString(rest) {
		t.Errorf("%q leaves %q", l, rest)
	}
	if begins.MatchString(rest) && rest != l {
		t.Errorf("%q begins something", l)
	}
}

// withoutSpans takes code spans out of a line, as CommonMark finds them: from a run of backticks to the next that is as long.
func withoutSpans(l string) string {
	runs := backticks.FindAllStringIndex(l, -1)
	var b strings.Builder
	at := 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[j][1]-runs[j][0] == runs[i][1]-runs[i][0] {
				b.WriteString(l[at:runs[i][0]] + "x")
				at, i = runs[j][1], j
				break
			}
		}
	}
	return b.String() + l[at:]
}
