package calendar

import (
	"testing"
	"time"
)

// TestDue gives, for a schedule in a zone, the last time that is due between two moments. The dates are those on which New York's and
// Berlin's clocks change in 2026, a leap day, and a year in which nothing ran.
func TestDue(t *testing.T) {
	cases := []struct{ name, cron, zone, since, now, want string }{
		{"not yet", "0 9 * * *", "UTC", "2026-11-22T09:00:00Z", "2026-11-23T08:59:59Z", ""},
		{"at the moment", "0 9 * * *", "UTC", "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"},
		{"the hour that New York skips", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T12:00:00Z", "2026-03-08T07:00:00Z"},
		{"the hour that comes twice runs once", "30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T12:00:00Z", ""},
		{"the hour that Berlin skips", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"a zone ahead of UTC", "0 8 * * MON", "Asia/Tokyo", "2026-11-16T00:00:00Z", "2026-11-22T23:30:00Z", "2026-11-22T23:00:00Z"},
		{"a leap day", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"year end", "59 23 31 12 *", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-31T23:59:00Z"},
		{"a year without a run launches once, for the last time", "0 8 * * MON", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-28T08:00:00Z"},
		{"every minute for a year", "* * * * *", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:30Z", "2027-01-01T00:00:00Z"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := Parse(c.cron, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			due, ok := s.Due(at(t, c.since), at(t, c.now))
			got := ""
			if ok {
				got = due.Format(time.RFC3339)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestParse_refuses(t *testing.T) {
	for _, text := range []string{"", "0 8 * *", "61 * * * *", "0 0 30 2 *", "TZ=0 0 8 * * *", "@daily please", "0 8 * * MON extra"} {
		if _, err := Parse(text, time.UTC); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	x, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
