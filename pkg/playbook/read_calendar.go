package playbook

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) calendars(n document.Node) {
	r.named(n, "calendars", "calendar", func(name, value document.Node) {
		c := &Calendar{Name: name.Text(), At: name, Hours: StandardHours()}
		r.book.Calendars = append(r.book.Calendars, c)
		r.mapping(value, "calendar "+c.Name, keys{
			"hours":    func(n document.Node) { c.Hours = r.hours(n, keys{}) },
			"holidays": func(n document.Node) { r.holidays(c, n) },
			"timezone": r.zone(&c.Zone),
		})
	})
}

// addDefaultCalendar declares the one that counts where none is named.
func (r *reader) addDefaultCalendar() {
	if r.book.Calendar("") == nil {
		r.book.Calendars = append(r.book.Calendars, &Calendar{Name: DefaultCalendar, Hours: StandardHours()})
	}
}

const hoursHint = `write {mon-fri: "09:00-17:00"}, a list for several stretches a day`

// hours reads opening hours by days and stretches of days. Extra keys are those of what they stand in.
func (r *reader) hours(n document.Node, extra keys) Hours {
	var h Hours
	if n.Kind() != document.Map {
		r.fail(n, hoursHint, "expected days and hours, found %s", found(n))
		return h
	}
	before, open := len(r.problems), false
	for _, f := range n.Fields() {
		if read, ok := extra[f.Key.Text()]; ok {
			read(f.Value)
			continue
		}
		list := r.openings(f.Value)
		open = open || len(list) > 0
		r.openDays(&h, f.Key, list)
	}
	if !open && len(r.problems) == before {
		r.fail(n, hoursHint, "expected days and hours, found none: nothing would ever be done")
	}
	return h
}

// openDays gives days their hours.
func (r *reader) openDays(h *Hours, days document.Node, list []Opening) {
	for _, day := range r.days(days) {
		if len(h[day]) > 0 {
			r.fail(days, "say the hours of a day once; several stretches are a list", "%s has its hours already", day)
			return
		}
		h[day] = list
	}
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// days reads a day, or a stretch of days that may go over the end of the week.
func (r *reader) days(n document.Node) []time.Weekday {
	first, last, several := strings.Cut(n.Text(), "-")
	if !several {
		last = first
	}
	from, to := slices.Index(dayNames, first), slices.Index(dayNames, last)
	if from < 0 || to < 0 {
		hint := "days are " + strings.Join(dayNames, ", ") + ", and stretches such as mon-fri"
		for _, word := range []string{first, last} {
			if len(word) > 3 && slices.Contains(dayNames, strings.ToLower(word[:3])) {
				hint = "write the first three letters, such as mon-fri"
			}
		}
		r.fail(n, hint, "expected a day, found %s", found(n))
		return nil
	}
	out := []time.Weekday{time.Weekday(from)}
	for day := from; day != to; {
		day = (day + 1) % len(dayNames)
		out = append(out, time.Weekday(day))
	}
	return out
}

var stretch = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2}) *[-–] *([0-9]{1,2}):([0-9]{2})$`)

// openings reads stretches of hours and puts them in order.
func (r *reader) openings(n document.Node) []Opening {
	var out []Opening
	for _, item := range items(n) {
		o, ok := parseOpening(item.Text())
		if !ok || item.Kind() != document.Scalar {
			r.fail(item, `write "09:00-17:00"; a day may end at 24:00`, "expected hours from and to, found %s", found(item))
			continue
		}
		if slices.ContainsFunc(out, func(x Opening) bool { return o.From < x.To && x.From < o.To }) {
			r.fail(item, "make one stretch of them", "these hours overlap with others of the day")
			continue
		}
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Opening) int { return cmp.Compare(a.From, b.From) })
	return out
}

func parseOpening(text string) (Opening, bool) {
	m := stretch.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Opening{}, false
	}
	var at [4]int
	for i := range at {
		at[i], _ = strconv.Atoi(m[i+1]) // two digits, as the pattern holds
	}
	o := Opening{From: at[0]*60 + at[1], To: at[2]*60 + at[3]}
	return o, at[1] < 60 && at[3] < 60 && o.From < o.To && o.To <= 24*60
}

func (r *reader) holidays(c *Calendar, n document.Node) {
	for _, item := range items(n) {
		t, err := time.Parse(time.DateOnly, item.Text())
		if err != nil || item.Kind() != document.Scalar {
			r.fail(item, "write each as year-month-day: 2026-12-25", "expected a date, found %s", found(item))
			continue
		}
		c.Holidays = append(c.Holidays, Date{Year: t.Year(), Month: t.Month(), Day: t.Day()})
	}
}

// businessHours is the window of the play's calendar.
const businessHours = "business hours"

// window reads when effects may happen: business hours, a calendar's name, or hours.
func (r *reader) window(n document.Node) *Window {
	w := &Window{At: n}
	switch {
	case n.Kind() == document.Map:
		h := r.hours(n, keys{"timezone": r.zone(&w.Zone)})
		w.Hours = &h
	case n.Kind() != document.Scalar:
		r.fail(n, "write window: business hours, or a calendar's name, or "+`{mon-fri: "09:00-17:00"}`, "expected hours in window, found %s", found(n))
		return nil
	case n.Text() != businessHours:
		w.Calendar = n.Text()
	}
	return w
}

// checkCalendar reports the name of a calendar that is none.
func (r *reader) checkCalendar(name string, at document.Node, others ...string) {
	if name == "" || r.book.Calendar(name) != nil || r.lost("calendars", "calendar", name) {
		return
	}
	known := append(names(r.book.Calendars, func(c *Calendar) string { return c.Name }), others...)
	hint := diag.Suggest(name, known)
	if name[0] >= '0' && name[0] <= '9' {
		hint = `write days and hours: {mon-fri: "09:00-17:00"}`
	}
	r.fail(at, hint, "there is no calendar %q", name)
}
