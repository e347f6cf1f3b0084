package playbook

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Unit is what a span counts.
type Unit uint8

// The units of spans.
const (
	Elapsed       Unit = iota // time that passes, whatever the calendar
	BusinessHours             // of a calendar's working time
	BusinessDays              // of a calendar's working days
)

// Span is a length of time: elapsed, or counted by a calendar. The zero value is none.
type Span struct {
	Elapsed time.Duration // Unit Elapsed
	N       int           // BusinessHours, BusinessDays
	Unit    Unit
	Text    string // as written
}

// IsZero reports whether there is no span.
func (s Span) IsZero() bool { return s.Elapsed == 0 && s.N == 0 }

// String gives the span as playbooks write it.
func (s Span) String() string { return s.Text }

var businessSpan = regexp.MustCompile(`^([0-9]{1,5}) +business +(day|hour)s?$`)

// ParseSpan reads a whole number and a unit: 15m, 8h, 30d (of 24 hours), 2w, 2 business days, 8 business hours.
func ParseSpan(text string) (Span, error) {
	text = strings.TrimSpace(text)
	if m := businessSpan.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n == 0 {
			return Span{}, fmt.Errorf("%q is not a span of time", text)
		}
		unit := BusinessDays
		if m[2] == "hour" {
			unit = BusinessHours
		}
		return Span{N: n, Unit: unit, Text: text}, nil
	}
	d, err := parseDuration(text)
	return Span{Elapsed: d, Text: text}, err
}

// beyond reports whether a span is longer than another, whatever the calendar: n business days are no less than n days, but for an hour that
// daylight saving takes away.
func (s Span) beyond(other Span) bool {
	switch {
	case s.Unit == other.Unit:
		return s.Elapsed > other.Elapsed || s.N > other.N
	case s.Unit == BusinessDays && other.Unit == Elapsed:
		return time.Duration(s.N)*24*time.Hour-time.Hour > other.Elapsed
	case s.Unit == BusinessHours && other.Unit == Elapsed:
		return time.Duration(s.N)*time.Hour > other.Elapsed
	}
	return false
}
