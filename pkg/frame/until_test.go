package frame_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/frame"
)

// visits makes accounts a0 and a1, and events of theirs: minute, the account's number, a note. A minute below 0 is an event without a time. Events
// later than a minute are left out before linking.
func visits(list [][2]int, until int) *frame.Frame {
	text := frame.Type{Kind: frame.String}
	accounts := &frame.Builder{Entity: "account", Key: frame.NewColumn("id", text)}
	for _, key := range []string{"a1", "a0"} {
		accounts.Key.AppendString(key)
	}
	at, note, parent := frame.NewColumn("at", frame.Type{Kind: frame.Time}), frame.NewColumn("note", text), frame.NewColumn("account_id", text)
	events := &frame.Builder{Entity: "visit", Time: "at", Columns: []*frame.Column{at, note},
		Parents: []frame.ParentLink{{Entity: "account", Plural: "visits", Keys: parent}}}
	for i, v := range list {
		if v[0] > until {
			continue
		}
		if v[0] < 0 {
			at.AppendMissing()
		} else {
			at.AppendInt(int64(v[0]) * 60e6)
		}
		note.AppendString(fmt.Sprint(i))
		parent.AppendString(fmt.Sprintf("a%d", v[1]))
	}
	return frame.Link([]*frame.Builder{accounts, events})
}

// told gives the events of each account in order.
func told(f *frame.Frame) []string {
	var out []string
	accounts, events := f.Table("account"), f.Table("visit")
	for row := range accounts.Rows {
		for _, e := range accounts.Children("visits").Of(row) {
			at := "-"
			if events.Time().IsKnown(int(e)) {
				at = fmt.Sprint(events.Time().Ints[e])
			}
			out = append(out, accounts.Key(row)+" "+at+" "+events.Column("note").Text(int(e)))
		}
	}
	return append(out, fmt.Sprint(events.Rows, " ", events.Parents()[0].Orphans))
}

// TestUntil_isTheFrameOfThatTime holds that a frame as it was is the frame that a reader would have made then, and that the frame it is made
// from stays as it is.
func TestUntil_isTheFrameOfThatTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list [][2]int
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			list = append(list, [2]int{rapid.IntRange(-1, 8).Draw(t, "minute"), rapid.IntRange(0, 2).Draw(t, "account")})
		}
		all := visits(list, 100)
		before := told(all)
		for _, until := range []int{rapid.IntRange(0, 9).Draw(t, "until"), rapid.IntRange(0, 9).Draw(t, "again")} {
			got := all.Until(time.UnixMicro(int64(until) * 60e6))
			if diff := cmp.Diff(told(visits(list, until)), told(got)); diff != "" {
				t.Fatalf("until %d (-want +got):\n%s", until, diff)
			}
		}
		if diff := cmp.Diff(before, told(all)); diff != "" {
			t.Fatalf("the whole frame changed (-before +after):\n%s", diff)
		}
	})
}
