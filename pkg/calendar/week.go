package calendar

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

const (
	daySeconds  = 24 * 60 * 60
	weekSeconds = 7 * daySeconds
)

// week is what a calendar's clocks say, zones aside: hours that come every week, less holidays. Days count from 1970-01-01, clock times are
// seconds from its midnight; every question is answered from the tables, never day by day.
//
// Weekdays are counted from Thursday, the first day of 1970, so that a day's place in its week is what is left of it modulo 7.
type week struct {
	hours    [7][]stretch
	open     [7]int64 // seconds of a weekday
	openTill [8]int64 // seconds of the weekdays before one; of the whole week last
	daysTill [8]int64 // working days before a weekday; of the whole week last
	holidays []int64  // in order; of weekdays that would be open, the only ones that matter
	lostTill []int64  // seconds that the holidays before one take away; those of all last
}

// stretch is a stretch of opening hours, in seconds from midnight; the end is outside.
type stretch struct{ from, to int64 }

// newWeek makes the tables. Hours may be in any order, overlap or be empty.
func newWeek(hours playbook.Hours, holidays []playbook.Date) *week {
	w := &week{}
	for i := range 7 {
		w.hours[i] = inOrder(hours[(i+int(time.Thursday))%7])
		for _, s := range w.hours[i] {
			w.open[i] += s.to - s.from
		}
		w.openTill[i+1] = w.openTill[i] + w.open[i]
		w.daysTill[i+1] = w.daysTill[i]
		if w.open[i] > 0 {
			w.daysTill[i+1]++
		}
	}
	for _, d := range holidays {
		day, _ := split(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix(), daySeconds)
		if w.open[weekday(day)] > 0 {
			w.holidays = append(w.holidays, day)
		}
	}
	slices.Sort(w.holidays)
	w.holidays = slices.Compact(w.holidays)
	w.lostTill = make([]int64, len(w.holidays)+1)
	for i, day := range w.holidays {
		w.lostTill[i+1] = w.lostTill[i] + w.open[weekday(day)]
	}
	return w
}

// inOrder gives the hours of a day one after the other, those that touch as one.
func inOrder(hours []playbook.Opening) []stretch {
	var out []stretch
	hours = slices.Clone(hours)
	slices.SortFunc(hours, func(a, b playbook.Opening) int { return a.From - b.From })
	for _, o := range hours {
		s := stretch{int64(max(o.From, 0)) * 60, int64(min(o.To, 24*60)) * 60}
		switch last := len(out) - 1; {
		case s.from >= s.to:
		case last >= 0 && s.from <= out[last].to:
			out[last].to = max(out[last].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

// split divides, rounding down also below zero: the day and the second of it, the week and the day of it.
func split(n, by int64) (quotient, rest int64) {
	quotient, rest = n/by, n%by
	if rest < 0 {
		quotient, rest = quotient-1, rest+by
	}
	return quotient, rest
}

func weekday(day int64) int64 {
	_, i := split(day, 7)
	return i
}

// never reports whether no weekday has any hours. Holidays can't close a calendar for ever: there are only so many.
func (w *week) never() bool { return w.openTill[7] == 0 }

// isHoliday reports whether a day that would be open is none, and how many such days there are before it.
func (w *week) isHoliday(day int64) (before int, yes bool) {
	return slices.BinarySearch(w.holidays, day)
}

// isOpen reports whether a clock time is within the hours.
func (w *week) isOpen(clock int64) bool {
	day, second := split(clock, daySeconds)
	for _, s := range w.hours[weekday(day)] {
		if s.from <= second && second < s.to {
			_, closed := w.isHoliday(day)
			return !closed
		}
	}
	return false
}

// worked counts the open seconds from 1970's beginning up to a clock time; those before it are negative.
func (w *week) worked(clock int64) int64 {
	day, second := split(clock, daySeconds)
	weeks, i := split(day, 7)
	before, closed := w.isHoliday(day)
	sum := weeks*w.openTill[7] + w.openTill[i] - w.lostTill[before]
	if closed {
		return sum
	}
	for _, s := range w.hours[i] {
		sum += min(max(second-s.from, 0), s.to-s.from)
	}
	return sum
}

// reach gives the first clock time up to which so many open seconds are worked: the inverse of worked. There must be hours.
func (w *week) reach(worked int64) int64 {
	want := worked
	for {
		day, second := w.reachEver(want)
		holidays, _ := w.isHoliday(day + 1) // up to and with the day
		if more := worked + w.lostTill[holidays]; more != want {
			want = more // each round passes more of the holidays that lie on the way
			continue
		}
		return day*daySeconds + second
	}
}

// reachEver is reach as if there were no holidays; the second may be the last day's very end.
func (w *week) reachEver(worked int64) (day, second int64) {
	weeks, rest := split(worked-1, w.openTill[7])
	rest++ // from 1 to a whole week
	i := int64(0)
	for w.openTill[i+1] < rest {
		i++
	}
	rest -= w.openTill[i]
	for _, s := range w.hours[i] {
		if rest <= s.to-s.from {
			return weeks*7 + i, s.from + rest
		}
		rest -= s.to - s.from
	}
	return weeks*7 + i, daySeconds
}

// workingDay gives the nth working day after a day. There must be hours, and n must be more than 0.
func (w *week) workingDay(day, n int64) int64 {
	weeks, i := split(day+1, 7)
	before, _ := w.isHoliday(day + 1)
	number := weeks*w.daysTill[7] + w.daysTill[i] - int64(before) + n // counted from 1970's first
	want := number
	for {
		weeks, rest := split(want-1, w.daysTill[7])
		i := int64(0)
		for w.daysTill[i+1] < rest+1 {
			i++
		}
		found := weeks*7 + i
		holidays, _ := w.isHoliday(found + 1)
		if more := number + int64(holidays); more != want {
			want = more
			continue
		}
		return found
	}
}
