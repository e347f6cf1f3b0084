// Package calendar tells when things are due: the times of cron schedules, business days and hours, windows, each in its zone.
//
// A [Schedule] is five fields of clocks and calendars. A [Business] is the hours and holidays of a calendar or window: it adds spans, counts
// working time and says when it opens next. Wherever a time of the day is meant, one that daylight saving skips is the next instant that
// exists, and one that comes twice is the first. The README beside this file has worked examples of all of it.
package calendar

import (
	"time"

	"github.com/netresearch/go-cron"
)

// Schedule is the times of a cron expression of five fields in a zone.
type Schedule struct {
	clocks cron.Schedule // in clock times, which are kept as if they were UTC
	zone   *time.Location
}

// Next gives the first time of the schedule after t, or the zero time if there is none.
func (s *Schedule) Next(t time.Time) time.Time {
	clock := asUTC(t.In(s.zone))
	for {
		if clock = s.clocks.Next(clock); clock.IsZero() {
			return clock
		}
		if at := instant(clock, s.zone); at.After(t) {
			return at
		}
	}
}

// asUTC gives the time at which a clock in UTC shows what a clock in t's zone shows at t.
func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// instant gives the first instant, in UTC, at which clocks in a zone show a time, or the next one that exists if they skip it.
func instant(clock time.Time, zone *time.Location) time.Time {
	const far = 15 * time.Hour // more than any zone is away from UTC
	_, before := clock.Add(-far).In(zone).Zone()
	_, after := clock.Add(far).In(zone).Zone()
	for _, offset := range [...]int{max(before, after), min(before, after)} {
		at := clock.Add(-time.Duration(offset) * time.Second)
		if _, there := at.In(zone).Zone(); there == offset {
			return at
		}
	}
	begin, _ := clock.Add(-time.Duration(before) * time.Second).In(zone).ZoneBounds()
	return begin.UTC()
}

// Due gives the last time of the schedule that is after since and not after now, and whether there is one. Times missed in between are not
// made up for one by one: a late run launches once.
func (s *Schedule) Due(since, now time.Time) (time.Time, bool) {
	due := s.Next(since)
	if due.IsZero() || due.After(now) {
		return time.Time{}, false
	}
	for step := 366 * 24 * time.Hour; step >= time.Minute; step /= 2 {
		// Leap ahead while a schedule time is still within reach: at most a few dozen looks however long nothing ran.
		for {
			next := s.Next(due.Add(step))
			if next.IsZero() || next.After(now) {
				break
			}
			due = next
		}
	}
	for {
		next := s.Next(due)
		if next.IsZero() || next.After(now) {
			return due, true
		}
		due = next
	}
}

// DueWithin is Due for `missed: skip`: a time that no run came for within a day, or before the schedule's next time where that is sooner, is
// passed over. The day is 24 hours, its end included.
func (s *Schedule) DueWithin(since, now time.Time) (time.Time, bool) {
	due, ok := s.Due(since, now) // never followed by another that is due: what a next time overtook is passed over by Due already
	if !ok || now.Sub(due) > 24*time.Hour {
		return time.Time{}, false
	}
	return due, true
}
