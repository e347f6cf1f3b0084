package calendar

import (
	"math"
	"time"
)

// Working gives the working time between two instants: the time that passed while clocks in the zone showed opening hours of a working day. It
// is 0 if to is not after from, and at most 292 years, the longest time.Duration.
func (b *Business) Working(from, to time.Time) time.Duration {
	if !to.After(from) || b.week.never() {
		return 0
	}
	unix, last := from.Unix(), to.Unix()
	seconds, nanos := int64(0), int64(0)
	now := b.steady(unix)
	if b.week.isOpen(unix + now.offset) {
		nanos -= int64(from.Nanosecond())
	}
	for ; now.end <= last; now = b.steady(unix) {
		seconds += b.week.worked(now.end+now.offset) - b.week.worked(unix+now.offset)
		unix = now.end
	}
	seconds += b.week.worked(last+now.offset) - b.week.worked(unix+now.offset)
	if b.week.isOpen(last + now.offset) {
		nanos += int64(to.Nanosecond())
	}
	if seconds >= math.MaxInt64/int64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(seconds)*time.Second + time.Duration(nanos)
}

// IsOpen reports whether clocks in the zone show opening hours of a working day. At the end of the hours it is closed.
func (b *Business) IsOpen(t time.Time) bool {
	_, offset := t.In(b.zone).Zone()
	return b.week.isOpen(t.Unix() + int64(offset))
}

// NextOpen gives the first instant from t on at which it is open, in UTC: t itself if it is. The zero time stands for never, as in
// [Business.Add].
func (b *Business) NextOpen(t time.Time) time.Time {
	if b.week.never() {
		return time.Time{}
	}
	unix := t.Unix()
	now := b.steady(unix)
	if b.week.isOpen(unix + now.offset) {
		return t.UTC()
	}
	for unix < lastSecond {
		next := b.week.reach(b.week.worked(unix+now.offset)+1) - 1 - now.offset // where the next open second begins
		if next < min(now.end, lastSecond) {
			return time.Unix(next, 0).UTC()
		}
		unix = now.end
		now = b.steady(unix)
	}
	return time.Time{}
}
