package calendar

import (
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// Business is a calendar of a playbook made ready: its zone, its hours and its holidays. It is never changed, and safe for concurrent use.
// Its README has worked examples, which a test holds true.
//
// A calendar without any hours, which no playbook can have, is never open: nothing is ever due by it, which the zero time stands for.
type Business struct {
	zone *time.Location
	week *week
}

// New makes the calendar of that name ready; the default one where the name is "" or not known. A playbook that has none gets
// [playbook.StandardHours] in its zone.
func New(b *playbook.Book, name string) *Business {
	c := b.Calendar(name)
	if c == nil {
		c = b.Calendar("")
	}
	if c == nil {
		return ready(b, nil, playbook.StandardHours(), nil)
	}
	return ready(b, c.Zone, c.Hours, c.Holidays)
}

// Window makes a step's window ready: its own hours, which know no holidays, in its own zone or the playbook's; else the calendar it names;
// else the one that its play goes by, whose name is given. The window must not be nil.
func Window(b *playbook.Book, w *playbook.Window, of string) *Business {
	switch {
	case w.Hours != nil:
		return ready(b, w.Zone, *w.Hours, nil)
	case w.Calendar != "":
		return New(b, w.Calendar)
	}
	return New(b, of)
}

func ready(b *playbook.Book, zone *time.Location, hours playbook.Hours, holidays []playbook.Date) *Business {
	if zone == nil {
		zone = b.Zone
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Business{zone: zone, week: newWeek(hours, holidays)}
}

// steady is a time between two changes of a zone's clocks, in which clocks and seconds run alike.
type steady struct {
	offset int64 // of clocks from UTC, in seconds
	end    int64 // Unix time up to which it is known to last; forever for good
}

const forever = 1 << 55 // seconds, a thousand million years: far, and yet sums don't overflow

// lastSecond is the Unix time of the end of the year 9999, the last that can be written. Nothing is searched beyond.
var lastSecond = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

func (b *Business) steady(unix int64) steady {
	t := time.Unix(unix, 0).In(b.zone)
	_, offset := t.Zone()
	_, until := t.ZoneBounds()
	end := until.Unix()
	switch {
	case until.IsZero():
		end = forever
	case end <= unix: // the time package takes each year for 365 days: on a leap year's last, the end is that day's beginning
		day, _ := split(unix, daySeconds)
		end = (day + 1) * daySeconds
	}
	return steady{int64(offset), end}
}
