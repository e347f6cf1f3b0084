package files_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// message gives a send with a key and a text.
func message(key, text string) connector.Item {
	return connector.Item{
		ID: "acc-1", Key: key, Fields: map[string]any{"text": text},
		Source: connector.Source{Play: "renewals", Step: "hello", Record: "account/1"},
	}
}

// line gives the line that a message is in the file.
func line(key, text string) string {
	return fmt.Sprintf(`{"key":%q,"at":"2026-03-01T12:00:00Z","play":"renewals","step":"hello","record":"account/1","id":"acc-1","payload":{"text":%q}}`, key, text)
}

func (d desk) lookup(keys ...string) map[string]string {
	d.t.Helper()
	receipts, err := d.Lookup(d.t.Context(), "message", keys)
	if err != nil {
		d.t.Fatal(err)
	}
	return receipts
}

func TestSend_file(t *testing.T) {
	d := newDesk(t)
	got := statuses(d.write(connector.Send, kind("message"), message("k1", "Q&A <b>"), message("k2", "x"), message("k1", "other"), message("", "x")))
	want := "done message.jsonl:1, done message.jsonl:2, already message.jsonl:1, rejected the key is empty"
	if got != want {
		t.Errorf("outcomes are %s, want %s", got, want)
	}
	d.want("message.jsonl", line("k1", "Q&A <b>")+"\n"+line("k2", "x")+"\n")
	d.write(connector.Send, kind("gift/box"), connector.Item{Key: "k"})
	d.want("gift%2Fbox.jsonl", `{"key":"k","at":"2026-03-01T12:00:00Z","play":"","step":"","record":"","id":"","payload":{}}`+"\n")
}

func TestSend_refusesWhatIsNoJSON(t *testing.T) {
	d := newDesk(t)
	bad := message("k1", "")
	bad.Fields["number"] = math.NaN()
	got := statuses(d.write(connector.Send, kind("message"), bad, message("k\xff", ""), message("k2", "")))
	if !strings.HasPrefix(got, "rejected the payload is no JSON: ") || !strings.HasSuffix(got, ", rejected the key is not UTF-8 text, done message.jsonl:1") {
		t.Errorf("outcomes are %s", got)
	}
}

func TestSend_afterHandEdits(t *testing.T) {
	first := line("k1", "x")
	for name, c := range map[string]struct{ before, outcomes, after string }{
		"blank lines count as lines":        {"\n" + first + "\n\n", "already message.jsonl:2, done message.jsonl:4", "\n" + first + "\n\n" + line("k2", "new") + "\n"},
		"other fields and another order":    {`{"status":"done","key":"k1"}` + "\n", "already message.jsonl:1, done message.jsonl:2", `{"status":"done","key":"k1"}` + "\n" + line("k2", "new") + "\n"},
		"no final line break":               {first, "already message.jsonl:1, done message.jsonl:2", first + "\n" + line("k2", "new") + "\n"},
		"CRLF":                              {first + "\r\n", "already message.jsonl:1, done message.jsonl:2", first + "\r\n" + line("k2", "new") + "\n"},
		"a line that is no JSON is no send": {"hello\n", "done message.jsonl:2, done message.jsonl:3", "hello\n" + line("k1", "new") + "\n" + line("k2", "new") + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("message.jsonl", c.before)
			got := statuses(d.write(connector.Send, kind("message"), message("k1", "new"), message("k2", "new")))
			if got != c.outcomes {
				t.Errorf("outcomes are %s, want %s", got, c.outcomes)
			}
			d.want("message.jsonl", c.after)
		})
	}
}

// TestSend_cutLineDidNotHappen goes through every place at which a crash can cut the last line.
func TestSend_cutLineDidNotHappen(t *testing.T) {
	first, last := line("k1", "x"), line("k2", "brace } and quote \"")
	for cut := range len(last) {
		d := newDesk(t)
		left := first + "\n" + last[:cut]
		d.put("message.jsonl", left)
		if diff := cmp.Diff(map[string]string{"k1": "message.jsonl:1"}, d.lookup("k1", "k2")); diff != "" {
			t.Fatalf("cut after %d bytes: %s", cut, diff)
		}
		d.write(connector.Send, kind("message"), message("k1", "x"), message("k2", "again"))
		if cut > 0 {
			left += "\n"
		}
		d.want("message.jsonl", left+line("k2", "again")+"\n")
		if got := d.lookup("k2")["k2"]; got != fmt.Sprintf("message.jsonl:%d", strings.Count(left, "\n")+1) {
			t.Fatalf("cut after %d bytes: the receipt is %q", cut, got)
		}
	}
}

func TestSend_wholeLineWithoutItsBreakHappened(t *testing.T) {
	d := newDesk(t)
	d.put("message.jsonl", line("k1", "x"))
	if diff := cmp.Diff(map[string]string{"k1": "message.jsonl:1"}, d.lookup("k1")); diff != "" {
		t.Error(diff)
	}
}

func TestSend_noticesHandEditsBetweenCalls(t *testing.T) {
	d := newDesk(t)
	d.write(connector.Send, kind("message"), message("k1", "x"))
	d.put("message.jsonl", "\n"+line("k2", "x")+"\n")
	got := statuses(d.write(connector.Send, kind("message"), message("k1", "x"), message("k2", "x")))
	if want := "done message.jsonl:3, already message.jsonl:2"; got != want {
		t.Errorf("outcomes are %s, want %s", got, want)
	}
}

func TestLookup_readsLinesOfAnyLength(t *testing.T) {
	d := newDesk(t)
	long := strings.Repeat("long ", 100_000)
	d.write(connector.Send, kind("message"), message("k1", long), message("k2", "x"))
	again := openDesk(t, strings.TrimSuffix(d.dir, "/desk"))
	if diff := cmp.Diff(map[string]string{"k1": "message.jsonl:1", "k2": "message.jsonl:2"}, again.lookup("k1", "k2")); diff != "" {
		t.Error(diff)
	}
}
