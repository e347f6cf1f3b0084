package calendar

import (
	"errors"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

const openHint = `give a weekday hours, as in {mon-fri: "09:00-17:00"}`

// Check reports the schedules of a playbook that can't be read, and the calendars and windows that are never open, by which nothing would ever be due.
func Check(b *playbook.Book) diag.List {
	var problems diag.List
	for _, c := range b.Calendars {
		if newWeek(c.Hours, nil).never() {
			p := c.At.Problem("calendar %q is never open", c.Name)
			p.Hint = openHint
			problems.Add(p)
		}
	}
	for _, p := range b.Plays {
		problems.Add(checkSchedule(p.Trigger)...)
		for _, s := range p.AllSteps() {
			problems.Add(checkWindow(s)...)
			for _, e := range s.Escalate {
				problems.Add(checkWindow(e.Send)...)
			}
		}
	}
	return problems
}

func checkSchedule(t playbook.Trigger) diag.List {
	if t.Kind != playbook.OnBatches || t.Cron == "" && !t.CronAt.Quoted() {
		return nil
	}
	_, err := Parse(t.Cron, t.Zone)
	if wrong := (*CronError)(nil); errors.As(err, &wrong) {
		d := t.CronAt.ProblemAt(wrong.Offset, wrong.Width, "%s", wrong.Message)
		d.Hint = wrong.Hint
		return diag.List{d}
	} else if err != nil {
		return diag.List{t.CronAt.Problem("%s", err)}
	}
	return nil
}

func checkWindow(s *playbook.Step) diag.List {
	if s == nil || s.Window == nil || s.Window.Hours == nil || !newWeek(*s.Window.Hours, nil).never() {
		return nil
	}
	p := s.Window.At.Problem("the window of step %q is never open", s.ID)
	p.Hint = openHint
	return diag.List{p}
}
