package source

import "time"

// Times that a record may have: the years that RFC 3339 can write.
var (
	firstMoment = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	lastMoment  = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1
)

// parseMoment reads a time as microseconds since 1970: RFC 3339, also with a space instead of the T, without an offset or with one of
// hours only (as Postgres writes them), or a date alone. What has no offset is in the zone. Fractions beyond microseconds are cut off.
func parseMoment(s string, zone *time.Location) (micros int64, ok bool) {
	year, month, day, ok := parseDate(s)
	if !ok {
		return 0, false
	}
	var seconds, fraction int
	rest := s[len("2006-01-02"):]
	if rest != "" {
		if seconds, fraction, rest, ok = parseClock(rest); !ok {
			return 0, false
		}
	}
	if rest == "" {
		micros = civil(year, month, day, seconds, zone) + int64(fraction)
	} else {
		offset, ok := parseOffset(rest)
		if !ok {
			return 0, false
		}
		micros = civil(year, month, day, seconds, time.UTC) - int64(offset)*1e6 + int64(fraction)
	}
	return micros, micros >= firstMoment && micros <= lastMoment
}

// civil gives the microseconds of a time of a zone. One that does not exist there, as daylight saving begins, is the moment when it begins.
func civil(year, month, day, seconds int, zone *time.Location) int64 {
	wanted := dayNumber(year, month, day)*86_400 + int64(seconds)
	if zone == time.UTC {
		return wanted * 1e6
	}
	t := time.Date(year, time.Month(month), day, 0, 0, seconds, 0, zone)
	_, offset := t.Zone()
	if got := t.Unix() + int64(offset); got > wanted {
		t, _ = t.ZoneBounds()
	} else if got < wanted {
		_, t = t.ZoneBounds()
	}
	return t.UnixMicro()
}

// dayNumber gives the days from 1970-01-01 to a day of the years 0 to 9999. Years are taken to begin in March, so that the day that only
// some of them have is the last one.
func dayNumber(year, month, day int) int64 {
	if month < 3 {
		year, month = year-1, month+12
	}
	year += 400 // not negative
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day) - 865_566
}

// parseDate reads the year, month and day that a text begins with.
func parseDate(s string) (year, month, day int, ok bool) {
	if len(s) < len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	century, ok1 := twoDigits(s, 0)
	rest, ok2 := twoDigits(s, 2)
	month, ok3 := twoDigits(s, 5)
	day, ok4 := twoDigits(s, 8)
	year = 100*century + rest
	ok = ok1 && ok2 && ok3 && ok4 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
	return year, month, day, ok
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// parseClock reads T15:04:05.999999 and gives the seconds of the day, the microseconds and what follows.
func parseClock(s string) (seconds, micros int, rest string, ok bool) {
	if len(s) < len("T15:04:05") || s[0] != 'T' && s[0] != 't' && s[0] != ' ' || s[3] != ':' || s[6] != ':' {
		return 0, 0, "", false
	}
	hour, ok1 := twoDigits(s, 1)
	minute, ok2 := twoDigits(s, 4)
	second, ok3 := twoDigits(s, 7)
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 59 {
		return 0, 0, "", false
	}
	micros, rest, ok = parseFraction(s[9:])
	return hour*3600 + minute*60 + second, micros, rest, ok
}

// parseFraction reads a fraction of a second, if there is one.
func parseFraction(s string) (micros int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i, unit := 1, 100_000
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		micros += int(s[i]-'0') * unit
		unit /= 10
	}
	return micros, s[i:], i > 1 && i <= 10
}

// parseOffset reads Z, +02:00, +0200 or +02 as seconds east of Greenwich.
func parseOffset(s string) (seconds int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, ok := twoDigits(s, 1)
	minutes, okMinutes := 0, true
	switch {
	case len(s) == len("+02"):
	case len(s) == len("+0200"):
		minutes, okMinutes = twoDigits(s, 3)
	case len(s) == len("+02:00") && s[3] == ':':
		minutes, okMinutes = twoDigits(s, 4)
	default:
		return 0, false
	}
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, ok && okMinutes && hours <= 23 && minutes <= 59
}

// twoDigits reads the two digits at a place of a text that is long enough.
func twoDigits(s string, at int) (n int, ok bool) {
	a, b := s[at]-'0', s[at+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}
