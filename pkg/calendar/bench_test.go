package calendar

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// office is a calendar as playbooks have them: ten holidays a year for ten years.
func office(tb testing.TB, zoneName string) *Business {
	tb.Helper()
	in, err := time.LoadLocation(zoneName)
	if err != nil {
		tb.Fatal(err)
	}
	c := &playbook.Calendar{Name: "office", Zone: in, Hours: playbook.StandardHours()}
	for year := 2022; year < 2032; year++ {
		for month := time.January; month <= time.October; month++ {
			c.Holidays = append(c.Holidays, playbook.Date{Year: year, Month: month, Day: 17})
		}
	}
	return New(&playbook.Book{Calendars: []*playbook.Calendar{c}}, "office")
}

func BenchmarkAdd(b *testing.B) {
	c, at := office(b, "America/New_York"), time.Date(2026, 2, 6, 15, 30, 0, 0, time.UTC)
	for _, text := range []string{"1 business day", "5 business days", "365 business days", "8 business hours", "2000 business hours"} {
		span, err := playbook.ParseSpan(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Add(at, span)
			}
		})
	}
}

func BenchmarkWorking(b *testing.B) {
	c, at := office(b, "America/New_York"), time.Date(2026, 2, 6, 15, 30, 0, 0, time.UTC)
	for name, length := range map[string]time.Duration{"a day": 24 * time.Hour, "a year": 365 * 24 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Working(at, at.Add(length))
			}
		})
	}
}

func BenchmarkNextOpen(b *testing.B) {
	c, at := office(b, "America/New_York"), time.Date(2026, 2, 6, 23, 30, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		c.NextOpen(at)
	}
}
