package calendar

import (
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// Add gives when a span that begins at t is over, in UTC.
//
// Elapsed time passes whatever the calendar says. n business days end on the nth working day after t's date, at t's time of the day, both as
// clocks in the zone show them, open or not; a time of the day that clocks skip becomes the next instant that exists, one that comes twice
// the first. n business hours end as soon as the calendar was open for so long since t. A day is a working day if its weekday has hours and it
// is no holiday.
//
// The zero time stands for never: of business time on a calendar without hours, or when it would end after the year 9999.
func (b *Business) Add(t time.Time, s playbook.Span) time.Time {
	switch {
	case s.Unit == playbook.Elapsed:
		return t.Add(s.Elapsed).UTC()
	case s.N <= 0:
		return t.UTC()
	case b.week.never():
		return time.Time{}
	case s.Unit == playbook.BusinessDays:
		return b.addDays(t, int64(s.N))
	}
	return b.addSeconds(t, int64(s.N)*60*60)
}

func (b *Business) addDays(t time.Time, n int64) time.Time {
	_, offset := t.In(b.zone).Zone()
	day, second := split(t.Unix()+int64(offset), daySeconds)
	clock := b.week.workingDay(day, n)*daySeconds + second
	if clock >= lastSecond {
		return time.Time{}
	}
	return instant(time.Unix(clock, int64(t.Nanosecond())).UTC(), b.zone)
}

// addSeconds gives when so many seconds of working time since t are over: the seconds of each stretch between two changes of the clocks, until
// what is left ends within one.
func (b *Business) addSeconds(t time.Time, left int64) time.Time {
	unix, nanos := t.Unix(), int64(t.Nanosecond())
	now := b.steady(unix)
	if !b.week.isOpen(unix + now.offset) {
		nanos = 0 // the part of a second that is closed counts for nothing
	}
	for unix < lastSecond {
		begin, end := b.week.worked(unix+now.offset), b.week.worked(min(now.end, lastSecond)+now.offset)
		if begin+left < end || begin+left == end && nanos == 0 {
			return time.Unix(b.within(begin+left, nanos)-now.offset, nanos).UTC()
		}
		left -= end - begin
		unix = now.end
		now = b.steady(unix)
	}
	return time.Time{}
}

// within gives the clock time at which so many open seconds are worked, and nanos more of the next one. The nanos are left out.
func (b *Business) within(worked, nanos int64) int64 {
	if nanos == 0 {
		return b.week.reach(worked)
	}
	return b.week.reach(worked+1) - 1
}
