package calendar

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/playbook"
)

// naive counts a calendar minute by minute and day by day, as one would with fingers: what the tables must agree with.
type naive struct{ *playbook.Calendar }

func (n naive) works(t time.Time) bool {
	t = t.In(n.Zone)
	return len(n.Hours[t.Weekday()]) > 0 && !slices.Contains(n.Holidays, playbook.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()})
}

func (n naive) isOpen(t time.Time) bool {
	t = t.In(n.Zone)
	minute := t.Hour()*60 + t.Minute()
	return n.works(t) && slices.ContainsFunc(n.Hours[t.Weekday()], func(o playbook.Opening) bool { return o.From <= minute && minute < o.To })
}

// addDays looks for the first minute at which clocks show the wanted time of the nth working day, or are past it.
func (n naive) addDays(t time.Time, days int) time.Time {
	want := asUTC(t.In(n.Zone))
	for days > 0 {
		want = want.AddDate(0, 0, 1)
		if n.works(time.Date(want.Year(), want.Month(), want.Day(), 12, 0, 0, 0, n.Zone)) {
			days--
		}
	}
	at := want.Add(-27 * time.Hour)
	for asUTC(at.In(n.Zone)).Before(want) {
		at = at.Add(time.Minute)
	}
	return at
}

// addMinutes looks for the minute after which so many open ones were passed.
func (n naive) addMinutes(t time.Time, left int) time.Time {
	for left > 0 {
		if n.isOpen(t) {
			left--
		}
		t = t.Add(time.Minute)
	}
	return t
}

func (n naive) working(from, to time.Time) time.Duration {
	sum := time.Duration(0)
	for ; from.Before(to); from = from.Add(time.Minute) {
		if n.isOpen(from) {
			sum += time.Minute
		}
	}
	return sum
}

// zones change clocks by an hour or by half of one, at midnight or later, in spring or autumn, or never; they are whole hours from UTC, or not.
var zones = []string{"America/New_York", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata", "UTC",
	"Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns", "Pacific/Chatham", "America/Havana"}

// drawCalendar gives a calendar that is open at least once a week, often by night, with holidays about the days from which is counted.
func drawCalendar(t *rapid.T) naive {
	in, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c := &playbook.Calendar{Name: "drawn", Zone: in}
	days := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID).Draw(t, "weekdays")
	for _, day := range days {
		bounds := rapid.SliceOfNDistinct(rapid.IntRange(0, 48), 2, 6, rapid.ID).Draw(t, "half hours")
		slices.Sort(bounds)
		for i := 0; i+1 < len(bounds); i += 2 {
			c.Hours[day] = append(c.Hours[day], playbook.Opening{From: bounds[i] * 30, To: bounds[i+1] * 30})
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "holidays") {
		day := drawTime(t)
		c.Holidays = append(c.Holidays, playbook.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()})
	}
	return naive{c}
}

func (n naive) ready() *Business {
	return New(&playbook.Book{Calendars: []*playbook.Calendar{n.Calendar}}, "drawn")
}

// drawTime gives a minute near one at which clocks somewhere change, or a year ends.
func drawTime(t *rapid.T) time.Time {
	days := []string{"2026-03-08", "2026-11-01", "2027-03-28", "2027-10-31", "2026-04-05", "2026-09-27", "2026-04-24", "2026-10-29", "2027-01-01",
		"2028-02-29", "2028-12-31", "2029-01-01"}
	day, err := time.Parse(time.DateOnly, rapid.SampledFrom(days).Draw(t, "day"))
	if err != nil {
		t.Fatal(err)
	}
	return day.Add(time.Duration(rapid.IntRange(-3*24*60, 3*24*60).Draw(t, "minutes")) * time.Minute)
}

// drawInstant is drawTime with a part of a second.
func drawInstant(t *rapid.T) time.Time {
	return drawTime(t).Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)-1).Draw(t, "nanos")))
}

func drawSpan(t *rapid.T) playbook.Span {
	return playbook.Span{N: rapid.IntRange(1, 40).Draw(t, "n"), Unit: rapid.SampledFrom([]playbook.Unit{playbook.BusinessDays, playbook.BusinessHours}).Draw(t, "unit")}
}

func TestBusiness_agreesWithCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, at := drawCalendar(t), drawTime(t)
		b := n.ready()
		days := rapid.IntRange(1, 12).Draw(t, "days")
		if got, want := b.Add(at, playbook.Span{N: days, Unit: playbook.BusinessDays}), n.addDays(at, days); !got.Equal(want) {
			t.Fatalf("%s + %d business days: got %s, want %s", at.In(n.Zone), days, got.In(n.Zone), want.In(n.Zone))
		}
		hours := rapid.IntRange(1, 9).Draw(t, "hours")
		if got, want := b.Add(at, playbook.Span{N: hours, Unit: playbook.BusinessHours}), n.addMinutes(at, hours*60); !got.Equal(want) {
			t.Fatalf("%s + %d business hours: got %s, want %s", at.In(n.Zone), hours, got.In(n.Zone), want.In(n.Zone))
		}
		to := at.Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(t, "length")) * time.Minute)
		if got, want := b.Working(at, to), n.working(at, to); got != want {
			t.Fatalf("%s to %s: got %s, want %s", at.In(n.Zone), to.In(n.Zone), got, want)
		}
		if b.IsOpen(at) != n.isOpen(at) {
			t.Fatalf("%s: open: %t", at.In(n.Zone), b.IsOpen(at))
		}
	})
}

// TestAdd_laterNeverEndsEarlier holds that a longer span ends later, and that business hours begun later don't end earlier. Business days begun
// on a later date don't end on an earlier one, though Saturday evening plus one is later on Monday than Sunday morning plus one.
func TestAdd_laterNeverEndsEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, span := drawCalendar(t), drawSpan(t)
		b := n.ready()
		from := []time.Time{drawInstant(t), drawInstant(t)}
		slices.SortFunc(from, time.Time.Compare)
		longer := span
		longer.N += rapid.IntRange(1, 3).Draw(t, "longer")
		due := b.Add(from[0], span)
		if !due.After(from[0]) || !b.Add(from[0], longer).After(due) {
			t.Fatalf("from %s: %s and %s", from[0], due, b.Add(from[0], longer))
		}
		later := b.Add(from[1], span)
		if span.Unit == playbook.BusinessDays {
			due, later = date(due, n.Zone), date(later, n.Zone)
			if date(from[0], n.Zone).After(date(from[1], n.Zone)) { // clocks that go back at midnight show yesterday once more
				return
			}
		}
		if later.Before(due) {
			t.Fatalf("from %s due %s, from %s due %s", from[0], due, from[1], later)
		}
	})
}

func date(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func TestAdd_businessHoursAreWorkedJustThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, from := drawCalendar(t).ready(), drawInstant(t)
		hours := time.Duration(rapid.IntRange(1, 400).Draw(t, "hours"))
		due := b.Add(from, playbook.Span{N: int(hours), Unit: playbook.BusinessHours})
		if got := b.Working(from, due); got != hours*time.Hour {
			t.Fatalf("from %s to %s: got %s, want %s", from, due, got, hours*time.Hour)
		}
		if got := b.Working(from, due.Add(-1)); got != hours*time.Hour-1 {
			t.Fatalf("a nanosecond before %s: got %s of %s", due, got, hours*time.Hour)
		}
	})
}

func TestWorking_addsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawCalendar(t).ready()
		at := []time.Time{drawInstant(t), drawInstant(t), drawInstant(t)}
		slices.SortFunc(at, time.Time.Compare)
		first, second, both := b.Working(at[0], at[1]), b.Working(at[1], at[2]), b.Working(at[0], at[2])
		if first+second != both || first < 0 || second < 0 || first > at[1].Sub(at[0]) {
			t.Fatalf("%s: %s and %s, together %s", at, first, second, both)
		}
	})
}

func TestNextOpen_isTheFirstOpenInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, from := drawCalendar(t).ready(), drawInstant(t)
		next := b.NextOpen(from)
		switch {
		case next.Before(from) || !b.IsOpen(next) || b.Working(from, next) != 0:
			t.Fatalf("after %s it opens at %s, %s later: %t", from, next, b.Working(from, next), b.IsOpen(next))
		case b.IsOpen(from) != next.Equal(from):
			t.Fatalf("it is open at %s: %t, and opens at %s", from, b.IsOpen(from), next)
		}
	})
}
