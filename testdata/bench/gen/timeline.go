package main

import (
	"math"
	"sort"
	"time"
)

const (
	historyDays  = weeks * 7
	campaignBeat = 14 // days between two sends
)

// timeline draws the times of one account's activities: between the day it was first seen and the day it fell silent,
// more in weeks of surging intent, on working days, at the hours of its region.
type timeline struct {
	sums   [historyDays]float64 // of the days' weights, from the first day to today
	offset float64              // of the region, in hours
}

// dayWeights is the week's rhythm for every day of the history; nothing happens on holidays (data.md 6c).
var dayWeights = func() (weights [historyDays]float64) {
	rhythm := map[time.Weekday]float64{time.Monday: 1, time.Tuesday: 1.1, time.Wednesday: 1.1, time.Thursday: 1.05,
		time.Friday: 0.85, time.Saturday: 0.12, time.Sunday: 0.1}
	holidays := map[string]bool{"2026-05-25": true, "2026-07-03": true, "2026-09-07": true}
	for i := range weights {
		date := time.Unix(dayStart(i), 0).UTC()
		if !holidays[date.Format(time.DateOnly)] {
			weights[i] = rhythm[date.Weekday()]
		}
	}
	return weights
}()

// dayStart is the midnight at which the i-th day of the history begins; the last day is the one the world ends in.
func dayStart(i int) int64 {
	return epoch - epoch%day - int64(historyDays-1-i)*day
}

// reset prepares the timeline for an account: 6 in 10 are engaged to this day, the others fell silent since.
func (t *timeline) reset(d *dice, a *account, steady bool) {
	end, length := historyDays, 20+d.ExpFloat64()*60
	if !steady && d.chance(0.4) {
		end -= 1 + int(d.between(5, 150))
	}
	begin := end - int(length)
	if steady {
		begin = 0
	}
	sum := 0.0
	for i := range t.sums {
		if i >= begin && i < end {
			weight := dayWeights[i]
			if a.surges[i/7] {
				weight *= 3
			}
			sum += weight
		}
		t.sums[i] = sum
	}
	t.offset = utcOffset[a.place.region]
	if sum == 0 { // engaged for a holiday only, or before the history
		t.reset(d, a, true)
	}
}

// draw is a moment at the region's office hours.
func (t *timeline) draw(d *dice) int64 {
	i := sort.SearchFloat64s(t.sums[:], d.Float64()*t.sums[historyDays-1])
	local := min(max(13+2.6*d.NormFloat64(), 6), 22)
	return before(dayStart(i) + int64((local-t.offset)*float64(hour)))
}

// afterSend is the last campaign send before the moment, and a while: people answer e-mail in bursts.
func afterSend(d *dice, at int64) (moment int64, send int) {
	latest := dayStart(historyDays-6) + 14*hour // a Tuesday
	send = int(math.Floor(float64(at-latest) / float64(campaignBeat*day)))
	moment = latest + int64(send)*campaignBeat*day + int64(d.ExpFloat64()*9*float64(hour))
	return before(moment), send
}

// before is the moment, put back a day at a time until the world has not ended yet.
func before(at int64) int64 {
	for at >= epoch {
		at -= day
	}
	return at
}

// officeHours moves a moment to a weekday, between 8 and 18 hours UTC and before the world ends.
func officeHours(d *dice, at int64) int64 {
	at = at - at%day + 8*hour + int64(d.Float64()*float64(10*hour))
	for at >= epoch || weekend(at) {
		at -= day
	}
	return at
}

func weekend(at int64) bool {
	w := time.Unix(at, 0).UTC().Weekday()
	return w == time.Saturday || w == time.Sunday
}
