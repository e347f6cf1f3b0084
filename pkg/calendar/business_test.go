package calendar

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

var (
	oneDay  = playbook.Span{N: 1, Unit: playbook.BusinessDays}
	oneHour = playbook.Span{N: 1, Unit: playbook.BusinessHours}
)

// weekend is open on Sundays from ten to noon.
func weekend() playbook.Hours {
	var h playbook.Hours
	h[time.Sunday] = []playbook.Opening{{From: 10 * 60, To: 12 * 60}}
	return h
}

// TestNew_choosesTheCalendar shows which calendar counts by when it is open next: the name's, the default, else nine to five in the book's zone.
func TestNew_choosesTheCalendar(t *testing.T) {
	plain := &playbook.Book{Zone: zone(t, "Asia/Tokyo")}
	book := &playbook.Book{Zone: zone(t, "Asia/Tokyo"), Calendars: []*playbook.Calendar{
		{Name: "default", Hours: weekend()},
		{Name: "berlin", Zone: zone(t, "Europe/Berlin"), Hours: weekend()},
		{Name: "holiday", Hours: weekend(), Holidays: []playbook.Date{{Year: 2026, Month: 2, Day: 8}}},
	}}
	for _, c := range []struct {
		name, calendar, want string
		book                 *playbook.Book
	}{
		{"no calendars", "", "2026-02-09T00:00:00Z", plain},
		{"no calendars, a name", "berlin", "2026-02-09T00:00:00Z", plain},
		{"no zone", "", "2026-02-09T09:00:00Z", &playbook.Book{}},
		{"the default", "", "2026-02-08T01:00:00Z", book},
		{"an unknown name", "nowhere", "2026-02-08T01:00:00Z", book},
		{"a name", "berlin", "2026-02-08T09:00:00Z", book},
		{"holidays", "holiday", "2026-02-15T01:00:00Z", book},
	} {
		if got := New(c.book, c.calendar).NextOpen(at(t, "2026-02-07T12:00:00Z")).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: opens %s, want %s", c.name, got, c.want)
		}
	}
}

// TestWindow_choosesTheHours holds the order: the window's own hours, the calendar that it names, the play's.
func TestWindow_choosesTheHours(t *testing.T) {
	hours := weekend()
	book := &playbook.Book{Zone: zone(t, "Asia/Tokyo"), Calendars: []*playbook.Calendar{
		{Name: "berlin", Zone: zone(t, "Europe/Berlin"), Hours: weekend()},
		{Name: "default", Hours: playbook.StandardHours(), Holidays: []playbook.Date{{Year: 2026, Month: 2, Day: 8}}},
	}}
	for _, c := range []struct {
		name, of, want string
		window         playbook.Window
	}{
		{"own hours in the book's zone, without holidays", "berlin", "2026-02-08T01:00:00Z", playbook.Window{Hours: &hours}},
		{"own hours in an own zone", "berlin", "2026-02-08T10:00:00Z", playbook.Window{Hours: &hours, Zone: zone(t, "Europe/London")}},
		{"own hours before a calendar", "", "2026-02-08T01:00:00Z", playbook.Window{Hours: &hours, Calendar: "berlin"}},
		{"a calendar", "", "2026-02-08T09:00:00Z", playbook.Window{Calendar: "berlin"}},
		{"the play's", "berlin", "2026-02-08T09:00:00Z", playbook.Window{}},
		{"the default", "", "2026-02-09T00:00:00Z", playbook.Window{}},
	} {
		if got := Window(book, &c.window, c.of).NextOpen(at(t, "2026-02-07T12:00:00Z")).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: opens %s, want %s", c.name, got, c.want)
		}
	}
}

// TestBusiness_withoutHoursNeverComes holds that a calendar that never opens is answered at once.
func TestBusiness_withoutHoursNeverComes(t *testing.T) {
	var backwards playbook.Hours
	backwards[time.Monday] = []playbook.Opening{{From: 17 * 60, To: 9 * 60}, {From: 600, To: 600}}
	from := at(t, "2026-02-07T12:00:00Z")
	for _, hours := range []playbook.Hours{{}, backwards} {
		b := Window(&playbook.Book{}, &playbook.Window{Hours: &hours}, "")
		if got := b.Add(from, oneDay); !got.IsZero() {
			t.Errorf("a business day ends %s", got)
		}
		if got := b.Add(from, oneHour); !got.IsZero() {
			t.Errorf("a business hour ends %s", got)
		}
		if got := b.NextOpen(from); !got.IsZero() || b.IsOpen(from) {
			t.Errorf("it opens %s", got)
		}
		if got := b.Working(from, from.AddDate(1, 0, 0)); got != 0 {
			t.Errorf("%s are worked", got)
		}
		if got := b.Add(from, playbook.Span{Elapsed: time.Hour}); !got.Equal(from.Add(time.Hour)) {
			t.Errorf("an hour ends %s", got)
		}
	}
}

// TestBusiness_holidaysForAges holds that a holiday on every day for a century is no trouble: nothing is looked at day by day.
func TestBusiness_holidaysForAges(t *testing.T) {
	c := &playbook.Calendar{Name: "default", Zone: zone(t, "America/New_York"), Hours: playbook.StandardHours()}
	for day := at(t, "2020-01-01T00:00:00Z"); day.Year() < 2120; day = day.AddDate(0, 0, 1) {
		c.Holidays = append(c.Holidays, playbook.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()})
	}
	b := New(&playbook.Book{Calendars: []*playbook.Calendar{c}}, "")
	from := at(t, "2026-02-07T12:00:00Z")
	for want, got := range map[string]time.Time{"2120-01-01T12:00:00Z": b.Add(from, oneDay), "2120-01-01T15:00:00Z": b.Add(from, oneHour), "2120-01-01T14:00:00Z": b.NextOpen(from)} {
		if !got.Equal(at(t, want)) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestBusiness_farAway holds that times which can't be written don't come, that the longest times are long, and that all of it ends soon.
func TestBusiness_farAway(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York"} {
		hours := weekend()
		b := Window(&playbook.Book{}, &playbook.Window{Hours: &hours, Zone: zone(t, name)}, "")
		late := at(t, "9999-12-31T23:30:00Z")
		for _, got := range []time.Time{b.Add(late, oneDay), b.Add(late, oneHour), b.NextOpen(late), b.Add(late.AddDate(-100, 0, 0), playbook.Span{N: 99999, Unit: playbook.BusinessHours})} {
			if !got.IsZero() {
				t.Errorf("%s: something comes %s", name, got)
			}
		}
		if got := b.Add(at(t, "2026-02-07T12:00:00Z"), playbook.Span{N: 99999, Unit: playbook.BusinessDays}).Year(); got != 2026+1916 {
			t.Errorf("%s: 99999 Sundays are over in %d", name, got)
		}
		always := Window(&playbook.Book{}, &playbook.Window{Hours: &playbook.Hours{{{To: 1440}}, {{To: 1440}}, {{To: 1440}}, {{To: 1440}}, {{To: 1440}}, {{To: 1440}}, {{To: 1440}}}, Zone: zone(t, name)}, "")
		if got := always.Working(time.Time{}, late); got != math.MaxInt64 {
			t.Errorf("%s: %s were worked since the beginning", name, got)
		}
		if got := b.Working(time.Time{}, at(t, "0001-01-08T00:00:00Z")); got != 2*time.Hour {
			t.Errorf("%s: %s were worked in the first week", name, got)
		}
	}
}

// TestBusiness_givesUTC holds that what is due is in UTC, as all that is kept, whatever zone a time came in.
func TestBusiness_givesUTC(t *testing.T) {
	b := New(&playbook.Book{Zone: zone(t, "Asia/Tokyo")}, "")
	open := time.Date(2026, 2, 9, 10, 0, 0, 5, zone(t, "Asia/Tokyo"))
	for _, got := range []time.Time{b.Add(open, oneDay), b.Add(open, oneHour), b.Add(open, playbook.Span{Elapsed: 1}), b.Add(open, playbook.Span{}), b.NextOpen(open), b.NextOpen(open.Add(12 * time.Hour))} {
		if got.Location() != time.UTC {
			t.Errorf("%s is not in UTC", got)
		}
	}
}

// TestBusiness_hoursInAnyOrder holds that hours that overlap, touch, stand in any order or reach beyond their day count once.
func TestBusiness_hoursInAnyOrder(t *testing.T) {
	var hours playbook.Hours
	hours[time.Monday] = []playbook.Opening{{From: 14 * 60, To: 30 * 60}, {From: -60, To: 2 * 60}, {From: 60, To: 3 * 60}, {From: 3 * 60, To: 4 * 60}}
	b := Window(&playbook.Book{}, &playbook.Window{Hours: &hours}, "")
	if got := b.Working(at(t, "2026-02-07T00:00:00Z"), at(t, "2026-02-12T00:00:00Z")); got != 14*time.Hour {
		t.Errorf("%s are worked", got)
	}
}

// TestBusiness_holidaysCountOnce holds that a holiday that is given twice is one, and that one on a weekday without hours is none.
func TestBusiness_holidaysCountOnce(t *testing.T) {
	monday, saturday := playbook.Date{Year: 2026, Month: 2, Day: 9}, playbook.Date{Year: 2026, Month: 2, Day: 7}
	c := &playbook.Calendar{Name: "default", Hours: playbook.StandardHours(), Holidays: []playbook.Date{monday, saturday, monday}}
	b := New(&playbook.Book{Calendars: []*playbook.Calendar{c}}, "")
	if got := b.Add(at(t, "2026-02-06T12:00:00Z"), playbook.Span{N: 2, Unit: playbook.BusinessDays}); !got.Equal(at(t, "2026-02-11T12:00:00Z")) {
		t.Errorf("two business days end %s", got)
	}
	if got := b.Working(at(t, "2026-02-06T00:00:00Z"), at(t, "2026-02-11T00:00:00Z")); got != 16*time.Hour {
		t.Errorf("%s are worked", got)
	}
}

// TestBusiness_partsOfSeconds holds that they count where clocks change between closing and opening time: in New York's spring, two o'clock, when
// it closes, is three o'clock, when it opens.
func TestBusiness_partsOfSeconds(t *testing.T) {
	var hours playbook.Hours
	hours[time.Sunday] = []playbook.Opening{{From: 0, To: 2 * 60}, {From: 3 * 60, To: 5 * 60}}
	b := Window(&playbook.Book{}, &playbook.Window{Hours: &hours, Zone: zone(t, "America/New_York")}, "")
	from, want := at(t, "2026-03-08T05:00:00.5Z"), at(t, "2026-03-08T07:00:00.5Z")
	if got := b.Add(from, playbook.Span{N: 2, Unit: playbook.BusinessHours}); !got.Equal(want) {
		t.Errorf("two business hours end %s, want %s", got, want)
	}
	if got := b.Working(from, want); got != 2*time.Hour {
		t.Errorf("%s are worked", got)
	}
	if got := b.Add(at(t, "2026-03-08T11:00:00.5Z"), oneHour); !got.Equal(at(t, "2026-03-15T05:00:00Z")) {
		t.Errorf("a business hour from closed time ends %s", got)
	}
}

// TestBusiness_manyAskAtOnce holds that many may ask at once; the race detector sees the rest.
func TestBusiness_manyAskAtOnce(t *testing.T) {
	b, from := office(t, "America/New_York"), at(t, "2026-02-07T12:00:00Z")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 1000 {
				t := from.Add(time.Duration(i) * time.Hour)
				b.Working(t, b.Add(b.NextOpen(t), oneHour))
			}
		})
	}
	group.Wait()
}
