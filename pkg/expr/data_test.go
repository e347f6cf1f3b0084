package expr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
)

// TestChangedRows_hashesWhatIsAskedOnce holds that the values are made comparable once, however many changes there are, and that a run in which nothing
// is hashed is none that fails.
func TestChangedRows_hashesWhatIsAskedOnce(t *testing.T) {
	d, calls := data(), 0
	d.Hash = func(s string) string { calls++; return strings.ToUpper(s) }
	field := expr.ChangedField{Entity: "account", Field: "stage"}
	changes := func(from, to string, at time.Time) []expr.Change {
		return []expr.Change{{From: "x", To: "y", At: daysAgo(9)}, {From: from, To: to, At: at}, {From: "x", To: "y", At: daysAgo(-1)}}
	}
	d.Changes[field] = map[string][]expr.Change{"a1": changes("OPEN", "WON", daysAgo(1)), "a2": changes("OPEN", "WON", daysAgo(30)), "a3": changes("OPEN", "LOST", daysAgo(1)), "gone": changes("OPEN", "WON", daysAgo(1))}
	table := d.Frame.Table("account")
	for _, c := range []struct{ from, to, want string }{{"open", "won", "0"}, {"*", "lost", "2"}, {"open", "*", "0 2"}, {"*", "*", "0 2"}, {"won", "open", ""}} {
		var got []string
		calls = 0
		for row := range d.ChangedRows(table, "stage", c.from, c.to, 3*24*time.Hour).Rows {
			got = append(got, string(rune('0'+row)))
		}
		if strings.Join(got, " ") != c.want || calls > 2 {
			t.Errorf("from %s to %s: got %v, want %s; hashed %d times", c.from, c.to, got, c.want, calls)
		}
	}
	d.Hash = nil
	if n := d.ChangedRows(table, "stage", "open", "won", 3*24*time.Hour).Count(); n != 0 {
		t.Errorf("%d without a hash", n)
	}
}
