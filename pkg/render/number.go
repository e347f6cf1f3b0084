package render

import (
	"strconv"
	"strings"
	"time"
)

// number writes an integer with thousands separators: 1,204.
func number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// counted writes a number of things: 1 segment, 3 segments.
func counted(n int, noun string) string { return number(n) + " " + plural(n, noun) }

// Counted words a number of things as everything here does: 1 entry, 3 entries, 1,204 members.
func Counted(n int, noun string) string { return counted(n, noun) }

// plural gives a noun as it goes with n: an s, or ies for a y after a consonant.
func plural(n int, noun string) string {
	if n == 1 || noun == "" {
		return noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") && !strings.HasSuffix(stem, "o") {
		return stem + "ies"
	}
	return noun + "s"
}

// verbal gives s for one, as in "1 waits", "2 wait".
func verbal(n int, verb string) string {
	if n == 1 {
		return verb + "s"
	}
	return verb
}

// noun gives an entity's name as it goes with n.
func (p *Printer) noun(n int, entity string) string {
	entity = clean(entity)
	switch {
	case entity == "":
		return plural(n, "record")
	case n != 1 && p.Nouns[entity] != "":
		return clean(p.Nouns[entity])
	}
	return plural(n, entity)
}

// records writes a number of records of an entity: 1 person, 44 people.
func (p *Printer) records(n int, entity string) string { return number(n) + " " + p.noun(n, entity) }

// took writes a short duration: 84 ms, 1.2 s, 3 min 5 s.
func took(d time.Duration) string {
	if d >= time.Minute {
		d = d.Round(time.Second)
	}
	switch {
	case d < time.Millisecond && d > 0:
		return "<1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min " + strconv.Itoa(int(d%time.Minute/time.Second)) + " s"
	}
	d = d.Round(time.Minute)
	return strconv.Itoa(int(d/time.Hour)) + " h " + strconv.Itoa(int(d%time.Hour/time.Minute)) + " min"
}

// span writes how far away something is, roughly: 2 days, 5 h, 12 min.
func span(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return counted(int(d/(24*time.Hour)), "day")
}

// moment writes a time in its own zone, to the minute: 2026-11-24 09:00 EST.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// digits writes an integer that is no quantity: a serial, a process.
func digits(n int64) string { return strconv.FormatInt(n, 10) }
