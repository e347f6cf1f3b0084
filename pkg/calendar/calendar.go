// Package calendar tells when things are due: the times of cron schedules in their zones.
//
// A time that daylight saving skips is due at the next instant that exists; one that comes twice is due once. go-cron does so; the tests
// of this package hold it to that.
package calendar

import (
	"fmt"
	"time"

	"github.com/netresearch/go-cron"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// Schedule is the times of a cron expression of five fields in a zone.
type Schedule struct {
	times cron.Schedule
	zone  *time.Location
}

// Parse reads five fields: minute, hour, day of month, month, day of week.
func Parse(text string, zone *time.Location) (*Schedule, error) {
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	if err != nil {
		return nil, err
	}
	times, err := parser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a cron schedule: %w", text, err)
	}
	s := &Schedule{times: times, zone: zone}
	if s.Next(time.Unix(0, 0)).IsZero() {
		return nil, fmt.Errorf("%q never comes", text)
	}
	return s, nil
}

// Next gives the first time of the schedule after t, or the zero time if there is none.
func (s *Schedule) Next(t time.Time) time.Time {
	next := s.times.Next(t.In(s.zone))
	if next.IsZero() {
		return next
	}
	return next.UTC()
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

// Check reports the schedules of a playbook that can't be read.
func Check(b *playbook.Book) diag.List {
	var problems diag.List
	for _, p := range b.Plays {
		if p.Trigger.Kind != playbook.OnBatches || !p.Trigger.CronAt.Exists() {
			continue
		}
		if _, err := Parse(p.Trigger.Cron, p.Trigger.Zone); err != nil {
			d := p.Trigger.CronAt.Problem("%s", err)
			d.Hint = `five fields: minute, hour, day of month, month, day of week, as in "0 8 * * MON"`
			problems.Add(d)
		}
	}
	return problems
}
