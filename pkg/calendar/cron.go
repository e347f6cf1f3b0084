package calendar

import (
	"fmt"
	"strings"
	"time"

	"github.com/netresearch/go-cron"
)

// CronError says what is wrong with a schedule, and with which part of it.
type CronError struct {
	Offset, Width int // in bytes of the text
	Message, Hint string
}

// Error gives Message.
func (e *CronError) Error() string { return e.Message }

// fields are the parts of a schedule.
var fields = []struct{ what, expected string }{
	{"minute", "minutes from 0 to 59"},
	{"hour", "hours from 0 to 23"},
	{"day of the month", "days from 1 to 31, or L for the last"},
	{"month", "months from 1 to 12 or JAN to DEC"},
	{"day of the week", "days from 0 to 6 or SUN to SAT"},
}

const (
	hint = `minute, hour, day of the month, month and day of the week, as in "0 8 * * MON"`
	// syntax is what the fields may say beside numbers, names, lists, ranges and steps: MON#1, MON#L, L, 15W.
	syntax = cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Extended
	// farthest is how many years ahead a schedule may come next: 29 February on a certain day of the week takes up to 40.
	farthest = 45
)

// Parse reads five fields: minute, hour, day of month, month, day of week. Both kinds of days at once are refused, because programs don't
// agree on what that means; the first Monday of a month is MON#1. An error is a *[CronError].
func Parse(text string, zone *time.Location) (*Schedule, error) {
	parser, err := cron.TryNewParser(syntax)
	if err != nil {
		return nil, err
	}
	parser = parser.WithMaxSearchYears(farthest)
	text = strings.ToLower(text) // an H, also that of THU, means something else to go-cron
	if err := check(parser, text); err != nil {
		return nil, err
	}
	clocks, err := parser.Parse(text)
	if err != nil {
		return nil, &CronError{Width: len(text), Message: fmt.Sprintf("expected a cron schedule, found %q", text), Hint: hint}
	}
	s := &Schedule{clocks: clocks, zone: zone}
	if s.Next(time.Unix(0, 0)).IsZero() {
		return nil, &CronError{Width: len(text), Message: "this never comes", Hint: "no month that is meant has that day"}
	}
	return s, nil
}

// check finds the part of a schedule that is wrong.
func check(parser cron.Parser, text string) error {
	parts := strings.Fields(text)
	if len(parts) != len(fields) {
		return &CronError{Width: len(text), Message: fmt.Sprintf("expected five fields in cron, found %d", len(parts)), Hint: hint}
	}
	offset := 0
	for i, part := range parts {
		offset += strings.Index(text[offset:], part)
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = part
		if _, err := parser.Parse(strings.Join(alone, " ")); err != nil {
			return &CronError{Offset: offset, Width: len(part), Hint: hint,
				Message: fmt.Sprintf("expected the %s: %s, found %q", fields[i].what, fields[i].expected, strings.ToUpper(part))}
		}
		if i == 4 && restricts(parts[2]) && restricts(part) {
			return &CronError{Offset: offset, Width: len(part), Hint: `write * for one of them; the first Monday of a month is "0 8 * * MON#1"`,
				Message: "expected a day of the month or a day of the week, found both"}
		}
		offset += len(part)
	}
	return nil
}

// restricts reports whether a field does not take every value.
func restricts(field string) bool { return field != "*" && field != "?" }
