package render

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1204: "1,204", 123456: "123,456", 1234567: "1,234,567", -1: "-1", -100: "-100", -1234: "-1,234"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q", n, got)
		}
	}
}

func TestTook(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 ms", time.Microsecond: "<1 ms", 84 * time.Millisecond: "84 ms", 999*time.Millisecond + 999: "999 ms", 1234 * time.Millisecond: "1.2 s",
		59960 * time.Millisecond: "60.0 s", 61 * time.Second: "1 min 1 s", 3599*time.Second + 700*time.Millisecond: "1 h 0 min", 2*time.Hour + 5*time.Minute: "2 h 5 min"} {
		if got := took(d); got != want {
			t.Errorf("took(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for noun, want := range map[string]string{"want": "wants", "try": "tries", "play": "plays", "key": "keys", "": ""} {
		if got := plural(2, noun); got != want || plural(1, noun) != noun {
			t.Errorf("plural(2, %q) = %q", noun, got)
		}
	}
}

func TestOrdinal(t *testing.T) {
	var got []string
	for _, n := range []int{1, 2, 3, 4, 11, 12, 13, 21, 101, 111} {
		got = append(got, ordinal(n))
	}
	if text := strings.Join(got, " "); text != "1st 2nd 3rd 4th 11th 12th 13th 21st 101st 111th" {
		t.Error(text)
	}
}

func TestClean_leavesNothingThatSteers(t *testing.T) {
	for s, want := range map[string]string{"plain": "plain", "日本 é": "日本 é", "a\nb\tc": "a b c", "\x1b[31m": `\x1b[31m`, "a\u202eb": `a\u202eb`, "\x00": `\x00`, "\u2028": `\u2028`, "bad\xff": `bad\ufffd`} {
		if got := clean(s); got != want {
			t.Errorf("clean(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCut_fitsItsWidth(t *testing.T) {
	for _, s := range []string{"", "short", "a much longer text", "日本の会社の名前です", "mixed 日本 text"} {
		for to := 1; to < 25; to++ {
			if got := cut(s, to); width(got) > to && width(s) > to {
				t.Errorf("cut(%q, %d) = %q", s, to, got)
			}
		}
		if cut(s, 0) != s {
			t.Errorf("cut(%q, 0) cuts", s)
		}
	}
}

func TestWrap_losesNothing(t *testing.T) {
	s := "a few words, and averyveryverylongone between · them 日本の会社 end"
	for to := range 40 {
		lines := wrap(s, to)
		if strings.Join(lines, " ") != s {
			t.Errorf("wrap at %d: %q", to, lines)
		}
		for _, text := range lines {
			if to > 0 && width(text) > to && strings.Contains(text, " ") {
				t.Errorf("wrap at %d has %q", to, text)
			}
		}
	}
}

func TestSheet_rowsOfAKindLineUp(t *testing.T) {
	s := (&Printer{}).sheet()
	for _, name := range []string{"a", "日本の会社", "émile", strings.Repeat("x", 20)} {
		s.row(operationRow, 4, cell{text: name}, cell{text: "|"})
	}
	var b bytes.Buffer
	if err := s.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	at := map[int]bool{}
	for _, text := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		before, _, _ := strings.Cut(strings.TrimLeft(text, " "), "|")
		at[width(before)] = true
	}
	if len(at) != 1 {
		t.Errorf("columns begin at %v", at)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestPlan_tellsOfAStreamThatCannotBeWritten(t *testing.T) {
	v := &View{Plan: &plan.Plan{}}
	if (&Printer{}).Plan(broken{}, v) == nil || PlanJSON(broken{}, v) == nil {
		t.Error("no error")
	}
}

func TestWithoutID_keepsShortNumbers(t *testing.T) {
	for _, c := range [][3]string{{"429 for 4", "4", "429 for 4"}, {"a@b.c bad", "a@b.c", "<id> bad"}, {"no 0031234567", "0031234567", "no <id>"}, {"x", "", "x"}} {
		if got := withoutID(c[0], c[1]); got != c[2] {
			t.Errorf("withoutID(%q, %q) = %q", c[0], c[1], got)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	p := &plan.Plan{}
	for i := range 100_000 {
		p.Operations = append(p.Operations, plan.Operation{Verb: connector.Set, Play: "play", Step: "step", Connector: "crm", Target: connector.Collection{Kind: "company"},
			Record: state.Record{Entity: "account", Key: fmt.Sprint("a-", i)}, Fields: map[string]any{"stage": fmt.Sprint(i)}, Before: map[string]string{"stage": "x"}})
	}
	v := &View{Plan: p}
	var out bytes.Buffer
	b.Run("text", func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			_ = (&Printer{}).Plan(&out, v)
		}
	})
	b.Run("markdown", func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			_ = (&Printer{Options: Options{Full: true}}).Markdown(&out, v)
		}
	})
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			_ = (&Printer{Options: Options{Full: true}}).Plan(&out, v)
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			_ = PlanJSON(&out, v)
		}
	})
}
