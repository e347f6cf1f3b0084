package calendar

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// clock is how the README writes times.
const clock = "Mon 2006-01-02 15:04 -07:00"

// TestReadme holds every row of every table in the README: worked examples that don't hold would be worse than none.
func TestReadme(t *testing.T) {
	tables := readTables(t)
	calendars := readCalendars(t)
	rows := map[string]int{}
	for _, table := range tables {
		head := strings.Join(table[0], " | ")
		for _, row := range table[1:] {
			rows[head]++
			if strings.HasPrefix(head, "calendar") && calendars[row[0]] == nil {
				t.Fatalf("there is no calendar %q", row[0])
			}
			switch head {
			case "calendar | from | span | due | why":
				checkSpan(t, calendars[row[0]], row)
			case "calendar | from | to | working | why":
				checkWorking(t, calendars[row[0]], row)
			case "calendar | reached | goes out | why":
				checkOpening(t, calendars[row[0]], row)
			case "cron | zone | since | now | missed: run | missed: skip | why":
				checkLaunch(t, row)
			default:
				t.Fatalf("nothing checks a table with the columns %q", head)
			}
		}
	}
	if len(rows) != 4 {
		t.Errorf("there are %d kinds of tables, want 4: %v", len(rows), rows)
	}
	for head, n := range rows {
		if n < 10 {
			t.Errorf("only %d rows were read of the tables %q", n, head)
		}
	}
}

// readTables gives the tables of the README, their heads first.
func readTables(t *testing.T) [][][]string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out [][][]string
	inside := false
	for line := range strings.Lines(string(text)) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "|")
		switch {
		case !isRow:
			inside = false
			continue
		case strings.HasPrefix(line, " ---"):
			continue
		}
		var row []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(line, "|"), "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		if !inside {
			out = append(out, nil)
		}
		inside = true
		table := &out[len(out)-1]
		if *table = append(*table, row); len(row) != len((*table)[0]) {
			t.Fatalf("a row of %d cells in a table of %d: %q", len(row), len((*table)[0]), line)
		}
	}
	return out
}

// readCalendars gives the calendars of the README's playbook by name.
func readCalendars(t *testing.T) map[string]*Business {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	yaml, _, _ := strings.Cut(rest, "```")
	b, problems := readBook(yaml)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	out := map[string]*Business{}
	for _, c := range b.Calendars {
		out[c.Name] = New(b, c.Name)
	}
	return out
}

// readBook reads a playbook and checks its times.
func readBook(text string) (*playbook.Book, diag.List) {
	file, problems := document.Parse("playbook.yaml", []byte(text))
	b, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	return b, append(append(problems, more...), Check(b)...)
}

// readClock reads a time of the README; its weekday must be right.
func readClock(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(clock, text)
	if err != nil {
		t.Fatal(err)
	}
	if got := at.Format(clock); got != text {
		t.Errorf("%s is a %s", text, at.Weekday())
	}
	return at
}

func checkSpan(t *testing.T, b *Business, row []string) {
	t.Helper()
	span, err := playbook.ParseSpan(row[2])
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Add(readClock(t, row[1]), span).In(b.zone).Format(clock); got != row[3] {
		t.Errorf("%s: %s + %s: got %s, want %s", row[0], row[1], row[2], got, row[3])
	}
}

func checkWorking(t *testing.T, b *Business, row []string) {
	t.Helper()
	want, err := time.ParseDuration(row[3])
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Working(readClock(t, row[1]), readClock(t, row[2])); got != want {
		t.Errorf("%s: %s to %s: got %s, want %s", row[0], row[1], row[2], got, want)
	}
}

func checkOpening(t *testing.T, b *Business, row []string) {
	t.Helper()
	at := readClock(t, row[1])
	got := b.NextOpen(at)
	if text := got.In(b.zone).Format(clock); text != row[2] {
		t.Errorf("%s: %s: got %s, want %s", row[0], row[1], text, row[2])
	}
	if b.IsOpen(at) != got.Equal(at) || !b.IsOpen(got) {
		t.Errorf("%s: %s: open: %t, and open at %s: %t", row[0], row[1], b.IsOpen(at), row[2], b.IsOpen(got))
	}
}

func checkLaunch(t *testing.T, row []string) {
	t.Helper()
	in := zone(t, row[1])
	s, err := Parse(row[0], in)
	if err != nil {
		t.Fatal(err)
	}
	for i, due := range []func(since, now time.Time) (time.Time, bool){s.Due, s.DueWithin} {
		got := "–"
		if at, ok := due(readClock(t, row[2]), readClock(t, row[3])); ok {
			got = at.In(in).Format(clock)
		}
		if want := row[4+i]; got != want {
			t.Errorf("%s: since %s at %s: got %s, want %s", row[0], row[2], row[3], got, want)
		}
	}
}
